"""Which column of a sheet says what: its head found, its columns matched to the fields of a kind."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fanxing.lib.table_files import Rows
from fanxing.scheme.model import Field, RecordKind

UNIT, ABOVE, DAY, IGNORED = "unit", "above", "day", ""
# The column that a returned workbook has beside those that were sent.
TOLD = "错误说明"
# Columns of a template that only remind of what was said last.
BEFORE = "上期"
# What sheets of every kind can say.
OF_ALL = (UNIT, ABOVE, DAY)
# What may stand for the unit and for the day beside what the kind calls them.
UNIT_WORDS = ("单位", "单位代码", "代码", "单位编码", "单位名称", "名称", "村", "村社区", "村名", "社区", "支部", "所在单位")
ABOVE_WORDS = ("乡镇", "街道", "乡镇街道", "乡镇（街道）", "所属乡镇", "所在乡镇", "所属街道", "镇", "上级单位", "所属单位")
DAY_WORDS = ("日期", "时间", "发生日期", "登记日期", "年月日")
DAY_ENDS = ("日期", "时间")
HEAD_WITHIN = 15
TARGETS_NOT_FILLED = ("photo", "file")
# What follows the name of a field: its measure, a note, a mark that it is required.
ASIDE = re.compile(r"[(（\[【].*?[)）\]】]|[*:：?？]|必填|选填")
BLANK = re.compile(r"\s+")
# A header shorter than this could begin anything.
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What a column can say: the unit, what lies above it, the day, or a field of the kind, by its id."""

    id: str
    title: str
    words: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The row of the head (from 0; -1 where none was found), and for each of its columns the id of what it says, or blank."""

    head: int
    targets: tuple[str, ...]

    def column_of(self, target: str) -> int | None:
        """The column that says this, or None."""
        return self.targets.index(target) if target in self.targets else None


def fields_filled(kind: RecordKind) -> list[Field]:
    """The fields that a sheet can fill: no pictures, nothing personal."""
    return [field for field in kind.fields if field.type not in TARGETS_NOT_FILLED and not field.personal]


def personal_columns(rows: Rows, kind: RecordKind) -> dict[int, str]:
    """The columns that by their header say something personal, with it: sheets are kept and passed on, so what stands there is not read."""
    fields = [field for field in kind.fields if field.personal]
    words = {normal(word) for field in fields for word in (field.title, field.id, *field.words)}
    heads = rows[:HEAD_WITHIN] if words else ()
    return {index: cell for row in heads for index, cell in enumerate(row) if cell and normal(cell) in words}


def without_personal(rows: Rows, kind: RecordKind) -> Rows:
    """The rows as they are kept: below the headers of personal columns nothing is left."""
    columns = personal_columns(rows, kind)
    if not columns:
        return rows
    return [[cell if columns.get(index, cell) == cell else "" for index, cell in enumerate(row)] for row in rows]


def targets_of(kind: RecordKind) -> list[Target]:
    """All that a sheet of records of this kind can say, in the order of a template."""
    day = kind.day or "日期"
    fields = fields_filled(kind)
    return [
        Target(UNIT, "单位", UNIT_WORDS),
        Target(ABOVE, "上级单位（只用来分清同名的）", ABOVE_WORDS),
        Target(DAY, day, (day, *DAY_WORDS, "occurred_on"), True),
        *(Target(field.id, field.title, (field.title, field.id, *field.words), field.required) for field in fields),
    ]


def normal(header: str) -> str:
    """A header without spaces, measures, notes and marks, in plain characters: what two spellings of it have in common."""
    plain = unicodedata.normalize("NFKC", header)
    bare = BLANK.sub("", ASIDE.sub("", plain)).lower()
    return bare or BLANK.sub("", plain).lower()


def matched(rows: Rows, kind: RecordKind, remembered: Mapping[str, str]) -> Match:
    """The head among the first rows that names most, and what its columns say; `remembered` (normal header → target) goes first."""
    known = _known(targets_of(kind), remembered)
    best = Match(-1, (IGNORED,) * len(rows[0]))
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        match = Match(number, _told(row, known, kind))
        if sum(map(bool, match.targets)) > sum(map(bool, best.targets)):
            best = match
    return best


def rematched(head: int, row: Sequence[str], kind: RecordKind, chosen: Sequence[str]) -> Match:
    """A match as somebody chose it: unknown targets are ignored, of two columns for one the first stays."""
    ids = {target.id for target in targets_of(kind)}
    return Match(head, _once((one if one in ids else IGNORED for one in chosen), len(row)))


def called(kind: RecordKind, target: str) -> str:
    """What people call what a column says."""
    return {UNIT: "单位", ABOVE: "上级单位", DAY: kind.day or "日期"}.get(target) or kind.called(target)


def headers_of(rows: Rows, match: Match) -> list[str]:
    """What stands above the columns, made unlike by their letters where nothing stands there."""
    row = rows[match.head] if match.head >= 0 else [""] * len(rows[0])
    return [text or f"（第 {index} 列）" for index, text in enumerate(row, start=1)]


def missing(kind: RecordKind, match: Match) -> list[str]:
    """What is required and no column says: without it every row would be faulty."""
    return [target.title for target in targets_of(kind) if target.required and match.column_of(target.id) is None]


def unmatched(rows: Rows, match: Match) -> list[str]:
    """The headers of columns that say nothing known, without those that need no word: what templates and returned workbooks add
    themselves, columns without a header, and the name of a unit beside its code."""
    said = {normal(word) for word in UNIT_WORDS} if UNIT in match.targets else set[str]()
    left = [header for header, target in zip(headers_of(rows, match), match.targets, strict=True) if not target]
    return [one for one in left if one != TOLD and not one.startswith((BEFORE, "（第 ")) and normal(one) not in said]


def _known(targets: Iterable[Target], remembered: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for target in targets:
        for word in target.words:
            # What a field is called goes before what may stand for unit and day.
            if target.id in OF_ALL or normal(word) not in found or found[normal(word)] in OF_ALL:
                found[normal(word)] = target.id
    return {**found, **remembered}


def _told(row: Sequence[str], known: Mapping[str, str], kind: RecordKind) -> tuple[str, ...]:
    exact = _once((known.get(normal(cell), IGNORED) if cell else IGNORED for cell in row), len(row))
    if not any(exact):
        return exact
    if DAY not in exact:
        exact = _dated(row, exact, known)
    left = {normal(field.title): field.id for field in fields_filled(kind) if field.id not in exact}
    return _once((target or _shortened(cell, known, left) for cell, target in zip(row, exact, strict=True)), len(row))


def _dated(row: Sequence[str], told: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    """Where one column alone that says nothing else ends like a day, 开会日期, it is the day."""
    ends = [index for index, cell in enumerate(row) if not told[index] and normal(cell).endswith(DAY_ENDS) and normal(cell) not in known]
    return tuple(DAY if [index] == ends else target for index, target in enumerate(told))


def _shortened(cell: str, known: Mapping[str, str], left: Mapping[str, str]) -> str:
    """The one field not said yet whose title begins with a header: 主讲 for 主讲人. What was ignored by hand stays so."""
    header = normal(cell)
    if len(header) < SHORTEST or header in known:
        return IGNORED
    found = [target for title, target in left.items() if title.startswith(header)]
    return found[0] if len(found) == 1 else IGNORED


def _once(targets: Iterable[str], width: int) -> tuple[str, ...]:
    taken: set[str] = set()
    found: list[str] = []
    for target in targets:
        found.append(IGNORED if target in taken else target)
        taken.add(target)
    return tuple((found + [IGNORED] * width)[:width])
