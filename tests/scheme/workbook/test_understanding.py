"""What three differently laid-out workbooks are understood as, row by row."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from fanxing.scheme import Scheme, load_files, read_folder
from fanxing.scheme.sentences import Sentences
from fanxing.scheme.workbook import Decision, Points, SheetDraft, export, measures, of_plain, read_book, scheme_files, understand
from fanxing.scheme.workbook.headings import role_of
from fanxing.scheme.workbook.measures import likely
from tests.scheme.workbook.offices import OFFICES, a_sheet_a_star, one_sheet, points_in_text
from tests.scheme.workbook.test_sheets import new

BASE = read_folder("five-star")


@cache
def base() -> Scheme:
    return load_files(BASE)


def read(office: Callable[[], bytes]) -> SheetDraft:
    return understand(read_book(office()), f"{office.__name__}.xlsx", base())


def said(draft: SheetDraft, id: str) -> str:
    scheme = load_files(scheme_files(draft, BASE))
    row = draft.row(id)
    assert row
    return Sentences(scheme.kinds[row.kind], scheme.records).say(id)


HEADINGS = {
    "number": "序号 编号",
    "star": "星级 星名 类别 创建项目",
    "task": "一级指标 重点任务 考评项目 指标",
    "item": "二级指标 评价内容 评分内容 创建标准 考核内容 否决事项 加分事项",
    "mark": "分值 标准分 满分（分） 基准分",
    "weight": "权重",
    "scoring": "评分办法 评分标准 计分方法 扣分标准 考核办法 评分细则 考核标准 评价内容及计分方法",
    "source": "数据来源 评价方式 佐证材料",
    "owner": "责任单位 牵头部门",
    "note": "备注",
    "given": "得分 自评得分",
}


@pytest.mark.parametrize(("role", "heading"), [(role, word) for role, words in HEADINGS.items() for word in words.split()])
def test_the_usual_headings_are_known(role: str, heading: str):
    assert role_of(heading) == role


def test_one_sheet_with_all_stars():
    draft = read(one_sheet)
    assert [(star.id, star.full, star.pass_mark, draft.full_of(star)) for star in draft.stars] == [
        ("party_branch", 100, 80, 100),
        ("industry", 100, 80, 100),
        ("ecology", 100, 80, 90),
        ("safety", 100, 80, 50),
    ]
    assert [(row.line.title, row.line.task, row.reading.state, row.reading.points.measure) for row in draft.rows] == [
        ("党员大会每季度至少召开1次", "组织生活", "read", "members_quarters"),
        ("党课次数", "组织生活", "read", "lesson_quarters"),
        ("班子运行情况", "班子建设", "judged", ""),
        ("党务公开", "班子建设", "judged", ""),
        ("村集体经营性收入", "集体经济", "read", "collective_income"),
        ("党支部领办合作社", "集体经济", "read", "coop_led"),
        ("农民人均可支配收入达到20000元", "群众增收", "read", "income_head"),
        ("改厕率", "人居环境", "read", next(id for id, one in measures(base(), "village").items() if one.title == "改厕率")),
        ("环境整治图片资料", "人居环境", "refused", ""),
        ("秸秆焚烧火点", "人居环境", "read", "straw_fires"),
        ("零上访", "平安建设", "refused", ""),
        ("法治宣传", "平安建设", "read", "legal_talks"),
    ]
    assert draft.rows[8].refused[0].startswith("“图片”：按照片、材料、留痕计分（规则三")
    assert draft.rows[0].line.cells == "“评分细则”!A3:G3"


def test_a_sheet_a_star_with_weights():
    draft = read(a_sheet_a_star)
    assert [(star.title, draft.full_of(star)) for star in draft.stars] == [("支部过硬", 95), ("平安法治", 100)]
    assert [(row.line.task, row.line.mark, row.line.weight) for row in draft.rows] == [
        ("阵地建设", 50, 0.1),
        ("阵地建设", 100, 0.4),
        ("队伍建设", 100, 0.5),
        ("矛盾化解", 100, 0.6),
        ("安全生产", 100, 0.4),
    ]
    scheme = load_files(scheme_files(draft, BASE))
    assert scheme.kinds["village"].nodes["safety_score"].full == 100
    assert said(draft, "s2_r5") == "生产安全责任事故：从 100 分起，加减各项：（较大以上生产安全责任事故每 1 起扣 50 分，最多扣 100 分）。"


def test_marks_in_the_text_and_sections_across_the_table():
    draft = understand(read_book(points_in_text()), "细则.xlsx", base(), {"城市社区评分表": "village"})
    assert [(row.line.title, row.line.mark, row.line.standing, row.reading.state) for row in draft.rows] == [
        ("村集体经营性收入", 20, "item", "read"),
        ("产业规划", 10, "item", "judged"),
        ("移风易俗", 20, "item", "judged"),
        ("获得荣誉", 5, "extra", "judged"),
        ("发生较大环境污染责任事件", None, "veto", "ask"),
        ("网格党支部覆盖", 40, "item", "judged"),
        ("物业投诉", 20, "item", "refused"),
        ("平安社区创建", 20, "item", "judged"),
    ]
    assert draft.rows[6].refused == ("“投诉”：因群众反映问题的数量扣分（规则九：反映问题不影响得星，只看是否按时办结）",)


@pytest.mark.parametrize("office", OFFICES.values(), ids=OFFICES)
def test_a_draft_is_a_scheme_that_loads_at_any_time(office: Callable[[], bytes]):
    draft = read(office)
    for row in draft.rows[::3]:
        load_files(scheme_files(draft, BASE, title="细则"))
        known = measures(base(), row.kind)
        draft = draft.decide(row.id, Decision(Points("each", measure=next(iter(known)), mark=10.0, points=1.0)))
    scheme = load_files(scheme_files(draft, BASE))
    for kind in draft.kinds():
        assert set(scheme.kinds[kind].stars) == {star.id for star in draft.stars if star.kind == kind}
    nodes = [scheme.kinds[row.kind].nodes[row.id] for row in draft.rows if draft.settled(row).form not in ("veto", "left_out")]
    assert nodes
    assert all("!" in node.basis for node in nodes)


@pytest.mark.parametrize("office", OFFICES.values(), ids=OFFICES)
def test_taken_out_and_brought_in_again_it_is_the_same_draft(office: Callable[[], bytes]):
    content, draft = office(), read(office)
    assert understand(read_book(export(draft, content, base())), draft.document, base()) == draft
    first, last = draft.rows[0], draft.rows[-1]
    changed = draft.decide(first.id, Decision(replace(first.reading.points, mark=7.0))).with_pass(draft.stars[0], 60.0)
    changed = changed.decide(last.id, Decision(Points("veto", lasts=24), draft.stars[0].id))
    out = export(changed, content, base())
    again = understand(read_book(out), draft.document, base())
    assert again == changed
    assert understand(read_book(export(again, out, base())), draft.document, base()) == changed


def test_a_changed_mark_stands_in_its_place_and_the_old_one_beside_it():
    content, draft = one_sheet(), read(one_sheet)
    row = draft.rows[4]
    draft = draft.decide(row.id, Decision(replace(row.reading.points, mark=35.0)))
    [sheet, stars] = read_book(export(draft, content, base())).sheets
    assert sheet.line(1)[7:] == ("系统读法", "用哪个数据", "读取状态", "原分值")
    assert (sheet.text(6, 4), sheet.line(6)[8:]) == ("35", ("村集体经营性收入", "已定", "40"))
    assert sheet.text(6, 7).startswith("分档：达到 300000 得 40")
    assert stars.name == "星和分数线"


def test_a_figure_is_taken_by_itself_only_where_the_row_is_about_it():
    known = measures(base(), "village")
    lessons, rate = "上过党课的季度数", "改厕率"

    def first(*texts: str) -> tuple[str, bool]:
        ids, sure = likely(known, texts)
        return (known[ids[0]].title if ids else "", sure)

    assert first("党课每季度至少1次") == (lessons, True)
    assert first("党员上党课时有笔记") == (lessons, False)
    assert first("农村改厕率") == (rate, True)
    assert first("群众文艺演出") == ("", False)


def a_sheet(*rows: tuple[object, ...]) -> SheetDraft:
    """A sheet of one star: its title over the whole width, the heading, and these rows."""

    def write(book, page):
        page.merge_range(0, 0, 0, 2, "产业兴旺星（满分100分，65分以上得星）")
        for at, row in enumerate([("考核内容", "标准分", "评分细则"), *rows], start=1):
            page.write_row(at, 0, row)

    return understand(read_book(new(write)), "细则.xlsx", base())


def test_growth_is_by_how_much_a_year_is_above_the_last():
    draft = a_sheet(("经营性收入比上年增长", 15, "每增长1%得1分，最高15分"), ("比上年增长", 85, "增长10%以上得85分，5%以上得40分"))
    assert [row.reading.state for row in draft.rows] == ["read", "read"]
    assert "村集体经营性收入 ÷ 上年村集体经营性收入 − 100% 每满 1% 得 1 分" in said(draft, draft.rows[0].line.id)
    assert "10% 以上 85 分，5% 以上 40 分" in said(draft, draft.rows[1].line.id)


def test_the_title_over_a_table_is_no_part_of_its_heading():
    assert [(star.full, star.pass_mark) for star in a_sheet(("一村一品", 100, "有得100分，无不得分")).stars] == [(100, 65)]


def test_points_taken_for_what_was_not_done_are_asked_about():
    draft = understand(read_book(points_in_text()), "细则.xlsx", base())
    row = next(row for row in draft.rows if row.line.title == "网格党支部覆盖")
    assert (row.reading.state, row.reading.questions[:1]) in [("ask", ("这项用哪个数据？",)), ("judged", ())]


def test_a_draft_comes_back_from_plain_data():
    draft = read(one_sheet)
    draft = draft.decide("s1_r3", Decision(Points("left_out"))).with_pass(draft.stars[0], 70.0)
    assert of_plain(json.loads(json.dumps(draft.plain()))) == draft


def test_what_cannot_be_read_says_why():
    draft = understand(read_book(one_sheet()), "x.xlsx", base())
    assert draft.unread == ()
    draft = understand(read_book(new(lambda book, page: page.write(0, 0, "会议通知"))), "x.xlsx", base())
    assert draft.unread == (("表", "没有认出表头：请在第一行写明“评分内容”“分值”“评分标准”等列名"),)
    assert scheme_files(draft, BASE) == BASE
