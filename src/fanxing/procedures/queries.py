"""Reading matters: each list starts from what somebody may see."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import reduce

from django.db.models import Count, Q, QuerySet

from fanxing.audit.actors import Public
from fanxing.inbox.queries import Work
from fanxing.lib import clock
from fanxing.lib.receipts import receipt_digest
from fanxing.organisations.authority import Asker, Authority, authority_of
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT, upwards, within
from fanxing.procedures.models import Matter, MatterNotice, MatterQuerySet, MatterStep, Seat, late_on
from fanxing.programme.local_procedures import procedure_published
from fanxing.public_notices.models import Notice
from fanxing.scheme.model import Procedure, PublicNotice, State

NOBODY = Q(pk__in=[])
ALIKE_WITHIN = timedelta(days=14)
# Of a unit's matters so many of the newest are looked at for their places, and so many shown.
LOOKED_AT, SHOWN = 300, 5
# What a search finds no oftener is told to the database by its keys.
RARE = 500
# Whoever sees no more units than these sees few matters.
FEW = 20


def seated(authority: Authority, *, turn: bool = False) -> QuerySet[Seat]:
    """The seats at which somebody's posts have a part in a matter; with `turn` those whose turn it is."""
    seats = Seat.objects.filter(is_turn=True) if turn else Seat.objects.all()
    held = (
        Q(post=grant.post) & within(grant.path, field="unit__path") & (Q(term=None) | Q(term=grant.term))
        for grant in authority.grants
        if grant.post
    )
    return seats.filter(reduce(Q.__or__, held, NOBODY))


def visible_matters(user: Asker, authority: Authority | None = None) -> MatterQuerySet:
    """The matters that somebody may see: those of the units whose work they may see, and those that their unit is responsible for;
    private ones only where they have a part in them, or took a step and still hold a post there: whoever left has no part any more."""
    if isinstance(user, Public) or not user.username:
        return Matter.objects.none()
    may = authority or authority_of(user)
    units = Unit.objects.filter(may.reach("work.view")).order_by()
    seats = seated(may).order_by().values("matter")
    steps = MatterStep.objects.filter(taken_by=user.username).order_by().values("matter")
    acted = Matter.objects.filter(_still_there(may), pk__in=steps).order_by().values("pk")
    few = [*units.values_list("pk", flat=True)[: FEW + 1]]
    if len(few) <= FEW:
        # Of a city's matters a village sees few: they are found by their keys, and no other is looked at.
        openly = Matter.objects.filter(is_private=False).order_by().values("pk")
        keys = openly.filter(unit__in=few).union(openly.filter(assigned__in=few), seats, acted, all=True)
        return Matter.objects.filter(pk__in=keys)
    reached = Q(is_private=False) & (Q(unit__in=units) | Q(assigned__in=units))
    return Matter.objects.filter(reached | Q(pk__in=seats) | Q(pk__in=acted))


def _still_there(authority: Authority) -> Q:
    """The matters of units in which somebody holds a post, of those below and above, and of those that one of these is responsible for."""
    each = (
        within(path, field="unit__path") | within(path, field="assigned__path") | Q(unit__path__in=upwards(path))
        for path in {grant.path for grant in authority.grants}
    )
    return reduce(Q.__or__, each, NOBODY)


def at_or_below(matters: MatterQuerySet, path: str) -> MatterQuerySet:
    """Those of some matters whose unit is at a path or below it."""
    few = _few_units(path)
    return matters.filter(within(path, field="unit__path") if few is None else Q(unit__in=few))


def _few_units(path: str) -> list[int] | None:
    """The units at a path and below it by their keys, by which the database finds their matters soonest; None where they are many."""
    units = [*Unit.objects.filter(within(path)).order_by().values_list("pk", flat=True)[: RARE + 1]]
    return units if len(units) <= RARE else None


def whose_turn(user: Asker, authority: Authority | None = None) -> MatterQuerySet:
    """The open matters that wait for somebody."""
    return Matter.objects.open().filter(pk__in=seated(authority or authority_of(user), turn=True).values("matter"))


def holding(matters: MatterQuerySet, tokens: Sequence[str], rare: int = RARE) -> MatterQuerySet:
    """Those whose words hold some tokens, or the name of whose unit does.

    What is rare is sought first, by the text index: PostgreSQL takes no index for one condition or another, and reckons too low what it
    costs to ask every matter for its words. What is frequent is found soon enough among those that one may see.
    """
    words, places = Q(search_text__holds=tokens), Unit.objects.filter(search_text__holds=tokens).order_by().values("pk")
    keys = [*Matter.objects.filter(words).order_by().values_list("pk", flat=True)[: rare + 1]]
    units = [*places.values_list("pk", flat=True)[: rare + 1]]
    if len(keys) > rare or len(units) > rare:
        return matters.filter(words | Q(unit__in=places))
    return matters.filter(Q(pk__in=keys) | Q(unit__in=units))


