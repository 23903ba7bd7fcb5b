"""The form of a record, made from the fields of its kind; what is right is said by the ledger, not here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from fanxing.organisations.models import Unit
from fanxing.programme.queries import kinds_for
from fanxing.records.models import Record
from fanxing.records.queries import with_first
from fanxing.records.validation import read_texts
from fanxing.scheme.model import Field, RecordKind
from fanxing.web.ledger import line

DAY = "occurred_on"
YES_NO = (("yes", "是"), ("no", "否"))
CHOICES_AS_BUTTONS = 8
Choices = tuple[tuple[str, str], ...]
NOTHING_NAMED: Mapping[str, Choices] = {}
# What a browser shows for a field; photos and files are not taken yet, and no kind may require one.
CONTROLS = {
    "count": "number",
    "number": "number",
    "money": "number",
    "share": "number",
    "yes/no": "buttons",
    "text": "text",
    "date": "day",
    "record": "list",
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


def controls(
    kind: RecordKind, texts: Mapping[str, str], faults: Mapping[str, str], named: Mapping[str, Choices] = NOTHING_NAMED
) -> list[Control]:
    """The form's fields, with what was typed and what is wrong with it; `named` are the records that a field may name, by its id."""
    first = Control(DAY, "日期", "day", texts.get(DAY, ""), True, note="按实际发生的那天填写。", fault=faults.get(DAY, ""))
    return [
        first,
        *(
            _control(field, texts.get(field.id, ""), faults.get(field.id, ""), named.get(field.id, ()))
            for field in kind.fields
            if _taken(field)
        ),
    ]


def _taken(field: Field) -> bool:
    return field.type in CONTROLS or field.type == "choice"


def _control(field: Field, text: str, fault: str, named: Choices) -> Control:
    choices = YES_NO if field.type == "yes/no" else named or field.choices
    as_buttons = choices and not named and len(choices) <= CHOICES_AS_BUTTONS
    control = "buttons" if as_buttons else "list" if choices else CONTROLS[field.type]
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


def named_records(unit: Unit, kind: RecordKind) -> dict[str, Choices]:
    """The unit's records that each field may name, the newest first: (reference, words)."""
    kinds = kinds_for(unit)
    return {field.id: tuple(_choices(unit, kinds[field.links])) for field in kind.fields if field.type == "record" and field.links in kinds}


def _choices(unit: Unit, kind: RecordKind) -> Iterator[tuple[str, str]]:
    for first, record in with_first(Record.objects.filter(unit=unit, kind=kind.id).select_related("unit")):
        yield first.reference, f"{line(kind, record.data)}（{record.occurred_on}）"


def proposed(kind: RecordKind, asked: QueryDict) -> dict[str, str]:
    """What the address proposes for fields of the kind: text to be looked over, as if it had been typed."""
    return {field.id: asked.get(field.id, "") for field in kind.fields if _taken(field) and field.id in asked}


def default_day(today: date, end: date | None) -> date:
    """Today inside the period, afterwards its last day."""
    return end if end and today > end else today
