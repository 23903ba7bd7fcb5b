"""What came of the demo, in a few lines for the terminal."""

from collections import Counter
from collections.abc import Iterator

from fanxing.demo.burden import burden
from fanxing.demo.names import TOWNSHIP
from fanxing.demo.township import Township
from fanxing.organisations.models import Person
from fanxing.programme.queries import scheme_of
from fanxing.rating.columns import spelled
from fanxing.scheme.model import UnitKind
from fanxing.scoring.models import Run, Score


def summary(township: Township, run: Run) -> Iterator[str]:
    """The tallies as they were reckoned, and what the villages had to type for them."""
    kind = scheme_of(run.publication).kinds["village"]
    scores = list(Score.objects.filter(run=run))
    yield f"{TOWNSHIP[1]} {len(scores)} 个村：{_tiers(kind, scores)}"
    yield f"各星：{_stars(kind, scores)}"
    yield str(burden(township.rows, len(township.villages)))


def accounts() -> str:
    """Who can sign in."""
    people = Person.objects.exclude(user=None).select_related("user").order_by("pk")
    names = "、".join(f"{person.user.display_name}（{person.user.username}）" for person in people if person.user)
    return f"登录页可一键进入：{names}"


def _tiers(kind: UnitKind, scores: list[Score]) -> str:
    counts = Counter(score.tier for score in scores)
    words = {spelled(value): word for value, word in kind.nodes[kind.tier].labels}
    return "，".join(f"{words.get(tier, '未评')} {count} 个" for tier, count in sorted(counts.items(), reverse=True))


def _stars(kind: UnitKind, scores: list[Score]) -> str:
    held = Counter(star for score in scores for star, result in score.stars.items() if result["held"])
    return "，".join(f"{kind.nodes[star].title} {held[star]}" for star in kind.stars)
