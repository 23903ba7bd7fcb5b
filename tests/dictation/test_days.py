"""Days as people say them, on Wednesday 2025-11-26."""

from datetime import date

import pytest

from fanxing.dictation.days import days
from fanxing.dictation.plain import plain

TODAY = date(2025, 11, 26)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("今天", date(2025, 11, 26)),
        ("昨晚", date(2025, 11, 25)),
        ("昨儿下午", date(2025, 11, 25)),
        ("前天上午", date(2025, 11, 24)),
        ("大前天", date(2025, 11, 23)),
        ("三天前", date(2025, 11, 23)),
        ("明天", date(2025, 11, 27)),
        ("周一", date(2025, 11, 24)),
        ("周五", date(2025, 11, 21)),
        ("本周一", date(2025, 11, 24)),
        ("上周五", date(2025, 11, 21)),
        ("上上周三", date(2025, 11, 12)),
        ("上个星期天", date(2025, 11, 23)),
        ("礼拜六", date(2025, 11, 22)),
        ("本月8日", date(2025, 11, 8)),
        ("上个月15号", date(2025, 10, 15)),
        ("3月8号", date(2025, 3, 8)),
        ("3月8日上午", date(2025, 3, 8)),
        ("12月3号", date(2025, 12, 3)),
        ("2月27号", date(2025, 2, 27)),
        ("十一月二十号", date(2025, 11, 20)),
        ("二十八号", date(2025, 10, 28)),
        ("二号", date(2025, 11, 2)),
        ("去年12月5日", date(2024, 12, 5)),
        ("2025年3月8日", date(2025, 3, 8)),
        ("2025-03-08", date(2025, 3, 8)),
        ("\uff12\uff10\uff12\uff15.3.8", date(2025, 3, 8)),
        ("20250308", date(2025, 3, 8)),
        ("二零二五年三月八日", date(2025, 3, 8)),
        ("11/19", date(2025, 11, 19)),
        ("11.12", date(2025, 11, 12)),
        ("2月29日", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_with_all_of_its_words(said: str, day: date):
    text = f"我们{said}开会"
    assert [(one.on, one.span.of(text)) for one in days(plain(text), TODAY)] == [(day, said)]


@pytest.mark.parametrize("said", ["3号楼", "二号生产线", "12.6公里", "1.28万元", "2月30日", "第三网格", "13月1日号码", "三个月"])
def test_what_only_looks_like_a_day_is_none(said: str):
    assert days(plain(said), TODAY) == []
