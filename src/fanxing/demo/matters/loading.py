"""Lets the matters of the demo run their course."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import chain
from types import ModuleType

from django.db import transaction

from fanxing.audit.actors import SYSTEM, System
from fanxing.demo.calendar import SHANGHAI
from fanxing.demo.chronicle import today
from fanxing.demo.drawn import Drawn
from fanxing.demo.matters import (
    booking,
    cadre_appraisal,
    disclosure,
    four_discussions,
    goal,
    honour_selection,
    job_seeker,
    joint_meeting,
    mediation,
    open_selection,
    post_entry,
    problem,
    report,
    selection_application,
    service_request,
    suggestion,
    urban_discussions,
    vacancy,
    village_rules,
)
from fanxing.demo.matters.courses import Rules, write_courses
from fanxing.demo.matters.scene import Begun, Paired, Scene
from fanxing.demo.names import COUNTY, TOWNSHIP
from fanxing.demo.neighbourhood import flagship
from fanxing.demo.plan import FLAGSHIPS, Story
from fanxing.demo.rosters import Row, rosters
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.procedures.actions.balloting import Papers, close_ballot, count_papers
from fanxing.procedures.actions.objecting import raise_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.pairing import put_together
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.actions.walking import locked
from fanxing.procedures.actions.winding import end_notice, wind
from fanxing.procedures.models import Matter
from fanxing.programme.models import Publication
from fanxing.programme.queries import procedure_versions, scheme_of
from fanxing.records.actions.entries import add_record
from fanxing.scheme.model import Ballot, Procedure, PublicNotice
from fanxing.workdays.queries import calendar

# One module a procedure: `courses(scene)` are the matters that are over, `begun(scene)` those still on their way.
PROCEDURES: tuple[ModuleType, ...] = (
    report,
    service_request,
    booking,
    suggestion,
    goal,
    problem,
    four_discussions,
    urban_discussions,
    village_rules,
    joint_meeting,
    disclosure,
    mediation,
    honour_selection,
    cadre_appraisal,
    open_selection,
    selection_application,
    vacancy,
    job_seeker,
    post_entry,
)
MORNING = time(9)


def live_matters(drawn: Drawn, publication: Publication, advance: Callable[[int, str], None]) -> None:
    """Write what went by in two years, and walk what is on its way."""
    scheme = scheme_of(publication)
    scene = _scene(drawn, scheme.procedures)
    rules = Rules(scheme.procedures, procedure_versions(publication), calendar())
    for module in PROCEDURES:
        count = write_courses(module.courses(scene), rules)
        advance(0, f"办理事项 {scheme.procedures[module.PROCEDURE].title} {count} 件")
        for begun in sorted(module.begun(scene), key=lambda one: -one.days_ago):
            _begin(begun, scene)
    job_seeker.name_in_vacancies()
    for pair in job_seeker.together(scene):
        _put_together(pair, scene)
    wind(at=_moment(scene, 0))


def write_guides(drawn: Drawn, publication: Publication, at: datetime) -> None:
    """Write what the flagships keep lists of, such as what can be done at their windows, before the city is rated for the last time."""
    scheme, day = scheme_of(publication), at.date()
    guide = service_request.guide(_scene(drawn, scheme.procedures))
    items: Iterator[Row] = ((unit, service_request.GUIDE, day, data) for unit, data in guide)
    for unit, kind, on, data in chain(items, rosters(drawn, day)):
        by = System("demo", scheme.records[kind].held_by)
        add_record(unit=unit, kind=kind, occurred_on=on, data=data, by=by, at=at, source="demo")


def _begin(begun: Begun, scene: Scene) -> Matter:
    at = _moment(scene, begun.days_ago)
    matter = open_matter(unit=begun.unit, procedure=begun.procedure, data=begun.data, by=System("demo", begun.by), at=at)
    for verb in begun.verbs:
        at += timedelta(days=begun.waits.get(verb, 0), hours=1)
        _go_on(Matter.objects.get(pk=matter.pk), verb, begun, at)
    if begun.objection:
        raise_objection(notice=matter.notices.order_by("-round")[0].notice, text=begun.objection, at=at + timedelta(hours=1))
    return matter


def _put_together(pair: Paired, scene: Scene) -> None:
    wanted, offered = _begin(pair.wanted, scene), _begin(pair.offered, scene)
    at = _moment(scene, pair.days_ago)
    put_together(wanted=wanted, offered=offered, by=SYSTEM, at=at)
    for days, verb in enumerate(pair.verbs, start=1):
        take_step(matter=offered, verb=verb, data=pair.said.get(verb, {}), by=SYSTEM, at=at + timedelta(days=days))


@transaction.atomic
def _go_on(matter: Matter, verb: str, begun: Begun, at: datetime) -> None:
    match matter.procedure.states[matter.state].step:
        case PublicNotice() as notice:
            end_notice(locked(matter), notice, at)
        case Ballot():
            in_favour, against = begun.votes[verb]
            count_papers(matter=matter, papers=Papers(in_favour, against), by=SYSTEM, at=at)
            close_ballot(matter=matter, by=SYSTEM, at=at)
        case _:
            take_step(matter=matter, verb=verb, data=begun.said.get(verb, {}), reason=begun.reasons.get(verb, ""), by=SYSTEM, at=at)


def _moment(scene: Scene, days_ago: int) -> datetime:
    return datetime.combine(scene.today - timedelta(days=days_ago), MORNING, SHANGHAI)


def _scene(drawn: Drawn, procedures: Mapping[str, Procedure]) -> Scene:
    county = Unit.objects.get(code=COUNTY[0])
    known = Unit.objects.filter(within(county.path), closed_on=None)
    town = Unit.objects.get(code=TOWNSHIP[0])
    units = tuple(known.exclude(kind="village")) + tuple(known.filter(within(town.path), kind="village"))
    own = [drawn.telling(Story.ONE_MARK_SHORT).code, *(flagship(drawn, story) for story in FLAGSHIPS)]
    by_code = Unit.objects.in_bulk(own, field_name="code")
    return Scene(today(drawn.scheme), units, tuple(by_code[code] for code in dict.fromkeys(own)), procedures)
