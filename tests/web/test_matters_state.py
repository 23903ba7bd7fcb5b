"""How matters stand, by unit and by procedure: what is open, late, over and over in time, of what one may see and no more."""

import io
from datetime import timedelta

import polars as pl
import pytest
from django.test import Client

from fanxing.organisations.models import Unit
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter
from tests.cast import NOW, TODAY, Cast
from tests.procedures.conftest import delegates, procedures
from tests.procedures.test_secrecy import SEEN_BY_FEW, ruled
from tests.procedures.test_walking import nominated
from tests.web.test_inbox_state import rows
from tests.web.test_units import Read

__all__ = ["delegates", "procedures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
PAGE = "/inbox/state/?what=matters"
HOLE = {"what": "road", "detail": "坑洼", "place": "村口"}
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.DEMO, settings.TODAY = True, TODAY


def reported(cast: Cast, unit: Unit, days_ago: int, *, closed_after: int | None = None) -> Matter:
    at = NOW - days_ago * A_DAY
    by = {cast.village: cast.secretary, cast.neighbour: cast.colleague, cast.other_village: cast.outsider}[unit]
    matter = open_matter(unit=unit, procedure="report", data=HOLE, by=by, at=at)
    if closed_after is not None:
        for verb, data in (("accept", {}), ("done", {"result": "好了"}), ("pass", {})):
            take_step(matter=matter, verb=verb, data=data, by=by, at=at + closed_after * A_DAY)
    return matter


@pytest.fixture
def busy(cast: Cast, procedures: None) -> Cast:
    """In 柳河村 one is late, one over in time, one over late, one over long ago, and an election is open; two are open elsewhere."""
    reported(cast, cast.village, 20)
    reported(cast, cast.village, 20, closed_after=1)
    reported(cast, cast.village, 30, closed_after=20)
    reported(cast, cast.village, 120, closed_after=1)
    nominated(cast)
    reported(cast, cast.neighbour, 0)
    reported(cast, cast.other_village, 0)
    return cast


def test_by_unit_and_by_procedure_each_in_its_order(read: Read, busy: Cast):
    assert rows(read(busy.desk, PAGE)) == [
        ["石桥镇", "3", "1", "2", "1", "33.3%"],
        ["白沙镇", "1", "0", "0", "0", "—"],
        ["公开选拔", "1", "0", "0", "0", "—"],
        ["随手拍", "3", "1", "2", "1", "33.3%"],
    ]
    assert rows(read(busy.clerk, f"{PAGE}&days=365"))[:2] == [
        ["柳河村", "2", "1", "3", "2", "50.0%"],
        ["青山村", "1", "0", "0", "0", "—"],
    ]
    assert "每一步都没有超期的算按期" in read(busy.desk, PAGE)


def test_of_one_procedure_each_unit_leads_to_its_matters(read: Read, busy: Cast):
    page = read(busy.clerk, f"{PAGE}&procedure=report")
    assert rows(page)[0] == ["柳河村", "1", "1", "2", "1", "33.3%"]
    link = f'href="/matters/?under={busy.village.code}&amp;procedure=report&amp;when=late"'
    assert link in page
    assert "坑洼" not in page


def test_whoever_answers_for_one_unit_sees_its_procedures(read: Read, busy: Cast):
    page = read(busy.secretary, PAGE)
    assert rows(page) == [["公开选拔", "1", "0", "0", "0", "—"], ["随手拍", "1", "1", "2", "1", "33.3%"]]


def test_what_only_those_in_the_case_see_is_counted_for_nobody_else(read: Read, cast: Cast):
    ruled(cast, report=SEEN_BY_FEW)
    reported(cast, cast.village, 0)
    assert [rows(read(one, PAGE)) for one in (cast.desk, cast.stranger)] == [[], []]
    assert rows(read(cast.secretary, PAGE)) == [["随手拍", "1", "0", "0", "0", "—"]]


def test_it_comes_out_as_excel(client: Client, busy: Cast):
    client.force_login(busy.desk)
    units = pl.read_excel(io.BytesIO(client.get("/inbox/state.xlsx?what=matters").content))
    assert units.select("单位", "待办", "按期办结").rows() == [("石桥镇", 3, 1), ("白沙镇", 1, 0)]
    table = pl.read_excel(io.BytesIO(client.get("/inbox/state.xlsx?what=matters&table=procedures").content))
    assert table.select("流程", "待办", "已超期").rows() == [("公开选拔", 1, 0), ("随手拍", 3, 1)]


def test_it_costs_the_same_queries_however_many_there_are(client: Client, busy: Cast, django_assert_num_queries):
    client.force_login(busy.desk)
    client.get(PAGE)
    with django_assert_num_queries(14) as few:
        client.get(PAGE)
    for unit in (busy.village, busy.neighbour, busy.other_village):
        reported(busy, unit, 1)
    with django_assert_num_queries(len(few)):
        client.get(PAGE)
