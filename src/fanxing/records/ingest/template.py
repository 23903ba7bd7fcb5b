"""The workbook to fill in for a kind of record: choices as drop-downs, days as days, the units written in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fanxing.records.ingest.matching import BEFORE, fields_filled
from fanxing.records.validation import EARLIEST, LARGEST
from fanxing.scheme.model import Field, RecordKind

SHEET, GUIDE, LISTS = "填写", "说明", "选项"
# Past the rows written in, so many more have their drop-downs.
ROWS_BELOW = 2_000
# A drop-down with more units than this is no help.
UNITS_IN_A_LIST = 500
HEAD_HEIGHT = 34
YES_NO = ("是", "否")
NUMBERS = {"count": "0", "number": "General", "money": "#,##0.00", "share": "0.0%"}
SORTS = {
    "count": "整数",
    "number": "数字",
    "money": "金额",
    "share": "百分比，如 86.1%",
    "yes/no": "是或否",
    "date": "日期，如 2025-03-08",
    "choice": "从下拉里选",
    "text": "文字",
    "long text": "文字",
    "place": "地点",
    "unit": "单位的代码或名称",
    "record": "记录的编号",
}
PERIODS = {"year": "年度，如 2025", "quarter": "季度，如 2025-Q1", "month": "月份，如 2025-03"}
FORMATS: Mapping[str, Mapping[str, object]] = {
    "head": {"bold": True, "bg_color": "#EAF1FE", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "needed": {"bold": True, "bg_color": "#D4E3FC", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "before": {"italic": True, "font_color": "#6B7280", "bg_color": "#F3F4F6"},
    "before head": {"italic": True, "font_color": "#6B7280", "bg_color": "#E5E7EB", "bottom": 1, "text_wrap": True, "valign": "vcenter"},
    "unit": {"font_color": "#374151", "bg_color": "#F9FAFB"},
    "text": {"num_format": "@"},
    "day": {"num_format": "yyyy-mm-dd"},
    "wrap": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that the sheet may be filled in for, and what the last record of the kind said of it."""

    code: str
    name: str
    before: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: float
    field: Field | None = None
    is_day: bool = False
    is_unit: bool = False
    is_code: bool = False
    before: str = ""
    needed: bool = False


def template(*, kind: RecordKind, units: Sequence[UnitRow], each: bool, recorders: str, day: date | None = None) -> bytes:
    """An .xlsx to fill in. With one unit it names none; with several they are written in, a row `each`, or offered in a drop-down.

    `recorders`: who fills it in, in words. `day`: written beside each unit.
    """
    file = BytesIO()
    with Workbook(file) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        sheet, guide, lists = book.add_worksheet(SHEET), book.add_worksheet(GUIDE), book.add_worksheet(LISTS)
        columns = list(_columns(kind, units, each))
        _head(sheet, columns, formats)
        if len(units) > 1 and each:
            _rows(sheet, columns, units, day, formats)
        _validate(sheet, lists, columns, units, each)
        _guide(guide, kind, columns, recorders, formats)
        lists.hide()
    return file.getvalue()


def _columns(kind: RecordKind, units: Sequence[UnitRow], each: bool) -> Iterator[_Column]:
    if len(units) > 1:
        if each:
            yield _Column("单位代码", 14, is_code=True)
            yield _Column("单位名称", 18, is_unit=True)
        else:
            yield _Column("单位", 18, is_unit=True, needed=True)
    yield _Column(kind.day or "日期", 14, is_day=True, needed=True)
    for field in fields_filled(kind):
        yield _Column(_titled(field), max(12, 2 * len(field.title) + 4), field=field, needed=field.required)
        if each and field.type in NUMBERS and any(field.id in unit.before for unit in units):
            yield _Column(f"{BEFORE}{field.title}（参考）", 12, before=field.id)


def _titled(field: Field) -> str:
    return f"{field.title}（{field.unit}）" if field.unit else field.title


def _head(sheet: Worksheet, columns: Sequence[_Column], formats: Mapping[str, Format]) -> None:
    for index, column in enumerate(columns):
        look = "text" if column.is_code or (column.field and column.field.type in ("text", "long text", "place", "period")) else None
        look = "day" if column.is_day or (column.field and column.field.type == "date") else look
        sheet.set_column(index, index, column.width, formats[look] if look else None)
        head = "before head" if column.before else "needed" if column.needed else "head"
        sheet.write_string(0, index, column.title + ("*" if column.needed else ""), formats[head])
        if note := _note(column):
            sheet.write_comment(0, index, note, {"x_scale": 1.6})
    sheet.set_row(0, HEAD_HEIGHT)
    sheet.freeze_panes(1, 2 if columns[0].is_code else 1 if columns[0].is_unit else 0)