def in_states(matters: MatterQuerySet, is_meant: Callable[[State], bool]) -> MatterQuerySet:
    """Those of some matters whose state is meant, in the version that each follows: asked of every state once, not of every matter."""
    meant = defaultdict[str, list[int]](list)
    for version, digest, state in matters.order_by().values_list("version", "version__digest", "state").distinct():
        if is_meant(procedure_published(digest).states[state]):
            meant[state].append(version)
    each = (Q(state=state, version__in=versions) for state, versions in meant.items())
    return matters.filter(reduce(Q.__or__, each, NOBODY))


def open_counts(matters: MatterQuerySet, *, on: date) -> dict[str, tuple[int, int]]:
    """How many of each procedure are open, and how many of these are late on a day."""
    rows = matters.open().order_by().values_list("procedure_id").annotate(Count("pk"), late=Count("pk", filter=late_on(on)))
    return {procedure: (count, late) for procedure, count, late in rows}


def work_by_place(matters: MatterQuerySet, *, on: date, since: date, below: str = ROOT) -> dict[tuple[str, str], Work]:
    """How matters stand on a day by the path of their unit, at a path or below it, and their procedure; of those that are over those since
    another.

    In time is what ended without any step, or the end, after its day.
    """
    few = _few_units(below)
    some = matters.filter(unit__in=few) if few is not None else matters
    # What is open and what was closed lately have an index each; asked for both, for a span without an end or for many units SQLite
    # uses neither.
    here = some.order_by().values_list("unit__path", "procedure_id")
    waiting = here.filter(ended_on=None).annotate(Count("pk"), late=Count("pk", filter=late_on(on)))
    closed = here.filter(ended_on__range=(since, on)).annotate(Count("pk"), in_time=Count("pk", filter=Q(was_late=False)))
    found = {(path, procedure): Work(waiting=count, late=late) for path, procedure, count, late in waiting}
    for path, procedure, count, in_time in closed:
        found[path, procedure] = found.get((path, procedure), Work()) + Work(closed=count, in_time=in_time)
    return {place: work for place, work in found.items() if place[0].startswith(below)}


def joinable(matter: Matter) -> MatterQuerySet:
    """The open matters of the same procedure and unit that a later one may be joined to, those of the same title first."""
    others = Matter.objects.open().filter(unit=matter.unit_id, procedure_id=matter.procedure_id, pk__lt=matter.pk)
    return others.whole().annotate(is_same=Q(title=matter.title)).order_by("-is_same", "-pk")


def alike(matter: Matter) -> MatterQuerySet:
    """The open matters that say the same of the same place, opened in the two weeks before it: perhaps the same thing."""
    return joinable(matter).filter(title=matter.title, opened_on__gte=matter.opened_on - ALIKE_WITHIN)


def lately_at(unit: Unit, procedure: Procedure, place: str) -> list[Matter]:
    """The open matters of a place that were opened in the last two weeks and have a public page, the newest first."""
    if not place or not procedure.shows:
        return []
    newest = Matter.objects.open().filter(unit=unit, procedure_id=procedure.id, is_private=False).whole().order_by("-pk")[:LOOKED_AT]
    since = clock.today() - ALIKE_WITHIN
    return [one for one in newest if one.opened_on >= since and one.data.get(procedure.place_field) == place][:SHOWN]


def places_spoken_of(unit: Unit, procedure: Procedure) -> list[str]:
    """The places that matters of the unit lately named, the most frequent first."""
    newest = Matter.objects.filter(unit=unit, procedure_id=procedure.id).order_by("-pk").values_list("data", flat=True)[:LOOKED_AT]
    counted = Counter(str(data[procedure.place_field]) for data in newest if data.get(procedure.place_field))
    return [place for place, _ in counted.most_common()]


def goes_on_as(matter: Matter) -> Matter:
    """The matter that goes on for one that was joined to another; itself where it was not."""
    while matter.duplicate_of_id is not None:
        matter = Matter.objects.whole().get(pk=matter.duplicate_of_id)
    return matter


def matter_by_receipt(receipt: str) -> Matter | None:
    """The matter that was opened with a code, or None."""
    return Matter.objects.filter(receipt=receipt_digest(receipt)).whole().first()


def seeks_opinions(state: State) -> bool:
    """Whether what stands in public in a state asks for opinions: none sends the matter another way, as an upheld objection does."""
    return isinstance(state.step, PublicNotice) and not state.step.upheld


def notice_state(procedure: Procedure, posted: MatterNotice) -> State:
    """The state in which a matter came to a notice: the step that began that round names it."""
    began = MatterStep.objects.get(matter=posted.matter_id, number=posted.round)
    return procedure.states[began.target]


def notice_seeks_opinions(notice: Notice) -> bool:
    """Whether a notice is one of a matter that asks for opinions."""
    posted = MatterNotice.objects.filter(notice=notice).select_related("matter__version").defer("matter__version__definition").first()
    return posted is not None and seeks_opinions(notice_state(posted.matter.procedure, posted))
