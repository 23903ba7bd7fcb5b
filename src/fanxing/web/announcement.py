"""The sentence the public home opens with: how many units there are, how many reached which tier, every figure with its units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fanxing.scheme.model import UnitKind
from fanxing.web.formats import number, percent
from fanxing.web.published import Published
from fanxing.web.standing import middle_tier, tier_words

TIERS_NAMED = 2


@dataclass(frozen=True)
class Figure:
    """A number of the sentence, as it is written, and the query of the list of the units it counts."""

    words: str
    count: int
    query: str


Part = str | Figure


def announcement(shown: Published) -> list[Part]:
    """全市 2,349 个村可创成“五星”支部 34 个、“四星”支部 246 个；… as words and figures in turn."""
    clauses = list(_clauses(shown))
    joined: list[Part] = [_everywhere(shown)]
    for index, clause in enumerate(clauses):
        joined += [*clause, "；" if index < len(clauses) - 1 else "。"]
    return joined


def _everywhere(shown: Published) -> str:
    """全市, or the name of the place where its kind is called by more than one character."""
    place = shown.places.get(shown.whole)
    level = shown.levels.get(place.kind, "") if place else ""
    return f"全{level} " if len(level) == 1 else f"{place.name} " if place else ""


def _clauses(shown: Published) -> Iterator[list[Part]]:
    kinds = [kind for kind in shown.kinds.values() if shown.tallies[kind.id]]
    for index, kind in enumerate(kinds):
        yield _of_kind(shown, kind)
        together = [one for one in kinds if one.group == kind.group]
        if kind is together[-1] and (kind.group or (index == len(kinds) - 1 and not any(one.group for one in kinds))):
            yield from _share(shown, together)


def _of_kind(shown: Published, kind: UnitKind) -> list[Part]:
    counts = shown.tallies[kind.id]
    tiers = list(tier_words(kind).items())
    best = [(id, word) for id, word in tiers[:TIERS_NAMED] if counts[id]] or [(id, word) for id, word in tiers if counts[id]][:1]
    parts: list[Part] = [figure(counts.total(), kind=kind.id), f" {kind.counter}{kind.title}"]
    named = [
        (f"“{word}”支部 " if index == 0 else f"“{word}” ", figure(counts[id], kind=kind.id, tier=id))
        for index, (id, word) in enumerate(best)
    ]
    for index, (words, count) in enumerate(named):
        parts += [f"{'、' if index else '可创成'}{words}", count, f" {kind.counter}"]
    return parts


def _share(shown: Published, kinds: Sequence[UnitKind]) -> Iterator[list[Part]]:
    """How many of some kinds reached the middle tier or better."""
    middle = middle_tier(kinds)
    tiers = shown.tiers_from(middle)
    if not tiers:
        return
    counts = [shown.tallies[kind.id] for kind in kinds]
    reached, all_ = sum(one[tier] for one in counts for tier in tiers), sum(one.total() for one in counts)
    words = kinds[0].group or "全部单位"
    share = Figure(percent(reached / all_, 2), reached, _query(kind=[kind.id for kind in kinds], least=middle))
    yield [f"{words}中{shown.tiers[middle]}以上占 ", share]


def figure(count: int, **filters: object) -> Figure:
    """A number and the list it leads to."""
    return Figure(number(count), count, _query(**filters))


def _query(**filters: object) -> str:
    return "?" + urlencode(filters, doseq=True)
