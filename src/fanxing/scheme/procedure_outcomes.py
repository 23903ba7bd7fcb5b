"""What comes of a matter: whether its end gives the record and the appointment that it promises."""

from collections.abc import Iterator, Mapping, Set

from fanxing.scheme.expressions import Arithmetic, Call, Const, Expression, ExpressionError, Name, Type, children, type_of
from fanxing.scheme.model import FIELD_TYPES, Appoints, Field, Named, Procedure, Register, Scheme, Yield
from fanxing.scheme.plain_values import compared, unknown_words
from fanxing.scheme.record_checking import unknown

# What the clock of a matter says, as fields would.
CLOCK_TYPES = {"late": "yes/no", "days_open": "count", "times_reopened": "count", "paired": "count"}
DAYS = ("opened", "closed")
# Into which types of field a value of a type goes as it is.
FITS: Mapping[str, tuple[str, ...]] = {
    "count": ("count", "number", "money"),
    "number": ("number", "money"),
    "money": ("number", "money"),
    "share": ("share", "number"),
    "yes/no": ("yes/no",),
    "text": ("text", "long text"),
    "long text": ("long text",),
    "place": ("place", "text", "long text"),
    "choice": ("choice",),
    "date": ("date",),
    "period": ("period",),
    "unit": ("unit",),
    "record": ("record",),
}


def matter_types(procedure: Procedure) -> dict[str, Type]:
    """What a condition over a matter may read: its fields but the personal ones."""
    return {one.id: FIELD_TYPES[one.type] for one in procedure.fields if not one.personal}


def wrong_with_record(one: Yield, procedure: Procedure, known: Set[str], scheme: Scheme) -> Iterator[str]:
    """Everything in a record that an end writes that does not hold; `known` are the fields that are surely filled in by then."""
    kind = scheme.records.get(one.kind)
    if kind is None:
        yield from unknown("record kind", [one.kind], tuple(scheme.records))
        return
    if without := [one for one in procedure.kinds or scheme.unit_kinds if not kind.kept_in(one)]:
        yield f'{", ".join(without)} keep no such records; let "kinds" of the record kind and those of the procedure agree'
    day = procedure.field(one.day)
    if one.day not in DAYS and (day is None or day.type != "date"):
        yield f'"day" must be opened, closed or a field that is a date, found "{one.day}"'
    elif day is not None and day.id not in known:
        yield f'"day" is {day.id}, which may be missing; let a form ask for it, and require it'
    types = matter_types(procedure) | {id: FIELD_TYPES[type_] for id, type_ in CLOCK_TYPES.items()}
    choices = {field.id: dict(field.choices) for field in procedure.fields if field.choices}
    if one.when is not None:
        yield from (f'"when": {message}' for message in _mistyped(one.when, types, Type.TRUTH, choices))
    given = dict(one.values)
    yield from unknown("field", given, [field.id for field in kind.fields])
    for field in kind.fields:
        if field.id in given:
            yield from (f"{field.id}: {message}" for message in _unfit(given[field.id], field, procedure, types, choices))
        if field.required and (field.id not in given or _may_be_missing(given[field.id], known)):
            yield f"{field.id} must be given, but {'it may be missing' if field.id in given else 'it has no value'}"


