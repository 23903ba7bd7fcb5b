"""Many units at once."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.loading import ListRefused, UnitRow, load_units
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Unit
from tests.cast import FOUNDED, NOW, Cast

MARCH = date(2026, 3, 1)


def load(*rows: UnitRow, by=SYSTEM) -> int:
    return load_units(rows=rows, on=MARCH, by=by, at=NOW)


def test_a_list_is_loaded_in_any_order(cast: Cast):
    loaded = load(
        UnitRow("t3v1", " 红旗村 ", "village", "t3"),
        UnitRow("t3", "青石镇", "township", "990000"),
        UnitRow("t3v1g1", "一组", "grid", "t3v1"),
        UnitRow("other", "邻市", "city", None),
    )
    units = Unit.objects.filter(code__in=["t3", "t3v1", "t3v1g1", "other"]).order_by("path")
    assert [(unit.path, unit.name, unit.parent and unit.parent.name) for unit in units] == [
        ("/990000/t3/", "青石镇", "云溪市"),
        ("/990000/t3/t3v1/", "红旗村", "青石镇"),
        ("/990000/t3/t3v1/t3v1g1/", "一组", "红旗村"),
        ("/other/", "邻市", None),
    ]
    states = [(unit.state_on(FOUNDED), unit.state_on(MARCH)) for unit in units]
    assert [(before, now.name, now.kind, now.parent) for before, now in states if now] == [
        (None, unit.name, unit.kind, unit.parent) for unit in units
    ]
    assert (loaded, Event.objects.latest("id").summary) == (4, "批量设立 4 个单位")


def test_a_city_desk_loads_into_its_city_alone(cast: Cast):
    assert load(UnitRow("t3", "青石镇", "township", "990000"), by=cast.desk) == 1
    for rows, user in (
        ([UnitRow("other", "邻市", "city", None)], cast.desk),
        ([UnitRow("v9", "红旗村", "village", "990101")], cast.clerk),
    ):
        with pytest.raises(NotAllowed):
            load(*rows, by=user)


def test_every_fault_is_told_and_nothing_loaded(cast: Cast):
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=SYSTEM, at=NOW)
    with pytest.raises(ListRefused) as refused:
        load(
            UnitRow("ok", "好村", "village", "990101"),
            UnitRow("a/b", "甲村", "village", "990101"),
            UnitRow("c", " ", "", "990101"),
            UnitRow("ok", "又一村", "village", "990101"),
            UnitRow("990101201", "柳河村", "village", "990101"),
            UnitRow("d", "丁村", "village", "nowhere"),
            UnitRow("e", "一组", "grid", "990101202"),
        )
    assert refused.value.faults == [
        "第 2 行：代码“a/b”应为 1 至 32 位字母、数字、横线或下划线",
        "第 3 行：名称应为 1 至 100 个字",
        "第 3 行：缺少类型",
        "第 4 行：代码“ok”已被使用",
        "第 5 行：代码“990101201”已被使用",
        "第 6 行：没有代码为“nowhere”的上级单位",
        "第 7 行：上级单位“990101202”已撤销",
    ]
    assert not Unit.objects.filter(code="ok").exists()


def test_units_that_stand_above_each_other_are_told(cast: Cast):
    with pytest.raises(ListRefused, match="互为上下级：a、b"):
        load(UnitRow("a", "甲", "village", "b"), UnitRow("b", "乙", "village", "a"), UnitRow("c", "丙", "city", None))


def test_the_message_of_a_long_list_of_faults_stays_short(cast: Cast):
    with pytest.raises(ListRefused) as refused:
        load(*(UnitRow(f"v{number}", "", "village", "990101") for number in range(30)))
    assert (len(refused.value.faults), str(refused.value).count("\n"), str(refused.value)[-6:]) == (30, 19, "共 30 处")


def test_loading_costs_a_few_queries_a_level(cast: Cast, django_assert_max_num_queries):
    rows = [UnitRow(f"v{number}", f"{number}村", "village", "990101") for number in range(50)]
    with django_assert_max_num_queries(12):
        load(*rows)
