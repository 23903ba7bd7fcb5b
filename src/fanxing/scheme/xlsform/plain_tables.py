"""An official's plain table: one row a field under Chinese headings, and beside it a sheet that says what the record is as a whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fanxing.scheme.workbook.sheets import Sheet
from fanxing.scheme.xlsform.building import Builder, Reading, Written, choices_of, type_named
from fanxing.scheme.xlsform.words import (
    FIELD_COLUMNS,
    HEADS_OF_TITLES,
    HEADS_OF_TYPES,
    KIND_ROWS,
    NOT_READ_WORDS,
    PERIOD_TITLES,
    TYPES,
    Vocabulary,
)

HEADS_SEARCHED = 10
# What stands around a heading: spaces, colons, the star of what is required.
MARKS = re.compile(r"[\s*\uff0a:：]+")
OTHER_NAMES = {
    "计量单位": "unit",
    "是否必填": "required",
    "可选项": "choices",
    "选项内容": "choices",
    "备注": "note",
    "说明": "note",
    "提示": "note",
}


@dataclass(frozen=True)
class Table:
    """Where a plain table stands: its sheet, the row of its headings, and its columns by key."""

    sheet: Sheet
    head: int
    columns: dict[str, int]
    unknown: tuple[tuple[str, int], ...]


def find_table(sheets: Sequence[Sheet]) -> Table | None:
    """The first table that has a column of names and one of types."""
    return next(
        (found for sheet in sheets for row in range(min(HEADS_SEARCHED, len(sheet.rows))) if (found := _headings(sheet, row))), None
    )


def _headings(sheet: Sheet, row: int) -> Table | None:
    by_title = {title: key for key, title in FIELD_COLUMNS.items()} | OTHER_NAMES
    by_title |= dict.fromkeys(HEADS_OF_TITLES, "title") | dict.fromkeys(HEADS_OF_TYPES, "type")
    columns: dict[str, int] = {}
    unknown = []
    for place, text in enumerate(sheet.line(row)):
        heading = MARKS.sub("", text)
        if by_title.get(heading) and by_title[heading] not in columns:
            columns[by_title[heading]] = place
        elif heading and heading != "序号":
            unknown.append((heading, place))
    return Table(sheet, row, columns, tuple(unknown)) if {"title", "type"} <= columns.keys() else None


def read_table(table: Table, sheets: Sequence[Sheet], words: Vocabulary) -> Reading:
    """The kind that a plain table describes."""
    builder, sheet = Builder(words), table.sheet
    for row in range(table.head + 1, len(sheet.rows)):
        values = {key: sheet.text(row, place) for key, place in table.columns.items()}
        where = f"工作表“{sheet.name}”第 {row + 1} 行"
        if any(values.values()):
            _add(builder, values, where)
        for heading, place in table.unknown:
            if sheet.rows[row][place]:
                builder.note(where, f"不认识的列“{heading}”，没有读；请改用模板里的列名，或删去这一列", blocks=False)
    kind = _kind_values(builder, [one for one in sheets if one is not sheet])
    if not kind.get("title"):
        above = [text for row in sheet.rows[: table.head] for text in row if text]
        kind["title"] = above[0] if above else "" if re.fullmatch(r"Sheet\d*|工作表\d*", sheet.name) else sheet.name
    return builder.kind(kind, f"工作表“{sheet.name}”")


def _add(builder: Builder, values: dict[str, str], where: str) -> None:
    word = re.sub(r"\s+", "", values.get("type", ""))
    type_, told = type_named(word), ""
    if not type_:
        proposal = NOT_READ_WORDS.get(word)
        said = proposal[0] if proposal else f"应为下列之一：{'、'.join(TYPES.values())}"
        told = f"类型“{word}”不收：{said}" if word else f"没有写类型，{said}"
        type_ = proposal[1] if proposal else "text"
    if type_ == "period" and not values.get("every"):
        values["every"] = word if word in PERIOD_TITLES.values() else {"年份": "年度"}.get(word, "")
    choices = choices_of(values.pop("choices", ""))
    row = Written(where, values.pop("id", ""), values.pop("title", ""), type_, values, choices)
    values.pop("type", None)
    id = builder.add(row)
    if told:
        builder.note(where, told, id)


def _kind_values(builder: Builder, sheets: Sequence[Sheet]) -> dict[str, str]:
    """What the other sheet says: a name and its value in each row."""
    by_title = {title: key for key, title in KIND_ROWS.items()}
    for sheet in sheets:
        found: dict[str, str] = {}
        for row in range(len(sheet.rows)):
            cells = sheet.line(row)
            key = by_title.get(MARKS.sub("", cells[0]))
            if key and len(cells) > 1 and cells[1]:
                found[key] = cells[1]
        if "title" in found:
            return found
    return {}
