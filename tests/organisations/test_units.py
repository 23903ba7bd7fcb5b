"""Units founded, renamed, moved, merged and split."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import events_about
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.units import (
    InvalidUnit,
    UnitClosed,
    WrongDay,
    WrongPlace,
    change_kind,
    close_unit,
    create_unit,
    merge_units,
    move_unit,
    rename_unit,
    split_unit,
)
from fanxing.organisations.authority import may, visible_to
from fanxing.organisations.models import Unit, UnitState, UnitSuccession
from fanxing.organisations.queries import ancestors, matching, people_of, subtree, units_as_of, units_counted_with
from tests.cast import FOUNDED, NOW, TODAY, Cast, found
from tests.race import race

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def states(unit: Unit) -> list[tuple]:
    rows = unit.states.order_by("valid_from").select_related("parent")
    return [(row.name, row.parent and row.parent.name, row.valid_from, row.valid_to) for row in rows]


def log_of(unit: Unit) -> list[tuple[str, str, str]]:
    return [(event.action, event.actor, event.summary) for event in events_about(unit)]


def paths_are_sound() -> bool:
    """Every path is its parent's and the own code, as it would be written from nothing."""
    return all(unit.path == (unit.parent.path if unit.parent else "/") + unit.code + "/" for unit in Unit.objects.select_related("parent"))


# Founding


def test_a_unit_is_founded_below_another(cast: Cast):
    unit = create_unit(code="990101203", name=" 红旗村 ", kind="village", parent=cast.town, on=MARCH, by=cast.desk, at=NOW)
    assert (unit.name, unit.path) == ("红旗村", "/990000/990101/990101203/")
    assert states(unit) == [("红旗村", "石桥镇", MARCH, None)]
    assert log_of(unit) == [("organisations.create_unit", "desk", "设立红旗村")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "990101201"}, "代码"),
        ({"code": ""}, "空|必填"),
        ({"code": "a/b"}, "字母、数字"),
        ({"code": "9901\n"}, "字母、数字"),
        ({"name": "  "}, "空|必填"),
        ({"name": "长" * 101}, "100"),
        ({"kind": ""}, "空|必填"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_with_the_reason(cast: Cast, changes: dict[str, str], message: str):
    wanted = {"code": "990101203", "name": "红旗村", "kind": "village"} | changes
    with pytest.raises(InvalidUnit, match=message):
        create_unit(**wanted, parent=cast.town, on=MARCH, by=cast.desk, at=NOW)
    assert Unit.objects.count() == 6


def test_a_unit_is_founded_only_by_who_manages_the_parent(cast: Cast):
    for user, parent in ((cast.secretary, cast.town), (cast.clerk, cast.town), (cast.desk, None)):
        with pytest.raises(NotAllowed):
            create_unit(code="990101203", name="红旗村", kind="village", parent=parent, on=MARCH, by=user, at=NOW)
    assert Unit.objects.count() == 6


def test_nothing_is_founded_in_the_future_or_below_a_closed_unit(cast: Cast):
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.desk, at=NOW)
    for parent, on, error in ((cast.town, TODAY + timedelta(1), WrongDay), (cast.neighbour, TODAY, UnitClosed)):
        with pytest.raises(error):
            create_unit(code="990101203", name="一组", kind="grid", parent=parent, on=on, by=cast.desk, at=NOW)


def test_today_is_the_day_in_shanghai(cast: Cast):
    past_midnight = NOW.replace(hour=17)
    rename_unit(unit=cast.village, name="柳溪村", on=date(2026, 6, 16), by=cast.desk, at=past_midnight)
    assert cast.village.name == "柳溪村"


# Renaming


def test_a_name_holds_from_its_day_and_the_old_one_before(cast: Cast):
    rename_unit(unit=cast.village, name="柳溪村", on=MARCH, by=cast.desk, at=NOW)
    assert states(cast.village) == [("柳河村", "石桥镇", FOUNDED, MARCH), ("柳溪村", "石桥镇", MARCH, None)]
    names = [cast.village.state_on(day) for day in (date(2019, 12, 31), date(2026, 2, 28), MARCH)]
    assert [state and state.name for state in names] == [None, "柳河村", "柳溪村"]
    assert Unit.objects.get(code="990101201").name == "柳溪村"
    assert log_of(cast.village)[1:] == [("organisations.rename_unit", "desk", "柳河村更名为柳溪村")]


