"""What a record may say, and how text becomes values."""

from datetime import UTC, date, datetime

import pytest

from fanxing.lib.typed_text import read_day
from fanxing.records.validation import RecordError, clean_reason, read_texts, validate
from fanxing.scheme.model import Field, RecordKind

EVERY_TYPE = RecordKind(
    id="every",
    title="各类填报项",
    nature="figure",
    fields=(
        Field(id="people", title="人数", type="count", unit="人", required=True, most=500),
        Field(id="length", title="长度", type="number", unit="公里", least=-5),
        Field(id="income", title="收入", type="money", unit="元"),
        Field(id="rate", title="比率", type="share"),
        Field(id="open", title="公开", type="yes/no", required=True),
        Field(id="topic", title="议题", type="text"),
        Field(id="level", title="级别", type="text", choices=(("甲", "甲"), ("乙", "乙"))),
        Field(id="form", title="类型", type="choice", choices=(("members", "党员大会"), ("lesson", "党课"))),
        Field(id="due", title="期限", type="date"),
        Field(id="picture", title="照片", type="photo"),
        Field(id="paper", title="附件", type="file"),
    ),
)
LEAST = {"people": 0, "open": False}


def wide(text: str) -> str:
    """The text as an input method in full-width mode types it."""
    return "".join(chr(ord(letter) + 0xFEE0) if letter != " " else "\u3000" for letter in text)


def faults(data: dict[str, object]) -> dict[str, str]:
    with pytest.raises(RecordError) as refused:
        validate(EVERY_TYPE, data)
    return refused.value.faults


def test_values_are_stored_in_the_order_of_the_fields_and_blank_ones_left_out():
    data = {
        "due": date(2026, 3, 8),
        "form": "lesson",
        "level": "甲",
        "topic": " 土地流转\r\n二期 ",
        "open": True,
        "rate": 0.861,
        "income": 150000.0,
        "length": -1.5,
        "people": 12.0,
        "picture": "",
        "paper": None,
    }
    cleaned = validate(EVERY_TYPE, data)
    assert list(cleaned.items()) == [
        ("people", 12),
        ("length", -1.5),
        ("income", 150000),
        ("rate", 0.861),
        ("open", True),
        ("topic", "土地流转\n二期"),
        ("level", "甲"),
        ("form", "lesson"),
        ("due", "2026-03-08"),
    ]
    assert [type(cleaned[id]) for id in ("people", "income")] == [int, int]
    assert validate(EVERY_TYPE, cleaned) == cleaned


def test_every_fault_is_told_at_once():
    assert faults({"income": "很多", "rate": 86.1, "colour": "red", "form": "party"}) == {
        "colour": "“各类填报项”没有这一项",
        "people": "必填",
        "income": "应为数字，如 12.5",
        "rate": "应在 0 到 1 之间，如 0.861，即 86.1%",
        "open": "必填",
        "form": "应为下列之一：党员大会、党课",
    }


