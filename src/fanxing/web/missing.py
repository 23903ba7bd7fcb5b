"""What has not been reported, as the desk shows it: by kind of record and by place, and in words to be sent on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fanxing.lib.spreadsheets import Cell
from fanxing.organisations.models import Unit
from fanxing.scoring.gaps import Gap
from fanxing.web.formats import day

OWN = "单位自己登记"
FIGURES_NAMED = 4


@dataclass(frozen=True)
class Owed:
    """Figures lacking that are counted together: of one kind of record, or of one place."""

    id: str
    title: str
    holder: str
    figures: str
    unit_count: int
    gap_count: int


@dataclass(frozen=True)
class Lacking:
    """A unit and what it lacks."""

    unit: Unit
    where: str
    figures: str


def by_record(gaps: Sequence[Gap]) -> list[Owed]:
    """Each kind of record that is owed, by who holds it."""
    rows: dict[str, list[Gap]] = {}
    for gap in gaps:
        rows.setdefault(gap.record.id, []).append(gap)
    owed = [_owed(id, found[0].record.title, found[0].record.held_by or OWN, found) for id, found in rows.items()]
    return sorted(owed, key=lambda one: (one.holder == OWN, one.holder, one.title))


def by_place(gaps: Sequence[Gap], units: Mapping[str, Unit], places: Iterable[Unit]) -> list[Owed]:
    """Each place that has units which lack something, in the order given."""
    each = ((place, [gap for gap in gaps if units[gap.unit].path.startswith(place.path)]) for place in places)
    return [_owed(place.code, place.name, "", found) for place, found in each if found]


def _owed(id: str, title: str, holder: str, found: Sequence[Gap]) -> Owed:
    return Owed(id, title, holder, named(found), len({gap.unit for gap in found}), len(found))


def named(gaps: Iterable[Gap]) -> str:
    """The figures in words; of many the first few."""
    titles = list(dict.fromkeys(gap.fact.title for gap in gaps))
    return "、".join(titles[:FIGURES_NAMED]) + (f"等 {len(titles)} 项" if len(titles) > FIGURES_NAMED else "")


def by_unit(gaps: Sequence[Gap], units: Mapping[str, Unit], places: Mapping[str, str], top: str) -> list[Lacking]:
    """Each unit that lacks something, by code; `places`: path → name of what lies above, `top` the path below which it is told."""
    rows: dict[str, list[Gap]] = {}
    for gap in gaps:
        rows.setdefault(gap.unit, []).append(gap)
    return [Lacking(units[code], " · ".join(_above(units[code].path, places, top)), named(found)) for code, found in rows.items()]


def _above(path: str, places: Mapping[str, str], top: str) -> Iterator[str]:
    end = path.find("/", len(top))
    while 0 <= end < len(path) - 1:
        if (name := places.get(path[: end + 1])) is not None:
            yield name
        end = path.find("/", end + 1)


def message(rows: Sequence[Lacking], *, to: str, what: str, as_of: date) -> str:
    """The words to send on: to the body that holds the figures or to the place, who still lacks what."""
    lines = [f"{to}：", f"截至{day(as_of)}，以下 {len(rows)} 个单位尚缺{what}："]
    groups: dict[str, list[Lacking]] = {}
    for row in rows:
        groups.setdefault(row.where, []).append(row)
    for where, found in groups.items():
        names = "、".join(row.unit.name if what != GENERAL else f"{row.unit.name}（{row.figures}）" for row in found)
        lines.append(f"{where}：{names}" if where else names)
    return "\n".join([*lines, "请核对后尽快导入或登记，谢谢。"])


GENERAL = "数据"


def cells(gaps: Iterable[Gap], units: Mapping[str, Unit], wheres: Mapping[str, str], kinds: Mapping[str, str]) -> Iterator[list[Cell]]:
    """The gaps as rows of a workbook."""
    for gap in gaps:
        unit = units[gap.unit]
        holder = gap.record.held_by or OWN
        yield [unit.code, unit.name, kinds.get(unit.kind, unit.kind), wheres[unit.code], gap.record.title, gap.fact.title, holder]
