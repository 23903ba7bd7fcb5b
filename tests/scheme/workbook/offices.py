"""Three workbooks as three invented offices would lay them out; none is a real office's file."""

import io

import xlsxwriter
import xlwt

LEVELS = "30万元以上得40分；20万元（含）—30万元得32分；10万元—20万元得20分；10万元以下不得分"
ROWS_A = [
    # star, task, item, mark, scoring, owner; None hangs down from above
    ("支部过硬\n（100分）", "组织生活", "党员大会每季度至少召开1次", 16, "每少一次扣4分，扣完为止。", "组织部"),
    (None, None, "党课次数", 12, "每开展1次得3分，最高12分", "组织部"),
    (None, "班子建设", "班子运行情况", 32, "由乡镇党委综合评定，酌情打分", "组织部"),
    (None, None, "党务公开", 40, "优秀40分、良好30分、一般20分、差0分", "组织部"),
    (
        "产业兴旺\n（100分）",
        "集体经济",
        "村集体经营性收入",
        40,
        "30万元以上得40分；20万元（含）—30万元得32分；10万元—20万元得20分；10万元以下不得分",
        "农业农村局",
    ),
    (None, None, "党支部领办合作社", 20, "有得20分，无不得分", "农业农村局"),
    (None, "群众增收", "农民人均可支配收入达到20000元", 40, "达到20000元得满分，不足的按比例得分", "农业农村局"),
    ("生态宜居\n（100分）", "人居环境", "改厕率", 50, "改厕率≥90%得满分，每低1个百分点扣1分，扣完为止", "农业农村局"),
    (None, None, "环境整治图片资料", 10, "每季度上传照片不少于20张，每少一张扣0.5分", "农业农村局"),
    (None, None, "秸秆焚烧火点", 40, "每发现1个火点扣5分", "环境局"),
    ("平安法治\n（100分）", "平安建设", "零上访", 50, "每发生1起上访扣10分", "政法委"),
    (None, None, "法治宣传", 50, "未开展的不得分", "司法局"),
]


def one_sheet() -> bytes:
    """(a) One sheet with all stars: merged cells of stars and tasks, a title above, totals and notes beneath."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("评分细则")
        wrap = book.add_format({"text_wrap": True, "border": 1, "valign": "vcenter"})
        page.set_column(0, 0, 6)
        page.set_column(3, 5, 40)
        page.merge_range(0, 0, 0, 6, "云溪县“五星”支部创建村级考评细则", wrap)
        for column, words in enumerate(("序号", "创建项目", "重点任务", "评分内容", "分值", "评分标准", "责任单位")):
            page.write(1, column, words, wrap)
        for at, (_, _, item, mark, scoring, owner) in enumerate(ROWS_A, start=2):
            page.write(at, 0, at - 1)
            page.write_row(at, 3, (item, mark, scoring, owner), wrap)
        for column, name in ((1, 0), (2, 1)):
            for first, last, words in spans([row[name] for row in ROWS_A]):
                if last > first:
                    page.merge_range(first + 2, column, last + 2, column, words, wrap)
                else:
                    page.write(first + 2, column, words, wrap)
        end = len(ROWS_A) + 2
        page.write(end, 1, "合计")
        page.write(end, 4, 400)
        page.merge_range(end + 1, 0, end + 1, 6, "备注：每颗星满分100分，80分以上得星。")
    return file.getvalue()


def spans(words: list[str | None]) -> list[tuple[int, int, str]]:
    """(first, last, words) of each run that begins with words and hangs down over what is None."""
    starts = [place for place, one in enumerate(words) if one]
    return [(start, end - 1, str(words[start])) for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]


ROWS_B = {
    "支部过硬星": [
        ("阵地建设", "有规范的党群服务中心", 50, "10%", "未建成的不得分"),
        ("", "党课次数", 100, "40%", "全年不少于４次，每少一次扣２５分"),
        ("队伍建设", "发展党员计划完成", 100, "50%", "视完成情况打分"),
    ],
    "平安法治星": [
        ("矛盾化解", "群众满意度", 100, "60%", "满意度95%以上得100分，90%以上得80分，85%以上得60分，其余不得分"),
        ("安全生产", "生产安全责任事故", 100, "40%", "每发生一起扣50分，扣完为止"),
    ],
}


def a_sheet_a_star() -> bytes:
    """(b) An old workbook (.xls), a sheet a star, a heading of two rows, weights, deductions, blanks that inherit."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in ROWS_B.items():
        page = book.add_sheet(name)
        page.write_merge(0, 0, 0, 5, f"{name}考核表")
        for column, words in ((0, "序号"), (1, "考评项目"), (2, "考核内容"), (5, "扣分标准")):
            page.write_merge(1, 2, column, column, words)
        page.write_merge(1, 1, 3, 4, "分值设置")
        page.write(2, 3, "标准分")
        page.write(2, 4, "权重")
        page.col(2).width = 256 * 30
        for at, row in enumerate(rows, start=3):
            page.write(at, 0, at - 2)
            for column, words in enumerate(row, start=1):
                page.write(at, column, words)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


SECTIONS = {
    "村": [
        "一、产业兴旺星（满分30分）",
        ("1", "1.村集体经营性收入（20分）：达到30万元得20分，20万元以上得16分\n2.产业规划（10分）：由专班评定"),
        "二、文明幸福星（满分20分）",
        ("2", "移风易俗（20分）。每发生一起大操大办扣5分，扣完为止。"),
        "加分项",
        ("3", "获得荣誉（5分）：每获得1项得2分，最高5分"),
        "一票否决事项",
        ("4", "发生较大环境污染责任事件的，12个月内不得评星"),
    ],
    "城市社区": [
        "一、共建共享星（满分40分）",
        ("1", "网格党支部覆盖（40分）：未覆盖的每个网格扣10分"),
        "二、平安法治星（满分20分）",
        ("2", "物业投诉（20分）：每收到一起投诉扣2分"),
        ("3", "平安社区创建（20分）：完成得20分，未完成不得分"),
    ],
}


def points_in_text() -> bytes:
    """(c) A sheet a kind of unit; marks stand in the text, stars, extra points and vetoes are lines across the table."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, lines in SECTIONS.items():
            page = book.add_worksheet(f"{name}评分表")
            page.merge_range(0, 0, 0, 2, f"{name}星级创建评分表")
            page.write_row(1, 0, ("编号", "评价内容及计分方法", "备注"))
            for at, line in enumerate(lines, start=2):
                if isinstance(line, str):
                    page.merge_range(at, 0, at, 2, line)
                else:
                    page.write_row(at, 0, line)
    return file.getvalue()


OFFICES = {"one_sheet": one_sheet, "a_sheet_a_star": a_sheet_a_star, "points_in_text": points_in_text}
