"""A dozen circulars of the year: from the city and the township to the secretaries, and a flood team that was called up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.circulars.actions import Said, answer_circular, open_circular, recall_circular, send_circular
from fanxing.circulars.models import Circular
from fanxing.circulars.queries import Address, recipients_of
from fanxing.circulars.templates import templates
from fanxing.demo.calendar import SHANGHAI
from fanxing.demo.chronicle import today
from fanxing.demo.dice import number_of
from fanxing.demo.drawn import Drawn
from fanxing.demo.names import CITY, TOWNSHIP
from fanxing.demo.plan import Story
from fanxing.demo.staff import CARDS, DESK, MEMBER, REVIEWER, SECRETARY
from fanxing.organisations.actions.people import assign, open_account
from fanxing.organisations.models import Assignment, Person, Post, Unit

LEADS, TEAM = "branch_secretary", "flood_team"
# Of the team so many have accounts; the last has none.
TEAM_SIZE, WITH_ACCOUNT = 5, 4
FLOOD = (7, 19)


@dataclass(frozen=True)
class Plan:
    """A circular to be sent: by whom, on which day at which hour, what it says; `read` is the share that has opened it, and what those
    answer. What is new, those have not opened who sign in as the cards of the sign-in page."""

    by: str
    on: date
    hour: int
    words: Mapping[str, Any]
    read: int = 100
    answers: tuple[str, ...] = ()
    is_new: bool = False
    corrects: bool = False
    recalled: str = ""
    posts: tuple[str, ...] = field(default=(LEADS,))


def send_circulars(drawn: Drawn) -> int:
    """Send them as people do; return how many. No answer enters anything in a ledger."""
    now = today(drawn.scheme)
    village = Unit.objects.get(code=drawn.telling(Story.ONE_MARK_SHORT).code)
    _open_accounts(village, now)
    units = {DESK: Unit.objects.get(code=CITY[0]), REVIEWER: Unit.objects.get(code=TOWNSHIP[0]), SECRETARY: village}
    before: Circular | None = None
    plans = [*_of_the_year(now), *_of_these_days(now)]
    for plan in plans:
        place = village if plan.by == SECRETARY else units[REVIEWER]
        before = _send(plan, units[plan.by], place, before if plan.corrects else None)
    return len(plans)


def _of_the_year(now: date) -> list[Plan]:
    flood = date(now.year, *FLOOD)
    ready, fire, call = (_template(id) for id in ("flood", "fire", "call_up"))
    duty = {
        "title": "防汛值班安排",
        "text": "从今天起各村二十四小时值班，支部书记带班；沟渠、坑塘和低洼院落每两小时巡查一次，险情立即报镇值班室。",
    }
    return [
        Plan(REVIEWER, flood - timedelta(days=1), 17, ready | {"record": {}}, answers=("486", "312", "275", "530", "198")),
        Plan(REVIEWER, flood, 8, duty),
        Plan(SECRETARY, flood, 9, call, answers=("here", "here", "not_coming"), read=80, posts=(TEAM,)),
        Plan(REVIEWER, date(now.year, 10, 8), 9, fire | {"record": {}}, answers=("480", "301", "266", "512", "190")),
    ]


def _of_these_days(now: date) -> list[Plan]:
    def ago(days: int) -> date:
        return now - timedelta(days=days)

    sheet = {"title": "年度星级申报数据核对", "text": "请各村对照本村页面，逐项核对预填的数据。有误的在台账里更正，不另报表格。"}
    water = {
        "title": "冬春农田水利冬修",
        "text": "请各村排一遍沟渠、机井和涵闸，要修的列清楚地点和工程量，由村里登记为公共建设，不另报表。",
    }
    drill = {"title": "防汛队员培训", "text": "周六上午在村部培训水泵和冲锋舟使用。", "asks": "yes_no", "question": "能否参加"}
    heat = {
        "title": "冬季取暖安全排查",
        "text": "请入户看一遍煤炉、烟道和电热毯，有隐患的当场帮着整改。排查完请回复排查情况。",
        "asks": "text",
        "question": "排查情况",
    }
    meeting = {"title": "周一工作例会", "text": "周一上午九点在镇三楼会议室开例会。", "asks": "yes_no", "question": "能否参加"}
    forum = {
        "title": "“五星”支部创建推进会",
        "text": "本周四下午三点召开创建推进会，请各村支部书记参加，会上安排年终评定工作。",
        "asks": "yes_no",
        "question": "能否参加",
        "due_on": now + timedelta(days=2),
    }
    patrol = _template("call_up") | {
        "title": "冬季防火巡查集结",
        "text": "今晚七点到村部集合，带好手电和灭火工具，分两组看一遍柴垛、沟坡和沿街门店。请回复能否到岗，到岗后回复“已到”。",
        "record": {"kind": "patrol", "data": {"form": "night"}, "amount": "people"},
    }
    done = ("已排查，整改三户烟道", "已排查，没有隐患", "已排查，换下两床旧电热毯")
    return [
        Plan(DESK, ago(25), 10, sheet),
        Plan(SECRETARY, ago(20), 15, drill, read=60, posts=(TEAM,), recalled="改到下月，另行通知"),
        Plan(DESK, ago(12), 9, water),
        Plan(REVIEWER, ago(9), 9, heat, answers=done),
        Plan(REVIEWER, ago(6), 16, meeting, read=50, answers=("yes",)),
        Plan(REVIEWER, ago(5), 9, meeting | {"title": "周一工作例会（改到二楼）"}, answers=("yes", "yes", "no"), corrects=True),
        Plan(DESK, ago(2), 11, forum, read=70, answers=("yes", "yes", "yes", "no"), is_new=True),
        Plan(REVIEWER, ago(1), 17, _template("fraud"), read=60, is_new=True),
        Plan(SECRETARY, ago(1), 18, patrol, answers=("", "coming", "not_coming"), posts=(TEAM,), is_new=True),
    ]


def _template(id: str) -> dict[str, Any]:
    one = templates()[id]
    return {
        "title": one.title,
        "text": one.text,
        "spoken": one.spoken,
        "asks": one.asks,
        "question": one.question,
        "urgent": one.urgent,
        "record": one.record,
    }


def _send(plan: Plan, unit: Unit, place: Unit, replaces: Circular | None) -> Circular:
    at = datetime.combine(plan.on, time(plan.hour), SHANGHAI)
    address = Address(place, plan.posts, below=place != unit or plan.by == REVIEWER, kind="village")
    doer = User.objects.get(username=plan.by)
    sent = send_circular(unit=unit, said=Said(**plan.words), address=address, replaces=replaces, by=doer, at=at)
    for number, one in enumerate(recipients_of(sent).select_related("circular", "person__user")):
        user = one.person.user
        skipped = plan.is_new and user and user.username in CARDS
        if user is None or skipped or number_of(f"read/{plan.words['title']}/{number}") % 100 >= plan.read:
            continue
        opened = at + timedelta(minutes=5 + number * 3)
        open_circular(recipient=one, by=user, at=opened)
        if number < len(plan.answers) or (plan.answers and plan.posts == (LEADS,)):
            answer = plan.answers[number % len(plan.answers)]
            answer_circular(recipient=one, answer=answer, by=user, at=opened + timedelta(minutes=2))
    if plan.recalled:
        recall_circular(circular=sent, reason=plan.recalled, by=doer, at=at + timedelta(days=1))
    return sent


def _open_accounts(village: Unit, now: date) -> None:
    """The secretaries of the township, and a flood team in the secretary's own village: none of them with a password."""
    at = datetime.combine(date(now.year, 1, 2), time(9), SHANGHAI)
    leads = Assignment.objects.filter(post=LEADS, unit__parent__code=TOWNSHIP[0], unit__kind="village", person__user=None, valid_to=None)
    for term in leads.select_related("person__unit", "unit", "post").order_by("unit__code"):
        title = f"{term.unit.name}{term.post.title}"
        open_account(person=term.person, username=f"s{term.unit.code}", display_name=title, by=SYSTEM, at=at)
    members = list(Person.objects.filter(unit=village, user=None).order_by("pk")[:TEAM_SIZE])
    post = Post.objects.get(pk=TEAM)
    for number, one in enumerate(members, start=1):
        assign(person=one, unit=village, post=post, valid_from=at.date(), by=SYSTEM, at=at)
        if number <= WITH_ACCOUNT:
            open_account(
                person=one,
                username=MEMBER if number == 1 else f"{MEMBER}{number}",
                display_name=f"{village.name}防汛队员",
                by=SYSTEM,
                at=at,
            )
