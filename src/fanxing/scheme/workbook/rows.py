"""Sheets to rows: each line of a table with its star, its task, its mark, and where in the file it stands."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fanxing.scheme.workbook.headings import Head, Role, find_head, is_head
from fanxing.scheme.workbook.plain import MARK_IN_TEXT, key, mark, mark_in, plain, weight, without_mark
from fanxing.scheme.workbook.sheets import Area, Book, Sheet

Standing = Literal["item", "extra", "veto"]
_TOTAL = re.compile(r"^(合计|小计|总计|总分|共计|合计得分|总得分|分值合计|本星合计)")
_NOTE = re.compile(r"^(备?注|说明|填表说明|附注|注意)(事项)?[:：\d]|^(备?注|说明)$|^(填表人|审核人|负责人|制表|审核)[:：]?")
_VETO = re.compile(r"否决|负面清单|摘星情形")
_EXTRA = re.compile(r"^[一二三四五六七八九十、.()（）\d]*(加分|附加分|奖励)|加分(项|事项|情形|内容|指标)|附加(项|分)")
_PART = re.compile(r"(?:^|\n)\s*(?:[（(]?\d{1,2}[)）.、]|[①-⑳])\s*")
_NUMBERED = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）.、\s]+")
_ASKED = re.compile(r"([^（(\[【\n]{2,40})[（(\[【](?:满分|共|计|分值)?[:：]?\s*[\d.]+\s*分\s*[)）\]】]")
_FULL = re.compile(r"满分(\d+(?:\.\d+)?)分|共(\d+(?:\.\d+)?)分|[(](\d+(?:\.\d+)?)分[)]")
_PASS = re.compile(
    r"(\d+(?:\.\d+)?)分(?:\(含\))?(?:及?以上|\(含\)以上)[^,;。]{0,12}(?:得星|授星|达星|获得?该?星|获星|命名|可评|评为|创成|达标|合格|认定)|(?:得星|授星|达星|达标|合格|及格|获星)(?:分数)?(?:线|标准)?(?:为|是|:)?(\d+(?:\.\d+)?)分"
)


LONGEST = 600  # characters of a text in which a full mark or a pass mark is looked for


@dataclass(frozen=True)
class Line:
    """One row as it stands: its texts, and the cells they were read from. `shared` rows have one mark together, which is `mark`."""

    id: str
    sheet: str
    area: Area
    star: str
    task: str
    item: str
    standard: str
    scoring: str
    mark: float | None
    weight: float | None = None
    kind: str = ""
    source: str = ""
    owner: str = ""
    note: str = ""
    standing: Standing = "item"
    shared: int = 1
    # What a workbook that came from here says: how it is read, by which measure, whether somebody decided.
    read: str = ""
    measure: str = ""
    state: str = ""

    @property
    def title(self) -> str:
        """What the row is called: its item, or the task it is alone in."""
        text = _NUMBERED.sub("", without_mark(self.item or self.task or self.standard or self.scoring).split("\n")[0]).strip("：:；;。 ")
        if self.standing == "veto":
            text = re.split(r"[，,；;]", text)[0].removesuffix("的")
        return text if len(text) <= 60 else text[:59] + "…"

    @property
    def cells(self) -> str:
        """Where it stands: “产业兴旺”!A5:F5."""
        return f"“{self.sheet}”!{self.area.name}"


@dataclass(frozen=True)
class Table:
    """A sheet as read: the words above the table, its lines, the totals it states by star, and the notes beneath."""

    sheet: Sheet
    above: tuple[str, ...]
    head: Head | None
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()


def tables(book: Book) -> tuple[Table, ...]:
    """Every sheet of a workbook as a table; one without a heading that is known has no lines."""
    return tuple(_Reader(number, sheet).table() for number, sheet in enumerate(book.sheets, start=1))


class _Reader:
    """One sheet on the way to its lines."""

    def __init__(self, number: int, sheet: Sheet) -> None:
        self.number, self.sheet, self.head = number, sheet, find_head(sheet)
        own = self.head.own if self.head else None
        self.width = sheet.width if own is None else own
        self.star = self.task = self.item = self.kind = ""
        self.standing: Standing = "item"
        self.totals: list[tuple[str, float]] = []
        self.notes: list[str] = []

    def table(self) -> Table:
        if self.head is None:
            return Table(self.sheet, self._words(range(len(self.sheet.rows))), None, ())
        above = self._words(range(self.head.first))
        lines = [line for row in range(self.head.last + 1, len(self.sheet.rows)) for line in self._row(row)]
        return Table(
            self.sheet, above, self.head, tuple(_shared(lines, self.sheet, self._mark_column())), tuple(self.totals), tuple(self.notes)
        )

    def _words(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for row in rows for text in self.sheet.line(row) if text))

    # ---- one row

    def _row(self, row: int) -> Iterator[Line]:
        assert self.head is not None  # the caller has looked
        said = [text for text in dict.fromkeys(self.sheet.line(row)[: self.width]) if text]
        if not said or is_head(self.sheet, row, self.head):
            return
        if any(_TOTAL.match(key(text)) for text in said[:2]):
            self._total(row)
        elif _NOTE.match(said[0]) or (self.notes and len(said) == 1):
            self.notes += said
        elif len(said) == 1 or self._is_section(row):
            self._section(said[0])
        else:
            yield from self._lines(row)

    def _is_section(self, row: int) -> bool:
        """Is the row one cell across the table, or a number and such a cell?"""
        return any(area.left <= 1 and area.right >= self.width - 2 and area.top == row for area in self.sheet.merged)

    def _section(self, words: str) -> None:
        """A line across the table: what follows is of a star, or adds points, or vetoes."""
        text = _NUMBERED.sub("", words).strip()
        if set_apart := _kind_of(text):
            self.standing, self.task, self.item = set_apart, "", ""
        elif len(text) <= 40:
            self.standing, self.star, self.task, self.item = "item", text, "", ""
        else:
            self.notes.append(words)

    def _total(self, row: int) -> None:
        column = self._mark_column()
        value = mark(self.sheet.text(row, column)) if column is not None else None
        if value is None:
            value = next((found for text in self.sheet.line(row) if (found := mark(text)) is not None), None)
        if value is not None:
            self.totals.append((self.star, value))

    def _mark_column(self) -> int | None:
        return self.head.column("mark") if self.head else None

    def _text(self, row: int, *roles: Role, which: slice = slice(None)) -> str:
        """The texts of the columns of some roles; in a merged area, the text of the area."""
        assert self.head is not None  # only rows below a heading are read
        columns = [column for role in roles for column in self.head.columns.get(role, ())[which]]
        return "\n".join(dict.fromkeys(text for column in columns if (text := self.sheet.text(row, column))))

    def _lines(self, row: int) -> Iterator[Line]:
        assert self.head is not None  # only rows below a heading are read
        star, task = self._text(row, "star"), self._text(row, "task", which=slice(0, 1))
        if star:
            self.standing = _kind_of(star) or "item"
            star = "" if self.standing != "item" else star  # 加分项 and 一票否决 are no stars
        item, standard = self._item(row)
        scoring = self._scoring(row)
        if star and star != self.star:
            self.task = self.item = ""
        self.star = star or self.star
        self.kind = self._text(row, "kind") or self.kind
        if task and task != self.task:
            self.item = ""
        self.task = task or self.task
        if not item and not standard and not scoring and not task:
            return
        # A blank item under the one above goes on with it, where the row has a scoring text of its own.
        self.item = item or (self.item if scoring and "item" in self.head.columns else "")
        line = Line(
            id=f"s{self.number}_r{row + 1}",
            sheet=self.sheet.name,
            area=self._area(row),
            star=self.star,
            task=self.task,
            item=self.item,
            standard=standard,
            scoring=scoring,
            mark=self._mark(row),
            weight=weight(self._text(row, "weight")),
            kind=self.kind,
            source=self._text(row, "source"),
            owner=self._text(row, "owner"),
            note=self._text(row, "note"),
            standing=_kind_of(self.task) or _kind_of(self.item) or self.standing,
            read=self._text(row, "read"),
            measure=self._text(row, "measure"),
            state=self._text(row, "state"),
        )
        yield from _parts(line)

    def _item(self, row: int) -> tuple[str, str]:
        """(what is asked, what it says more of it): of several columns the first is the title."""
        assert self.head is not None  # only rows below a heading are read
        columns = [*self.head.columns.get("task", ())[1:], *self.head.columns.get("item", ()), *self.head.columns.get("standard", ())]
        scoring = self.head.columns.get("scoring", ())
        if not columns and len(scoring) > 1:  # 考核标准 beside 扣分标准 says what is asked
            columns = [scoring[0]]
        texts = [text for column in sorted(columns) if (text := self.sheet.text(row, column))]
        return (texts[0], "\n".join(dict.fromkeys(texts[1:]))) if texts else ("", "")

    def _scoring(self, row: int) -> str:
        assert self.head is not None  # only rows below a heading are read
        asks = any(role in self.head.columns for role in ("item", "standard")) or len(self.head.columns.get("task", ())) > 1
        columns = self.head.columns.get("scoring", ())
        columns = columns if asks or len(columns) < 2 else columns[1:]
        return "\n".join(dict.fromkeys(text for column in columns if (text := self.sheet.text(row, column))))

    def _mark(self, row: int) -> float | None:
        column = self._mark_column()
        old = self._text(row, "old_mark")
        return mark(old) if old and mark(old) is not None else mark(self.sheet.text(row, column)) if column is not None else None

    def _area(self, row: int) -> Area:
        """The cells of the row's own, from its first to its last; what hangs down from rows above is not its own."""
        own = [column for column in range(self.width) if self.sheet.text(row, column) and self.sheet.area(row, column).top == row]
        return Area(row, min(own, default=0), row, max(own, default=self.width - 1))


