"""What waits: opened, done, dropped, put back, and given another day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import events_about
from fanxing.inbox.actions import (
    ItemFaulty,
    NewItem,
    NotWaiting,
    Planned,
    StillWaiting,
    close_item,
    drop_item,
    open_items,
    reopen_item,
    reschedule_item,
)
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import of_unit, visible_items, waiting_at
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.units import UnitClosed, merge_units
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Post
from tests.cast import NOW, TODAY, Cast, appoint
from tests.race import race

FRIDAY = TODAY + timedelta(days=4)
LESSON = NewItem("上一次党课", FRIDAY, "书记来讲", {"fact": "lessons", "to": 4.0}, "lessons")
SWEEP = NewItem("查一遍隐患", TODAY + timedelta(days=1))


def plan(cast: Cast, *items: NewItem, unit: str = "village", by: str = "secretary", source: str = "route") -> Planned:
    doer = SYSTEM if by == "system" else getattr(cast, by)
    return open_items(unit=getattr(cast, unit), items=items or (LESSON,), source=source, by=doer, at=NOW)


def one(cast: Cast, item: NewItem = LESSON) -> WorkItem:
    return plan(cast, item).opened[0]


def log_of(item: WorkItem) -> list[tuple[str, str, str, str]]:
    return [(event.action, event.actor, event.unit_code, event.summary) for event in events_about(item)]


# Opening


def test_things_to_do_are_opened_together(cast: Cast):
    planned = plan(cast, LESSON, SWEEP)
    assert list(of_unit(cast.village).values_list("title", "due_on", "note", "about", "key", "state", "opened_by_title")) == [
        ("查一遍隐患", TODAY + timedelta(days=1), "", {}, "", "open", "柳河村支部书记"),
        ("上一次党课", FRIDAY, "书记来讲", {"fact": "lessons", "to": 4}, "lessons", "open", "柳河村支部书记"),
    ]
    assert ([item.title for item in planned.opened], planned.renewed, planned.unchanged) == (["上一次党课", "查一遍隐患"], (), ())
    assert log_of(planned.opened[0]) == [("inbox.open_items", "secretary", "990101201", "柳河村新增待办：上一次党课")]


def test_what_waits_already_is_not_opened_again(cast: Cast):
    item = one(cast)
    assert plan(cast) == Planned((), (), (item,))
    assert plan(cast, LESSON, LESSON).opened == ()
    assert (WorkItem.objects.count(), len(log_of(item))) == (1, 1)


def test_what_waits_already_takes_the_new_words_and_day(cast: Cast):
    item = one(cast)
    later = NewItem("上两次党课", FRIDAY + timedelta(days=7), "", {"fact": "lessons", "to": 6}, "lessons")
    assert plan(cast, later) == Planned((), (item,), ())
    item.refresh_from_db()
    assert (item.title, item.due_on, item.note, item.about) == ("上两次党课", later.due_on, "", {"fact": "lessons", "to": 6})
    assert [summary for _, _, _, summary in log_of(item)] == ["柳河村新增待办：上一次党课", "柳河村更新待办：上两次党课"]


def test_the_same_key_of_another_source_or_unit_and_items_without_a_key_are_matters_of_their_own(cast: Cast):
    plan(cast, LESSON, SWEEP)
    assert len(plan(cast, LESSON, SWEEP, source="review").opened) == 2
    assert len(plan(cast, LESSON, unit="neighbour", by="colleague").opened) == 1


def test_what_is_done_may_be_asked_for_again(cast: Cast):
    close_item(item=one(cast), by=cast.secretary, at=NOW)
    assert len(plan(cast).opened) == 1


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (NewItem(" ", FRIDAY), "事项为 1 至 100 个字"),
        (NewItem("长" * 101, FRIDAY), "事项为 1 至 100 个字"),
        (NewItem("晚了", TODAY - timedelta(days=1)), "期限不能早于今天（2026-06-15）"),
    ],
)
def test_a_faulty_item_keeps_the_others_back_too(cast: Cast, item: NewItem, message: str):
    with pytest.raises(ItemFaulty, match=message):
        plan(cast, LESSON, item)
    assert not WorkItem.objects.exists()


def test_a_closed_unit_is_given_nothing_to_do(cast: Cast):
    merge_units(units=[cast.village], into=cast.neighbour, on=date(2026, 5, 1), by=SYSTEM, at=NOW)
    with pytest.raises(UnitClosed, match="柳河村已撤销"):
        plan(cast, by="system")


@pytest.mark.parametrize("by", ["colleague", "outsider", "stranger"])
def test_only_those_who_plan_the_work_of_a_unit_change_it(cast: Cast, by: str):
    item, doer = one(cast), getattr(cast, by)
    changes = [
        lambda: plan(cast, by=by),
        lambda: close_item(item=item, by=doer, at=NOW),
        lambda: drop_item(item=item, by=doer, at=NOW),
        lambda: reopen_item(item=item, by=doer, at=NOW),
        lambda: reschedule_item(item=item, due_on=FRIDAY, by=doer, at=NOW),
    ]
    for change in changes:
        with pytest.raises(NotAllowed, match="您在柳河村没有“安排和办结待办”的权限"):
            change()


@pytest.mark.parametrize("by", ["secretary", "clerk", "reviewer", "desk", "system"])
def test_a_post_above_plans_too(cast: Cast, by: str):
    assert len(plan(cast, by=by).opened) == 1


# Closing


def test_a_thing_is_done_with_words_or_without(cast: Cast):
    item = close_item(item=one(cast), outcome=" 讲了一次，23 人听 ", by=cast.secretary, at=NOW)
    found = (item.state, item.outcome, item.closed_at, item.closed_by, item.closed_by_title)
    assert found == ("done", "讲了一次，23 人听", NOW, "secretary", "柳河村支部书记")
    assert log_of(item)[1:] == [("inbox.close_item", "secretary", "990101201", "柳河村已办结：上一次党课")]


def test_a_thing_is_dropped_with_a_reason_or_without(cast: Cast):
    item = drop_item(item=one(cast), by=cast.clerk, at=NOW)
    assert (item.state, item.outcome, item.closed_by_title) == ("dropped", "", "石桥镇党建办干事")
    assert log_of(item)[1:] == [("inbox.drop_item", "clerk", "990101201", "柳河村不再办：上一次党课")]


def test_who_comes_late_is_told_who_was_first(cast: Cast):
    item = one(cast)
    close_item(item=item, by=cast.clerk, at=NOW)
    for change in (
        lambda: close_item(item=item, by=cast.secretary, at=NOW),
        lambda: drop_item(item=item, by=cast.secretary, at=NOW),
        lambda: reschedule_item(item=item, due_on=FRIDAY, by=cast.secretary, at=NOW),
    ):
        with pytest.raises(NotWaiting, match="“上一次党课”已于 2026-06-15 由石桥镇党建办干事标为已办结，请刷新后查看"):
            change()
    assert len(log_of(item)) == 2


def test_a_thing_closed_by_mistake_waits_again(cast: Cast):
    item = reopen_item(item=close_item(item=one(cast), outcome="好了", by=cast.secretary, at=NOW), by=cast.secretary, at=NOW)
    assert (item.state, item.outcome, item.closed_at, item.closed_by, item.closed_by_title) == ("open", "", None, "", "")
    assert log_of(item)[2:] == [("inbox.reopen_item", "secretary", "990101201", "柳河村恢复待办：上一次党课")]


def test_a_thing_does_not_wait_twice(cast: Cast):
    done = close_item(item=one(cast), by=cast.secretary, at=NOW)
    waiting = one(cast)
    for item in (done, waiting):
        with pytest.raises(StillWaiting, match="“上一次党课”已在待办中"):
            reopen_item(item=item, by=cast.secretary, at=NOW)
    sweep = one(cast, SWEEP)
    with pytest.raises(StillWaiting):
        reopen_item(item=sweep, by=cast.secretary, at=NOW)


def test_a_thing_gets_another_day(cast: Cast):
    item = reschedule_item(item=one(cast), due_on=TODAY, by=cast.secretary, at=NOW)
    assert item.due_on == TODAY
    event = events_about(item).last()
    assert event
    assert (event.summary, event.details) == ("柳河村待办改期：上一次党课", {"from": "2026-06-19", "to": "2026-06-15"})
    with pytest.raises(ItemFaulty, match="期限不能早于今天（2026-06-15）"):
        reschedule_item(item=item, due_on=TODAY - timedelta(days=1), by=cast.secretary, at=NOW)


# Reading


def test_everyone_finds_what_waits_for_the_units_of_the_own_post_and_below(cast: Cast):
    village, sweep = one(cast), one(cast, SWEEP)
    neighbour = plan(cast, SWEEP, unit="neighbour", by="colleague").opened[0]
    town = plan(cast, LESSON, unit="town", by="clerk").opened[0]
    close_item(item=sweep, by=cast.secretary, at=NOW)
    found = {user.username: set(visible_items(authority_of(user))) for user in (cast.secretary, cast.reviewer, cast.outsider)}
    assert found == {"secretary": {village, sweep}, "reviewer": {neighbour, village, sweep, town}, "outsider": set()}
    assert list(visible_items(authority_of(cast.stranger))) == []
    assert list(waiting_at(authority_of(cast.reviewer))) == [town]


def test_a_team_sees_the_work_and_leaves_it_alone(cast: Cast):
    team = appoint("team", "郑洁", cast.city, Post.objects.create(id="team", title="专班", permission_set="star_team"))
    item = one(cast)
    assert (list(visible_items(authority_of(team))), list(waiting_at(authority_of(team)))) == ([item], [])
    with pytest.raises(NotAllowed):
        close_item(item=item, by=team, at=NOW)


def test_the_day_a_thing_is_due_is_still_in_time(cast: Cast):
    item = one(cast)
    assert [list(WorkItem.objects.due_by(FRIDAY - timedelta(days=days))) for days in (0, 1)] == [[item], []]


# What must always be true


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"title": ""}, "inbox_workitem_named"),
        ({"source": ""}, "inbox_workitem_named"),
        ({"state": "done"}, "inbox_workitem_closed_whole"),
        ({"outcome": "好了"}, "inbox_workitem_closed_whole"),
        ({"state": "gone", "closed_at": NOW, "closed_by": "secretary"}, "inbox_workitem_closed_whole"),
        ({"state": "done", "closed_at": NOW}, "inbox_workitem_closed_whole"),
        ({"key": "lessons"}, "inbox_workitem"),
    ],
)
def test_the_database_refuses_rows_that_cannot_be(cast: Cast, changes: dict[str, object], constraint: str):
    one(cast)
    said = {"unit": cast.village, "title": "事", "due_on": FRIDAY, "source": "route", "opened_at": NOW, "opened_by": "x"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WorkItem.objects.create(**said | {"opened_by_title": "x"} | changes)


# At the same time


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_exactly_one_wins(transactional_db: None, cast: Cast):
    item = one(cast)
    results = race(
        lambda: close_item(item=WorkItem.objects.get(pk=item.pk), by=cast.secretary, at=NOW),
        lambda: drop_item(item=WorkItem.objects.get(pk=item.pk), by=cast.clerk, at=NOW),
    )
    assert sorted(type(result).__name__ for result in results) == ["NotWaiting", "WorkItem"]
    assert len(log_of(item)) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_step_picked_twice_at_once_waits_once(transactional_db: None, cast: Cast):
    results = race(lambda: plan(cast), lambda: plan(cast))
    assert sorted(len(result.opened) for result in results if isinstance(result, Planned)) == [0, 1]
    assert WorkItem.objects.count() == 1
