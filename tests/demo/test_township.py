"""What the generator of the demo promises of the township of the flagships, held against the engine; no database."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from fanxing.demo.burden import MINUTES_A_WEEK, burden
from fanxing.demo.calendar import is_festival, is_harvest
from fanxing.demo.chronicle import merged_on, today, years
from fanxing.demo.drawn import Drawn
from fanxing.demo.plan import Story
from fanxing.demo.staff import appointments
from fanxing.demo.tuning import rating_of
from fanxing.demo.writing import TYPED, Written, enters_itself
from fanxing.rating import Rating
from fanxing.records.actions.taking_over import PastRow
from fanxing.records.models import Record
from fanxing.records.validation import validate
from fanxing.scheme import Scheme
from fanxing.scheme.meter import MOST_FACTS_A_YEAR
from fanxing.scheme.model import Value
from tests.demo.tallies import STARS, TIERS

DIGEST = """
from hashlib import sha256
import django
django.setup()
from fanxing.demo.drawn import draw_township
from fanxing.scheme import load
from tests.demo.test_township import spelled
print(sha256(spelled(draw_township(load("five-star"))).encode()).hexdigest())
"""


AGAIN = {"PYTHONHASHSEED": "7", "DJANGO_SETTINGS_MODULE": "fanxing.config.settings"}


def spelled(drawn: Drawn) -> str:
    return repr([(id, one.tables[kind].write_csv()) for id, one in drawn.ledgers.items() for kind in one.tables])


def with_more(villages: Written, kind: str, day: date, code: str, values: Mapping[str, Value]) -> Rating:
    """The rating with one more record."""
    row = next(row for row, place in enumerate(villages.crowd.places) if place.code == code)
    more = pl.DataFrame([{"row": row, "occurred_on": day, **values}], schema_overrides={"row": pl.Int32})
    tables = {**villages.tables, kind: pl.concat([villages.tables[kind], more], how="diagonal")}
    return rating_of(villages.scheme, villages.crowd, tables)


@pytest.fixture(scope="module")
def rating(villages: Written) -> Rating:
    """What the engine makes of it."""
    return rating_of(villages.scheme, villages.crowd, villages.tables)


def test_the_engine_gives_the_tallies(scheme: Scheme, rating: Rating):
    table = rating.table()
    held = {star: table[f"{star}.held"].sum() for star in scheme.kinds["village"].stars}
    assert (dict(Counter(table["tier"])), held) == (TIERS, STARS)


def test_the_same_bytes_come_out_every_time(drawn: Drawn):
    done = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True, env=os.environ | AGAIN)
    assert done.stdout.strip() == sha256(spelled(drawn).encode()).hexdigest()


def test_one_lesson_of_the_secretary_completes_the_fifth_star_on_whatever_day(
    scheme: Scheme, drawn: Drawn, villages: Written, rating: Rating
):
    code = drawn.telling(Story.ONE_MARK_SHORT).code
    before = rating.values(code)
    mark = scheme.kinds["village"].star("party_branch").pass_mark
    assert (before["tier"], before["party_branch"], before["secretary_lessons"]) == (4.0, False, 0.0)
    assert 0 < mark - before["party_branch_score"] <= 1
    for month in range(1, 12):
        lesson = {"form": "lesson", "speaker": "secretary"}
        after = with_more(villages, "meeting", date(years(scheme)[1], month, 20), code, lesson).values(code)
        assert (after["tier"], after["party_branch"]) == (5.0, True)


def test_a_figure_that_did_not_come_leaves_a_star_without_points_and_the_tier_decided(drawn: Drawn, rating: Rating):
    values = rating.values(drawn.telling(Story.FIGURE_MISSING).code)
    assert [values[id] for id in ("joined", "party_branch_score", "party_branch", "tier")] == [None, None, False, 2.0]


def test_a_ruling_takes_a_star_whose_points_are_there(scheme: Scheme, drawn: Drawn, rating: Rating):
    values = rating.values(drawn.telling(Story.VETOED).code)
    assert values["civility_score"] >= scheme.kinds["village"].star("civility").pass_mark
    assert (values["civility"], values["tier"]) == (False, 0.0)


def test_one_village_stated_a_share_that_its_figures_cannot_give(drawn: Drawn, rows: list[PastRow]):
    stated = [(row.unit, row.data) for row in rows if row.kind == "agriculture_figures" and row.act != Record.Act.WITHDRAWAL]
    whole = drawn.telling(Story.IMPOSSIBLE_RATE).code
    wrong = [(unit, one) for unit, one in stated if unit == whole and "toilets_share_stated" in one]
    assert wrong
    for _, one in wrong:
        assert one["toilets_share_stated"] not in {share(one, number) for number in range(int(one["toilets_converted"]), 1000)}


def share(figures: Mapping[str, Value], whole: float) -> float:
    return round(figures["toilets_converted"] / whole, 3)


def test_the_records_of_the_merged_village_end_with_it_and_count_for_its_successor(
    scheme: Scheme, drawn: Drawn, villages: Written, rating: Rating
):
    [(former, heir)] = villages.crowd.heir.items()
    assert villages.crowd.places[former].code == drawn.tree.predecessor
    assert villages.crowd.places[heir].code == drawn.telling(Story.SUCCESSOR).code
    own = {kind: table.filter(pl.col("row") == former) for kind, table in villages.tables.items()}
    assert max(one["occurred_on"].max() for one in own.values() if len(one)) < merged_on(scheme)
    alone = {kind: table.filter(pl.col("row") != former) for kind, table in villages.tables.items()}
    income = own["income"].filter(pl.col("source") != "subsidy")["amount"].sum()
    code = drawn.telling(Story.SUCCESSOR).code
    before = rating_of(scheme, villages.crowd, alone).values(code)["last_income"]
    assert rating.values(code)["last_income"] == before + income


def test_every_record_is_valid_and_stored_as_it_is(scheme: Scheme, rows: list[PastRow]):
    for row in rows:
        if row.act != Record.Act.WITHDRAWAL:
            assert validate(scheme.records[row.kind], row.data) == row.data


def test_nobody_meets_at_the_spring_festival_or_in_the_harvest(rows: list[PastRow]):
    met = [row.occurred_on for row in rows if row.kind in ("meeting", "decision")]
    assert [day for day in met if is_festival(day) or is_harvest(day) or day.weekday() > 4] == []
    assert [row for row in rows if row.kind == "activity" and is_harvest(row.occurred_on)] == []


def test_the_ledger_looks_lived_in(scheme: Scheme, rows: list[PastRow]):
    typed = [row for row in rows if row.source == TYPED and row.act == Record.Act.ENTRY]
    late = sum((row.at.date() - row.occurred_on).days >= 14 for row in typed) / len(typed)
    changes = [(rows[row.supersedes], row) for row in rows if row.supersedes is not None]
    acts = Counter(row.act for row in rows)
    assert 0.03 < late < 0.12
    assert 20 < acts["correction"] < 200
    assert 3 <= acts["withdrawal"] < 30
    assert all(change.at > row.at and (change.unit, change.kind) == (row.unit, row.kind) for row, change in changes)
    assert all(row.at.date() >= row.occurred_on for row in rows)
    assert max(row.at.date() for row in rows) < today(scheme)


def test_rows_come_in_the_order_in_which_they_were_entered(rows: list[PastRow]):
    for one, next_ in pairwise(rows):
        assert one.unit != next_.unit or one.at <= next_.at


def test_a_village_has_as_many_records_as_two_years_bring(villages: Written, rows: list[PastRow]):
    counts = Counter(row.unit for row in rows)
    own = [place.code for row, place in enumerate(villages.crowd.places) if row not in villages.crowd.heir]
    assert [(code, counts[code]) for code in own if not 270 <= counts[code] <= 540] == []


def test_villages_are_of_plausible_sizes_and_everybody_has_a_name_of_their_own(drawn: Drawn, villages: Written):
    households, residents = villages.crowd.sizes["households"], villages.crowd.sizes["residents"]
    assert len(villages.crowd) == 28 + 1
    assert np.all((households >= 180) & (households <= 900) & (residents / households > 3) & (residents / households < 4))
    # One name is one person, of whom one unit keeps the number.
    keepers = {(one.name, one.kept_by or one.unit) for one in appointments(drawn)}
    assert len(keepers) == len({name for name, _ in keepers}) >= 28 + 1 + 3 + 2 + 5


def test_what_units_type_keeps_the_two_limits(drawn: Drawn):
    weighed = {kind: burden(ledger) for kind, ledger in drawn.ledgers.items()}
    assert weighed["village"].facts_a_year > 0
    assert max(one.facts_a_year for one in weighed.values()) <= MOST_FACTS_A_YEAR
    assert max(one.minutes_a_week for one in weighed.values()) <= MINUTES_A_WEEK


def test_only_kinds_that_nobody_else_holds_are_typed_some_by_their_own_people(scheme: Scheme, villages: Written, rows: list[PastRow]):
    kept = {id for id, kind in scheme.records.items() if not kind.held_by and kind.kept_in("village")}
    assert {row.kind for row in rows if row.source == TYPED} == kept
    assert 0 < enters_itself(villages.crowd).sum() < len(villages.crowd)


def test_what_the_clerk_entered_counts_once_the_secretary_confirmed_it_and_the_last_of_it_still_awaits_that(
    scheme: Scheme, drawn: Drawn, rows: list[PastRow]
):
    waiting = {number: row for number, row in enumerate(rows) if row.awaits}
    assert {bool(scheme.records[row.kind].confirmed_by) and row.title == "经办员" for row in waiting.values()} == {True}
    confirmed = {row.supersedes: row for row in rows if row.act == Record.Act.CONFIRMATION}
    assert set(confirmed) <= set(waiting)
    assert all(0 < (row.at - waiting[of].at).days + 1 <= 14 and row.data == waiting[of].data for of, row in confirmed.items())
    followed = {row.supersedes for row in rows if row.supersedes is not None}
    still = [row for number, row in waiting.items() if number not in followed]
    assert 3 <= len(still) < 40
    assert sum(row.unit == drawn.telling(Story.ONE_MARK_SHORT).code for row in still) == 3


def test_what_still_awaits_confirmation_decides_no_star(scheme: Scheme, villages: Written):
    table = rating_of(scheme, villages.crowd, villages.counting()).table()
    assert (dict(Counter(table["tier"])), {star: table[f"{star}.held"].sum() for star in STARS}) == (TIERS, STARS)
