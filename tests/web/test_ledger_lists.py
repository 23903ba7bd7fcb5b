"""The ledger of one unit and of many: filtered, searched, turned, as cards, calendar, overview and workbook."""

import io
import re
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.scheme import load
from fanxing.web.ledger import BESIDE
from fanxing.web.ledgers import ROWS, UNITS_OF_A_SHEET
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import MEETING
from tests.web.conftest import income, lesson, published
from tests.web.test_unit import VILLAGE
from tests.web.test_units import Read

NOBODY_ELSE = ("colleague", "outsider", "stranger")


def shown(page: str) -> list[int]:
    """The records on a page, in order."""
    return [int(id) for id in re.findall(r'<a href="/records/(\d+)/"[^>]* data-row>', page)]


def meeting(unit: Unit, on: date, at: datetime = NOW, **data: object) -> Record:
    return add_record(unit=unit, kind="meeting", occurred_on=on, data={"form": "lesson", **data}, by=SYSTEM, at=at)


@pytest.fixture
def kept(cast: Cast, programme: Publication) -> dict[str, Record]:
    """A lesson and a figure in the village, a lesson in the neighbour's, one in the other township."""
    return {
        "lesson": lesson(cast.village, 3),
        "figure": income(cast.village),
        "neighbour": lesson(cast.neighbour, 4),
        "elsewhere": lesson(cast.other_village, 6),
    }


# ---- who sees what


def test_everybody_lists_the_records_that_their_posts_reach_and_nobody_others(read: Read, cast: Cast, kept: dict[str, Record]):
    names = {record.pk: name for name, record in kept.items()}
    people = ("secretary", "colleague", "outsider", "reviewer", "clerk", "desk", "stranger")
    lists = {name: [names[id] for id in shown(read(getattr(cast, name), "/records/"))] for name in people}
    town = ["figure", "neighbour", "lesson"]
    assert lists == {
        "secretary": ["figure", "lesson"],
        "colleague": ["neighbour"],
        "outsider": ["elsewhere"],
        "reviewer": town,
        "clerk": town,
        "desk": ["elsewhere", *town],
        "stranger": [],
    }


@pytest.mark.parametrize("view", ["table", "cards", "calendar", "units"])
def test_no_view_shows_a_record_to_those_whom_it_does_not_concern(read: Read, cast: Cast, kept: dict[str, Record], view: str):
    meeting(cast.village, date(2024, 3, 9), topic="柳河的秘密")
    for name in NOBODY_ELSE:
        page = read(getattr(cast, name), f"/records/?view={view}&month=2024-03")
        assert "秘密" not in page
        assert "柳河村" not in page
    assert "秘密" in read(cast.reviewer, f"/records/?view={view}&month=2024-03") or view == "units"


@pytest.mark.parametrize("address", ["/units/990101201/records/", "/units/990101201/records.xlsx", "/records/?under=990101201"])
def test_a_unit_whose_ledger_one_may_not_read_is_not_there(client: Client, cast: Cast, kept: dict[str, Record], address: str):
    for name in NOBODY_ELSE:
        client.force_login(getattr(cast, name))
        assert client.get(address).status_code == 404, name


def test_the_workbook_holds_what_one_may_read_alone(client: Client, cast: Cast, kept: dict[str, Record]):
    found = {}
    for name in ("reviewer", "colleague", "outsider"):
        client.force_login(getattr(cast, name))
        found[name] = set(sheet(client, "/records.xlsx")["单位"])
    assert found == {"reviewer": {"柳河村", "青山村"}, "colleague": {"青山村"}, "outsider": {"东湾村"}}
    client.force_login(cast.stranger)
    assert sheet(client, "/records.xlsx").is_empty()


def test_places_are_proposed_only_where_one_may_read(read: Read, cast: Cast, kept: dict[str, Record]):
    assert re.findall(r'href="\?under=(\d+)">', read(cast.reviewer, "/records/?place=cun")) == []
    assert re.findall(r'href="\?under=(\d+)">', read(cast.reviewer, "/records/?place=村")) == ["990101201", "990101202"]
    assert re.findall(r'href="\?under=(\d+)">', read(cast.reviewer, "/records/?place=dwc")) == []


# ---- filters


