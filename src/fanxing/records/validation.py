"""What a record of a kind may say, as pure functions: text as people type it becomes values, values are checked."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import TypeAlias

from fanxing.lib.refusals import Refused
from fanxing.lib.typed_text import IDENTITY_NUMBER, normal, read_day
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Field, RecordKind
from fanxing.scheme.sentences import say_condition

Value: TypeAlias = str | int | float | bool

TEXT_LENGTH = 500
LONG_TEXT_LENGTH = 5_000
PLACE_LENGTH = 100
# A spreadsheet knows no earlier day.
EARLIEST = date(1900, 1, 1)
# Past this a float no longer tells whole numbers apart.
LARGEST = 1e15
NUMBER_LENGTH = 40
YES = frozenset({"是", "有", "√", "对", "yes", "true", "y", "1"})
NO = frozenset({"否", "无", "没有", "×", "错", "no", "false", "n", "0"})

PERIODS = {
    "year": (re.compile(r"(\d{4})年?"), "应为年度，如 2025"),
    "quarter": (re.compile(r"(\d{4})(?:年|-|年-)?(?:[Qq第])?([1-4一二三四])(?:季度)?"), "应为季度，如 2025-Q1"),
    "month": (re.compile(r"(\d{4})(?:[-/.]|年)(1[0-2]|0?[1-9])月?"), "应为月份，如 2025-03"),
}
QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4"}
NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class RecordError(Refused):
    """The record cannot be like this; `faults` say what is wrong with each field, by its id."""

    def __init__(self, kind: RecordKind, faults: Mapping[str, str]) -> None:
        titles = {"occurred_on": kind.day or "日期", "reason": "原因", **{field.id: field.title for field in kind.fields}}
        self.faults = dict(faults)
        super().__init__("；".join(f"{titles.get(id, id)}：{fault}" for id, fault in self.faults.items()))


class _Fault(Exception):
    """What is wrong with one value."""


def validate(kind: RecordKind, data: Mapping[str, object]) -> dict[str, Value]:
    """The data as it is stored: known fields in their order, blank ones left out, dates as ISO text, periods as 2025, 2025-Q1 or 2025-03.

    Numbers come as numbers and yes/no as truth values; `read_texts` makes them from text. Raises RecordError with the fault
    of every field.
    """
    faults = {id: f"“{kind.title}”没有这一项" for id in data if kind.field(id) is None}
    cleaned: dict[str, Value] = {}
    for field in kind.fields:
        try:
            value = _cleaned(field, data.get(field.id))
        except _Fault as fault:
            faults[field.id] = str(fault)
        else:
            if value is not None:
                cleaned[field.id] = value
    faults |= _missing(kind, cleaned, faults)
    if faults:
        raise RecordError(kind, faults)
    return cleaned


def _missing(kind: RecordKind, cleaned: Mapping[str, Value], faults: Mapping[str, str]) -> dict[str, str]:
    """The fields that are required because of what others say, and are not there."""
    blank = (field for field in kind.fields if not field.personal and field.id not in cleaned and field.id not in faults)
    asked = ((field.id, field.required_when) for field in blank)
    return {id: f"{say_condition(kind, one)}时必填" for id, one in asked if one is not None and decide(one, cleaned)}


def taken_apart(kind: RecordKind, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str], dict[str, str]]:
    """What the record itself may say; the texts of its personal fields as they are stored, apart from it; and what is wrong with those.

    A personal field may always be left blank, whatever its kind says.
    """
    personal = {field.id: field for field in kind.fields if field.personal}
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    for id, field in personal.items():
        value = data.get(id)
        if value is None or (isinstance(value, str) and not _plain(value)):
            continue
        try:
            texts[id] = _text(field, _plain(value) if isinstance(value, str) else value)
        except _Fault as fault:
            faults[id] = str(fault)
    return {id: value for id, value in data.items() if id not in personal}, texts, faults


def read_texts(kind: RecordKind, texts: Mapping[str, str]) -> dict[str, object]:
    """Text typed into a form or found in a cell, as values: `1,200 人` in full-width digits too, `86.1%`, `是`, `党课`, `2025年3月8日`.

    What cannot be read stays text, for `validate` to say what would be right.
    """
    fields = {field.id: field for field in kind.fields}
    return {id: _read(fields[id], text) if id in fields else text for id, text in texts.items()}


def _cleaned(field: Field, value: object) -> Value | None:
    if isinstance(value, str):
        value = _plain(value)
    if value is None or value == "":
        if field.required and not field.personal:
            raise _Fault("必填")
        return None
    if field.personal:
        # The record is never erased: only who enters one takes them apart before (`taken_apart`), lists of many do not bring them.
        raise _Fault("个人信息只在表单里逐条填写，不成批带入，请留空")
    match field.type:
        case "count" | "number" | "money" | "share":
            return _number(field, value)
        case "yes/no":
            return _truth(value)
        case "date":
            return _day(value)
        case "choice" | "text" | "long text" | "place" | "unit" | "record":
            return _text(field, value)
        case "period":
            return _period(field, value)
    raise _Fault("暂不收照片和文件，请留空")


def _number(field: Field, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, float) and not isfinite(value)):
        raise _Fault(f"应为数字，如 {_example(field)}")
    if abs(value) >= LARGEST:
        raise _Fault("数字过大，请核对单位")
    if field.type == "count" and (value < 0 or value != int(value)):
        raise _Fault("应为不小于 0 的整数，如 12")
    if field.type == "share" and not 0 <= value <= 1:
        raise _Fault("应在 0 到 1 之间，如 0.861，即 86.1%")
    if field.least is not None and value < field.least:
        raise _Fault(f"不能小于 {field.least:g}")
    if field.most is not None and value > field.most:
        raise _Fault(f"不能大于 {field.most:g}")
    # Both databases hand a whole number back as an integer.
    return int(value) if value == int(value) else value


def _example(field: Field) -> str:
    return {"count": "12", "share": "0.861"}.get(field.type, "12.5")


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Fault("应为是或否")
    return value


def _day(value: object) -> str:
    day = value.date() if isinstance(value, datetime) else value
    if isinstance(day, str):
        day = read_day(day)
    if not isinstance(day, date):
        raise _Fault("应为日期，如 2025-03-08")
    if day < EARLIEST:
        raise _Fault(f"不能早于 {EARLIEST}")
    return day.isoformat()


def _text(field: Field, value: object) -> str:
    words = dict(field.choices)
    if words and not (isinstance(value, str) and value in words):
        raise _Fault(f"应为下列之一：{'、'.join(words.values())}")
    if not isinstance(value, str):
        raise _Fault("应为文字")
    return _checked_text(value, {"long text": LONG_TEXT_LENGTH, "place": PLACE_LENGTH}.get(field.type, TEXT_LENGTH))


def _period(field: Field, value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    pattern, wanted = PERIODS[field.every]
    match = pattern.fullmatch(normal(text)) if isinstance(text, str) else None
    if match is None or int(match[1]) < EARLIEST.year:
        raise _Fault(wanted)
    match field.every:
        case "quarter":
            return f"{match[1]}-Q{QUARTERS.get(match[2], match[2])}"
        case "month":
            return f"{match[1]}-{int(match[2]):02}"
    return match[1]


def _checked_text(text: str, longest: int = TEXT_LENGTH) -> str:
    if len(text) > longest:
        raise _Fault(f"最多 {longest} 个字，现有 {len(text)} 个")
    if UNSTORABLE.search(text):
        raise _Fault("含有不可见的控制字符，请删去")
    if IDENTITY_NUMBER.search(text):
        raise _Fault("请不要写身份证号码，台账不收这类信息")
    return text


def clean_reason(kind: RecordKind, reason: str, required: str = "") -> str:
    """The reason of a correction or withdrawal as it is stored; `required` says what is missing where there is none. Raises RecordError."""
    if faults := reason_faults(reason, required):
        raise RecordError(kind, faults)
    return _plain(reason)


def reason_faults(reason: str, required: str = "") -> dict[str, str]:
    """What is wrong with a reason, as a fault of the record's form."""
    text = _plain(reason)
    try:
        if required and not text:
            raise _Fault(required)
        _checked_text(text)
    except _Fault as fault:
        return {"reason": str(fault)}
    return {}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _read(field: Field, text: str) -> object:
    plain = normal(text)
    match field.type:
        case "count" | "number" | "money" | "share":
            found = _read_number(plain.removesuffix(normal(field.unit)).rstrip())
            return text if found is None else found
        case "yes/no":
            lower = plain.lower()
            return True if lower in YES else False if lower in NO else text
        case "choice":
            by_word = {word: value for value, word in field.choices}
            return by_word.get(text.strip(), text)
    return text


def _read_number(text: str) -> int | float | None:
    percent = text.endswith("%")
    digits = text.removesuffix("%").rstrip()
    if len(digits) > NUMBER_LENGTH or not NUMBER.fullmatch(digits):
        return None
    number = Decimal(digits.replace(",", "")) / (100 if percent else 1)
    return int(number) if number == number.to_integral_value() else float(number)
