"""The calendar of working days: everybody reads it, the desk of the whole changes it."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanxing.audit.models import Event
from fanxing.workdays.models import CalendarDay
from fanxing.workdays.queries import calendar
from tests.cast import Cast
from tests.web.test_units import Read

PAGE = "/workdays/"


def act(client: Client, user: object, verb: str, **sent: object) -> tuple[int, list[str]]:
    client.force_login(user)  # type: ignore[arg-type]
    status = client.post(f"{PAGE}{verb}/", sent).status_code
    page = client.get(PAGE).text
    return status, [re.sub("<[^>]+>", "", one) for one in re.findall(r'<div class="note[^>]*>.*?<div>(.*?)</div>', page, re.DOTALL)]


def test_a_year_shows_what_was_announced_and_one_that_was_not_says_so(read: Read, cast: Cast):
    page = read(cast.secretary, f"{PAGE}?year=2026")
    assert "国务院办公厅放假安排" in page
    assert re.findall(r'<td class="works said" title="([^"]+)">4<small>班', page)[0] == "元旦调休上班"
    assert "放假安排尚未发布，期限暂按周一至周五推算" in read(cast.secretary, f"{PAGE}?year=2031")
    assert "从内置日历载入" not in page
    assert "从内置日历载入 2026 年" in read(cast.desk, f"{PAGE}?year=2026")


def test_the_desk_sets_a_day_takes_it_out_and_both_are_logged(client: Client, cast: Cast):
    said = {"day": "2026-07-01", "works": "no", "name": "地方假日", "source": "云政〔2026〕1号", "year": "2026"}
    assert act(client, cast.desk, "set", **said) == (302, ["2026-07-01 休息。"])
    assert not calendar().is_working(date(2026, 7, 1))
    assert act(client, cast.desk, "clear", day="2026-07-01", year="2026") == (302, ["2026-07-01 改为按星期推算。"])
    assert calendar().is_working(date(2026, 7, 1))
    assert act(client, cast.desk, "clear", day="2026-07-01", year="2026")[1] == ["日历里没有这一天，请刷新后再看"]
    actions = Event.objects.filter(action__startswith="workdays.", actor="desk").values_list("action", flat=True)
    assert list(actions) == ["workdays.announce_days", "workdays.forget_days"]


def test_a_year_is_loaded_with_one_click(client: Client, cast: Cast):
    CalendarDay.objects.filter(day__year=2026).delete()
    assert act(client, cast.desk, "load", year="2026")[1][0].startswith("已载入 2026 年，")
    assert not calendar().is_working(date(2026, 10, 1))
    assert act(client, cast.desk, "load", year="2031")[1] == ["内置日历里还没有 2031 年"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("日期,安排\n2031-10-01,国庆节放假\n2031年10月11日,国庆节调休上班\n", "已导入 2 天，2 天有变化。"),
        ("2031-10-01,放假\n明天,上班\n", "第 2 行：第一列应为日期，第二列应写明休息还是上班，如“国庆节放假”“国庆节调休上班”"),
        ("日期,安排\n", "表里没有日期"),
    ],
)
def test_a_sheet_of_two_columns_is_imported_whole_or_not_at_all(client: Client, cast: Cast, text: str, words: str):
    file = SimpleUploadedFile("2031.csv", text.encode())
    assert act(client, cast.desk, "import", file=file, source="国办发〔2030〕9号", year="2031")[1] == [words]
    found = dict(CalendarDay.objects.filter(day__year=2031).values_list("name", "is_working"))
    assert found == ({"国庆节放假": False, "国庆节调休上班": True} if words.startswith("已导入") else {})


@pytest.mark.parametrize("name", ["set", "clear", "load", "import"])
def test_nobody_else_changes_it(client: Client, cast: Cast, name: str):
    before = CalendarDay.objects.count()
    for user in (cast.reviewer, cast.secretary, cast.stranger):
        client.force_login(user)
        assert client.post(f"{PAGE}{name}/", {"day": "2026-10-01", "year": "2026"}).status_code == 403
    assert CalendarDay.objects.count() == before
    assert client.post(f"{PAGE}burn/").status_code == 404
