"""People, their posts and their accounts."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fanxing.accounts.actions import AccountClosed, InvalidAccount
from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.audit.queries import events_about
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import (
    InvalidPerson,
    InvalidPost,
    WrongTerm,
    assign,
    close_account,
    create_person,
    define_posts,
    end_assignment,
    open_account,
    rename_person,
    reset_password,
)
from fanxing.organisations.actions.units import UnitClosed, merge_units
from fanxing.organisations.authority import may
from fanxing.organisations.models import Assignment, Person, Post
from fanxing.organisations.queries import holders, people_matching
from tests.cast import NOW, TODAY, Cast
from tests.race import race

MARCH = date(2026, 3, 1)
PASSWORD = "yunxi-liuhe-2026"


def log_of(person: Person) -> list[tuple[str, str, str]]:
    return [(event.action, event.actor, event.summary) for event in events_about(person)]


def post(name: str) -> Post:
    return Post.objects.get(pk=name)


# Posts


def test_posts_are_defined_anew_when_a_programme_is_published(cast: Cast):
    define_posts(
        posts=[
            Post(id="secretary", title="党支部书记", permission_set="branch_secretary", kinds=["village", "organ"]),
            Post(id="grid_head", title="网格长", permission_set="no_access"),
        ],
        by=SYSTEM,
        at=NOW,
    )
    assert (post("secretary").title, post("grid_head").permissions, Post.objects.count()) == (
        "党支部书记",
        frozenset(),
        5,
    )
    assert Event.objects.latest("id").summary == "设定岗位：党支部书记、网格长"


def test_a_post_without_a_known_permission_set_is_refused(cast: Cast):
    with pytest.raises(InvalidPost, match="“网格长”的权限集“emperor”不存在"):
        define_posts(posts=[Post(id="grid_head", title="网格长", permission_set="emperor")], by=SYSTEM, at=NOW)
    assert Post.objects.count() == 4


def test_posts_are_defined_by_the_system_alone(cast: Cast):
    with pytest.raises(NotAllowed):
        define_posts(posts=[], by=cast.desk, at=NOW)


# People


def test_a_person_is_entered_without_the_name_reaching_the_log(cast: Cast):
    person = create_person(name=" 王芳 ", unit=cast.village, by=cast.clerk, at=NOW)
    assert (person.name, person.unit) == ("王芳", cast.village)
    assert log_of(person) == [("organisations.create_person", "clerk", f"柳河村登记人员 {person.pk} 号")]
    assert [event for event in Event.objects.all() if "王芳" in str(event.content())] == []


def test_a_person_is_entered_by_who_keeps_people_there(cast: Cast):
    for user, unit in ((cast.secretary, cast.village), (cast.clerk, cast.other_village), (cast.stranger, cast.city)):
        with pytest.raises(NotAllowed):
            create_person(name="王芳", unit=unit, by=user, at=NOW)


@pytest.mark.parametrize("name", ["  ", "长" * 51])
def test_a_person_has_a_name(cast: Cast, name: str):
    with pytest.raises(InvalidPerson):
        create_person(name=name, unit=cast.village, by=cast.clerk, at=NOW)


def test_a_name_is_put_right_everywhere_and_neither_reaches_the_log(cast: Cast):
    person = cast.secretary.person
    rename_person(person=person, name=" 林秀瑛 ", by=cast.clerk, at=NOW)
    renamed = Person.objects.get(pk=person.pk)
    assert (renamed.name, renamed.assignments.get().person.name) == ("林秀瑛", "林秀瑛")
    assert [people_matching(Person.objects.all(), name).exists() for name in ("林秀瑛", "秀英")] == [True, False]
    event = events_about(person).last()
    assert (event.action, event.actor, event.summary) == ("organisations.rename_person", "clerk", f"更正人员 {person.pk} 号的姓名")
    assert not [name for name in ("林秀英", "林秀瑛") if name in f"{log_of(person)}{event.details}"]


def test_a_name_is_put_right_by_who_keeps_people_there_and_is_another_one(cast: Cast):
    person = cast.secretary.person
    for user in (cast.secretary, cast.colleague, cast.outsider, cast.reviewer, cast.stranger):
        with pytest.raises(NotAllowed):
            rename_person(person=person, name="林秀瑛", by=user, at=NOW)
    for name in ("林秀英", " ", "长" * 51):
        with pytest.raises(InvalidPerson):
            rename_person(person=person, name=name, by=cast.clerk, at=NOW)
    assert (Person.objects.get(pk=person.pk).name, "rename" in str(log_of(person))) == ("林秀英", False)


def test_nobody_is_entered_in_a_closed_unit(cast: Cast):
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.desk, at=NOW)
    with pytest.raises(UnitClosed):
        create_person(name="王芳", unit=cast.neighbour, by=cast.clerk, at=NOW)
    with pytest.raises(UnitClosed):
        assign(person=cast.stranger.person, unit=cast.neighbour, post=post("secretary"), valid_from=TODAY, by=SYSTEM, at=NOW)


# Assignments


def test_a_post_is_given_and_ended(cast: Cast):
    person = cast.stranger.person
    held = assign(person=person, unit=cast.neighbour, post=post("secretary"), valid_from=MARCH, by=cast.clerk, at=NOW)
    assert may(cast.stranger, "record.add", cast.neighbour)
    end_assignment(assignment=held, valid_to=TODAY, by=cast.clerk, at=NOW)
    assert not may(cast.stranger, "record.add", cast.neighbour, on=TODAY)
    assert log_of(person)[-2:] == [
        ("organisations.assign", "clerk", f"任命人员 {person.pk} 号为青山村支部书记"),
        ("organisations.end_assignment", "clerk", f"人员 {person.pk} 号不再任青山村支部书记"),
    ]


def test_nobody_gives_a_post_that_permits_more_than_they_may(cast: Cast):
    Post.objects.filter(pk="desk").update(kinds=[])
    with pytest.raises(NotAllowed, match="超出您在石桥镇的权限"):
        assign(person=cast.stranger.person, unit=cast.town, post=post("desk"), valid_from=TODAY, by=cast.clerk, at=NOW)
    assert not Assignment.objects.filter(person=cast.stranger.person).exists()


def test_who_may_not_judge_appoints_nobody_who_may(cast: Cast):
    with pytest.raises(NotAllowed, match="“审核员”的权限超出您在石桥镇的权限"):
        assign(person=cast.clerk.person, unit=cast.town, post=post("reviewer"), valid_from=TODAY, by=cast.clerk, at=NOW)


def test_posts_are_given_by_who_keeps_people_there(cast: Cast):
    for user, unit in ((cast.secretary, cast.village), (cast.clerk, cast.other_village)):
        with pytest.raises(NotAllowed):
            assign(person=cast.stranger.person, unit=unit, post=post("secretary"), valid_from=TODAY, by=user, at=NOW)


def test_a_post_exists_only_in_its_kinds_of_unit(cast: Cast):
    with pytest.raises(InvalidPost, match="石桥镇不设“支部书记”"):
        assign(person=cast.stranger.person, unit=cast.town, post=post("secretary"), valid_from=TODAY, by=cast.desk, at=NOW)


def test_a_post_is_held_once_at_a_time(cast: Cast):
    person = cast.secretary.person
    with pytest.raises(WrongTerm, match="2020-01-01"):
        assign(person=person, unit=cast.village, post=post("secretary"), valid_from=TODAY, by=cast.clerk, at=NOW)
    end_assignment(assignment=person.assignments.get(), valid_to=MARCH, by=cast.clerk, at=NOW)
    assign(person=person, unit=cast.village, post=post("secretary"), valid_from=TODAY, by=cast.clerk, at=NOW)
    assert person.assignments.count() == 2


def test_a_term_ends_once_and_not_before_it_began(cast: Cast):
    held = cast.secretary.person.assignments.get()
    with pytest.raises(WrongTerm, match="不能更早结束"):
        end_assignment(assignment=held, valid_to=held.valid_from - timedelta(1), by=cast.clerk, at=NOW)
    stale = Assignment.objects.get(pk=held.pk)
    end_assignment(assignment=held, valid_to=MARCH, by=cast.clerk, at=NOW)
    with pytest.raises(WrongTerm, match="已经结束"):
        end_assignment(assignment=stale, valid_to=TODAY, by=cast.clerk, at=NOW)
    assert Assignment.objects.get(pk=held.pk).valid_to == MARCH


def test_ending_a_term_is_for_who_keeps_people_there(cast: Cast):
    with pytest.raises(NotAllowed):
        end_assignment(assignment=cast.outsider.person.assignments.get(), valid_to=TODAY, by=cast.clerk, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_appointments_at_once_make_one(transactional_db: None, cast: Cast):
    person, unit, held = cast.stranger.person, cast.village, post("secretary")

    def appoint() -> str:
        assign(person=person, unit=unit, post=held, valid_from=TODAY, by=SYSTEM, at=NOW)
        return "assigned"

    results = race(appoint, appoint)
    assert sorted(result if isinstance(result, str) else type(result).__name__ for result in results) == [
        "WrongTerm",
        "assigned",
    ]


def test_the_database_keeps_terms_sound(cast: Cast):
    held = cast.secretary.person.assignments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(person=held.person, unit=held.unit, post=held.post, valid_from=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=held.pk).update(valid_to=held.valid_from - timedelta(1))


def test_holders_of_a_day(cast: Cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        held = [(row.post.title, row.person.name) for row in holders(cast.town, on=TODAY)]
    assert held == [("党建办干事", "赵敏"), ("审核员", "陈晓梅")]
    assert list(holders(cast.town, on=date(2019, 1, 1))) == []


# Accounts


@pytest.fixture
def person(cast: Cast) -> Person:
    return create_person(name="王芳", unit=cast.village, by=cast.clerk, at=NOW)


def test_a_person_gets_an_account_once(cast: Cast, person: Person):
    user = open_account(person=person, username="wang", display_name="柳河村委员", by=cast.clerk, at=NOW)
    assert (user.person, user.display_name) == (person, "柳河村委员")
    assert log_of(person)[-1] == ("organisations.open_account", "clerk", f"人员 {person.pk} 号使用账号“wang”")
    with pytest.raises(InvalidPerson, match="已有账号“wang”"):
        open_account(person=person, username="wang2", display_name="柳河村委员", by=cast.clerk, at=NOW)
    assert not User.objects.filter(username="wang2").exists()


def test_an_account_that_cannot_be_leaves_nothing_behind(cast: Cast, person: Person):
    with pytest.raises(InvalidAccount):
        open_account(person=person, username="secretary", display_name="柳河村委员", by=cast.clerk, at=NOW)
    person.refresh_from_db()
    assert person.user is None


def test_accounts_are_opened_by_who_keeps_people_there(cast: Cast, person: Person):
    for user in (cast.secretary, cast.outsider, cast.reviewer):
        with pytest.raises(NotAllowed):
            open_account(person=person, username="wang", display_name="柳河村委员", by=user, at=NOW)


def test_a_password_is_reset_and_an_account_closed(cast: Cast):
    secretary = cast.secretary.person
    reset_password(person=secretary, password=PASSWORD, by=cast.clerk, at=NOW)
    assert User.objects.get(username="secretary").check_password(PASSWORD)
    close_account(person=secretary, by=cast.clerk, at=NOW)
    assert not may(cast.secretary, "record.add", cast.village)
    with pytest.raises(AccountClosed):
        close_account(person=secretary, by=cast.clerk, at=NOW)
    assert [event.action for event in events_about(cast.secretary)][-2:] == [
        "accounts.set_password",
        "accounts.deactivate_user",
    ]


def test_who_has_no_account_has_none_to_close(cast: Cast, person: Person):
    with pytest.raises(InvalidPerson, match="没有账号"):
        close_account(person=person, by=cast.clerk, at=NOW)


def test_nobody_takes_over_the_account_of_someone_with_more_power(cast: Cast):
    chief = create_person(name="郑刚", unit=cast.village, by=SYSTEM, at=NOW)
    open_account(person=chief, username="chief", display_name="创建办主任", by=SYSTEM, at=NOW)
    assign(person=chief, unit=cast.city, post=post("desk"), valid_from=TODAY + timedelta(30), by=SYSTEM, at=NOW)
    for take_over in (
        lambda: reset_password(person=chief, password=PASSWORD, by=cast.clerk, at=NOW),
        lambda: close_account(person=chief, by=cast.clerk, at=NOW),
    ):
        with pytest.raises(NotAllowed, match="超出您的权限"):
            take_over()