def test_a_name_is_corrected_on_the_day_it_began(cast: Cast):
    rename_unit(unit=cast.village, name="柳西村", on=MARCH, by=cast.desk, at=NOW)
    rename_unit(unit=cast.village, name="柳溪村", on=MARCH, by=cast.desk, at=NOW)
    assert states(cast.village) == [("柳河村", "石桥镇", FOUNDED, MARCH), ("柳溪村", "石桥镇", MARCH, None)]


def test_history_is_not_rewritten_nor_the_future_written(cast: Cast):
    rename_unit(unit=cast.village, name="柳溪村", on=MARCH, by=cast.desk, at=NOW)
    for day in (MARCH - timedelta(1), TODAY + timedelta(1)):
        with pytest.raises(WrongDay):
            rename_unit(unit=cast.village, name="杨河村", on=day, by=cast.desk, at=NOW)
    assert [row[0] for row in states(cast.village)] == ["柳河村", "柳溪村"]


def test_renaming_is_for_those_who_manage_the_unit(cast: Cast):
    for user in (cast.secretary, cast.reviewer, cast.stranger):
        with pytest.raises(NotAllowed):
            rename_unit(unit=cast.village, name="柳溪村", on=MARCH, by=user, at=NOW)


def test_a_name_cannot_be_empty(cast: Cast):
    with pytest.raises(InvalidUnit):
        rename_unit(unit=cast.village, name=" ", on=MARCH, by=cast.desk, at=NOW)
    assert states(cast.village) == [("柳河村", "石桥镇", FOUNDED, None)]


# Kinds


def test_a_village_becomes_a_community_and_was_a_village(cast: Cast):
    change_kind(unit=cast.village, kind="urban_community", on=MARCH, by=cast.desk, at=NOW)
    days = [cast.village.state_on(day) for day in (MARCH - timedelta(1), MARCH)]
    assert [state and state.kind for state in days] == ["village", "urban_community"]
    assert Unit.objects.get(code="990101201").kind == "urban_community"
    assert log_of(cast.village)[-1] == ("organisations.change_kind", "desk", "柳河村改变类型")


def test_a_kind_is_changed_by_those_who_manage_the_unit_and_is_never_empty(cast: Cast):
    for kind, user, error in (("urban_community", cast.secretary, NotAllowed), ("", cast.desk, InvalidUnit)):
        with pytest.raises(error):
            change_kind(unit=cast.village, kind=kind, on=MARCH, by=user, at=NOW)
    assert Unit.objects.get(code="990101201").kind == "village"


# Moving


def test_a_subtree_moves_whole_and_who_sees_it_moves_with_it(cast: Cast, django_assert_num_queries):
    group = found("99010120101", "一组", "grid", cast.village)
    cell = found("9901012010101", "一单元", "compound", group)
    move_unit(unit=cast.village, parent=cast.other_town, on=MARCH, by=cast.desk, at=NOW)
    for unit in (group, cell):
        unit.refresh_from_db()
    assert cell.path == "/990000/990102/990101201/99010120101/9901012010101/"
    assert paths_are_sound()
    assert states(cast.village) == [("柳河村", "石桥镇", FOUNDED, MARCH), ("柳河村", "白沙镇", MARCH, None)]
    assert states(group) == [("一组", "柳河村", FOUNDED, None)]
    assert [unit.name for unit in visible_to(cast.reviewer)] == ["石桥镇", "青山村"]
    assert may(cast.secretary, "record.add", cell)
    assert log_of(cast.village)[-1] == ("organisations.move_unit", "desk", "柳河村划归白沙镇")


def test_moving_costs_the_same_however_large_the_subtree(cast: Cast, django_assert_max_num_queries):
    for number in range(30):
        found(f"g{number}", f"{number}组", "grid", cast.village)
    with django_assert_max_num_queries(18):
        move_unit(unit=cast.village, parent=cast.other_town, on=MARCH, by=cast.desk, at=NOW)
    assert paths_are_sound()


def test_a_unit_does_not_move_below_itself(cast: Cast):
    for parent in (cast.town, cast.village):
        with pytest.raises(WrongPlace):
            move_unit(unit=cast.town, parent=parent, on=MARCH, by=cast.desk, at=NOW)
    assert paths_are_sound()


def test_moving_is_for_those_who_manage_both_ends(cast: Cast):
    with pytest.raises(NotAllowed):
        move_unit(unit=cast.village, parent=cast.other_town, on=MARCH, by=cast.clerk, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_leave_a_tree(transactional_db: None, cast: Cast):
    def move(code: str, parent: str) -> Callable[[], None]:
        unit, above = Unit.objects.get(code=code), Unit.objects.get(code=parent)
        return lambda: move_unit(unit=unit, parent=above, on=MARCH, by=SYSTEM, at=NOW)

    results = race(move("990101", "990102"), move("990102", "990101"))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "WrongPlace"]
    assert paths_are_sound()


