"""Whom a matter waits for: seats, and items in the inboxes of units and of those who are asked in person."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem, release_terms, remind_terms, remind_units, settle_units
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import PERSONAL, TERM, waiting_in_person
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Assignment, Unit, in_force
from fanxing.procedures.models import Matter, Seat, Verdict, Voter
from fanxing.procedures.parties import holders_of, seats_of, terms_in
from fanxing.procedures.queries import in_states
from fanxing.scheme.model import Ballot, Committee, Procedure, State

SOURCE = "matter"
TURN, LATE, ASKED = "turn", "late", "asked"
# What waits without a limit of its own is put before people for so long.
UNLIMITED = timedelta(days=7)
CHUNK = 500


def key_of(matter: Matter, what: str) -> str:
    """The key of an item that a matter puts before somebody: their turn, that they are asked, that it is late, an objection."""
    return f"{matter.pk}:{what}"


def turn_of(state: State) -> tuple[str, ...]:
    """The parties whose turn it is in a state: those it waits for, and the members of its committee."""
    members = state.step.members if isinstance(state.step, Committee) else ()
    return tuple(dict.fromkeys((*state.waits_for, *members)))


def _voters_in(state: State) -> tuple[str, ...]:
    """The party that may vote online in a state, if any."""
    return (state.step.voters,) if isinstance(state.step, Ballot) and state.step.voters else ()


def _in_person(state: State) -> tuple[str, ...]:
    """The parties whose people are asked each by themselves: those who vote online, and a committee that counts heads."""
    return state.step.members if isinstance(state.step, Committee) and state.step.each == "person" else _voters_in(state)


def _as_bodies(matter: Matter, state: State) -> list[str]:
    """The parties that are asked as bodies and have not said all they were asked for."""
    step = state.step
    if not isinstance(step, Committee):
        return list(turn_of(state))
    said = Verdict.objects.filter(matter=matter, round=matter.round).values_list("member", flat=True)
    done = set(step.members) if step.each == "person" else set(said)
    return [id for id in turn_of(state) if id in state.waits_for or id not in done]


def seat(matter: Matter, procedure: Procedure, state: State, today: date) -> None:
    """Who may see what only those in the case see, and whose turn it is; whoever votes must see what about."""
    turn, seeing = turn_of(state), (*(procedure.seen_by or ()), *_voters_in(state))
    turns = {(unit.pk, post) for unit, post in seats_of(procedure, turn, matter)}
    seen = {(unit.pk, post) for unit, post in seats_of(procedure, seeing, matter)}
    rows = [Seat(matter=matter, unit_id=unit, post_id=post, is_turn=(unit, post) in turns) for unit, post in turns | seen]
    theirs = {term.pk for term in terms_in(procedure, turn, matter, today)}
    # Where all who hold a post sit already, whoever of them is named has no seat beside them.
    rows += [
        Seat(matter=matter, unit_id=term.unit_id, post_id=term.post_id, term=term, is_turn=term.pk in theirs)
        for term in terms_in(procedure, (*turn, *seeing), matter, today)
        if (term.unit_id, term.post_id) not in turns | seen
    ]
    matter.seats.all().delete()
    Seat.objects.bulk_create(rows)


def put_before(matter: Matter, procedure: Procedure, state: State, at: datetime) -> None:
    """Let the matter wait in the inbox of whose turn it is, and of everybody who is asked in person and has not spoken yet."""
    tell(matter, procedure, _as_bodies(matter, state), _item(matter, procedure, state, at), at)
    if _in_person(state):
        ask_each(matter, procedure, state, at)


def _item(matter: Matter, procedure: Procedure, state: State, at: datetime) -> NewItem:
    due = matter.due_on or matter.term_on or timezone.localdate(at) + UNLIMITED
    return NewItem(f"{procedure.title}：{state.title}", due, key=key_of(matter, TURN), urgent=matter.is_urgent)


def tell(matter: Matter, procedure: Procedure, parties: Sequence[str], item: NewItem, at: datetime) -> None:
    """Put something about a matter before the posts of some parties, each unit's in one item, and before whom it names alone."""
    posts: dict[Unit, list[str]] = {}
    for unit, post in seats_of(procedure, parties, matter):
        posts.setdefault(unit, []).append(post)
    whole = _about(matter, item, at)
    for unit, names in posts.items():
        remind_units(units=[unit], item=replace(whole, posts=tuple(names)), source=SOURCE, by=SYSTEM, at=at)
    told = {(unit.pk, post) for unit, names in posts.items() for post in names}
    alone = [one for one in terms_in(procedure, parties, matter, timezone.localdate(at)) if (one.unit_id, one.post_id) not in told]
    remind_terms(terms=alone, item=whole, source=SOURCE, by=SYSTEM, at=at)


def _about(matter: Matter, item: NewItem, at: datetime) -> NewItem:
    """The item with what it is about; of a private matter only its number is told."""
    note = f"{matter.unit.name}：{matter.number if matter.is_private else matter.title}"
    return replace(item, due_on=max(item.due_on, timezone.localdate(at)), note=note, about={"matter": matter.pk})


