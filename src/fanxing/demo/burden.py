"""What units have to type, and how long it takes them."""

from dataclasses import dataclass

import polars as pl

from fanxing.demo.chronicle import years
from fanxing.demo.writing import DAY, Written
from fanxing.scheme.meter import MOST_FACTS_A_YEAR, SECONDS_A_FACT

MINUTES_A_WEEK = 15
# 1970-01-01 was a Thursday: this many days on, weeks begin on whole numbers.
MONDAY = 3


@dataclass(frozen=True)
class Burden:
    """What an average unit of a kind types by hand.

    facts_a_year    filled fields, the date included
    minutes_a_week  in the median of the weeks in which a unit types anything at all
    """

    kind: str
    facts_a_year: float
    minutes_a_week: float

    def __str__(self) -> str:
        return (
            f"平均每个{self.kind}每年手工录入 {self.facts_a_year:.0f} 项（上限 {MOST_FACTS_A_YEAR}）；"
            f"有录入的周，中位数 {self.minutes_a_week:.0f} 分钟（上限 {MINUTES_A_WEEK}，按每项 {SECONDS_A_FACT} 秒计）"
        )


def burden(ledger: Written) -> Burden:
    """The burden of some ledgers on their units, over the years in which things happened."""
    title = ledger.scheme.kinds[ledger.crowd.kind].title
    typed = [_facts(ledger, id, table) for id, table in ledger.tables.items() if not ledger.scheme.records[id].held_by]
    facts = pl.concat([pl.DataFrame(schema={"row": pl.Int32, "week": pl.Int64, "facts": pl.Int64}), *typed])
    weeks = facts.group_by("row", "week").agg(pl.col("facts").sum())["facts"]
    units = len(ledger.crowd) - len(ledger.crowd.heir)
    middle = weeks.median()
    minutes = middle * SECONDS_A_FACT / 60 if isinstance(middle, float) else 0.0
    return Burden(title, float(facts["facts"].sum()) / units / len(years(ledger.scheme)), minutes)


def _facts(ledger: Written, kind: str, table: pl.DataFrame) -> pl.DataFrame:
    filled = [pl.col(field.id).is_not_null().cast(pl.Int64) for field in ledger.scheme.records[kind].fields]
    times = 1 + pl.col("twice").cast(pl.Int64)
    week = (pl.col("at") // DAY + MONDAY) // 7
    return table.select("row", week.alias("week"), ((1 + pl.sum_horizontal(filled)) * times).alias("facts"))