# Merging


def test_merged_units_close_and_their_records_and_people_go_on(cast: Cast):
    group = found("99010120201", "一组", "grid", cast.neighbour)
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.desk, at=NOW)
    group.refresh_from_db()
    assert (cast.neighbour.closed_on, group.parent) == (MARCH, cast.village)
    assert paths_are_sound()
    assert states(cast.neighbour) == [("青山村", "石桥镇", FOUNDED, MARCH)]
    assert cast.neighbour.state_on(MARCH) is None
    assert sorted(person.name for person in people_of(Unit.objects.filter(pk=cast.village.pk))) == ["周志强", "林秀英"]
    assert [unit.name for unit in units_counted_with(cast.village)] == ["柳河村", "青山村"]
    assert log_of(cast.neighbour)[-1] == ("organisations.merge_units", "desk", "青山村并入柳河村")
    assert log_of(cast.village)[-1] == ("organisations.merge_units", "desk", "青山村并入柳河村")


def test_posts_in_a_merged_unit_end_that_day(cast: Cast):
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.desk, at=NOW)
    days = (MARCH - timedelta(1), MARCH)
    assert [may(cast.colleague, "record.add", cast.neighbour, on=day) for day in days] == [True, False]
    assert may(cast.secretary, "record.add", cast.village)


def test_records_are_followed_through_one_merger_after_another(cast: Cast):
    third = found("990101203", "红旗村", "village", cast.town)
    merge_units(units=[cast.neighbour], into=third, on=MARCH, by=cast.desk, at=NOW)
    merge_units(units=[third], into=cast.village, on=APRIL, by=cast.desk, at=NOW)
    assert [unit.name for unit in units_counted_with(cast.village)] == ["柳河村", "红旗村", "青山村"]


def test_a_closed_unit_changes_no_more(cast: Cast):
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.desk, at=NOW)
    for change in (
        lambda: rename_unit(unit=cast.neighbour, name="青峰村", on=TODAY, by=cast.desk, at=NOW),
        lambda: move_unit(unit=cast.neighbour, parent=cast.other_town, on=TODAY, by=cast.desk, at=NOW),
        lambda: merge_units(units=[cast.neighbour], into=cast.village, on=TODAY, by=cast.desk, at=NOW),
        lambda: merge_units(units=[cast.village], into=cast.neighbour, on=TODAY, by=cast.desk, at=NOW),
    ):
        with pytest.raises(UnitClosed, match="青山村已于 2026-03-01 撤销"):
            change()


def test_a_unit_is_not_merged_into_itself_or_into_what_lies_below_it(cast: Cast):
    for units, into in (([cast.village], cast.village), ([cast.town], cast.village), ([], cast.village)):
        with pytest.raises(WrongPlace):
            merge_units(units=units, into=into, on=MARCH, by=cast.desk, at=NOW)
    assert Unit.objects.filter(closed_on=None).count() == 6


def test_merging_is_for_those_who_manage_all_of_them(cast: Cast):
    with pytest.raises(NotAllowed):
        merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.clerk, at=NOW)


# Splitting


def test_a_split_unit_closes_and_its_records_count_for_one(cast: Cast):
    east, west = found("e", "柳河东村", "village", cast.town), found("w", "柳河西村", "village", cast.town)
    split_unit(unit=cast.village, into=[east, west], records_to=east, on=MARCH, by=cast.desk, at=NOW)
    rows = UnitSuccession.objects.order_by("successor__code").values_list("successor__code", "carries_records", "on")
    assert list(rows) == [("e", True, MARCH), ("w", False, MARCH)]
    assert cast.village.closed_on == MARCH
    assert [unit.name for unit in units_counted_with(east)] == ["柳河东村", "柳河村"]
    assert [unit.name for unit in units_counted_with(west)] == ["柳河西村"]
    assert log_of(cast.village)[-1] == ("organisations.split_unit", "desk", "柳河村分设为柳河东村、柳河西村")


def test_a_split_has_two_successors_and_records_go_to_one_of_them(cast: Cast):
    east, west = found("e", "柳河东村", "village", cast.town), found("w", "柳河西村", "village", cast.town)
    wrong = [([east], east), ([east, east], east), ([east, cast.village], east), ([east, west], cast.neighbour)]
    for into, records_to in wrong:
        with pytest.raises(WrongPlace):
            split_unit(unit=cast.village, into=into, records_to=records_to, on=MARCH, by=cast.desk, at=NOW)
    with pytest.raises(WrongPlace, match="下级单位"):
        split_unit(unit=cast.town, into=[east, west], records_to=None, on=MARCH, by=cast.desk, at=NOW)


