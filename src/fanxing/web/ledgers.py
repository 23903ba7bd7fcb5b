"""The ledger as its address asks for it: whose records, which of them, and how they are shown."""

import calendar
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Q

from fanxing.lib import clock
from fanxing.lib.typed_text import read_day
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import matching, units_counted_with
from fanxing.programme.queries import Rulings, rulings
from fanxing.records.lateness import entered_late
from fanxing.records.lists import Found, Key, Span, has_choice, in_order, saying
from fanxing.records.models import Record, RecordQuerySet
from fanxing.scheme.model import RecordKind
from fanxing.scoring.doubtful import doubtful_records
from fanxing.web.ledger import COLUMNS, Row, rows_of
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, sight_of

ROWS = 50
PLACES_SHOWN = 8
# A unit a line: so many can be read.
UNITS_OF_A_SHEET = 150
# The people of so many units are looked through for a name.
UNITS_WITH_PEOPLE = 400
LINES_OF_A_MONTH = 400
VIEWS = {"table": "表格", "cards": "卡片", "calendar": "日历", "units": "一览"}
STATES = {
    "awaiting": "待确认",
    "corrected": "更正过的",
    "withdrawn": "已撤回",
    "late": "迟录的",
    "doubtful": "存疑的",
}
# Of which there are few, however long the ledger is.
SHORT_STATES = ("awaiting", "doubtful")
# What a kind is listed under that names no group of its own.
NATURES = {"activity": "工作", "outcome": "成效", "figure": "数据", "judgement": "评价", "voice": "诉求"}
TYPED, BEHALF, IMPORTED = "typed", "behalf", "import:"
ASKED = ("under", "place", "kind", "group", "month", "from", "to", "who", "source", "state", "q", "view", "after", "before")


def group_of(kind: RecordKind) -> str:
    """The heading under which a kind is listed."""
    return kind.group or NATURES[kind.nature]


