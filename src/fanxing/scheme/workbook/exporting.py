"""A draft back to Excel in the layout it came in: the same sheets, with how each row is read in columns of our own at the right."""

import io
import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from fanxing.scheme.model import Scheme
from fanxing.scheme.wording import number
from fanxing.scheme.workbook.draft import STATES, Row, SheetDraft
from fanxing.scheme.workbook.headings import OWN, Head
from fanxing.scheme.workbook.measures import measures
from fanxing.scheme.workbook.points import words
from fanxing.scheme.workbook.reading import ZIP, open_xlsx, read_book
from fanxing.scheme.workbook.rows import tables
from fanxing.scheme.workbook.sheets import Sheet
from fanxing.scheme.workbook.understanding import DECIDED, OF_SHEET, OF_STAR, STARS_SHEET

HEADINGS = dict(zip(OWN, ("系统读法", "用哪个数据", "读取状态", "原分值"), strict=True))
WIDTHS = (44, 22, 12, 8)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_GROUND = PatternFill("solid", start_color="EAF1FE")


def export(draft: SheetDraft, content: bytes, base: Scheme) -> bytes:
    """The workbook as .xlsx with the draft's readings and decisions: read again by `understand` it gives the same draft.

    Marks that were changed stand in their place, the old ones beside them. A workbook that came as .xls keeps its sheets, texts,
    merged cells and widths.
    """
    book = read_book(content)
    out = open_xlsx(content, data_only=False) if content.startswith(ZIP) else _rebuilt(book.sheets)
    for table in tables(book):
        if table.head is not None and table.sheet.name != STARS_SHEET:
            page = out[table.sheet.name]
            _write_rows(page, table.sheet, table.head, [row for row in draft.rows if row.line.sheet == table.sheet.name], draft, base)
    _write_stars(out, draft, base)
    file = io.BytesIO()
    out.save(file)
    return file.getvalue()


def _rebuilt(sheets: Iterable[Sheet]) -> Any:
    """The sheets of an old workbook in a new one."""
    out = Workbook()
    out.remove(out.worksheets[0])
    for sheet in sheets:
        page = out.create_sheet(sheet.name)
        for at, line in enumerate(sheet.rows, start=1):
            for column, text in enumerate(line, start=1):
                if text:
                    _put(page.cell(at, column), text)
        for column, width in enumerate(sheet.widths, start=1):
            if width:
                page.column_dimensions[get_column_letter(column)].width = width
        for area in sheet.merged:
            page.merge_cells(start_row=area.top + 1, start_column=area.left + 1, end_row=area.bottom + 1, end_column=area.right + 1)
    return out


def _put(cell: Any, text: str) -> None:
    """A text as it is read: a number as a number, nothing as a formula."""
    if _NUMBER.fullmatch(text):
        cell.value = float(text) if "." in text else int(text)
    else:
        cell.value = text
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write_rows(page: Any, sheet: Sheet, head: Head, rows: list[Row], draft: SheetDraft, base: Scheme) -> None:
    first = sheet.width if head.own is None else head.own
    columns = dict(zip(OWN, range(first + 1, first + 1 + len(OWN)), strict=True))
    above = page.cell(head.last + 1, (head.column("mark") or 0) + 1)
    for role, width in zip(OWN, WIDTHS, strict=True):
        cell = page.cell(head.last + 1, columns[role])
        cell.value, cell.font, cell.fill = HEADINGS[role], Font(bold=True), _GROUND
        cell.border, cell.alignment = copy(above.border), Alignment(wrap_text=True, vertical="center", horizontal="center")
        page.column_dimensions[get_column_letter(columns[role])].width = width
    for top in dict.fromkeys(row.line.area.top for row in rows):
        here = [row for row in rows if row.line.area.top == top]
        told = _told(here, draft, base)
        old = _marks_in_place(page, sheet, head, here, draft)
        for role, text in zip(OWN, (*told, old), strict=True):
            cell = page.cell(top + 1, columns[role])
            if text or cell.value is not None:
                _put(cell, text)


def _told(rows: list[Row], draft: SheetDraft, base: Scheme) -> tuple[str, str, str]:
    """(how it is read, by which measure, its state) of the rows of one line, a line each."""
    readings, used, states = [], [], []
    for row in rows:
        rule, decided = draft.rule(row), draft.decisions.get(row.id)
        measure = measures(base, row.kind).get(rule.measure)
        readings.append(words(rule))
        used.append(measure.title if measure else "")
        state = STATES[draft.state(row)]
        states.append(f"{DECIDED}，记入{decided.star}" if decided and decided.star else state)
    return "\n".join(readings), "\n".join(used), "\n".join(states)


def _marks_in_place(page: Any, sheet: Sheet, head: Head, rows: list[Row], draft: SheetDraft) -> str:
    """Put a changed mark into the cell of the mark; the mark that stood there, empty where none was changed."""
    column = head.column("mark")
    [row, *others] = rows
    now = draft.rule(row).mark
    if column is None or others or row.line.shared > 1 or row.id not in draft.decisions or now in (None, row.line.mark):
        return ""
    if row.line.mark is None:
        return ""
    area = sheet.area(row.line.area.top, column)
    page.cell(area.top + 1, area.left + 1).value = now
    return number(row.line.mark)


def _write_stars(out: Any, draft: SheetDraft, base: Scheme) -> None:
    """A sheet of our own: the kind of unit of each sheet, and the pass mark of each star."""
    if STARS_SHEET in out.sheetnames:
        out.remove(out[STARS_SHEET])
    page = out.create_sheet(STARS_SHEET)
    lines: list[tuple[Any, ...]] = [("内容", "标识", "单位类别", "名称", "已定的得星分数", "计入的满分", "写明的满分", "写明的得星分数")]
    lines += [(OF_SHEET, name, kind, base.kinds[kind].title if kind in base.kinds else kind) for name, kind in draft.sheets]
    lines += [
        (OF_STAR, star.key, star.kind, star.title, draft.passes.get(star.key), draft.full_of(star), star.full, star.pass_mark)
        for star in draft.stars
    ]
    for at, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = page.cell(at, column)
            if isinstance(value, str):
                _put(cell, value)
            else:
                cell.value = value
    for column, width in enumerate((10, 28, 14, 20, 16, 12, 12, 16), start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    for cell in page[1]:
        cell.font, cell.fill = Font(bold=True), _GROUND
