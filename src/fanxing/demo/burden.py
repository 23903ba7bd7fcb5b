"""What the villages have to type, and how long it takes them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from fanxing.demo.writing import TYPED, Row

FACTS_A_YEAR = 120
MINUTES_A_WEEK = 15
# An assumption: to find the figure, type it and look it over once.
SECONDS_A_FACT = 40


@dataclass(frozen=True)
class Burden:
    """What an average village types by hand.

    facts_a_year    filled fields, the date included
    minutes_a_week  in the median of the weeks in which a village types anything at all
    """

    facts_a_year: float
    minutes_a_week: float

    def __str__(self) -> str:
        return (
            f"平均每村每年手工录入 {self.facts_a_year:.0f} 项（上限 {FACTS_A_YEAR}）；"
            f"有录入的周，中位数 {self.minutes_a_week:.0f} 分钟（上限 {MINUTES_A_WEEK}，按每项 {SECONDS_A_FACT} 秒计）"
        )


def burden(rows: Iterable[Row], villages: int) -> Burden:
    """The burden of some rows on so many villages, over the years in which they happened."""
    typed = [row for row in rows if row.source == TYPED]
    years = {row.occurred_on.year for row in typed}
    weeks: Counter[tuple[str, int, int]] = Counter()
    for row in typed:
        calendar = row.at.isocalendar()
        weeks[row.unit, calendar.year, calendar.week] += _facts(row)
    return Burden(weeks.total() / villages / len(years), median(weeks.values()) * SECONDS_A_FACT / 60)


def _facts(row: Row) -> int:
    return 1 + len(row.values)