@dataclass(frozen=True)
class Ledgers:
    """What the page shows.

    node      the unit at and under which one looks; None: all that one may see
    span      the units whose records are meant
    kinds     the kinds of record kept there, by id
    """

    asked: Mapping[str, str]
    authority: Authority
    ruling: Rulings
    node: Unit | None
    span: Span
    kinds: Mapping[str, RecordKind]

    @property
    def kind(self) -> RecordKind | None:
        """The kind asked for, if one is."""
        return self.kinds.get(self.asked["kind"])

    @property
    def view(self) -> str:
        """The view asked for."""
        return self.asked["view"] if self.asked["view"] in VIEWS else "table"

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the records beside the place."""
        return any(self.asked[name] for name in ("kind", "group", "month", "from", "to", "who", "source", "state", "q"))

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day asked for: of a month, or from one day to another."""
        if month := read_day(f"{self.asked['month']}-01"):
            return month, last_of(month)
        return read_day(self.asked["from"]), read_day(self.asked["to"])

    @cached_property
    def found(self) -> Found:
        """The records asked for."""
        return self._within(*self.days)

    def month_found(self, month: date) -> Found:
        """The records asked for, in a month."""
        return self._within(month, last_of(month))

    def _within(self, first: date | None, last: date | None) -> Found:
        records = self._in_state()
        if first:
            records = records.filter(occurred_on__gte=first)
        if last:
            records = records.filter(occurred_on__lte=last)
        records = self._from_source(records)
        by_name = bool(self.asked["who"]) and self.has_people
        if by_name:
            records = records.filter(recorded_by_title__icontains=self.asked["who"])
        # What few records are is found by what is rare in them: days that are few, or else the units.
        by_day, is_short = bool(first and last), self.asked["state"] in SHORT_STATES
        walked = self.span.of(records, walking=not by_name and not is_short)
        counted = self.span.of(records, walking=by_day)
        return Found(self._parts(walked), self._parts(counted), is_short)

    def _in_state(self) -> RecordQuerySet:
        match self.asked["state"]:
            case "awaiting":
                return Record.objects.all().awaiting()
            case "corrected":
                return Record.objects.filter(supersedes__isnull=False, act=Record.Act.CORRECTION).standing()
            case "withdrawn":
                return Record.objects.filter(superseders__act=Record.Act.WITHDRAWAL)
            case "doubtful":
                return Record.objects.filter(pk__in=[one.record.pk for one in doubtful_records(self.span.units, self.ruling)])
        return Record.objects.all().standing()

    def _from_source(self, records: RecordQuerySet) -> RecordQuerySet:
        source = self.asked["source"]
        if source == BEHALF:
            return records.filter(Q(awaits=True) | Q(act=Record.Act.CONFIRMATION, supersedes__isnull=False))
        return records.filter(source=source) if source == TYPED or source.startswith(IMPORTED) else records

    def _parts(self, records: RecordQuerySet) -> list[RecordQuerySet]:
        """One part for all kinds, or one for each of those asked for: by its group, by who holds it, or since only it can be late. A
        kind of which some choice is called what is sought is a part of its own."""
        wanted, text = self._wanted(), self.asked["q"]
        if self.asked["kind"] and not wanted:
            # A kind that is kept no longer.
            return [saying(records.filter(kind=self.asked["kind"]), text)]
        if len(wanted) < len(self.kinds) or self.asked["state"] == "late":
            return [self._of_kind(records, kind) for kind in wanted.values()]
        chosen = [kind for kind in wanted.values() if has_choice(kind, text)]
        others = records.exclude(kind__in=[kind.id for kind in chosen]) if chosen else records
        return [saying(others, text), *(self._of_kind(records, kind) for kind in chosen)]

    def _wanted(self) -> dict[str, RecordKind]:
        """The kinds asked for."""
        asked = self.asked
        wanted = {id: kind for id, kind in self.kinds.items() if not asked["kind"] or id == asked["kind"]}
        if asked["group"] and not asked["kind"]:
            wanted = {id: kind for id, kind in wanted.items() if group_of(kind) == asked["group"]}
        if asked["source"].startswith(IMPORTED):
            wanted = {id: kind for id, kind in wanted.items() if kind.held_by == asked["source"].removeprefix(IMPORTED)}
        return {id: kind for id, kind in wanted.items() if asked["state"] != "late" or kind.late_after is not None}

    def _of_kind(self, records: RecordQuerySet, kind: RecordKind) -> RecordQuerySet:
        own = records.filter(entered_late(kind)) if self.asked["state"] == "late" else records.filter(kind=kind.id)
        return saying(own, self.asked["q"], kind)

    @cached_property
    def has_people(self) -> bool:
        """Whether there are few enough units to look for who entered something."""
        return not self.span.units.order_by()[UNITS_WITH_PEOPLE : UNITS_WITH_PEOPLE + 1].exists()

    @cached_property
    def sheet_units(self) -> list[Unit]:
        """The units of which each has a line of the overview; none where there are too many, or but one."""
        units = list(self.span.units.filter(kind__in=self.ruling.kinds).order_by("path")[: UNITS_OF_A_SHEET + 1])
        return units if 1 < len(units) <= UNITS_OF_A_SHEET else []

    @cached_property
    def parts(self) -> list[Unit]:
        """The parts of what one looks at: of the place, or of all places one may see, those right below that are no rated units."""
        tops = [self.node.path] if self.node else self.authority.tops("record.view")
        below = Unit.objects.filter(parent__path__in=tops, closed_on=None).exclude(kind__in=self.ruling.kinds)
        return list(below.order_by("path")[:UNITS_OF_A_SHEET])

    @cached_property
    def has_parts(self) -> bool:
        """Whether the overview has a line a part, since it has too many units for a line each."""
        return self.span.units.filter(kind__in=self.ruling.kinds).order_by()[1:2].exists() and not self.sheet_units and bool(self.parts)

    @cached_property
    def places(self) -> list[Unit]:
        """The units that the words typed for a place may mean."""
        if not self.asked["place"].strip():
            return []
        seen = Unit.objects.filter(self.authority.reach("record.view"), self.authority.reach("unit.view"))
        return list(matching(seen, self.asked["place"]).select_related("parent").order_by("path")[:PLACES_SHOWN])

    @cached_property
    def groups(self) -> list[tuple[str, list[RecordKind]]]:
        """The kinds to choose from, under their headings."""
        by_heading: dict[str, list[RecordKind]] = {}
        for kind in self.kinds.values():
            by_heading.setdefault(group_of(kind), []).append(kind)
        return list(by_heading.items())

    @property
    def bodies(self) -> list[str]:
        """Who holds facts and imports them."""
        return list(dict.fromkeys(kind.held_by for kind in self.kinds.values() if kind.held_by))


def ledgers(request: SignedInRequest, unit: Unit | None = None) -> Ledgers:
    """What the address asks for: of one unit, or of all whose records the person may read."""
    authority, ruling = authority_in(request), rulings()
    asked = {name: request.GET.get(name, "") for name in ASKED}
    node = unit or (sight_of(request, asked["under"], "record.view").unit if asked["under"] else None)
    return Ledgers(asked, authority, ruling, node, _span(node, authority), ruling.records_within(node.path) if node else ruling.records)


def _span(node: Unit | None, authority: Authority) -> Span:
    if node is None:
        return Span(Unit.objects.filter(authority.reach("record.view")), _is_everywhere(authority.tops("record.view")))
    # The records of those merged into it count for it, wherever they lie.
    former = [one.pk for one in units_counted_with(node) if one.pk != node.pk]
    here = within(node.path)
    return Span(Unit.objects.filter(here | Q(pk__in=former) if former else here), _is_everywhere([node.path]))


def _is_everywhere(tops: Collection[str]) -> bool:
    """Whether all units lie at or below some paths."""
    return set(Unit.objects.filter(parent=None).values_list("path", flat=True)) <= set(tops)


