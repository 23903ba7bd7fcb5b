"""Circulars go to exactly those concerned, wait for each of them, are answered, put right and recalled."""

from datetime import timedelta

import pytest

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.circulars.actions import (
    AnswerFaulty,
    CircularFaulty,
    NotCurrent,
    Said,
    answer_circular,
    open_circular,
    recall_circular,
    send_circular,
)
from fanxing.circulars.models import Circular, Recipient
from fanxing.circulars.queries import Address, State, received_by, recipients_of, sent_by_units_of, state_of, unread_count
from fanxing.circulars.templates import leaves, templates
from fanxing.circulars.wording import GROUP_LENGTH, group_text, spoken_text
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import PERSONAL, visible_items, waiting_at
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import assign
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, Person, Post
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.circulars.conftest import LEAVES, Team, called_up, to_secretaries
from tests.programme.small import programme

__all__ = ["programme"]


def waiting(user: User) -> list[str]:
    return [item.title for item in waiting_at(authority_of(user, on=TODAY))]


def of(circular: Circular, user: User) -> Recipient:
    return circular.recipients.select_related("circular", "person", "unit").get(person__user=user)


def events(circular: Circular) -> list[tuple[str, str, str, str]]:
    rows = Event.objects.filter(action__startswith="circulars.").order_by("pk")
    return [(row.action, row.actor, row.unit_code, row.summary) for row in rows]


# Sending


def test_it_goes_to_the_holders_of_the_posts_below_and_to_nobody_else(cast: Cast):
    circular = to_secretaries(cast)
    assert list(circular.recipients.order_by("pk").values_list("person__user__username", "unit__code", "post")) == [
        ("secretary", "990101201", "secretary"),
        ("colleague", "990101202", "secretary"),
    ]
    assert circular.unreached == []
    assert events(circular) == [("circulars.send_circular", "reviewer", "990101", "石桥镇发出通知“防汛值班安排”，送达 2 人")]


def test_posts_without_holders_and_holders_without_accounts_are_told_to_the_sender(cast: Cast, team: Team):
    Assignment.objects.filter(unit=cast.neighbour).update(valid_to=TODAY)
    said = Said("防汛集结", "请各村防汛队做好准备。")
    circular = send_circular(
        unit=cast.town, said=said, address=Address(cast.town, ["secretary", "flood_team"], below=True), by=cast.clerk, at=NOW
    )
    assert circular.unreached == [
        ["柳河村", "防汛队员", "1 人没有账号"],
        ["青山村", "防汛队员", "无人任职"],
        ["青山村", "支部书记", "无人任职"],
    ]
    Person.objects.filter(user__in=[team.first, team.second]).update(user=None)
    with pytest.raises(CircularFaulty, match="没有人有账号"):
        called_up(cast)


def test_the_same_form_sent_again_gives_the_first_circular(cast: Cast):
    said, address = Said("例会", "周五开例会。"), Address(cast.town, ["secretary"], below=True)
    sent = [send_circular(unit=cast.town, said=said, address=address, by=cast.clerk, at=NOW, key="form") for _ in range(2)]
    assert (sent[0] == sent[1], Circular.objects.count(), Recipient.objects.count()) == (True, 1, 2)


def test_a_kind_of_unit_narrows_it(cast: Cast):
    address = Address(cast.city, ["secretary", "reviewer"], below=True, kind="township")
    circular = send_circular(unit=cast.city, said=Said("例会", "周五上午开例会。"), address=address, by=cast.desk, at=NOW)
    assert [one.unit for one in circular.recipients.select_related("unit")] == [cast.town]
    assert circular.unreached == [["白沙镇", "审核员", "无人任职"]]


def test_who_holds_several_of_the_posts_gets_it_once(cast: Cast):
    person, post = Person.objects.get(user=cast.secretary), Post.objects.get(pk="secretary")
    assign(person=person, unit=cast.neighbour, post=post, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    assert to_secretaries(cast).recipients.filter(person=person).count() == 1


def test_recipients_are_fixed_when_it_is_sent(cast: Cast):
    circular = to_secretaries(cast)
    Assignment.objects.filter(unit=cast.village).update(valid_to=TODAY)
    assert {one.person.user for one in circular.recipients.select_related("person__user")} == {cast.secretary, cast.colleague}


@pytest.mark.parametrize("by", ["outsider", "stranger", "colleague"])
def test_only_who_plans_the_work_of_the_unit_sends(cast: Cast, by: str):
    with pytest.raises(NotAllowed):
        to_secretaries(cast, by)
    assert (Circular.objects.count(), WorkItem.objects.count()) == (0, 0)


def test_nobody_is_written_to_who_lies_elsewhere(cast: Cast):
    with pytest.raises(CircularFaulty, match="所辖"):
        send_circular(
            unit=cast.village, said=Said("你好", "请看。"), address=Address(cast.neighbour, ["secretary"]), by=cast.secretary, at=NOW
        )


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"title": " "}, "标题"),
        ({"title": "长" * 61}, "标题"),
        ({"text": ""}, "内容"),
        ({"asks": "stars"}, "回复方式"),
        ({"due_on": TODAY - timedelta(days=1)}, "期限"),
    ],
)
def test_a_faulty_one_is_refused(cast: Cast, said: dict[str, object], fault: str):
    with pytest.raises(CircularFaulty, match=fault):
        to_secretaries(cast, **said)


