"""All that happened in a village."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from fanxing.demo import civility, ecology, industry, judged, party, safety
from fanxing.demo.life import Event, Year
from fanxing.demo.plan import Village
from fanxing.scheme.model import Scheme

SUBJECTS: tuple[Callable[[Year], Iterator[Event]], ...] = (
    party.meetings,
    party.decisions,
    party.disclosures,
    party.party_register,
    party.requests,
    industry.contracts,
    industry.incomes,
    industry.agriculture_figures,
    industry.labour_figures,
    industry.idle_land,
    ecology.clean_ups,
    ecology.environment_figures,
    safety.patrols,
    safety.sweeps,
    safety.disputes,
    safety.reports,
    safety.legal_talks,
    safety.police_figures,
    safety.justice_figures,
    civility.culture,
    civility.talks,
    civility.honours,
    civility.civil_affairs_figures,
    civility.clinic_figures,
    civility.insurance_figures,
    civility.education_figures,
    civility.commendations,
    judged.village_profile,
    judged.township_review,
    judged.joint_visit,
    judged.survey,
    judged.vetoes,
)


def years(scheme: Scheme) -> tuple[int, int]:
    """The year before the scheme's period, and that of the period."""
    assert scheme.period is not None
    return scheme.period.start.year - 1, scheme.period.start.year


def chronicle(scheme: Scheme, village: Village, levels: Mapping[str, float], attempt: int) -> list[Event]:
    """Two years of a village, in the order of their days."""
    before, rated = years(scheme)
    lived = [Year(scheme, village, year, levels, is_rated=year == rated, attempt=attempt) for year in (before, rated)]
    return sorted((event for year in lived for subject in SUBJECTS for event in subject(year)), key=lambda event: event.on)


def merged_on(scheme: Scheme) -> date:
    """The day on which the predecessor went into its successor: the middle of the year before the period."""
    return date(years(scheme)[0], 7, 1)


def chronicle_before_merger(scheme: Scheme, village: Village, levels: Mapping[str, float], attempt: int) -> list[Event]:
    """What the merged village did until then; it had no contracts."""
    day = merged_on(scheme)
    events = (event for event in chronicle(scheme, village, levels, attempt) if event.on < day)
    return [event for event in events if event.kind != "contract" and event.values.get("source") != "contract"]
