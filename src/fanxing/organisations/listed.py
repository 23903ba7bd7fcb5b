"""A whole tree as one list: what it says, what it would change, and what is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fanxing.lib.canonical import digest
from fanxing.lib.refusals import Refused
from fanxing.organisations.models import CODE_PATTERN, Unit, UnitState
from fanxing.organisations.paths import within

CODE, NAME, KIND, PARENT = "代码", "名称", "类型", "上级代码"
COLUMNS = (CODE, NAME, KIND, PARENT)
HEAD_WITHIN = 10
CODE_LENGTH = 32
NAME_LENGTH = 100
CODES_ASKED = 5_000


class NoHead(Refused):
    """No row of the sheet names the columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """A unit as a row of the sheet gives it; `number` is the row."""

    number: int
    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell, and what would be right."""

    number: int
    column: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit of the tree as it stands, or as a list wants it to stand."""

    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True)
class Plan:
    """What a list would change, each in the order of the tree or of the list; nothing of it where there are faults.

    founded  units that are new
    changed  (as it stands, as it shall stand) of units whose name, kind or parent differ
    absent   units of the tree that the list does not name; they stay unless somebody chooses to close them
    same     how many units stay as they are
    """

    founded: tuple[Line, ...] = ()
    changed: tuple[tuple[Standing, Standing], ...] = ()
    absent: tuple[Standing, ...] = ()
    same: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def renamed(self) -> list[tuple[Standing, Standing]]:
        """Those that get another name."""
        return [pair for pair in self.changed if pair[0].name != pair[1].name]

    @property
    def of_another_kind(self) -> list[tuple[Standing, Standing]]:
        """Those that become units of another kind."""
        return [pair for pair in self.changed if pair[0].kind != pair[1].kind]

    @property
    def moved(self) -> list[tuple[Standing, Standing]]:
        """Those that get another parent."""
        return [pair for pair in self.changed if pair[0].parent != pair[1].parent]

    @property
    def is_empty(self) -> bool:
        """Whether the tree is already as the list says, but for what it does not name."""
        return not (self.founded or self.changed)

    @property
    def digest(self) -> str:
        """The same for the same changes: what is confirmed is compared by it with what was shown."""
        lines = [[one.code, one.name, one.kind, one.parent] for one in self.founded]
        changes = [[one.code, one.name, one.kind, one.parent, *_differing(one, other)] for one, other in self.changed]
        return digest({"founded": lines, "changed": changes, "absent": [one.code for one in self.absent]})


def _differing(before: Standing, after: Standing) -> tuple[str, str, str]:
    return after.name, after.kind, after.parent


def read_lines(rows: Sequence[Sequence[str]]) -> list[Line]:
    """The lines of a sheet below its head, which stands in one of the first rows; empty rows are passed over. Raises NoHead."""
    for top, row in enumerate(rows[:HEAD_WITHIN]):
        places = {title: row.index(title) for title in COLUMNS if title in row}
        if len(places) == len(COLUMNS):
            return list(_lines(rows[top + 1 :], top + 2, places))
    raise NoHead(f"前 {HEAD_WITHIN} 行里没有表头；表头应有这几列：{'、'.join(COLUMNS)}（可下载现有单位表照着改）")


def _lines(rows: Iterable[Sequence[str]], first: int, places: Mapping[str, int]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=first):
        cells = [row[places[title]] for title in COLUMNS]
        if any(cells):
            yield Line(number, *cells)


@dataclass
class _Tree:
    """The units below the top one as they stand, and what a check needs to know of all others."""

    top: Unit
    standing: dict[str, Standing]
    since: dict[str, date]
    elsewhere: dict[str, str] = field(default_factory=dict)


def plan_of(lines: Sequence[Line], *, top: Unit, kinds: Mapping[str, str], on: date) -> Plan:
    """What the list would change at and below a unit from a day on; `kinds` are titles by id of the kinds a unit can be of.

    Where there are faults they are all that is told.
    """
    tree = _tree_of(top, lines)
    ids = {title: id for id, title in kinds.items()} | {id: id for id in kinds}
    wanted = {line.code: _wanted(line, tree, ids) for line in lines}
    faults = [fault for line in lines for fault in _faults_of(line, tree, wanted, ids, on)]
    seen: dict[str, int] = {}
    for line in lines:
        if line.code in seen:
            faults.append(Fault(line.number, CODE, line.code, f"与第 {seen[line.code]} 行的代码相同，每个单位只写一行"))
        seen.setdefault(line.code, line.number)
    faults += _circles(lines, tree, wanted)
    if faults:
        return Plan(faults=tuple(sorted(faults, key=lambda one: (one.number, COLUMNS.index(one.column)))))
    found = [line for line in lines if line.code not in tree.standing]
    changed = [(before, wanted[code]) for code, before in tree.standing.items() if code in wanted and wanted[code] != before]
    absent = [one for code, one in tree.standing.items() if code not in wanted and code != top.code]
    founded = tuple(Line(one.number, one.code, one.name, wanted[one.code].kind, one.parent) for one in found)
    return Plan(founded, tuple(changed), tuple(absent), len(lines) - len(found) - len(changed))


