"""Stated figures that cannot be: counts that do not add up, and shares that no whole figures give."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

import polars as pl

from fanxing.rating.facts import LARGEST
from fanxing.rating.tally import TallyError
from fanxing.scheme.model import RecordKind, Value
from fanxing.scheme.wording import number

HUNDRED = Decimal(100)
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Stated:
    """A share as it was written: its value, and the step to which it was rounded (86.1% is 0.861, to 0.001)."""

    value: Decimal
    step: Decimal

    def __str__(self) -> str:
        return f"{self.value * HUNDRED:.{max(-int(self.step.as_tuple().exponent) - 2, 0)}f}%"

    def of(self, part: Decimal, whole: Decimal) -> "Stated":
        """The share of other figures, written to the same step."""
        return Stated((part / whole / self.step).to_integral_value(ROUND_HALF_UP) * self.step, self.step)


def stated(share: str | float) -> Stated:
    """Read a share: 86.1%, 0.861. Raises ValueError for what is none."""
    text = str(share).strip().replace("％", "%")
    try:
        value = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        raise ValueError(f'"{share}" is not a share; write it as 86.1% or 0.861') from None
    if not value.is_finite():
        raise ValueError(f'"{share}" is not a share; write it as 86.1% or 0.861')
    step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
    return Stated(value / HUNDRED, step / HUNDRED) if text.endswith("%") else Stated(value, min(step, 1 / HUNDRED))


def possible_parts(whole: int, share: Stated) -> range:
    """The whole numbers of which the share in `whole` is written so."""
    low = ((share.value - share.step * HALF) * whole).to_integral_value(ROUND_CEILING)
    high = ((share.value + share.step * HALF) * whole).to_integral_value(ROUND_FLOOR)
    return range(max(int(low), 0), int(high) + 1)


def possible_wholes(part: int, share: Stated) -> range:
    """The whole numbers in which the share of `part` (above 0) is written so, as far as a share is not more than all."""
    least, most = share.value - share.step * HALF, share.value + share.step * HALF
    if most <= 0:
        return range(0)
    low = (part / most).to_integral_value(ROUND_CEILING)
    high = (part / least).to_integral_value(ROUND_FLOOR) if least > 0 else LARGEST
    return range(max(int(low), part), int(high) + 1)


def wrong_share(part: float, share: str | float, whole: float | None = None) -> str | None:
    """Why a stated share cannot be that of its figures, in words; None: it can.

    Without a `whole` a whole `part` is held against every whole number: 182 converted, 86.1% (no such number gives it).
    """
    told, exact = stated(share), Decimal(repr(float(part)))
    if whole is not None:
        return _wrong_in(exact, told, Decimal(repr(float(whole))))
    if exact != exact.to_integral_value() or exact <= 0:
        return f"{number(part)} 在任何总数中都占 0%，不是 {told}" if exact == 0 and told.value > told.step * HALF else None
    if possible_wholes(int(exact), told):
        return None
    if told.value <= 0:
        return f"{number(part)} 不可能占 {told}"
    near = max((exact / told.value).to_integral_value(ROUND_FLOOR), exact)
    nearest = "，".join(f"{number(float(one))} 中的 {number(part)} 是 {told.of(exact, one)}" for one in (near, near + 1))
    return f"没有一个整数总数能使 {number(part)} 占 {told}：{nearest}"


def _wrong_in(part: Decimal, share: Stated, whole: Decimal) -> str | None:
    if whole <= 0:
        return f"总数是 {number(float(whole))}，算不出 {share}"
    right = share.of(part, whole)
    if abs(part / whole - share.value) <= share.step * HALF:
        return None
    return f"{number(float(whole))} 中的 {number(float(part))} 是 {right}，不是 {share}"


def wrong_counts(total: int, by_tier: Mapping[str, int | None]) -> str | None:
    """Why the numbers of units by tier cannot be those of `total` units; None: they can. What is not said (None) may be anything."""
    told = [count for count in by_tier.values() if count is not None]
    if min(told, default=0) < 0 or total < 0:
        return "个数不能小于 0"
    if sum(told) > total:
        return f"各档合计 {sum(told)} 个，多于总数 {total} 个"
    if len(told) == len(by_tier) and sum(told) < total:
        return f"各档合计 {sum(told)} 个，少于总数 {total} 个"
    return None


def wrong_stars(by_tier: Mapping[int, int], by_star: Mapping[str, int]) -> str | None:
    """Why units by the number of stars they hold, and units by star, cannot be of the same units; None: they can."""
    held = sum(stars * units for stars, units in by_tier.items())
    given = sum(by_star.values())
    return None if held == given else f"按星级推算共有 {held} 颗星，按各星合计是 {given} 颗"


# ---- records -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubt:
    """A field of a record that only states a share, and why it cannot be the share of the fields it is stated of."""

    field: str
    title: str
    reason: str


def doubts(kind: RecordKind, values: Mapping[str, Value]) -> tuple[Doubt, ...]:
    """The stated shares of one record (field → value) that its own figures cannot give."""
    return tuple(_doubts(kind, values))


def _doubts(kind: RecordKind, values: Mapping[str, Value]) -> Iterator[Doubt]:
    for field in kind.fields:
        if not field.share_of:
            continue
        share, part, whole = (values.get(id) for id in (field.id, *field.share_of))
        if not isinstance(share, int | float) or not isinstance(part, int | float):
            continue
        reason = wrong_share(part, float(share), whole if isinstance(whole, int | float) else None)
        if reason:
            yield Doubt(field.id, field.title, reason)


# ---- tables ------------------------------------------------------------------------------------------------------

TIERS: Mapping[str, tuple[str, ...]] = {
    "5": ("five", "5", "五星"),
    "4": ("four", "4", "四星"),
    "3": ("three", "3", "三星"),
    "2": ("two", "2", "二星"),
    "1": ("one", "1", "一星"),
    "0": ("zero", "0", "零星"),
}


def wrong_rows(table: pl.DataFrame) -> tuple[tuple[int, str], ...]:
    """Row (from 0) and reason of what cannot be in a table of stated figures.

    Counts by tier stand in `total` and five … zero (or 五星 … 零星, 5 … 0); shares in `part`, `share` and, where it is known, `whole`.
    A blank cell says nothing. Raises TallyError for a table that has neither.
    """
    counts, shares = "total" in table.columns, {"part", "share"} <= {*table.columns}
    if not counts and not shares:
        raise TallyError('row 1: a table of stated figures has "total" and five … zero, or "part" and "share"')
    found = []
    for row, cells in enumerate(table.cast(pl.String).iter_rows(named=True)):
        reasons = [*(_counts_of(cells, row) if counts else ()), *(_share_of(cells, row) if shares else ())]
        found += [(row, reason) for reason in reasons]
    return tuple(found)


def _counts_of(cells: Mapping[str, str | None], row: int) -> Iterator[str]:
    total = _whole(cells, ("total",), row)
    reason = None if total is None else wrong_counts(total, {tier: _whole(cells, names, row) for tier, names in TIERS.items()})
    if reason:
        yield reason


def _share_of(cells: Mapping[str, str | None], row: int) -> Iterator[str]:
    part, whole, share = (str(cells.get(name) or "").strip() for name in ("part", "whole", "share"))
    if not part or not share:
        return
    try:
        reason = wrong_share(float(part), share, float(whole) if whole else None)
    except ValueError as error:
        raise TallyError(f"row {row + 2}: {error}") from None
    if reason:
        yield reason


def _whole(cells: Mapping[str, str | None], names: tuple[str, ...], row: int) -> int | None:
    name = next((one for one in names if one in cells), None)
    text = str(cells.get(name) or "").strip() if name else ""
    if text and not text.removesuffix(".0").lstrip("-").isdigit():
        raise TallyError(f'row {row + 2}, column "{name}": "{text}" is not a whole number')
    return int(float(text)) if text else None
