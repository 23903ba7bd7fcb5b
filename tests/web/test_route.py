"""The route to a star: what can be done, what comes of it, and the choice as dated tasks."""

import re
from datetime import date

import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import events_about
from fanxing.inbox.models import WorkItem
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Post
from fanxing.programme.models import Publication
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, TODAY, Cast, appoint
from tests.web.conftest import INDUSTRY, LONG, income, lesson, published
from tests.web.test_inbox import said, titles
from tests.web.test_unit import VILLAGE, words
from tests.web.test_units import Read

ROUTE = f"{VILLAGE}scores/industry/route/"
EFFORT = INDUSTRY.replace("if_missing: 0}", "if_missing: 0, effort: 0.5, step: 上一次党课, due: 12-20}")
MEMBERS = """  members: {title: 党员大会, type: count, from: {count: meeting, where: "form == 'members'"}, if_missing: 0, effort: 4}
  income:"""
MEMBERS_POINTS = """    - {id: members_points, title: 大会得分, steps: {of: members, at_least: {1: 20}, otherwise: 0}}
    - {id: income_points"""
TWO_WAYS = EFFORT.replace("  income:", MEMBERS).replace("    - {id: income_points", MEMBERS_POINTS)
THIS_YEAR = LONG.replace("2099-12-31", "2026-12-31")
SAFETY = """
title: 平安法治
colour: blue
facts:
  calm: {title: 平安天数, type: count, unit: 天, from: {sum: meeting.attended}, if_missing: 0}
score: {formula: calm}
pass: 60
"""
NEEDS = "needs: [{id: capstone, title: 先有平安法治, basis: example, when: safety}]\n"


@pytest.fixture(autouse=True)
def on_the_day(settings):
    """The pages go by the day of the cast."""
    settings.DEMO, settings.TODAY = True, TODAY


def publish_with(cast: Cast, industry: str = EFFORT, **more: str) -> Publication:
    return published(cast, industry, **{"cases.yaml": "cases: []", "scheme.yaml": THIS_YEAR, **more})


@pytest.fixture
def worked(cast: Cast) -> Cast:
    """柳河村 lacks a lesson; every lesson takes half a day."""
    publish_with(cast)
    income(cast.village)
    return cast


def picks(page: str) -> list[tuple[str, bool]]:
    found = re.findall(r'<input type="checkbox"[^>]* name="pick" value="(\w+)"( checked)?>', page)
    return [(fact, bool(checked)) for fact, checked in found]


def text(page: str, css: str) -> str:
    return " ".join(words(page, css))


def test_the_least_work_is_shown_and_picked(read: Read, worked: Cast):
    page = read(worked.secretary, ROUTE)
    assert words(page, "verdict-state") == ["未得50 分 达星线 70 分，还差 20 分"]
    assert picks(page) == [("lessons", True)]
    assert words(page, "choice") == ["上一次党课 党课 0 → 1 2026年12月20日止 · 约 0.5 工日 +20 分"]
    assert "已核对：没有更省力的" in page
    assert (text(page, "sum-words"), text(page, "sum-facts")) == ("选这些后 70 分达星", "1 件，约 0.5 工日 · 达星线 70 分")


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("?chosen=1", "一件也不做 50 分还差 20 分"),
        ("?chosen=1&pick=lessons", "选这些后 70 分达星"),
        ("?pick=lessons", "选这些后 70 分达星"),
    ],
)
def test_what_is_picked_is_reckoned(read: Read, worked: Cast, query: str, total: str):
    assert text(read(worked.secretary, ROUTE + query), "sum-words") == total


def test_what_the_route_says_comes_true(read: Read, worked: Cast):
    lesson(worked.village, 6)
    page = read(worked.secretary, ROUTE)
    assert words(page, "verdict-state") == ["已得70 分 达星线 70 分，已达星"]
    assert (picks(page), "保持住就好" in page) == ([], True)


