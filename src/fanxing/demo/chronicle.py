"""All that happened in some units, as one table a kind of record."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.demo import civility, community, ecology, enterprise, industry, judged, lesser, organ, party, safety
from fanxing.demo.dice import Numbers, Truths, Whole
from fanxing.demo.life import EPOCH, Happening, Year
from fanxing.demo.plan import Crowd
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import FIELD_TYPES, Field, RecordKind, Scheme

Subject = Callable[[Year], Iterator[Happening]]

SUBJECTS: Mapping[str, tuple[Subject, ...]] = {
    "village": (
        *(party.meetings, party.decisions, party.disclosures, party.party_register, party.requests),
        *(party.trainings, party.duty, party.own_methods),
        *(industry.contracts, industry.incomes, industry.agriculture_figures, industry.labour_figures, industry.idle_land),
        *(industry.product_lines, industry.tourism_figures, ecology.public_works),
        *(ecology.clean_ups, ecology.environment_figures, safety.grid_figures, safety.emergency_figures, safety.warnings),
        *(safety.patrols, safety.sweeps, safety.disputes, safety.reports, safety.legal_talks, safety.police_figures),
        *(safety.justice_figures, civility.culture, civility.talks, civility.honours, civility.civil_affairs_figures),
        *(civility.clinic_figures, civility.insurance_figures, civility.education_figures, civility.commendations),
        *(judged.village_profile, judged.township_review, judged.joint_visit, judged.survey, judged.vetoes),
    ),
    "community": (
        *(party.meetings, party.decisions, party.party_register, party.requests),
        *(party.trainings, party.duty, party.own_methods, community.needs),
        *(safety.patrols, safety.sweeps, safety.disputes, safety.reports, safety.legal_talks, safety.police_figures),
        *(safety.justice_figures, civility.culture, civility.talks, civility.honours, civility.civil_affairs_figures),
        *(safety.emergency_figures, safety.warnings, ecology.public_works),
        *(civility.commendations, community.profile, community.grid_figures, community.housing_figures, community.market_figures),
        *(community.window_figures, community.labour_figures, community.joint_meetings, community.partner_projects),
        community.partner_offers,
        *(community.services, community.jobs, community.shop_checks, community.review, community.visit, community.survey),
    ),
    "organ": (
        *(party.meetings, party.party_register, party.requests, civility.culture, civility.honours, civility.commendations),
        *(party.trainings, party.own_methods, party.supervisions, party.both_sides),
        *(organ.appraisal, organ.tasks, organ.recognition, organ.reviews, organ.window_figures, organ.survey),
        *(organ.integrity_figures, organ.justice_figures, organ.organ_figures, organ.member_points, organ.leaders),
        *(organ.integrity_talks, organ.services, organ.partner_projects, organ.many_activities),
    ),
    "enterprise": (
        *(party.meetings, party.decisions, party.party_register, safety.sweeps, safety.disputes, safety.legal_talks),
        *(party.trainings, party.own_methods, party.supervisions, party.both_sides),
        *(civility.culture, civility.honours, civility.commendations, enterprise.profile, enterprise.enterprise_figures),
        *(enterprise.labour_figures, enterprise.union_figures, enterprise.emergency_figures, enterprise.environment_figures),
        *(enterprise.justice_figures, enterprise.appraisal, enterprise.member_points, enterprise.tasks, enterprise.suggestions),
        *(enterprise.improvements, enterprise.services, enterprise.jobs, enterprise.visit, enterprise.survey),
    ),
    "compound": (
        *(lesser.meetings, lesser.profile, lesser.party_register, lesser.housing_figures, lesser.police_figures, lesser.review),
        *(lesser.survey, lesser.services, lesser.needs, community.joint_meetings, ecology.clean_ups, civility.culture, civility.honours),
        *(safety.patrols, safety.sweeps, safety.disputes, safety.reports),
    ),
    "organ_branch": (
        *(lesser.branch_meetings, lesser.branch_appraisal, lesser.branch_points, lesser.branch_tasks),
        *(party.trainings, party.own_methods, party.supervisions),
    ),
}
# The column with what later records of the unit call one that they link to.
LABEL = "label"
# The last days of the demo are still to be entered.
LAST_DAY = (11, 24)


def years(scheme: Scheme) -> tuple[int, int]:
    """The year before the scheme's period, and that of the period."""
    assert scheme.period is not None
    return scheme.period.start.year - 1, scheme.period.start.year


