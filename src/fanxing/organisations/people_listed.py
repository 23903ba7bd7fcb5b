"""People and posts as one list: what it says, what it would change, and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from django.db.models import Q, QuerySet

from fanxing.lib.canonical import digest
from fanxing.lib.typed_text import IDENTITY_NUMBER, day_of
from fanxing.organisations.authority import Authority, Grant
from fanxing.organisations.listed import HEAD_WITHIN, Fault, NoHead
from fanxing.organisations.models import Assignment, Person, Post, Unit
from fanxing.organisations.named import Places
from fanxing.organisations.namesakes import Nearness, seen_from, terms_told, the_one
from fanxing.organisations.particulars import TITLES, Particulars
from fanxing.organisations.paths import within

UNIT, NAME, POST, FROM, TO = "单位", "姓名", "岗位", "起始日", "截止日"
TOLD = tuple(TITLES.values())
COLUMNS = (UNIT, NAME, POST, FROM, TO, *TOLD)
# A sheet of one unit needs no more.
NEEDED = (NAME, POST)
# Before the name of somebody who is none of those of the name.
SOMEBODY_NEW = "新 "
NAME_LENGTH = 50
ASKED_AT_ONCE = 400
T = TypeVar("T")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet: its number, and its cells by column; of columns that are not there blank."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: str) -> str:
        """What stands in a column."""
        return self.cells[COLUMNS.index(column)]

    @property
    def told(self) -> Particulars:
        """What it says of the post."""
        return Particulars(*(self.cell(title) for title in TOLD))


@dataclass(frozen=True, slots=True)
class New:
    """A term that is new.

    person  None where somebody of this name is entered first, kept by the unit `home`
    beside  who holds the post already, where there would be more than there should be
    """

    number: int
    unit: Unit
    post: Post
    person: Person | None
    name: str
    home: Unit
    valid_from: date
    valid_to: date | None
    told: Particulars
    beside: tuple[str, ...] = ()

    @property
    def who(self) -> int | str:
        """The number of the person; of somebody new the name."""
        return self.person.pk if self.person else self.name

    @property
    def last_day(self) -> date | None:
        """The last day on which it is held."""
        return self.valid_to - DAY if self.valid_to else None


@dataclass(frozen=True, slots=True)
class Changed:
    """A term that is there and is said otherwise: (title, as it stands, as it shall stand) for each thing that differs."""

    number: int
    term: Assignment
    valid_to: date | None
    told: Particulars
    words: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Plan:
    """What a list would change, in the order of the list; nothing of it where there are faults.

    same  how many rows say what is there already; terms that the list does not name stay as they are
    """

    new: tuple[New, ...] = ()
    changed: tuple[Changed, ...] = ()
    same: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything is already as the list says."""
        return not (self.new or self.changed)

    @cached_property
    def strangers(self) -> set[tuple[str, str]]:
        """(code of the unit, name) of those who are entered first."""
        return {(one.home.code, one.name) for one in self.new if one.person is None}

    @property
    def digest(self) -> str:
        """The same for the same changes: what is confirmed is compared by it with what was shown."""
        new = [
            [one.unit.code, one.post.pk, one.home.code, one.who, one.valid_from, one.valid_to, *asdict(one.told).values()]
            for one in self.new
        ]
        return digest({"new": new, "changed": [[one.term.pk, *one.words] for one in self.changed]})


def read_lines(rows: Sequence[Sequence[str]]) -> list[Line]:
    """The lines of a sheet below its head, which stands in one of the first rows; empty rows are passed over. Raises NoHead."""
    for top, row in enumerate(rows[:HEAD_WITHIN]):
        titles = [cell.split("（")[0].rstrip("* ") for cell in row]
        if all(title in titles for title in NEEDED):
            places = [titles.index(column) if column in titles else None for column in COLUMNS]
            return list(_lines(rows[top + 1 :], top + 2, places))
    raise NoHead(f"前 {HEAD_WITHIN} 行里没有表头；表头至少要有{'、'.join(NEEDED)}两列（可下载模板照着填）")


def _lines(rows: Iterable[Sequence[str]], first: int, places: Sequence[int | None]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=first):
        cells = tuple(row[place] if place is not None else "" for place in places)
        if any(cells):
            yield Line(number, cells)