@dataclass(frozen=True)
class Turned:
    """A page of records, and what the addresses of the pages before and after it say."""

    rows: list[Row]
    before: str = ""
    after: str = ""


def page_of(shown: Ledgers) -> Turned:
    """The records that the address asks for, a page of them."""
    after, before = key_in(shown.asked["after"]), key_in(shown.asked["before"])
    ids, more = shown.found.page(ROWS, after=after, before=before)
    rows = rows_in(shown, ids)
    if not rows:
        return Turned(rows)
    has_later = bool(after) if before is None else more
    has_earlier = more if before is None else True
    return Turned(rows, _key_of(rows[0]) if has_later else "", _key_of(rows[-1]) if has_earlier else "")


def rows_in(shown: Ledgers, ids: Sequence[int]) -> list[Row]:
    """Some records as rows, in the order given."""
    return list(rows_of(in_order(ids, *COLUMNS), shown.kinds, shown.kind))


def _key_of(row: Row) -> str:
    return f"{row.on}.{row.id}"


def key_in(text: str) -> Key | None:
    """The record after or before which a page begins, as an address says it; None where it says none."""
    day, _, id = text.partition(".")
    on = read_day(day)
    return (on, int(id)) if on and id.isdecimal() else None


@dataclass(frozen=True)
class Day:
    """A day of a calendar: how many records it has, and the first of them."""

    on: date
    count: int
    rows: list[Row]
    here: bool


@dataclass(frozen=True)
class Month:
    """A month as a calendar shows it, and the months around it."""

    first: date
    weeks: list[list[Day]]
    before: date
    after: date
    total: int


def month_of(shown: Ledgers) -> Month:
    """The month asked for as a calendar; where none is, that of the latest record."""
    first = read_day(f"{shown.asked['month']}-01") or _latest_day(shown).replace(day=1)
    found = shown.month_found(first)
    counts = found.by_day()
    rows: dict[date, list[Row]] = {}
    if sum(counts.values()) <= LINES_OF_A_MONTH:
        for row in rows_in(shown, found.ids(LINES_OF_A_MONTH)):
            rows.setdefault(row.on, []).append(row)
    weeks = [
        [Day(on, counts.get(on, 0), rows.get(on, []), on.month == first.month) for on in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks, (first - timedelta(days=1)).replace(day=1), last_of(first) + timedelta(days=1), sum(counts.values()))


def _latest_day(shown: Ledgers) -> date:
    ids, _ = shown.found.page(1)
    latest = in_order(ids, "occurred_on")
    return latest[0][1] if latest else clock.today()


def last_of(month: date) -> date:
    """The last day of a month, given by any of its days."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


@dataclass(frozen=True)
class Line:
    """A line of an overview: a unit, a part of a place with all its units, or, without a code, the units right below the place."""

    name: str
    code: str
    counts: list[int]
    is_place: bool = False


@dataclass(frozen=True)
class Sheet:
    """Units or parts × kinds: how many records each has of each kind, in the order of the tree; it compares nobody."""

    kinds: list[RecordKind]
    lines: list[Line]

    @property
    def sums(self) -> list[int]:
        """Kind by kind, how many records all lines have."""
        return [sum(column) for column in zip(*(line.counts for line in self.lines), strict=True)]


def sheet_of(shown: Ledgers) -> Sheet | None:
    """The overview of a place: of its units, or, where there are too many, of its parts. None where there is nothing to lay beside."""
    units = shown.sheet_units
    counts = shown.found.by_unit_and_kind() if units or shown.has_parts else {}
    used = {kind for _, kind in counts}
    kinds = [kind for id, kind in shown.kinds.items() if id in used]
    if units:
        return Sheet(kinds, [Line(unit.name, unit.code, [counts.get((unit.pk, kind.id), 0) for kind in kinds]) for unit in units])
    return Sheet(kinds, list(_lines_of_parts(shown, counts, kinds))) if shown.has_parts else None


def _lines_of_parts(shown: Ledgers, counts: Mapping[tuple[int, str], int], kinds: Sequence[RecordKind]) -> Iterator[Line]:
    paths = dict(Unit.objects.order_by().values_list("pk", "path"))
    parts = {unit.path: unit for unit in shown.parts}
    lengths = sorted({len(path) for path in parts}, reverse=True)
    summed: dict[tuple[str, str], int] = {}
    for (pk, kind), count in counts.items():
        part = next((path for size in lengths if (path := paths[pk][:size]) in parts), "")
        summed[part, kind] = summed.get((part, kind), 0) + count
    for path, unit in parts.items():
        yield Line(unit.name, unit.code, [summed.get((path, one.id), 0) for one in kinds], is_place=True)
    rest = [summed.get(("", one.id), 0) for one in kinds]
    if any(rest):
        yield Line("其余直属单位", "", rest)
