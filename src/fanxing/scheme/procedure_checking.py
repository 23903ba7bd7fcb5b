"""What must hold of a procedure: names, types, who may take which step, and that every matter can come to an end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fanxing.scheme.expressions import Expression, ExpressionError, Type, names, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import (
    CLOCK_WORDS,
    FIELD_TYPES,
    ROUTE,
    Ballot,
    Committee,
    Field,
    Party,
    Procedure,
    PublicNotice,
    Scheme,
    State,
    Step,
    Term,
    Value,
)
from fanxing.scheme.plain_values import compared, type_of_value, unknown_words
from fanxing.scheme.procedure_outcomes import (
    matter_types,
    wrong_with_appointment,
    wrong_with_names,
    wrong_with_record,
    wrong_with_register,
)
from fanxing.scheme.procedure_ways import Ways
from fanxing.scheme.record_checking import unknown, wrong_with_field

# What a field cannot be called, since the language says it of every matter.
KEPT_WORDS = (*CLOCK_WORDS, "opened", "closed", ROUTE)
WITHOUT_POSTS = ("opener", "anyone")
# Parties for which no post speaks.
ONE_PERSON = (*WITHOUT_POSTS, "named")
EVIDENCE_TYPES = ("photo", "file")
_WHAT: Mapping[type, str] = {Committee: "the committee", PublicNotice: "the notice", Ballot: "the ballot"}
# So much a page can show and a drawing can hold.
MOST = {"states": 60, "steps": 240, "fields": 120, "parties": 40}


def check_procedure(procedure: Procedure, scheme: Scheme, faults: Faults) -> None:
    """Note a fault for everything in a procedure that does not hold."""
    for key, most in MOST.items():
        if (count := len(getattr(procedure, key))) > most:
            faults.add(procedure.place, f'procedure {procedure.id}: it has {count} "{key}"; there are at most {most}, so make two of it')
            return
    checks = _Checks(procedure, scheme)
    for message in checks.whole():
        faults.add(procedure.place, f"procedure {procedure.id}: {message}")
    for field in procedure.fields:
        for message in checks.field(field):
            faults.add(field.place, f"{procedure.id}.{field.id}: {message}")
    for party in procedure.parties.values():
        for message in checks.party(party):
            faults.add(party.place, f"procedure {procedure.id}: party {party.id}: {message}")
    for state in procedure.states.values():
        for message in checks.state(state):
            faults.add(state.place, f"procedure {procedure.id}: state {state.id}: {message}")
    for step in procedure.steps:
        for message in checks.step(step):
            faults.add(step.place, f"procedure {procedure.id}: step {step.id} from {step.source}: {message}")


class _Checks:
    """The checks of one procedure; each gives its faults without saying of what."""

    def __init__(self, procedure: Procedure, scheme: Scheme) -> None:
        self.procedure, self.scheme = procedure, scheme
        self.ways = Ways(procedure)
        self.types = matter_types(procedure)
        self.choices = {one.id: dict(one.choices) for one in procedure.fields if one.choices}
        self.asked = {*procedure.asks, *(id for step in procedure.steps for id in step.asks)}
        self.set_by_steps = {id for step in procedure.steps for id, _ in step.sets}

    # ---- as a whole

    def whole(self) -> Iterator[str]:
        """What is wrong with what is said of the whole."""
        procedure = self.procedure
        for key in ("fields", "parties", "states", "steps", "opened_by"):
            if not getattr(procedure, key):
                yield f'"{key}" is missing'
        yield from unknown("kind of unit", procedure.kinds, self.scheme.unit_kinds)
        yield from self._opening()
        yield from self._shown("titled", [procedure.titled] if procedure.titled else [])
        yield from self._shown("shows", procedure.shows)
        if procedure.titled and procedure.titled not in self.asked:
            yield f'"titled" names {procedure.titled}, which no form asks for, so that matters would have no title'
        place = procedure.field(procedure.place_field)
        if procedure.place_field and (place is None or place.type != "place"):
            yield f'"place_field" must be a field that is a place, found "{procedure.place_field}"'
        yield from self._clash()
        yield from self._guide()
        yield from self._terms("within", procedure.within)
        yield from self._condition("urgent", procedure.urgent)
        yield from self._seen_by()
        yield from self._routes()
        yield from self._pages()
        if procedure.retention is None and any(one.personal or one.type in EVIDENCE_TYPES for one in procedure.fields):
            yield '"retention" is missing: how long after its end personal fields are kept, and photos, such as retention: 6 months'

    def _clash(self) -> Iterator[str]:
        yield from self._shown("clash", self.procedure.clash)
        for id in self.procedure.clash:
            if (field := self.procedure.field(id)) is not None and field.type == "long text":
                yield f'"clash" names {id}, which is long text: no two matters say the same at length'

    def _pages(self) -> Iterator[str]:
        procedure = self.procedure
        if procedure.named is not None:
            yield from wrong_with_names(procedure.named, procedure)
        if procedure.register is not None:
            yield from wrong_with_register(procedure.register, procedure, self.scheme)
        # Which facts there are is up to the sheet of each county: a measure that its rules do not have is left out of the page.
        yield from _twice("measures", procedure.measures)

    def _guide(self) -> Iterator[str]:
        procedure = self.procedure
        kind = self.scheme.records.get(procedure.guide)
        if procedure.guide and kind is None:
            yield from unknown("kind of record", [procedure.guide], tuple(self.scheme.records))
        elif kind is not None and (kind.field(procedure.titled) is None or procedure.titled not in procedure.asks):
            yield f'"guide" names {kind.id}, which has no field {procedure.titled}: then nothing says what is asked for'

    def _opening(self) -> Iterator[str]:
        procedure = self.procedure
        yield from self._parties("opened_by", procedure.opened_by)
        for id in procedure.opened_by:
            if (party := procedure.parties.get(id)) is not None and party.at in ("opener", "named", "assigned"):
                yield f'"opened_by" names {id}, which is {party.at}: there is no such party before a matter is open'
        yield from self._fields("asks", procedure.asks)
        begins = procedure.states.get(procedure.begins)
        if procedure.begins and begins is None:
            yield from unknown("state", [procedure.begins], tuple(procedure.states))
        elif begins is not None and begins.ends:
            yield f'"begins" names {begins.id}, where a matter is over already'

    def _seen_by(self) -> Iterator[str]:
        seen_by = self.procedure.seen_by
        yield from self._parties("seen_by", seen_by or ())
        for id in seen_by or ():
            if (party := self.procedure.parties.get(id)) is not None and party.at == "anyone":
                yield f'"seen_by" names {id}, which is everybody; leave "seen_by" out'

    def _routes(self) -> Iterator[str]:
        routes, assigning = self.procedure.routes, [one for one in self.procedure.steps if one.assigns == ROUTE]
        for route in routes:
            yield from unknown("kind of unit", [route.kind], self.scheme.unit_kinds)
            yield from self._condition("routes", route.when)
        if routes and not assigning:
            yield '"routes" say who is responsible, but no step says assigns: route'

    # ---- one by one

    def field(self, field: Field) -> Iterator[str]:
        """What is wrong with a field."""
        if field.id in KEPT_WORDS:
            yield "the word says something of every matter; choose another id"
        yield from wrong_with_field(field, self.procedure, self.types, self.scheme)
        if field.id not in self.asked | self.set_by_steps:
            yield "no form asks for it and no step sets it; leave it out"

    def party(self, party: Party) -> Iterator[str]:
        """What is wrong with a party."""
        if party.at in WITHOUT_POSTS:
            if party.posts:
                yield f'whoever is "{party.at}" needs no "posts"; leave them out'
        elif not party.posts:
            yield '"posts" is missing: those that act for it'
        yield from unknown("post", party.posts, tuple(self.scheme.posts))
        yield from self._person(party)
        if party.at in ("here", "named") and party.posts and self.procedure.kinds:
            yield from self._nobody_here(party)
        if party.id not in self._named_parties:
            yield "nothing names it; leave it out"

    def _person(self, party: Party) -> Iterator[str]:
        field = self.procedure.field(party.person)
        if party.at != "named":
            if party.person:
                yield '"person" goes with at: named; leave it out'
        elif field is None or not field.personal or field.choices or party.person not in self.procedure.asks:
            yield f'"person" must be a personal text that the first form asks for, found "{party.person}"'

    def _nobody_here(self, party: Party) -> Iterator[str]:
        posts = [self.scheme.posts[id] for id in party.posts if id in self.scheme.posts]
        for kind in self.procedure.kinds:
            if posts and all(post.kinds and kind not in post.kinds for post in posts):
                yield f'none of its posts can be held at a {kind}; name one that can, or leave {kind} out of "kinds"'

    @property
    def _named_parties(self) -> set[str]:
        procedure = self.procedure
        named = {*procedure.opened_by, *(procedure.seen_by or ())}
        for state in procedure.states.values():
            named |= {*state.waits_for, state.late_to}
            match state.step:
                case Committee(members):
                    named |= {*members}
                case Ballot(voters=voters):
                    named.add(voters)
        return named | {id for step in procedure.steps for id in step.by}

    def state(self, state: State) -> Iterator[str]:
        """What is wrong with a state."""
        yield from self._parties("waits_for", state.waits_for)
        yield from self._parties("late_to", [state.late_to] if state.late_to else [])
        yield from self._terms("within", state.within)
        for key in ("late_to", "then"):
            if getattr(state, key) and not state.within:
                yield f'"{key}" goes with "within": without a time it is never late'
        yield from self._ways(state)
        if state.ends:
            yield from self._end(state)
        else:
            for key in ("records", "appoints"):
                if getattr(state, key):
                    yield f'"{key}" is what comes of a state that ends; say ends: yes, or write it there'
        yield from self._follow_by_themselves(state)
        match state.step:
            case Committee() as committee:
                yield from self._committee(committee)
            case PublicNotice() as notice:
                yield from self._notice(state, notice)
            case Ballot() as ballot:
                yield from self._ballot(state, ballot)

    def _ways(self, state: State) -> Iterator[str]:
        if state.id not in self.ways.reached and self.procedure.begins in self.procedure.states:
            yield "no way leads here from the beginning; add a step to it, or leave it out"
        if state.ends:
            return
        leaving = [one for one in self.ways.steps if one.source == state.id and one.target != state.id]
        if not leaving:
            yield "it does not end and no step leads on; add one, or say ends: yes"
        elif state.id in self.ways.stuck:
            yield f"nobody can take any step that leads on ({', '.join(one.id for one in leaving)}); say by whom"
        elif state.id in self.ways.trapped:
            yield "whatever is done from here, a matter never ends; let a step lead to a state that ends"
        if state.step is None:
            yield from self._turns(state)

    def _turns(self, state: State) -> Iterator[str]:
        by_people = self.ways.by_people(state.id)
        if by_people and not state.waits_for and not (state.then and state.within):
            yield 'it waits for nobody, though only somebody\'s step leads on; say with "waits_for" whose turn it is'
        for id in state.waits_for:
            if id in self.procedure.parties and not any(id in one.by for one in by_people):
                yield f"it waits for {id}, who may take no step from it"

    def _end(self, state: State) -> Iterator[str]:
        for key in ("waits_for", "within", "stopped", "step"):
            if getattr(state, key):
                what = "a committee, a notice or a ballot" if key == "step" else f'"{key}"'
                yield f"it ends, so {what} has no place in it"
        known = self.ways.known[state.id]
        for one in state.records:
            yield from (f"record {one.kind}: {message}" for message in wrong_with_record(one, self.procedure, known, self.scheme))
        if state.appoints is not None:
            yield from (f"appoints: {message}" for message in wrong_with_appointment(state.appoints, self.procedure, known, self.scheme))

    def _follow_by_themselves(self, state: State) -> Iterator[str]:
        for verb in dict.fromkeys(state.by_itself):
            step = self.procedure.step(state.id, verb)
            if step is None:
                here = [one.id for one in self.procedure.steps_from(state.id)]
                yield from unknown("step from here", [verb], here)
                continue
            filled = self.ways.known[state.id]
            asked = [id for id in step.asks if (one := self.procedure.field(id)) and one.required and id not in filled]
            if step.reason or asked:
                what = "a reason" if step.reason else f'"{asked[0]}"'
                yield f"{verb} follows by itself, but asks for {what}, which nobody would give then"

    def step(self, step: Step) -> Iterator[str]:
        """What is wrong with a step."""
        procedure = self.procedure
        yield from unknown("state", [one for one in (step.source, step.target) if one], tuple(procedure.states))
        if step.id and procedure.step(step.source, step.id) is not step:
            yield "there is another step of this verb from there; choose another verb"
        yield from self._parties("by", step.by)
        yield from self._fields("asks", step.asks)
        for id, value in step.sets:
            yield from self._set(id, value)
        yield from self._condition("when", step.when)
        if step.assigns and step.assigns != ROUTE:
            unit = procedure.field(step.assigns)
            if unit is None or unit.type != "unit":
                yield f'"assigns" must be {ROUTE}, or a field that is a unit, found "{step.assigns}"'
        if step.assigns == ROUTE and not procedure.routes:
            yield 'it assigns by the table, but the procedure has no "routes"'
        yield from self._bypassed(step)
        if step.joins and (target := procedure.states.get(step.target)) and not (target.ends and step.by):
            yield "it joins another matter, so somebody takes it, and it leads to a state that ends"
        if not self.ways.can_be_taken(step) and step.source in procedure.states:
            yield 'nobody may take it, and nothing in its state lets it follow by itself; say with "by" who may'
        if step.open_for is not None and (state := procedure.states.get(step.source)) and not state.ends:
            yield '"open_for" counts from the end of the matter, so it goes with steps from a state that ends'

    def _bypassed(self, step: Step) -> Iterator[str]:
        state = self.procedure.states.get(step.source)
        if step.by and state is not None and state.step is not None and step.id in state.by_itself and step.id != state.then:
            yield f'it follows as {_WHAT[type(state.step)]} decides, so nobody takes it by hand; leave out "by"'

    def _set(self, id: str, value: Value) -> Iterator[str]:
        field = self.procedure.field(id)
        if field is None:
            yield from unknown("field", [id], [one.id for one in self.procedure.fields])
        elif field.personal or field.type in (*EVIDENCE_TYPES, "record", "unit"):
            yield f'"sets" cannot say "{id}", which only somebody who knows can fill in'
        else:
            wanted = Type.TEXT if FIELD_TYPES[field.type] is Type.DATE else FIELD_TYPES[field.type]
            if type_of_value(value) is not wanted:
                yield f'"sets": {id} is {FIELD_TYPES[field.type].value}, but it is set to {type_of_value(value).value}'
            yield from (f'"sets": {message}' for message in unknown_words([(id, value)], self.choices))

    # ---- committees, notices, ballots

    def _committee(self, committee: Committee) -> Iterator[str]:
        if not committee.members:
            yield 'committee: "members" is missing'
        yield from self._parties("members", committee.members)
        for id in committee.members:
            if (party := self.procedure.parties.get(id)) is not None and party.at in ONE_PERSON:
                yield f"committee: {id} holds no post, so nobody knows who gives its verdict"
        most = len(committee.members) if committee.each == "body" else None
        if committee.decide == "number" and not committee.number:
            yield 'committee: "number" is missing: how many must be in favour'
        elif committee.decide != "number" and committee.number:
            yield 'committee: "number" goes with decide: number'
        elif most is not None and committee.number > most:
            yield f"committee: {committee.number} must be in favour, but it has {most} members"
        yield from self._two_ways("committee", committee.passes, committee.fails)

    def _notice(self, state: State, notice: PublicNotice) -> Iterator[str]:
        if not state.waits_for:
            yield 'notice: nobody answers objections, and one of them holds the matter for ever; say with "waits_for" who does'
        yield from self._shown("notice", notice.shows)
        for key, term in (("days", notice.days), ("answer", notice.answer)):
            if term.when is not None:
                yield f'notice: "{key}" is one length, without a condition'
        yield from self._two_ways("notice", notice.passes, notice.upheld)

    def _ballot(self, state: State, ballot: Ballot) -> Iterator[str]:
        if not state.waits_for:
            yield 'ballot: nobody counts the votes and closes it; say with "waits_for" who does'
        eligible = self.procedure.field(ballot.eligible)
        if eligible is None or eligible.type != "count":
            yield f'ballot: "eligible" must be a field that is a count, found "{ballot.eligible}"'
        elif eligible.id not in self.ways.known[state.id]:
            yield f"ballot: {eligible.id} may be missing when it begins; let a form before it ask for it, and require it"
        if ballot.voters:
            yield from self._parties("voters", [ballot.voters])
        voters = self.procedure.parties.get(ballot.voters)
        if voters is not None and voters.at in ONE_PERSON:
            yield f"ballot: {voters.id} is {voters.at}, so nobody knows who has voted; name a party with posts, or leave it to paper"
        yield from self._two_ways("ballot", ballot.passes, ballot.fails)

    def _two_ways(self, what: str, passes: str, fails: str) -> Iterator[str]:
        if passes and passes == fails:
            yield f"{what}: {passes} follows whatever the outcome; name two steps"

    # ---- in common

    def _parties(self, key: str, ids: Sequence[str]) -> Iterator[str]:
        yield from _twice(key, ids)
        yield from (f'"{key}": {message}' for message in unknown("party", ids, tuple(self.procedure.parties)))

    def _fields(self, key: str, ids: Sequence[str]) -> Iterator[str]:
        yield from _twice(key, ids)
        yield from (f'"{key}": {message}' for message in unknown("field", ids, [one.id for one in self.procedure.fields]))

    def _shown(self, key: str, ids: Sequence[str]) -> Iterator[str]:
        yield from self._fields(key, ids)
        for id in ids:
            field = self.procedure.field(id)
            if field is not None and field.personal:
                yield f'"{key}" names {id}, which is personal and is never shown'
            elif field is not None and field.type in EVIDENCE_TYPES:
                yield f'"{key}" names {id}, which is a {field.type}; a text says what it shows'

    def _terms(self, key: str, terms: Iterable[Term]) -> Iterator[str]:
        certain = False
        for term in terms:
            if certain:
                yield f'"{key}" has a length after the one that always holds; put that last'
            certain = certain or term.when is None
            yield from self._condition(key, term.when)

    def _condition(self, key: str, condition: Expression | None) -> Iterator[str]:
        if condition is not None:
            yield from (f'"{key}": {message}' for message in wrong_with_condition(condition, self.types, self.choices))


def wrong_with_condition(condition: Expression, types: Mapping[str, Type], choices: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Why a condition cannot stand over names of these types, with these choices."""
    if clock := [id for id in names(condition) if id in CLOCK_WORDS and id not in types]:
        yield f"{clock[0]} is known only when a matter ends; its record may read it"
        return
    try:
        if type_of(condition, types) is not Type.TRUTH:
            yield "it must be a condition, such as danger == yes"
    except ExpressionError as error:
        yield str(error)
    yield from unknown_words(compared(condition), choices)


def _twice(key: str, ids: Sequence[str]) -> Iterator[str]:
    return (f'"{key}" names {id} twice; keep one' for id, times in Counter(ids).items() if times > 1)
