"""Until when: terms in working days or calendar days, and what a pause leaves of them. Pure, given a calendar of working days."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Term, Value
from fanxing.workdays.calendars import Calendar

A_DAY = timedelta(days=1)


def term_that_holds(terms: Sequence[Term], values: Mapping[str, Value]) -> Term | None:
    """The first term whose condition holds, or None where nothing is limited."""
    return next((one for one in terms if one.when is None or decide(one.when, values)), None)


def last_day(term: Term, begins: date, calendar: Calendar) -> date:
    """The last day on which what begins on a day is in time: the day it begins does not count."""
    return put_off(begins, term.days, term, calendar)


def ends_on(terms: Sequence[Term], values: Mapping[str, Value], begins: date, calendar: Calendar) -> date | None:
    """The last day of the first term whose condition holds, or None where nothing is limited."""
    term = term_that_holds(terms, values)
    return last_day(term, begins, calendar) if term else None


def days_left(term: Term, until: date, today: date, calendar: Calendar) -> int:
    """How many days of a term are left after today; none once it is over."""
    if until <= today:
        return 0
    return calendar.count(today, until) if term.working else (until - today).days


def put_off(day: date, days: int, term: Term, calendar: Calendar) -> date:
    """A day so many days later, reckoned as the term reckons."""
    return calendar.add(day, days) if term.working else day + days * A_DAY
