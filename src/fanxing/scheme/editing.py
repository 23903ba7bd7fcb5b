"""Numbers of a scheme changed in the text of its files, in their places: layout, order and comments stay."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

import yaml as pyyaml

from fanxing.scheme.expressions import names, numerals, source_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.loader import Examined, examine, read_day
from fanxing.scheme.model import Adjust, Combine, Each, Form, Node, Scale, Scheme, Star, Steps, UnitKind, Value, reads
from fanxing.scheme.sentences import Sentences
from fanxing.scheme.wording import number
from fanxing.scheme.written import Blank, Written, WrittenDay, WrittenMonths, blanks
from fanxing.scheme.yaml import Item, events, read

__all__ = [
    "Blank",
    "EditError",
    "Editable",
    "Examined",
    "Line",
    "apply",
    "case_places",
    "editables",
    "examine",
    "for_period",
    "lines",
    "same_places",
    "shown",
    "spelled_case",
    "texts",
    "typed",
    "years_later",
]

Sort = Literal["number", "months", "day"]
Place = Written | WrittenMonths
LARGEST = Decimal(10) ** 12
LONGEST = 1_200
SCHEMES_KEPT = 16
FILES_KEPT = 256


class EditError(ValueError):
    """What was typed cannot stand in its place, in the users' words."""


@dataclass(frozen=True)
class Editable:
    """A value that an official may change.

    at     its place: the file and the number of the scalar in it; it stays when values change
    what   what it is, such as 达星线
    value  as it is written
    sort   a number, a length in months, or a day
    kind, star, rule   whose it is: empty where it belongs to the whole scheme, or to no star
    """

    at: str
    what: str
    value: str
    sort: Sort
    kind: str = ""
    star: str = ""
    rule: str = ""

    @property
    def file(self) -> str:
        """The file in which it is written."""
        return self.at.rpartition(":")[0]


@dataclass(frozen=True)
class Line:
    """A rule as it is edited: its sentence in pieces, `Blank` where a value can be filled in, and values that the sentence does not
    say. `depth` tells how deep the rule stands inside the star."""

    rule: Node
    depth: int
    sentence: tuple[str | Blank, ...]
    beside: tuple[tuple[str, Blank], ...]


# ---- what can be edited -------------------------------------------------------------------------------------------


@lru_cache(maxsize=SCHEMES_KEPT)
def editables(scheme: Scheme) -> tuple[Editable, ...]:
    """Every value of an examined scheme that may be changed, in the order of kinds, stars and rules."""
    found: dict[str, Editable] = {}
    for day, what in ((scheme.period.start, "评定时段起"), (scheme.period.end, "评定时段止")) if scheme.period else ():
        if isinstance(day, WrittenDay):
            found[day.at] = Editable(day.at, what, day.isoformat(), "day")
    for kind in scheme.kinds.values():
        for star, rules in by_star(kind).items():
            for rule in rules:
                for what, value in _own(kind, rule):
                    one = Editable(value.at, what, _spelled(value), _sort(value), kind.id, star, rule.id)
                    found.setdefault(one.at, one)
    return tuple(found.values())


def by_star(kind: UnitKind) -> dict[str, list[Node]]:
    """The rules of a kind under the star that reads them first, from the star down; those of no star under ""."""
    found: dict[str, list[Node]] = {}
    placed: set[str] = set(kind.stars)
    for star in kind.stars:
        found[star] = [kind.nodes[id] for id, _ in _down(kind, star, placed)]
    rest = [node for id, node in kind.nodes.items() if id not in placed]
    return found | ({"": rest} if rest else {})


def lines(kind: UnitKind, star: str) -> list[Line]:
    """The rules of a star (or, for "", those of none) as they are edited, from the star down."""
    say, rules = Sentences(kind), by_star(kind).get(star, [])
    ids = {rule.id for rule in rules}
    others = {value.at: value for rule in kind.nodes.values() for _, value in _own(kind, rule)}
    return [_line(say, rule, _depth(kind, rule, ids), others) for rule in rules]


def _down(kind: UnitKind, id: str, placed: set[str], depth: int = 0) -> Iterator[tuple[str, int]]:
    yield id, depth
    for name in reads(kind.nodes[id]):
        if name in kind.nodes and name not in placed:
            placed.add(name)
            yield from _down(kind, name, placed, depth + 1)


def _depth(kind: UnitKind, rule: Node, ids: set[str]) -> int:
    depth, at = 0, rule
    while at.parent in ids:
        depth, at = depth + 1, kind.nodes[at.parent]
    return depth


