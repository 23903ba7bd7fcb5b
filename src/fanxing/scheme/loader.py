"""From a folder of YAML to a checked Scheme; every fault of the folder comes at once."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path

from fanxing.scheme.checking import check
from fanxing.scheme.expressions import Const, did_you_mean
from fanxing.scheme.faults import Fault, Faults, SchemeError
from fanxing.scheme.field_reading import read_choices, read_field
from fanxing.scheme.guard import refuse
from fanxing.scheme.model import (
    BRAND_ROLES,
    FACT_TYPES,
    GOAL_ROLES,
    NATURES,
    PERIOD_VERBS,
    PERIODS,
    PHONES,
    SIDES,
    SORTS,
    TASK_ROLES,
    BothSides,
    BranchSheet,
    Case,
    Difference,
    Effort,
    Expects,
    Fact,
    Guide,
    Meets,
    MemberPoints,
    OtherKind,
    PairedSide,
    Pairing,
    PartyWork,
    Period,
    Place,
    PointRule,
    Post,
    Procedure,
    RecordKind,
    Scheme,
    Sides,
    Source,
    UnitKind,
    Value,
)
from fanxing.scheme.nodes import Nodes
from fanxing.scheme.procedure_reading import read_procedure
from fanxing.scheme.section import FILE_ID, Section, check_id
from fanxing.scheme.written import WrittenDay
from fanxing.scheme.yaml import Item, read

VERBS = ("count", "any", *PERIOD_VERBS, "sum", "latest", "distinct")
YEARS = (1900, 2999)
PERCENT_POINT = 0.01
LEAP_YEAR = 2000
MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
FIELD_VERBS = ("sum", "latest", "distinct")
# So many files of schemes being written are kept as they were read, and so many such schemes: a page asks several times.
FILES_KEPT = 256
DRAFTS_KEPT = 16


def shipped() -> tuple[str, ...]:
    """The names of the schemes shipped with the package."""
    root = resources.files("fanxing") / "schemes"
    return tuple(sorted(one.name for one in root.iterdir() if one.is_dir() and (one / "scheme.yaml").is_file()))


def read_folder(folder: str | Path) -> dict[str, str]:
    """The YAML files of a folder (or of a shipped scheme's name) as {path inside the folder: text}. Raises SchemeError."""
    root = Path(folder)
    if root.is_file():
        raise SchemeError((Fault(Place(str(folder), 1), f"this is a file; name the folder it lies in, {root.parent}"),))
    if not root.is_dir() or (str(folder) in shipped() and not (root / "scheme.yaml").is_file()):
        if str(folder) not in shipped():
            message = f"there is no such folder, and no shipped scheme of this name{did_you_mean(str(folder), list(shipped()))}"
            raise SchemeError((Fault(Place(str(folder), 1), message),))
        root = Path(str(resources.files("fanxing") / "schemes" / str(folder)))
    files, faults = {}, Faults()
    for path in sorted(root.rglob("*.y*ml")):
        name = path.relative_to(root).as_posix()
        try:
            files[name] = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            faults.add(Place(name, line), "this line is not UTF-8; save the file as UTF-8")
        except OSError as error:
            faults.add(Place(name, 1), f"cannot be read: {error.strerror}")
    faults.raise_if_any()
    return files


def load(folder: str | Path) -> Scheme:
    """Load and check a scheme folder, or a shipped scheme by name. Raises SchemeError with every fault."""
    return load_files(read_folder(folder))


def load_files(files: Mapping[str, str], *, guarded: bool = True) -> Scheme:
    """Load and check a scheme given as {path: YAML text}. Raises SchemeError with every fault.

    `guarded=False` is for rules that were published: what the guard learns later must not take back their results.
    """
    faults = Faults()
    if "scheme.yaml" not in files:
        raise SchemeError((Fault(Place("scheme.yaml", 1), "the file is missing; every scheme begins with a scheme.yaml"),))
    scheme = _Folder(files, faults, _read).scheme()
    if scheme is not None:
        scheme = check(scheme, faults)
        if guarded:
            refuse(scheme, faults)
    faults.raise_if_any()
    assert scheme is not None  # otherwise there was a fault
    return scheme


@dataclass(frozen=True)
class Examined:
    """A scheme that is being written, and what is wrong with it; None where it could not be reckoned with."""

    scheme: Scheme | None
    faults: tuple[Fault, ...]


def examine(files: Mapping[str, str], *, placed: bool = False) -> Examined:
    """Read a scheme that is being written: as `load_files`, but what is wrong is only told, and what the guard refuses is not.

    `placed`: its values know their places (see `written`), and its sentences have blanks for them.
    """
    return _examined(tuple(sorted(files.items())), placed)


@lru_cache(maxsize=DRAFTS_KEPT)
def _examined(files: tuple[tuple[str, str], ...], placed: bool) -> Examined:
    if "scheme.yaml" not in dict(files):
        return Examined(None, (Fault(Place("scheme.yaml", 1), "the file is missing; every scheme begins with a scheme.yaml"),))
    faults = Faults()
    scheme = _Folder(dict(files), faults, lambda name, text: _kept(name, text, placed)).scheme()
    if scheme is not None:
        scheme = check(scheme, faults)
    found = SchemeError(tuple(faults.found)).faults
    return Examined(scheme if all(fault.harmless for fault in found) else None, found)


Reading = tuple[Item | None, tuple[Fault, ...]]


def _read(name: str, text: str, placed: bool = False) -> Reading:
    faults = Faults()
    return read(text, name, faults, placed=placed), tuple(faults.found)


# Of a scheme that is being written one file changes at a time.
_kept = lru_cache(maxsize=FILES_KEPT)(_read)


class _Folder:
    """The files of one scheme, read once each."""

    def __init__(self, files: Mapping[str, str], faults: Faults, read_file: Callable[[str, str], Reading]) -> None:
        self.faults = faults
        self.items: dict[str, Item] = {}
        for name in sorted(files):
            item, found = read_file(name, files[name])
            faults.found += found
            if item is not None:
                self.items[name] = item
        self.used = {"scheme.yaml"}

    def scheme(self) -> Scheme | None:
        if "scheme.yaml" not in self.items:
            return None
        section = Section(self.items["scheme.yaml"], self.faults, "scheme")
        id = section.text("scheme", required=True)
        if id and not FILE_ID.fullmatch(id):
            section.fault(f'scheme "{id}": use lower-case letters, digits, - and _, beginning with a letter')
        basis = section.text("basis", required=True)
        shared = _Shared(section, basis)
        kinds = {
            key.text: self._kind(key.text, Section(value, self.faults, f"kind {key.text}"), shared) for key, value in section.pairs("kinds")
        }
        if not kinds:
            section.fault('"kinds" is missing; name at least one kind of unit, such as kinds: {village: {title: 村}}')
        levels = _levels(section, kinds)
        scheme = Scheme(
            id=id,
            title=section.text("title", required=True),
            basis=basis,
            note=section.text("note"),
            owner=section.text("owner"),
            source=section.text("source"),
            kinds=kinds,
            levels=levels,
            beside=_beside(section, {*kinds, *levels}, basis),
            records=self._records(basis),
            procedures=self._procedures(basis),
            posts=_posts(section),
            guides=_guides(section, basis),
            cases=self._cases(tuple(kinds)),
            period=_period(section),
            points=self._points(basis),
            both_sides=self._both_sides(basis),
            party_work=self._party_work(basis),
            pairing=self._pairing(basis),
            place=section.place,
        )
        section.finish()
        self._report_strays(kinds)
        return scheme

    def _kind(self, id: str, section: Section, shared: "_Shared") -> UnitKind:
        check_id(id, section.place, self.faults, "kind")
        stars = section.texts("stars")
        for star, times in Counter(stars).items():
            if times > 1:
                section.fault(f'the star "{star}" stands twice in "stars"; keep one', section.item("stars"))
        stars = tuple(dict.fromkeys(stars))
        facts: dict[str, Fact] = {}
        nodes = Nodes(self.faults, stars, shared.round)
        for source in (shared.section, section):
            self._facts(source, facts, shared.basis)
            _nodes(source, nodes, shared.basis)
        for star in stars:
            self._star(id, star, facts, nodes, shared)
        tier = _result(section, shared.section, "tier", nodes, shared.basis)
        total = _result(section, shared.section, "total", nodes, shared.basis)
        if not tier:
            section.fault('"tier" is missing: the name of the node that is the tier, or a node in place')
        kind = UnitKind(
            id=id,
            title=section.text("title", required=True),
            basis=section.text("basis") or shared.basis,
            note=section.text("note"),
            owner=section.text("owner"),
            facts=facts,
            nodes=nodes.found,
            tier=tier,
            total=total,
            stars=stars,
            counted=section.flag("counted", True),
            group=section.text("group"),
            counter=section.text("counter") or UnitKind.counter,
            place=section.place,
        )
        section.finish()
        return kind

    def _star(self, kind: str, star: str, facts: dict[str, Fact], nodes: Nodes, shared: "_Shared") -> None:
        name = f"stars/{kind}/{star}.yaml"
        if name not in self.items:
            if star not in nodes.found:
                self.faults.add(shared.section.place_of("kinds"), f'kind {kind}: star "{star}" has no file {name} and no node of that id')
            return
        self.used.add(name)
        section = Section(self.items[name], self.faults, f"star {star}")
        self._facts(section, facts, section.text("basis") or shared.basis)
        _nodes(section, nodes, section.text("basis") or shared.basis)
        _rename_score(section)
        nodes.read(section, star, basis=shared.basis)

    def _facts(self, section: Section, facts: dict[str, Fact], basis: str) -> None:
        for key, value in section.pairs("facts"):
            if key.text in facts:
                self.faults.add(key.place, f'the fact "{key.text}" stands twice; the first is at {facts[key.text].place}')
            facts[key.text] = _fact(key.text, Section(value, self.faults, f"fact {key.text}"), basis)

    def _records(self, basis: str) -> dict[str, RecordKind]:
        files = self._files_of("records")
        return {id: _record_kind(id, Section(item, self.faults, f"record kind {id}"), basis) for id, item in files.items()}

    def _procedures(self, basis: str) -> dict[str, Procedure]:
        files = self._files_of("procedures")
        return {id: read_procedure(id, Section(item, self.faults, f"procedure {id}"), basis) for id, item in files.items()}

    def _files_of(self, folder: str) -> dict[str, Item]:
        """What a folder says, by the names of its files, which are the ids of what they say."""
        found = {}
        for name, item in self.items.items():
            within, _, file = name.rpartition("/")
            if within == folder:
                self.used.add(name)
                found[file.rsplit(".", 1)[0]] = item
        return found

    def _party_work(self, basis: str) -> PartyWork | None:
        if "party_work.yaml" not in self.items:
            return None
        self.used.add("party_work.yaml")
        section = Section(self.items["party_work.yaml"], self.faults, "party_work")
        found = PartyWork(
            id="party_work",
            title=section.text("title", required=True),
            basis=section.text("basis") or basis,
            note=section.text("note"),
            tasks=_roles(section, "tasks", (*TASK_ROLES, "milestone")),
            brands=_roles(section, "brands", tuple(BRAND_ROLES)),
            goals=_roles(section, "goals", tuple(GOAL_ROLES), first="measure"),
            sheets={key.text: _sheet(Section(value, self.faults, f"party_work: {key.text}")) for key, value in section.pairs("sheets")},
            place=section.place,
        )
        section.finish()
        return found

    def _pairing(self, basis: str) -> Pairing | None:
        if "pairing.yaml" not in self.items:
            return None
        self.used.add("pairing.yaml")
        section = Section(self.items["pairing.yaml"], self.faults, "pairing")
        found = Pairing(
            id="pairing",
            title=section.text("title", required=True),
            basis=section.text("basis") or basis,
            note=section.text("note"),
            wanted=_paired_side(section, "wanted"),
            offered=_paired_side(section, "offered"),
            same=section.texts("same"),
            any=section.text("any"),
            together=section.texts("together"),
            done=section.texts("done"),
            place=section.place,
        )
        section.finish()
        return found

    def _both_sides(self, basis: str) -> BothSides | None:
        if "both_sides.yaml" not in self.items:
            return None
        self.used.add("both_sides.yaml")
        section = Section(self.items["both_sides.yaml"], self.faults, "both_sides")
        own_basis = section.text("basis") or basis
        explained_by, _, told_by = section.text("explained_by", required=True).partition(".")
        found = BothSides(
            id="both_sides",
            title=section.text("title", required=True),
            basis=own_basis,
            note=section.text("note"),
            explained_by=explained_by,
            told_by=told_by,
            sides={
                key.text: _sides(Section(value, self.faults, f"both_sides: {key.text}"), own_basis) for key, value in section.pairs("kinds")
            },
            place=section.place,
        )
        section.finish()
        return found

    def _points(self, basis: str) -> MemberPoints | None:
        if "points.yaml" not in self.items:
            return None
        self.used.add("points.yaml")
        section = Section(self.items["points.yaml"], self.faults, "points")
        own_basis = section.text("basis") or basis
        points = MemberPoints(
            id="points",
            title=section.text("title", required=True),
            basis=own_basis,
            note=section.text("note"),
            rules={
                key.text: _point_rule(key.text, Section(value, self.faults, f"point rule {key.text}"), own_basis)
                for key, value in section.pairs("rules")
            },
            kept_by=section.texts("kept_by"),
            mark=section.number("mark"),
            retention=_whole_or_none(section, "retention"),
            place=section.place,
        )
        section.finish()
        return points

    def _cases(self, kinds: tuple[str, ...]) -> tuple[Case, ...]:
        """Those of cases.yaml, then those of cases/<kind>.yaml: there a case is of that kind unless it says otherwise."""
        cases: dict[str, Case] = {}
        for name, item in self.items.items():
            folder, _, file = name.rpartition("/")
            own_kind = file.rsplit(".", 1)[0] if folder == "cases" else ""
            if name != "cases.yaml" and own_kind not in kinds:
                continue
            self.used.add(name)
            section = Section(item, self.faults, "cases")
            for row in section.sections("cases", "case"):
                case = _case(row, kinds, cases, own_kind)
                if case.title in cases:
                    row.fault(f'the title "{case.title}" stands twice; the first is at {cases[case.title].place}')
                cases[case.title] = case
            section.finish()
        return tuple(cases.values())

    def _report_strays(self, kinds: Mapping[str, UnitKind]) -> None:
        for name, item in self.items.items():
            if name not in self.used:
                message = "this file is not part of the scheme"
                if name.startswith("stars/"):
                    message += '; name the star in "stars" of its kind in scheme.yaml, or remove the file'
                if name.startswith("cases/"):
                    message += f"; a file of cases bears the name of a kind of unit: {', '.join(kinds)}"
                self.faults.add(item.place, message)


def _levels(section: Section, kinds: Mapping[str, UnitKind]) -> dict[str, str]:
    levels = {}
    for key, title in section.words("levels"):
        check_id(key.text, key.place, section.faults, "level")
        if key.text in kinds:
            section.faults.add(key.place, f'"{key.text}" is a rated kind already; "levels" names only those that are not rated')
        levels[key.text] = title
    return levels


def _beside(section: Section, others: set[str], basis: str) -> dict[str, OtherKind]:
    beside = {}
    for key, value in section.pairs("beside"):
        row = Section(value, section.faults, f"kind {key.text}")
        check_id(key.text, key.place, section.faults, "kind")
        if key.text in others:
            section.faults.add(key.place, f'"{key.text}" is a kind or a level already; "beside" names only those that are neither')
        beside[key.text] = OtherKind(
            id=key.text,
            title=row.text("title", required=True),
            basis=row.text("basis") or basis,
            note=row.text("note"),
            sort=row.word("is", tuple(SORTS), "place", required=True),
            place=row.place,
        )
        row.finish()
    return beside


class _Shared:
    """What scheme.yaml says for all kinds of unit."""

    def __init__(self, section: Section, basis: str) -> None:
        self.section, self.basis = section, basis
        self.round = section.step("round")


def _rename_score(section: Section) -> None:
    """A star's file writes its points under `score`; the same node written inline says `star`."""
    if "star" in section:
        section.fault('in a star\'s own file the points stand under "score"')
    elif "score" not in section:
        section.fault('"score" is missing: the points of the star')
    else:
        section.rename("score", "star")


def _nodes(section: Section, nodes: Nodes, basis: str) -> None:
    for key, value in section.pairs("nodes"):
        nodes.read(Section(value, section.faults, f"node {key.text}"), key.text, basis=basis)


def _result(section: Section, shared: Section, key: str, nodes: Nodes, basis: str) -> str:
    """The id of the node that is the tier or the total: named, or written in place."""
    shared.item(key)
    owner = section if key in section else shared
    item = owner.item(key)
    section.item(key)
    if item is None:
        return ""
    if item.entries is None:
        return owner.text(key)
    return nodes.read(Section(item, section.faults, key), key, basis=basis)


def _fact(id: str, section: Section, basis: str) -> Fact:
    check_id(id, section.place, section.faults, "fact")
    missing = section.item("if_missing")
    if missing is None:
        section.fault('"if_missing" is missing: stays, or the value that a missing fact takes')
    elif not missing.is_scalar:
        section.fault(f'"if_missing" must be stays or a plain value, found {missing.called}', missing)
    type_ = section.word("type", tuple(FACT_TYPES), "number", required=True)
    fact = Fact(
        id=id,
        title=section.text("title", required=True),
        basis=section.text("basis") or basis,
        note=section.text("note"),
        owner=section.text("owner"),
        type=type_,
        unit=section.text("unit"),
        source=_source(section),
        if_missing=None if missing is None or missing.text == "stays" else missing.scalar,
        least=section.number("least"),
        most=section.number("most"),
        choices=read_choices(section),
        concept=section.text("concept"),
        reuse=section.text("reuse"),
        effort=_effort(section, type_),
        place=section.place,
    )
    section.finish()
    return fact


def _effort(section: Section, type_: str) -> Effort | None:
    """What it takes to better a fact, written beside it."""
    by_default = PERCENT_POINT if type_ == "share" else 1.0
    days, by = section.number("effort"), section.number("by", by_default)
    step, due = section.text("step"), _month_day(section, "due")
    if days is None:
        for key in ("by", "step", "due"):
            if key in section:
                section.fault(f'"{key}" goes with "effort", the days of work that it takes', section.item(key))
        return None
    for key, value in (("effort", days), ("by", by)):
        if value is None or value <= 0:
            section.fault(f'"{key}" must be above 0', section.item(key))
    return Effort(days=days, by=by or by_default, step=step, due=due)


def _month_day(section: Section, key: str) -> tuple[int, int] | None:
    text = section.text(key)
    match = MONTH_DAY.fullmatch(text)
    month, day = (int(match[1]), int(match[2])) if match else (0, 0)
    if 1 <= month <= 12 and 1 <= day <= monthrange(LEAP_YEAR, month)[1]:
        return month, day
    if text:
        section.fault(f'"{key}" must be a month and a day such as 10-31, found "{text}"', section.item(key))
    return None


def _source(section: Section) -> Source | None:
    item = section.item("from")
    if item is None:
        return None
    inner = Section(item, section.faults, f"{section.what}: from")
    given = [verb for verb in VERBS if verb in inner]
    if len(given) != 1:
        inner.fault(f"write one of {', '.join(VERBS)}, found {' and '.join(given) or 'none'}")
        return None
    verb = given[0]
    kind, _, field = inner.text(verb).partition(".")
    if verb in FIELD_VERBS and not field:
        inner.fault(f'"{verb}" needs a field, such as {verb}: {kind or "contract"}.amount')
    if verb not in FIELD_VERBS and field:
        inner.fault(f'"{verb}" counts records, not a field; write {verb}: {kind}')
    if verb not in PERIOD_VERBS and "at_least" in inner:
        inner.fault('"at_least" goes with weeks, months and quarters')
    source = Source(
        verb,  # type: ignore[arg-type]  # one of VERBS
        kind,
        field,
        inner.expression("where"),
        inner.whole("at_least", 1, least=1),
        inner.months("within"),
        inner.whole("years_ago", 0),
    )
    inner.finish()
    return source


def _record_kind(id: str, section: Section, basis: str) -> RecordKind:
    if not FILE_ID.fullmatch(id):
        section.fault(f'the file name "{id}" is the id of the kind: use lower-case letters, digits, - and _')
    kind_basis = section.text("basis") or basis
    kind = RecordKind(
        id=id,
        title=section.text("title", required=True),
        basis=kind_basis,
        note=section.text("note"),
        owner=section.text("owner"),
        fields=tuple(
            read_field(key.text, Section(value, section.faults, f"{section.what}: field {key.text}"), kind_basis)
            for key, value in section.pairs("fields")
        ),
        nature=section.word("nature", tuple(NATURES), "activity", required=True),
        kinds=section.texts("kinds"),
        recorded_by=section.texts("recorded_by"),
        confirmed_by=section.texts("confirmed_by"),
        held_by=section.text("held_by"),
        handling_faults=section.texts("handling_faults"),
        group=section.text("group"),
        day=section.text("day"),
        identity=section.texts("identity"),
        columns=section.texts("columns"),
        times=section.number("times"),
        late_after=_whole_or_none(section, "late_after"),
        retention=_whole_or_none(section, "retention"),
        words=section.texts("words"),
        expects=_expects(section),
        meets=_meets(section),
        place=section.place,
    )
    section.finish()
    return kind


def _point_rule(id: str, section: Section, basis: str) -> PointRule:
    check_id(id, section.place, section.faults, "point rule")
    rule = PointRule(
        id=id,
        title=section.text("title", required=True),
        basis=section.text("basis") or basis,
        note=section.text("note"),
        record=section.text("record", required=True),
        points=section.needed_number("points"),
        where=section.expression("where"),
        of=section.text("of"),
        per=section.number("per", 1.0) or 0.0,
        most_a_month=section.number("most_a_month"),
        most_a_year=section.number("most_a_year"),
        lasts=section.months("lasts"),
        place=section.place,
    )
    section.finish()
    return rule


def _roles(section: Section, key: str, known: tuple[str, ...], first: str = "name") -> dict[str, dict[str, str]]:
    """Kind of record → role → field."""
    found = {}
    for kind, value in section.pairs(key):
        inner = Section(value, section.faults, f"{section.what}: {kind.text}")
        found[kind.text] = {role: field for role in known if (field := inner.text(role, required=role == first))}
        inner.finish()
    return found


def _sheet(section: Section) -> BranchSheet:
    found = BranchSheet(section.texts("facts"), section.texts("posts"))
    section.finish()
    return found


def _paired_side(section: Section, key: str) -> PairedSide:
    item = section.item(key, required=True)
    if item is None:
        return PairedSide(procedure="", waits="", step="", names="")
    inner = Section(item, section.faults, f"{section.what}: {key}")
    texts = {name: inner.text(name, required=True) for name in ("procedure", "waits", "step", "names")}
    found = PairedSide(**texts, last=inner.text("last"), shows=inner.texts("shows"))
    inner.finish()
    return found


def _sides(section: Section, basis: str) -> Sides:
    differences = [(key.text, Section(value, section.faults, f"{section.what}: {key.text}")) for key, value in section.pairs("differences")]
    found = Sides(
        party=section.texts("party"),
        work=section.texts("work"),
        differences=tuple(_difference(id, one, basis) for id, one in differences),
    )
    section.finish()
    return found


def _difference(id: str, section: Section, basis: str) -> Difference:
    check_id(id, section.place, section.faults, "difference")
    if (when := section.expression("when")) is None:
        section.fault('"when" is missing: the condition that makes a difference')
    found = Difference(
        id=id,
        title=section.text("title", required=True),
        basis=section.text("basis") or basis,
        note=section.text("note"),
        when=when or Const(False),
        place=section.place,
    )
    section.finish()
    return found


def _expects(section: Section) -> Expects | None:
    item = section.item("expects")
    if item is None:
        return None
    inner = Section(item, section.faults, f"{section.what}: expects")
    expects = Expects(
        record=inner.text("record", required=True),
        by=inner.text("by", required=True),
        due=inner.text("due", required=True),
        counted=inner.text("counted"),
        sum=inner.text("sum"),
        every=inner.word("every", PERIODS) if "every" in inner else "",
        until=inner.text("until"),
        while_=inner.text("while"),
        fill=tuple((key.text, word) for key, word in inner.words("fill")),
        ahead=inner.whole("ahead", 0, least=0),
        grace=inner.whole("grace", 0, least=0),
    )
    inner.finish()
    return expects


def _meets(section: Section) -> Meets | None:
    item = section.item("meets")
    if item is None:
        return None
    inner = Section(item, section.faults, f"{section.what}: meets")
    needed = {key: inner.text(key, required=True) for key in ("record", "giver", "about", "claimed", "by", "confirmed")}
    meets = Meets(**needed, until=inner.text("until"), teams=inner.text("teams"))
    inner.finish()
    return meets


def _whole_or_none(section: Section, key: str) -> int | None:
    return section.whole(key, 1, least=1) if key in section else None


def _posts(section: Section) -> dict[str, Post]:
    posts = {}
    for key, value in section.pairs("posts"):
        row = Section(value, section.faults, f"post {key.text}")
        check_id(key.text, key.place, section.faults, "post")
        posts[key.text] = Post(
            id=key.text,
            title=row.text("title", required=True),
            note=row.text("note"),
            permissions=row.text("permissions", required=True),
            kinds=row.texts("kinds"),
            establishment=_establishment(row),
            phone=row.word("phone", tuple(PHONES), "keepers"),
            named=row.flag("named"),
            side=row.word("side", SIDES),
            place=row.place,
        )
        row.finish()
    return posts


def _establishment(row: Section) -> dict[str, int]:
    found = {}
    for key, value in row.pairs("establishment"):
        number = row.as_number(value, "establishment")
        if number < 1 or number != int(number):
            row.fault('"establishment" says how many a unit should have: a whole number from 1 upwards', value)
        found[key.text] = int(number)
    return found


def _guides(section: Section, basis: str) -> tuple[Guide, ...]:
    guides = []
    for number, row in enumerate(section.sections("guides", "guide"), start=1):
        guides.append(
            Guide(
                id=row.text("id") or f"guide_{number}",
                title=row.text("title", required=True),
                basis=row.text("basis") or basis,
                note=row.text("note"),
                of=row.text("of", required=True),
                shares=tuple((key.scalar, row.as_number(value, "shares")) for key, value in row.pairs("shares")),
                place=row.place,
            )
        )
        row.finish()
    return tuple(guides)


def _period(section: Section) -> Period | None:
    if section.item("period") is None:
        return None
    inner = Section(section.item("period") or Item(section.place), section.faults, "period")
    start, end = _day(inner, "from"), _day(inner, "to")
    inner.finish()
    if start and end and start > end:
        inner.fault(f"it begins on {start} and ends before, on {end}")
    return Period(start, end) if start and end else None


def _day(section: Section, key: str) -> date | None:
    text = section.text(key, required=True)
    return _as_day(section, key, text) if text else None


def _as_day(section: Section, key: str, text: str) -> date | None:
    day, item = read_day(text), section.item(key)
    if day is None:
        section.fault(f'"{key}" must be a day such as 2025-12-31, found "{text}"', item)
    return WrittenDay.of(day, item.at) if day and item and item.at else day


def read_day(text: str) -> date | None:
    """A day of the years that calendars and look-backs can be reckoned in, or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


def _case(row: Section, kinds: tuple[str, ...], earlier: Mapping[str, Case], own_kind: str) -> Case:
    title = row.text("title", required=True)
    row.what = f"case {title}"
    like = row.text("like")
    if like and like not in earlier:
        row.fault(f'there is no earlier case "{like}"{did_you_mean(like, list(earlier))}', row.item("like"))
    base = earlier.get(like)
    kind = row.text("kind") or (base.kind if base else own_kind or (kinds[0] if kinds else ""))
    if kind not in kinds:
        row.fault(f'no such kind of unit "{kind}"{did_you_mean(kind, list(kinds))}')
    several = "units" in row
    given = _by_unit(row, "units") if several else {"": _values(row, row.pairs("given"))}
    if base:
        units = dict.fromkeys((*base.given, *given))
        given = {unit: {**base.given.get(unit, {}), **given.get(unit, {})} for unit in units}
    expect = _by_unit(row, "expect") if several else {"": _values(row, row.pairs("expect"))}
    if not any(expect.values()):
        row.fault('"expect" is missing: the values that must come out')
    as_of = _as_day(row, "as_of", row.text("as_of")) if "as_of" in row else base.as_of if base else None
    case = Case(title=title, kind=kind, given=given, expect=expect, as_of=as_of, place=row.place)
    row.finish()
    return case


def _by_unit(row: Section, key: str) -> dict[str, dict[str, Value]]:
    found = {}
    for unit, values in row.pairs(key):
        if values.entries is None:
            row.fault(f'"{key}": unit {unit.text} needs keys and values, found {values.called}', values)
        else:
            found[unit.text] = _values(row, values.entries)
    return found


def _values(row: Section, entries: Iterable[tuple[Item, Item]]) -> dict[str, Value]:
    return {key.text: row.as_value(value, key.text) for key, value in entries}
