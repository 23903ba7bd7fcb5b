"""Who has taken an item up; a post that goes over takes along what its holder had taken up."""

from datetime import date, timedelta

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import events_about
from fanxing.inbox.actions import NewItem, close_item, open_items, remind_units
from fanxing.inbox.models import CLOSED_IN_TIME, WorkItem
from fanxing.inbox.queries import visible_items, waiting_at
from fanxing.inbox.taking import TakenUp, pass_on_items, put_back_item, take_item
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import create_person, define_posts, end_assignment
from fanxing.organisations.actions.terms import hand_over, stand_in
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, Post
from tests.cast import NOW, TODAY, Cast, appoint

A_DAY = timedelta(days=1)
TOMORROW = NOW + A_DAY


def wait(cast: Cast, *posts: str, title: str = "开会") -> WorkItem:
    item = NewItem(title, TODAY + timedelta(days=9), posts=posts)
    return open_items(unit=cast.village, items=[item], source="typed", by=SYSTEM, at=NOW).opened[0]


@pytest.fixture
def head(cast: Cast):
    """Somebody who answers for a place in 柳河村 and may do nothing there."""
    post = Post(id="grid_head", title="网格长", permission_set="no_access")
    define_posts(posts=[post], by=SYSTEM, at=NOW)
    return appoint("head", "黄勇", cast.village, post)


def test_an_item_that_names_a_post_waits_for_its_holders_whatever_they_may_do(cast: Cast, head):
    item, other = wait(cast, "grid_head"), wait(cast, title="别的")
    assert list(visible_items(authority_of(head))) == [item]
    assert list(waiting_at(authority_of(head))) == [item]
    assert list(waiting_at(authority_of(cast.secretary))) == [other]
    with pytest.raises(NotAllowed):
        close_item(item=item, by=head, at=NOW)


def test_one_of_several_takes_an_item_up_and_may_put_it_back(cast: Cast, head):
    second = appoint("second", "高峰", cast.village, Post.objects.get(pk="secretary"))
    item = take_item(item=wait(cast), by=cast.secretary, at=NOW)
    assert item.taken_by
    assert item.taken_by.person.user == cast.secretary
    with pytest.raises(TakenUp, match="“开会”已有人接办或已办结，请刷新后查看"):
        take_item(item=item, by=second, at=NOW)
    with pytest.raises(NotAllowed):
        put_back_item(item=item, by=second, at=NOW)
    assert put_back_item(item=item, by=cast.secretary, at=NOW).taken_by is None
    summaries = [event.summary for event in events_about(item)]
    assert summaries[1:] == ["柳河村支部书记接办：开会", "退回柳河村：开会"]


@pytest.mark.parametrize("by", ["colleague", "reviewer", "stranger"])
def test_only_who_holds_a_post_that_it_concerns_in_the_very_unit_takes_an_item_up(cast: Cast, by: str):
    with pytest.raises(NotAllowed, match="您在柳河村的岗位不办这件事"):
        take_item(item=wait(cast), by=getattr(cast, by), at=NOW)


def test_what_names_another_post_is_not_taken_up(cast: Cast, head):
    with pytest.raises(NotAllowed):
        take_item(item=wait(cast, "grid_head"), by=cast.secretary, at=NOW)
    assert take_item(item=wait(cast, "grid_head"), by=head, at=NOW).taken_by


def test_what_was_taken_up_goes_to_the_successor(cast: Cast):
    item = take_item(item=wait(cast), by=cast.secretary, at=NOW)
    successor = create_person(name="何静", unit=cast.village, by=SYSTEM, at=NOW)
    hand_over(person=cast.secretary.person, to=successor, on=TODAY + A_DAY, by=SYSTEM, at=NOW)
    assert pass_on_items(at=NOW) == 0
    assert pass_on_items(at=TOMORROW) == 1
    assert pass_on_items(at=TOMORROW) == 0
    item.refresh_from_db()
    assert item.taken_by
    assert item.taken_by.person == successor


def test_what_was_taken_up_in_a_term_that_ended_goes_back_to_the_unit(cast: Cast):
    item = take_item(item=wait(cast), by=cast.secretary, at=NOW)
    term = Assignment.objects.get(person__user=cast.secretary)
    end_assignment(assignment=term, valid_to=TODAY + A_DAY, by=SYSTEM, at=NOW)
    assert pass_on_items(at=TOMORROW) == 1
    item.refresh_from_db()
    assert item.taken_by is None


def test_what_is_held_by_a_term_that_has_not_begun_is_left_alone(cast: Cast):
    item = take_item(item=wait(cast), by=cast.secretary, at=NOW)
    assert pass_on_items(at=NOW - timedelta(days=3_650)) == 0
    item.refresh_from_db()
    assert item.taken_by


def test_who_stands_in_sees_what_waits_for_whom_they_stand_in(cast: Cast, head):
    item = wait(cast, "grid_head")
    helper = appoint("helper", "马超", cast.village, None)
    held = Assignment.objects.get(person__user=head)
    stand_in(assignment=held, person=helper.person, valid_from=TODAY, valid_to=TODAY + 7 * A_DAY, by=SYSTEM, at=NOW)
    assert list(waiting_at(authority_of(helper, on=TODAY))) == [item]
    assert list(waiting_at(authority_of(helper, on=TODAY + 7 * A_DAY))) == []


def test_an_hour_decides_where_one_is_set(cast: Cast):
    by_hour = NewItem("两小时内", TODAY, due_at=NOW + timedelta(hours=2))
    item = open_items(unit=cast.village, items=[by_hour], source="x", by=SYSTEM, at=NOW).opened[0]
    whole = open_items(unit=cast.village, items=[NewItem("今天", TODAY)], source="x", by=SYSTEM, at=NOW).opened[0]
    late = NOW + timedelta(hours=3)
    assert list(WorkItem.objects.late(late)) == [item]
    for one in (item, whole):
        close_item(item=one, by=cast.secretary, at=late)
    assert list(WorkItem.objects.filter(CLOSED_IN_TIME)) == [whole]


def test_the_end_of_the_day_in_the_office_is_still_in_time(cast: Cast):
    # 23:59 and 00:01 in Shanghai, on both sides of the same day in UTC.
    items = [open_items(unit=cast.village, items=[NewItem("今天", TODAY)], source="x", by=SYSTEM, at=NOW).opened[0] for _ in range(2)]
    for item, minutes in zip(items, (11 * 60 + 59, 12 * 60 + 1), strict=True):
        close_item(item=item, by=SYSTEM, at=NOW + timedelta(minutes=minutes))
    assert list(WorkItem.objects.filter(CLOSED_IN_TIME)) == items[:1]


def test_units_are_reminded_of_what_concerns_some_posts(cast: Cast):
    item = NewItem("签收", date(2026, 6, 20), key="m1", posts=("secretary",), urgent=True)
    remind_units(units=[cast.village], item=item, source="matter", by=SYSTEM, at=NOW)
    assert [(one.posts, one.is_urgent) for one in waiting_at(authority_of(cast.secretary))] == [(" secretary ", True)]