def test_the_ledger_is_filtered_by_place_kind_days_and_source(read: Read, cast: Cast, kept: dict[str, Record]):
    names = {record.pk: name for name, record in kept.items()}

    def found(query: str) -> list[str]:
        return [names[id] for id in shown(read(cast.desk, f"/records/?{query}"))]

    assert found("under=990101201") == ["figure", "lesson"]
    assert found("under=990101&kind=meeting") == ["neighbour", "lesson"]
    assert found("group=工作") == ["elsewhere", "neighbour", "lesson"]
    assert found("group=数据") == ["figure"]
    assert found("month=2024-05") == ["figure"]
    assert found("from=2024-04-01&to=2024-05-01") == ["figure", "neighbour"]
    assert found("from=2024-05-02") == ["elsewhere"]
    assert found("month=nonsense&from=never") == found("") == found("state=nonsense&view=nonsense&source=nonsense")
    assert found("source=typed") == found("")
    assert found("source=import:农业农村部门") == []
    assert found("who=系统") == found("")
    assert found("who=别人") == []
    assert found("kind=unknown") == []


def test_states_of_records_are_told_apart(read: Read, cast: Cast, client: Client):
    published(cast, **{"records/meeting.yaml": MEETING + "late_after: 30\nconfirmed_by: [secretary]\n"})
    first, gone = meeting(cast.village, date(2024, 3, 8)), meeting(cast.village, date(2024, 3, 9))
    in_time, too_late = datetime(2026, 6, 15, 15, 59, tzinfo=UTC), datetime(2026, 6, 15, 16, 1, tzinfo=UTC)
    fresh, late = (meeting(cast.village, date(2026, 5, 16), at=at) for at in (in_time, too_late))
    second = correct_record(record=first, occurred_on=date(2024, 3, 10), data={"form": "lesson"}, by=SYSTEM, at=NOW)
    withdraw_record(record=gone, reason="重复", by=SYSTEM, at=NOW)

    def found(query: str) -> list[int]:
        return shown(read(cast.secretary, f"{VILLAGE}records/{query}"))

    assert found("") == [late.pk, fresh.pk, second.pk]
    assert found("?state=corrected") == [second.pk]
    assert found("?state=withdrawn") == [gone.pk]
    assert found("?state=late") == [late.pk]
    assert found("?state=awaiting") == found("?state=doubtful") == found("?source=behalf") == []
    page = read(cast.secretary, f"{VILLAGE}records/")
    assert re.findall(r'<span class="pill">([^<]+)</span>', page) == ["迟录 1 天", "更正过"]


def test_records_are_found_by_characters_and_initials(read: Read, cast: Cast, programme: Publication):
    lamp, law = meeting(cast.village, date(2024, 3, 8), topic="修路灯"), meeting(cast.neighbour, date(2024, 3, 9), topic="学民法典")
    for sought, found in {"路灯": [lamp.pk], "xld": [lamp.pk], "民法典": [law.pk], "mfd": [law.pk], "灯 路": [lamp.pk], "路典": []}.items():
        assert shown(read(cast.desk, f"/records/?q={sought}")) == found, sought
    assert shown(read(cast.colleague, "/records/?q=路灯")) == []


def test_records_are_found_by_their_choices_too(read: Read, cast: Cast, programme: Publication):
    held, about = (
        meeting(cast.village, date(2024, 3, 8), topic="学党史"),
        meeting(cast.village, date(2024, 3, 9), form="members", topic="讲党课"),
    )
    for sought, found in {
        "党课": [about, held],
        "党课 党史": [held],
        "dyd": [about],
        "党员大会": [about],
        "党课&month=2024-04": [],
    }.items():
        assert shown(read(cast.desk, f"/records/?q={sought}")) == [one.pk for one in found], sought
    assert "共 2 条记录" in read(cast.desk, "/records/?q=党课")
    assert shown(read(cast.desk, "/records/?q=党课&kind=meeting")) == [about.pk, held.pk]
    assert shown(read(cast.outsider, "/records/?q=党课")) == []


TASK = """
title: 任务
nature: activity
recorded_by: [secretary]
fields:
  meeting: {title: 所依会议, type: record, links: meeting}
  at: {title: 涉及单位, type: unit}
  what: {title: 事项, type: text}
columns: [meeting, at, what]
"""