def _rows(sheet: Worksheet, columns: Sequence[_Column], units: Sequence[UnitRow], day: date | None, formats: Mapping[str, Format]) -> None:
    for number, unit in enumerate(units, start=1):
        for index, column in enumerate(columns):
            value = unit.before.get(column.before)
            if column.is_code or column.is_unit:
                sheet.write_string(number, index, unit.code if column.is_code else unit.name, formats["unit"])
            elif column.is_day and day:
                sheet.write_datetime(number, index, datetime(day.year, day.month, day.day), formats["day"])  # noqa: DTZ001  # no zone
            elif column.before and isinstance(value, int | float):
                sheet.write_number(number, index, value, formats["before"])


def _validate(sheet: Worksheet, lists: Worksheet, columns: Sequence[_Column], units: Sequence[UnitRow], each: bool) -> None:
    last = (len(units) if each else 0) + ROWS_BELOW
    for index, column in enumerate(columns):
        if options := _options(column, units, each):
            for row, one in enumerate(options):
                lists.write_string(row, index, one)
            letter = _letters(index)
            source = f"={LISTS}!${letter}$1:${letter}${len(options)}"
            rule: dict[str, Any] = {
                "validate": "list",
                "source": source,
                "error_message": "请从下拉里选一项",
                "error_title": column.title[:32],
            }
        else:
            rule = _rule(column)
        if rule:
            sheet.data_validation(1, index, last, index, {"ignore_blank": True, **rule})


def _options(column: _Column, units: Sequence[UnitRow], each: bool) -> Sequence[str]:
    if column.is_unit and not each and len(units) <= UNITS_IN_A_LIST:
        names = [unit.name for unit in units]
        return names if len(set(names)) == len(names) else [unit.code for unit in units]
    if column.field and column.field.choices:
        return [word for _, word in column.field.choices]
    return YES_NO if column.field and column.field.type == "yes/no" else ()


def _rule(column: _Column) -> dict[str, Any]:
    field = column.field
    if column.is_day or (field and field.type == "date"):
        first = datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day)  # noqa: DTZ001  # Excel's dates have no zone
        return {"validate": "date", "criteria": ">=", "value": first, "error_message": "请填日期，如 2025-03-08"}
    if field is None or field.type not in NUMBERS:
        return {}
    low = field.least if field.least is not None else 0 if field.type in ("count", "share") else -LARGEST
    high = field.most if field.most is not None else 1 if field.type == "share" else LARGEST
    words = f"请填{SORTS[field.type]}" + (f"，{low:g} 至 {high:g}" if field.most is not None else "")
    sort = "integer" if field.type == "count" else "decimal"
    return {"validate": sort, "criteria": "between", "minimum": low, "maximum": high, "error_message": words}


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _note(column: _Column) -> str:
    if column.field is None:
        return ""
    return "；".join(one for one in (_sort(column.field), column.field.note, column.field.scope) if one)


def _sort(field: Field) -> str:
    if field.type == "period":
        return PERIODS[field.every]
    bounds = f"，{field.least:g} 至 {field.most:g}" if field.least is not None and field.most is not None else ""
    return f"{SORTS.get(field.type, '文字')}{f'，单位：{field.unit}' if field.unit else ''}{bounds}"


def _guide(guide: Worksheet, kind: RecordKind, columns: Sequence[_Column], recorders: str, formats: Mapping[str, Format]) -> None:
    guide.set_column(0, 0, 26)
    guide.set_column(1, 1, 30)
    guide.set_column(2, 2, 8)
    guide.set_column(3, 3, 70)
    guide.write_string(0, 0, f"{kind.title}：怎么填", formats["title"])
    lines = [
        f"在“{SHEET}”这一页填写，一行一条；填好后上传，先检查、先预览，确认后才写入台账。",
        f"由{recorders}填写。" + (f"数据来自{kind.held_by}。" if kind.held_by else ""),
        "带 * 的列必填；没有的留空，不要填 0；整行没有填的会跳过。灰色的“上期”只供参考，不会导入。",
        "同一张表重复上传不会重复登记；改了数再传，会列出哪些要更正，由您决定。",
    ]
    for row, words in enumerate(lines, start=1):
        guide.write_string(row, 0, words)
    for index, title in enumerate(("列", "填什么", "必填", "说明")):
        guide.write_string(len(lines) + 2, index, title, formats["head"])
    row = len(lines) + 3
    for column in (one for one in columns if not one.before):
        field = column.field
        choices = f"可选：{'、'.join(word for _, word in field.choices)}" if field and field.choices else ""
        words = "；".join(one for one in (field.note if field else "", field.scope if field else "", choices) if one)
        sort = _sort(field) if field else SORTS["date"] if column.is_day else SORTS["unit"]
        for index, text in enumerate((column.title, sort, "是" if column.needed else "", words)):
            guide.write_string(row, index, text, formats["wrap"])
        row += 1
