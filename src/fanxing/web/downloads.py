"""Excel out of what a page shows, and papers to print."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from fanxing.lib import clock
from fanxing.lib.printing.documents import Document
from fanxing.lib.printing.pdf import pdf
from fanxing.lib.printing.word import word
from fanxing.lib.spreadsheets import WORDS_FOR_FLAGS, Cell, Column, Marked, workbook, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PRINTED = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
    "pdf": ("application/pdf", pdf),
}
BYTE_ORDER_MARK = "\ufeff"
ROWS_A_PIECE = 500
# What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell | Marked]]) -> HttpResponse:
    """The rows as a workbook to be saved under the title and today's date."""
    content = workbook(sheet=_sheet_of(title), columns=columns, rows=rows, zone=timezone.get_current_timezone())
    return attachment(title, content)


def excel_file(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """The same of very many rows: written to the disk while they are read, then sent in pieces."""
    file = TemporaryFile()  # noqa: SIM115  # the response closes it
    write_workbook(file, sheet=_sheet_of(title), columns=columns, rows=rows, zone=timezone.get_current_timezone())
    file.seek(0)
    return FileResponse(file, content_type=XLSX, headers=_saved_as(title, "xlsx"))


def _sheet_of(title: str) -> str:
    """A title as the name of a sheet: Excel takes 31 characters, and some of them not."""
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31]


def attachment(title: str, content: bytes) -> HttpResponse:
    """A finished workbook to be saved under the title and today's date."""
    return HttpResponse(content, content_type=XLSX, headers=_saved_as(title, "xlsx"))


def printed(document: Document, ending: str) -> HttpResponse:
    """A paper as Word or PDF (`docx`, `pdf`) to be saved under its title and today's date."""
    if ending not in PRINTED:
        raise Http404
    kind, written = PRINTED[ending]
    return HttpResponse(written(document), content_type=kind, headers=_saved_as(document.title, ending))


def streamed(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """The rows as a CSV that Excel opens, sent while it is written: however many there are, memory stays small."""
    return StreamingHttpResponse(_pieces(columns, rows), content_type=CSV, headers=_saved_as(title, "csv"))


def _pieces(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    text = StringIO()
    writer = csv.writer(text)
    text.write(BYTE_ORDER_MARK)
    writer.writerow([column.title for column in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_written(cell) for cell in row])
        if number % ROWS_A_PIECE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _written(cell: Cell) -> object:
    match cell:
        case bool():
            return WORDS_FOR_FLAGS[cell]
        case datetime():
            return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
        case str() if cell.startswith(FORMULA):
            return f"'{cell}"
    return cell


def _saved_as(title: str, ending: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(True, f"{title} {clock.today()}.{ending}") or ""}
