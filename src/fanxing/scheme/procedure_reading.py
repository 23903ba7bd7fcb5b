"""A procedure, read from its file."""

import re
from collections.abc import Callable, Mapping

from fanxing.scheme.field_reading import read_field
from fanxing.scheme.model import (
    SEATS,
    Appoints,
    Ballot,
    Committee,
    Named,
    Party,
    Procedure,
    PublicNotice,
    Register,
    Route,
    Share,
    State,
    Step,
    Term,
    Yield,
)
from fanxing.scheme.section import FILE_ID, Section, check_id
from fanxing.scheme.yaml import Item

SHARE = re.compile(r"(more than )?(\d{1,4})/(\d{1,4})")
DAYS = re.compile(r"(\d{1,4}) days?")
# A state is waiting for nobody after ten years.
LONGEST_TERM = 3_650
WaysOn = Committee | PublicNotice | Ballot
KEYS_OF_STEPS = ("committee", "notice", "ballot")


def read_procedure(id: str, section: Section, basis: str) -> Procedure:
    """A procedure as it is written; whether it holds together is a matter of the checks."""
    if not FILE_ID.fullmatch(id):
        section.fault(f'the file name "{id}" is the id of the procedure: use lower-case letters, digits, - and _')
    own_basis = section.text("basis") or basis
    procedure = Procedure(
        id=id,
        title=section.text("title", required=True),
        basis=own_basis,
        note=section.text("note"),
        owner=section.text("owner"),
        group=section.text("group"),
        kinds=section.texts("kinds"),
        titled=section.text("titled", required=True),
        place_field=section.text("place_field"),
        clash=section.texts("clash"),
        guide=section.text("guide"),
        urgent=section.expression("urgent"),
        within=_terms(section, "within"),
        opened_by=section.texts("opened_by"),
        asks=section.texts("asks"),
        begins=section.text("begins", required=True),
        seen_by=section.texts("seen_by") if "seen_by" in section else None,
        shows=section.texts("shows"),
        minutes=section.text("minutes"),
        retention=section.months("retention"),
        named=_named(section),
        register=_register(section),
        measures=section.texts("measures"),
        fields=tuple(
            read_field(key.text, Section(value, section.faults, f"{section.what}: field {key.text}"), own_basis)
            for key, value in section.pairs("fields")
        ),
        parties={key.text: _party(key, value, section) for key, value in section.pairs("parties")},
        routes=tuple(_route(row) for row in section.sections("routes", "route")),
        states={key.text: _state(key, value, section, own_basis) for key, value in section.pairs("states")},
        steps=tuple(_step(row, own_basis) for row in section.sections("steps", "step")),
        place=section.place,
    )
    section.finish()
    return procedure


def _party(key: Item, value: Item, section: Section) -> Party:
    check_id(key.text, key.place, section.faults, "party")
    row = Section(value, section.faults, f"{section.what}: party {key.text}")
    party = Party(
        id=key.text,
        title=row.text("title", required=True),
        note=row.text("note"),
        posts=row.texts("posts"),
        at=row.word("at", tuple(SEATS), "here"),
        person=row.text("person"),
        place=row.place,
    )
    row.finish()
    return party


def _state(key: Item, value: Item, section: Section, basis: str) -> State:
    check_id(key.text, key.place, section.faults, "state")
    row = Section(value, section.faults, f"{section.what}: state {key.text}")
    state = State(
        id=key.text,
        title=row.text("title", required=True),
        basis=row.text("basis") or basis,
        note=row.text("note"),
        waits_for=row.texts("waits_for"),
        within=_terms(row, "within"),
        late_to=row.text("late_to"),
        then=row.text("then"),
        stopped=row.flag("stopped"),
        ends=row.flag("ends"),
        records=tuple(_yield(one) for one in row.sections("records", "record")),
        appoints=_appoints(row),
        step=_step_of_state(row),
        place=row.place,
    )
    row.finish()
    return state


def _step(row: Section, basis: str) -> Step:
    verb = row.text("verb", required=True)
    if verb:
        row.what = f"{row.what} {verb}"
        check_id(verb, row.place, row.faults, "verb")
    step = Step(
        id=verb,
        title=row.text("title", required=True),
        basis=row.text("basis") or basis,
        note=row.text("note"),
        source=row.text("from", required=True),
        target=row.text("to", required=True),
        by=row.texts("by"),
        asks=row.texts("asks"),
        reason=row.flag("reason"),
        sets=tuple((key.text, row.as_value(value, key.text)) for key, value in row.pairs("sets")),
        assigns=row.text("assigns"),
        when=row.expression("when"),
        times=row.whole("times", 1, least=1) if "times" in row else None,
        open_for=_days(row, "open_for"),
        joins=row.flag("joins"),
        place=row.place,
    )
    row.finish()
    return step


def _route(row: Section) -> Route:
    route = Route(kind=row.text("kind", required=True), when=row.expression("when"))
    row.finish()
    return route


