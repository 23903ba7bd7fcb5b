"""The units that cells name, by code or by name."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q

from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within

ASKED_AT_ONCE = 400
CANDIDATES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that bears a name, and where it is."""

    code: str
    name: str
    above: str


class Places:
    """Units at and below one, as some texts name them: each read once.

    `found`: text → unit. `faults`: text → what would be right, for those that name no unit or several.
    `candidates`: text → the units that bear the name, where there are several.
    """

    def __init__(self, texts: Collection[str], top: Unit) -> None:
        self.found: dict[str, Unit] = {}
        self.faults: dict[str, str] = {}
        self.candidates: dict[str, list[Candidate]] = {}
        by_code, by_name = _named(texts, top)
        for text in texts:
            if text in by_code:
                self.found[text] = by_code[text]
            else:
                self._choose(text, by_name.get(text, []), top)

    def _choose(self, text: str, bearers: list[Unit], top: Unit) -> None:
        # Of a closed unit and one that goes on under its name, the one that goes on is meant.
        units = [unit for unit in bearers if unit.closed_on is None] or bearers
        if len(units) == 1:
            self.found[text] = units[0]
        elif units:
            self.candidates[text] = [Candidate(one.code, one.name, one.parent.name if one.parent else "") for one in units]
            self.faults[text] = _which(text, self.candidates[text])
        else:
            self.faults[text] = f"{top.name}没有代码或名称为“{text}”的单位，请核对" if text else "应写明单位的代码或名称"


def _which(text: str, bearers: list[Candidate]) -> str:
    listed = "、".join(f"{one.code}（{one.above}）" for one in bearers[:CANDIDATES_SHOWN])
    return f"有 {len(bearers)} 个单位叫“{text}”，请改写代码：{listed}{'等' if len(bearers) > CANDIDATES_SHOWN else ''}"


def _named(texts: Collection[str], top: Unit) -> tuple[dict[str, Unit], dict[str, list[Unit]]]:
    by_code: dict[str, Unit] = {}
    by_name: defaultdict[str, list[Unit]] = defaultdict(list)
    for some in _batches(sorted(filter(None, texts))):
        asked = Q(code__in=some) | Q(name__in=some)
        for unit in Unit.objects.filter(within(top.path), asked).select_related("parent").order_by("code"):
            by_code[unit.code] = unit
            by_name[unit.name].append(unit)
    return by_code, by_name


def _batches(texts: list[str]) -> Iterator[list[str]]:
    return (texts[start : start + ASKED_AT_ONCE] for start in range(0, len(texts), ASKED_AT_ONCE))
