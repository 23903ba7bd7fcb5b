"""Many units at once: a whole city or province from a list."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.search_text import search_text
from fanxing.organisations.authority import Doer, authority_of
from fanxing.organisations.models import CODE_PATTERN, Unit
from fanxing.organisations.paths import ROOT, path_of

FAULTS_SHOWN = 20
CODE_LENGTH = 32
NAME_LENGTH = 100
CODES_ASKED = 10_000


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a list gives it; `parent` is a code of the same list or of a unit already there."""

    code: str
    name: str
    kind: str
    parent: str | None


class ListRefused(Refused):
    """The list has faults; nothing was loaded. `faults` are all of them, in the order of the rows."""

    def __init__(self, faults: list[str]) -> None:
        more = f"……共 {len(faults)} 处" if len(faults) > FAULTS_SHOWN else ""
        super().__init__("\n".join(faults[:FAULTS_SHOWN]) + more)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a unit stands that is in the database already."""

    id: int
    path: str
    closed: bool


def load_units(*, rows: Iterable[UnitRow], on: date, by: Doer, at: datetime) -> int:
    """Found all the units of a list on a day, or none; return how many.

    The list may be in any order. It is checked before the transaction begins, which then only inserts.
    Raises ListRefused with every fault, NotAllowed where units may not be founded.
    """
    wanted = list(rows)
    places = _places_outside(wanted)
    if faults := list(_faults(wanted, places)):
        raise ListRefused(faults)
    _require_right(wanted, places, by=by, at=at)
    ordered = _in_order(wanted, places)
    with transaction.atomic():
        _insert(ordered, places, on)
        record_event(
            by=by,
            at=at,
            action="organisations.load_units",
            subject="organisations.Unit",
            summary=f"批量设立 {len(wanted)} 个单位",
            details={"count": len(wanted), "on": on},
        )
    return len(wanted)


def _places_outside(rows: Sequence[UnitRow]) -> dict[str, _Place]:
    """The units that rows of the list are to stand below without being in it themselves."""
    inside = {row.code for row in rows}
    outside = {row.parent for row in rows if row.parent and row.parent not in inside}
    found = Unit.objects.in_bulk(outside, field_name="code")
    return {code: _Place(unit.pk, unit.path, unit.closed_on is not None) for code, unit in found.items()}


def _faults(rows: Sequence[UnitRow], places: Mapping[str, _Place]) -> Iterator[str]:
    taken = _taken(rows)
    listed = {row.code for row in rows}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        for fault in _faults_of(row, listed, places):
            yield f"第 {number} 行：{fault}"
        if row.code in taken or row.code in seen:
            yield f"第 {number} 行：代码“{row.code}”已被使用"
        seen.add(row.code)


def _taken(rows: Sequence[UnitRow]) -> set[str]:
    """The codes of the list that units have already."""
    codes = [row.code for row in rows]
    batches = (codes[start : start + CODES_ASKED] for start in range(0, len(codes), CODES_ASKED))
    return {code for batch in batches for code in Unit.objects.filter(code__in=batch).values_list("code", flat=True)}


def _faults_of(row: UnitRow, listed: Set[str], places: Mapping[str, _Place]) -> Iterator[str]:
    if not CODE_PATTERN.match(row.code) or len(row.code) > CODE_LENGTH:
        yield f"代码“{row.code}”应为 1 至 {CODE_LENGTH} 位字母、数字、横线或下划线"
    if not 1 <= len(row.name.strip()) <= NAME_LENGTH:
        yield f"名称应为 1 至 {NAME_LENGTH} 个字"
    if not row.kind:
        yield "缺少类型"
    if row.parent and row.parent not in listed:
        place = places.get(row.parent)
        if place is None:
            yield f"没有代码为“{row.parent}”的上级单位"
        elif place.closed:
            yield f"上级单位“{row.parent}”已撤销"


def _require_right(rows: Sequence[UnitRow], places: Mapping[str, _Place], *, by: Doer, at: datetime) -> None:
    authority = authority_of(by, on=timezone.localdate(at))
    paths = {place.path for place in places.values()} | {ROOT for row in rows if not row.parent}
    if not all("unit.manage" in authority.permissions_at(path) for path in paths):
        raise NotAllowed("您不能在名单所列的上级单位之下设立单位")


def _in_order(rows: Sequence[UnitRow], places: Mapping[str, _Place]) -> list[UnitRow]:
    """The rows with every parent before its children."""
    below = defaultdict(list)
    for row in rows:
        below[row.parent or None].append(row)
    ordered = [row for parent in (None, *places) for row in below.pop(parent, [])]
    for row in ordered:  # which grows as it is walked
        ordered += below.pop(row.code, [])
    if below:
        codes = "、".join(sorted(row.code for circle in below.values() for row in circle)[:FAULTS_SHOWN])
        raise ListRefused([f"这些单位互为上下级：{codes}"])
    return ordered


UNIT_COLUMNS = ("id", "code", "name", "kind", "parent_id", "path", "search_text")


def _insert(rows: Sequence[UnitRow], places: Mapping[str, _Place], on: date) -> None:
    """Write units and states in SQL: through models it takes six times as long."""
    ids = _new_ids(len(rows))
    _write("organisations_unit", UNIT_COLUMNS, _units(rows, places, ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organisations_unitstate (unit_id, name, kind, parent_id, valid_from)"
            " SELECT id, name, kind, parent_id, %s FROM organisations_unit unit WHERE id BETWEEN %s AND %s"
            " AND NOT EXISTS (SELECT 1 FROM organisations_unitstate state WHERE state.unit_id = unit.id)",
            [on, min(ids, default=0), max(ids, default=0)],
        )


def _units(rows: Sequence[UnitRow], places: Mapping[str, _Place], ids: Sequence[int]) -> Iterator[tuple[str | int | None, ...]]:
    """The rows of the table of units, in the order of its columns."""
    known = dict(places)
    for id, row in zip(ids, rows, strict=True):
        above = known[row.parent] if row.parent else None
        path, name = path_of(row.code, above.path if above else ROOT), row.name.strip()
        known[row.code] = _Place(id, path, closed=False)
        yield id, row.code, name, row.kind, above.id if above else None, path, search_text(name)


def _new_ids(count: int) -> list[int]:
    """Ids that no other unit has or will get, so that a unit can name its parent before either is written."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence('organisations_unit', 'id')) FROM generate_series(1, %s)", [count])
            return [id for (id,) in cursor.fetchall()]
        # The transaction is the only one that writes.
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'organisations_unit'")
        last: int = cursor.fetchone()[0]
        return list(range(last + 1, last + count + 1))


def _write(table: str, columns: Sequence[str], rows: Iterable[tuple[str | int | None, ...]]) -> None:
    """Insert rows by the fastest way that the database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(rows))  # noqa: S608  # our own names