def _unfit(
    value: Expression, field: Field, procedure: Procedure, types: Mapping[str, Type], choices: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    if field.personal or field.type not in FITS:
        yield f"a {'personal field' if field.personal else field.type} is never written by itself"
        return
    if found := list(_mistyped(value, types, FIELD_TYPES[field.type], choices)):
        yield from found
        return
    for leaf in _leaves(value):
        if not _goes_into(leaf, field, procedure):
            yield f"{_called(leaf)} is none of what a {field.type} may say{_why_not(field)}"


def _mistyped(value: Expression, types: Mapping[str, Type], wanted: Type, choices: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    try:
        if (found := type_of(value, types)) is not wanted:
            yield f"it is {found.value}, but {wanted.value} is asked for"
    except ExpressionError as error:
        yield str(error)
    yield from unknown_words(compared(value), choices)


def _leaves(value: Expression) -> tuple[Expression, ...]:
    """The values one of which an expression takes."""
    if isinstance(value, Call) and value.function in ("first", "min", "max"):
        return tuple(leaf for argument in value.arguments for leaf in _leaves(argument))
    return (value,)


def _goes_into(value: Expression, field: Field, procedure: Procedure) -> bool:
    """Whether what an expression gives is a value that a field may have, so far as types tell."""
    match value:
        case Const(None):
            return True
        case Const(str() as text):
            return text in dict(field.choices) if field.choices else field.type in FITS["text"]
        case Const(float() as number):
            return field.type != "count" or (number >= 0 and number == int(number))
        case Name(id):
            return _field_goes_into(procedure.field(id), CLOCK_TYPES.get(id, ""), field)
        case Arithmetic(op):
            whole = op in "+*" and all(_goes_into(part, field, procedure) for part in children(value))
            return field.type in ("number", "money") or (field.type == "count" and whole)
        case _:
            return True


def _field_goes_into(own: Field | None, clock: str, field: Field) -> bool:
    if own is None:
        return field.type in FITS[clock]
    if field.type not in FITS.get(own.type, ()):
        return False
    if field.choices:
        return bool(own.choices) and {value for value, _ in own.choices} <= {value for value, _ in field.choices}
    narrower = not field.unit_kinds or (bool(own.unit_kinds) and {*own.unit_kinds} <= {*field.unit_kinds})
    return narrower and (own.links, own.every) == (field.links, field.every)


def _called(value: Expression) -> str:
    match value:
        case Name(id):
            return id
        case Const(given):
            return f'"{given}"'
        case _:
            return "what is reckoned here"


def _why_not(field: Field) -> str:
    words = [value for value, _ in field.choices][:12]
    return f" ({', '.join(words)})" if words else ""


def _may_be_missing(value: Expression, known: Set[str]) -> bool:
    """Whether an expression may come to nothing, for want of what it reads."""
    match value:
        case Const(given):
            return given is None
        case Name(id):
            return id not in known and id not in CLOCK_TYPES
        case Call("present"):
            return False
        case Call("first", arguments):
            return all(_may_be_missing(one, known) for one in arguments)
        case Arithmetic("/"):
            return True
        case _:
            return any(_may_be_missing(one, known) for one in children(value))


def wrong_with_appointment(appoints: Appoints, procedure: Procedure, known: Set[str], scheme: Scheme) -> Iterator[str]:
    """Everything in an appointment that an end makes that does not hold."""
    person, begins = procedure.field(appoints.person), procedure.field(appoints.begins)
    if person is None or person.type != "text":
        yield f'"person" must be a field that is a text, found "{appoints.person}"'
    if begins is None or begins.type != "date":
        yield f'"begins" must be a field that is a date, found "{appoints.begins}"'
    for field in (person, begins):
        if field is not None and field.id not in known:
            yield f"{field.id} may be missing; let a form ask for it, and require it"
    yield from unknown("post", [appoints.post], tuple(scheme.posts))
    post = scheme.posts.get(appoints.post)
    for kind in procedure.kinds:
        if post is not None and post.kinds and kind not in post.kinds:
            yield f"the post {post.id} cannot be held at a {kind}"


def wrong_with_names(named: Named, procedure: Procedure) -> Iterator[str]:
    """Everything that does not hold in what says whose name may stand in public."""
    person, consent, until = (procedure.field(id) for id in (named.person, named.consent, named.until))
    if person is None or not person.personal:
        yield f'named: "person" must be a personal field, found "{named.person}"'
    if consent is None or consent.type != "yes/no":
        yield f'named: "consent" must be a field that is yes/no, found "{named.consent}"'
    if named.until and (until is None or until.type != "date"):
        yield f'named: "until" must be a field that is a date, found "{named.until}"'


def wrong_with_register(register: Register, procedure: Procedure, scheme: Scheme) -> Iterator[str]:
    """Everything that does not hold in what says which records the register adds up."""
    kind = scheme.records.get(register.record)
    if kind is None:
        yield from (f"register: {message}" for message in unknown("record kind", [register.record], tuple(scheme.records)))
        return
    if not any(one.kind == kind.id for state in procedure.states.values() for one in state.records):
        yield f"register: no end of it writes a record of the kind {kind.id}"
    wanted = {"title": ("choice", "text"), "count": ("count",), "until": ("date",)}
    for key, types in wanted.items():
        id = getattr(register, key)
        field = kind.field(id)
        if id and (field is None or field.personal or field.type not in types):
            yield f'register: "{key}" must be a field of {kind.id} that is a {" or ".join(types)}, found "{id}"'