def _kind_of(text: str) -> Standing | None:
    """Whether words set rows apart: as vetoes, or as points outside the full mark."""
    return "veto" if _VETO.search(text) else "extra" if _EXTRA.search(text) else None


def _parts(line: Line) -> Iterator[Line]:
    """A row whose cell lists several things with a mark each, as so many rows; else the row, with the mark its text states."""
    for text, name in ((line.scoring, "scoring"), (line.standard or line.item, "standard" if line.standard else "item")):
        pieces = [piece.strip() for piece in _PART.split(f"\n{text}") if piece.strip()]
        marks = [mark_in(piece) for piece in pieces]
        if len(pieces) > 1 and all(one is not None for one in marks):
            yield from (
                _part(line, number, piece, name, one) for number, (piece, one) in enumerate(zip(pieces, marks, strict=True), start=1)
            )
            return
    if not line.item and (head := _ASKED.match(line.scoring)) and mark_in(head[0]) is not None:
        # One cell holds it all: 移风易俗（20分）：每发生一起扣5分
        asked, given = without_mark(head[1]), line.scoring[head.end() :].strip("：:。；;，, \n")
        line = replace(line, item=_NUMBERED.sub("", asked), scoring=given, mark=line.mark if line.mark is not None else mark_in(head[0]))
    stated = next((one for text in (line.item, line.standard, line.scoring) if (one := mark_in(text)) is not None), None)
    yield replace(line, mark=stated) if line.mark is None and stated is not None else line


