"""The whole city: its names, its ledgers and its tallies, as they are drawn and as they stand in a database."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from unittest.mock import patch

import polars as pl
import pytest
from django.db import connection

from fanxing.audit.models import Event
from fanxing.demo.calendar import is_festival, is_harvest
from fanxing.demo.chronicle import today
from fanxing.demo.drawn import Drawn
from fanxing.demo.life import EPOCH
from fanxing.demo.names import TOWNSHIP
from fanxing.demo.photos import photographed
from fanxing.demo.plan import crowd
from fanxing.demo.tree import Tree
from fanxing.demo.tree import city as whole_tree
from fanxing.demo.writing import DAY, Written
from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme import Scheme
from fanxing.scoring.models import Score
from fanxing.scoring.queries import latest_run, tallies, trend
from tests.demo.tallies import COMMUNITIES, COUNTS, ENTERPRISES, ORGANS, VILLAGES
from tests.demo_city import SAID, city_store
from tests.serving import drop_database


@pytest.fixture(scope="module")
def tree() -> Tree:
    return whole_tree()


def test_the_city_has_as_many_units_of_each_kind_as_the_programme_that_was_published(tree: Tree):
    counts = {kind: len(tree.of_kind(kind)) for kind in COUNTS}
    assert counts == COUNTS
    assert 100 <= len(tree.of_kind("compound")) <= 200
    assert 50 <= len(tree.of_kind("organ_branch")) <= 100


def test_no_two_units_have_a_code_and_no_two_of_a_place_a_name(tree: Tree):
    assert max(Counter(one.code for one in tree.places).values()) == 1
    assert max(Counter((one.parent, one.name) for one in tree.places).values()) == 1
    villages = Counter(one.name for one in tree.of_kind("village"))
    assert max(villages.values()) == 1


def test_codes_of_villages_have_the_national_length_and_begin_with_those_above(tree: Tree):
    for one in [*tree.of_kind("village"), *tree.of_kind("community")]:
        assert re.fullmatch(r"9901\d{8}", one.code)
        assert one.parent is not None
        assert one.code.startswith(one.parent)


def test_three_units_called_communities_are_villages_by_kind(tree: Tree):
    assert sum(one.name.endswith("社区") for one in tree.of_kind("village")) == 3
    assert all(one.name.endswith("社区") for one in tree.of_kind("community"))


def test_townships_are_of_very_different_sizes(tree: Tree):
    sizes = Counter(one.parent for one in tree.of_kind("village"))
    assert sizes[TOWNSHIP[0]] == 28
    assert min(sizes.values()) <= 3
    assert max(sizes.values()) >= 40


def test_a_part_of_the_tree_holds_what_lies_above_it(tree: Tree):
    part = tree.only({TOWNSHIP[0]})
    assert [one.kind for one in part.places if one.kind not in ("village", "enterprise")] == ["city", "county", "township"]
    assert len(part.of_kind("village")) == 28


def test_of_the_whole_city_the_same_units_are_photographed_as_of_its_township(scheme: Scheme, tree: Tree, drawn: Drawn):
    whole = {id: Written(scheme, crowd(scheme, tree, scheme.kinds[id]), {}) for id in drawn.ledgers}
    assert list(photographed(Drawn(scheme, tree, whole))) == list(photographed(drawn))


@pytest.mark.slow
def test_the_ledgers_keep_the_calendar_and_the_size_that_was_meant(city: Drawn):
    assert 600_000 <= city.row_count <= 800_000
    villages = city.ledgers["village"].tables
    met = pl.concat([villages[kind]["occurred_on"] for kind in ("meeting", "decision")]).unique().to_list()
    assert [day for day in met if is_festival(day) or is_harvest(day) or day.weekday() > 4] == []
    last = max(one["at"].max() for ledger in city.ledgers.values() for one in ledger.tables.values() if len(one))
    assert last < (today(city.scheme) - EPOCH).days * DAY


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Iterator[str]:
    """What the command said when it loaded the city, which is the database of the test."""
    server = os.environ.get("FANXING_DATABASE", "")
    store = city_store(tmp_path_factory.mktemp("city"), server)
    connection.close()
    with django_db_blocker.unblock(), patch.dict(connection.settings_dict, NAME=store.name):
        yield (store.folder / SAID).read_text(encoding="utf-8")
        connection.close()
    if server:
        drop_database(store)


@pytest.mark.slow
@pytest.mark.database
def test_the_loaded_city_gives_exactly_the_counts_that_were_published(said: str, settings, scheme: Scheme):
    settings.TODAY = today(scheme)
    run = latest_run()
    assert run
    found = {id: dict(tally.tiers) for id, tally in tallies(run).items()}
    assert [found[kind] for kind in COUNTS] == [VILLAGES, COMMUNITIES, ORGANS, ENTERPRISES]
    both = [*VILLAGES.items(), *COMMUNITIES.items()]
    three_and_more = sum(count for tier, count in both if tier in ("3", "4", "5"))
    of_both = COUNTS["village"] + COUNTS["community"]
    assert (sum(count for tier, count in both if tier == "3"), three_and_more, of_both) == (852, 1_171, 2_526)
    assert round(three_and_more / of_both * 100, 2) == 46.36

    assert len(trend()) == 5
    counties = [tallies(run, county.path) for county in Unit.objects.filter(kind="county")]
    assert sum(one["village"].tiers.get("5", 0) for one in counties if "village" in one) == 34
    assert Record.objects.count() > 550_000
    # No result was typed in: whatever was written to the ledger names its writer, and every score a run.
    assert not Score.objects.filter(run=None).exists()
    assert Event.objects.filter(action="records.load_records").exists()
    assert "村 2349 个：五星 34 个，四星 246 个，三星 790 个" in said
