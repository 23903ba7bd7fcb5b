"""What came of the demo, in a few lines for the terminal."""

from collections.abc import Iterator

from fanxing.demo.burden import burden
from fanxing.demo.drawn import Drawn
from fanxing.demo.staff import CARDS
from fanxing.organisations.models import Person
from fanxing.programme.queries import scheme_of
from fanxing.rating.columns import spelled
from fanxing.scheme.model import Scheme
from fanxing.scoring.models import Run
from fanxing.scoring.queries import Tally, tallies


def summary(drawn: Drawn, run: Run) -> Iterator[str]:
    """The tallies as they were reckoned, and what units had to type for them."""
    scheme = scheme_of(run.publication)
    for id, tally in tallies(run).items():
        yield f"{scheme.kinds[id].title} {tally.units} {scheme.kinds[id].counter}：{_tiers(scheme, tally)}"
        if tally.stars:
            yield f"　各星：{_stars(scheme, tally)}"
    weighed = (burden(ledger) for ledger in drawn.ledgers.values())
    yield from (str(one) for one in weighed if one.facts_a_year)


def accounts() -> str:
    """Whose accounts the sign-in page opens."""
    people = Person.objects.filter(user__username__in=CARDS).select_related("user").order_by("pk")
    names = "、".join(f"{person.user.display_name}（{person.user.username}）" for person in people if person.user)
    return f"登录页可一键进入：{names}"


def _tiers(scheme: Scheme, tally: Tally) -> str:
    kind = scheme.kinds[tally.kind]
    words = {spelled(value): word for value, word in kind.nodes[kind.tier].labels}
    return "，".join(f"{words.get(tier, '未评')} {count} {kind.counter}" for tier, count in tally.tiers.items())


def _stars(scheme: Scheme, tally: Tally) -> str:
    nodes = scheme.kinds[tally.kind].nodes
    return "，".join(f"{nodes[star].title} {count}" for star, count in tally.stars.items())
