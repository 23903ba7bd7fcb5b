"""Rows of a ledger kept elsewhere that name earlier rows of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.loading import ListRefused
from fanxing.programme.actions import publish
from fanxing.records.actions.taking_over import Named, PastRow, take_over_records
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, Cast
from tests.records.rows import MAY_DAY
from tests.records.test_field_types import KINDS

VILLAGE, NEIGHBOUR = "990101201", "990101202"
MAY = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def published(cast: Cast) -> None:
    publish(files=KINDS, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def meeting(label: str, unit: str = VILLAGE) -> PastRow:
    return PastRow(unit, "meeting", MAY_DAY, {"form": "lesson", "attended": 23}, "typed", MAY, "old-clerk", "镇经办员", label=label)


def task(links: Mapping[str, str], *, days: int = 1) -> PastRow:
    return PastRow(VILLAGE, "task", MAY_DAY, {"about": "road"}, "typed", MAY + timedelta(days=days), "old-clerk", "镇经办员", links=links)


def test_a_row_links_to_an_earlier_one_by_its_label_also_from_another_part(cast: Cast):
    labels: dict[str, Named] = {}
    take_over_records(rows=[meeting("spring"), task({"meeting": "spring"})], by=SYSTEM, at=NOW, labels=labels)
    take_over_records(rows=[task({"meeting": "spring"}, days=2)], by=SYSTEM, at=NOW, labels=labels)
    own = Record.objects.filter(unit=cast.village).order_by("position")
    assert [row.data.get("meeting") for row in own] == [None, f"{VILLAGE}-1", f"{VILLAGE}-1"]
    assert labels == {"spring": Named(VILLAGE, "meeting", f"{VILLAGE}-1")}
    assert rows_not_as_logged() == []


@pytest.mark.parametrize("rows", [[task({"meeting": "nobody"})], [meeting("theirs", NEIGHBOUR), task({"meeting": "theirs"})]])
def test_a_link_to_nothing_earlier_or_of_another_unit_is_refused(rows: list[PastRow]):
    with pytest.raises(ListRefused):
        take_over_records(rows=rows, by=SYSTEM, at=NOW)
    assert Record.objects.count() == 0
