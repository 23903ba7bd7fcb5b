"""What other deadlines would have changed for matters that were."""

from datetime import date, timedelta

from fanxing.scheme.model import Term
from fanxing.scheme.procedure_rehearsal import Lateness, Stay, rehearse_deadlines
from tests.scheme.procedures import REPORT, changed_text, loaded

TODAY = date(2026, 4, 1)


def last_day(term: Term, begins: date) -> date:
    """Every day is a working day."""
    return begins + timedelta(days=term.days)


def stay(state: str, days: int | None, allowed: int | None, **values: bool) -> Stay:
    begins = date(2026, 3, 2)
    left, due = (None if one is None else begins + timedelta(days=one) for one in (days, allowed))
    return Stay(state, begins, left, due, values)


def test_each_state_tells_how_many_were_late_and_how_many_would_have_been():
    shorter = loaded(changed_text(REPORT, ("[{working_days: 5}]", "[{working_days: 3}]")))
    stays = [
        *(stay("handling", days, 5) for days in (2, 3, 4, 5, 6)),
        stay("handling", None, 5),
        stay("paused", 40, None),
        stay("reported", 2, 2),
        stay("reported", 2, 2, danger=True),
        stay("gone", 9, 1),
    ]
    assert rehearse_deadlines(stays, shorter, last_day, TODAY) == (
        Lateness("reported", 2, 0, 1),
        Lateness("handling", 6, 2, 4),
        Lateness("paused", 1, 0, 0),
    )


def test_without_matters_there_is_nothing_to_tell():
    assert rehearse_deadlines([], loaded(REPORT), last_day, TODAY) == ()
