"""The form of a record, made from the fields of its kind; what is right is said by the ledger, not here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.points.queries import summary
from fanxing.programme.queries import kinds_for
from fanxing.records.models import Record
from fanxing.records.personal import years_kept
from fanxing.records.queries import with_first
from fanxing.records.validation import read_texts
from fanxing.scheme.model import FROM_DEVICE, FROM_POINTS, LAST, Field, RecordKind
from fanxing.scheme.sentences import say_condition
from fanxing.web.ledger import line

DAY = "occurred_on"
YES_NO = (("yes", "是"), ("no", "否"))
CHOICES_AS_BUTTONS = 8
Choices = tuple[tuple[str, str], ...]
NOTHING_NAMED: Mapping[str, Choices] = {}
NO_ORIGINS: Mapping[str, str] = {}
# Units below that a form offers by name; others are named by their codes.
OFFERED = 200
NEAR_YEARS = 5
QUARTERS = {1: "一", 2: "二", 3: "三", 4: "四"}
# What a browser shows for a field; photos and files are taken beside these, and no kind may require one.
CONTROLS = {
    "count": "number",
    "number": "number",
    "money": "number",
    "share": "number",
    "yes/no": "buttons",
    "text": "text",
    "long text": "long",
    "date": "day",
    "period": "list",
    "place": "text",
    "unit": "text",
    "record": "list",
}


@dataclass(frozen=True)
class Control:
    """One field of the form as the template draws it: `control` is day, month, number, text, long, buttons or list. `offered` are
    values that a text may be chosen from; `came_from` says where a value was taken from that nobody has typed yet. What is `personal` is
    not kept on the device among the drafts; what is `located` the device may fill in, each time only when asked to."""

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
    offered: tuple[tuple[str, str], ...] = ()
    came_from: str = ""
    personal: bool = False
    located: bool = False


def controls(
    kind: RecordKind,
    texts: Mapping[str, str],
    faults: Mapping[str, str],
    named: Mapping[str, Choices] = NOTHING_NAMED,
    origins: Mapping[str, str] = NO_ORIGINS,
) -> list[Control]:
    """The form's fields, with what was typed and what is wrong with it.

    `named` are the records, units and places that a field may name, by its id; `origins` where its value was taken from.
    """
    first = Control(DAY, kind.day or "日期", "day", texts.get(DAY, ""), True, note="按实际发生的那天填写。", fault=faults.get(DAY, ""))
    rest = (
        _control(field, kind, texts.get(field.id, ""), faults.get(field.id, ""), named.get(field.id, ()), origins.get(field.id, ""))
        for field in kind.fields
        if _taken(field)
    )
    return [first, *rest]


def _taken(field: Field) -> bool:
    return field.type in CONTROLS or field.type == "choice"


def _control(field: Field, kind: RecordKind, text: str, fault: str, named: Choices, came_from: str) -> Control:
    choices = _choices_of(field, text, named)
    as_buttons = bool(choices) and field.type in ("yes/no", "choice", "text") and len(choices) <= CHOICES_AS_BUTTONS
    control = "buttons" if as_buttons else "list" if choices else "month" if field.every == "month" else CONTROLS[field.type]
    return Control(
        field.id,
        field.title,
        control,
        text,
        field.required and not field.personal,
        "%" if field.type == "share" else field.unit,
        _note(field, kind),
        choices,
        field.type == "count",
        fault,
        named if field.type in ("unit", "place") else (),
        came_from,
        field.personal,
        field.prefill == FROM_DEVICE,
    )


def _choices_of(field: Field, text: str, named: Choices) -> Choices:
    match field.type:
        case "yes/no":
            return YES_NO
        case "record":
            return named or (((text, text),) if text else ())
        case "period":
            return _near_periods(field.every, text, clock.today())
        case "unit" | "place":
            return ()
    return field.choices


def _near_periods(every: str, text: str, today: date) -> Choices:
    """The years or quarters that a form offers, the latest first, with the one that is there already; months are typed."""
    years = range(today.year + 1, today.year + 1 - NEAR_YEARS, -1)
    if every == "month":
        return ()
    if every == "year":
        near = {str(year): f"{year}年" for year in years}
    else:
        near = {f"{year}-Q{number}": f"{year}年第{QUARTERS[number]}季度" for year in years for number in (4, 3, 2, 1)}
    return tuple(near.items()) if not text or text in near else ((text, text), *near.items())


def _note(field: Field, kind: RecordKind) -> str:
    if field.least is not None and field.most is not None:
        bounds = f"{field.least:g} 至 {field.most:g}"
    else:
        bounds = f"不小于 {field.least:g}" if field.least else f"不大于 {field.most:g}" if field.most is not None else ""
    needed = f"{say_condition(kind, field.required_when)}时必填" if field.required_when is not None and not field.personal else ""
    scope = f"口径：{field.scope}" if field.scope else ""
    check = "只用来和" + "、".join(map(kind.called, field.share_of)) + "核对，不计分" if field.share_of and "核对" not in field.note else ""
    apart = f"个人信息：{kept_apart(kind)}" if field.personal else ""
    return "；".join(one for one in (field.note, bounds, needed, scope, check, apart) if one)


def kept_apart(kind: RecordKind) -> str:
    """Why something personal is asked, where it is kept and for how long, as forms and pages say it."""
    return f"只为办这件事联系用；另外存放，不进列表、检索和表格，查看会留下记录；满 {years_kept(kind)} 年或撤回时清除。"


def texts_of(kind: RecordKind, data: Mapping[str, object]) -> dict[str, str]:
    """What a record says as it would be typed, to be corrected."""
    return {field.id: _text(field, data[field.id]) for field in kind.fields if field.id in data}


def _text(field: Field, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.type == "share" and isinstance(value, int | float):
        return f"{value * 100:.12g}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def read(kind: RecordKind, sent: Mapping[str, str]) -> tuple[dict[str, str], dict[str, object]]:
    """What was sent: the texts as typed, and the values they say."""
    texts = {field.id: sent.get(field.id, "").strip() for field in kind.fields if _taken(field)}
    shares = {field.id for field in kind.fields if field.type == "share"}
    typed = {id: f"{text}%" if text and id in shares and not text.endswith(("%", "％")) else text for id, text in texts.items()}
    return {DAY: sent.get(DAY, ""), **texts}, read_texts(kind, typed)


def named_in(unit: Unit, kind: RecordKind) -> dict[str, Choices]:
    """What each field of the unit's form may name: its records, the newest first (reference, words), or units and places below it."""
    found: dict[str, Choices] = {}
    kinds = kinds_for(unit) if any(field.type == "record" for field in kind.fields) else {}
    below = list(_below(unit)) if any(field.type in ("unit", "place") for field in kind.fields) else []
    for field in kind.fields:
        match field.type:
            case "record" if field.links in kinds:
                found[field.id] = tuple(_choices(unit, kinds[field.links]))
            case "unit":
                found[field.id] = tuple((one.code, one.name) for one in below if not field.unit_kinds or one.kind in field.unit_kinds)
            case "place":
                found[field.id] = tuple((one.name, "") for one in below if one != unit)
    return found