def speakers(matter: Matter, procedure: Procedure, state: State, today: date) -> list[Assignment]:
    """The terms of those who speak for themselves in a state: in a vote, of which the number is fixed when it begins, those who were in
    office then and still are; in a committee, which is as large as it is, whoever is in office."""
    parties = _in_person(state)
    held = holders_of(procedure, parties, matter, today) if parties else []
    if not isinstance(state.step, Ballot):
        return held
    listed = {one.person_id for one in holders_of(procedure, parties, matter, matter.entered_on)} if held else set()
    return [one for one in held if one.person_id in listed]


def unasked(matter: Matter, procedure: Procedure, state: State, today: date) -> list[Assignment]:
    """The terms of those of them who are not asked yet and have not spoken in this round, one a person."""
    terms = speakers(matter, procedure, state, today)
    round_ = {"matter": matter, "round": matter.round}
    spoken = {
        *Voter.objects.filter(**round_).values_list("voter", flat=True),
        *Verdict.objects.filter(**round_).values_list("member", flat=True),
    }
    key = key_of(matter, ASKED)
    asked = waiting_in_person(key=key, source=SOURCE, terms=terms)
    done = {one.person_id for one in terms if one.pk in asked or (one.person.user and one.person.user.username in spoken)}
    return list({one.person_id: one for one in terms if one.person_id not in done}.values())


def ask_each(matter: Matter, procedure: Procedure, state: State, at: datetime) -> None:
    """Put a matter before everybody who is to speak for themselves and is not asked yet."""
    terms = unasked(matter, procedure, state, timezone.localdate(at))
    item = replace(_item(matter, procedure, state, at), key=key_of(matter, ASKED))
    remind_terms(terms=terms, item=_about(matter, item, at), source=SOURCE, by=SYSTEM, at=at)


def asking_each() -> Iterator[Matter]:
    """The open matters in which people are asked each by themselves: some may have come into office, or to an account, since."""
    return in_states(Matter.objects.open(), lambda state: bool(_in_person(state))).whole().iterator(chunk_size=CHUNK)


def asked_in_vain(today: date) -> dict[int, list[int]]:
    """By matter the terms that are over in which somebody is still asked in person: whoever holds the post since is to be asked."""
    waiting = WorkItem.objects.filter(PERSONAL, source=SOURCE).waiting().values_list("posts", "about")
    asked = [(int(posts.strip().removeprefix(TERM)), about["matter"]) for posts, about in waiting]
    terms = Assignment.objects.filter(pk__in={term for term, _ in asked})
    over = set(terms.exclude(in_force(today)).values_list("pk", flat=True))
    found: dict[int, list[int]] = {}
    for term, matter in asked:
        if term in over:
            found.setdefault(matter, []).append(term)
    return found


def ask_anew(matter: Matter, procedure: Procedure, state: State, terms: list[int], at: datetime) -> None:
    """Take it away from those whose terms are over, and put it before those who hold the posts now."""
    for what in (TURN, LATE, ASKED):
        release_terms(key=key_of(matter, what), source=SOURCE, terms=terms)
    put_before(matter, procedure, state, at)


def heard(matter: Matter, procedure: Procedure, by: Doer, at: datetime) -> None:
    """Whoever has just voted or given a verdict is asked no more: of a person nothing is left, a body has done its part."""
    state = procedure.states[matter.state]
    if asked := _in_person(state):
        # All their terms: of several they were asked in one.
        terms = holders_of(procedure, asked, matter, timezone.localdate(at))
        theirs = [one.pk for one in terms if one.person.user and one.person.user.username == by.username]
        release_terms(key=key_of(matter, ASKED), source=SOURCE, terms=theirs)
        return
    still: dict[int, set[str]] = {}
    for unit, post in seats_of(procedure, _as_bodies(matter, state), matter):
        still.setdefault(unit.pk, set()).add(post)
    waiting = WorkItem.objects.filter(source=SOURCE, key=key_of(matter, TURN)).waiting().select_related("unit")
    done = [item.unit for item in waiting if set(item.posts.split()) != still.get(item.unit_id)]
    settle_units(units=done, key=key_of(matter, TURN), source=SOURCE, outcome=f"已给出意见（{by.display_name}）", by=by, at=at)
    put_before(matter, procedure, state, at)


def settle(matter: Matter, outcome: str, by: Doer, at: datetime, *, what: Iterable[str] = (TURN, LATE, ASKED)) -> None:
    """Nothing about the state that the matter leaves waits for anybody any more; objections wait until they are answered."""
    keys = [key_of(matter, one) for one in what]
    for key in keys:
        release_terms(key=key, source=SOURCE)
    waiting = WorkItem.objects.filter(source=SOURCE, key__in=keys).waiting().select_related("unit")
    units: dict[str, list[Unit]] = {}
    for item in waiting:
        units.setdefault(item.key, []).append(item.unit)
    for key, some in units.items():
        settle_units(units=some, key=key, source=SOURCE, outcome=outcome, by=by, at=at)
