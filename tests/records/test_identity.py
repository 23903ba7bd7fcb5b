"""Which records are the same one."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.identity import identity_key, records_alike
from fanxing.scheme import load_files
from fanxing.scheme.model import RecordKind
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import with_text
from tests.records.rows import LESSON, MAY_DAY, enter

NAMED = with_text("records/meeting.yaml", "recorded_by: [secretary]", "recorded_by: [secretary]\nidentity: [form, day]")


def kind(identity: str = "form, day") -> RecordKind:
    changed = with_text("records/meeting.yaml", "recorded_by: [secretary]", f"recorded_by: [secretary]\nidentity: [{identity}]")
    return load_files(changed).records["meeting"]


@pytest.fixture
def named(cast: Cast) -> Publication:
    return publish(files=NAMED, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.mark.parametrize(
    ("identity", "key"),
    [
        ("form, day", ("lesson", "2026-05-01")),
        ("month", ("2026-05",)),
        ("quarter", ("2026-Q2",)),
        ("year, attended", ("2026", 23)),
        ("form, topic", ("lesson", None)),
        ("topic", None),
        ("", None),
    ],
)
def test_a_key_is_made_of_what_the_kind_names(identity: str, key: tuple[object, ...] | None):
    assert identity_key(kind(identity), MAY_DAY, LESSON) == key


def test_texts_are_alike_whatever_their_width_case_and_spaces():
    by_topic = kind("topic")
    assert {identity_key(by_topic, MAY_DAY, {"topic": text}) for text in ("\uff21\uff22 学习", "ab  学习", "Ab　学习")} == {("ab 学习",)}


@pytest.mark.usefixtures("named")
def test_the_records_in_force_that_are_alike_are_found(cast: Cast):
    enter(cast, on=date(2025, 5, 1))
    first, gone, corrected = enter(cast), enter(cast, data={"form": "members"}), enter(cast, on=date(2026, 5, 2))
    theirs = enter(cast, unit=cast.neighbour, by="colleague")
    withdraw_record(record=gone, reason="重复登记", by=cast.secretary, at=NOW)
    second = correct_record(record=corrected, occurred_on=date(2026, 5, 3), data=LESSON, by=cast.secretary, at=NOW)
    keys = [("lesson", "2026-05-01"), ("members", "2026-05-01"), ("lesson", "2026-05-02"), ("lesson", "2026-05-03")]
    assert records_alike(kind(), {cast.village.pk: keys, cast.neighbour.pk: keys[:1], cast.other_village.pk: []}) == {
        (cast.village.pk, keys[0]): first,
        (cast.village.pk, keys[3]): second,
        (cast.neighbour.pk, keys[0]): theirs,
    }


@pytest.mark.usefixtures("named")
def test_they_are_found_in_one_query(cast: Cast, django_assert_num_queries):
    days = [date(2026, 5, day) for day in range(1, 12)]
    for day in days:
        enter(cast, on=day)
    for some in (days[:1], days):
        with django_assert_num_queries(1):
            keys = [("lesson", day.isoformat()) for day in some]
            assert len(records_alike(kind(), {cast.village.pk: keys, cast.neighbour.pk: keys})) == len(some)
