"""What the generator of the demo promises, held against the engine; no database."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256

import pytest

from fanxing.demo.burden import FACTS_A_YEAR, MINUTES_A_WEEK, burden
from fanxing.demo.calendar import is_festival, is_harvest
from fanxing.demo.chronicle import merged_on, years
from fanxing.demo.life import Event
from fanxing.demo.plan import Story
from fanxing.demo.staff import appointments
from fanxing.demo.township import Township
from fanxing.demo.tuning import rated
from fanxing.demo.writing import TYPED, Row
from fanxing.records.validation import validate
from fanxing.scheme import Scheme
from fanxing.scheme.model import Value
from tests.demo.tallies import STARS, TIERS

DIGEST = """
from hashlib import sha256
from fanxing.demo.township import township
from fanxing.scheme import load
print(sha256(repr(township(load("five-star"))).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def standing(drawn: Township) -> dict[str, list[Event]]:
    """What stands in the end in the ledger of each village, that of the merged village with its successor's."""
    return events(drawn, drawn.rows)


def events(drawn: Township, rows: Iterable[Row]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for row in rows:
        code = drawn.successor.code if row.unit == drawn.predecessor.code else row.unit
        if row.standing is not None:
            found[code].append(Event(row.kind, row.occurred_on, row.standing))
    return found


def outcome(scheme: Scheme, standing: Mapping[str, list[Event]], code: str, more: Iterable[Event] = ()) -> dict[str, Value | date]:
    return rated(scheme, {code: [*standing[code], *more]}).values(code)


def test_the_engine_gives_the_tallies(scheme: Scheme, standing: dict[str, list[Event]]):
    rating = rated(scheme, standing)
    table = rating.table()
    held = {star: table[f"{star}.held"].sum() for star in scheme.kinds["village"].stars}
    assert (dict(Counter(table["tier"])), held) == (TIERS, STARS)


def test_the_same_bytes_come_out_every_time(drawn: Township):
    done = subprocess.run(
        [sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONHASHSEED": "7"}
    )
    assert done.stdout.strip() == sha256(repr(drawn).encode()).hexdigest()


def test_one_lesson_of_the_secretary_completes_the_fifth_star_on_whatever_day(scheme: Scheme, drawn: Township, standing):
    code = drawn.telling(Story.ONE_MARK_SHORT).code
    before = outcome(scheme, standing, code)
    mark = scheme.kinds["village"].star("party_branch").pass_mark
    assert (before["tier"], before["party_branch"], before["secretary_lessons"]) == (4.0, False, 0.0)
    assert 0 < mark - before["party_branch_score"] <= 1
    for month in range(1, 13):
        lesson = Event("meeting", date(years(scheme)[1], month, 20), {"form": "lesson", "speaker": "secretary"})
        after = outcome(scheme, standing, code, [lesson])
        assert (after["tier"], after["party_branch"]) == (5.0, True)


def test_a_figure_that_did_not_come_leaves_a_star_without_points_and_the_tier_decided(scheme: Scheme, drawn: Township, standing):
    values = outcome(scheme, standing, drawn.telling(Story.FIGURE_MISSING).code)
    assert [values[id] for id in ("joined", "party_branch_score", "party_branch", "tier")] == [None, None, False, 2.0]


def test_a_ruling_takes_a_star_whose_points_are_there(scheme: Scheme, drawn: Township, standing):
    values = outcome(scheme, standing, drawn.telling(Story.VETOED).code)
    assert values["civility_score"] >= scheme.kinds["village"].star("civility").pass_mark
    assert (values["civility"], values["tier"]) == (False, 0.0)


def test_one_village_stated_a_share_that_its_figures_cannot_give(drawn: Township):
    stated = {row.unit: row.values for row in drawn.rows if row.kind == "agriculture_figures"}
    wrong = {unit: one for unit, one in stated.items() if one["toilets_share_stated"] != share(one, one["toilets_in_scope"])}
    assert list(wrong) == [drawn.telling(Story.IMPOSSIBLE_RATE).code]
    [one] = wrong.values()
    assert one["toilets_share_stated"] not in {share(one, whole) for whole in range(one["toilets_converted"], 1000)}


def share(figures: Mapping[str, Value], whole: float) -> float:
    return round(figures["toilets_converted"] / whole, 3)


def test_the_records_of_the_merged_village_end_with_it_and_count_for_its_successor(scheme: Scheme, drawn: Township, standing):
    own = [row for row in drawn.rows if row.unit == drawn.predecessor.code]
    assert max(row.occurred_on for row in own) < merged_on(scheme)
    code = drawn.successor.code
    alone = rated(scheme, events(drawn, [row for row in drawn.rows if row.unit == code])).values(code)
    assert outcome(scheme, standing, code)["last_income"] == alone["last_income"] + sum(
        row.standing["amount"] for row in own if row.kind == "income" and row.standing["source"] != "subsidy"
    )


def test_every_record_is_valid_and_stored_as_it_is(scheme: Scheme, drawn: Township):
    for row in drawn.rows:
        kind = scheme.records[row.kind]
        assert validate(kind, row.values) == {id: row.values[id] for id in row.values}
        if row.change and row.change.values is not None:
            assert validate(kind, row.change.values) == row.change.values


def test_nobody_meets_at_the_spring_festival_or_in_the_harvest(drawn: Township):
    met = [row.occurred_on for row in drawn.rows if row.kind in ("meeting", "decision")]
    assert [day for day in met if is_festival(day) or is_harvest(day) or day.weekday() > 4] == []
    assert [row for row in drawn.rows if row.kind == "activity" and is_harvest(row.occurred_on)] == []


def test_the_ledger_looks_lived_in(drawn: Township):
    typed = [row for row in drawn.rows if row.source == TYPED]
    late = sum((row.at.date() - row.occurred_on).days >= 14 for row in typed) / len(typed)
    corrected = [row for row in drawn.rows if row.change and row.change.values is not None]
    withdrawn = [row for row in drawn.rows if row.change and row.change.values is None]
    assert 0.03 < late < 0.12
    assert 40 < len(corrected) < 200
    assert 3 <= len(withdrawn) < 30
    assert all(row.change.at > row.at for row in [*corrected, *withdrawn] if row.change)
    assert all(row.at.date() >= row.occurred_on for row in drawn.rows)


def test_a_village_has_as_many_records_as_two_years_bring(drawn: Township):
    counts = Counter(row.unit for row in drawn.rows)
    assert all(300 <= counts[village.code] <= 450 for village in drawn.villages)
    assert len(drawn.rows) >= 10_000


def test_villages_are_of_plausible_sizes_and_everybody_has_a_name_of_their_own(drawn: Township):
    assert len(drawn.villages) == 28
    assert all(180 <= village.households <= 900 and 3 < village.residents / village.households < 4 for village in drawn.villages)
    names = [one.name for one in appointments(drawn, star_teams=5)]
    assert len(names) == len(set(names)) == 28 + 1 + 4 + 5


def test_what_villages_type_keeps_the_two_limits(drawn: Township):
    weighed = burden(drawn.rows, len(drawn.villages))
    assert 0 < weighed.facts_a_year <= FACTS_A_YEAR
    assert 0 < weighed.minutes_a_week <= MINUTES_A_WEEK


def test_only_kinds_that_nobody_else_holds_are_typed(scheme: Scheme, drawn: Township):
    assert {row.kind for row in drawn.rows if row.source == TYPED} == {
        id for id, kind in scheme.records.items() if not kind.held_by and kind.kept_in("village")
    }
