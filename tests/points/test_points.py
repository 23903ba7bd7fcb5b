"""Who took part, and the account that comes of it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.inbox.models import WorkItem
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.actions.people import create_person
from fanxing.organisations.models import Person, Unit
from fanxing.points.actions import (
    add_participation,
    answer_objection,
    object_to,
    remove_participation,
    reverse_entry,
    turn_off,
    turn_on,
)
from fanxing.points.models import Participation, PointsReversal
from fanxing.points.queries import account_of
from fanxing.points.reckoning import Taking, accounts
from fanxing.points.tasks import forget_old_points
from fanxing.records.actions.entries import add_record, confirm_records, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.scheme import SchemeError, load_files
from fanxing.scheme.differences import differences
from tests.cast import NOW, TODAY, Cast
from tests.points.conftest import POINTS, RULES


def meeting(cast: Cast, by: User | None = None, form: str = "lesson", on: date = TODAY, attended: int = 20) -> Record:
    data = {"form": form, "attended": attended}
    return add_record(unit=cast.village, kind="meeting", occurred_on=on, data=data, by=by or cast.secretary, at=NOW)


def took_part(cast: Cast, record: Record, person: Person, amount: float | None = None):
    return add_participation(record=record, person=person, amount=amount, by=cast.secretary, at=NOW)


def lines(person: Person, today: date = TODAY) -> list[tuple[str, float, float, str]]:
    return [(one.rule.id, one.full, one.points, one.why) for one in account_of(person, today).entries]


def test_points_are_off_until_the_branch_turns_them_on(cast: Cast, member: Person):
    record = meeting(cast)
    with pytest.raises(Refused, match="没有开启"):
        took_part(cast, record, member)
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    with pytest.raises(Refused, match="已经开启"):
        turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    took_part(cast, record, member)
    assert lines(member) == [("lesson", 4, 4, "")]
    turn_off(unit=cast.village, by=cast.secretary, at=NOW + timedelta(days=1))
    assert lines(member) == [("lesson", 4, 4, "")]
    with pytest.raises(Refused, match="没有开启"):
        took_part(cast, record, member)


def test_what_came_before_the_branch_turned_them_on_gives_no_points(cast: Cast, member: Person):
    record = meeting(cast, on=TODAY - timedelta(days=1))
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    took_part(cast, record, member)
    assert lines(member) == []


def test_a_record_gives_points_once_confirmed_and_none_once_withdrawn(cast: Cast, member: Person):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast, by=cast.clerk)
    took_part(cast, record, member)
    assert lines(member) == []
    confirmed = confirm_records(records=[record], by=cast.secretary, at=NOW)[0]
    assert lines(member) == [("lesson", 4, 4, "")]
    data = {"form": "members", "attended": 20}
    corrected = correct_record(record=confirmed, occurred_on=TODAY, data=data, reason="形式填错了", by=cast.secretary, at=NOW)
    assert lines(member) == [("shared", 10, 10, "")]
    withdraw_record(record=corrected, reason="重复登记", by=cast.secretary, at=NOW)
    assert lines(member) == []


def test_caps_and_expiry_are_told(cast: Cast, member: Person):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    for _ in range(3):
        took_part(cast, meeting(cast), member)
    assert lines(member) == [("lesson", 4, 0, "超出每月上限"), ("lesson", 4, 2, "超出每月上限"), ("lesson", 4, 4, "")]
    assert account_of(member, TODAY).total == 6
    assert lines(member, date(2027, 6, 14))[-1] == ("lesson", 4, 4, "")
    assert lines(member, date(2027, 6, 15))[-1] == ("lesson", 4, 0, "已过期")


def test_a_counted_field_is_shared_out(cast: Cast, member: Person):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast, form="members", attended=20)
    secretary = Person.objects.get(user=cast.secretary)
    took_part(cast, record, member, amount=4)
    took_part(cast, record, secretary)
    assert (lines(member), lines(secretary)) == ([("shared", 2, 2, "")], [("shared", 8, 8, "")])


def test_removed_again_they_have_nothing(cast: Cast, member: Person):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    taken = took_part(cast, meeting(cast), member)
    with pytest.raises(Refused, match="原因"):
        remove_participation(participation=taken, reason=" ", by=cast.secretary, at=NOW)
    remove_participation(participation=taken, reason="没有到会", by=cast.secretary, at=NOW)
    assert lines(member) == []


def test_a_member_objects_and_the_secretary_answers_and_takes_it_away(cast: Cast, member: Person):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast)
    own = Person.objects.get(user=cast.secretary)
    took_part(cast, record, own)
    took_part(cast, record, member)
    objection = object_to(person=own, record=record, rule="lesson", text="那天我请假", by=cast.secretary, at=NOW)
    with pytest.raises(NotAllowed):
        object_to(person=member, record=record, rule="lesson", text="不对", by=cast.secretary, at=NOW)
    answer_objection(objection=objection, answer="属实，已撤销", by=cast.secretary, at=NOW)
    with pytest.raises(Refused, match="已经答复"):
        answer_objection(objection=objection, answer="再答", by=cast.secretary, at=NOW)
    reverse_entry(person=own, record=record, rule="lesson", reason="请假", by=cast.secretary, at=NOW)
    assert (lines(own), lines(member)) == ([("lesson", 4, 0, "已撤销")], [("lesson", 4, 4, "")])


def test_nobody_else_keeps_them(cast: Cast, member: Person):
    for user in (cast.colleague, cast.outsider, cast.reviewer, cast.clerk, cast.desk, cast.stranger):
        with pytest.raises(NotAllowed):
            turn_on(unit=cast.village, by=user, at=NOW)


def test_pages_are_there_for_the_secretary_alone(cast: Cast, member: Person, client: Client):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast)
    taken = took_part(cast, record, member)
    pages = [
        f"/units/{cast.village.code}/points/",
        f"/units/{cast.village.code}/points.xlsx",
        f"/units/{cast.village.code}/points/{member.pk}/",
    ]
    for user in (cast.colleague, cast.outsider, cast.reviewer, cast.clerk, cast.desk, cast.stranger):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [404, 404, 404]
        assert client.post(f"/participants/{taken.pk}/remove/", {"reason": "x"}).status_code == 404
        assert client.post(f"/records/{record.pk}/participants/", {"person": member.pk}).status_code == 404
        assert member.name not in client.get("/points/").text
        if (page := client.get(f"/records/{record.pk}/")).status_code == 200:
            assert member.name not in page.text
    client.force_login(cast.secretary)
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    assert member.name in client.get(f"/records/{record.pk}/").text


def test_a_branch_is_turned_on_filled_and_exported_in_the_browser(cast: Cast, member: Person, client: Client):
    client.force_login(cast.secretary)
    code = cast.village.code
    client.post(f"/units/{code}/points/switch/", {"turn": "on"})
    record = meeting(cast)
    client.post(f"/records/{record.pk}/participants/", {"person": [member.pk]})
    page = client.get(f"/units/{code}/points/").text
    assert "未达合格分" in page
    assert "没有积分" in page  # the secretary
    rows = list(load_workbook(BytesIO(client.get(f"/units/{code}/points.xlsx").content)).active.values)
    assert rows[2][:7] == ("马兰", rows[2][1], "参加党课", f"{code}-{record.position}", 4, 4, rows[2][6])
    assert Event.objects.filter(action="points.note_export").count() == 1
    client.post(f"/units/{code}/points/{member.pk}/reverse/", {"record": record.pk, "rule": "lesson", "reason": "请假"})
    assert "已撤销" in client.get(f"/units/{code}/points/{member.pk}/").text
    client.post(f"/units/{code}/points/switch/", {"turn": "off"})
    assert "开启以前请先看" in client.get(f"/units/{code}/points/").text


def test_all_who_are_named_took_part_or_none(cast: Cast, member: Person, client: Client):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast)
    other = create_person(name="赵一", unit=cast.village, by=SYSTEM, at=NOW)
    took_part(cast, record, other)
    client.force_login(cast.secretary)
    page = client.post(f"/records/{record.pk}/participants/", {"person": [member.pk, other.pk]}, follow=True).text
    assert "赵一已经登记" in page
    assert [one.person for one in Participation.objects.all()] == [other]


def test_a_member_sees_and_disputes_their_own_account(cast: Cast, client: Client):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast)
    took_part(cast, record, Person.objects.get(user=cast.secretary))
    client.force_login(cast.secretary)
    assert "参加党课" in client.get("/points/").text
    client.post("/points/object/", {"record": record.pk, "rule": "lesson", "text": "那天我请假"})
    assert "等待答复" in client.get("/points/").text
    assert "那天我请假" in client.get(f"/units/{cast.village.code}/points/").text


def test_queries_are_constant(cast: Cast, member: Person, client: Client):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    client.force_login(cast.secretary)
    took_part(cast, meeting(cast), member)
    client.get(f"/units/{cast.village.code}/points/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/units/{cast.village.code}/points/")
    for _ in range(5):
        took_part(cast, meeting(cast), member)
    with CaptureQueriesContext(connection) as more:
        client.get(f"/units/{cast.village.code}/points/")
    assert len(one) == len(more)


def test_two_branches_that_did_the_same_in_another_order_have_the_same_accounts(cast: Cast):
    chance = Random(20260615)
    found = [lived(cast.village, cast.secretary, cast.clerk, chance), lived(cast.neighbour, cast.colleague, cast.clerk, chance)]
    assert found[0] == found[1]
    assert any(found[0])


def lived(unit: Unit, secretary: User, clerk: User, chance: Random) -> list[list[tuple[object, ...]]]:
    """What two members of a branch have after eight records went through different lives, in an order that chance decides."""
    turn_on(unit=unit, by=secretary, at=NOW - timedelta(days=40))
    people = [create_person(name=name, unit=unit, by=SYSTEM, at=NOW) for name in ("马兰", "黄土生")]
    waiting = [life(unit, secretary, clerk, people, number) for number in range(8)]
    while waiting:
        one = chance.choice(waiting)
        if next(one, None) is None:
            waiting.remove(one)
    return [[(e.on, e.rule.id, e.full, e.points, e.why) for e in account_of(one, TODAY).entries] for one in people]


def life(unit: Unit, secretary: User, clerk: User, people: list[Person], number: int) -> Iterator[Record]:
    """One record: entered by the clerk or the branch, attended, corrected, confirmed, withdrawn, each where its number says so."""
    on, form = TODAY - timedelta(days=number * 4), ("lesson", "members")[number % 2]
    by = clerk if number % 3 == 0 else secretary
    first = last = add_record(unit=unit, kind="meeting", occurred_on=on, data={"form": form, "attended": 10 + number}, by=by, at=NOW)
    yield last
    taken = [add_participation(record=first, person=one, amount=None, by=secretary, at=NOW) for one in people]
    yield last
    if number % 3 == 0:
        last = confirm_records(records=[last], by=secretary, at=NOW)[0]
        yield last
    if number % 4 == 1:
        remove_participation(participation=taken[0], reason="没有到会", by=secretary, at=NOW)
        yield last
    if number % 4 == 2:
        data = {"form": "lesson", "attended": 30}
        last = correct_record(record=last, occurred_on=on, data=data, reason="形式填错了", by=secretary, at=NOW)
        yield last
    if number == 7:
        yield withdraw_record(record=last, reason="重复登记", by=secretary, at=NOW)


RECKONED = load_files(RULES).points
DAYS = some.dates(date(2026, 1, 1), date(2027, 3, 1))


@given(
    some.lists(some.tuples(some.integers(1, 3), DAYS, some.sampled_from(["lesson", "members"]), some.integers(0, 9)), max_size=14),
    some.randoms(use_true_random=False),
)
def test_an_account_is_the_same_whatever_order_it_was_entered_in(rows: list[tuple[int, date, str, int]], chance):
    def totals(order: list[tuple[int, date, str, int]]) -> dict[int, tuple[float, list[tuple[date, float, float, str]]]]:
        takings = [
            Taking(person, number, number, number, "meeting", on, {"form": form, "attended": attended}, RECKONED, None, 1, 0)
            for number, (person, on, form, attended) in enumerate(order, start=1)
        ]
        found = accounts(takings, (), date(2027, 1, 15))
        return {one: (account.total, [(e.on, e.full, e.points, e.why) for e in account.entries]) for one, account in found.items()}

    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert totals(shuffled) == totals(rows)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("record: meeting, where: form == 'lesson'", "record: metting", "no such kind of record"),
        ("points: 4", "points: -4", "must be above 0"),
        ("of: attended", "of: topic", "must be a field of meeting that is a number"),
        ("kept_by: [secretary]", "kept_by: [boss]", "no such post"),
        ("form == 'lesson'", "form", "must be a condition"),
        ("title: 参加党课", "title: 登录次数", "rule 3"),
    ],
)
def test_a_rule_that_does_not_hold_is_refused(old: str, new: str, fault: str):
    assert old in POINTS
    with pytest.raises(SchemeError, match=fault):
        load_files({**RULES, "points.yaml": POINTS.replace(old, new)})


def test_speaking_up_and_what_is_personal_give_no_points():
    voice = {**RULES, "records/meeting.yaml": RULES["records/meeting.yaml"].replace("nature: activity", "nature: voice")}
    with pytest.raises(SchemeError, match="neither rewarded nor punished"):
        load_files(voice)


def test_what_is_personal_gives_no_points():
    meeting_ = RULES["records/meeting.yaml"].replace("{title: 议题, type: text}", "{title: 议题, type: text, personal: yes}")
    with pytest.raises(SchemeError, match="topic"):
        load_files({**RULES, "records/meeting.yaml": meeting_, "points.yaml": POINTS.replace("form == 'lesson'", "present(topic)")})


def test_what_changed_in_the_rules_is_said():
    new = POINTS.replace("points: 4", "points: 5").replace("mark: 10", "mark: 12").replace("form == 'members'", "attended > 3")
    assert differences(load_files(RULES), load_files({**RULES, "points.yaml": new})) == (
        "党员积分：合格分由 10 分改为 12 分。",
        "党员积分规则“参加党课”：分值由 4 分改为 5 分。",
        "党员积分规则“到会”：依据的记录、填报项或条件有改动。",
    )


def test_an_objection_waits_in_the_inbox_until_all_are_answered(cast: Cast, member: Person, read):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    own = Person.objects.get(user=cast.secretary)
    first, second = meeting(cast), meeting(cast, form="members")
    found = []
    for record, rule in ((first, "lesson"), (second, "shared")):
        took_part(cast, record, own)
        found.append(object_to(person=own, record=record, rule=rule, text="不对", by=cast.secretary, at=NOW))
    [item] = WorkItem.objects.waiting()
    assert (item.unit, item.title, cast.village.name in item.note) == (cast.village, "答复党员积分异议", False)
    assert f'href="/units/{cast.village.code}/points/"' in read(cast.secretary, "/inbox/")
    answer_objection(objection=found[0], answer="属实", by=cast.secretary, at=NOW)
    assert WorkItem.objects.waiting().count() == 1
    answer_objection(objection=found[1], answer="属实", by=cast.secretary, at=NOW)
    assert not WorkItem.objects.waiting().exists()


def test_what_is_past_its_time_is_neither_shown_nor_kept(cast: Cast, member: Person):
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    record = meeting(cast)
    took_part(cast, record, member)
    reverse_entry(person=member, record=record, rule="lesson", reason="请假", by=cast.secretary, at=NOW)
    later = NOW.replace(year=NOW.year + 2) - timedelta(days=1)
    assert len(lines(member, later.date())) == 1
    forget_old_points(at=later)
    assert Participation.objects.count() == 1
    past = later + timedelta(days=1)
    assert lines(member, past.date()) == []
    forget_old_points(at=past)
    forget_old_points(at=past)
    assert (Participation.objects.count(), PointsReversal.objects.count()) == (0, 0)
    assert [event.summary for event in Event.objects.filter(action="points.forget")] == [
        f"{cast.village.name}的 1 条记录的党员积分到期清除"
    ]


def test_the_yearly_summary_is_proposed_from_the_accounts_to_who_keeps_them(cast: Cast, member: Person, read):
    address = f"/units/{cast.village.code}/records/new/summed/"
    assert "党员积分账户汇总" not in read(cast.secretary, address)
    turn_on(unit=cast.village, by=cast.secretary, at=NOW)
    took_part(cast, meeting(cast, attended=40, form="members"), member)
    took_part(cast, meeting(cast), Person.objects.get(user=cast.secretary))
    form = read(cast.secretary, address)
    assert re.findall('<input[^>]* name="(all|good)"[^>]* value="([^"]*)"', form) == [("all", "2"), ("good", "1")]
    assert "党员积分账户汇总" in form
    assert "党员积分账户汇总" not in read(cast.clerk, address)


def test_only_a_count_is_prefilled_from_the_accounts():
    wrong = RULES["records/summed.yaml"].replace("type: count, prefill: points.members", "type: text, prefill: points.members")
    with pytest.raises(SchemeError, match="goes with a count"):
        load_files({**RULES, "records/summed.yaml": wrong})