def with_codes(kind: RecordKind, data: Mapping[str, object], named: Mapping[str, Choices]) -> dict[str, object]:
    """The values with the codes of units that were typed by a name that only one of those offered bears."""
    found = dict(data)
    for field in kind.fields:
        if field.type == "unit":
            codes = [code for code, name in named.get(field.id, ()) if name == data.get(field.id)]
            found |= {field.id: codes[0]} if len(codes) == 1 else {}
    return found


def _below(unit: Unit) -> QuerySet[Unit]:
    """The unit and what lies below it, as far as a form can offer it."""
    return Unit.objects.filter(path__startswith=unit.path, closed_on=None).order_by("code")[:OFFERED]


def from_points(unit: Unit, kind: RecordKind) -> tuple[dict[str, str], dict[str, str]]:
    """What the accounts of the members say for fields that are to be filled in from them; for those who keep the accounts alone."""
    asked = [field for field in kind.fields if field.prefill in FROM_POINTS]
    found = summary(unit, clock.today()) if asked else None
    if found is None:
        return {}, {}
    texts = {field.id: str(getattr(found, field.prefill.partition(".")[2])) for field in asked}
    return texts, dict.fromkeys(texts, "由今天的党员积分账户汇总，请看一眼")


def prefilled(unit: Unit, kind: RecordKind) -> tuple[dict[str, str], dict[str, str]]:
    """What the newest records of the unit say for fields that are to be filled in from them: the texts, and where they are from."""
    texts: dict[str, str] = {}
    origins: dict[str, str] = {}
    newest: dict[str, Record | None] = {}
    for field in kind.fields:
        if not field.prefill or field.prefill in FROM_POINTS or not _taken(field) or field.personal:
            continue
        other, _, id = field.prefill.partition(".") if field.prefill != LAST else (kind.id, "", field.id)
        if other not in newest:
            newest[other] = Record.objects.filter(unit=unit, kind=other).counting().order_by("-occurred_on", "-position").first()
        record = newest[other]
        if record is not None and id in record.data:
            texts[field.id] = _text(field, record.data[id])
            origins[field.id] = f"取自 {record.occurred_on} 的记录，请看一眼"
    return texts, origins


def _choices(unit: Unit, kind: RecordKind) -> Iterator[tuple[str, str]]:
    for first, record in with_first(Record.objects.filter(unit=unit, kind=kind.id).select_related("unit")):
        yield first.reference, f"{line(kind, record.data)}（{record.occurred_on}）"


def proposed(kind: RecordKind, asked: QueryDict) -> dict[str, str]:
    """What the address proposes for the day and fields of the kind: text to be looked over, as if it had been typed. Addresses stand in
    logs, and never propose what is personal."""
    ids = [DAY, *(field.id for field in kind.fields if _taken(field) and not field.personal)]
    return {id: asked.get(id, "") for id in ids if id in asked}


def to_keep(kind: RecordKind, texts: Mapping[str, str]) -> dict[str, str]:
    """What the next record of the same kind is likely to share with the one just typed: its day, and what was chosen."""
    kept = {field.id for field in kind.fields if field.type in ("choice", "yes/no", "period", "unit", "record")} | {DAY}
    return {id: text for id, text in texts.items() if id in kept and text}


def default_day(today: date, end: date | None) -> date:
    """Today inside the period, afterwards its last day."""
    return end if end and today > end else today