def today(scheme: Scheme) -> date:
    """The day on which the demo stands still: three quarters are over, and a month is left."""
    return date(years(scheme)[1], 12, 1)


def last_day(scheme: Scheme) -> date:
    """The day of the last event that anybody has entered by then."""
    return date(years(scheme)[1], *LAST_DAY)


def merged_on(scheme: Scheme) -> date:
    """The day on which the predecessor went into its successor: the middle of the year before the period."""
    return date(years(scheme)[0], 7, 1)


def chronicle(
    scheme: Scheme, crowd: Crowd, levels: Mapping[str, Numbers], fields: Mapping[str, Collection[str]] | None = None
) -> dict[str, pl.DataFrame]:
    """Two years of some units: kind of record → a table with `row` (the unit's place in the crowd), `occurred_on` and a column
    a field; with `fields`, only these fields of these kinds."""
    before, rated = years(scheme)
    by_kind: dict[str, list[tuple[Happening, Whole]]] = {}
    for year in (Year(scheme, crowd, number, levels, is_rated=number == rated) for number in (before, rated)):
        for subject in SUBJECTS[crowd.kind]:
            for happening in subject(year):
                if fields is None or happening.kind in fields:
                    rows = np.flatnonzero(happening.happens & _lives(scheme, crowd, happening))
                    by_kind.setdefault(happening.kind, []).append((happening, rows))
    return {id: _table(scheme.records[id], some, None if fields is None else fields[id]) for id, some in by_kind.items()}


def _lives(scheme: Scheme, crowd: Crowd, happening: Happening) -> Truths:
    """Where the day is not still to come, and the unit was there: a merged one until it was, and without contracts."""
    lives: Truths = happening.on <= (last_day(scheme) - EPOCH).days
    for former in crowd.heir:
        values = happening.values
        apart = happening.kind == "contract" or (happening.kind == "income" and values["source"] in ("contract", "other"))
        lives[former] = not apart and happening.on[former] < (merged_on(scheme) - EPOCH).days
    return lives


def _table(kind: RecordKind, some: list[tuple[Happening, Whole]], wanted: Collection[str] | None) -> pl.DataFrame:
    columns: list[pl.Series] = [
        pl.Series("row", np.concatenate([rows for _, rows in some]).astype(np.int32)),
        pl.Series("occurred_on", np.concatenate([happening.on[rows] for happening, rows in some]).astype(np.int32)).cast(pl.Date),
    ]
    columns += [_column(field, some) for field in kind.fields if wanted is None or field.id in wanted]
    if wanted is None:
        labels = [pl.Series(LABEL, [happening.label], pl.String).gather(np.zeros(len(rows), np.int64)) for happening, rows in some]
        columns.append(pl.concat(labels).alias(LABEL))
    return pl.DataFrame(columns)


def _column(field: Field, some: list[tuple[Happening, Whole]]) -> pl.Series:
    type_ = FIELD_TYPES[field.type]
    parts = [_part(happening.values.get(field.id), rows, type_) for happening, rows in some]
    if type_ is Type.NUMBER:
        return pl.Series(field.id, np.concatenate(parts), nan_to_null=True)
    return pl.Series(field.id, np.concatenate(parts).tolist(), pl.Boolean if type_ is Type.TRUTH else pl.String)


def _part(value: Any, rows: Whole, type_: Type) -> NDArray[Any]:
    dtype = np.float64 if type_ is Type.NUMBER else object
    if isinstance(value, np.ndarray):
        return value[rows].astype(dtype)
    return np.full(len(rows), np.nan if value is None and type_ is Type.NUMBER else value, dtype)