def _part(line: Line, number: int, piece: str, name: str, value: float | None) -> Line:
    """One of the things that a cell lists. Its title is its own first words; the row's item stands above it."""
    own, _, rest = piece.partition("：") if "：" in piece else piece.partition(":")
    own = own if rest else re.split(r"[，,；;。\n]", MARK_IN_TEXT.sub("", piece))[0]
    # What is said after the mark in brackets is how it is given.
    said = re.split(r"[(（\[【](?:满分|共|计)?\s*[\d.]+\s*分\s*[)）\]】]", piece, maxsplit=1)
    after = said[1].strip("：:，,；;。 \n") if len(said) > 1 else ""
    words = _lines_of(line.read, number), _lines_of(line.measure, number), _lines_of(line.state, number)
    return replace(
        line,
        id=f"{line.id}_p{number}",
        task=line.task if name != "standard" else line.item or line.task,
        item=without_mark(own if own.strip() else piece),
        standard=without_mark(piece),
        scoring=after or (line.scoring if name != "scoring" else piece),
        mark=value,
        read=words[0],
        measure=words[1],
        state=words[2],
    )


def _lines_of(text: str, number: int) -> str:
    """The words for one of several rows in a cell, a line each."""
    lines = text.split("\n") if text else []
    return lines[number - 1] if number <= len(lines) else ""


def _shared(lines: list[Line], sheet: Sheet, column: int | None) -> Iterator[Line]:
    """The lines, those that have one merged cell of marks together told so."""
    cells = [sheet.area(line.area.top, column) if column is not None else line.area for line in lines]
    groups = Counter(cells)
    for line, area in zip(lines, cells, strict=True):
        own = mark_in(line.item) or mark_in(line.standard) or mark_in(line.scoring)
        if area.bottom == area.top or groups[area] == 1:
            yield line
        else:
            yield replace(line, mark=own) if own is not None else replace(line, shared=groups[area])


def full_in(text: str) -> float | None:
    """The full mark that a title states: 产业兴旺星（100分）."""
    found = _FULL.search(plain(text)[:LONGEST])
    return float(next(one for one in found.groups() if one)) if found else None


def pass_in(texts: Iterable[str]) -> float | None:
    """The mark from which a star is earned, where a text says it: 80分以上得星."""
    for text in texts:
        if found := _PASS.search(plain(text)[:LONGEST]):
            return float(found[1] or found[2])
    return None