# Closing


def test_a_unit_is_closed_without_a_successor(cast: Cast):
    close_unit(unit=cast.village, on=MARCH, by=cast.desk, at=NOW)
    assert (cast.village.closed_on, cast.village.state_on(MARCH)) == (MARCH, None)
    assert [unit.name for unit in units_counted_with(cast.village)] == ["柳河村"]
    assert not may(cast.secretary, "record.add", cast.village, on=MARCH)
    assert log_of(cast.village)[-1] == ("organisations.close_unit", "desk", "撤销柳河村")


def test_a_unit_is_closed_once_after_what_is_below_it_and_by_who_manages_it(cast: Cast):
    with pytest.raises(WrongPlace, match="请先将石桥镇的下级单位"):
        close_unit(unit=cast.town, on=MARCH, by=cast.desk, at=NOW)
    with pytest.raises(NotAllowed):
        close_unit(unit=cast.village, on=MARCH, by=cast.clerk, at=NOW)
    close_unit(unit=cast.village, on=MARCH, by=cast.desk, at=NOW)
    with pytest.raises(UnitClosed):
        close_unit(unit=cast.village, on=MARCH, by=cast.desk, at=NOW)


# Constraints and reading


def refuses(make: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


def test_the_database_keeps_histories_in_order(cast: Cast):
    def state(begin: date, end: date | None) -> Callable[[], object]:
        return lambda: UnitState.objects.create(unit=cast.village, name="柳溪村", kind="village", valid_from=begin, valid_to=end)

    rename_unit(unit=cast.village, name="柳溪村", on=MARCH, by=cast.desk, at=NOW)
    assert [
        refuses(state(APRIL, None)),  # a second open end
        refuses(state(FOUNDED, APRIL)),  # a second beginning on that day
        refuses(state(date(2021, 1, 1), MARCH)),  # a second end on that day
        refuses(state(date(2018, 1, 1), date(2018, 1, 1))),  # no day long
        refuses(state(date(2018, 1, 1), date(2019, 1, 1))),  # a former life is no fault
    ] == [True, True, True, True, False]


def test_the_database_keeps_the_tree_and_successions_sound(cast: Cast):
    def succession(one: Unit, other: Unit) -> Callable[[], object]:
        return lambda: UnitSuccession.objects.create(predecessor=one, successor=other, on=MARCH, carries_records=True)

    assert [
        refuses(lambda: Unit.objects.create(code="a/b", name="甲", kind="village", path="/a/b/")),
        refuses(lambda: Unit.objects.create(code="", name="甲", kind="village", path="//")),
        refuses(lambda: Unit.objects.filter(pk=cast.village.pk).update(parent=cast.village)),
        refuses(succession(cast.village, cast.village)),
        refuses(succession(cast.village, cast.neighbour)),
        refuses(succession(cast.village, cast.town)),  # its records already count elsewhere
    ] == [True, True, True, True, False, True]


def test_units_as_of_a_day(cast: Cast):
    rename_unit(unit=cast.village, name="柳溪村", on=MARCH, by=cast.desk, at=NOW)
    merge_units(units=[cast.neighbour], into=cast.village, on=APRIL, by=cast.desk, at=NOW)
    villages = {
        day: sorted(state.name for state in units_as_of(day).filter(kind="village")) for day in (date(2019, 12, 31), FOUNDED, MARCH, APRIL)
    }
    assert villages == {
        date(2019, 12, 31): [],
        FOUNDED: ["东湾村", "柳河村", "青山村"],
        MARCH: ["东湾村", "柳溪村", "青山村"],
        APRIL: ["东湾村", "柳溪村"],
    }


def test_reading_the_tree(cast: Cast):
    assert [unit.name for unit in ancestors(cast.village)] == ["云溪市", "石桥镇"]
    assert [unit.name for unit in Unit.objects.filter(subtree(cast.town))] == ["石桥镇", "柳河村", "青山村"]


@pytest.mark.parametrize(
    ("text", "found_names"),
    [("河村", ["柳河村"]), (" 9901012 ", ["柳河村", "青山村"]), ("990101201", ["柳河村"]), ("%", []), ("无", [])],
)
def test_search_finds_parts_of_names_and_beginnings_of_codes(cast: Cast, text: str, found_names: list[str]):
    assert [unit.name for unit in matching(Unit.objects.all(), text)] == found_names


def test_a_blank_search_finds_all(cast: Cast):
    assert matching(visible_to(cast.reviewer), "  ").count() == 3
