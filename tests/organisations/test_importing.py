"""A whole tree brought in line with a list."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.lib.spreadsheets import Column, workbook
from fanxing.lib.table_files import NotATable, rows_of
from fanxing.organisations.actions.importing import ListFaulty, TreeMoved, import_list, lines_of, upload_list
from fanxing.organisations.actions.units import WrongPlace, close_unit, merge_units, rename_unit
from fanxing.organisations.listed import COLUMNS, Fault, NoHead, Plan, plan_of, read_lines
from fanxing.organisations.models import Unit, UnitImport
from fanxing.organisations.queries import matching
from tests.cast import FOUNDED, NOW, TODAY, Cast, found

MARCH = date(2026, 3, 1)
KINDS = {"city": "市", "township": "乡镇", "village": "村", "community": "城市社区"}
PRESENT = (
    ("990000", "云溪市", "市", ""),
    ("990101", "石桥镇", "乡镇", "990000"),
    ("990101201", "柳河村", "村", "990101"),
    ("990101202", "青山村", "村", "990101"),
    ("990102", "白沙镇", "乡镇", "990000"),
    ("990102201", "东湾村", "村", "990102"),
)
Rows = Sequence[tuple[str, str, str, str]]


def file_of(rows: Rows, head: Sequence[str] = COLUMNS) -> bytes:
    return workbook(sheet="单位", columns=[Column(one) for one in head], rows=rows, zone=ZoneInfo("Asia/Shanghai"))


def changed(*changes: tuple[str, str, str, str], without: Sequence[str] = ()) -> Rows:
    """The present list with some rows written otherwise, left out or added."""
    by_code = {row[0]: row for row in PRESENT} | {row[0]: row for row in changes}
    return [row for code, row in by_code.items() if code not in without]


def upload(cast: Cast, rows: Rows, *, unit: Unit | None = None, by=None, on: date = MARCH) -> UnitImport:
    return upload_list(unit=unit or cast.city, content=file_of(rows), file_name="单位表.xlsx", on=on, by=by or cast.desk, at=NOW)


def look(kept: UnitImport) -> Plan:
    return plan_of(lines_of(kept), top=kept.unit, kinds=KINDS, on=kept.on)


def carry_out(cast: Cast, rows: Rows, close: Sequence[str] = (), on: date = MARCH) -> Plan:
    kept = upload(cast, rows, on=on)
    return import_list(kept=kept, kinds=KINDS, close=close, expected=look(kept).digest, by=cast.desk, at=NOW)


def tree() -> list[tuple[str, str, str, str]]:
    """The units as they stand, as a list would say them."""
    units = Unit.objects.filter(closed_on=None).select_related("parent").order_by("code")
    return [(one.code, one.name, KINDS[one.kind], one.parent.code if one.parent else "") for one in units]


def paths_are_sound() -> bool:
    return all(unit.path == (unit.parent.path if unit.parent else "/") + unit.code + "/" for unit in Unit.objects.select_related("parent"))


# Looking


def test_the_present_tree_changes_nothing(cast: Cast):
    plan = look(upload(cast, PRESENT))
    assert (plan.is_empty, plan.absent, plan.same, plan.faults) == (True, (), 6, ())


def test_a_list_says_what_it_would_change(cast: Cast):
    plan = look(
        upload(
            cast,
            changed(
                ("990101201", "柳溪村", "村", "990102"),
                ("990102201", "东湾社区", "城市社区", "990102"),
                ("990103", "青石镇", "乡镇", "990000"),
                ("990103201", "红旗村", "村", "990103"),
                without=["990101202"],
            ),
        )
    )
    assert [one.code for one in plan.founded] == ["990103", "990103201"]
    assert [(before.name, after.name) for before, after in plan.renamed] == [("柳河村", "柳溪村"), ("东湾村", "东湾社区")]
    assert [(before.parent, after.parent) for before, after in plan.moved] == [("990101", "990102")]
    assert [(before.kind, after.kind) for before, after in plan.of_another_kind] == [("village", "community")]
    assert [one.code for one in plan.absent] == ["990101202"]
    assert (plan.same, tree()) == (3, list(PRESENT))


def test_the_order_of_rows_and_columns_and_words_above_do_not_matter(cast: Cast):
    rows = [("云溪市单位表", "", "", "", ""), ("名称", "代码", "上级代码", "备注", "类型"), ("", "", "", "", "")]
    rows += [(name, code, parent, "好", kind) for code, name, kind, parent in reversed(PRESENT)]
    lines = read_lines(rows)
    assert (lines[0].number, lines[0].code, lines[0].name, lines[0].kind, lines[0].parent) == (4, "990102201", "东湾村", "村", "990102")
    assert plan_of(lines, top=cast.city, kinds=KINDS, on=MARCH).same == 6


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (("a/b", "红旗村", "村", "990101"), "代码", "代码应为 1 至 32 位字母、数字、横线或下划线"),
        (("", "红旗村", "村", "990101"), "代码", "代码应为 1 至 32 位字母、数字、横线或下划线"),
        (("990101203", "", "村", "990101"), "名称", "名称应为 1 至 100 个字"),
        (("990101203", "红旗村", "庄", "990101"), "类型", "类型应为其中之一：市、乡镇、村、城市社区"),
        (("990101203", "红旗村", "村", ""), "上级代码", "请写上级的代码；直属云溪市的写 990000"),
        (("990101203", "红旗村", "村", "990101203"), "上级代码", "单位不能是自己的上级"),
        (("990101203", "红旗村", "村", "nowhere"), "上级代码", "表里和您负责的单位里都没有这个代码；先写上这个上级，或改成已有的上级"),
        (("880000", "红旗村", "村", "990101"), "代码", "这个代码属于您不能维护的单位，请核对"),
        (("990101299", "红旗村", "村", "990101"), "代码", "这个代码属于旧村，已于 2026-02-01 撤销，请另编代码"),
        (("990000", "云溪市", "市", "880000"), "上级代码", "云溪市是您负责的最上一级，不能用表划转；请写原来的上级或留空"),
    ],
)
def test_a_fault_says_where_it_is_and_what_would_be_right(cast: Cast, row: tuple[str, str, str, str], column: str, words: str):
    found("880000", "邻市", "city", None)
    close_unit(unit=found("990101299", "旧村", "village", cast.town), on=date(2026, 2, 1), by=SYSTEM, at=NOW)
    kept = upload(cast, changed(row))
    number = next(number for number, *cells in kept.rows if tuple(cells) == row)
    assert look(kept).faults == (Fault(number, column, row[COLUMNS.index(column)], words),)


def test_every_fault_is_told_in_the_order_of_the_rows(cast: Cast):
    rows = [*PRESENT, ("990101201", "柳河村", "村", "990101"), ("x", "", "庄", "")]
    told = [(one.number, one.column, one.words) for one in look(upload(cast, rows)).faults]
    assert told == [
        (8, "代码", "与第 4 行的代码相同，每个单位只写一行"),
        (9, "名称", "名称应为 1 至 100 个字"),
        (9, "类型", "类型应为其中之一：市、乡镇、村、城市社区"),
        (9, "上级代码", "请写上级的代码；直属云溪市的写 990000"),
    ]


def test_units_that_would_stand_above_themselves_are_told(cast: Cast):
    plan = look(upload(cast, changed(("990101", "石桥镇", "乡镇", "990102"), ("990102", "白沙镇", "乡镇", "990101"))))
    assert [(one.number, one.words) for one in plan.faults] == [
        (3, "它和它的上级互为上下级，请改其中一个的上级"),
        (6, "它和它的上级互为上下级，请改其中一个的上级"),
    ]


def test_a_change_before_the_last_one_is_told(cast: Cast):
    rename_unit(unit=cast.village, name="柳溪村", on=date(2026, 4, 1), by=SYSTEM, at=NOW)
    assert [one.words for one in look(upload(cast, PRESENT)).faults] == ["它在 2026-04-01 已有变更，生效日期不能更早"]


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(18), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a\x00b"])
def test_a_file_that_is_no_workbook_is_refused(cast: Cast, content: bytes):
    with pytest.raises(NotATable, match="xlsx"):
        upload_list(unit=cast.city, content=content, file_name="x", on=MARCH, by=cast.desk, at=NOW)


def test_a_workbook_that_reaches_too_far_is_refused():
    far = [["甲"] + [""] * 800 + ["乙"]]
    with pytest.raises(NotATable, match="很远的地方"):
        rows_of(file_of(far, ["x"] * 802))  # type: ignore[arg-type]


def test_a_sheet_without_the_columns_is_refused(cast: Cast):
    with pytest.raises(NoHead, match="代码、名称、类型、上级代码"):
        upload_list(unit=cast.city, content=file_of([], ["代码", "名称"]), file_name="x", on=MARCH, by=cast.desk, at=NOW)


# Importing


def test_what_was_foreseen_is_what_is_done(cast: Cast):
    group = found("99010120101", "一组", "village", cast.village)
    rows = [
        *changed(
            ("990101201", "柳溪村", "村", "990103"),  # renamed, and below a unit that is only founded now
            ("990102201", "东湾社区", "城市社区", "990102"),
            ("990103", "青石镇", "乡镇", "990000"),
            ("990103201", "红旗村", "村", "990101201"),  # below a unit that moves
            without=["990101202"],
        ),
        ("99010120101", "一组", "村", "990101201"),
    ]
    carry_out(cast, rows, close=["990101202"])
    assert tree() == sorted(rows)
    assert paths_are_sound()
    group.refresh_from_db()
    assert group.path == "/990000/990103/990101201/99010120101/"
    assert Unit.objects.get(code="990101202").closed_on == MARCH
    assert [one.name for one in matching(Unit.objects.all(), "lxc")] == ["柳溪村"]
    states = Unit.objects.get(code="990101201").states.order_by("valid_from").values_list("name", "parent__code", "valid_from", "valid_to")
    assert list(states) == [("柳河村", "990101", FOUNDED, MARCH), ("柳溪村", "990103", MARCH, None)]


def test_two_units_change_places(cast: Cast):
    rows = changed(
        ("990102", "白沙镇", "乡镇", "990000"), ("990101", "石桥镇", "乡镇", "990102201"), ("990102201", "东湾村", "村", "990000")
    )
    carry_out(cast, rows)
    rows = changed(("990101", "石桥镇", "乡镇", "990000"), ("990102201", "东湾村", "村", "990101"))
    carry_out(cast, rows)
    assert tree() == sorted(rows)
    assert paths_are_sound()


def test_the_same_list_again_changes_nothing(cast: Cast):
    rows = changed(("990101201", "柳溪村", "村", "990102"), ("990103", "青石镇", "乡镇", "990000"))
    carry_out(cast, rows)
    before = list(Unit.objects.order_by("pk").values())
    assert carry_out(cast, rows).is_empty
    assert list(Unit.objects.order_by("pk").values()) == before


def test_what_is_absent_stays_unless_it_is_chosen(cast: Cast):
    carry_out(cast, changed(without=["990101202", "990102201"]), close=["990102201", "990101"])
    assert [row[0] for row in tree()] == ["990000", "990101", "990101201", "990101202", "990102"]


def test_a_whole_branch_is_closed_from_the_bottom_up_but_never_above_what_stays(cast: Cast):
    rows = changed(without=["990102", "990102201"])
    with pytest.raises(WrongPlace, match="请先将白沙镇的下级单位"):
        carry_out(cast, rows, close=["990102"])
    assert tree() == list(PRESENT)
    carry_out(cast, rows, close=["990102", "990102201"])
    assert tree() == rows


def test_an_import_is_logged_as_a_whole_and_unit_by_unit(cast: Cast):
    last = Event.objects.latest("id").pk
    carry_out(
        cast, changed(("990101201", "柳溪村", "村", "990102"), ("990103", "青石镇", "乡镇", "990000"), without=["990101202"]), ["990101202"]
    )
    assert list(Event.objects.filter(pk__gt=last).order_by("id").values_list("action", "actor", "summary")) == [
        ("organisations.upload_list", "desk", "上传云溪市的单位表（6 行）"),
        ("organisations.load_units", "desk", "批量设立 1 个单位"),
        ("organisations.rename_unit", "desk", "柳河村更名为柳溪村"),
        ("organisations.move_unit", "desk", "柳溪村划归白沙镇"),
        ("organisations.close_unit", "desk", "撤销青山村"),
        ("organisations.import_list", "desk", "按表更新云溪市的单位：设立 1 个，变更 1 个，撤销 1 个"),
    ]


def test_a_faulty_list_imports_nothing(cast: Cast):
    kept = upload(cast, changed(("990101201", "柳溪村", "村", "990102"), ("x", "", "村", "990101")))
    with pytest.raises(ListFaulty):
        import_list(kept=kept, kinds=KINDS, close=(), expected=look(kept).digest, by=cast.desk, at=NOW)
    kept.refresh_from_db()
    assert (tree(), kept.imported_at) == (list(PRESENT), None)


def test_what_was_looked_at_is_what_is_imported_and_once(cast: Cast):
    kept = upload(cast, changed(("990101201", "柳溪村", "村", "990101")))
    expected = look(kept).digest
    merge_units(units=[cast.neighbour], into=cast.village, on=FOUNDED.replace(year=2021), by=SYSTEM, at=NOW)
    with pytest.raises((TreeMoved, ListFaulty)):
        import_list(kept=kept, kinds=KINDS, close=(), expected=expected, by=cast.desk, at=NOW)
    kept = upload(cast, changed(("990101201", "柳溪村", "村", "990101"), without=["990101202"]))
    for error in (None, TreeMoved):
        if error:
            with pytest.raises(error, match="已经导入过"):
                import_list(kept=kept, kinds=KINDS, close=(), expected=look(kept).digest, by=cast.desk, at=NOW)
        else:
            import_list(kept=kept, kinds=KINDS, close=(), expected=look(kept).digest, by=cast.desk, at=NOW)


def test_lists_are_for_those_who_keep_the_units(cast: Cast):
    for user in (cast.reviewer, cast.clerk, cast.secretary, cast.stranger):
        with pytest.raises(NotAllowed):
            upload(cast, PRESENT, by=user)
    kept = upload(cast, PRESENT)
    with pytest.raises(NotAllowed):
        import_list(kept=kept, kinds=KINDS, close=(), expected=look(kept).digest, by=cast.clerk, at=NOW)


def test_a_list_of_a_part_leaves_the_rest_alone_and_cannot_reach_it(cast: Cast):
    part = [row for row in PRESENT if row[0].startswith("990101")]
    assert look(upload(cast, part, unit=cast.town)).is_empty
    faults = look(upload(cast, [*part, ("990102201", "东湾村", "村", "990101")], unit=cast.town)).faults
    assert [one.words for one in faults] == ["这个代码属于您不能维护的单位，请核对"]
    faults = look(upload(cast, [*part, ("990101203", "红旗村", "村", "990102")], unit=cast.town)).faults
    assert [one.column for one in faults] == ["上级代码"]


def test_a_new_upload_takes_the_place_of_one_that_was_not_imported(cast: Cast):
    upload(cast, PRESENT)
    carry_out(cast, PRESENT)
    upload(cast, PRESENT)
    assert UnitImport.objects.count() == 2


def test_a_list_for_a_day_to_come_is_refused(cast: Cast):
    with pytest.raises(Exception, match="生效日期不能晚于今天"):
        carry_out(cast, changed(("990101201", "柳溪村", "村", "990101")), on=TODAY.replace(year=2027))
