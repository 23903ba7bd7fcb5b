"""Counts and shares of units by tier."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

NOT_RATED = "not rated"


class TallyError(ValueError):
    """A result that cannot be counted, and why."""


@dataclass(frozen=True)
class Tally:
    """The units of one group: how many, and how many of each tier (highest number first, then by word; not rated last)."""

    group: str
    units: int
    tiers: tuple[tuple[str, int], ...]


def tally(result: pl.DataFrame, by: str | None = None) -> tuple[Tally, ...]:
    """Count a result table by tier, in groups of one of its columns if `by` is given. Raises TallyError for a column that is not there."""
    for column in ("tier", *([by] if by else [])):
        if column not in result.columns:
            raise TallyError(f'row 1: the column "{column}" is missing; there are {", ".join(result.columns)}')
    tiers = result.select(pl.col("tier").cast(pl.String).replace("", None).alias("tier"))
    groups = result[by].cast(pl.String).fill_null("") if by else pl.Series([""] * len(result), dtype=pl.String)
    table = tiers.with_columns(groups.alias("group"))
    return tuple(
        Tally(str(group), len(rows), _counted(rows["tier"]))
        for (group,), rows in sorted(table.group_by(["group"]), key=lambda one: str(one[0][0]))
    )


def _counted(tiers: pl.Series) -> tuple[tuple[str, int], ...]:
    counts = {tier: count for tier, count in tiers.value_counts().iter_rows() if tier is not None}
    return (*((tier, counts[tier]) for tier in highest_first(counts)), *(((NOT_RATED, tiers.null_count()),) if tiers.null_count() else ()))


def highest_first(tiers: Iterable[str]) -> list[str]:
    """Tiers as results spell them: the highest number first, then words."""
    return sorted(tiers, key=lambda tier: (0, -float(tier), "") if _is_number(tier) else (1, 0.0, tier))


def _is_number(tier: str) -> bool:
    return tier.lstrip("-").replace(".", "", 1).isdigit()
