"""The inbox: what waits for whom, by when, and what becomes of it."""

import io
import re
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem, close_item, open_items
from fanxing.inbox.models import WorkItem
from fanxing.organisations.actions.terms import stand_in
from fanxing.organisations.models import Post, Unit
from fanxing.programme.models import Publication
from fanxing.scheme.model import Fact
from fanxing.scoring.routes import Figure
from fanxing.web.goals import progress
from tests.cast import NOW, TODAY, Cast, appoint
from tests.web.conftest import income, lesson
from tests.web.test_unit import words
from tests.web.test_units import Read

INBOX = "/inbox/"
ALL = "/inbox/?whose=all"


@pytest.fixture(autouse=True)
def on_the_day(settings):
    """The pages go by the day of the cast."""
    settings.DEMO, settings.TODAY = True, TODAY


def wait(unit: Unit, *items: tuple[str, int], source: str = "typed", **about: object) -> list[WorkItem]:
    """Things to do, each due so many days from today."""
    new = [NewItem(title, TODAY + timedelta(days=days), about=about) for title, days in items]
    return list(open_items(unit=unit, items=new, source=source, by=SYSTEM, at=NOW - timedelta(days=30)).opened)


def towards(unit: Unit, to: int, star: str = "industry", fact: str = "lessons") -> WorkItem:
    return wait(unit, ("上党课", 3), source="route", star=star, fact=fact, **{"from": 0, "to": to})[0]


def titles(page: str) -> list[str]:
    return words(page, "task-title")


