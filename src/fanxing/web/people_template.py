"""The workbook in which to list people and posts: units and posts as drop-downs, days as days."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fanxing.organisations.models import Post, Unit
from fanxing.organisations.particulars import TITLES
from fanxing.organisations.people_listed import COLUMNS, FROM, NAME, POST, TO, UNIT
from fanxing.web.terms import HINTS

SHEET, GUIDE, LISTS = "填写", "说明", "选项"
ROWS = 2_000
# A drop-down with more units than this is no help.
UNITS_IN_A_LIST = 500
WIDTHS = (26, 12, 18, 13, 13, 18, 22, 28, 28, 22)
EARLIEST = datetime(1950, 1, 1)  # noqa: DTZ001  # Excel's dates have no zone
TOLD = {TITLES[name]: words for name, words in HINTS.items()}
SORTS = {
    UNIT: "单位的代码或名称；留空就是这张表所属的单位",
    NAME: "只有一位同名的人、登记在本单位或上一级的，就是此人；不止一位的写“编号 姓名”，如 12 王芳；"
    "另一位同名的人写“新 王芳”；没有登记的会先登记",
    POST: "从下拉里选；各类单位可设的岗位见下",
    FROM: "日期，如 2025-03-08；已在任的可以留空",
    TO: "任期的最后一天；没有定的留空",
    **TOLD,
}
LOOKS: Mapping[str, Mapping[str, object]] = {
    "head": {"bold": True, "bg_color": "#EAF1FE", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "needed": {"bold": True, "bg_color": "#D4E3FC", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "text": {"num_format": "@"},
    "day": {"num_format": "yyyy-mm-dd"},
    "title": {"bold": True, "font_size": 14},
}
STEPS = (
    f"在“{SHEET}”这一页填写，一人一岗一行；填好后上传，先检查、先预览，确认后才写入。",
    "带 * 的列必填。空着的格子不改动已有的内容；表里没有写到的人不受影响。",
    "同一张表重复上传，不会重复登记。只登记姓名和岗位，不开账号；不要写身份证号和住户情况。",
)


def people_template(top: Unit, units: Sequence[Unit], posts: Sequence[Post], kinds: Sequence[tuple[str, str]]) -> bytes:
    """An .xlsx to fill in for a unit: `units` are those at and below it, `posts` those that may be given there, `kinds` (title, posts)
    says which of them a kind of unit has."""
    file = BytesIO()
    with Workbook(file) as book:
        looks = {name: book.add_format(dict(look)) for name, look in LOOKS.items()}
        sheet, guide, lists = book.add_worksheet(SHEET), book.add_worksheet(GUIDE), book.add_worksheet(LISTS)
        _head(sheet, looks)
        names = [unit.name for unit in units]
        offered = names if len(set(names)) == len(names) else [unit.code for unit in units]
        if len(units) <= UNITS_IN_A_LIST:
            _drop_down(sheet, lists, UNIT, offered)
        _drop_down(sheet, lists, POST, list(dict.fromkeys(post.title for post in posts)))
        for column in (FROM, TO):
            rule = {"validate": "date", "criteria": ">=", "value": EARLIEST, "error_message": "请填日期，如 2025-03-08"}
            sheet.data_validation(1, COLUMNS.index(column), ROWS, COLUMNS.index(column), rule)
        _guide(guide, top, kinds, looks)
        lists.hide()
    return file.getvalue()


def _head(sheet: Worksheet, looks: Mapping[str, Format]) -> None:
    for index, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        needed = title in (NAME, POST)
        sheet.set_column(index, index, width, looks["day" if title in (FROM, TO) else "text"])
        sheet.write_string(0, index, title + ("*" if needed else ""), looks["needed" if needed else "head"])
        sheet.write_comment(0, index, SORTS[title], {"x_scale": 1.6})
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 2)


def _drop_down(sheet: Worksheet, lists: Worksheet, column: str, options: Sequence[str]) -> None:
    index = COLUMNS.index(column)
    for row, one in enumerate(options):
        lists.write_string(row, index, one)
    if options:
        letter = chr(ord("A") + index)
        source = f"={LISTS}!${letter}$1:${letter}${len(options)}"
        sheet.data_validation(1, index, ROWS, index, {"validate": "list", "source": source, "error_message": "请从下拉里选一项"})


def _guide(guide: Worksheet, top: Unit, kinds: Sequence[tuple[str, str]], looks: Mapping[str, Format]) -> None:
    guide.set_column(0, 0, 20)
    guide.set_column(1, 1, 90)
    guide.write_string(0, 0, f"{top.name}人员表：怎么填", looks["title"])
    lines = [("", words) for words in STEPS] + [("列", "填什么"), *SORTS.items(), ("单位类型", "可设的岗位"), *kinds]
    for row, (label, words) in enumerate(lines, start=1):
        is_head = label in ("列", "单位类型")
        guide.write_string(row, 0, label, looks["head"] if is_head else None)
        guide.write_string(row, 1, words, looks["head"] if is_head else None)