def _line(say: Sentences, rule: Node, depth: int, others: Mapping[str, Place]) -> Line:
    own = {value.at: (what, value) for what, value in _own(say.kind, rule)}
    sentence = tuple(one if isinstance(one, str) or one.at in own else _figures(one, others) for one in blanks(say.node(rule)))
    said = {one.at for one in sentence if isinstance(one, Blank)}
    beside = tuple((what, Blank(value.at)) for at, (what, value) in own.items() if at not in said)
    return Line(rule, depth, sentence, beside)


def _figures(blank: Blank, values: Mapping[str, Place]) -> str:
    """The value of another rule that a sentence mentions, in figures."""
    value = values.get(blank.at)
    return shown(_spelled(value), blank) if value is not None else ""


def _own(kind: UnitKind, rule: Node) -> Iterator[tuple[str, Place]]:
    """(what it is, value) of each value written in a rule itself, and of a veto, how far the facts look back that it reads."""
    for name, what in (("full", "满分"), ("least", "最低"), ("most", "最高"), ("if_missing", "缺数据时")):
        if isinstance(value := getattr(rule, name), Written):
            yield what, value
    yield from _of_form(rule.form)
    if isinstance(rule.form, Star):
        lasting = [veto for veto in rule.form.vetoes if veto.lasts is not None]
        read = {name for veto in lasting for name in (*(names(veto.when) if veto.when else ()), veto.since)}
        for fact in kind.facts.values():
            if fact.id in read and fact.source is not None and isinstance(fact.source.window, WrittenMonths):
                yield f"“{fact.title}”回看月数", fact.source.window


def _of_form(form: Form) -> Iterator[tuple[str, Place]]:
    match form:
        case Steps(_, _, rows, otherwise):
            for place, (threshold, gives) in enumerate(rows, start=1):
                yield from _named(f"第 {place} 档标准", threshold)
                yield from _named(f"第 {place} 档得分", gives)
            yield from _named("其余得分", otherwise)
        case Each(_, points, per):
            yield from [*_named("每次得分", points), *_named("每多少", per)]
        case Scale(_, from_, to):
            for place, (value, gives) in enumerate(zip(from_, to, strict=True), start=1):
                yield from [*_named(f"第 {place} 点", value), *_named(f"第 {place} 点得分", gives)]
        case Star(_, pass_mark, needs, vetoes):
            yield from _named("达星线", pass_mark)
            yield from [*_named("必备条件", needs), *_named("否决情形", vetoes)]
        case Combine(_, parts, weights):
            for place, weight in enumerate(weights, start=1):
                yield from _named(f"第 {place} 项权重", weight)
            yield from _named("其中的数", parts)
        case Adjust(_, steps):
            for place, step in enumerate(steps, start=1):
                yield from _named(f"第 {place} 步", step)
        case _:
            yield from _named("其中的数", form)