def test_the_message_names_the_fields_as_people_know_them():
    with pytest.raises(RecordError, match="人数：必填；公开：应为是或否"):
        validate(EVERY_TYPE, {"people": "  ", "open": 1})


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("people", 1.5, "应为不小于 0 的整数，如 12"),
        ("people", -1, "应为不小于 0 的整数，如 12"),
        ("people", True, "应为数字，如 12"),
        ("people", "12", "应为数字，如 12"),
        ("people", 501, "不能大于 500"),
        ("length", -5.5, "不能小于 -5"),
        ("length", float("nan"), "应为数字，如 12.5"),
        ("length", float("inf"), "应为数字，如 12.5"),
        ("income", 10**400, "数字过大，请核对单位"),
        ("income", 1e15, "数字过大，请核对单位"),
        ("rate", "高", "应为数字，如 0.861"),
        ("open", "是", "应为是或否"),
        ("topic", 12, "应为文字"),
        ("topic", "长" * 501, "最多 500 个字，现有 501 个"),
        ("topic", "议题\x00", "含有不可见的控制字符，请删去"),
        ("topic", "议题\ud800", "含有不可见的控制字符，请删去"),
        ("topic", "张某，身份证11010119900307123x", "请不要写身份证号码，台账不收这类信息"),
        ("level", "丙", "应为下列之一：甲、乙"),
        ("form", "党课", "应为下列之一：党员大会、党课"),
        ("form", ["lesson"], "应为下列之一：党员大会、党课"),
        ("due", "2026-02-30", "应为日期，如 2025-03-08"),
        ("due", 20260208, "应为日期，如 2025-03-08"),
        ("due", "0206-02-08", "不能早于 1900-01-01"),
        ("picture", "a.jpg", "暂不收照片和文件，请留空"),
        ("paper", "a.pdf", "暂不收照片和文件，请留空"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(field: str, value: object, fault: str):
    assert faults({**LEAST, field: value}) == {field: fault}


@pytest.mark.parametrize("text", ["合同号 202603080001", "统一社会信用代码 91110000123456789X", "电话 110", "2026-03-08"])
def test_numbers_that_are_no_identity_numbers_are_taken(text: str):
    assert validate(EVERY_TYPE, {**LEAST, "topic": text})["topic"] == text


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("people", wide("12"), 12),
        ("people", " 1,200 人", 1200),
        ("people", "12.5", 12.5),
        ("length", "-0.30公里", -0.3),
        ("income", wide("150,000") + "元", 150000),
        ("income", "12,34", "12,34"),
        ("income", "15万", "15万"),
        ("income", "1e3", "1e3"),
        ("income", "", ""),
        ("income", "9" * 40, 10**40),
        ("income", "9" * 41, "9" * 41),
        ("rate", "86.1%", 0.861),
        ("rate", wide("86.1%"), 0.861),
        ("rate", "0.861", 0.861),
        ("open", "是", True),
        ("open", "YES", True),
        ("open", "无", False),
        ("open", "也许", "也许"),
        ("form", " 党课 ", "lesson"),
        ("form", "lesson", "lesson"),
        ("form", "茶话会", "茶话会"),
        ("topic", wide("12 "), wide("12 ")),
        ("due", "2026年3月8日", "2026年3月8日"),
        ("unknown", "甲", "甲"),
    ],
)
def test_text_is_read_as_the_field_means_it(field: str, text: str, value: object):
    assert read_texts(EVERY_TYPE, {field: text}) == {field: value}


@pytest.mark.parametrize("text", ["2026-3-8", "2026/03/08", "2026.3.8", "2026年3月8日", "20260308", wide(" 2026-03-08")])
def test_a_day_is_read_however_it_is_written(text: str):
    assert read_day(text) == date(2026, 3, 8)
    assert validate(EVERY_TYPE, {**LEAST, "due": text})["due"] == "2026-03-08"


@pytest.mark.parametrize("text", ["", "3月8日", "2026-13-08", "2026-3", "8/3/2026", "昨天"])
def test_what_is_no_day_is_not_guessed(text: str):
    assert read_day(text) is None


def test_a_moment_counts_as_its_day():
    assert validate(EVERY_TYPE, {**LEAST, "due": datetime(2026, 3, 8, 23, 59, tzinfo=UTC)})["due"] == "2026-03-08"


@pytest.mark.parametrize(
    ("reason", "fault"),
    [(" \n", "请写明撤回的原因"), ("长" * 501, "最多 500 个字，现有 501 个"), ("\x00", "含有不可见的控制字符，请删去")],
)
def test_a_reason_is_checked_like_any_text(reason: str, fault: str):
    with pytest.raises(RecordError) as refused:
        clean_reason(EVERY_TYPE, reason, "请写明撤回的原因")
    assert refused.value.faults == {"reason": fault}