def test_what_a_record_names_is_called_by_its_words_in_a_list_and_in_its_workbook(
    read: Read, client: Client, cast: Cast, django_assert_max_num_queries
):
    published(cast, **{"records/task.yaml": TASK})

    def task(number: int) -> None:
        named = meeting(cast.village, date(2024, 3, number), topic=f"修路第 {number} 次")
        correct_record(
            record=named, occurred_on=named.occurred_on, data={"form": "lesson", "topic": f"修桥第 {number} 次"}, by=SYSTEM, at=NOW
        )
        data = {"meeting": named.reference, "at": cast.neighbour.code}
        add_record(unit=cast.village, kind="task", occurred_on=date(2024, 4, number), data=data, by=SYSTEM, at=NOW)

    task(1)
    client.force_login(cast.secretary)
    client.get("/records/?kind=task")
    with django_assert_max_num_queries(30) as once:
        client.get("/records/?kind=task")
    task(2)
    with django_assert_max_num_queries(30) as twice:
        page = client.get("/records/?kind=task").text
    assert len(once) == len(twice)
    assert re.findall(r'<td data-label="(?:所依会议|涉及单位)">([^<]+)<', page) == ["修桥第 2 次", "青山村", "修桥第 1 次", "青山村"]
    # Cards, the list of all kinds, and its workbook tell it in their line.
    words = ["所依会议：修桥第 2 次，涉及单位：青山村", "所依会议：修桥第 1 次，涉及单位：青山村"]
    assert re.findall(r"<p>(所依会议[^<]+)</p>", client.get("/records/?kind=task&view=cards").text) == words
    with django_assert_max_num_queries(30) as all_kinds:
        page = client.get("/records/").text
    assert re.findall(r'<td class="line">(所依会议[^<]+)</td>', page) == words
    assert len(all_kinds) <= len(once) + 1
    assert sheet(client, "/records.xlsx")["内容"].to_list()[:2] == words
    table = sheet(client, "/records.xlsx?kind=task")
    wanted = ("所依会议", "涉及单位", "所指：所依会议", "所指：涉及单位")
    assert table.select(wanted).rows()[1] == ("990101201-1", "990101202", "修桥第 1 次", "青山村")


def test_the_filters_offer_kinds_under_their_headings_and_keep_what_was_asked(read: Read, cast: Cast, kept: dict[str, Record]):
    page = read(cast.secretary, f"{VILLAGE}records/?kind=figures&month=2024-05&view=cards")
    kinds = re.findall(r'<optgroup label="(\S+)"><option value="(\w+)"( selected)?>', page)
    assert kinds == [("数据", "figures", " selected"), ("工作", "meeting", "")]
    assert 'name="month" value="2024-05"' in page
    assert '<input type="hidden" name="view" value="cards">' in page
    assert f'href="{VILLAGE}records.xlsx?kind=figures&amp;month=2024-05"' in page


# ---- views


def test_a_list_of_one_kind_has_its_columns(read: Read, cast: Cast, kept: dict[str, Record]):
    page = read(cast.desk, "/records/?kind=meeting&under=990101201")
    assert re.findall(r'<th scope="col">([^<]+)</th>', page) == ["日期", "单位", "会议类型", "到会人数", "议题", "登记"]
    assert re.findall(r'<td data-label="(\S+)">([^<]*)</td>', page) == [("会议类型", "党课"), ("到会人数", "23 人"), ("议题", "学党史")]


def test_a_calendar_has_the_records_of_each_day(read: Read, cast: Cast, kept: dict[str, Record]):
    for number in range(4):
        meeting(cast.village, date(2024, 3, 9), topic=f"第 {number} 次")
    page = read(cast.secretary, "/records/?view=calendar&month=2024-03&kind=meeting")
    days = re.findall(r'<a class="month-count" href="(\S+)">(\d+) 条</a>', page)
    assert days == [
        ("?kind=meeting&amp;from=2024-03-08&amp;to=2024-03-08", "1"),
        ("?kind=meeting&amp;from=2024-03-09&amp;to=2024-03-09", "4"),
    ]
    assert "还有 1 条" in page
    # Of the latest month that has any, where none is asked for.
    assert "2024年5月" in read(cast.secretary, "/records/?view=calendar")


def test_the_overview_says_who_has_what_in_the_order_of_the_codes(read: Read, cast: Cast, kept: dict[str, Record]):
    page = read(cast.reviewer, "/records/?view=units")
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page.split('class="unit-sheet"')[1], re.DOTALL)]
    assert rows == [["单位", "经济数据", "会议", "合计"], ["柳河村", "1", "1", "2"], ["青山村", "–", "1", "1"], ["合计", "1", "2", "3"]]
    assert f'href="{VILLAGE}records/?kind=meeting"' in page


