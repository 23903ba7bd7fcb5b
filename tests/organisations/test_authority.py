"""Who may do what where."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from fanxing.accounts.actions import deactivate_user
from fanxing.audit.actors import SYSTEM
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import assign, end_assignment
from fanxing.organisations.authority import EVERYTHING, Authority, Grant, authority_of, may, require, visible_to
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.organisations.permissions import PERMISSION_SETS, PERMISSIONS
from tests.cast import FOUNDED, NOW, TODAY, Cast


def names(units) -> list[str]:
    return [unit.name for unit in units]


def test_a_post_reaches_its_unit_and_all_below(cast: Cast):
    assert names(visible_to(cast.desk)) == ["云溪市", "石桥镇", "柳河村", "青山村", "白沙镇", "东湾村"]
    assert names(visible_to(cast.reviewer)) == ["石桥镇", "柳河村", "青山村"]
    assert names(visible_to(cast.secretary)) == ["柳河村"]


def test_without_a_post_nothing_is_seen(cast: Cast):
    assert names(visible_to(cast.stranger)) == []
    assert names(visible_to(AnonymousUser())) == []


def test_the_system_may_do_everything(cast: Cast):
    assert len(visible_to(SYSTEM)) == 6
    assert authority_of(SYSTEM) is EVERYTHING


def test_what_is_seen_depends_on_the_permission_asked_for(cast: Cast):
    assert names(visible_to(cast.reviewer, "record.view")) == ["石桥镇", "柳河村", "青山村"]
    assert names(visible_to(cast.reviewer, "unit.manage")) == []


@pytest.mark.parametrize(
    ("who", "permission", "where", "allowed"),
    [
        ("secretary", "record.add", "village", True),
        ("secretary", "record.add", "neighbour", False),
        ("secretary", "record.add", "town", False),
        ("colleague", "record.view", "village", False),
        ("reviewer", "record.view", "village", True),
        ("reviewer", "unit.manage", "village", False),
        ("reviewer", "record.view", "other_village", False),
        ("clerk", "record.add", "village", True),
        ("clerk", "unit.manage", "village", False),
        ("desk", "unit.manage", "other_village", True),
        ("stranger", "unit.view", "city", False),
    ],
)
def test_may(cast: Cast, who: str, permission: str, where: str, allowed: bool):
    assert may(getattr(cast, who), permission, getattr(cast, where)) is allowed


def test_of_posts_below_one_another_the_upper_one_is_the_top():
    seen = frozenset({"unit.view"})
    grants = (Grant("/1/11/111/", seen), Grant("/1/11/", seen), Grant("/1/12/", seen), Grant("/1/111/", seen), Grant("/1/", frozenset()))
    assert Authority(grants).tops("unit.view") == ["/1/11/", "/1/111/", "/1/12/"]
    assert Authority(grants).seats("unit.view") == {"/1/11/111/", "/1/11/", "/1/111/", "/1/12/"}


def test_only_the_system_reaches_above_all_units(cast: Cast):
    assert (may(cast.desk, "unit.manage", None), may(SYSTEM, "unit.manage", None)) == (False, True)


def test_a_refusal_says_what_is_missing_and_where(cast: Cast):
    with pytest.raises(NotAllowed, match="您在柳河村没有“登记台账”的权限"):
        require(cast.stranger, "record.add", cast.village)


def test_a_post_holds_from_its_first_day_until_the_day_before_its_end(cast: Cast):
    person, post = cast.stranger.person, Post.objects.get(pk="secretary")
    held = assign(person=person, unit=cast.village, post=post, valid_from=date(2026, 3, 1), by=SYSTEM, at=NOW)
    end_assignment(assignment=held, valid_to=date(2026, 6, 1), by=SYSTEM, at=NOW)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [may(cast.stranger, "record.add", cast.village, on=day) for day in days] == [False, True, True, False]


def test_a_closed_account_may_nothing(cast: Cast):
    deactivate_user(user=cast.secretary, by=SYSTEM, at=NOW)
    assert names(visible_to(cast.secretary)) == []


def test_a_unit_whose_code_only_begins_alike_is_not_below(cast: Cast):
    Unit.objects.create(code="9901011", name="另镇", kind="township", parent=cast.city, path="/990000/9901011/")
    Unit.objects.create(code="990101-1", name="又镇", kind="township", parent=cast.city, path="/990000/990101-1/")
    assert names(visible_to(cast.reviewer)) == ["石桥镇", "柳河村", "青山村"]


def test_the_case_of_a_code_tells_units_apart(cast: Cast):
    upper = Unit.objects.create(code="A", name="甲", kind="township", parent=cast.city, path="/990000/A/")
    Unit.objects.create(code="a", name="乙", kind="township", parent=cast.city, path="/990000/a/")
    post = Post.objects.get(pk="reviewer")
    assign(person=cast.stranger.person, unit=upper, post=post, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    assert names(visible_to(cast.stranger)) == ["甲"]


def test_a_set_that_is_no_longer_known_permits_nothing(cast: Cast):
    Post.objects.filter(pk="secretary").update(permission_set="abolished")
    assert names(visible_to(cast.secretary)) == []


def test_a_place_can_be_answered_for_without_access(cast: Cast):
    post = Post.objects.create(id="grid_head", title="网格长", permission_set="no_access")
    assign(person=cast.stranger.person, unit=cast.village, post=post, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    assert names(visible_to(cast.stranger)) == []


def test_a_post_is_held_in_its_unit_and_below(cast: Cast):
    clerk = authority_of(cast.clerk, on=TODAY)
    places = (cast.village, cast.town, cast.city, cast.other_village)
    assert [clerk.holds({"clerk", "desk"}, place) for place in places] == [True, True, False, False]
    assert (clerk.holds({"desk"}, cast.village), clerk.holds(set(), cast.village)) == (False, False)
    assert EVERYTHING.holds({"clerk"}, cast.city)


def test_the_user_of_a_request_is_known_though_it_is_lazy(cast: Cast):
    assert names(visible_to(SimpleLazyObject(lambda: cast.secretary))) == ["柳河村"]
    assert names(visible_to(SimpleLazyObject(AnonymousUser))) == []


def test_questions_cost_the_same_however_many_posts_and_units(cast: Cast, django_assert_num_queries):
    person, post = cast.stranger.person, Post.objects.get(pk="secretary")
    for unit in (cast.village, cast.neighbour, cast.other_village):
        assign(person=person, unit=unit, post=post, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    for user, seen in ((cast.secretary, 1), (cast.stranger, 3)):
        with django_assert_num_queries(2):
            assert len(visible_to(user)) == seen
        with django_assert_num_queries(1):
            may(user, "record.add", cast.village)
        authority = authority_of(user, on=TODAY)
        with django_assert_num_queries(0):
            assert authority.may("record.add", cast.village)


def test_every_set_consists_of_known_permissions():
    assert {name for permissions in PERMISSION_SETS.values() for name in permissions} == set(PERMISSIONS)


def test_assignments_of_the_cast_are_the_ones_described(cast: Cast):
    held = Assignment.objects.order_by("unit__code", "post").values_list("person__user__username", "unit__name")
    assert list(held) == [
        ("desk", "云溪市"),
        ("clerk", "石桥镇"),
        ("reviewer", "石桥镇"),
        ("secretary", "柳河村"),
        ("colleague", "青山村"),
        ("outsider", "东湾村"),
    ]
