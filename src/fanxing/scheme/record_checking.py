"""What must hold of a kind of record: names of units, posts and fields, and what goes with which type of field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from fanxing.scheme.expressions import Expression, ExpressionError, Type, did_you_mean, names, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import (
    FIELD_TYPES,
    FROM_DEVICE,
    FROM_POINTS,
    IDENTITY_DAYS,
    LAST,
    PROMISED,
    Expects,
    Field,
    Meets,
    Procedure,
    RecordKind,
    Scheme,
)

# Keys that only one type of field has.
OWN_KEYS = {"every": "period", "unit_kinds": "unit", "links": "record"}
TEXTS = ("text", "long text")


def check_record_kind(kind: RecordKind, scheme: Scheme, faults: Faults) -> None:
    """Note a fault for everything in a kind of record that does not hold."""
    for message in _wrong_with_kind(kind, scheme):
        faults.add(kind.place, f"record kind {kind.id}: {message}")
    for field in kind.fields:
        for message in (*_wrong_with_name(field), *wrong_with_field(field, kind, field_types(kind), scheme)):
            faults.add(field.place, f"{kind.id}.{field.id}: {message}")


def field_types(kind: RecordKind) -> dict[str, Type]:
    """What a condition over the records of a kind may read: its fields but the personal ones, and the day."""
    return {**{one.id: FIELD_TYPES[one.type] for one in kind.fields if not one.personal}, "occurred_on": Type.DATE}


def counted_types(kind: RecordKind) -> dict[str, Type]:
    """What a fact may read: the same, and what the dues of a record add."""
    return field_types(kind) | {one.id: FIELD_TYPES[one.type] for one in kind.promised}


def _wrong_with_kind(kind: RecordKind, scheme: Scheme) -> Iterator[str]:
    if kind.expects:
        yield from (f"field {one.id}: the word is kept for what falls due; choose another id" for one in kind.fields if one.id in PROMISED)
    if not kind.fields:
        yield '"fields" is missing; a record says at least one thing'
    yield from unknown("kind of unit", kind.kinds, scheme.unit_kinds)
    yield from unknown("post", (*kind.recorded_by, *kind.confirmed_by), tuple(scheme.posts))
    for id in kind.handling_faults:
        named = kind.field(id)
        if named is None or named.type != "yes/no":
            yield f'handling_faults names "{id}", which is not a yes/no field'
    shown = tuple(one.id for one in kind.fields if not one.personal)
    yield from unknown("field", kind.columns, shown)
    yield from unknown("field", kind.identity, (*shown, *IDENTITY_DAYS))
    if kind.times is not None and kind.times <= 0:
        yield f'"times" must be above 0: how often a unit records it in a year, found {kind.times:g}'
    if kind.expects is not None:
        yield from (f'"expects": {message}' for message in _wrong_with_expects(kind.expects, kind, scheme.records))

    if kind.meets is not None:
        yield from (f'"meets": {message}' for message in _wrong_with_meets(kind.meets, kind, scheme.records))


def _wrong_with_meets(meets: Meets, kind: RecordKind, records: Mapping[str, RecordKind]) -> Iterator[str]:
    for key, id in (("claimed", meets.claimed), ("confirmed", meets.confirmed)):
        yield from _not_of_type(key, id, kind, Type.TRUTH)
    yield from _not_of_type("by", meets.by, kind, Type.TEXT)
    if meets.teams and meets.teams not in records:
        yield f'no such record kind "{meets.teams}"{did_you_mean(meets.teams, list(records))}'
    offer = records.get(meets.record)
    if offer is None:
        yield f'no such record kind "{meets.record}"{did_you_mean(meets.record, list(records))}'
        return
    if not kind.kept_beside(offer):
        yield f"no kind of unit keeps records both of {kind.id} and of {offer.id}"
    yield from _not_of_type("giver", meets.giver, offer, Type.TEXT)
    yield from _not_of_type("until", meets.until, offer, Type.DATE)
    choices = [{value for value, _ in field.choices} for one in (kind, offer) if (field := one.field(meets.about))]
    if len(choices) < 2 or not choices[0] & choices[1]:
        yield f'"about" must be a choice of {kind.id} and of {offer.id} with values in common, found "{meets.about}"'


def _wrong_with_expects(expects: Expects, kind: RecordKind, records: Mapping[str, RecordKind]) -> Iterator[str]:
    yield from _not_of_type("due", expects.due, kind, Type.DATE)
    yield from _not_of_type("until", expects.until, kind, Type.DATE)
    yield from _not_of_type("while", expects.while_, kind, Type.TRUTH)
    yield from _not_of_type("sum", expects.sum, kind, Type.NUMBER)
    if bool(expects.sum) != bool(expects.counted):
        yield '"sum" and "counted" go together: what falls due, and the field of the answer that counts towards it'
    answer = records.get(expects.record)
    if answer is None:
        yield f'no such record kind "{expects.record}"{did_you_mean(expects.record, list(records))}'
        return
    if not kind.kept_beside(answer):
        yield f"no kind of unit keeps records both of {kind.id} and of {answer.id}"
    link = answer.field(expects.by)
    if link is None or link.type != "record" or link.links != kind.id:
        yield f'"by" must be a field of {answer.id} that links to {kind.id}, found "{expects.by}"'
    yield from _not_of_type("counted", expects.counted, answer, Type.NUMBER)
    for id, value in expects.fill:
        field = answer.field(id)
        if field is None or (field.choices and value not in dict(field.choices)):
            yield f'"fill": {answer.id} has no field "{id}" that could say "{value}"'


def _not_of_type(key: str, id: str, kind: RecordKind, type_: Type) -> Iterator[str]:
    field = kind.field(id)
    if id and (field is None or field.personal or FIELD_TYPES[field.type] is not type_):
        yield f'"{key}" must be a field of {kind.id} that is {type_.value}, found "{id}"'


def _wrong_with_name(field: Field) -> Iterator[str]:
    if field.id == "occurred_on":
        yield "every record has its day; do not declare it"
    if field.id in IDENTITY_DAYS:
        yield "the word is kept for the date of the record; choose another id"


def wrong_with_field(field: Field, of: RecordKind | Procedure, types: Mapping[str, Type], scheme: Scheme) -> Iterator[str]:
    """Everything in a field of a kind of record or of a procedure that does not hold; its conditions may read names of these types."""
    if field.choices and field.type not in ("choice", *TEXTS):
        yield '"choices" are for a choice'
    if field.least is not None and field.most is not None and field.least > field.most:
        yield f"least {field.least:g} is above most {field.most:g}"
    yield from _wrong_with_share(field, of)
    for key, type_ in OWN_KEYS.items():
        if getattr(field, key) and field.type != type_:
            yield f'"{key}" goes with a {type_}'
    if field.type == "period" and not field.every:
        yield '"every" is missing: year, quarter or month'
    yield from unknown("kind of unit", field.unit_kinds, scheme.unit_kinds)
    if field.type == "record" and field.links not in scheme.records:
        yield f'"links" names no record kind "{field.links}"{did_you_mean(field.links, list(scheme.records))}'
    # The ledger keeps personal texts alone; of a matter also a judgement on somebody stands apart.
    if field.personal and field.type not in (TEXTS if isinstance(of, RecordKind) else (*TEXTS, "choice")):
        yield '"personal" goes with a text'
    if (condition := field.required_when) is not None:
        yield from _wrong_with_condition(field, condition, types)
    if field.prefill:
        yield from _wrong_with_prefill(field, of, scheme.records)
    yield from unknown("choice", (value for value, _ in field.choice_words), tuple(value for value, _ in field.choices))


def _wrong_with_share(field: Field, of: RecordKind | Procedure) -> Iterator[str]:
    parts = [one for id in field.share_of if (one := of.field(id)) is not None and FIELD_TYPES[one.type] is Type.NUMBER]
    if field.share_of and (field.type != "share" or len(field.share_of) != 2 or len(parts) != 2):
        yield '"share_of" makes a share of two number fields: share_of: [part, whole]'
    if field.scope and not field.share_of:
        yield '"scope" says what the whole of a share covers; it goes with share_of: [part, whole]'


def _wrong_with_condition(field: Field, condition: Expression, types: Mapping[str, Type]) -> Iterator[str]:
    if field.required:
        yield '"required" and "required_if" contradict each other; write one of them'
    if field.id in names(condition):
        yield '"required_if" asks for the other fields, not for this one'
    if field.type in ("photo", "file"):
        yield f'"required_if": a {field.type} is never required'
    try:
        if type_of(condition, types) is not Type.TRUTH:
            yield "\"required_if\" must be a condition, such as about == 'other'"
    except ExpressionError as error:
        yield f'"required_if": {error}'


def _wrong_with_prefill(field: Field, of: RecordKind | Procedure, records: Mapping[str, RecordKind]) -> Iterator[str]:
    if field.prefill == LAST:
        return
    if field.prefill in FROM_POINTS:
        if field.type != "count":
            yield f'"prefill" takes {field.prefill}, which goes with a count'
        return
    if field.prefill == FROM_DEVICE:
        if field.type != "text" or not field.personal:
            yield f'"prefill" takes {FROM_DEVICE}, which goes with a personal text'
        return
    other, _, id = field.prefill.partition(".")
    source = records[other].field(id) if other in records else None
    if source is None or (isinstance(of, RecordKind) and other == of.id):
        known = f"{LAST}, {', '.join((*FROM_POINTS, FROM_DEVICE))}, or a field of another kind such as party_register.members"
        yield f'"prefill" must be {known}; found "{field.prefill}"'
    elif FIELD_TYPES[source.type] is not FIELD_TYPES[field.type] or source.unit != field.unit or source.personal:
        yield f'"prefill" takes {field.prefill}, which is not of the same type and unit'


def unknown(what: str, ids: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    """A fault for each id that is not known."""
    return (f'no such {what} "{id}"{did_you_mean(id, list(known))}' for id in ids if id not in known)
