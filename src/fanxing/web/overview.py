"""一览表: all rated units of a place with the stars they hold, as offices keep it on paper."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Page
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.queries import rulings
from fanxing.scheme.model import UnitKind
from fanxing.scoring.models import Score
from fanxing.scoring.queries import present_standings
from fanxing.web.formats import day
from fanxing.web.sight import Sight
from fanxing.web.standing import UNRATED, tier_names

MARKS = {True: "★", False: "", None: "—"}
LEGEND = "★ 已达星；空白 未达星；— 缺数据不评"
OPEN_ENDS = 14


@dataclass(frozen=True)
class Line:
    """A unit's line: its number in the table, and whether it holds each star (None: not rated)."""

    number: int
    code: str
    name: str
    marks: tuple[str, ...]
    tier: str


@dataclass(frozen=True)
class Table:
    """The units of one kind, those of one place above them together."""

    kind: str
    stars: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    held: tuple[int, ...]
    tiers: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How many units there are."""
        return sum(len(lines) for _, lines in self.groups)


@dataclass(frozen=True)
class Overview:
    """The whole sheet of a place, on the day it was asked for."""

    title: str
    on: date
    tables: tuple[Table, ...]

    @property
    def count(self) -> int:
        """How many units there are, of all kinds."""
        return sum(table.count for table in self.tables)


def overview_of(sight: Sight) -> Overview:
    """The rated units at and below a unit, by kind, then by the place above them, in the order of the tree."""
    ruling = rulings()
    kinds = ruling.kinds
    units = Unit.objects.filter(sight.authority.reach("score.view"), within(sight.unit.path), closed_on=None, kind__in=kinds)
    scores = {score.unit_id: score for score in present_standings(units, ruling).only("unit_id", "tier", "stars")}
    rows = list(units.order_by("path").values_list("pk", "code", "name", "kind", "parent__name", "parent__code"))
    tables = (_table(kind, [one for one in rows if one[3] == id], scores) for id, kind in kinds.items())
    return Overview(f"{sight.unit.name}单位星级一览表", clock.today(), tuple(one for one in tables if one.count))


def _table(kind: UnitKind, rows: list[tuple[int, str, str, str, str, str]], scores: dict[int, Score]) -> Table:
    words = tier_names([kind])
    lines = [(one, _line(number, one[1], one[2], scores.get(one[0]), kind, words)) for number, one in enumerate(rows, start=1)]
    groups = tuple(
        (name or "", tuple(line for _, line in group)) for (name, _), group in groupby(lines, key=lambda pair: (pair[0][4], pair[0][5]))
    )
    stars = tuple(kind.nodes[id].title for id in kind.stars)
    held = tuple(sum(line.marks[index] == MARKS[True] for _, line in lines) for index in range(len(stars)))
    counts = Counter(line.tier for _, line in lines)
    return Table(kind.title, stars, groups, held, tuple((word, counts[word]) for word in words.values() if counts[word]))


def _line(number: int, code: str, name: str, score: Score | None, kind: UnitKind, words: dict[str, str]) -> Line:
    stars = score.stars if score else {}
    marks = tuple(MARKS[stars[id]["held"] if id in stars else None] for id in kind.stars)
    return Line(number, code, name, marks, words.get(score.tier, score.tier) if score else UNRATED)


def said(table: Table) -> str:
    """The sum in a line: 共 28 个，五星 1 个，四星 1 个 …"""
    return f"共 {table.count} 个" + "".join(f"，{word} {count} 个" for word, count in table.tiers)


def pages_of(sheet: Overview) -> Iterator[Page]:
    """The sheet as pages of a workbook, one a kind."""
    for table in sheet.tables:
        head = ["序号", "上级", "单位", "代码", *table.stars, "星级"]
        body: list[list[Cell]] = []
        merged = []
        for place, lines in table.groups:
            merged.append((len(body), len(lines)))
            body += [[line.number, place, line.name, line.code, *line.marks, line.tier] for line in lines]
        body.append(["合计", None, f"{table.count} 个", None, *table.held, None])
        widths = [6, 16, 22, OPEN_ENDS, *([10] * len(table.stars)), 8]
        notes = (f"{table.kind}。{said(table)}。", f"截至 {day(sheet.on)}。{LEGEND}。")
        yield Page(table.kind, sheet.title, notes, head, body, widths, column_merged=1, merged=merged)
