"""Matters walk: who may, when, by which day, and what they leave."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.audit.models import Event
from fanxing.audit.queries import rows_not_as_recorded
from fanxing.inbox.models import WorkItem
from fanxing.lib.receipts import new_receipt
from fanxing.lib.refusals import NotAllowed
from fanxing.lib.search_text import tokens_sought
from fanxing.organisations.actions.terms import stand_in
from fanxing.organisations.models import Assignment, Person, Post
from fanxing.procedures import queries
from fanxing.procedures.actions.balloting import NotVoting, Papers, VotedAlready, cast_vote, close_ballot, count_papers
from fanxing.procedures.actions.conferring import NotConferring, VerdictGiven, give_verdict
from fanxing.procedures.actions.objecting import NoNotice, raise_objection, settle_objection
from fanxing.procedures.actions.opening import ProcedureUnknown, open_matter
from fanxing.procedures.actions.reading import erase_personal, read_personal
from fanxing.procedures.actions.stepping import StepRefused, take_step
from fanxing.procedures.actions.walking import StepTaken
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter, MatterPersonal, MatterRecord, MatterStep, Voter
from fanxing.procedures.queries import at_or_below, holding, matter_by_receipt, visible_matters, whose_turn, work_by_place
from fanxing.programme.actions import publish
from fanxing.public_notices.queries import objection_by_receipt
from fanxing.records.actions.entries import withdraw_record
from fanxing.records.models import Record
from fanxing.records.validation import RecordError
from tests.cast import FOUNDED, NOW, TODAY, Cast, appoint
from tests.procedures.conftest import PROCEDURES
from tests.scheme.procedures import REPORT, changed_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
SCREW = {"what": "facility", "detail": "健身器材松动", "place": "文化广场", "danger": True}


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def reported(cast: Cast, **more: object) -> Matter:
    return open_matter(unit=cast.village, procedure="report", data=SCREW | more, by=cast.secretary, at=NOW)


def fresh(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def step(matter: Matter, verb: str, cast: Cast, at: datetime = NOW, **more: object) -> Matter:
    take_step(matter=matter, verb=verb, by=cast.secretary, at=at, **more)
    return fresh(matter)


def handled(cast: Cast, at: datetime = NOW) -> Matter:
    matter = step(reported(cast), "accept", cast)
    return step(matter, "done", cast, at=at, data={"result": "已紧固"})


def test_a_matter_opens_where_its_procedure_begins_with_its_day(cast: Cast):
    matter = reported(cast)
    assert (matter.state, matter.title, matter.is_urgent, matter.turn) == ("reported", "公共设施 · 文化广场", True, 1)
    # A danger is looked at within one working day; the whole takes fifteen, of which one is the Dragon Boat holiday.
    assert matter.due_on == date(2026, 6, 16)
    assert matter.term_on == date(2026, 7, 7)


def test_it_waits_in_the_inbox_of_the_post_whose_turn_it_is(cast: Cast):
    matter = reported(cast)
    item = WorkItem.objects.get(source="matter")
    assert (item.unit, item.posts, item.title, item.due_on, item.is_urgent) == (
        cast.village,
        " secretary ",
        "随手拍：待受理",
        date(2026, 6, 16),
        True,
    )
    step(matter, "accept", cast)
    item.refresh_from_db()
    assert (item.is_open, item.outcome) == (False, "受理转办（柳河村支部书记）")


def test_the_whole_way_leaves_one_record(cast: Cast):
    matter = step(handled(cast), "pass", cast)
    assert (matter.state, matter.ended_on, matter.due_on, matter.was_late) == ("closed", TODAY, None, False)
    record = MatterRecord.objects.get(matter=matter).record
    assert (record.kind, record.occurred_on, record.source) == ("report", TODAY, "procedure:report")
    assert record.data == {"about": "facility", "place": "文化广场", "closed": True, "overdue": False, "reopened": False}
    assert not WorkItem.objects.filter(source="matter").waiting().exists()


def test_reopened_and_closed_again_it_corrects_its_record(cast: Cast):
    matter = step(handled(cast), "pass", cast)
    matter = step(matter, "reopen", cast, at=later(2), reason="又松了")
    assert (matter.state, matter.ended_on) == ("handling", None)
    matter = step(step(matter, "done", cast, at=later(2), data={"result": "换了螺丝"}), "pass", cast, at=later(3))
    last = Record.objects.filter(kind="report").counting().get()
    assert (last.act, last.reason, last.data["reopened"]) == ("correction", "事项重新办理后再次办结", True)
    assert MatterRecord.objects.count() == 1
    with pytest.raises(StepRefused, match="现在不能“要求重办”"):
        step(matter, "reopen", cast, at=later(4), reason="还是松")


AGAIN_AND_AGAIN = changed_text(
    REPORT,
    ("    to: handling\n    by: [reporter]\n    reason: yes\n    times: 1\n", "    to: reported\n    by: [staff]\n"),
    ("    sets: {reopened: yes}\n", "  - {verb: look_again, title: 再受理, from: refused, to: reported, by: [staff]}\n"),
    ("  reopened: {title: 重新办理, type: yes/no}\n", ""),
)


def test_ended_otherwise_it_withdraws_its_record_and_writes_another_once_it_holds_again(cast: Cast):
    files = PROCEDURES | {"procedures/report.yaml": AGAIN_AND_AGAIN}
    publish(files=files, document_number="云组〔2026〕4号", unit=cast.town, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    matter = step(handled(cast), "pass", cast)
    assert Record.objects.filter(kind="report").counting().count() == 1
    matter = step(step(matter, "reopen", cast), "refuse", cast, reason="不在村里")
    assert not Record.objects.filter(kind="report").counting().exists()
    matter = step(step(step(matter, "look_again", cast), "accept", cast), "done", cast, data={"result": "在村里，已紧固"})
    step(matter, "pass", cast)
    last = Record.objects.filter(kind="report").counting().get()
    assert (last.act, MatterRecord.objects.get(matter=matter).record) == ("entry", last)


def test_what_somebody_took_back_is_not_written_again(cast: Cast):
    matter = step(handled(cast), "pass", cast)
    withdraw_record(record=MatterRecord.objects.get(matter=matter).record, reason="误报", by=cast.secretary, at=NOW)
    matter = step(step(matter, "reopen", cast, reason="又松了"), "done", cast, data={"result": "换了螺丝"})
    step(matter, "pass", cast)
    assert not Record.objects.filter(kind="report").counting().exists()


NAMED_BESIDE = changed_text(
    REPORT,
    ("asks: [what, detail, place, danger, photo, contact]", "asks: [what, detail, place, danger, photo, contact, who]"),
    ("  body: {title: 承办单位", "  who: {title: 联系人, type: text, personal: yes}\n  body: {title: 承办单位"),
    ("  handler: {title", "  named: {title: 联系人, posts: [secretary], at: named, person: who}\n  handler: {title"),
    ("待受理, waits_for: [staff]", "待受理, waits_for: [staff, named]"),
    ("to: refused, by: [staff]", "to: refused, by: [staff, named]"),
)


def test_whoever_is_named_sits_among_those_of_the_post_whose_turn_it_is(cast: Cast):
    files = PROCEDURES | {"procedures/report.yaml": NAMED_BESIDE}
    publish(files=files, document_number="云组〔2026〕4号", unit=cast.town, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    matter = reported(cast, who=Person.objects.get(user=cast.secretary).name)
    assert (matter.seats.count(), list(whose_turn(cast.secretary))) == (1, [matter])


def test_what_is_open_for_some_days_is_refused_afterwards(cast: Cast):
    matter = step(handled(cast), "pass", cast)
    with pytest.raises(StepRefused, match="已过期限"):
        step(matter, "rate", cast, at=later(31), data={"satisfied": True})
    assert step(matter, "rate", cast, at=later(30), data={"satisfied": True}).data["satisfied"] is True


@pytest.mark.parametrize("who", ["colleague", "outsider", "stranger"])
def test_nobody_else_takes_a_step_or_sees_the_matter(cast: Cast, who: str):
    matter = reported(cast)
    user = getattr(cast, who)
    assert not visible_matters(user).exists()
    with pytest.raises(NotAllowed, match="由村办理"):
        take_step(matter=matter, verb="accept", by=user, at=NOW)
    assert fresh(matter).turn == 1


def test_those_above_see_it_and_leave_it_to_those_whose_turn_it_is(cast: Cast):
    matter = reported(cast)
    assert list(visible_matters(cast.clerk)) == [matter]
    assert list(whose_turn(cast.secretary)) == [matter]
    assert not whose_turn(cast.clerk).exists()
    with pytest.raises(NotAllowed):
        take_step(matter=matter, verb="accept", by=cast.clerk, at=NOW)


def test_of_two_who_looked_at_the_same_turn_one_wins_and_the_other_is_told(cast: Cast):
    matter = reported(cast)
    take_step(matter=matter, verb="accept", by=cast.secretary, at=NOW, turn=1)
    with pytest.raises(StepTaken, match="柳河村支部书记刚刚办理了“受理转办”"):
        take_step(matter=matter, verb="refuse", reason="重复", by=cast.secretary, at=NOW, turn=1)
    assert fresh(matter).state == "handling"


def test_the_same_form_sent_twice_takes_one_step(cast: Cast):
    matter = reported(cast)
    first = take_step(matter=matter, verb="accept", by=cast.secretary, at=NOW, turn=1, key="k")
    again = take_step(matter=matter, verb="accept", by=cast.secretary, at=NOW, turn=1, key="k")
    assert first == again


def test_a_step_that_does_not_begin_here_or_lacks_its_reason_is_refused(cast: Cast):
    matter = reported(cast)
    with pytest.raises(StepRefused, match="现在是“待受理”"):
        step(matter, "pass", cast)
    with pytest.raises(StepRefused, match="要写明原因"):
        step(matter, "refuse", cast)
    with pytest.raises(RecordError, match="办理结果：必填"):
        step(step(matter, "accept", cast), "done", cast)


def test_a_pause_stops_the_clock_and_what_was_left_goes_on(cast: Cast):
    # Five working days from Monday the 15th, with Dragon Boat on Friday the 19th: until the 23rd.
    matter = step(reported(cast), "accept", cast)
    assert matter.due_on == date(2026, 6, 23)
    matter = step(matter, "pause", cast, at=later(1), reason="等配件")
    assert (matter.stopped_on, matter.left, matter.due_on) == (date(2026, 6, 16), 4, None)
    matter = step(matter, "resume", cast, at=later(15))
    # Four were left on the 16th, and four come after the 30th.
    assert (matter.due_on, matter.stopped_on, matter.left) == (date(2026, 7, 6), None, None)
    assert matter.term_on == date(2026, 7, 20)
    assert not matter.was_late


def test_terms_reach_across_new_year_by_working_days(cast: Cast):
    at = datetime(2025, 12, 30, 4, tzinfo=UTC)
    matter = open_matter(unit=cast.village, procedure="report", data={"what": "road", "detail": "坑洼"}, by=cast.secretary, at=at)
    take_step(matter=matter, verb="accept", by=cast.secretary, at=at)
    # 31 December, Sunday 4 January (worked for the holiday), 5, 6, 7.
    assert fresh(matter).due_on == date(2026, 1, 7)


def test_what_is_late_is_told_once_above_and_says_so_in_the_record(cast: Cast):
    matter = reported(cast)
    assert wind(at=later(1)) == 0
    assert wind(at=later(2)) == 1
    assert wind(at=later(2)) == 0
    told = WorkItem.objects.get(source="matter", unit=cast.town)
    assert (told.title, told.posts, told.is_urgent) == ("已超期：随手拍，待受理", " clerk ", True)
    matter = step(step(fresh(matter), "accept", cast, at=later(2)), "done", cast, at=later(2), data={"result": "好了"})
    step(matter, "pass", cast, at=later(2))
    assert Record.objects.get(kind="report").data["overdue"] is True
    assert not WorkItem.objects.filter(source="matter").waiting().exists()


def test_when_the_time_is_over_the_step_that_follows_is_taken(cast: Cast):
    matter = handled(cast)
    assert matter.due_on == date(2026, 6, 17)
    assert wind(at=later(2)) == 0
    assert wind(at=later(3)) == 1
    assert fresh(matter).state == "closed"


def test_whoever_has_no_account_follows_by_a_code(cast: Cast):
    code = new_receipt()
    matter = open_matter(unit=cast.village, procedure="report", data=SCREW | {"contact": "000-1234"}, by=PUBLIC, at=NOW, receipt=code)
    again = open_matter(unit=cast.village, procedure="report", data=SCREW, by=PUBLIC, at=NOW, receipt=code)
    assert (again, matter_by_receipt(code.lower().replace("-", " "))) == (matter, matter)
    assert matter_by_receipt(new_receipt()) is None
    matter = step(step(step(matter, "accept", cast), "done", cast, data={"result": "已紧固"}), "pass", cast)
    with pytest.raises(NotAllowed):
        take_step(matter=matter, verb="rate", data={"satisfied": True}, by=PUBLIC, at=NOW)
    take_step(matter=matter, verb="rate", data={"satisfied": True}, by=PUBLIC, at=NOW, is_holder=True)
    assert fresh(matter).data["satisfied"] is True


def test_personal_values_stand_apart_are_read_by_whose_turn_it_is_and_erased(cast: Cast):
    matter = reported(cast, contact="000-1234")
    assert "contact" not in matter.data
    assert "000-1234" not in str(list(Event.objects.values_list("details", "summary", "rows")))
    assert read_personal(matter=matter, by=cast.secretary, at=NOW) == {"contact": "000-1234"}
    assert Event.objects.filter(action="procedures.read_personal", actor="secretary").exists()
    with pytest.raises(NotAllowed):
        read_personal(matter=matter, by=cast.clerk, at=NOW)
    step(matter, "refuse", cast, reason="重复")
    assert erase_personal(at=later(180)) == 0
    assert erase_personal(at=later(190)) == 1
    assert MatterPersonal.objects.get(matter=matter).value == ""
    assert rows_not_as_recorded(MatterStep) == []


def test_what_is_personal_in_a_matter_that_nobody_ends_is_erased_after_a_year_of_silence(cast: Cast):
    silent, stirred = reported(cast, contact="000-1234"), reported(cast, contact="000-5678")
    step(stirred, "accept", cast, at=later(300))
    assert silent.term_on
    day = (silent.term_on - TODAY).days + 365
    assert [erase_personal(at=later(days)) for days in (day - 1, day, day + 1)] == [0, 1, 0]
    assert [one.value for one in MatterPersonal.objects.order_by("matter")] == ["", "000-5678"]
    assert (fresh(silent).state, fresh(silent).ended_on) == ("reported", None)
    assert (erase_personal(at=later(660)), erase_personal(at=later(680))) == (0, 1)


def test_a_unit_without_the_procedure_has_no_such_matter(cast: Cast):
    with pytest.raises(ProcedureUnknown, match="石桥镇没有“随手拍”这种办事流程"):
        open_matter(unit=cast.town, procedure="report", data=SCREW, by=cast.clerk, at=NOW)
    with pytest.raises(NotAllowed, match="不能在柳河村提出“公开选拔”"):
        open_matter(unit=cast.village, procedure="elect", data={}, by=cast.colleague, at=NOW)


NOMINEE = {"name": "郑新宇", "members": 30, "from": "2026-07-01"}


def nominated(cast: Cast) -> Matter:
    return open_matter(unit=cast.village, procedure="elect", data=NOMINEE, by=cast.secretary, at=NOW)


def shortlisted(cast: Cast) -> Matter:
    matter = nominated(cast)
    give_verdict(matter=matter, choice="for", by=cast.secretary, at=NOW)
    give_verdict(matter=matter, choice="for", by=cast.clerk, at=NOW)
    return fresh(matter)


def test_a_committee_of_which_all_must_agree_goes_on_with_the_last_one(cast: Cast):
    matter = nominated(cast)
    give_verdict(matter=matter, choice="for", by=cast.secretary, at=NOW)
    assert fresh(matter).state == "judging"
    with pytest.raises(VerdictGiven, match="党支部已经给出意见"):
        give_verdict(matter=matter, choice="for", by=cast.secretary, at=NOW)
    with pytest.raises(NotConferring, match="要说明理由"):
        give_verdict(matter=matter, choice="against", by=cast.clerk, at=NOW)
    with pytest.raises(NotAllowed):
        give_verdict(matter=matter, choice="for", by=cast.colleague, at=NOW)
    give_verdict(matter=matter, choice="against", words="资格不符", by=cast.clerk, at=NOW)
    assert fresh(matter).state == "dropped"


def test_a_notice_ends_when_its_days_are_over_and_every_objection_is_answered(cast: Cast):
    matter = shortlisted(cast)
    notice = matter.notices.get().notice
    assert (notice.begins_on, notice.ends_on, notice.lines) == (TODAY, date(2026, 6, 22), [["姓名", "郑新宇"]])
    objection, _ = raise_objection(notice=notice, text="他不是本村人", at=later(3))
    assert wind(at=later(8)) == 0
    assert fresh(matter).state == "noticed"
    with pytest.raises(NotAllowed, match="异议由党支部答复"):
        settle_objection(objection=objection, answer="在本村", upheld=False, by=cast.colleague, at=later(8))
    settle_objection(objection=objection, answer="户籍在本村", upheld=False, by=cast.secretary, at=later(8))
    assert fresh(matter).state == "voting"
    assert not WorkItem.objects.filter(source="matter", key__contains="objection").waiting().exists()


def test_an_objection_that_is_upheld_takes_the_notice_down_and_leads_back(cast: Cast):
    matter = shortlisted(cast)
    notice = matter.notices.get().notice
    objection, receipt = raise_objection(notice=notice, text="票数有误", at=later(1))
    settle_objection(objection=objection, answer="属实，重新会商", upheld=True, by=cast.secretary, at=later(2))
    notice.refresh_from_db()
    assert (fresh(matter).state, notice.taken_down_reason) == ("judging", "公示异议成立")
    assert objection_by_receipt(receipt) == objection
    # The verdicts of the first round are of another round.
    give_verdict(matter=matter, choice="for", by=cast.secretary, at=later(2))
    with pytest.raises(NoNotice):
        raise_objection(notice=notice, text="又来", at=later(3))


def voting(cast: Cast) -> Matter:
    matter = shortlisted(cast)
    assert wind(at=later(8)) == 1
    return fresh(matter)


def test_papers_and_online_votes_are_counted_together_and_the_elected_hold_the_post(cast: Cast, delegates):
    matter = voting(cast)
    assert matter.state == "voting"
    for one in delegates[:8]:
        cast_vote(matter=matter, choice="for", by=one, at=later(8))
    with pytest.raises(VotedAlready):
        cast_vote(matter=matter, choice="against", by=delegates[0], at=later(8))
    assert set(Voter.objects.values_list("choice", flat=True)) == {""}
    with pytest.raises(NotAllowed):
        cast_vote(matter=matter, choice="for", by=cast.stranger, at=later(8))
    with pytest.raises(NotVoting, match="超过应到 30 人"):
        count_papers(matter=matter, papers=Papers(20, 5), by=cast.secretary, at=later(8))
    count_papers(matter=matter, papers=Papers(8, 4), by=cast.secretary, at=later(8))
    close_ballot(matter=matter, by=cast.secretary, at=later(8))
    assert fresh(matter).state == "elected"
    held = Assignment.objects.get(person__name="郑新宇")
    assert (held.unit, held.post_id, held.valid_from, held.valid_to) == (cast.village, "delegate", date(2026, 7, 1), date(2029, 7, 1))


def test_whoever_is_elected_again_and_holds_the_post_for_as_long_goes_on(cast: Cast, delegates):
    matter = voting(cast)
    person, post = Person.objects.create(name="郑新宇", unit=cast.village), Post.objects.get(pk="delegate")
    held = Assignment.objects.create(person=person, unit=cast.village, post=post, valid_from=FOUNDED)
    count_papers(matter=matter, papers=Papers(20, 4), by=cast.secretary, at=later(8))
    close_ballot(matter=matter, by=cast.secretary, at=later(8))
    assert (fresh(matter).state, list(person.assignments.all())) == ("elected", [held])


def test_without_its_quorum_a_vote_fails_however_many_agree(cast: Cast, delegates):
    matter = voting(cast)
    count_papers(matter=matter, papers=Papers(19, 0), by=cast.secretary, at=later(8))
    close_ballot(matter=matter, by=cast.secretary, at=later(8))
    assert fresh(matter).state == "dropped"
    assert matter.steps.last().reason == "参加人数不足"


def test_who_sees_few_units_and_who_sees_many_find_the_same(cast: Cast, monkeypatch):
    reported(cast)
    nominated(cast)
    open_matter(unit=cast.neighbour, procedure="report", data=SCREW, by=cast.colleague, at=NOW)
    people = (cast.secretary, cast.colleague, cast.outsider, cast.clerk, cast.desk, cast.stranger)
    found = []
    for few in (20, 0):
        monkeypatch.setattr(queries, "FEW", few)
        monkeypatch.setattr(queries, "RARE", few)
        places = [at_or_below(Matter.objects.all(), one.path).count() for one in (cast.city, cast.village, cast.other_village)]
        work = work_by_place(Matter.objects.all(), on=TODAY, since=TODAY, below=cast.village.path)
        found.append(([sorted(visible_matters(one).values_list("pk", flat=True)) for one in people], places, work))
    assert found[0] == found[1]
    assert [len(seen) for seen in found[0][0]] == [2, 1, 0, 3, 3, 0]
    assert found[0][1] == [3, 2, 0]


@pytest.mark.parametrize("rare", [500, 0])
def test_a_search_finds_words_and_units_whether_they_are_rare_or_frequent(cast: Cast, rare: int):
    mine = reported(cast)
    theirs = open_matter(unit=cast.neighbour, procedure="report", data=SCREW, by=cast.colleague, at=NOW)

    def found(words: str) -> set[Matter]:
        return set(holding(Matter.objects.all(), tokens_sought(words), rare=rare))

    assert [found(words) for words in ("文化广场", "青山", "柳河村", "飞机场")] == [{mine, theirs}, {theirs}, {mine}, set()]


def test_a_step_that_is_taken_in_the_stead_of_another_says_so(cast: Cast):
    away, deputy = cast.secretary.person.assignments.get(), cast.stranger
    stand_in(assignment=away, person=deputy.person, valid_from=TODAY, valid_to=TODAY + timedelta(9), by=SYSTEM, at=NOW)
    matter = reported(cast)
    take_step(matter=matter, verb="accept", by=deputy, at=NOW)
    take_step(matter=fresh(matter), verb="done", data={"result": "已紧固"}, by=cast.secretary, at=NOW)
    titles = list(MatterStep.objects.filter(matter=matter).order_by("number").values_list("taken_by_title", flat=True))
    assert titles[1:] == [f"{deputy.display_name}（代支部书记）", cast.secretary.display_name]
    with pytest.raises(NotAllowed):
        take_step(matter=fresh(matter), verb="pass", by=deputy, at=later(9))


def test_who_holds_the_post_as_well_as_standing_in_acts_in_their_own_right(cast: Cast):
    away = cast.secretary.person.assignments.get()
    second = appoint("second", "高峰", cast.village, away.post)
    own = second.person.assignments.get()
    Assignment.objects.filter(pk=own.pk).update(valid_to=TODAY + timedelta(1))
    stand_in(assignment=away, person=second.person, valid_from=TODAY + timedelta(1), valid_to=TODAY + timedelta(9), by=SYSTEM, at=NOW)
    matter = reported(cast)
    take_step(matter=matter, verb="accept", by=second, at=NOW)
    assert MatterStep.objects.get(matter=matter, verb="accept").taken_by_title == second.display_name
