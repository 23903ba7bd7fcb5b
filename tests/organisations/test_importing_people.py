"""Many people and their posts brought in line with a list."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.lib.spreadsheets import Column, workbook
from fanxing.lib.table_files import NotATable
from fanxing.organisations.actions.importing_people import PeopleFaulty, PeopleMoved, import_people, lines_of, upload_people
from fanxing.organisations.actions.people import assign, create_person, define_posts
from fanxing.organisations.actions.terms import stand_in
from fanxing.organisations.actions.units import close_unit
from fanxing.organisations.authority import authority_of
from fanxing.organisations.listed import NoHead
from fanxing.organisations.models import Assignment, Person, PersonImport, Post, Unit
from fanxing.organisations.people_listed import COLUMNS, Plan, plan_of, read_lines
from tests.cast import FOUNDED, NOW, TODAY, Cast, found

MARCH, YEAR_END = date(2026, 3, 1), date(2026, 12, 31)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def posts(cast: Cast) -> dict[str, Post]:
    rows = [
        Post(id="head", title="网格长", permission_set="no_access", kinds=["grid"], establishment={"grid": 1}),
        Post(id="chair", title="村主任", permission_set="no_access", kinds=["village"]),
        Post(id="patch", title="包片干部", permission_set="no_access", kinds=["village", "grid"]),
    ]
    define_posts(posts=rows, by=SYSTEM, at=NOW)
    found("990101201W1", "第一网格", "grid", cast.village)
    return {row.pk: row for row in rows}


def row(unit: str, name: str, post: str, first: object = MARCH, last: object = None, *told: str) -> list[object]:
    return [unit, name, post, first, last, *told, *[None] * (5 - len(told))]


def file_of(rows: Sequence[Sequence[object]], head: Sequence[str] = COLUMNS) -> bytes:
    return workbook(sheet="填写", columns=[Column(one) for one in head], rows=rows, zone=ZONE)  # type: ignore[arg-type]


def upload(cast: Cast, *rows: Sequence[object], by=None, unit=None) -> PersonImport:
    return upload_people(unit=unit or cast.town, content=file_of(rows), file_name="人员表.xlsx", by=by or cast.clerk, at=NOW)


def look(cast: Cast, kept: PersonImport) -> Plan:
    return plan_of(lines_of(kept), top=kept.unit, authority=authority_of(cast.clerk, on=TODAY), on=TODAY)


def carry_out(cast: Cast, *rows: Sequence[object]) -> Plan:
    kept = upload(cast, *rows)
    return import_people(kept=kept, expected=look(cast, kept).digest, by=cast.clerk, at=NOW)


def terms() -> list[tuple[str, str, str, date, date | None]]:
    """Who holds what where, the cast left out."""
    rows = Assignment.objects.filter(person__user=None).order_by("unit__code", "post", "person__name")
    return list(rows.values_list("unit__code", "person__name", "post", "valid_from", "valid_to"))


FULL = (
    row("柳河村", "王芳", "村主任", MARCH, YEAR_END, "0374-1234567", "工作日", "", "管村务", ""),
    row("第一网格", "王芳", "网格长", MARCH),
    row("990101202", "赵敏", "包片干部", "2026年3月1日"),
    row("青山村", "赵敏", "村主任", "2026/3/1"),
)


def test_people_are_entered_at_their_posts_and_those_who_are_known_once(cast: Cast, posts: dict[str, Post]):
    plan = carry_out(cast, *FULL)
    assert (len(plan.new), plan.strangers, plan.same, plan.changed) == (4, {("990101201", "王芳")}, 0, ())
    assert terms() == [
        ("990101201", "王芳", "chair", MARCH, date(2027, 1, 1)),
        ("990101201W1", "王芳", "head", MARCH, None),
    ]
    clerk = Person.objects.get(user=cast.clerk)
    assert sorted(clerk.assignments.values_list("unit__code", "post")) == [
        ("990101", "clerk"), ("990101202", "chair"), ("990101202", "patch"),
    ]  # fmt: skip
    held = Assignment.objects.get(post="chair", unit=cast.village)
    assert (held.phone, held.hours, held.duty, held.person.unit) == ("0374-1234567", "工作日", "管村务", cast.village)
    assert Person.objects.filter(name="王芳").count() == 1


def test_the_same_list_again_changes_nothing(cast: Cast, posts: dict[str, Post]):
    carry_out(cast, *FULL)
    again = carry_out(cast, *FULL)
    assert (again.is_empty, again.same, len(terms())) == (True, 4, 2)


def test_what_the_list_says_otherwise_is_changed_and_blank_cells_leave_what_is_there(cast: Cast, posts: dict[str, Post]):
    carry_out(cast, *FULL)
    plan = carry_out(
        cast, row("柳河村", "王芳", "村主任", None, None, "", "每天"), row("第一网格", "王芳", "网格长", MARCH, date(2026, 9, 30))
    )
    assert [one.words for one in plan.changed] == [(("值守时间", "工作日", "每天"),), (("截止日", "", "2026-09-30"),)]
    held = Assignment.objects.get(post="chair", unit=cast.village)
    assert (held.phone, held.hours, held.valid_to) == ("0374-1234567", "每天", date(2027, 1, 1))
    assert Assignment.objects.get(post="head").valid_to == date(2026, 10, 1)


def test_who_stands_in_ends_with_the_term_that_ends_sooner(cast: Cast, posts: dict[str, Post]):
    carry_out(cast, FULL[0])
    other = create_person(name="李明", unit=cast.village, by=SYSTEM, at=NOW)
    held = Assignment.objects.get(post="chair")
    stand_in(assignment=held, person=other, valid_from=TODAY, valid_to=date(2026, 12, 1), by=SYSTEM, at=NOW)
    carry_out(cast, row("柳河村", "王芳", "村主任", MARCH, date(2026, 8, 31)))
    assert [one[4] for one in terms()] == [date(2026, 9, 1)] * 2


def test_who_holds_the_post_already_is_told_and_stays(cast: Cast, posts: dict[str, Post]):
    carry_out(cast, FULL[1])
    plan = carry_out(cast, row("第一网格", "刘洋", "网格长"))
    assert [one.beside for one in plan.new] == [("王芳",)]
    assert [one[1] for one in terms()] == ["刘洋", "王芳"]


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (row("无名村", "王芳", "村主任"), "单位", "石桥镇没有代码或名称为“无名村”的单位，请核对"),
        (row("东湾村", "王芳", "村主任"), "单位", "石桥镇没有代码或名称为“东湾村”的单位，请核对"),
        (row("柳河村", "", "村主任"), "姓名", "姓名为 1 至 50 个字"),
        (row("柳河村", "王芳", "网格长"), "岗位", "柳河村可设的岗位有：村主任、包片干部、支部书记"),
        (row("石桥镇", "王芳", "审核员"), "岗位", "“审核员”的权限超出您在石桥镇的权限，不能授予"),
        (row("柳河村", "王芳", "村主任", "三月"), "起始日", "日期写成 2025-12-01 这样"),
        (row("柳河村", "王芳", "村主任", None), "起始日", "新任职要写起始日，如 2025-12-01"),
        (row("柳河村", "王芳", "村主任", MARCH, date(2026, 2, 1)), "截止日", "不能早于起始日 2026-03-01"),
        (row("柳河村", "王芳", "村主任", MARCH, None, "电话"), "电话", "写成 0374-1234567 或 13800001234 这样，分机写“转 801”前不留空格"),
        (row("柳河村", "王芳", "村主任", MARCH, None, "", "", "信教户"), "负责的范围", None),
        (row("柳河村", "王芳 410101199001011234", "村主任"), "姓名", "这里像是身份证号，不收；请删去"),
        (row("柳河村", "林秀英", "支部书记", MARCH), "起始日", "此人自 2020-01-01 起已任这个岗位；同一任期请写这个起始日或留空"),
        (row("柳河村", "999 王芳", "村主任"), "姓名", "您管理的单位里没有这个编号和姓名的人，请核对"),
    ],
)
def test_a_fault_says_where_it_is_and_what_would_be_right_and_nothing_is_written(
    cast: Cast, posts: dict[str, Post], cells: list[object], column: str, words: str | None
):
    kept = upload(cast, FULL[1], cells)
    faults = look(cast, kept).faults
    assert [(one.number, one.column) for one in faults] == [(3, column)]
    assert words in (None, faults[0].words)
    with pytest.raises(PeopleFaulty, match="1 处要改"):
        import_people(kept=kept, expected="", by=cast.clerk, at=NOW)
    assert (terms(), PersonImport.objects.get().imported_at) == ([], None)


def test_all_that_is_wrong_in_a_row_is_told_at_once(cast: Cast, posts: dict[str, Post]):
    faults = look(cast, upload(cast, row("无名村", "", "村长", "三月", "四月", "电话"))).faults
    assert [one.column for one in faults] == ["单位", "姓名", "起始日", "截止日", "电话"]


def entered(cast: Cast, **where: int) -> list[Person]:
    """So many people of one name, at each of some units."""
    units = {"village": cast.village, "town": cast.town, "grid": Unit.objects.get(code="990101201W1"), "neighbour": cast.neighbour}
    return [create_person(name="王芳", unit=units[at], by=SYSTEM, at=NOW) for at, count in where.items() for _ in range(count)]


def test_of_two_of_one_name_the_row_says_which_by_number(cast: Cast, posts: dict[str, Post]):
    first, second = entered(cast, village=2)
    assign(person=first, unit=cast.village, post=posts["patch"], valid_from=FOUNDED, by=SYSTEM, at=NOW)
    fault = look(cast, upload(cast, FULL[0])).faults[0]
    assert (fault.number, fault.column, fault.words) == (
        2,
        "姓名",
        f"本单位和上下级登记了 2 位王芳：{first.pk} 王芳（柳河村包片干部，2020-01-01 起）；"
        f"{second.pk} 王芳（登记在柳河村，没有在任的岗位）。请写“编号 姓名”说明是哪一位，另一位同名的人写“新 王芳”",
    )
    carry_out(cast, row("柳河村", f"{second.pk} 王芳", "村主任"))
    assert Assignment.objects.get(post="chair").person == second
    # Now one of the two holds the post of the row, and is the one it speaks of.
    assert look(cast, upload(cast, row("柳河村", "王芳", "村主任", None))).is_empty


@pytest.mark.parametrize("where", [{"grid": 1}, {"grid": 2}, {"village": 1, "grid": 1}, {"village": 1, "town": 1}, {"town": 2}])
def test_a_row_whose_name_several_bear_around_or_one_below_is_refused(cast: Cast, posts: dict[str, Post], where: dict[str, int]):
    entered(cast, **where)
    plan = look(cast, upload(cast, FULL[0]))
    assert [(one.column, "请写“编号 姓名”" in one.words) for one in plan.faults] == [("姓名", True)]
    assert not look(cast, upload(cast, row("柳河村", "新 王芳", "村主任"))).faults


@pytest.mark.parametrize(("where", "known"), [({"village": 1}, True), ({"town": 1}, True), ({"neighbour": 1}, False)])
def test_the_only_one_kept_here_or_right_above_is_meant(cast: Cast, posts: dict[str, Post], where: dict[str, int], known: bool):
    entered(cast, **where)
    assert [one.person is not None for one in look(cast, upload(cast, FULL[0])).new] == [known]


def test_somebody_new_of_a_name_that_is_known_is_entered_once(cast: Cast, posts: dict[str, Post]):
    entered(cast, village=1)
    new = (row("柳河村", "新 王芳", "村主任"), row("柳河村", "新 王芳", "包片干部"))
    assert look(cast, upload(cast, *new)).strangers == {(cast.village.code, "王芳")}
    carry_out(cast, *new)
    assert Person.objects.filter(name="王芳").count() == 2
    fault = look(cast, upload(cast, *new)).faults[0]
    assert "已自这一天起任这个岗位；就是此人的写" in fault.words


def test_one_person_by_number_and_by_name_is_written_twice(cast: Cast, posts: dict[str, Post]):
    (only,) = entered(cast, village=1)
    rows = (row("柳河村", f"{only.pk} 王芳", "村主任"), row("柳河村", "王芳", "村主任"))
    assert [one.words for one in look(cast, upload(cast, *rows)).faults] == ["与第 2 行相同，每人每个岗位只写一行"]


def test_a_row_written_twice_is_a_fault(cast: Cast, posts: dict[str, Post]):
    assert [one.words for one in look(cast, upload(cast, FULL[0], FULL[0])).faults] == ["与第 2 行相同，每人每个岗位只写一行"]


def test_a_term_that_is_over_stays_as_it_was(cast: Cast, posts: dict[str, Post]):
    person = create_person(name="王芳", unit=cast.village, by=SYSTEM, at=NOW)
    assign(person=person, unit=cast.village, post=posts["chair"], valid_from=FOUNDED, valid_to=date(2024, 1, 1), by=SYSTEM, at=NOW)
    assert look(cast, upload(cast, row("柳河村", "王芳", "村主任", FOUNDED, date(2023, 12, 31)))).same == 1
    faults = look(cast, upload(cast, row("柳河村", "王芳", "村主任", FOUNDED, YEAR_END))).faults
    assert faults[0].words == "这一任期已于 2023-12-31 结束，不能再改；重新任职请写新的起始日"


def test_what_is_imported_is_what_was_looked_at_and_only_once(cast: Cast, posts: dict[str, Post]):
    kept = upload(cast, FULL[0])
    seen = look(cast, kept).digest
    create_person(name="王芳", unit=cast.village, by=SYSTEM, at=NOW)
    with pytest.raises(PeopleMoved, match="有了变动"):
        import_people(kept=kept, expected=seen, by=cast.clerk, at=NOW)
    import_people(kept=kept, expected=look(cast, kept).digest, by=cast.clerk, at=NOW)
    kept.refresh_from_db()
    assert (kept.rows, kept.row_count) == ([], 1)
    with pytest.raises(PeopleMoved, match="已经导入过"):
        import_people(kept=kept, expected=seen, by=cast.clerk, at=NOW)


def test_only_those_who_keep_people_there_import(cast: Cast, posts: dict[str, Post]):
    for user in (cast.secretary, cast.reviewer, cast.outsider, cast.stranger):
        with pytest.raises(NotAllowed):
            upload(cast, FULL[0], by=user)
    kept = upload(cast, FULL[0])
    with pytest.raises(NotAllowed):
        import_people(kept=kept, expected=look(cast, kept).digest, by=cast.secretary, at=NOW)
    assert terms() == []


def test_a_closed_unit_takes_nobody(cast: Cast, posts: dict[str, Post]):
    found("990101203", "红旗村", "village", cast.town)
    unit = cast.town.children.get(code="990101203")
    close_unit(unit=unit, on=date(2026, 2, 1), by=SYSTEM, at=NOW)
    assert look(cast, upload(cast, row("990101203", "王芳", "村主任"))).faults[0].words == "红旗村已于 2026-02-01 撤销"


def test_the_log_holds_one_event_without_names(cast: Cast, posts: dict[str, Post]):
    carry_out(cast, *FULL)
    event = Event.objects.get(action="organisations.import_people")
    assert (event.summary, event.unit_code) == ("按表导入石桥镇的人员：登记 1 人，任职 4 个，更新 0 个", "990101")
    assert not Event.objects.filter(action="organisations.assign", at=NOW, summary__contains="村主任").exists()
    assert "王芳" not in str([event.summary, event.details])


def test_the_head_may_stand_lower_and_columns_may_lack_or_be_in_any_order():
    lines = read_lines([["人员表", "", ""], ["岗位*", "备注", "姓名*"], ["网格长", "好", "王芳"], ["", "", ""]])
    assert [(one.number, one.cell("姓名"), one.cell("岗位"), one.cell("单位")) for one in lines] == [(3, "王芳", "网格长", "")]


@pytest.mark.parametrize(("content", "error"), [(b"PK\x03\x04x", NotATable), (file_of([], ["姓名"]), NoHead), (file_of([]), PeopleFaulty)])
def test_what_is_no_list_of_people_is_refused(cast: Cast, content: bytes, error: type[Exception]):
    with pytest.raises(error):
        upload_people(unit=cast.town, content=content, file_name="x", by=cast.clerk, at=NOW)
