"""The form of a record, and how a record reads, for fields of every type."""

from datetime import date

import pytest
from django.http import QueryDict

from fanxing.records.validation import validate
from fanxing.scheme.model import Field, RecordKind
from fanxing.web.entries import controls, default_day, read, texts_of
from fanxing.web.ledger import entries_of, line, source_words
from fanxing.web.stars import waiting

LEVELS = tuple((str(number), f"{number} 级") for number in range(9))
KIND = RecordKind(
    id="all",
    title="样样有",
    nature="activity",
    fields=(
        Field(id="people", title="人数", type="count", unit="人", required=True),
        Field(id="hours", title="时长", type="number", unit="小时", least=0.5, most=24),
        Field(id="paid", title="金额", type="money", unit="元", least=1),
        Field(id="rate", title="比例", type="share", note="写百分数"),
        Field(id="done", title="办结", type="yes/no"),
        Field(id="level", title="级别", type="choice", choices=LEVELS),
        Field(id="about", title="内容", type="text"),
        Field(id="due", title="到期", type="date"),
        Field(id="photo", title="照片", type="photo"),
    ),
)
SENT = "people=12&hours=1.5&paid=300,000&rate=86.1&done=yes&level=3&about=修路&due=2024-06-30&photo=x"
DATA = {"people": 12, "hours": 1.5, "paid": 300000, "rate": 0.861, "done": True, "level": "3", "about": "修路", "due": "2024-06-30"}


def test_each_field_has_the_control_of_its_type_with_unit_bounds_and_note():
    shown = [(one.name, one.control, one.unit, one.note, one.required) for one in controls(KIND, {}, {})]
    assert shown == [
        ("occurred_on", "day", "", "按实际发生的那天填写。", True),
        ("people", "number", "人", "", True),
        ("hours", "number", "小时", "0.5 至 24", False),
        ("paid", "number", "元", "不小于 1", False),
        ("rate", "number", "%", "写百分数", False),
        ("done", "buttons", "", "", False),
        ("level", "list", "", "", False),
        ("about", "text", "", "", False),
        ("due", "day", "", "", False),
    ]


def test_what_was_sent_is_read_a_share_as_percent_and_photos_not_at_all():
    _, data = read(KIND, QueryDict(SENT))
    assert validate(KIND, data) == DATA


def test_a_record_comes_back_into_the_form_as_it_would_be_typed():
    texts = texts_of(KIND, DATA)
    assert texts == {
        "people": "12",
        "hours": "1.5",
        "paid": "300000",
        "rate": "86.1",
        "done": "yes",
        "level": "3",
        "about": "修路",
        "due": "2024-06-30",
    }
    assert validate(KIND, read(KIND, QueryDict("&".join(f"{id}={text}" for id, text in texts.items())))[1]) == DATA


def test_a_record_reads_as_its_fields_and_as_a_line():
    assert list(entries_of(KIND, DATA)) == [
        ("人数", "12 人", None),
        ("时长", "1.5 小时", None),
        ("金额", "30 万元", None),
        ("比例", "86.1%", None),
        ("办结", "是", None),
        ("级别", "3 级", None),
        ("内容", "修路", None),
        ("到期", "2024年6月30日", None),
    ]
    assert (
        line(KIND, {id: DATA[id] for id in ("people", "rate", "done", "level", "about")}) == "人数 12 人，比例 86.1%，办结：是，3 级，修路"
    )


def test_a_long_line_is_cut():
    words = line(KIND, {"about": "修" * 100})
    assert (len(words), words[-1]) == (60, "…")


@pytest.mark.parametrize(
    ("today", "end", "day"),
    [
        (date(2025, 6, 1), date(2025, 12, 31), date(2025, 6, 1)),
        (date(2026, 2, 1), date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 2, 1), None, date(2026, 2, 1)),
    ],
)
def test_a_new_record_is_of_today_or_of_the_last_day_of_a_period_that_is_over(today: date, end: date | None, day: date):
    assert default_day(today, end) == day


def test_where_a_record_came_from_is_said():
    assert [source_words(one) for one in ("typed", "import:12345 热线", "demo")] == ["填写", "导入（12345 热线）", "演示"]


def test_what_waits_is_named_once_a_state():
    row = (("甲", "red", "unrated"), ("乙", "blue", "held"), ("丙", "green", "unrated"))
    assert list(waiting(row)) == ["甲、丙不评"]
    assert list(waiting(tuple((name, colour, "unrated") for name, colour, _ in row))) == ["各星不评"]
