"""Which records name another, by a link or by its name."""

from datetime import date

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.queries import kinds_for
from fanxing.records.actions.entries import add_record, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.records.naming import is_named, named, naming
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import FILES

METHOD = """
title: 品牌
nature: outcome
recorded_by: [secretary]
fields:
  name: {title: 名称, type: text}
"""
TASK = """
title: 任务
nature: outcome
recorded_by: [secretary]
fields:
  name: {title: 任务名称, type: text}
  method: {title: 用到的品牌, type: record, links: method}
"""


def published(cast: Cast) -> None:
    files = {**FILES, "records/method.yaml": METHOD, "records/task.yaml": TASK}
    publish(files=files, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def enter(unit: Unit, kind: str, day: int = 2, **data: object) -> Record:
    return add_record(unit=unit, kind=kind, occurred_on=date(2026, 3, day), data=data, by=SYSTEM, at=NOW, beside=True)


def names(*records: Record) -> list[list[int]]:
    """The records that name each of some, by their numbers."""
    kinds = kinds_for(records[0].unit)
    found = naming([named(one, one, kinds[one.kind]) for one in records], kinds)
    return [[row.pk for row in found[one.reference]] for one in records]


def test_a_record_is_named_by_links_and_by_its_name_in_its_own_unit(cast: Cast):
    published(cast)
    brand, other = enter(cast.village, "method", name="麦浪先锋"), enter(cast.village, "method", 3, name="板凳会")
    linked = enter(cast.village, "task", 5, name="抢收", method=brand.reference)
    told = enter(cast.village, "meeting", 8, form="lesson", topic="麦浪先锋：帮缺劳力户收麦")
    enter(cast.village, "meeting", 9, form="lesson", topic="先锋护麦浪")
    enter(cast.neighbour, "meeting", 9, form="lesson", topic="学麦浪先锋")
    both = enter(cast.village, "meeting", 10, form="lesson", topic="麦浪先锋开板凳会")
    assert names(brand, other) == [[both.pk, told.pk, linked.pk], [both.pk]]
    assert [is_named(kinds_for(cast.village)[id], kinds_for(cast.village).values()) for id in ("method", "meeting")] == [True, False]


def test_what_was_put_right_or_withdrawn_names_as_it_says_now(cast: Cast):
    published(cast)
    brand = enter(cast.village, "method", name="麦浪先锋")
    first = enter(cast.village, "meeting", form="lesson", topic="麦浪先锋")
    second = enter(cast.village, "meeting", 3, form="lesson", topic="学党史")
    third = enter(cast.village, "meeting", 4, form="lesson", topic="麦浪先锋")
    correct_record(record=first, occurred_on=first.occurred_on, data={"form": "lesson", "topic": "学党史"}, by=SYSTEM, at=NOW)
    right = correct_record(record=second, occurred_on=second.occurred_on, data={"form": "lesson", "topic": "麦浪先锋"}, by=SYSTEM, at=NOW)
    withdraw_record(record=third, reason="重复", by=SYSTEM, at=NOW)
    assert names(brand) == [[right.pk]]


def test_a_name_of_two_characters_is_too_short_to_be_found_in_words(cast: Cast):
    published(cast)
    enter(cast.village, "meeting", form="lesson", topic="先锋")
    assert names(enter(cast.village, "method", name="先锋")) == [[]]
