"""The working days of some years, as a value: pure arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

A_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: `exceptions` say it of single days, else the weekday does; `announced` are the years of which it is known."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether a day is worked."""
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def is_announced(self, year: int) -> bool:
        """Whether the holidays of a year are known; where not, it goes by weekdays."""
        return year in self.announced

    def add(self, day: date, days: int) -> date:
        """The working day that comes so many working days after a day; the day itself for none. With it, `count` gives the number back."""
        while days > 0:
            day += A_DAY
            days -= self.is_working(day)
        return day

    def count(self, after: date, until: date) -> int:
        """How many working days lie after a day, up to and including another; none where that is not later."""
        return sum(self.is_working(after + number * A_DAY) for number in range(1, (until - after).days + 1))

    def words_for(self, until: date) -> str:
        """What must be said beside a day reckoned by this calendar; empty where its year is known."""
        return "" if self.is_announced(until.year) else f"{until.year} 年放假安排尚未发布，暂按周一至周五推算"