def headings(page: str) -> list[str]:
    found = re.findall(r'<h2 class="task-heading[^"]*">(.*?)</h2>', page)
    return [re.sub("<small>", " ", re.sub("<(?!small)[^>]+>", "", one)) for one in found]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Five things wait in 柳河村, one in 青山村 and one in 东湾村; one more is done."""
    wait(cast.village, ("迟了", -2), ("今天办", 0), ("快了", 6), ("不急", 7), ("月底办", 15))
    done = wait(cast.village, ("办过了", 1))[0]
    close_item(item=done, outcome="都来了", by=cast.secretary, at=NOW)
    wait(cast.neighbour, ("邻村的事", 1))
    wait(cast.other_village, ("外乡的事", 1))
    return cast


def test_a_secretary_finds_what_waits_by_the_day_it_is_due(read: Read, busy: Cast):
    page = read(busy.secretary, INBOX)
    assert headings(page) == ["已超期", "今天到期", "7 天内到期", "以后"]
    assert titles(page) == ["迟了", "今天办", "快了", "不急", "月底办"]
    due = re.findall(r'<p class="task-due"><span class="pill[^"]*">(.*?)</span>', page)
    assert due == ["超期 2 天", "今天到期", "还剩 3 个工作日", "还剩 4 个工作日", "还剩 10 个工作日"]


def test_who_answers_for_several_units_finds_it_by_unit(read: Read, busy: Cast):
    page = read(busy.reviewer, ALL)
    assert headings(page) == ["柳河村 石桥镇", "青山村 石桥镇"]
    assert titles(page) == ["迟了", "今天办", "快了", "不急", "月底办", "邻村的事"]
    assert "外乡的事" not in page
    assert titles(read(busy.desk, ALL))[-1] == "外乡的事"


def test_who_answers_for_several_units_first_finds_what_waits_for_the_own_post(read: Read, busy: Cast):
    wait(busy.town, ("镇里的事", 3))
    page = read(busy.reviewer, INBOX)
    assert (titles(page), headings(page)) == (["镇里的事"], ["7 天内到期"])


def test_where_the_holidays_are_not_announced_the_day_says_so(read: Read, cast: Cast):
    wait(cast.village, ("明年办", 200))
    assert "<span>按周一至周五推算</span>" in read(cast.secretary, INBOX)


def test_what_is_late_comes_first_then_what_is_urgent_whenever_it_is_due(read: Read, busy: Cast):
    new = [NewItem("急事", TODAY + timedelta(days=9), urgent=True), NewItem("迟了的急事", TODAY - timedelta(days=1), urgent=True)]
    open_items(unit=busy.village, items=new, source="typed", by=SYSTEM, at=NOW - timedelta(days=30))
    page = read(busy.secretary, INBOX)
    assert headings(page) == ["已超期", "紧急", "今天到期", "7 天内到期", "以后"]
    assert [one.removeprefix("紧急 ") for one in titles(page)] == ["迟了的急事", "迟了", "急事", "今天办", "快了", "不急", "月底办"]


def test_an_hour_is_told_and_what_is_urgent_comes_first_on_its_day(read: Read, cast: Cast):
    at = NOW + timedelta(hours=5)
    new = [NewItem("普通", TODAY), NewItem("急事", TODAY, urgent=True, due_at=at)]
    open_items(unit=cast.village, items=new, source="typed", by=SYSTEM, at=NOW)
    page = read(cast.secretary, INBOX)
    assert [one.removeprefix("紧急 ") for one in titles(page)] == ["急事", "普通"]
    assert re.search("今天 17:00 (已)?到期", page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?when=overdue", ["迟了"]),
        ("?when=soon", ["今天办", "快了", "邻村的事"]),
        ("?when=later", ["不急", "月底办"]),
        ("?when=closed", ["办过了"]),
        ("?q=邻村", ["邻村的事"]),
        ("?q=青山", ["邻村的事"]),
        ("?under=990101202", ["邻村的事"]),
        ("?under=990102", []),
        ("?when=soon&q=今天", ["今天办"]),
        ("?unit=990101202", ["邻村的事"]),
        ("?source=typed&unit=990101202", ["邻村的事"]),
        ("?source=route", []),
    ],
)
def test_filters_stand_in_the_address_and_stay_within_what_one_may_see(read: Read, busy: Cast, query: str, found: list[str]):
    assert titles(read(busy.reviewer, f"{INBOX}{query}&whose=all")) == found


def test_each_filter_says_how_much_it_finds(read: Read, busy: Cast):
    chips = re.findall(r'<a class="chip"[^>]*>(\S+(?: \S+)?) <span class="count">(\d+)</span>', read(busy.secretary, INBOX))
    assert chips == [("全部待办", "5"), ("已超期", "1"), ("7 天内", "2"), ("以后", "2"), ("最近办结", "1")]


def test_the_navigation_says_how_much_is_due_soon_in_the_own_unit(read: Read, busy: Cast):
    number = re.compile(r'<span class="nav-count"[^>]*>(\d+)</span><span class="visually-hidden">，(\d+) 件将到期')
    assert number.findall(read(busy.secretary, "/password/")) == [("3", "3")] * 2
    assert number.findall(read(busy.reviewer, "/password/")) == []


def test_nothing_waits_for_a_stranger_and_an_empty_inbox_says_what_fills_it(read: Read, busy: Cast):
    assert titles(read(busy.stranger, INBOX)) == []
    assert "现在没有待办" in read(busy.stranger, INBOX)


# What becomes of it


def test_who_stands_in_and_whom_they_stand_in_for_are_told_so_long_as_it_lasts(read: Read, cast: Cast, settings):
    held = cast.secretary.person.assignments.get()
    stand_in(assignment=held, person=cast.stranger.person, valid_from=TODAY, valid_to=TODAY + timedelta(9), by=SYSTEM, at=NOW)
    wait(cast.village, ("开会", 3))
    mine, theirs = "您代行<b>柳河村支部书记</b>（代 林秀英）到 2026年6月23日", "<b>柳河村支部书记</b>由何伟代行到 2026年6月23日"
    pages = [read(one, "/inbox/") for one in (cast.stranger, cast.secretary, cast.colleague, cast.clerk)]
    assert [(mine in page, theirs in page) for page in pages] == [(True, False), (False, True), (False, False), (False, False)]
    assert ["开会" in titles(page) for page in pages[:2]] == [True, True]
    settings.TODAY = TODAY + timedelta(9)
    pages = [read(one, "/inbox/") for one in (cast.stranger, cast.secretary)]
    assert [("代行" in page, "开会" in titles(page)) for page in pages] == [(False, False), (False, True)]


def send(client: Client, user: object, item: WorkItem, act: str, **sent: str) -> int:
    client.force_login(user)  # type: ignore[arg-type]
    return client.post(f"/inbox/{item.pk}/{act}/", sent).status_code


def said(client: Client) -> list[str]:
    page = client.get(INBOX).text
    return [re.sub("<[^>]+>", "", one) for one in re.findall(r'<div class="note[^>]*>.*?<div>(.*?)</div>', page, re.DOTALL)]


def test_a_thing_is_closed_dropped_put_back_and_given_another_day(client: Client, cast: Cast):
    item = wait(cast.village, ("开会", 2))[0]
    states = []
    for act, sent in (("close", {}), ("reopen", {}), ("reschedule", {"due_on": "2026-06-30"}), ("drop", {"words": "并到下次"})):
        assert send(client, cast.secretary, item, act, **sent) == 302
        item.refresh_from_db()
        states.append((item.state, item.due_on, item.outcome, *said(client)))
    later, sooner = date(2026, 6, 30), TODAY + timedelta(days=2)
    assert states == [
        ("done", sooner, "", "已办结：开会。"),
        ("open", sooner, "", "已恢复为待办：开会。"),
        ("open", later, "", "期限改为 2026-06-30：开会。"),
        ("dropped", later, "并到下次", "不再办：开会。"),
    ]


@pytest.mark.parametrize(
    ("sent", "words"), [({"due_on": "明天"}, "请选择新的期限，如 2025-12-20"), ({"due_on": "2026-06-14"}, "期限不能早于今天（2026-06-15）")]
)
def test_a_day_that_cannot_be_is_refused_in_words(client: Client, cast: Cast, sent: dict[str, str], words: str):
    item = wait(cast.village, ("开会", 2))[0]
    send(client, cast.secretary, item, "reschedule", **sent)
    assert said(client) == [words]


def test_of_two_who_close_the_second_is_told(client: Client, cast: Cast):
    item = wait(cast.village, ("开会", 2))[0]
    send(client, cast.secretary, item, "close")
    send(client, cast.clerk, item, "close")
    assert said(client)[-1] == "“开会”已于 2026-06-15 由柳河村支部书记标为已办结，请刷新后查看"


@pytest.mark.parametrize("act", ["close", "drop", "reopen", "reschedule", "burn"])
def test_what_waits_for_others_is_not_there(client: Client, cast: Cast, act: str):
    item = wait(cast.village, ("开会", 2))[0]
    answers = [send(client, user, item, act, due_on="2026-06-30") for user in (cast.colleague, cast.outsider, cast.stranger)]
    assert (answers, WorkItem.objects.get().state) == ([404, 404, 404], "open")


def test_who_only_reads_is_offered_no_change_and_refused_one(client: Client, read: Read, cast: Cast):
    team = appoint("team", "郑洁", cast.city, Post.objects.create(id="team", title="专班", permission_set="star_team"))
    item = wait(cast.village, ("开会", 2))[0]
    page = read(team, ALL)
    assert (titles(page), re.findall("/inbox/\\d+/", page)) == (["开会"], [])
    assert send(client, team, item, "close") == 403


# With several at once


def bulk(client: Client, user: object, items: Sequence[WorkItem], act: str, **sent: str) -> list[str]:
    client.force_login(user)  # type: ignore[arg-type]
    assert client.post("/inbox/bulk/", {"item": [item.pk for item in items], "act": act, **sent}).status_code == 302
    return said(client)


def test_a_step_is_taken_with_several_things_at_once(client: Client, cast: Cast):
    items = wait(cast.village, ("开会", 2), ("修路", 3), ("清沟", 4), ("查电", 5))
    assert bulk(client, cast.secretary, items[:2], "close") == ["办结 2 件。"]
    assert bulk(client, cast.secretary, items[2:], "reschedule", due_on="2026-06-30") == ["改期 2 件。"]
    assert bulk(client, cast.secretary, items[1:3], "drop", words="并办") == [
        "不再办 1 件。",
        "“修路”已于 2026-06-15 由柳河村支部书记标为已办结，请刷新后查看",
    ]
    assert bulk(client, cast.secretary, [], "close") == ["请先勾选要办的事。"]
    states = WorkItem.objects.order_by("pk").values_list("state", "due_on")
    assert [(state, day.day) for state, day in states] == [("done", 17), ("done", 18), ("dropped", 30), ("open", 30)]


def test_no_step_is_taken_with_what_waits_for_others(client: Client, cast: Cast):
    items = wait(cast.neighbour, ("开会", 2))
    assert bulk(client, cast.secretary, items, "close") == ["请先勾选要办的事。"]
    head = appoint("head", "黄勇", cast.village, Post.objects.create(id="head", title="网格长", permission_set="no_access"))
    named = open_items(unit=cast.village, items=[NewItem("走访", TODAY, posts=("head",))], source="x", by=SYSTEM, at=NOW).opened
    assert bulk(client, head, named, "close") == ["您在柳河村没有“安排和办结待办”的权限"]
    page = client.get(INBOX).text
    assert (titles(page), 'name="item"' in page, "/take/" in page) == (["走访"], False, True)


def test_a_thing_is_taken_up_and_put_back(client: Client, read: Read, cast: Cast):
    item = wait(cast.village, ("开会", 2))[0]
    send(client, cast.secretary, item, "take")
    assert "您在办" in read(cast.secretary, INBOX)
    page = read(cast.reviewer, ALL)
    assert ("支部书记在办" in page, "/take/" in page) == (True, False)
    send(client, cast.secretary, item, "put_back")
    assert "您在办" not in read(cast.secretary, INBOX)


# Adding


def test_a_thing_is_added_once_however_often_the_form_is_sent(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    address = "/units/990101201/inbox/new/"
    assert "列入柳河村的待办" in client.get(address).text
    sent = {"title": "修水渠", "due_on": "2026-07-01", "note": "先请人看", "key": "form-1"}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    item = WorkItem.objects.get()
    assert (item.title, item.due_on, item.note, item.source) == ("修水渠", date(2026, 7, 1), "先请人看", "typed")


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"title": "", "due_on": "2026-07-01"}, ("title", "事项为 1 至 100 个字")),
        ({"title": "修水渠", "due_on": ""}, ("due_on", "应为日期，如 2025-12-20")),
        ({"title": "修水渠", "due_on": "2026-06-01"}, ("due_on", "期限不能早于今天（2026-06-15）")),
    ],
)
def test_what_is_wrong_with_a_new_thing_stands_beside_it(client: Client, cast: Cast, sent: dict[str, str], fault: tuple[str, str]):
    client.force_login(cast.secretary)
    response = client.post("/units/990101201/inbox/new/", sent)
    found = re.findall(r'<p class="fault" id="(\w+)_error"><svg.*?</svg>(.*?)</p>', response.text)
    assert (response.status_code, found, WorkItem.objects.count()) == (422, [fault], 0)


def test_a_thing_is_added_by_those_who_plan_and_by_nobody_else(client: Client, cast: Cast):
    team = appoint("team", "郑洁", cast.city, Post.objects.create(id="team", title="专班", permission_set="star_team"))
    found = {}
    for user in (cast.secretary, cast.clerk, team, cast.colleague, cast.stranger):
        client.force_login(user)
        found[user.username] = client.get("/units/990101201/inbox/new/").status_code
    assert found == {"secretary": 200, "clerk": 200, "team": 403, "colleague": 404, "stranger": 404}


# Goals


def goal_words(page: str) -> Sequence[str]:
    return words(page, "task-goal")


def test_a_task_of_a_route_says_how_far_the_figure_is_and_leads_to_the_record_that_moves_it(read: Read, cast: Cast, programme: Publication):
    towards(cast.village, 2)
    income(cast.village)
    lesson(cast.village, 1)
    page = read(cast.secretary, INBOX)
    assert goal_words(page) == ["党课：1/2"]
    assert re.findall(r'href="([^"]+/records/new/[^"]+)"', page) == ["/units/990101201/records/new/meeting/?next=/inbox/"]
    assert re.findall(r'href="([^"]+/route/)"', page) == ["/units/990101201/scores/industry/route/"]

    lesson(cast.village, 2)
    assert goal_words(read(cast.secretary, INBOX)) == ["已达到 2/2，可以办结"]
    assert WorkItem.objects.get().is_open


COUNT = Fact(id="lessons", title="党课", type="count", unit="次")
MONEY = Fact(id="income", title="集体收入", type="money", unit="元")
SHARE = Fact(id="rate", title="办结率", type="share")
TRUTH = Fact(id="review", title="开过组织生活会", type="yes/no")
WORD = Fact(id="level", title="级别", type="text", choices=(("city", "市级"), ("province", "省级")))
DAY = Fact(id="on", title="日期", type="date")


@pytest.mark.parametrize(
    ("fact", "now", "to", "words"),
    [
        (COUNT, 2, 4, "2/4 次"),
        (COUNT, None, 4, "缺，要到 4 次"),
        (MONEY, 100_700, 110_000, "10.07 万元，要到 11 万元"),
        (MONEY, 110_000, 110_000, "11 万元"),
        (SHARE, 0.5, 0.95, "50%，要到 95%"),
        (TRUTH, False, True, "还没有"),
        (TRUTH, True, True, ""),
        (WORD, "city", "province", "市级，要到 省级"),
        (DAY, date(2026, 5, 1), date(2026, 5, 1), "2026年5月1日"),
    ],
)
def test_how_far_a_figure_is_reads_by_its_type(fact: Fact, now: Figure, to: Figure, words: str):
    assert progress(fact, now, to) == words


def test_who_does_not_keep_the_record_is_led_to_the_figure(read: Read, cast: Cast, programme: Publication):
    towards(cast.village, 2)
    page = read(cast.reviewer, ALL)
    assert (goal_words(page), "records/new/" in page) == (["党课：0/2"], False)
    assert "/units/990101201/figures/lessons/" in page


@pytest.mark.parametrize(("star", "fact"), [("industry", "gone"), ("gone", "lessons")])
def test_a_goal_that_the_rules_no_longer_know_is_left_out(read: Read, cast: Cast, programme: Publication, star: str, fact: str):
    towards(cast.village, 2, star, fact)
    page = read(cast.secretary, INBOX)
    assert (titles(page), goal_words(page)) == (["上党课"], [])


def test_the_inbox_costs_the_same_queries_for_one_thing_and_for_many(
    client: Client, cast: Cast, programme: Publication, django_assert_max_num_queries
):
    for user in (cast.secretary, cast.desk):
        WorkItem.objects.all().delete()
        towards(cast.village, 2)
        client.force_login(user)
        client.get(ALL)
        with django_assert_max_num_queries(22) as one:
            client.get(ALL)
        for unit in (cast.village, cast.neighbour, cast.other_village):
            towards(unit, 3)
            wait(unit, ("开会", 2), ("修路", 9))
        with django_assert_max_num_queries(22) as many:
            client.get(ALL)
        assert len(many) == len(one), user


def test_what_the_filters_show_comes_out_as_excel(client: Client, busy: Cast):
    client.force_login(busy.secretary)
    table = pl.read_excel(io.BytesIO(client.get("/inbox.xlsx?when=closed").content))
    assert table.select("单位", "事项", "状态", "办结人", "结果").rows() == [("柳河村", "办过了", "已办结", "柳河村支部书记", "都来了")]
    assert pl.read_excel(io.BytesIO(client.get("/inbox.xlsx").content)).height == 5


def test_what_a_matter_waits_for_is_done_there(read: Read, cast: Cast):
    wait(cast.village, ("随手拍：待受理", 3), source="matter", matter=7)
    page = read(cast.secretary, INBOX)
    assert re.findall(r'href="(/matters/\d+/)"', page) == ["/matters/7/"]
    assert re.findall(r"/inbox/\d+/(\w+)/", page) == ["take"]


@pytest.mark.parametrize(("source", "page"), [("matter", "事项"), ("circular", "通知")])
@pytest.mark.parametrize("act", ["close", "drop", "reschedule"])
def test_what_a_matter_or_a_circular_waits_for_is_not_closed_beside_it(client: Client, cast: Cast, source: str, page: str, act: str):
    item = wait(cast.village, ("随手拍：待受理", 1), source=source)[0]
    client.force_login(cast.secretary)
    for path, sent in ((f"/inbox/{item.pk}/{act}/", {}), ("/inbox/bulk/", {"act": act, "item": item.pk})):
        told = client.post(path, {"due_on": "2026-07-01", **sent}, follow=True).content.decode()
        assert f"“随手拍：待受理”请打开{page}办理" in told
    item.refresh_from_db()
    assert (item.state, item.due_on) == ("open", TODAY + timedelta(days=1))
