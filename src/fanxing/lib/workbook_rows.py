"""Excel workbooks (.xlsx) in: the first sheet as rows of text."""

import re
import zipfile
import zlib
from io import BytesIO

import fastexcel

from fanxing.lib.refusals import Refused

MOST_BYTES = 10_000_000
MOST_UNPACKED = 200_000_000
MOST_ROWS = 200_000
# Two letters: 702 columns.
LETTERS_OF_A_COLUMN = 2
WORKSHEET = re.compile(r"\Axl/worksheets/[^/]+\.xml\Z")
# The rows and the cells that a sheet says it has; a lone one far out would make the reader keep every cell up to there.
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr=\"([0-9]+)\"")
CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr=\"([A-Z]+)[0-9]+\"")


class NotAWorkbook(Refused):
    """A file that cannot be read as an Excel workbook, and what to do about it."""


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of the first sheet as text without space at their ends, from its first row on. Raises NotAWorkbook."""
    if len(content) > MOST_BYTES:
        raise NotAWorkbook(f"文件超过 {MOST_BYTES // 1_000_000} MB，请删去与表格无关的内容后再上传")
    try:
        _refuse_expanse(content)
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise NotAWorkbook("不是完整的 Excel 文件（.xlsx）；请用 Excel 或 WPS 打开，另存为 .xlsx 再上传") from error
    return [[(cell or "").strip() for cell in row] for row in sheet.to_polars().rows()]


def _refuse_expanse(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as book:
        if sum(part.file_size for part in book.infolist()) > MOST_UNPACKED:
            raise NotAWorkbook("文件展开后太大，请删去图片和与表格无关的内容后再上传")
        for name in filter(WORKSHEET.match, book.namelist()):
            sheet = book.read(name)
            last = max(map(int, ROW.findall(sheet)), default=0)
            widest = max(map(len, CELL.findall(sheet)), default=0)
            if last > MOST_ROWS or widest > LETTERS_OF_A_COLUMN:
                raise NotAWorkbook(f"表格超过 {MOST_ROWS:,} 行或很远的地方还有内容；请删去表格以外的行和列再上传")