def plan_of(lines: Sequence[Line], *, top: Unit, authority: Authority, on: date) -> Plan:
    """What the list would change at and below a unit for somebody of an authority, who looks at it on a day.

    A row that names no unit speaks of `top`. A name means the only person of that name whom the unit keeps, or the unit above it; where
    there are several around, the one who holds the post of the row already, else the row must say which, or that it is somebody new;
    where there is none it is somebody new; several rows of one name in a unit are one person. A blank cell leaves what is there. Where
    there are faults they are all that is told.
    """
    check = _Check(lines, top, authority, on)
    found = [check.outcome(line) for line in check.in_order()]
    if check.faults:
        order = COLUMNS.index
        return Plan(faults=tuple(sorted(check.faults, key=lambda one: (one.number, order(one.column)))))
    new = sorted((one for one in found if isinstance(one, New)), key=lambda one: one.number)
    changed = sorted((one for one in found if isinstance(one, Changed)), key=lambda one: one.number)
    return Plan(tuple(check.crowded(new)), tuple(changed), len(found) - len(new) - len(changed))


@dataclass(frozen=True, slots=True)
class _Read:
    """A line of which unit and post are known; `is_new` where it says that somebody new is meant."""

    line: Line
    unit: Unit
    post: Post
    name: str
    is_new: bool