def _tree_of(top: Unit, lines: Sequence[Line]) -> _Tree:
    here = Unit.objects.filter(within(top.path), closed_on=None).order_by("path")
    rows = here.values_list("code", "name", "kind", "parent__code")
    standing = {code: Standing(code, name, kind, parent or "") for code, name, kind, parent in rows}
    states = UnitState.objects.filter(unit__in=here, valid_to=None)
    tree = _Tree(top, standing, dict(states.values_list("unit__code", "valid_from")))
    strange = [line.code for line in lines if line.code not in standing]
    for start in range(0, len(strange), CODES_ASKED):
        others = Unit.objects.filter(code__in=strange[start : start + CODES_ASKED]).values_list("code", "name", "closed_on")
        for code, name, closed_on in others:
            tree.elsewhere[code] = (
                f"这个代码属于{name}，已于 {closed_on} 撤销，请另编代码" if closed_on else "这个代码属于您不能维护的单位，请核对"
            )
    return tree


def _wanted(line: Line, tree: _Tree, ids: Mapping[str, str]) -> Standing:
    """As the line wants the unit to stand; the topmost one stays where it is."""
    parent = tree.standing[line.code].parent if line.code == tree.top.code else line.parent
    return Standing(line.code, line.name, ids.get(line.kind, line.kind), parent)


def _faults_of(line: Line, tree: _Tree, wanted: Mapping[str, Standing], ids: Mapping[str, str], on: date) -> Iterator[Fault]:
    if not CODE_PATTERN.match(line.code) or len(line.code) > CODE_LENGTH:
        yield Fault(line.number, CODE, line.code, f"代码应为 1 至 {CODE_LENGTH} 位字母、数字、横线或下划线")
    elif line.code in tree.elsewhere:
        yield Fault(line.number, CODE, line.code, tree.elsewhere[line.code])
    if not 1 <= len(line.name) <= NAME_LENGTH:
        yield Fault(line.number, NAME, line.name, f"名称应为 1 至 {NAME_LENGTH} 个字")
    if line.kind not in ids:
        titles = "、".join(dict.fromkeys(title for title in ids if ids[title] != title))
        yield Fault(line.number, KIND, line.kind, f"类型应为其中之一：{titles or '、'.join(ids)}")
    yield from _faults_of_parent(line, tree, wanted)
    before, since = tree.standing.get(line.code), tree.since.get(line.code)
    if before and since and since > on and wanted[line.code] != before:
        yield Fault(line.number, CODE, line.code, f"它在 {since} 已有变更，生效日期不能更早")


def _faults_of_parent(line: Line, tree: _Tree, wanted: Mapping[str, Standing]) -> Iterator[Fault]:
    if line.code == tree.top.code:
        if line.parent not in ("", tree.standing[line.code].parent):
            yield Fault(line.number, PARENT, line.parent, f"{tree.top.name}是您负责的最上一级，不能用表划转；请写原来的上级或留空")
    elif not line.parent:
        yield Fault(line.number, PARENT, "", f"请写上级的代码；直属{tree.top.name}的写 {tree.top.code}")
    elif line.parent == line.code:
        yield Fault(line.number, PARENT, line.parent, "单位不能是自己的上级")
    elif line.parent not in wanted and line.parent not in tree.standing:
        yield Fault(line.number, PARENT, line.parent, "表里和您负责的单位里都没有这个代码；先写上这个上级，或改成已有的上级")


def _circles(lines: Sequence[Line], tree: _Tree, wanted: Mapping[str, Standing]) -> Iterator[Fault]:
    """Units that would stand above themselves."""
    above = {code: one.parent for code, one in {**tree.standing, **wanted}.items()}
    circling, passed = set[str](), {tree.top.code}
    for line in lines:
        way: dict[str, None] = {}
        code = line.code
        while code in above and code not in passed and code not in way:
            way[code] = None
            code = above[code]
        if code in way:
            circling |= set(list(way)[list(way).index(code) :])
        passed |= way.keys()
    for line in lines:
        if line.code in circling and line.parent != line.code:
            yield Fault(line.number, PARENT, line.parent, "它和它的上级互为上下级，请改其中一个的上级")


def depths(plan: Plan, top: Unit) -> Mapping[str, int]:
    """How deep each moved unit will stand, so that parents are moved before what goes below them."""
    after = {one.code: one.parent for one in plan.founded} | {after.code: after.parent for _, after in plan.changed}
    kept = dict(Unit.objects.filter(within(top.path), closed_on=None).values_list("code", "parent__code"))
    above = {**kept, **after}

    def depth(code: str) -> int:
        steps = 0
        while code and code != top.code:
            code, steps = above.get(code) or "", steps + 1
        return steps

    return Counter({after.code: depth(after.code) for _, after in plan.changed})
