"""The sheet of a matter: what it says, what the measures of its unit are, and how those asked voted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.organisations.models import Unit
from fanxing.procedures.deciding import Tally
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.scheme.model import Procedure, Value
from fanxing.scheme.wording import amount, value_word
from fanxing.scoring.reckoning import Reckoning, reckon
from fanxing.web.formats import day, number
from fanxing.web.matters import Dossier

NOT_THERE = "暂无数据"


@dataclass(frozen=True)
class Sheet:
    """What stands on it; `as_of` is the day by which the measures are reckoned, None where the unit is not rated."""

    said: list[tuple[str, str]]
    measures: list[tuple[str, str]]
    as_of: date | None
    tally: Tally | None


def sheet_of(dossier: Dossier, read_now: Mapping[str, str] | None) -> Sheet:
    """The sheet of a matter; personal texts are masked unless they were read now."""
    personal = [(one.title, (read_now or {}).get(one.field) or one.masked) for one in dossier.personal]
    found = _reckoned(dossier.matter.unit, _last_day(dossier)) if dossier.procedure.measures else None
    measures = list(_measures(dossier.procedure, dossier.matter.unit, found)) if found else []
    return Sheet([*personal, *dossier.said], measures, found.as_of if found else None, _tally(dossier))


def _last_day(dossier: Dossier) -> date:
    """The day by which the measures are reckoned: the last one of the year that the matter speaks of, its end, or today, whichever comes
    first, so that a sheet does not tell of another year when it is printed again."""
    matter = dossier.matter
    years = [matter.data[field.id] for field in dossier.procedure.fields if field.every == "year" and field.id in matter.data]
    ends = [*(date(int(str(year)), 12, 31) for year in years), *([matter.ended_on] if matter.ended_on else [])]
    return min([dossier.today, *ends])


def _reckoned(unit: Unit, on: date) -> Reckoning | None:
    """What the rules of that day say of the unit; None where it was not rated then."""
    publication = programme_for(unit, on)
    rated = publication is not None and unit.kind in scheme_of(publication).kinds
    return reckon(publication, [unit], on) if publication and rated else None


def _measures(procedure: Procedure, unit: Unit, reckoning: Reckoning) -> Iterator[tuple[str, str]]:
    """The measures that the rules of the unit have, by their titles."""
    kind = reckoning.scheme.kinds.get(unit.kind)
    values = reckoning.rating.values(unit.code)
    for id in procedure.measures if kind else ():
        assert kind is not None  # otherwise there are none
        if id in kind.facts or id in kind.nodes:
            rule = kind.rule(id)
            yield rule.title, _words(values.get(id), rule.unit)


def _words(value: Value | date, unit: str) -> str:
    if isinstance(value, date):
        return day(value)
    if value is None:
        return NOT_THERE
    if isinstance(value, bool | str):
        return value_word(value, unit)
    return amount(value, unit) if unit else number(value)


def _tally(dossier: Dossier) -> Tally | None:
    """The votes of the last ballot that was closed, where they tell nobody's vote."""
    tally = dossier.results[-1][2] if dossier.results else None
    return tally if tally and tally.is_shown else None