class _Check:
    """The lines of one list beside what the ledger of people holds; every table is read once."""

    def __init__(self, lines: Sequence[Line], top: Unit, authority: Authority, on: date) -> None:
        self.lines, self.top, self.authority, self.on = lines, top, authority, on
        self.faults: list[Fault] = []
        self.seen: dict[tuple[int, str, str], int] = {}
        self.entering: dict[tuple[int | None, str], Unit] = {}
        self.posts = list(Post.objects.order_by("position", "pk"))
        self.places = Places({("", line.cell(UNIT)) for line in lines if line.cell(UNIT)}, top)
        units = {top.pk: top} | {unit.pk: unit for unit in self.places.found.values()}
        self.terms = self._terms(units)
        self.people = self._people(units)
        self.numbered = self._numbered()

    def in_order(self) -> list[Line]:
        """The lines of units that stand higher first: who is entered there may be meant below."""
        return sorted(self.lines, key=lambda line: (self._unit(line) or self.top).path.count("/"))

    def outcome(self, line: Line) -> New | Changed | None:
        """What the line would change; None where it is so already, or faulty."""
        before = len(self.faults)
        read = self._read(line)
        if read:
            self._once(read, line.cell(NAME))
        # Also of a row of which unit or post is unknown, so that all of it is put right at once.
        first, last = self._day(line, FROM), self._day(line, TO)
        if first and last and last < first:
            self._fault(line, TO, f"不能早于起始日 {first}")
        for name, words in line.told.faults().items():
            self._fault(line, TITLES[name], words)
        if read is None or len(self.faults) > before:
            return None
        person = self._person(read, first)
        if person:
            # By number here and by name there.
            self._once(read, str(person.pk))
        if len(self.faults) > before:
            return None
        return self._compared(read, person, first, last)

    def crowded(self, new: Sequence[New]) -> Iterator[New]:
        """The new terms, each with those who hold the post already where there would be more than there should be."""
        coming = Counter((one.unit.pk, one.post.pk) for one in new)
        for one in new:
            held = [row for row in self.terms[one.unit.pk] if row.post_id == one.post.pk and self._runs(row, one.valid_from)]
            wanted = one.post.establishment.get(one.unit.kind)
            many = wanted is not None and held and len(held) + coming[one.unit.pk, one.post.pk] > wanted
            names = tuple(row.person.name for row in held) if many else ()
            yield replace(one, beside=names)

    def _once(self, read: _Read, who: str) -> None:
        key = (read.unit.pk, who, read.post.pk)
        if key in self.seen:
            self._fault(read.line, NAME, f"与第 {self.seen[key]} 行相同，每人每个岗位只写一行")
        self.seen.setdefault(key, read.line.number)

    def _fault(self, line: Line, column: str, words: str) -> None:
        self.faults.append(Fault(line.number, column, line.cell(column), words))

    def _unit(self, line: Line) -> Unit | None:
        return self.places.found.get(("", line.cell(UNIT))) if line.cell(UNIT) else self.top

    def _read(self, line: Line) -> _Read | None:
        unit, before = self._unit(line), len(self.faults)
        for column in COLUMNS:
            if IDENTITY_NUMBER.search(line.cell(column)):
                self._fault(line, column, "这里像是身份证号，不收；请删去")
        if unit is None:
            self._fault(line, UNIT, self.places.faults["", line.cell(UNIT)])
        elif unit.closed_on:
            self._fault(line, UNIT, f"{unit.name}已于 {unit.closed_on} 撤销")
        if not 1 <= len(line.cell(NAME)) <= NAME_LENGTH:
            self._fault(line, NAME, f"姓名为 1 至 {NAME_LENGTH} 个字")
        post = self._post(line, unit) if unit else None
        if unit is None or post is None or len(self.faults) > before:
            return None
        name = line.cell(NAME).removeprefix(SOMEBODY_NEW)
        return _Read(line, unit, post, name, name != line.cell(NAME))

    def _post(self, line: Line, unit: Unit) -> Post | None:
        fitting = [post for post in self.posts if post.fits(unit)]
        post = next((one for one in fitting if line.cell(POST) in (one.title, one.pk)), None)
        if post is None:
            self._fault(line, POST, f"{unit.name}可设的岗位有：{'、'.join(one.title for one in fitting if self._gives(one, unit)) or '无'}")
        elif not self._gives(post, unit):
            self._fault(line, POST, f"“{post.title}”的权限超出您在{unit.name}的权限，不能授予")
        return post

    def _gives(self, post: Post, unit: Unit) -> bool:
        return self.authority.covers(Authority((Grant(unit.path, post.permissions),)))

    def _day(self, line: Line, column: str) -> date | None:
        text = line.cell(column)
        day = day_of(text) if text else None
        if text and day is None:
            self._fault(line, column, "日期写成 2025-12-01 这样")
        return day

    def _person(self, read: _Read, first: date | None) -> Person | None:
        """Whom the name means: the person of that number, the only one around who may be meant, or nobody yet."""
        number = read.name.split(" ")[0]
        if number.isascii() and number.isdigit():
            person = self.numbered.get(int(number))
            if person is None or read.name != f"{person.pk} {person.name}":
                self._fault(read.line, NAME, "您管理的单位里没有这个编号和姓名的人，请核对")
            return person
        posted = {row.person_id for row in self.terms[read.unit.pk]}
        seen = seen_from(read.unit, self.people[read.name], posted)
        same = [one for one in seen if one.nearness != Nearness.ELSEWHERE]
        holding = [one.person for one in same if self._held(read, one.person, first)]
        if read.is_new:
            if holding:
                words = f"{holding[0].pk} 号已自这一天起任这个岗位；就是此人的写“{holding[0].pk} {read.name}”，另有其人的请到页面上任命"
                self._fault(read.line, NAME, words)
            return None
        if len(holding) == 1:
            return holding[0]
        if same and (only := the_one(same, up_to=Nearness.ABOVE)) is None:
            named = "；".join(self._told(one.person) for one in same)
            ways = f"请写“编号 姓名”说明是哪一位，另一位同名的人写“{SOMEBODY_NEW}{read.name}”"
            self._fault(read.line, NAME, f"本单位和上下级登记了 {len(same)} 位{read.name}：{named}。{ways}")
            return None
        return only if same else None

    def _held(self, read: _Read, person: Person | None, first: date | None) -> Assignment | None:
        """The term of which a line speaks: of that person at that post, from that day; without a day, one that lasts."""
        own = (row for row in self.terms[read.unit.pk] if person and (row.person_id, row.post_id) == (person.pk, read.post.pk))
        return next((row for row in own if row.valid_from == first or (first is None and self._lasts(row))), None)

    def _told(self, person: Person) -> str:
        """What tells one of several from the others."""
        terms = self.told_apart.get(person.pk, ())
        posts = "、".join(f"{row.unit.name}{row.post.title}，{row.valid_from} 起" for row in terms)
        return f"{person.pk} {person.name}（{posts or f'登记在{person.unit.name}，没有在任的岗位'}）"

    @cached_property
    def told_apart(self) -> Mapping[int, list[Assignment]]:
        """The posts of those who may be meant, by person."""
        people = [one for some in self.people.values() for one in some]
        told = (terms_told(some, authority=self.authority, on=self.on) for some in _batches(people))
        return {person: terms for some in told for person, terms in some.items()}

    def _compared(self, read: _Read, person: Person | None, first: date | None, last: date | None) -> New | Changed | None:
        line, ends = read.line, last + DAY if last else None
        if held := self._held(read, person, first):
            return self._changed(line, held, ends)
        if first is None:
            self._fault(line, FROM, "新任职要写起始日，如 2025-12-01")
            return None
        own = [row for row in self.terms[read.unit.pk] if person and (row.person_id, row.post_id) == (person.pk, read.post.pk)]
        after = (row for row in own if row.valid_to is None or row.valid_to > first)
        if other := next((row for row in after if ends is None or row.valid_from < ends), None):
            self._fault(line, FROM, f"此人自 {other.valid_from} 起已任这个岗位；同一任期请写这个起始日或留空")
            return None
        home = person.unit if person else self._home(read)
        return New(line.number, read.unit, read.post, person, person.name if person else read.name, home, first, ends, line.told)

    def _home(self, read: _Read) -> Unit:
        """The unit that will keep somebody new: where the list enters them already, here or right above, else here."""
        keys = [(read.unit.pk, read.name), (read.unit.parent_id, read.name)]
        return next((self.entering[key] for key in keys if key in self.entering), None) or self.entering.setdefault(keys[0], read.unit)

    def _changed(self, line: Line, held: Assignment, ends: date | None) -> Changed | None:
        ends = ends or held.valid_to
        told = Particulars(**{one.name: getattr(line.told, one.name) or getattr(held, one.name) for one in fields(Particulars)})
        words = [(TITLES[one.name], getattr(held, one.name), getattr(told, one.name)) for one in fields(Particulars)]
        if ends != held.valid_to:
            words.insert(0, (TO, str(held.last_day or ""), str(ends - DAY) if ends else ""))
            if held.valid_to and held.valid_to <= self.on:
                self._fault(line, TO, f"这一任期已于 {held.last_day} 结束，不能再改；重新任职请写新的起始日")
                return None
        differing = tuple(one for one in words if one[1] != one[2])
        return Changed(line.number, held, ends, told, differing) if differing else None

    def _lasts(self, row: Assignment) -> bool:
        return row.valid_to is None or row.valid_to > self.on

    @staticmethod
    def _runs(row: Assignment, on: date) -> bool:
        return row.valid_from <= on and (row.valid_to is None or row.valid_to > on)

    def _terms(self, units: Iterable[int]) -> Mapping[int, list[Assignment]]:
        """The terms of some units, turns and stand-ins and those called off before they began left out."""
        found: defaultdict[int, list[Assignment]] = defaultdict(list)
        for some in _batches(sorted(units)):
            rows = Assignment.objects.filter(unit__in=some, rota=None, stands_in_for=None).select_related("person", "post", "unit")
            for row in rows.order_by("valid_from", "pk"):
                if row.valid_from != row.valid_to:
                    found[row.unit_id].append(row)
        return found

    def _people(self, units: Iterable[int]) -> Mapping[str, list[Person]]:
        """Those around whom one may manage, by the names of the list."""
        found: defaultdict[str, dict[int, Person]] = defaultdict(dict)
        mine = Person.objects.filter(unit__in=Unit.objects.filter(self.authority.reach("person.manage"))).select_related("unit")
        names = sorted({line.cell(NAME).removeprefix(SOMEBODY_NEW) for line in self.lines})
        near = within(self.top.path, field="unit__path") | Q(unit=self.top.parent_id)
        posted = {row.person_id: row.person.name for unit in units for row in self.terms[unit]}
        away = sorted(pk for pk, name in posted.items() if name in set(names))
        asked = [*(near & Q(name__in=some) for some in _batches(names)), *(Q(pk__in=some) for some in _batches(away))]
        for one in (person for some in asked for person in mine.filter(some)):
            found[one.name][one.pk] = one
        return defaultdict(list, {name: list(people.values()) for name, people in found.items()})

    def _numbered(self) -> Mapping[int, Person]:
        texts = (line.cell(NAME).split(" ")[0] for line in self.lines)
        numbers = {int(text[:9]) for text in texts if text.isascii() and text.isdigit()}
        mine = Unit.objects.filter(self.authority.reach("person.manage"))
        return {one.pk: one for some in _batches(sorted(numbers)) for one in _kept(some, mine)}


def _kept(numbers: Sequence[int], units: QuerySet[Unit]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=numbers, unit__in=units).select_related("unit")


def _batches(asked: Sequence[T]) -> Iterator[Sequence[T]]:
    return (asked[start : start + ASKED_AT_ONCE] for start in range(0, len(asked), ASKED_AT_ONCE))
