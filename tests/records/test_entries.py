"""Records entered, corrected and withdrawn, one at a time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import AppendOnlyError, Event
from fanxing.audit.queries import events_about
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import assign
from fanxing.organisations.actions.units import change_kind, merge_units
from fanxing.organisations.models import Post
from fanxing.programme.actions import publish
from fanxing.programme.models import KindVersion, Publication
from fanxing.records.actions.entries import NotStanding, SameRecord, correct_record, withdraw_record
from fanxing.records.actions.permits import KindUnknown
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import LedgerHead, Record
from fanxing.records.queries import ledger_head, recordable_kinds, standing
from fanxing.records.validation import RecordError
from tests.cast import FOUNDED, NOW, TODAY, Cast, appoint
from tests.programme.small import FIGURES, FILES, MEETING, with_text
from tests.race import race
from tests.records.rows import LESSON, MAY_DAY, enter

pytestmark = pytest.mark.usefixtures("programme")

MEMBERS = {"form": "members", "attended": 31}


def correct(record: Record, cast: Cast, *, by: str = "secretary", **more: object) -> Record:
    arguments = {"occurred_on": MAY_DAY, "data": MEMBERS, "at": NOW} | more
    return correct_record(record=record, by=getattr(cast, by), **arguments)  # type: ignore[arg-type]


def withdraw(record: Record, cast: Cast, *, by: str = "secretary", reason: str = "重复登记", **more: object) -> Record:
    return withdraw_record(record=record, reason=reason, by=getattr(cast, by), at=NOW, **more)  # type: ignore[arg-type]


def content(record: Record) -> dict[str, object]:
    record.refresh_from_db()
    names = ("unit_id", "position", "kind", "occurred_on", "data", "act", "supersedes_id", "reason", "source")
    return {name: getattr(record, name) for name in (*names, "recorded_at", "recorded_by", "recorded_by_title")}


def log_of(record: Record) -> list[tuple[str, str, str, str, list[str]]]:
    return [(event.action, event.actor, event.unit_code, event.summary, list(event.rows)) for event in events_about(record)]


# Doubles


def test_what_is_the_same_is_not_entered_twice_but_beside_it(cast: Cast):
    by_day = with_text("records/meeting.yaml", "recorded_by: [secretary]", "recorded_by: [secretary]\nidentity: [form, month]")
    publish(files=by_day, document_number="", unit=cast.city, valid_from=TODAY, by=SYSTEM, at=NOW)
    first = enter(cast)
    with pytest.raises(SameRecord, match="柳河村已有一条会议类型、月份相同的“会议”（2026-05-01），由柳河村支部书记登记") as refused:
        enter(cast, on=date(2026, 5, 20))
    assert (refused.value.record, Record.objects.count()) == (first, 1)
    enter(cast, on=date(2026, 4, 30))
    enter(cast, data=MEMBERS)
    enter(cast, on=date(2026, 5, 20), beside=True)
    enter(cast, unit=cast.neighbour, by="colleague")
    withdraw_record(record=first, reason="重复登记", by=cast.secretary, at=NOW)
    assert Record.objects.count() == 6


# Entering


def test_a_record_is_entered(cast: Cast):
    record = enter(cast)
    assert content(record) == {
        "unit_id": cast.village.pk,
        "position": 1,
        "kind": "meeting",
        "occurred_on": MAY_DAY,
        "data": {"form": "lesson", "attended": 23},
        "act": "entry",
        "supersedes_id": None,
        "reason": "",
        "source": "typed",
        "recorded_at": NOW,
        "recorded_by": "secretary",
        "recorded_by_title": "柳河村支部书记",
    }
    assert record.kind_version == KindVersion.objects.get(kind="meeting")
    name = f"records.Record:{record.pk}"
    assert log_of(record) == [("records.add_record", "secretary", "990101201", "柳河村登记会议，日期 2026-05-01", [name])]


def test_every_fault_is_told_with_that_of_the_day(cast: Cast):
    with pytest.raises(RecordError, match="日期：不能晚于今天（2026-06-15）；会议类型：必填；到会人数：应为数字，如 12") as refused:
        enter(cast, on=TODAY + timedelta(days=1), data={"attended": "很多"})
    assert list(refused.value.faults) == ["occurred_on", "form", "attended"]
    assert (Record.objects.count(), LedgerHead.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (None, "应为日期，如 2025-03-08"),
        (date(2026, 6, 16), "不能晚于今天（2026-06-15）"),
        (date(206, 5, 1), "不能早于 1900-01-01"),
    ],
)
def test_a_record_has_a_day_that_can_be(cast: Cast, day: date | None, fault: str):
    with pytest.raises(RecordError) as refused:
        enter(cast, on=day)
    assert refused.value.faults == {"occurred_on": fault}


def test_today_is_the_day_in_china(cast: Cast):
    after_midnight = NOW.replace(day=15, hour=17)
    assert enter(cast, on=date(2026, 6, 16), at=after_midnight).occurred_on == date(2026, 6, 16)


def test_a_closed_unit_keeps_what_happened_before(cast: Cast):
    merge_units(units=[cast.village], into=cast.neighbour, on=MAY_DAY, by=SYSTEM, at=NOW)
    cast.village.refresh_from_db()
    assert enter(cast, on=MAY_DAY - timedelta(days=1), unit=cast.village, by=SYSTEM).position == 1
    with pytest.raises(RecordError, match="柳河村已于 2026-05-01 撤销，此后的事请记到承接它的单位"):
        enter(cast, unit=cast.village, by=SYSTEM)


def test_only_kinds_of_the_programme_are_recorded(cast: Cast):
    with pytest.raises(KindUnknown, match="方案《小方案》没有“party”这类台账，现有：经济数据（figures）、会议（meeting）"):
        enter(cast, kind="party")


def rule_patrols_of_villages(cast: Cast) -> None:
    """From today on the programme has patrols, which only villages keep."""
    patrol = MEETING.replace("title: 会议\n", "title: 巡防\nkinds: [village]\n")
    files = with_text("scheme.yaml", "tier:", "levels: {city: 市, township: 乡镇}\ntier:") | {"records/patrol.yaml": patrol}
    publish(files=files, document_number="", unit=cast.city, valid_from=TODAY, by=SYSTEM, at=NOW)


def test_a_kind_of_unit_keeps_its_own_kinds_of_record(cast: Cast):
    rule_patrols_of_villages(cast)
    with pytest.raises(KindUnknown, match="“巡防”是村的台账，石桥镇是乡镇，不登记这一类"):
        enter(cast, kind="patrol", unit=cast.town, by=SYSTEM)
    assert enter(cast, kind="patrol").position == 1
    offered = [[kind.id for kind in recordable_kinds(SYSTEM, unit, on=TODAY)] for unit in (cast.village, cast.town)]
    assert offered == [["figures", "meeting", "patrol"], ["figures", "meeting"]]


def test_what_a_unit_recorded_while_it_was_of_another_kind_can_be_put_right(cast: Cast):
    rule_patrols_of_villages(cast)
    before = enter(cast, kind="patrol")
    change_kind(unit=cast.village, kind="community", on=TODAY, by=SYSTEM, at=NOW)
    cast.village.refresh_from_db()
    with pytest.raises(KindUnknown, match="“巡防”是村的台账"):
        enter(cast, kind="patrol", by=SYSTEM)
    before = Record.objects.get(pk=before.pk)
    assert withdraw_record(record=before, reason="填错了单位", by=SYSTEM, at=NOW).position == 2


@pytest.mark.parametrize(
    ("by", "unit", "kind", "message"),
    [
        ("colleague", "village", "meeting", "您在柳河村没有“登记台账”的权限"),
        ("stranger", "village", "meeting", "您在柳河村没有“登记台账”的权限"),
        ("secretary", "town", "meeting", "您在石桥镇没有“登记台账”的权限"),
        ("clerk", "village", "meeting", "“会议”由支部书记登记"),
        ("desk", "village", "meeting", "“会议”由支部书记登记"),
        ("secretary", "village", "figures", "“经济数据”由专班登记"),
    ],
)
def test_a_record_is_entered_by_the_posts_its_kind_names(cast: Cast, by: str, unit: str, kind: str, message: str):
    with pytest.raises(NotAllowed, match=message):
        enter(cast, by=by, unit=getattr(cast, unit), kind=kind)
    assert not Record.objects.exists()


def test_a_post_above_reaches_the_unit(cast: Cast):
    team = appoint("team", "郑云", cast.city, Post.objects.get(pk="team"))
    record = enter(cast, kind="figures", data={"income": 150000}, by=team, source="import:农业农村部门")
    assert (record.data, record.source, record.recorded_by_title) == ({"income": 150000}, "import:农业农村部门", "云溪市专班")
    assert [kind.id for kind in recordable_kinds(team, cast.village)] == ["figures"]


def test_a_judgement_is_recorded_only_by_who_may_judge(cast: Cast):
    judged = {**FILES, "records/mark.yaml": FIGURES.replace("figure", "judgement").replace("[team]", "[team, secretary]")}
    publish(files=judged, document_number="", unit=cast.city, valid_from=TODAY, by=SYSTEM, at=NOW)
    with pytest.raises(NotAllowed, match="是评分或认定"):
        enter(cast, kind="mark", data={"income": 8})
    assert [kind.id for kind in recordable_kinds(cast.secretary, cast.village, on=TODAY)] == ["meeting"]

    team = appoint("team", "马骏", cast.city, Post.objects.get(pk="team"))
    assert "mark" in [kind.id for kind in recordable_kinds(team, cast.village, on=TODAY)]


def test_a_user_is_offered_what_may_be_recorded(cast: Cast):
    offered = {
        name: [kind.id for kind in recordable_kinds(getattr(cast, name), cast.village)] for name in ("secretary", "colleague", "clerk")
    }
    assert offered == {"secretary": ["meeting"], "colleague": [], "clerk": []}
    assert [kind.id for kind in recordable_kinds(SYSTEM, cast.village)] == ["figures", "meeting"]


def test_the_same_form_sent_twice_is_entered_once(cast: Cast):
    first, second = enter(cast, key="form-1"), enter(cast, key="form-1")
    changed, other_form = enter(cast, key="form-1", data=MEMBERS), enter(cast, key="form-2")
    assert (first, [changed.position, other_form.position]) == (second, [2, 3])
    assert (Record.objects.count(), ledger_head(cast.village)) == (3, 3)


def test_entering_costs_a_fixed_number_of_queries(cast: Cast, django_assert_num_queries):
    enter(cast)
    with django_assert_num_queries(11):
        enter(cast)
    enter(cast)
    with django_assert_num_queries(11):
        enter(cast)


# Correcting


def test_a_correction_is_a_new_row_that_names_the_old(cast: Cast):
    record = enter(cast)
    before = content(record)
    correction = correct(record, cast, occurred_on=date(2026, 4, 30))
    assert content(record) == before
    assert {name: value for name, value in content(correction).items() if value != before[name]} == {
        "position": 2,
        "occurred_on": date(2026, 4, 30),
        "data": MEMBERS,
        "act": "correction",
        "supersedes_id": record.pk,
    }
    assert list(standing([cast.village])) == [correction]
    summary = "柳河村更正会议，日期 2026-04-30"
    assert log_of(correction) == [("records.correct_record", "secretary", "990101201", summary, [f"records.Record:{correction.pk}"])]


@pytest.mark.parametrize(
    ("doer", "hours", "more", "needed"),
    [
        ("secretary", 23, {}, False),
        ("secretary", 25, {}, True),
        ("colleague", 1, {}, True),
        ("secretary", 1, {"source": "import:民政部门"}, True),
    ],
)
def test_only_a_slip_of_ones_own_needs_no_reason(cast: Cast, doer: str, hours: int, more: dict[str, object], needed: bool):
    if doer == "colleague":
        assign(
            person=cast.colleague.person, unit=cast.village, post=Post.objects.get(id="secretary"), valid_from=FOUNDED, by=SYSTEM, at=NOW
        )
    record = enter(cast, **more)
    later = NOW + timedelta(hours=hours)
    if needed:
        with pytest.raises(RecordError, match="原因：请写明更正的原因；会议类型：必填") as refused:
            correct(record, cast, by=doer, at=later, data={})
        assert list(refused.value.faults) == ["reason", "form"]
    reason = "数错了" if needed else ""
    assert correct(record, cast, by=doer, at=later, reason=f" {reason}\r\n").reason == reason
    assert rows_not_as_logged() == []


def test_a_correction_is_checked_like_an_entry(cast: Cast):
    record = enter(cast)
    with pytest.raises(RecordError, match="日期：不能晚于今天（2026-06-15）；会议类型：应为下列之一：党员大会、党课"):
        correct(record, cast, occurred_on=date(2027, 1, 1), data={"form": "tea"})
    assert list(standing([cast.village])) == [record]


def test_what_was_corrected_or_withdrawn_is_left_alone(cast: Cast):
    corrected, withdrawn = enter(cast), enter(cast)
    correct(corrected, cast)
    withdrawal = withdraw(withdrawn, cast)
    for change in (correct, withdraw):
        with pytest.raises(NotStanding, match="已于 2026-06-15 由柳河村支部书记更正，请刷新后查看现在的记录"):
            change(corrected, cast)
        with pytest.raises(NotStanding, match="已于 2026-06-15 由柳河村支部书记撤回"):
            change(withdrawn, cast)
        with pytest.raises(NotStanding, match="这是一条撤回，不能再更正或撤回；如撤回有误，请重新登记"):
            change(withdrawal, cast)
    assert (Record.objects.count(), ledger_head(cast.village)) == (4, 4)


def test_only_who_may_record_corrects_or_withdraws(cast: Cast):
    record = enter(cast)
    for change, word in ((correct, "更正台账"), (withdraw, "撤回台账")):
        with pytest.raises(NotAllowed, match=f"您在柳河村没有“{word}”的权限"):
            change(record, cast, by="colleague")
        with pytest.raises(NotAllowed, match="“会议”由支部书记登记"):
            change(record, cast, by="clerk")
    assert list(standing([cast.village])) == [record]


def test_a_correction_or_withdrawal_sent_twice_is_written_once(cast: Cast):
    first, second = enter(cast), enter(cast)
    assert correct(first, cast, key="form-1") == correct(first, cast, key="form-1")
    assert withdraw(second, cast, key="form-2") == withdraw(second, cast, key="form-2")
    assert Record.objects.count() == 4


# Withdrawing


def test_a_withdrawal_is_a_new_row_with_its_reason(cast: Cast):
    record = enter(cast)
    before = content(record)
    withdrawal = withdraw(record, cast, reason=" 重复登记\n")
    assert content(record) == before
    assert {name: value for name, value in content(withdrawal).items() if value != before[name]} == {
        "position": 2,
        "data": {},
        "act": "withdrawal",
        "supersedes_id": record.pk,
        "reason": "重复登记",
    }
    assert list(standing([cast.village])) == []
    summary = "柳河村撤回会议，日期 2026-05-01"
    assert log_of(withdrawal) == [("records.withdraw_record", "secretary", "990101201", summary, [f"records.Record:{withdrawal.pk}"])]


def test_a_withdrawal_needs_a_reason(cast: Cast):
    record = enter(cast)
    with pytest.raises(RecordError, match="原因：请写明撤回的原因"):
        withdraw(record, cast, reason=" ")
    assert list(standing([cast.village])) == [record]


# What must always be true


def test_records_are_never_changed_or_deleted(cast: Cast):
    record = enter(cast)
    for change in (
        record.save,
        record.delete,
        Record.objects.all().delete,
        lambda: Record.objects.update(data={}),
        lambda: Record.objects.bulk_update([record], ["data"]),
        lambda: cast.village.records.all().delete(),
    ):
        with pytest.raises(AppendOnlyError):
            change()
    assert content(record)["data"] == LESSON


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"position": 1}, "position"),
        ({"position": 0}, "position"),
        ({"act": "correction"}, "records_record_act"),
        ({"reason": "误"}, "records_record_act"),
        ({"act": "withdrawal", "supersedes_id": True}, "records_record_act"),
        ({"source": "rumour"}, "records_record_source"),
        ({"source": "import:"}, "records_record_source"),
    ],
)
def test_the_database_refuses_rows_that_cannot_be(cast: Cast, changes: dict[str, object], constraint: str):
    first = enter(cast)
    if "supersedes_id" in changes:
        changes = changes | {"supersedes_id": first.pk}
    row = Record(
        unit=cast.village,
        kind="meeting",
        kind_version=first.kind_version,
        occurred_on=MAY_DAY,
        recorded_at=NOW,
        **{"position": 9, "source": "typed"} | changes,
    )
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save()


def test_the_database_lets_a_record_be_superseded_once(cast: Cast):
    record = enter(cast)
    for position in (2, 3):
        row = Record(
            unit=cast.village,
            position=position,
            kind="meeting",
            kind_version=record.kind_version,
            occurred_on=MAY_DAY,
            act="correction",
            supersedes=record,
            source="typed",
            recorded_at=NOW,
        )
        if position == 2:
            row.save()
        else:
            with pytest.raises(IntegrityError, match="supersede"), transaction.atomic():
                row.save()


# At the same time


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_exactly_one_wins(transactional_db: None, cast: Cast, programme: Publication):
    record = enter(cast)
    results = race(lambda: correct(record, cast), lambda: correct(record, cast, data=LESSON | {"attended": 5}))
    winners = [one for one in results if isinstance(one, Record)]
    assert [type(one) for one in results if one not in winners] == [NotStanding]
    assert list(standing([cast.village])) == winners
    assert (Record.objects.count(), ledger_head(cast.village)) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_of_a_correction_and_a_withdrawal_at_once_exactly_one_wins(transactional_db: None, cast: Cast, programme: Publication):
    record = enter(cast)
    results = race(lambda: correct(record, cast), lambda: withdraw(record, cast))
    assert sorted(type(one).__name__ for one in results) == ["NotStanding", "Record"]
    assert Record.objects.filter(supersedes=record).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_entered_once(transactional_db: None, cast: Cast, programme: Publication):
    first, second = race(lambda: enter(cast, key="form-1"), lambda: enter(cast, key="form-1"))
    assert (first, second) == (Record.objects.get(), Record.objects.get())
    assert Event.objects.filter(action="records.add_record").count() == 1


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_no_gap_in_the_positions(transactional_db: None, cast: Cast, programme: Publication):
    def write(who: str, unit: str) -> list[Record]:
        return [enter(cast, by=who, unit=getattr(cast, unit)) for _ in range(5)]

    race(*[lambda: write("secretary", "village")] * 3, lambda: write("colleague", "neighbour"))
    rows = list(Record.objects.filter(unit=cast.village).order_by("position"))
    assert [row.position for row in rows] == list(range(1, 16))
    assert rows == sorted(rows, key=lambda row: row.pk)
    assert (ledger_head(cast.village), ledger_head(cast.neighbour)) == (15, 5)