# Reading


def test_it_waits_for_each_recipient_until_opened(cast: Cast):
    circular = to_secretaries(cast)
    assert [waiting(user) for user in (cast.secretary, cast.colleague, cast.outsider, cast.reviewer)] == [
        ["通知：防汛值班安排"],
        ["通知：防汛值班安排"],
        [],
        [],
    ]
    open_circular(recipient=of(circular, cast.secretary), by=cast.secretary, at=NOW)
    assert (waiting(cast.secretary), waiting(cast.colleague)) == ([], ["通知：防汛值班安排"])
    assert (unread_count(cast.secretary), unread_count(cast.colleague)) == (0, 1)
    unread = recipients_of(circular).filter(read_at=None)
    assert (state_of(circular).read, [(one.unit, one.post.title) for one in unread]) == (1, [(cast.neighbour, "支部书记")])


def test_opening_leaves_no_trace_but_for_the_sender(cast: Cast):
    circular = to_secretaries(cast)
    before = Event.objects.count()
    recipient = of(circular, cast.secretary)
    open_circular(recipient=recipient, by=cast.secretary, at=NOW)
    open_circular(recipient=recipient, by=cast.secretary, at=NOW + timedelta(days=1))
    assert Event.objects.count() == before
    assert WorkItem.objects.filter(unit=cast.village).count() == 0
    assert of(circular, cast.secretary).read_at == NOW


def test_what_waits_for_one_person_is_seen_by_nobody_above_or_beside(cast: Cast, team: Team):
    called_up(cast)
    assert [visible_items(authority_of(user, on=TODAY)).count() for user in (cast.desk, cast.clerk, cast.secretary, cast.stranger)] == [
        0
    ] * 4
    assert [visible_items(authority_of(user, on=TODAY)).count() for user in (team.first, team.second)] == [1, 1]
    assert WorkItem.objects.exclude(PERSONAL).count() == 0


def test_only_the_recipient_opens_and_answers(cast: Cast, team: Team):
    recipient = of(called_up(cast), team.first)
    with pytest.raises(NotAllowed):
        open_circular(recipient=recipient, by=team.second, at=NOW)
    with pytest.raises(NotAllowed):
        answer_circular(recipient=recipient, answer="here", by=cast.secretary, at=NOW)


def test_how_it_stands_is_for_the_very_unit_that_sent_it(cast: Cast):
    to_secretaries(cast)
    seen = {
        user: sent_by_units_of(authority_of(getattr(cast, user), on=TODAY)).count()
        for user in ("reviewer", "clerk", "desk", "secretary", "stranger")
    }
    assert seen == {"reviewer": 1, "clerk": 1, "desk": 0, "secretary": 0, "stranger": 0}
    assert received_by(cast.stranger).count() == received_by(cast.outsider).count() == 0


# Answering


def test_a_team_that_is_called_up_answers(cast: Cast, team: Team):
    circular = called_up(cast)
    open_circular(recipient=of(circular, team.first), by=team.first, at=NOW)
    assert waiting(team.first) == ["通知：防汛队集结"]  # until it is answered
    answer_circular(recipient=of(circular, team.first), answer="coming", note="十点到", by=team.first, at=NOW)
    answer_circular(recipient=of(circular, team.first), answer="here", by=team.first, at=NOW + timedelta(hours=1))
    silent = [one.person.user for one in recipients_of(circular).filter(answered_at=None)]
    assert (waiting(team.first), state_of(circular), silent) == ([], State(2, 1, {"here": 1}), [team.second])
    assert events(circular)[-1] == ("circulars.answer_circular", "first", "990101201", "柳河村回复通知“防汛队集结”：已到")


@pytest.mark.parametrize(
    ("asks", "answer"), [("call", "later"), ("yes_no", ""), ("number", "-3"), ("number", "许多"), ("text", " "), ("text", "长" * 201)]
)
def test_an_answer_that_was_not_asked_for_is_refused(cast: Cast, asks: str, answer: str):
    circular = to_secretaries(cast, asks=asks)
    with pytest.raises(AnswerFaulty):
        answer_circular(recipient=of(circular, cast.secretary), answer=answer, by=cast.secretary, at=NOW)