def _named(what: str, value: object) -> Iterator[tuple[str, Place]]:
    """Every value with a place inside another, under one name."""
    if isinstance(value, Written | WrittenMonths):
        yield what, value
    elif isinstance(value, tuple):
        for one in value:
            yield from _named(what, one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _named(what, getattr(value, one.name))


def _sort(value: Place) -> Sort:
    return "number" if isinstance(value, Written) else "months"


def _spelled(value: Place) -> str:
    if isinstance(value, WrittenMonths):
        return f"{int(value)} months"
    return plain(-value if value.negated else value)


# ---- what is typed ------------------------------------------------------------------------------------------------


def plain(value: float) -> str:
    """A number as it is written in a file."""
    return number(float(value)).replace("−", "-")


def shown(text: str, blank: Blank) -> str:
    """What is written in a file, as it is filled in: in percent, without a sign that the sentence says, in months."""
    count, _, length = text.partition(" ")
    if length:
        return str(int(count) * (12 if length.startswith("year") else 1))
    try:
        value = Decimal(text) * (100 if blank.percent else 1) * (-1 if blank.negated else 1)
    except InvalidOperation:
        return text
    return f"{value.normalize() + 0:f}"


def typed(text: str, blank: Blank, sort: Sort) -> str:
    """What is filled in, as it is written in the file. Raises EditError."""
    words = text.strip().replace("−", "-").replace("，", "").replace(",", "").removesuffix("%")
    if sort == "day":
        if read_day(words) is None:
            raise EditError(f"“{text}”不是日期；请写成 2026-01-01 的样子")
        return words
    try:
        value = Decimal(words)
    except InvalidOperation:
        raise EditError(f"“{text}”不是数" if words else "请填一个数") from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise EditError(f"“{text}”太大")
    if sort == "months":
        if value != int(value) or not 1 <= value <= LONGEST:
            raise EditError(f"“{text}”不行：月数应为 1 至 {LONGEST} 的整数")
        return f"{int(value)} months"
    return plain(float(value / (100 if blank.percent else 1) * (-1 if blank.negated else 1)))


def spelled_case(value: Value) -> str:
    """A value that a worked case expects, as it is written."""
    if value is None:
        return "not rated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, float) else _quoted(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def case_places(files: Mapping[str, str]) -> dict[tuple[str, str, str], str]:
    """Where worked cases say what must come out: (title of the case, unit, node) → place."""
    found: dict[tuple[str, str, str], str] = {}
    for file in filter(_of_cases, files):
        item = read(files[file], file, Faults(), placed=True)
        for case in _entry(item, "cases").items or () if item else ():
            title, expected = _entry(case, "title").text, _entry(case, "expect")
            for key, value in expected.entries or ():
                if value.entries is None:
                    found[title, "", key.text] = value.at
                for node, one in value.entries or ():
                    found[title, key.text, node.text] = one.at
    return found


def _of_cases(file: str) -> bool:
    return file == "cases.yaml" or file.startswith("cases/")


def for_period(files: Mapping[str, str], start: date, end: date) -> dict[str, str]:
    """The files for another period, without other changes. The days of worked cases move by as many years, so that they still come
    out: what happened in the period happens in it again."""
    scheme = examine(files, placed=True).scheme
    if scheme is None or scheme.period is None:
        return dict(files)
    days = {one.what: one.at for one in editables(scheme) if one.sort == "day"}
    edits = dict(zip(days.values(), (start.isoformat(), end.isoformat()), strict=True))
    years = start.year - scheme.period.start.year
    for file in filter(_of_cases, files):
        for place, scalar in enumerate(_scalars(files[file])):
            if (day := read_day(scalar.value)) is not None:
                edits[f"{file}:{place}"] = years_later(day, years).isoformat()
    return apply(files, edits)


def years_later(day: date, years: int) -> date:
    """The same day of another year; 28 February for the 29th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _entry(item: Item, key: str) -> Item:
    return next((value for one, value in item.entries or () if one.text == key), Item(item.place))


# ---- in the text --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scalar:
    start: int
    end: int
    value: str


@lru_cache(maxsize=FILES_KEPT)
def _scalars(text: str) -> list[_Scalar]:
    """Every scalar of a file, in the order written; marks count characters."""
    found = (one for one in events(text) if isinstance(one, pyyaml.ScalarEvent))
    return [_Scalar(one.start_mark.index, one.end_mark.index, one.value) for one in found if one.start_mark and one.end_mark]


def same_places(files: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether two versions of some files differ at most in what is written at their places."""
    try:
        return files.keys() == others.keys() and all(len(_scalars(files[file])) == len(_scalars(others[file])) for file in files)
    except pyyaml.YAMLError:
        return False


def texts(files: Mapping[str, str], places: Iterable[str]) -> dict[str, str]:
    """What is written at some places; a place that is not there is left out."""
    found: dict[str, str] = {}
    for file, wanted in _by_file(places).items():
        spans = _spans(files[file], wanted) if file in files else {}
        found |= {f"{file}:{at}": files[file][start:end] for at, (start, end) in spans.items()}
    return found


def apply(files: Mapping[str, str], edits: Mapping[str, str]) -> dict[str, str]:
    """The files with other texts at some places; nothing else changes. Raises EditError for a place that is not there."""
    changed = dict(files)
    for file, wanted in _by_file(edits).items():
        text = files.get(file, "")
        spans = _spans(text, wanted)
        if missing := [at for at in wanted if at not in spans]:
            raise EditError(f"“{file}”里没有第 {missing[0]} 处")
        for at, (start, end) in sorted(spans.items(), key=lambda one: one[1], reverse=True):
            text = text[:start] + edits[f"{file}:{at}"] + text[end:]
        changed[file] = text
    return changed


def _by_file(places: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place in places:
        file, _, at = place.rpartition(":")
        found.setdefault(file, []).append(at)
    return found


def _spans(text: str, places: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where places of a file stand in its text."""
    scalars = _scalars(text)
    found: dict[str, tuple[int, int]] = {}
    for at in places:
        place, _, numeral = at.partition(".")
        scalar = scalars[int(place)] if place.isdigit() and int(place) < len(scalars) else None
        if scalar is None:
            continue
        span = _numeral(text, scalar, numeral) if numeral else (scalar.start, scalar.end)
        if span is not None:
            found[at] = span
    return found


def _numeral(text: str, scalar: _Scalar, place: str) -> tuple[int, int] | None:
    """Where a number of an expression stands, if the expression is written as it is read: in one line, without escapes."""
    source = source_of(scalar.value)
    offset = text.find(source, scalar.start, scalar.end)
    spans = numerals(source)
    if offset < 0 or not place.isdigit() or int(place) >= len(spans):
        return None
    start, end = spans[int(place)]
    return offset + start, offset + end
