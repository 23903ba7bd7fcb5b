"""Excel out of what a page shows."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def excel(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The rows as a workbook to be saved under the title and today's date."""
    today = clock.today()
    content = workbook(sheet="Sheet1", columns=columns, rows=rows, zone=timezone.get_current_timezone())
    header = {"Content-Disposition": content_disposition_header(True, f"{title} {today}.xlsx") or ""}
    return HttpResponse(content, content_type=XLSX, headers=header)