def _step_of_state(row: Section) -> WaysOn | None:
    given = [key for key in KEYS_OF_STEPS if key in row]
    if len(given) > 1:
        row.fault(f"it has {' and '.join(given)}; a state has one of {', '.join(KEYS_OF_STEPS)}, so make two states of it")
    found = {key: read(inner) for key, read in _READERS.items() if (inner := _inner(row, key)) is not None}
    return next(iter(found.values()), None)


def _inner(row: Section, key: str) -> Section | None:
    item = row.item(key)
    return None if item is None else Section(item, row.faults, f"{row.what}: {key}")


def _committee(inner: Section) -> Committee:
    decide = inner.word("decide", ("all", "majority", "number"), "all")
    committee = Committee(
        members=inner.texts("members"),
        passes=inner.text("passes", required=True),
        fails=inner.text("fails", required=True),
        each=inner.word("each", ("body", "person"), "body"),  # type: ignore[arg-type]  # one of these words
        decide=decide,  # type: ignore[arg-type]  # one of these words
        number=inner.whole("number", 0, least=1) if "number" in inner else 0,
    )
    inner.finish()
    return committee


def _notice(inner: Section) -> PublicNotice:
    notice = PublicNotice(
        days=_term_of(inner, "days"),
        answer=_term_of(inner, "answer"),
        passes=inner.text("passes", required=True),
        upheld=inner.text("upheld"),
        shows=inner.texts("shows"),
    )
    inner.finish()
    return notice


def _ballot(inner: Section) -> Ballot:
    ballot = Ballot(
        eligible=inner.text("eligible", required=True),
        quorum=_share(inner, "quorum"),
        majority=_share(inner, "majority"),
        passes=inner.text("passes", required=True),
        fails=inner.text("fails", required=True),
        of=inner.word("of", ("cast", "eligible"), "cast"),  # type: ignore[arg-type]  # one of these words
        voters=inner.text("voters"),
        secret=inner.flag("secret", True),
    )
    inner.finish()
    return ballot


_READERS: Mapping[str, Callable[[Section], WaysOn]] = {"committee": _committee, "notice": _notice, "ballot": _ballot}


def _yield(row: Section) -> Yield:
    found = Yield(
        kind=row.text("kind", required=True),
        values=tuple((key.text, row.as_expression(value, key.text)) for key, value in row.pairs("values")),
        day=row.text("day") or "closed",
        when=row.expression("when"),
    )
    row.finish()
    return found


def _appoints(row: Section) -> Appoints | None:
    inner = _inner(row, "appoints")
    if inner is None:
        return None
    appoints = Appoints(
        person=inner.text("person", required=True),
        post=inner.text("post", required=True),
        begins=inner.text("begins", required=True),
        months=inner.months("lasts"),
    )
    inner.finish()
    return appoints


def _named(section: Section) -> Named | None:
    inner = _inner(section, "named")
    if inner is None:
        return None
    named = Named(inner.text("person", required=True), inner.text("consent", required=True), inner.text("until"))
    inner.finish()
    return named


def _register(section: Section) -> Register | None:
    inner = _inner(section, "register")
    if inner is None:
        return None
    record, title, count = (inner.text(key, required=True) for key in ("record", "title", "count"))
    register = Register(record, title, count, inner.text("until"))
    inner.finish()
    return register


def _terms(section: Section, key: str) -> tuple[Term, ...]:
    return tuple(_term(row) for row in section.sections(key, key))


def _term_of(inner: Section, key: str) -> Term:
    row = _inner(inner, key)
    if row is None:
        inner.fault(f'"{key}" is missing: how long, such as {key}: {{calendar_days: 7}}')
        return Term(1)
    return _term(row)


def _term(row: Section) -> Term:
    given = [key for key in ("working_days", "calendar_days") if key in row]
    if len(given) != 1:
        row.fault("write how long: working_days: 5, or calendar_days: 7")
    days = 1
    for key in given:
        days = row.whole(key, 1, least=1)
        if days > LONGEST_TERM:
            row.fault(f'"{key}" is {days}; a term has at most {LONGEST_TERM} days', row.item(key))
    term = Term(days, working=given != ["calendar_days"], when=row.expression("when"))
    row.finish()
    return term


def _share(inner: Section, key: str) -> Share:
    text = inner.text(key, required=True)
    match = SHARE.fullmatch(text)
    more, part, whole = (bool(match[1]), int(match[2]), int(match[3])) if match else (False, 0, 0)
    if 0 < part <= whole and not (more and part == whole):
        return Share(part, whole, more)
    if text:
        inner.fault(f'"{key}" must be a part that can be reached, such as 2/3 or more than 1/2, found "{text}"', inner.item(key))
    return Share(1, 1)


def _days(row: Section, key: str) -> int | None:
    item = row.item(key)
    if item is None:
        return None
    match = DAYS.fullmatch(item.text.strip()) if item.is_scalar else None
    days = int(match[1]) if match else 0
    if not 1 <= days <= LONGEST_TERM:
        row.fault(f'"{key}" must be a length such as 30 days, found {item.called}', item)
        return None
    return days
