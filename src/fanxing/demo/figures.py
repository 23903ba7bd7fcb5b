"""What departments hand on twice a year: in spring as far as the year has come, and in autumn."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np

from fanxing.demo.calendar import next_workday
from fanxing.demo.dice import Truths
from fanxing.demo.life import Happening, Year

SPRING, AUTUMN = 3, 11
# How much of a year's doings is there in spring.
SO_FAR = 0.3


def handed_on(
    year: Year,
    kind: str,
    day: int,
    values: Mapping[str, Any],
    *,
    grows: Collection[str] = (),
    came: Truths | None = None,
    compared: bool = False,
) -> Iterator[Happening]:
    """Figures on a day of March and of November; those that grow through the year are smaller in spring.

    In the year before the period only the autumn's came, but for figures that are compared with those of a year before.
    """
    there = year.everywhere if came is None else came
    if year.is_rated or compared:
        early = {field: np.floor(value * SO_FAR) if field in grows else value for field, value in values.items()}
        yield Happening(kind, there, year.on(next_workday(date(year.year, SPRING, day))), early)
    yield Happening(kind, there, year.on(next_workday(date(year.year, AUTUMN, day))), values)
