"""Decisions, meetings, disclosure and mediation, by the procedures that ship: who, with which quorum, what is printed, what is left."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import docx
import pytest

from fanxing.accounts.models import User
from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.lib.printing.pdf import pdf
from fanxing.lib.printing.word import word
from fanxing.lib.receipts import new_receipt
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post, Unit
from fanxing.procedures.actions.balloting import Papers, cast_vote, close_ballot, count_papers
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.objecting import raise_objection, settle_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import StepRefused, take_step
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.minutes import minutes_of, poster_of
from fanxing.procedures.models import Matter
from fanxing.procedures.queries import visible_matters, whose_turn
from fanxing.programme.actions import publish
from fanxing.records.models import Record
from fanxing.records.validation import RecordError
from fanxing.scheme import read_folder
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, appoint, found

pytestmark = [pytest.mark.django_db]
# Noon of 16 June 2025 in Shanghai.
START = datetime(2025, 6, 16, 4, tzinfo=UTC)
SQUARE = {"matter": "修建文化广场", "about": "project", "wording": "建一个六百平方米的广场，花十五万元", "raised_on": "2025-06-16"}
RESOLVED = {"voted_on": "2025-06-16", "decision": "同意修建文化广场，造价不超过十五万元", "owner": "村委会主任", "term": "quarter"}


@dataclass(frozen=True)
class Place:
    """A township with a village, its neighbour, a community with a grid, and who holds which post."""

    town: Unit
    village: Unit
    community: Unit
    grid: Unit
    secretary: User
    head: User
    supervisor: User
    delegates: list[User]
    neighbour: User
    clerk: User
    community_secretary: User
    grid_head: User
    mediator: User


@pytest.fixture
def place(db: None) -> Place:
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    city = found("990000", "云溪市", "city", None)
    county = found("990100", "青川县", "county", city)
    town = found("990101", "石桥镇", "township", county)
    village = found("990101201", "柳河村", "village", town)
    neighbour = found("990101202", "青山村", "village", town)
    community = found("990101001", "文昌社区", "community", town)
    grid = found("990101001-1", "第一网格", "grid", community)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=NOW)

    def holder(name: str, unit: Unit, post: str) -> User:
        return appoint(name, name, unit, Post.objects.get(pk=post))

    return Place(
        town,
        village,
        community,
        grid,
        holder("secretary", village, "branch_secretary"),
        holder("head", village, "committee_head"),
        holder("supervisor", village, "supervision_head"),
        [holder(f"delegate{number}", village, "representative") for number in range(3)],
        holder("neighbour", neighbour, "branch_secretary"),
        holder("clerk", town, "township_clerk"),
        holder("community", community, "branch_secretary"),
        holder("grid-head", grid, "grid_head"),
        holder("mediator", community, "mediator"),
    )


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def fresh(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def step(matter: Matter, verb: str, by: User, day: int = 0, reason: str = "", **data: object) -> Matter:
    take_step(matter=matter, verb=verb, data=data, reason=reason, by=by, at=on(day))
    return fresh(matter)


def voted(matter: Matter, papers: Papers, by: User, day: int = 0) -> Matter:
    count_papers(matter=matter, papers=papers, by=by, at=on(day))
    close_ballot(matter=matter, by=by, at=on(day))
    return fresh(matter)


def passed_by_members(place: Place) -> Matter:
    matter = open_matter(unit=place.village, procedure="four_discussions", data=SQUARE, by=place.secretary, at=START)
    for one in (place.secretary, place.head):
        give_verdict(matter=fresh(matter), choice="for", by=one, at=START)
    matter = step(fresh(matter), "call_members", place.secretary, members_on="2025-06-16", members_due=30)
    return voted(matter, Papers(25, 3), place.secretary)


def resolved(place: Place) -> Matter:
    matter = step(passed_by_members(place), "call_villagers", place.head, meeting="delegates", voters_due=36)
    cast_vote(matter=matter, choice="for", by=place.delegates[0], at=START)
    cast_vote(matter=matter, choice="against", by=place.delegates[1], at=START)
    return voted(matter, Papers(22, 3, 1, 1), place.secretary)


def done(place: Place) -> Matter:
    matter = step(resolved(place), "publish", place.secretary, **RESOLVED)
    wind(at=on(8))
    matter = step(fresh(matter), "finish", place.head, day=40, result="广场建成，花十四万八千元")
    wind(at=on(48))
    return fresh(matter)


def words_of(matter: Matter) -> str:
    paper = docx.Document(io.BytesIO(word(minutes_of(matter))))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


# ---- the four discussions


def test_four_discussions_and_two_notices_leave_a_decision_in_order(place: Place):
    matter = done(place)
    assert (matter.state, matter.ended_on) == ("done", date(2025, 8, 3))
    record = Record.objects.get(kind="decision")
    assert (record.occurred_on, record.data) == (date(2025, 6, 16), {"matter": "修建文化广场", "about": "project", "in_order": True})
    shown = [one.notice for one in matter.notices.order_by("round")]
    assert [(one.ends_on - one.begins_on).days for one in shown] == [7, 7]


def test_both_bodies_discuss_and_who_disagrees_says_why(place: Place):
    matter = open_matter(unit=place.village, procedure="four_discussions", data=SQUARE, by=place.secretary, at=START)
    give_verdict(matter=matter, choice="for", by=place.secretary, at=START)
    assert fresh(matter).state == "committee"
    give_verdict(matter=fresh(matter), choice="against", words="钱从哪里来没有写", by=place.head, at=START)
    assert fresh(matter).state == "revising"
    matter = step(fresh(matter), "again", place.secretary, wording="十五万元从集体收入里出", raised_on="2025-06-16")
    assert (matter.state, matter.data["wording"]) == ("committee", "十五万元从集体收入里出")


def test_papers_and_online_votes_are_counted_together_and_a_voter_votes_once(place: Place):
    matter = resolved(place)
    assert matter.state == "resolving"
    words = words_of(matter)
    # 22 papers and one vote online in favour, of 29 who were there.
    assert "应到 36 人，实到 29 人，达到规定的到会人数。表决结果：通过。" in words
    # Whoever counted the papers would read the one vote that came beside them from the sums.
    assert "36\n29\n23\n4\n1\n1" not in words
    assert "参加表决或线上投票的不足 10 人，不公开票数。" in words


def test_without_two_thirds_there_nothing_is_resolved(place: Place):
    matter = step(passed_by_members(place), "call_villagers", place.secretary, meeting="delegates", voters_due=36)
    matter = voted(matter, Papers(23, 0), place.secretary)
    assert matter.state == "revising"
    assert matter.steps.last().reason == "参加人数不足"
    assert step(matter, "drop", place.secretary, reason="条件不成熟").ended_on
    assert not Record.objects.filter(kind="decision").exists()


def test_an_objection_that_is_right_takes_the_decision_back(place: Place):
    matter = step(resolved(place), "publish", place.secretary, **RESOLVED)
    notice = matter.notices.get().notice
    objection, _ = raise_objection(notice=notice, text="到会的人数不对", at=on(1))
    assert objection.due_on == date(2025, 6, 20)
    settle_objection(objection=objection, answer="属实，重开会议", upheld=True, by=place.secretary, at=on(2))
    assert fresh(matter).state == "revising"
    words = words_of(fresh(matter))
    assert "收到异议 1 条" in words
    assert "属实，重开会议" in words


def test_a_notice_does_not_end_while_an_objection_is_unanswered(place: Place):
    matter = step(resolved(place), "publish", place.secretary, **RESOLVED)
    objection, _ = raise_objection(notice=matter.notices.get().notice, text="谁来监督", at=on(6))
    wind(at=on(9))
    assert fresh(matter).state == "decision_notice"
    settle_objection(objection=objection, answer="村务监督委员会", upheld=False, by=place.secretary, at=on(9))
    assert fresh(matter).state == "carrying_out"


def test_a_decision_cannot_be_dated_in_the_future(place: Place):
    with pytest.raises(RecordError, match="不能晚于今天"):
        step(resolved(place), "publish", place.secretary, **{**RESOLVED, "voted_on": "2025-06-17"})


def test_the_neighbour_neither_sees_nor_moves_it(place: Place):
    matter = resolved(place)
    assert not visible_matters(place.neighbour).exists()
    assert list(visible_matters(place.clerk)) == [matter]
    with pytest.raises(NotAllowed):
        step(matter, "publish", place.neighbour, **RESOLVED)


# ---- what is printed


def test_the_minutes_say_who_met_when_how_many_were_there_and_what_was_resolved(place: Place):
    words = words_of(done(place))
    for said in (
        "柳河村议事记录",
        "2025年6月16日 12:00",
        "村民委员会",
        "同意修建文化广场，造价不超过十五万元",
        "没有收到异议",
        "记录人（签字）",
    ):
        assert said in words
    for nobody in ("delegate0", "delegate1"):
        assert nobody not in words


def test_a_vote_of_fewer_than_ten_shows_its_outcome_and_no_figures(place: Place):
    matter = open_matter(unit=place.village, procedure="four_discussions", data=SQUARE, by=place.secretary, at=START)
    matter = step(matter, "minuted", place.secretary, committee_on="2025-06-16", committee_due=7, committee_there=6)
    matter = voted(step(matter, "call_members", place.secretary, members_on="2025-06-16", members_due=9), Papers(8, 1), place.secretary)
    assert matter.state == "calling_villagers"
    words = words_of(matter)
    assert "参加表决或线上投票的不足 10 人，不公开票数。" in words
    assert "同意\n不同意" not in words


def test_minutes_and_the_notice_are_papers_in_pdf_too(place: Place):
    matter = step(resolved(place), "publish", place.secretary, **RESOLVED)
    notice = matter.notices.get().notice
    poster = docx.Document(io.BytesIO(word(poster_of(notice, "可以当面提出。"))))
    assert "公示时间：2025年6月16日至2025年6月23日。可以当面提出。" in [line.text for line in poster.paragraphs]
    for paper in (minutes_of(matter), poster_of(notice, "")):
        assert pdf(paper).startswith(b"%PDF-")


# ---- meetings, disclosure, rules


def test_a_topic_that_a_resident_brings_is_carried_out_and_struck_off(place: Place):
    manager = found("990101001-9", "安居物业", "property_manager", place.community)
    owner = appoint("manager", "manager", manager, Post.objects.get(pk="property_manager"))
    topic = {"topic": "三号楼电梯常停", "form": "property"}
    matter = open_matter(unit=place.community, procedure="joint_meeting", data=topic, by=PUBLIC, at=START, receipt=new_receipt())
    agreed = {
        "held_on": "2025-06-16",
        "due": 6,
        "there": 5,
        "agreed": "物业一周内请厂家检修",
        "matters": 1,
        "owner": manager.code,
        "term": "week",
    }
    matter = step(matter, "agree", place.community_secretary, **agreed)
    assert list(whose_turn(owner)) == [matter]
    matter = step(matter, "finish", owner, day=3, result="换了门机")
    matter = step(matter, "close", place.community_secretary, day=3, settled=1)
    assert Record.objects.get(kind="joint_meeting").data == {"topic": "三号楼电梯常停", "matters": 1, "settled": 1}


def test_accounts_are_checked_before_they_are_disclosed_and_what_is_late_is_not_on_time(place: Place):
    accounts = {"covers": "finance", "content": "二季度财务收支", "text": "收入三万元，支出一万元"}
    for delay, on_time in ((0, True), (20, False)):
        matter = open_matter(unit=place.village, procedure="disclosure", data=accounts, by=place.secretary, at=START)
        assert list(whose_turn(place.supervisor)) == [matter]
        day = on(delay).date().isoformat()
        step(matter, "pass", place.supervisor, day=delay, posted_on=day)
        wind(at=on(delay + 11))
        assert Record.objects.filter(kind="disclosure").order_by("pk").last().data == {"covers": "finance", "on_time": on_time}


def test_village_rules_are_filed_at_the_township_before_they_stand(place: Place):
    rules = {"matter": "村规民约", "why": "移风易俗"}
    matter = open_matter(unit=place.village, procedure="village_rules", data=rules, by=place.secretary, at=START)
    matter = step(matter, "ask", place.secretary, draft="红事新办，不大操大办")
    wind(at=on(8))
    matter = step(fresh(matter), "call", place.secretary, day=8, opinions="都赞成", text="红事新办", meeting="everybody", voters_due=100)
    matter = voted(matter, Papers(60, 10), place.secretary, day=8)
    matter = step(matter, "send_up", place.secretary, day=8, voted_on="2025-06-24")
    with pytest.raises(NotAllowed):
        step(matter, "file", place.secretary, day=9)
    matter = step(matter, "file", place.clerk, day=9)
    wind(at=on(17))
    assert fresh(matter).state == "done"
    assert Record.objects.get(kind="decision").data == {"matter": "村规民约", "about": "village_rules", "in_order": True}


# ---- mediation


def quarrel(place: Place) -> Matter:
    data = {"about": "neighbours"}
    matter = open_matter(unit=place.community, procedure="mediation", data=data, by=place.community_secretary, at=START)
    return step(matter, "send", place.community_secretary, grid=place.grid.code)


def test_a_dispute_is_seen_by_those_in_the_case_alone(place: Place):
    matter = quarrel(place)
    assert matter.is_private
    assert (matter.title, matter.data) == ("邻里", {"about": "neighbours", "grid": place.grid.code, "relapsed": False})
    for user, sees in (
        (place.grid_head, True),
        (place.community_secretary, True),
        (place.mediator, False),
        (place.clerk, False),
        (place.neighbour, False),
    ):
        assert visible_matters(user).exists() is sees, user
    with pytest.raises(StepRefused, match="要写明原因"):
        step(matter, "hand_up", place.grid_head)
    matter = step(matter, "hand_up", place.grid_head, reason="一方不愿见面")
    assert visible_matters(place.mediator).exists()


def test_what_is_settled_is_asked_after_thirty_days_and_counts_as_settled_here(place: Place):
    matter = step(quarrel(place), "settle", place.grid_head, day=2, settled_on="2025-06-18", agreement="spoken")
    wind(at=on(32))
    assert fresh(matter).state == "calm"
    wind(at=on(33))
    assert list(whose_turn(place.community_secretary)) == [fresh(matter)]
    step(fresh(matter), "hold", place.community_secretary, day=34)
    record = Record.objects.get(kind="dispute")
    assert (record.occurred_on, record.data) == (
        date(2025, 6, 18),
        {"about": "neighbours", "outcome": "settled_here", "overdue": False, "reopened": False},
    )


def test_what_breaks_out_again_goes_to_the_mediator_and_is_told_as_such(place: Place):
    matter = step(quarrel(place), "settle", place.grid_head, settled_on="2025-06-16", agreement="spoken")
    matter = step(matter, "relapse", place.community_secretary, day=5, reason="又吵起来")
    matter = step(matter, "settle", place.mediator, day=6, settled_on="2025-06-22", agreement="written")
    wind(at=on(40))
    step(fresh(matter), "hold", place.community_secretary, day=40)
    assert Record.objects.get(kind="dispute").data["reopened"] is True


def test_only_a_dispute_that_was_handed_up_is_seen_above(place: Place):
    matter = step(quarrel(place), "hand_up", place.grid_head, reason="调不了")
    for _ in range(3):
        assert not visible_matters(place.clerk).exists()
        matter = step(matter, "hand_up", place.community_secretary, reason="调不了")
    assert matter.state == "above"
    assert visible_matters(place.clerk).exists()
    matter = step(matter, "lead_on", place.clerk, reason="申请仲裁")
    assert Record.objects.get(kind="dispute").data["outcome"] == "led_on"
