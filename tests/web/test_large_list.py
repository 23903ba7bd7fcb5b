"""More units than the list counts."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib.spreadsheets import Column
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.programme.models import Publication
from fanxing.web.downloads import streamed
from fanxing.web.listing import COUNTED, ROWS
from tests.cast import FOUNDED, NOW, Cast

Read = Callable[[User, str], str]
MORE = 20


@pytest.fixture
def many(cast: Cast, programme: Publication) -> Cast:
    rows = (UnitRow(f"990102{number:06}", f"{number}组", "village", "990102") for number in range(COUNTED + MORE))
    load_units(rows=rows, on=FOUNDED, by=SYSTEM, at=NOW)
    return cast


def test_a_list_of_very_many_counts_and_turns_only_so_far(client: Client, read: Read, many: Cast):
    page = read(many.desk, "/units/")
    assert "共 10,000 个单位" in page
    assert "这里翻到第 10,000 个为止" in page
    assert 'class="count"' not in page
    last = read(many.desk, f"/units/?page={COUNTED // ROWS + 5}")
    assert f'<span aria-current="page">{COUNTED // ROWS}</span>' in last
    assert "共 2 个单位" in read(many.desk, "/units/?under=990101")
    response = client.get("/units.xlsx")
    assert (response.headers["Content-Type"], response.streaming) == ("text/csv; charset=utf-8", True)
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0], lines[1]) == (
        COUNTED + MORE + 4,
        "代码,名称,类型,上级,星级,产业兴旺,不评原因",
        "990101201,柳河村,村,石桥镇,,,",
    )


def test_a_streamed_table_is_what_excel_opens_and_never_a_formula():
    rows = [["=1+1", date(2026, 3, 1), True, None], ["柳河村，北", 2.5, False, -3]]
    response = streamed("表", [Column("甲"), Column("乙"), Column("丙"), Column("丁")], rows)
    assert b"".join(response).decode() == "\ufeff甲,乙,丙,丁\r\n'=1+1,2026-03-01,是,\r\n柳河村，北,2.5,否,-3\r\n"
    assert response.headers["Content-Disposition"].endswith(".csv")
