"""A procedure as an Excel workbook with a sheet a table, and its tables read from one."""

from io import BytesIO

from xlsxwriter import Workbook

from fanxing.scheme.model import Procedure, Scheme
from fanxing.scheme.procedure_tables import COLUMNS, Tables, procedure_tables
from fanxing.scheme.workbook import read_book
from fanxing.scheme.workbook.sheets import Sheet, Unreadable

OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
WIDTHS = {"名称": 20, "期限": 30, "全程期限": 30, "轮到谁": 20, "由谁办": 20, "填写": 30, "条件": 30, "选项": 30, "说明": 40}
CHOICES = {"停计时限": "是否", "结束": "是否", "写明理由": "是否", "必填": "是否", "个人信息": "是否"}
ROOM_BELOW = 100


def procedure_workbook(procedure: Procedure, scheme: Scheme) -> bytes:
    """The procedure as an .xlsx; what its sheets do not show stays as it is when they come back."""
    file = BytesIO()
    with Workbook(file, OPTIONS) as book:
        bold, wrapped = book.add_format({"bold": True, "bg_color": "#eef2f7"}), book.add_format({"text_wrap": True, "valign": "top"})
        for table, rows in procedure_tables(procedure, scheme).items():
            sheet = book.add_worksheet(table)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(COLUMNS[table]):
                sheet.set_column(at, at, WIDTHS.get(column, 12), wrapped)
                sheet.write_string(0, at, column, bold)
                for row, cells in enumerate(rows, start=1):
                    sheet.write_string(row, at, cells[column], wrapped)
                if column in CHOICES:
                    sheet.data_validation(1, at, len(rows) + ROOM_BELOW, at, {"validate": "list", "source": ["是", "否"]})
    return file.getvalue()


def read_procedure_workbook(content: bytes) -> Tables:
    """The tables of a workbook, by their sheets' names; others are passed over. Raises Unreadable where it has none of them, or one
    without its columns."""
    tables = {sheet.name: _rows(sheet) for sheet in read_book(content).sheets if sheet.name in COLUMNS}
    if not tables:
        raise Unreadable(f"没有找到 {'、'.join(COLUMNS)} 这些工作表；请先导出现在的流程，改好再传回来。")
    return tables


def _rows(sheet: Sheet) -> list[dict[str, str]]:
    """The rows below the header; trailing empty ones are no rows."""
    header = [text.strip() for text in sheet.rows[0]]
    if missing := [column for column in COLUMNS[sheet.name] if column not in header]:
        raise Unreadable(f"工作表“{sheet.name}”的第一行缺少“{'”“'.join(missing)}”这一列；请先导出现在的流程，改好再传回来。")
    return [dict(zip(header, row, strict=True)) for row in sheet.rows[1:]]
