"""Whatever stands in a sheet, and whatever is decided about it: the draft is a scheme, and comes back from Excel as it went out."""

import io
from functools import cache

import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fanxing.scheme import Scheme, load_files
from fanxing.scheme.ranges import ranges
from fanxing.scheme.workbook import Decision, Points, SheetDraft, export, of_plain, read_book, scheme_files, understand
from fanxing.scheme.workbook.files import counted_stars
from fanxing.scheme.workbook.points import COMPARED
from tests.programme.small import FILES

HEADINGS = ("星", "任务", "评分内容", "分值", "权重", "评分标准", "责任单位")
TEXTS = (
    "",
    "产业兴旺（100分）",
    "集体收入",
    "党课每季度至少1次",
    "环境卫生（5分）：有得5分，无不得分",
    "1.阵地建设（3分）\n2.队伍建设（4分）",
    "一票否决",
    "加分项",
    "合计",
    "备注：80分以上得星",
    "零上访",
    "上传照片每张得1分",
    "yes",
    "12",
    '引号"和: 冒号 #井号 {a: b}',
    "- 短横\t制表",
    "=1+1",
)
SCORINGS = (
    "",
    "每少一次扣2分，扣完为止",
    "10万元以上得20分，5万元以上得10分",
    "有得3分，无不得分",
    "优秀10分，良好8分",
    "酌情扣分",
    "一票否决，两年内不得评星",
    "按比例得分",
    "每发生1起投诉扣2分",
)
MARKS = ("", 0, 5, 12.5, "10分", "（8分）", "/", 1_000_000)
rows = st.tuples(
    st.sampled_from(TEXTS),
    st.sampled_from(TEXTS),
    st.sampled_from(TEXTS) | st.text(max_size=12),
    st.sampled_from(MARKS),
    st.sampled_from(("", "", "20%", "0%")),
    st.sampled_from(SCORINGS) | st.text(max_size=12),
    st.sampled_from(("", "组织部\n民政局")),
)
small = st.integers(0, 200).map(float)
pairs = st.lists(st.tuples(small, small), min_size=2, max_size=4, unique_by=lambda pair: pair[0]).map(tuple)
measured = {"measure": st.sampled_from(("lessons", "income", "", "nothing")), "mark": small}
NOTHING = ("", "", "", "", "", "每少一次扣2分，扣完为止", "组织部\n民政局")
decisions = st.builds(
    Decision,
    st.one_of(
        st.builds(Points, st.just("steps"), **measured, rows=pairs, comparison=st.sampled_from(list(COMPARED)), otherwise=small),
        st.builds(Points, st.just("each"), **measured, points=st.integers(-9, 9).map(float), per=st.just(2.0), cap=st.none() | small),
        st.builds(Points, st.just("each"), **measured, points=st.just(-1.0), side=st.just("below"), beyond=st.none() | small),
        st.builds(Points, st.just("scale"), **measured, rows=pairs),
        st.builds(Points, st.just("yes_no"), **measured, otherwise=small),
        st.builds(Points, st.just("judged"), mark=small, grades=st.sampled_from(((), (("优", 5.0), ("差", 0.0))))),
        st.builds(Points, st.just("veto"), measure=st.sampled_from(("", "lessons")), lasts=st.integers(1, 60)),
        st.just(Points("left_out")),
    ),
)


@cache
def base() -> Scheme:
    return load_files(FILES)


def workbook(lines: list[tuple[object, ...]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet("村细则")
        for at, line in enumerate((HEADINGS, *lines)):
            page.write_row(at, 0, line)
    return file.getvalue()


def draft(lines: list[tuple[object, ...]], decided: list[Decision]) -> tuple[bytes, SheetDraft]:
    content = workbook(lines)
    found = understand(read_book(content), "村细则.xlsx", base())
    for row, decision in zip(found.rows, decided, strict=False):
        found = found.decide(row.id, decision)
    return content, found


QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(st.lists(rows, min_size=1, max_size=8), st.lists(decisions, max_size=4))
@example([NOTHING], [Decision(Points("each", measure="lessons", mark=1.0, points=0.0, per=2.0))])
def test_any_sheet_is_a_scheme_that_loads(lines: list[tuple[object, ...]], decided: list[Decision]):
    _, found = draft(lines, decided)
    scheme = load_files(scheme_files(found, FILES, title="细则"))
    load_files(scheme_files(found, FILES, assumed="least"))
    most = load_files(scheme_files(found, FILES, assumed="most"))
    for row in found.rows:
        # A star whose rows give nothing but points beyond the full mark, or nothing at all, stays as it was.
        reached = ranges(most.kinds[row.kind], without_extra=True)
        written = {star.id for star in counted_stars(found, row.kind) if reached[f"{star.id}_score"].high > 0}
        if found.settled(row).form not in ("veto", "left_out") and found.star_of(row) in written:
            assert row.id in scheme.kinds[row.kind].nodes
    assert of_plain(found.plain()) == found


@QUIET
@given(st.lists(rows, min_size=1, max_size=6))
def test_any_sheet_comes_back_as_it_went_out(lines: list[tuple[object, ...]]):
    content, found = draft(lines, [])
    assert understand(read_book(export(found, content, base())), found.document, base()) == found
