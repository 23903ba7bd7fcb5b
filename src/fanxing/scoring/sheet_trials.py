"""What a county's sheet would give on the latest figures, though the marks that people give are not there yet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanxing.programme.models import Draft
from fanxing.programme.sheets import base_files, base_scheme, came
from fanxing.rating.numbers import shown
from fanxing.scheme.workbook import Row, SheetDraft, StarHead, scheme_files
from fanxing.scheme.workbook.files import Assumed, counted_stars, pass_mark
from fanxing.scoring.rehearsing import Rehearsal, rehearsed


@dataclass(frozen=True)
class StarTrial:
    """How many of the units would hold a star: `least` if nobody were given a mark, `most` if everybody had the full one."""

    units: int
    least: int
    most: int


@dataclass(frozen=True)
class RowTrial:
    """What a row gives to the units: how many there are, how many get the full mark, nothing, or lack a figure; the mean of the rest."""

    units: int
    full: int
    none: int
    missing: int
    mean: float


def star_trials(draft: Draft) -> dict[str, StarTrial]:
    """The stars of a draft's sheet, by kind/star; none where no run was made, or none of its units is of the kind."""
    sheet, base = came(draft).sheet, base_scheme(draft.base)
    least, most = _tried(draft, sheet, "least"), _tried(draft, sheet, "most")
    found = {}
    for star in sheet.stars:
        if star.kind in least and star.id in least[star.kind].after.scheme.kinds[star.kind].stars and _counts(sheet, star):
            mark = pass_mark(sheet, star, base, sheet.full_of(star))
            sides = [_points(side[star.kind], star) for side in (least, most)]
            found[star.key] = StarTrial(len(sides[0]), *(int((points >= mark).sum()) for points in sides))
    return found


def _counts(sheet: SheetDraft, star: StarHead) -> bool:
    return star in counted_stars(sheet, star.kind)


def _points(rehearsal: Rehearsal, star: StarHead) -> NDArray[np.float64]:
    """What each unit gets for a star; not a number where a figure is missing."""
    rated = rehearsal.after.kinds[star.kind]
    return shown(np.asarray(rated.columns[f"{star.id}_score"], float))


def row_trial(draft: Draft, sheet: SheetDraft, row: Row) -> RowTrial | None:
    """What one row of a sheet gives, if it is measured by figures: a star of its own shows it."""
    rule = sheet.settled(row)
    star = next((one for one in sheet.stars if (one.kind, one.id) == (row.kind, sheet.star_of(row))), None)
    if not rule.measured or not rule.mark or star is None:
        return None
    rehearsal = _tried(draft, alone(sheet, row, star), "least").get(row.kind)
    if rehearsal is None or star.id not in rehearsal.after.scheme.kinds[row.kind].stars:
        return None
    points = _points(rehearsal, star)
    there = points[~np.isnan(points)]
    return RowTrial(
        units=len(points),
        full=int((there >= rule.mark).sum()),
        none=int((there <= 0).sum()),
        missing=len(points) - len(there),
        mean=round(float(there.mean()), 2) if len(there) else 0.0,
    )


def alone(sheet: SheetDraft, row: Row, star: StarHead) -> SheetDraft:
    """A sheet of one row."""
    return SheetDraft(
        sheet.document, sheet.sheets, (star,), (row,), decisions={id: one for id, one in sheet.decisions.items() if id == row.id}
    )


def _tried(draft: Draft, sheet: SheetDraft, assumed: Assumed) -> dict[str, Rehearsal]:
    """The sheet's rules on the facts of the latest run, by kind of unit."""
    files = scheme_files(sheet, base_files(draft.base), assumed=assumed)
    trial = rehearsed(Draft(base=draft.base, unit=draft.unit, files=files))  # never saved: the rules as they would be
    return dict(trial.kinds) if trial else {}
