"""Units found by characters, initials and codes, on the index of either database."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.db.models import QuerySet

from fanxing.audit.actors import SYSTEM
from fanxing.lib.search_text import readings
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.organisations.actions.units import change_kind, merge_units, move_unit, rename_unit
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import matching
from tests.cast import FOUNDED, NOW, Cast

MARCH = date(2026, 3, 1)
NAMES = ["柳河村", "青山村", "长乐社区", "第三社区（北）", "\uff21区3号院", "村村通合作社", "重阳里", "云溪市税务局", "O'Brien 工厂", "一"]


def names(text: str, units: QuerySet[Unit] | None = None) -> list[str]:
    return [unit.name for unit in matching(Unit.objects.all() if units is None else units, text)]


@pytest.fixture
def varied(cast: Cast) -> Cast:
    """The cast, and units of all sorts of names below 白沙镇."""
    rows = [UnitRow(f"990102{number}", name, "village", "990102") for number, name in enumerate(NAMES, start=300)]
    load_units(rows=rows, on=FOUNDED, by=SYSTEM, at=NOW)
    return cast


def test_a_unit_is_found_by_any_two_characters_that_stand_together(varied: Cast):
    for unit in Unit.objects.all():
        letters = [letter for letter in unit.name if letter.isalnum() and not letter.isascii()]
        for one, other in pairwise(letters):
            if one + other in unit.name:
                assert unit.name in names(one + other), one + other


def test_a_unit_is_found_by_any_one_character(varied: Cast):
    for unit in Unit.objects.all():
        for letter in unit.name:
            if letter.isalnum() and not letter.isascii():
                assert unit.name in names(letter), letter


def test_a_unit_is_found_by_its_initials_and_by_their_beginning(varied: Cast):
    for unit in Unit.objects.exclude(name__startswith="\uff21"):
        initials = "".join(readings(letter)[0] for letter in unit.name.lower() if letter.isalnum())
        for end in range(1, len(initials) + 1):
            assert unit.name in names(initials[:end]), initials[:end]


def test_a_unit_is_found_by_its_code_and_by_any_beginning_of_it(varied: Cast):
    for unit in Unit.objects.all():
        for end in range(1, len(unit.code) + 1):
            assert unit.name in names(unit.code[:end])


@pytest.mark.parametrize(
    ("text", "found_names"),
    [
        ("lhc", ["柳河村", "柳河村"]),
        ("LHC", ["柳河村", "柳河村"]),
        ("clsq", ["长乐社区"]),
        ("zysq", ["长乐社区"]),
        ("a区", ["\uff21区3号院"]),
        ("aq3", ["\uff21区3号院"]),
        ("社区 clsq", ["长乐社区"]),
        ("（北）", ["第三社区（北）"]),
        ("村村", ["村村通合作社"]),
        ("O'Brien", ["O'Brien 工厂"]),
        ("obrien", ["O'Brien 工厂"]),
        ("河柳", []),
        ("'", []),
        ('"', []),
        ("*", []),
        ("柳河' OR 'x", []),
        ("——", []),
        ("99010230", NAMES),
    ],
)
def test_what_is_typed_finds(varied: Cast, text: str, found_names: list[str]):
    assert names(text) == found_names


def test_a_search_stays_within_the_units_it_is_given(varied: Cast):
    assert names("柳河", Unit.objects.filter(code__startswith="990102")) == ["柳河村"]


def test_a_code_is_found_whatever_case_is_typed(cast: Cast):
    load_units(rows=[UnitRow("T9", "红旗村", "village", "990102")], on=FOUNDED, by=SYSTEM, at=NOW)
    assert [names(text) for text in ("T9", "t9", "t")] == [["红旗村"]] * 3


def test_a_new_name_is_found_and_the_old_one_no_more(cast: Cast):
    rename_unit(unit=cast.village, name="杨树湾村", on=MARCH, by=cast.desk, at=NOW)
    assert [names(text) for text in ("柳河", "lhc", "树湾", "yswc")] == [[], [], ["杨树湾村"], ["杨树湾村"]]


def test_what_else_happens_to_a_unit_leaves_it_to_be_found(cast: Cast):
    change_kind(unit=cast.village, kind="urban_community", on=MARCH, by=cast.desk, at=NOW)
    move_unit(unit=cast.village, parent=cast.other_town, on=MARCH, by=cast.desk, at=NOW)
    merge_units(units=[cast.neighbour], into=cast.village, on=MARCH, by=cast.desk, at=NOW)
    assert [names(text) for text in ("柳河", "qsc")] == [["柳河村"], ["青山村"]]


def test_what_is_deleted_leaves_the_index(cast: Cast):
    Unit.objects.create(code="x", name="丁村", kind="village", path="/x/", search_text="丁 村 丁村 dc c")
    Unit.objects.get(code="x").delete()
    assert names("丁村") == []


def test_a_search_is_served_by_the_text_index(varied: Cast):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = matching(Unit.objects.order_by(), "柳河").explain()
    assert "organisations_unit_search" in plan
