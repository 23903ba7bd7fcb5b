"""A record names every return that reads it, and none that does not."""

import re
from datetime import date

import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.points.actions import turn_on
from fanxing.records.actions.entries import add_record, correct_record
from fanxing.records.models import Record
from tests.cast import NOW, TODAY, Cast
from tests.records import promising
from tests.web import test_both_sides, test_needs, test_party_work
from tests.web.conftest import LONG, income, lesson, published
from tests.web.test_units import Read

KINDS = {
    **promising.KINDS,
    **test_both_sides.KINDS,
    **test_party_work.KINDS,
    "scheme.yaml": LONG,
    "records/need.yaml": test_needs.NEED,
    "records/offer.yaml": test_needs.OFFER,
    "records/team.yaml": test_needs.TEAM,
    "points.yaml": """
title: 党员积分
basis: example
kept_by: [secretary]
rules:
  lesson: {title: 参加党课, record: meeting, where: form == 'lesson', points: 4}
""",
}
HOME, SIDES = ("首页公布的数", "/"), ("双向检验", "/units/990101201/both-sides/")
DUES, NEEDS = ("合同与到期收款", "/units/990101201/dues/"), ("需求与资源", "/units/990101201/needs/")


@pytest.fixture(autouse=True)
def programme(cast: Cast, settings) -> None:
    settings.TODAY = TODAY
    published(cast, **KINDS)


def uses(page: str) -> list[tuple[str, str]]:
    """(title, address) of each return that a page of a record names."""
    listed = re.findall(r'class="uses">(.*?)</ul>', page, re.DOTALL)
    return re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', listed[0]) if listed else []


@pytest.fixture
def named(read: Read, cast: Cast):
    def of(record: Record, user=None) -> list[tuple[str, str]]:
        return [(title, address) for address, title in uses(read(user or cast.secretary, f"/records/{record.pk}/"))]

    return of


def enter(cast: Cast, kind: str, on: date = date(2026, 3, 2), **data: object) -> Record:
    return add_record(unit=cast.village, kind=kind, occurred_on=on, data=data, by=SYSTEM, at=NOW, beside=True)


def test_what_counts_for_a_star_counts_for_the_public_and_for_the_two_sides(cast: Cast, named):
    assert named(lesson(cast.village)) == [HOME, SIDES]
    # A figure of the period is reported, too.
    assert named(income(cast.village)) == [HOME, SIDES, ("部门数据", "/figures/?unit=990101201")]


def test_what_counts_for_nothing_is_used_nowhere(cast: Cast, named):
    assert named(enter(cast, "meeting", form="members")) == []
    # Of before the period.
    assert named(lesson(cast.village, year=2020)) == []


def test_points_are_named_where_they_are_kept_and_lead_their_keeper_there(cast: Cast, named, read: Read):
    record = lesson(cast.village)
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    assert named(record)[-1] == ("党员积分", "/units/990101201/points/")
    assert named(record, cast.desk) == [HOME, SIDES]
    assert "<b>党员积分</b>" in read(cast.desk, f"/records/{record.pk}/")


def test_promises_and_what_answers_them_lead_to_the_dues(cast: Cast, named):
    first = promising.contract(cast.village)
    assert named(first) == [DUES]
    assert named(promising.contract(cast.village, holds=False)) == []
    assert named(promising.pay(first, 60_000)) == [DUES]
    assert named(enter(cast, "paid", amount=5)) == []


def test_needs_and_offers_stand_beside_each_other(cast: Cast, named):
    need = enter(cast, "need", about="elders", claimed=False, confirmed=False)
    assert [named(one) for one in (need, enter(cast, "offer", about="elders", partner="云溪一中"))] == [[NEEDS], [NEEDS]]


def test_a_task_its_milestones_and_what_says_that_one_is_done_lead_to_the_page_of_the_task(cast: Cast, named):
    task = enter(cast, "task", name="防汛", closed=False)
    page = [("任务和项目", f"/units/990101201/tasks/{task.position}/")]
    again = correct_record(record=task, occurred_on=task.occurred_on, data={"name": "防汛抢险", "closed": False}, by=SYSTEM, at=NOW)
    milestone = enter(cast, "milestone", task=task.reference, name="排查", planned_on="2026-05-01")
    done = enter(cast, "reached", milestone=milestone.reference)
    assert [named(one) for one in (again, milestone, done)] == [page, page, page]
    # What was put right is no longer used.
    assert named(task) == []


def test_a_brand_and_what_rests_on_it_lead_to_the_brands(cast: Cast, named):
    brand = enter(cast, "method", name="3310")
    shown = ("品牌和做法", "/units/990101201/brands/")
    task = enter(cast, "task", name="防汛", method=brand.reference)
    assert (named(brand), named(task)[1:]) == ([shown], [shown])


def test_an_explanation_of_a_difference_leads_to_the_two_sides(cast: Cast, named):
    said = enter(cast, "said", date(2026, 5, 1), gap="work_ahead", why="今年换届")
    assert named(said) == [SIDES, ("部门数据", "/figures/?unit=990101201")]


def test_a_record_with_many_uses_costs_the_same_queries_among_many(client: Client, cast: Cast, django_assert_max_num_queries):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = lesson(cast.village)
    client.force_login(cast.secretary)
    client.get(f"/records/{record.pk}/")
    with django_assert_max_num_queries(30) as once:
        client.get(f"/records/{record.pk}/")
    for month in (4, 5, 6):
        lesson(cast.village, month)
    with django_assert_max_num_queries(30) as often:
        client.get(f"/records/{record.pk}/")
    assert len(often) == len(once)