def test_there_may_be_several_ways(read: Read, cast: Cast):
    publish_with(cast, TWO_WAYS)
    income(cast.village)
    page = read(cast.secretary, ROUTE)
    assert picks(page) == [("lessons", True), ("members", False)]
    ways = re.findall(r'<a href="([^"]+)"[^>]*><span>(.*?)</span><small>(.*?)</small>', page)
    assert [(href, re.sub("<[^>]+>", "", name)) for href, name, _ in ways if "?plan=" in href] == [
        (f"{ROUTE}?plan=0", "最省力上一次党课"),
        (f"{ROUTE}?plan=1", "党员大会做到 1"),
    ]
    assert picks(read(cast.secretary, f"{ROUTE}?plan=1")) == [("members", True), ("lessons", False)]


def test_what_others_owe_stands_in_the_way(read: Read, cast: Cast):
    publish_with(cast)
    page = read(cast.secretary, ROUTE)
    assert "要先有：集体收入" in page
    assert picks(page) == []


def test_a_star_that_needs_another_leads_to_the_route_of_that(read: Read, cast: Cast):
    scheme = THIS_YEAR.replace("stars: [industry]", "stars: [industry, safety]")
    publish_with(cast, EFFORT + NEEDS, **{"scheme.yaml": scheme, "stars/village/safety.yaml": SAFETY})
    income(cast.village)
    page = read(cast.secretary, ROUTE)
    assert re.findall(r'<a class="block-star" href="([^"]+)">', page) == [f"{VILLAGE}scores/safety/route/"]
    assert "平安法治：0 / 60 分" in page
    assert text(page, "sum-words") == "选这些后 70 分分够了，还有挡着的"


def test_what_is_decided_elsewhere_is_named(read: Read, worked: Cast):
    income(worked.village, 1)
    page = read(worked.secretary, ROUTE)
    assert re.findall(r"<strong>(\S+)</strong> <span>(失 \S+ 分)</span><p>(\S+)</p>", page) == [("收入得分", "失 50 分", "农业农村部门")]


# As tasks


def send(client: Client, user: object, **sent: object):
    client.force_login(user)  # type: ignore[arg-type]
    return client.post(ROUTE, {"chosen": "1"} | sent)


def test_what_is_picked_becomes_dated_tasks(client: Client, worked: Cast):
    response = send(client, worked.secretary, pick="lessons", **{"due-lessons": "2026-07-01"})
    assert (response.status_code, response["Location"]) == (302, "/inbox/")
    item = WorkItem.objects.get()
    assert (item.title, item.note, item.due_on, item.source, item.key) == ("上一次党课", "党课 0 → 1", date(2026, 7, 1), "route", "lessons")
    assert item.about == {"star": "industry", "fact": "lessons", "from": 0, "to": 1}
    assert [event.action for event in events_about(item)] == ["inbox.open_items"]
    assert said(client) == ["待办：新列入 1 件。"]


def test_picked_again_a_task_takes_the_new_day_and_the_route_says_that_it_waits(client: Client, read: Read, worked: Cast):
    send(client, worked.secretary, pick="lessons", **{"due-lessons": "2026-07-01"})
    send(client, worked.secretary, pick="lessons", **{"due-lessons": "2026-07-08"})
    assert said(client)[-1] == "待办：更新 1 件。"
    page = read(worked.secretary, ROUTE)
    assert "已在待办，2026年7月8日止" in page
    assert re.findall(r'name="due-lessons"[^>]* value="([\d-]+)"', page) == ["2026-07-08"]
    assert WorkItem.objects.count() == 1


@pytest.mark.parametrize(
    ("due", "fault"),
    [
        ("很快", "应为日期，如 2025-12-20"),
        ("2026-06-14", "应在 2026年6月15日至 2026年12月20日之间"),
        ("2026-12-21", "应在 2026年6月15日至 2026年12月20日之间"),
    ],
)
def test_a_day_that_cannot_be_is_said_beside_it(client: Client, worked: Cast, due: str, fault: str):
    response = send(client, worked.secretary, pick="lessons", **{"due-lessons": due})
    found = re.findall(r'<p class="fault" id="fault-lessons">.*?</svg>(.*?)</p>', response.text)
    assert (response.status_code, found, WorkItem.objects.count()) == (422, [fault], 0)


