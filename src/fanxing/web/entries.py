"""The form of a record, made from the fields of its kind; what is right is said by the ledger, not here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from fanxing.records.validation import read_texts
from fanxing.scheme.model import Field, RecordKind

DAY = "occurred_on"
YES_NO = (("yes", "是"), ("no", "否"))
CHOICES_AS_BUTTONS = 8
# What a browser shows for a field; photos and files are not taken yet, and no kind may require one.
CONTROLS = {
    "count": "number",
    "number": "number",
    "money": "number",
    "share": "number",
    "yes/no": "buttons",
    "text": "text",
    "date": "day",
}


@dataclass(frozen=True)
class Control:
    """One field of the form as the template draws it: `control` is day, number, text, buttons or list."""

    name: str
    title: str
    control: str
    value: str
    required: bool
    unit: str = ""
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    fault: str = ""


def controls(kind: RecordKind, texts: Mapping[str, str], faults: Mapping[str, str]) -> list[Control]:
    """The form's fields, with what was typed and what is wrong with it."""
    first = Control(DAY, "日期", "day", texts.get(DAY, ""), True, note="按实际发生的那天填写。", fault=faults.get(DAY, ""))
    return [first, *(_control(field, texts.get(field.id, ""), faults.get(field.id, "")) for field in kind.fields if _taken(field))]


def _taken(field: Field) -> bool:
    return field.type in CONTROLS or field.type == "choice"


def _control(field: Field, text: str, fault: str) -> Control:
    choices = YES_NO if field.type == "yes/no" else field.choices
    control = ("buttons" if len(choices) <= CHOICES_AS_BUTTONS else "list") if choices else CONTROLS[field.type]
    unit = "%" if field.type == "share" else field.unit
    return Control(field.id, field.title, control, text, field.required, unit, _note(field), choices, field.type == "count", fault)


def _note(field: Field) -> str:
    if field.least is not None and field.most is not None:
        bounds = f"{field.least:g} 至 {field.most:g}"
    else:
        bounds = f"不小于 {field.least:g}" if field.least else f"不大于 {field.most:g}" if field.most is not None else ""
    return "；".join(one for one in (field.note, bounds) if one)


def texts_of(kind: RecordKind, data: Mapping[str, object]) -> dict[str, str]:
    """What a record says as it would be typed, to be corrected."""
    return {field.id: _text(field, data[field.id]) for field in kind.fields if field.id in data}


def _text(field: Field, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.type == "share" and isinstance(value, int | float):
        return f"{value * 100:.12g}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def read(kind: RecordKind, sent: QueryDict) -> tuple[dict[str, str], dict[str, object]]:
    """What was sent: the texts as typed, and the values they say."""
    texts = {field.id: sent.get(field.id, "").strip() for field in kind.fields if _taken(field)}
    shares = {field.id for field in kind.fields if field.type == "share"}
    typed = {id: f"{text}%" if text and id in shares and not text.endswith(("%", "％")) else text for id, text in texts.items()}
    return {DAY: sent.get(DAY, ""), **texts}, read_texts(kind, typed)


def default_day(today: date, end: date | None) -> date:
    """Today inside the period, afterwards its last day."""
    return end if end and today > end else today
