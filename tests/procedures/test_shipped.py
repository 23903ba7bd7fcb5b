"""Every way through every procedure that ships is gone, by the actions that people use, on both databases."""

from datetime import UTC, datetime

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.models import WorkItem
from fanxing.organisations.actions.units import create_unit
from fanxing.organisations.models import Unit
from fanxing.procedures.models import MatterRecord
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.models import Record
from fanxing.scheme import load, read_folder
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW
from tests.procedures.paths import go, paths, words_for

SCHEME = load("five-star")
AT = datetime(2025, 6, 16, 2, tzinfo=UTC)
# What a way needs said for the conditions on it, where the first choice of every field would not do: procedure → words.
SAID: dict[str, dict[str, object]] = {}

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def city(db: None) -> Unit:
    """A city with a unit of every kind of the five stars, and the programme ruling it."""
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    root = create_unit(code="990000", name="云溪市", kind="city", parent=None, on=FOUNDED, by=SYSTEM, at=NOW)
    county = create_unit(code="990100", name="青川县", kind="county", parent=root, on=FOUNDED, by=SYSTEM, at=NOW)
    town = create_unit(code="990101", name="石桥镇", kind="township", parent=county, on=FOUNDED, by=SYSTEM, at=NOW)
    for number, kind in enumerate((*SCHEME.kinds, *SCHEME.beside)):
        create_unit(code=f"99010120{number:02}", name=SCHEME.title_of_kind(kind), kind=kind, parent=town, on=FOUNDED, by=SYSTEM, at=NOW)
    published(root)
    return root


def published(unit: Unit) -> Publication:
    return publish(files=read_folder("five-star"), document_number="示例 1 号", unit=unit, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def test_every_measure_of_a_sheet_is_one_of_the_rules_that_ship():
    known = {id for kind in SCHEME.kinds.values() for id in (*kind.facts, *kind.nodes)}
    assert {id for one in SCHEME.procedures.values() for id in one.measures} <= known


@pytest.mark.parametrize("id", list(SCHEME.procedures))
def test_every_way_ends_as_the_table_says_and_leaves_what_it_should(id: str, city: Unit):
    procedure = SCHEME.procedures[id]
    unit = Unit.objects.filter(kind=procedure.kinds[0] if procedure.kinds else "village").first()
    ways = paths(procedure)
    assert {step for way in ways for step in way} == set(procedure.steps), "some step is on no way to an end"
    for number, way in enumerate(ways):
        # Nobody is given one post twice.
        people = {one.appoints.person: f"人选{number}" for one in procedure.states.values() if one.appoints}
        matter, _ = go(procedure, way, unit, AT, (words_for(procedure, way) or {}) | people | SAID.get(id, {}))
        assert procedure.states[matter.state].ends
        assert matter.ended_on is not None
        assert not WorkItem.objects.filter(source="matter", key__startswith=f"{matter.pk}:").waiting().exists()
    for left in MatterRecord.objects.select_related("record"):
        assert left.record.source == f"procedure:{id}"
    assert Record.objects.counting().count() <= MatterRecord.objects.count()