@pytest.mark.parametrize("sent", [{}, {"pick": "income"}, {"pick": "nothing"}])
def test_what_cannot_be_picked_becomes_no_task(client: Client, worked: Cast, sent: dict[str, str]):
    response = send(client, worked.secretary, **sent)
    assert (response.status_code, "还没有选" in response.text, WorkItem.objects.count()) == (422, True, 0)


def test_who_only_reads_sees_the_route_and_makes_no_tasks_of_it(client: Client, read: Read, worked: Cast):
    team = appoint("team", "郑洁", worked.city, Post.objects.get(pk="team"))
    page = read(team, ROUTE)
    assert (picks(page), "列为待办" in page) == ([("lessons", True)], False)
    assert send(client, team, pick="lessons").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_route_is_there_for_those_who_answer_for_the_unit_and_for_nobody_else(client: Client, worked: Cast, method: str):
    found = {}
    for name in ("secretary", "reviewer", "colleague", "outsider", "stranger"):
        client.force_login(getattr(worked, name))
        found[name] = getattr(client, method)(ROUTE, {"chosen": "1", "pick": "lessons"}).status_code
    there = 200 if method == "get" else 302
    assert found == {"secretary": there, "reviewer": there, "colleague": 404, "outsider": 404, "stranger": 404}


@pytest.mark.parametrize(
    "address", [f"{VILLAGE}scores/gone/route/", f"{VILLAGE}scores/lessons/route/", "/units/990101/scores/industry/route/"]
)
def test_what_is_no_star_of_the_unit_has_no_route(client: Client, worked: Cast, address: str):
    client.force_login(worked.desk)
    assert client.get(address).status_code == 404


def test_a_closed_unit_has_no_route(client: Client, worked: Cast):
    merge_units(units=[worked.neighbour], into=worked.village, on=TODAY, by=SYSTEM, at=NOW)
    client.force_login(worked.reviewer)
    assert client.get("/units/990101202/scores/industry/route/").status_code == 404


def test_the_route_costs_the_same_queries_for_one_record_and_for_many(client: Client, worked: Cast, django_assert_max_num_queries):
    client.force_login(worked.secretary)
    counts = set()
    for month in (1, 2, 3):
        lesson(worked.village, month, year=2020)
        client.get(ROUTE)
        with django_assert_max_num_queries(16) as asked:
            client.get(ROUTE)
        counts.add(len(asked))
    assert len(counts) == 1


# Where it is found


def test_the_way_to_the_nearest_star_is_offered_where_it_is_missed(read: Read, cast: Cast):
    publication = publish_with(cast, EFFORT.replace("otherwise: 0}}\npass: 70", "otherwise: 38.5}}\npass: 40"))
    income(cast.village, 1)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    star, desk = f"{VILLAGE}scores/industry/", "/desk/near/"
    for user, address in ((cast.secretary, VILLAGE), (cast.reviewer, VILLAGE), (cast.secretary, star), (cast.desk, desk)):
        assert f'href="{ROUTE}"' in read(user, address), address


def test_the_own_page_begins_with_two_tasks_the_first_steps_and_what_is_entered_most(client: Client, read: Read, worked: Cast):
    send(client, worked.secretary, pick="lessons", **{"due-lessons": "2026-07-01"})
    page = read(worked.secretary, VILLAGE)
    assert titles(page) == ["上一次党课"]
    assert words(page, "gains") == ["上一次党课党课 0 → 1+20 分"]
    assert re.findall(r'<ul class="own-kinds"><li><a class="[^"]+" href="([^"]+)"', page) == [
        f"{VILLAGE}records/new/meeting/?next={VILLAGE}"
    ]
    assert "own-kinds" not in read(worked.reviewer, VILLAGE)