def test_pages_are_turned_forth_and_back(read: Read, cast: Cast, programme: Publication):
    records = [meeting(cast.village, date(2024, 3, 1 + number % 28)) for number in range(ROWS + 3)]
    wanted = [one.pk for one in sorted(records, key=lambda one: (one.occurred_on, one.pk), reverse=True)]
    first = read(cast.secretary, "/records/")
    forth = re.findall(r'<a href="([^"]+)" rel="next">', first)[0]
    second = read(cast.secretary, f"/records/{forth}")
    back = re.findall(r'<a href="([^"]+)" rel="prev">', second)[0]
    assert (shown(first), shown(second), shown(read(cast.secretary, f"/records/{back}"))) == (wanted[:ROWS], wanted[ROWS:], wanted[:ROWS])
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in second
    assert f"共 {ROWS + 3} 条记录" in first
    assert shown(read(cast.secretary, "/records/?after=nonsense")) == wanted[:ROWS]


def test_the_overview_of_too_many_units_has_a_line_a_part_that_leads_on_to_its_units(read: Read, cast: Cast, kept: dict[str, Record]):
    more = [UnitRow(f"9901013{number:03}", f"新村{number}", "village", cast.town.code) for number in range(UNITS_OF_A_SHEET)]
    load_units(rows=more, on=FOUNDED, by=SYSTEM, at=NOW)
    page = read(cast.desk, "/records/?view=units")
    lines = re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a></th>(.*?)</tr>', page)
    told = [(address, name, re.findall(r">(\d+)<", counts)) for address, name, counts in lines]
    assert told == [
        ("/units/990101/records/?view=units", "石桥镇", ["1", "2", "3"]),
        ("/units/990102/records/?view=units", "白沙镇", ["1", "1"]),
    ]
    assert 'href="/units/990101/records/?kind=meeting"' in page


@pytest.mark.parametrize(
    "query",
    ["", "?kind=meeting", "?view=cards", "?view=calendar", "?view=units", "?q=党史", "?group=工作", "?state=withdrawn", "?under=990101"],
)
def test_a_list_costs_the_same_queries_for_one_record_and_for_many(
    client: Client, cast: Cast, programme: Publication, django_assert_max_num_queries, query: str
):
    lesson(cast.village)
    client.force_login(cast.desk)
    client.get(f"/records/{query}")
    with django_assert_max_num_queries(24) as once:
        client.get(f"/records/{query}")
    for number in range(ROWS + 10):
        meeting([cast.village, cast.neighbour, cast.other_village][number % 3], date(2024, 3, 1 + number % 28), topic="学党史")
    with django_assert_max_num_queries(24) as often:
        client.get(f"/records/{query}")
    # A list of nothing asks for no rows.
    assert len(once) <= len(often) <= len(once) + 1


# ---- Excel


def sheet(client: Client, address: str) -> pl.DataFrame:
    response = client.get(address)
    assert (response.status_code, response.streaming) == (200, True)
    return pl.read_excel(io.BytesIO(b"".join(response)))


def test_the_ledger_as_excel_holds_what_the_filter_shows(client: Client, cast: Cast, kept: dict[str, Record]):
    client.force_login(cast.secretary)
    table = sheet(client, f"{VILLAGE}records.xlsx?group=工作")
    assert table.select("日期", "类型", "内容", "登记人", "登记来源", "单位", "单位代码", "编号").rows() == [
        (date(2024, 3, 8), "会议", "党课，到会人数 23 人，学党史", "系统", "填写", "柳河村", "990101201", "990101201-1")
    ]


def test_the_workbook_of_one_kind_has_a_column_a_field_under_its_title(client: Client, cast: Cast, kept: dict[str, Record]):
    client.force_login(cast.desk)
    table = sheet(client, "/records.xlsx?kind=meeting&under=990101")
    assert table.columns == ["单位代码", "日期", "会议类型", "到会人数", "议题", "所属", "登记人", "登记时间", "登记来源", "状态", "编号"]
    assert table.select("单位代码", "日期", "会议类型", "到会人数", "议题", "所属").rows() == [
        ("990101202", date(2024, 4, 8), "党课", 23, "学党史", "青山村"),
        ("990101201", date(2024, 3, 8), "党课", 23, "学党史", "柳河村"),
    ]


def test_no_column_beside_the_fields_is_called_like_a_field_of_a_shipped_kind():
    """A sheet that goes out comes in again: of two columns of one name an import could take the wrong one."""
    titles = {field.title for kind in load("five-star").records.values() for field in kind.fields}
    assert titles & {*BESIDE} == set()