def test_nothing_is_answered_that_asks_nothing_or_is_over(cast: Cast):
    circular, dated = to_secretaries(cast), to_secretaries(cast, asks="yes_no", due_on=TODAY)
    with pytest.raises(NotCurrent):
        answer_circular(recipient=of(circular, cast.secretary), answer="好的", by=cast.secretary, at=NOW)
    with pytest.raises(NotCurrent):
        answer_circular(recipient=of(dated, cast.secretary), answer="yes", by=cast.secretary, at=NOW + timedelta(days=1))


def test_a_warning_that_was_passed_on_stands_in_the_ledger_of_the_unit_once(cast: Cast, programme: object):
    circular = to_secretaries(cast, title="防诈骗提醒", asks="number", record=LEAVES)
    answered = answer_circular(recipient=of(circular, cast.secretary), answer="230", by=cast.secretary, at=NOW)
    again = answer_circular(recipient=of(circular, cast.secretary), answer="240", by=cast.secretary, at=NOW)
    record = Record.objects.get()
    assert (record.unit, record.kind, record.occurred_on) == (cast.village, "meeting", TODAY)
    assert record.data == {"form": "lesson", "topic": "防诈骗提醒", "attended": 230}
    assert answered.record == again.record == record
    assert state_of(circular).total == 240


def test_a_number_that_the_ledger_does_not_take_is_refused(cast: Cast, programme: object):
    circular = to_secretaries(cast, asks="number", record=LEAVES)
    with pytest.raises(AnswerFaulty, match="记入台账"):
        answer_circular(recipient=of(circular, cast.secretary), answer="9999", by=cast.secretary, at=NOW)
    assert of(circular, cast.secretary).answered_at is None


def test_a_post_that_does_not_write_the_kind_answers_all_the_same(cast: Cast, team: Team, programme: object):
    said = Said("防诈骗提醒", "请播发。", asks="number", record=LEAVES)
    circular = send_circular(unit=cast.village, said=said, address=Address(cast.village, ["flood_team"]), by=cast.secretary, at=NOW)
    assert answer_circular(recipient=of(circular, team.first), answer="60", by=team.first, at=NOW).record is None
    assert Record.objects.count() == 0


# Putting right and recalling


def test_a_correction_takes_the_place_of_the_first_which_stays_to_be_read(cast: Cast):
    first = to_secretaries(cast, asks="yes_no")
    second = to_secretaries(cast, title="防汛值班安排（更正）", replaces=first)
    first.refresh_from_db()
    assert (first.stands, first.replaced_by, second.replaces) == (False, second, first)
    assert waiting(cast.secretary) == ["通知：防汛值班安排（更正）"]
    assert [one.circular for one in received_by(cast.secretary)] == [second, first]
    with pytest.raises(NotCurrent):
        answer_circular(recipient=of(first, cast.secretary), answer="yes", by=cast.secretary, at=NOW)
    with pytest.raises(NotCurrent):
        to_secretaries(cast, replaces=first)


def test_what_is_recalled_waits_for_nobody(cast: Cast):
    circular = to_secretaries(cast)
    with pytest.raises(NotAllowed):
        recall_circular(circular=circular, by=cast.secretary, at=NOW)
    recall_circular(circular=circular, reason="时间有变", by=cast.clerk, at=NOW)
    assert (waiting(cast.secretary), unread_count(cast.secretary), circular.stands) == ([], 0, False)
    with pytest.raises(NotCurrent):
        recall_circular(circular=circular, by=cast.clerk, at=NOW)


# Words


def test_the_text_for_a_group_is_never_longer_than_a_message(cast: Cast):
    short = to_secretaries(cast, asks="yes_no", due_on=TODAY)
    assert group_text(short) == "【防汛值班安排】请各村安排好夜间值班。请于2026年6月15日前在系统内回复。——石桥镇"
    passed_on = to_secretaries(cast, asks="number", record=LEAVES, due_on=TODAY)
    assert group_text(passed_on) == "【防汛值班安排】请各村安排好夜间值班。——石桥镇"
    long = to_secretaries(cast, text="注意安全。" * 200)
    assert len(group_text(long)) == GROUP_LENGTH
    assert group_text(long).endswith("……（全文见系统）——石桥镇")


def test_what_is_read_out_is_read_twice(cast: Cast):
    assert spoken_text(to_secretaries(cast, spoken="今夜有雨。")) == "今夜有雨。\n再播送一遍。\n今夜有雨。\n播送单位：石桥镇。"


@pytest.mark.parametrize("template", [one for one in templates().values() if one.title], ids=lambda one: one.id)
def test_every_template_can_be_sent_as_it_stands_and_fits_a_message(cast: Cast, template):
    asked = {
        "title": template.title,
        "text": template.text,
        "spoken": template.spoken,
        "asks": template.asks,
        "question": template.question,
    }
    circular = to_secretaries(cast, **asked, record=template.record)
    assert len(group_text(circular)) <= GROUP_LENGTH
    assert "全文见系统" not in group_text(circular)
    assert bool(leaves(circular.record)) == bool(template.record)
