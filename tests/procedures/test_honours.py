"""Awards, appraisal and open selection, by the procedures that ship: whose name stands where, who sees what, and what comes of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from fanxing.accounts.models import User
from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.audit.models import Event
from fanxing.inbox.queries import waiting_at
from fanxing.lib.receipts import new_receipt
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.procedures.actions.balloting import Papers, close_ballot, count_papers
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.objecting import erase_said_against, raise_objection, settle_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.reading import erase_personal, read_personal
from fanxing.procedures.actions.stepping import StepRefused, take_step
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.minutes import poster_of
from fanxing.procedures.models import Matter, MatterPersonal, MatterStep
from fanxing.procedures.naming import names_in_public, names_on
from fanxing.procedures.queries import matter_by_receipt, visible_matters
from fanxing.programme.actions import publish
from fanxing.public_notices.models import ERASED
from fanxing.public_notices.queries import objection_by_receipt
from fanxing.records.models import Record
from fanxing.records.validation import RecordError
from fanxing.scheme import load, read_folder
from fanxing.web.matters import Dossier
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, appoint, found

pytestmark = [pytest.mark.django_db]
# Noon of 16 June 2025 in Shanghai.
START = datetime(2025, 6, 16, 4, tzinfo=UTC)
HEAD = "郑新宇"
NAMES = "王秀兰、李建国"
AWARD = {"title": "filial", "conditions": "一年以上照料老人，邻里公认", "places": 2}
FORWARD = {"nominated": 3, "deeds": "照料邻居老人三年", "agreed": True, "minors": False}
LIST = {"people": 2, "may_name": True, "names": NAMES}
POST = {"post": "officer", "places": 1, "work": "办村务", "conditions": "高中以上，会用电脑", "how": "到村部报名"}


@dataclass(frozen=True)
class Place:
    """A township with two villages, and who holds which post."""

    village: Unit
    secretary: User
    head: User
    delegate: User
    clerk: User
    neighbour: User


@pytest.fixture
def place(db: None) -> Place:
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    city = found("990000", "云溪市", "city", None)
    town = found("990101", "石桥镇", "township", found("990100", "青川县", "county", city))
    village, other = found("990101201", "柳河村", "village", town), found("990101202", "青山村", "village", town)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=NOW)

    def holder(username: str, unit: Unit, post: str, name: str = "") -> User:
        return appoint(username, name or username, unit, Post.objects.get(pk=post))

    return Place(
        village,
        holder("secretary", village, "branch_secretary"),
        holder("head", village, "committee_head", HEAD),
        holder("delegate", village, "representative"),
        holder("clerk", town, "township_clerk"),
        holder("neighbour", other, "branch_secretary"),
    )


def later(days: int) -> datetime:
    return START + timedelta(days=days)


def fresh(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def step(matter: Matter, verb: str, by: User, at: datetime = START, reason: str = "", **data: object) -> Matter:
    take_step(matter=matter, verb=verb, data=data, reason=reason, by=by, at=at)
    return fresh(matter)


def noticed(place: Place, **more: object) -> Matter:
    matter = open_matter(unit=place.village, procedure="honour_selection", data=AWARD, by=place.secretary, at=START)
    matter = step(matter, "put_forward", place.secretary, **(FORWARD | more))
    for one in (place.head, place.delegate):
        give_verdict(matter=matter, choice="for", by=one, at=START)
    return step(fresh(matter), "publish", place.secretary, **LIST)


def honoured(place: Place) -> Matter:
    matter = noticed(place)
    wind(at=later(15))
    return step(fresh(matter), "honour", place.secretary, at=later(16), honoured_on="2025-07-01", valid_until="2026-06-30")


# ---- awards


def test_an_award_goes_from_nomination_to_a_record_that_counts_people(place: Place):
    matter = honoured(place)
    record = Record.objects.get(kind="honour")
    assert (matter.state, record.occurred_on, record.source) == ("honoured", date(2025, 7, 1), "procedure:honour_selection")
    assert record.data == {"title": "filial", "people": 2, "valid_until": "2026-06-30"}
    assert NAMES not in str([*MatterStep.objects.values_list("data", flat=True), *Event.objects.values_list("details", flat=True)])


@pytest.mark.parametrize("more", [{"agreed": False}, {"minors": True, "guardians": False}])
def test_nobody_stands_on_the_list_who_has_not_agreed_and_no_minor_without_a_guardian(place: Place, more: dict[str, object]):
    with pytest.raises(StepRefused, match="不符合条件"):
        noticed(place, **more)
    assert not Record.objects.exists()


def test_of_minors_it_must_be_said_whether_the_guardians_agreed(place: Place):
    with pytest.raises(RecordError, match="监护人都已同意"):
        noticed(place, minors=True)


def test_names_stand_in_public_by_consent_until_their_term_is_over(place: Place):
    matter = noticed(place)
    assert names_in_public([matter], date(2025, 6, 20)) == {}
    assert names_in_public([matter], date(2025, 6, 20), at_notice=True) == {matter.pk: NAMES}
    wind(at=later(15))
    matter = step(fresh(matter), "honour", place.secretary, at=later(16), honoured_on="2025-07-01", valid_until="2026-06-30")
    assert names_in_public([matter], date(2026, 6, 30)) == {matter.pk: NAMES}
    assert names_in_public([matter], date(2026, 7, 1)) == {}


def test_the_printed_notice_bears_the_names_while_it_stands_and_says_when_to_take_it_down(place: Place):
    notice = noticed(place).notices.get().notice
    names = names_on(notice, date(2025, 6, 20))
    words = str(poster_of(notice, "有不同意见，可以当面提出。", names).blocks)
    assert (names, NAMES in words, "请取下" in words) == (NAMES, True, True)
    assert names_on(notice, date(2025, 6, 24)) == ""
    assert NAMES not in str(notice.lines)


def test_whoever_no_longer_wants_to_stand_there_is_taken_off(place: Place):
    matter = step(honoured(place), "unname", place.secretary, at=later(20))
    assert names_in_public([matter], date(2025, 7, 10)) == {}
    assert Record.objects.counting().get().data["people"] == 2


def test_names_are_erased_when_their_time_is_over(place: Place):
    matter = honoured(place)
    assert erase_personal(at=datetime(2028, 7, 10, tzinfo=UTC)) == 1
    assert names_in_public([matter], date(2026, 1, 1)) == {}


def test_an_objection_that_is_right_leads_back_to_nominations(place: Place):
    matter = noticed(place)
    objection, _ = raise_objection(notice=matter.notices.get().notice, text="事迹不实", at=later(1))
    settle_objection(objection=objection, answer="属实", upheld=True, by=place.secretary, at=later(2))
    assert fresh(matter).state == "revising"


def test_what_was_said_against_a_notice_is_erased_with_the_names_of_its_matter(place: Place):
    matter = noticed(place)
    said, code = raise_objection(notice=matter.notices.get().notice, text="王秀兰没有照料过", at=later(1))
    settle_objection(objection=said, answer="已到王秀兰家核实", upheld=False, by=place.secretary, at=later(2))
    wind(at=later(15))
    step(fresh(matter), "honour", place.secretary, at=later(16), honoured_on="2025-07-01", valid_until="2026-06-30")
    assert erase_said_against(at=datetime(2028, 7, 1, tzinfo=UTC)) == 0
    assert erase_said_against(at=datetime(2028, 7, 10, tzinfo=UTC)) == 1
    assert erase_said_against(at=datetime(2028, 7, 10, tzinfo=UTC)) == 0
    kept = objection_by_receipt(code)
    assert kept
    assert (kept.text, kept.answer, kept.is_upheld) == (ERASED, ERASED, False)
    assert "王秀兰" not in str(list(Event.objects.values_list("summary", "details")))


# ---- appraisal


OBJECTION = "水利的事没有写"
WORK = {"year": "2025", "post": "head", "name": HEAD, "work": "管合作社和水利"}


def shared(place: Place, by: User, **more: object) -> Matter:
    matter = open_matter(unit=place.village, procedure="cadre_appraisal", data=WORK | more, by=by, at=START)
    matter = step(matter, "call", place.clerk, duties="all", held_on="2025-06-16", eligible=20)
    count_papers(matter=matter, papers=Papers(15, 2, 1), by=place.clerk, at=START)
    close_ballot(matter=matter, by=place.clerk, at=START)
    return step(fresh(matter), "assess", place.clerk, grade="competent", opinion="把账目按季公开")


def test_only_the_person_confirms_what_was_found_and_of_an_elected_post_it_is_advice(place: Place):
    matter = shared(place, place.head)
    assert matter.data["review"] == "well"
    for other in (place.secretary, place.clerk, place.neighbour):
        with pytest.raises(NotAllowed):
            step(matter, "confirm", other)
    assert read_personal(matter=matter, by=place.head, at=START)["opinion"] == "把账目按季公开"
    matter = step(matter, "object", place.head, objection=OBJECTION)
    matter = step(matter, "answer", place.clerk, answer="已补写")
    matter = step(matter, "confirm", place.head)
    with pytest.raises(StepRefused, match="不符合条件"):
        step(matter, "file", place.clerk)
    assert step(matter, "advise", place.clerk).state == "advised"
    assert not Assignment.objects.filter(valid_to__isnull=False).exists()
    assert not Record.objects.exists()


@pytest.mark.parametrize("kind", ["village", "community"])
def test_the_sheet_takes_its_figures_from_what_the_rules_know(kind: str):
    scheme = load("five-star")
    known, measures = scheme.kinds[kind], scheme.procedures["cadre_appraisal"].measures
    assert sum(id in known.facts or id in known.nodes for id in measures) >= 8
    assert all(any(id in one.facts or id in one.nodes for one in scheme.kinds.values()) for id in measures)


@pytest.mark.parametrize("opener", ["secretary", "clerk"])
def test_whoever_opened_it_the_one_whom_it_names_confirms(place: Place, opener: str):
    matter = shared(place, getattr(place, opener))
    for other in (place.secretary, place.clerk):
        with pytest.raises(NotAllowed):
            step(matter, "confirm", other)
    assert visible_matters(place.head).filter(pk=matter.pk).exists()
    waiting = waiting_at(authority_of(place.head)).get()
    assert (waiting.title, waiting.note) == ("村干部年度考核：和本人见面", f"柳河村：{matter.number}")
    assert read_personal(matter=matter, by=place.head, at=START)["grade"] == "称职"
    with pytest.raises(NotAllowed):
        read_personal(matter=matter, by=place.secretary, at=START)
    step(matter, "confirm", place.head)
    assert not waiting_at(authority_of(place.head)).exists()
    assert visible_matters(place.head).filter(pk=matter.pk).exists()


def test_nobody_else_of_the_same_post_learns_of_it(place: Place):
    deputy = appoint("deputy", "deputy", place.village, Post.objects.get(pk="committee_head"))
    matter = shared(place, place.clerk)
    assert not visible_matters(deputy).filter(pk=matter.pk).exists()
    assert not waiting_at(authority_of(deputy)).exists()
    with pytest.raises(NotAllowed):
        read_personal(matter=matter, by=deputy, at=START)


def test_where_two_bear_the_name_neither_is_taken_for_the_one(place: Place):
    namesake = appoint("namesake", HEAD, place.village, Post.objects.get(pk="committee_member"))
    matter = shared(place, place.clerk)
    for one in (namesake, place.head):
        assert not visible_matters(one).filter(pk=matter.pk).exists()
        with pytest.raises(NotAllowed):
            step(matter, "confirm", one)
    dossier = Dossier(matter, place.clerk, authority_of(place.clerk), START)
    assert dossier.unreached == "本人"
    matter = step(matter, "on_paper", place.clerk)
    assert step(matter, "signed", place.clerk, signed_on="2025-06-16").state == "filing"


def test_what_is_said_of_a_cadre_stands_apart_is_read_by_few_and_is_erased(place: Place):
    matter = step(shared(place, place.head), "object", place.head, objection=OBJECTION)
    matter = step(matter, "answer", place.clerk, answer="已补写")
    kept = read_personal(matter=matter, by=place.clerk, at=START)
    assert (kept["duties"], kept["grade"], kept["objection"], kept["answer"]) == ("职责都已履行", "称职", OBJECTION, "已补写")
    openly = str([matter.data, *MatterStep.objects.values_list("data", "reason"), *Event.objects.values_list("summary", "details")])
    assert not any(words in openly for words in (OBJECTION, "已补写", "competent", HEAD))
    with pytest.raises(NotAllowed):
        read_personal(matter=matter, by=place.delegate, at=START)
    matter = step(step(matter, "confirm", place.head), "advise", place.clerk)
    assert erase_personal(at=datetime(2027, 6, 15, tzinfo=UTC)) == 0
    assert erase_personal(at=datetime(2027, 6, 16, 4, tzinfo=UTC)) == 7
    assert not MatterPersonal.objects.kept().exists()


def test_on_paper_the_township_enters_that_it_was_signed(place: Place):
    matter = step(shared(place, place.clerk, post="officer"), "on_paper", place.clerk)
    with pytest.raises(StepRefused):
        step(matter, "confirm", place.head)
    matter = step(matter, "signed", place.clerk, signed_on="2025-06-16")
    assert step(matter, "file", place.clerk).state == "filed"


def test_a_review_by_so_few_that_it_would_tell_votes_is_not_called(place: Place):
    matter = open_matter(unit=place.village, procedure="cadre_appraisal", data=WORK, by=place.head, at=START)
    with pytest.raises(RecordError, match="15"):
        step(matter, "call", place.clerk, duties="all", held_on="2025-06-16", eligible=14)


@pytest.mark.parametrize("who", ["delegate", "neighbour"])
def test_an_appraisal_is_seen_by_nobody_outside_the_case(place: Place, who: str):
    matter = shared(place, place.head)
    assert not visible_matters(getattr(place, who)).filter(pk=matter.pk).exists()
    assert visible_matters(place.head).filter(pk=matter.pk).exists()


# ---- open selection


def proposed(place: Place, post: str) -> Matter:
    matter = open_matter(unit=place.village, procedure="open_selection", data=POST | {"post": post}, by=place.secretary, at=START)
    wind(at=later(15))
    counts = {"applied": 4, "qualified": 3, "exceptions": 1, "exception_reasons": "回乡创业，学历放宽"}
    matter = step(fresh(matter), "list", place.secretary, at=later(15), **counts)
    for one in (place.secretary, place.head, place.clerk):
        give_verdict(matter=matter, choice="for", by=one, at=later(15))
    said = {"reviewed_by": "interview", "reviewed_on": "2025-06-30", "name": "周晓明", "agreed": True}
    matter = step(fresh(matter), "propose", place.secretary, at=later(15), **said)
    wind(at=later(30))
    return fresh(matter)


def test_whoever_is_chosen_holds_the_post(place: Place):
    matter = step(proposed(place, "officer"), "appoint", place.clerk, at=later(30), starts_on="2025-08-01")
    held = Assignment.objects.get(person__name="周晓明")
    assert (matter.state, held.unit, held.post_id, held.valid_from) == ("officer", place.village, "village_officer", date(2025, 8, 1))


def test_for_the_villagers_committee_an_election_follows_and_nobody_is_appointed(place: Place):
    matter = proposed(place, "committee")
    with pytest.raises(StepRefused):
        step(matter, "appoint", place.clerk, at=later(30), starts_on="2025-08-01")
    matter = step(matter, "recommend", place.clerk, at=later(30))
    assert "选举" in matter.procedure.states[matter.state].title
    assert not Assignment.objects.filter(person__name="周晓明").exists()


def test_an_exception_needs_its_reasons(place: Place):
    matter = open_matter(unit=place.village, procedure="open_selection", data=POST, by=place.secretary, at=START)
    wind(at=later(15))
    with pytest.raises(RecordError, match="破例的理由"):
        step(fresh(matter), "list", place.secretary, at=later(15), applied=4, qualified=3, exceptions=1)


def test_one_applies_without_an_account_and_asks_once_to_be_looked_at_again(place: Place):
    code = new_receipt()
    data = {"post": "officer", "meets": "高中毕业", "name": "周晓明", "phone": "000-1234"}
    open_matter(unit=place.village, procedure="selection_application", data=data, by=PUBLIC, at=START, receipt=code)
    matter = matter_by_receipt(code)
    assert matter
    assert matter.data == {"post": "officer"}
    matter = step(matter, "not_qualify", place.secretary, reason="缺学历证明")
    take_step(matter=matter, verb="ask_again", reason="已补交", by=PUBLIC, at=later(1), is_holder=True)
    matter = step(fresh(matter), "uphold", place.clerk, at=later(2), reason="证明不合格")
    with pytest.raises(StepRefused):
        take_step(matter=matter, verb="ask_again", reason="再看", by=PUBLIC, at=later(3), is_holder=True)
    assert not visible_matters(place.neighbour).exists()
    assert not visible_matters(place.delegate).exists()
