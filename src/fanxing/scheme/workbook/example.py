"""An example of a county's sheet, to be downloaded and written over; it says that it is one."""

import io

from xlsxwriter import Workbook

TITLE = "XX 县“五星”支部创建评分细则（村，示例）"
HEADINGS = (("序号", 6), ("星", 12), ("重点任务", 16), ("评分内容", 34), ("分值", 8), ("评分标准", 52), ("责任单位", 16), ("备注", 24))
# star with its full mark, task, content, mark, scoring, body, note; what is None hangs down from above
_LEVELS = "30万元以上得50分，20万元以上得40分，10万元以上得25分，10万元以下不得分"
ROWS: tuple[tuple[str | None, str | None, str, int, str, str, str], ...] = (
    ("支部过硬（100分）", "组织生活", "党员大会每季度至少召开1次", 20, "每少一次扣5分，扣完为止", "组织部", "次数从台账读取"),
    (None, None, "党课每季度至少1次", 20, "每少一次扣5分，扣完为止", "组织部", ""),
    (None, None, "主题党日到会率", 20, "到会率≥85%得满分，每低1个百分点扣1分", "组织部", ""),
    (None, "班子建设", "班子运行情况", 40, "由乡镇党委综合评定：优秀40分、良好32分、一般20分、差0分", "乡镇党委", "评等次"),
    ("产业兴旺（100分）", "集体经济", "村集体经营性收入", 50, _LEVELS, "农业农村局", "分档"),
    (None, None, "党支部领办合作社", 20, "有得20分，无不得分", "农业农村局", "有无"),
    (None, "群众增收", "农民人均可支配收入", 30, "达到20000元得满分，不足的按比例得分", "农业农村局", "按比例"),
    ("平安法治（100分）", "平安建设", "法治宣传", 30, "每开展1次得10分，最高30分", "司法局", "按量加分"),
    (None, None, "生产安全责任事故", 70, "每发生一起扣35分，扣完为止", "应急局", "按量扣分"),
)  # fmt: skip
EXTRA = ("获得县级以上集体表彰（10分）", "每获得1次得5分，最高10分", "组织部")
VETO = ("发生重大违法案件", "一票否决，12个月内不得评星", "政法委")
NOTES = ("备注：每颗星满分100分，80分以上得星。本表是示例，分值不作依据；请改成本地的细则后上传。",)


def example() -> bytes:
    """The example as a workbook: merged stars and tasks, an extra row, a veto, notes beneath."""
    file = io.BytesIO()
    with Workbook(file) as book:
        page = book.add_worksheet("评分细则")
        wrap = book.add_format({"text_wrap": True, "border": 1, "valign": "vcenter"})
        middle = book.add_format({"text_wrap": True, "border": 1, "valign": "vcenter", "align": "center"})
        bold = book.add_format(
            {"bold": True, "border": 1, "valign": "vcenter", "align": "center", "bg_color": "#EAF1FE", "text_wrap": True}
        )
        big = book.add_format({"bold": True, "font_size": 16, "valign": "vcenter", "align": "center"})
        last = len(HEADINGS) - 1
        page.merge_range(0, 0, 0, last, TITLE, big)
        page.set_row(0, 30)
        for column, (words, width) in enumerate(HEADINGS):
            page.set_column(column, column, width)
            page.write(1, column, words, bold)
        for at, row in enumerate(ROWS, start=2):
            page.write(at, 0, at - 1, middle)
            page.write_row(at, 3, row[2:], wrap)
        for column in (1, 2):
            starts = [at for at, row in enumerate(ROWS) if row[column - 1] is not None]
            for start, after in zip(starts, [*starts[1:], len(ROWS)], strict=True):
                told = ROWS[start][column - 1]
                if after - start > 1:
                    page.merge_range(start + 2, column, after + 1, column, told, middle)
                else:
                    page.write(start + 2, column, told, middle)
        at = len(ROWS) + 2
        for words, (item, scoring, body) in (("加分项", EXTRA), ("一票否决", VETO)):
            page.merge_range(at, 0, at, last, words, bold)
            page.write_row(at + 1, 0, ("", "", "", item, "", scoring, body, ""), wrap)
            at += 2
        for note in NOTES:
            page.merge_range(at, 0, at, last, note, wrap)
            at += 1
        page.freeze_panes(2, 0)
    return file.getvalue()
