"""四议两公开: what the villages of the township decided in order, and in the secretary's village what is on its way."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.deliberation import afterwards, is_over, proposal, votes
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

PROCEDURE = "four_discussions"
KIND = "decision"
BEFORE = 12
OBJECTION = "公示里没有写清楚工程由谁监督，建议补上。"


def courses(scene: Scene) -> Iterator[Course]:
    """What was decided in order, from the proposal to the published result; without what is being carried out still."""
    field = scene.procedures[PROCEDURE].field("about")
    known = dict(field.choices) if field else {}
    for record in scene.records(KIND, {"in_order": True}):
        dice = number_of(f"{PROCEDURE}/{record.pk}")
        if record.unit.kind == "village" and record.data["about"] in known and is_over(record, dice, scene.today):
            yield _course(record, dice)


def _course(record: Record, dice: int) -> Course:
    own = f"{record.unit.name}支部书记"
    day = record.occurred_on - timedelta(days=BEFORE)
    members, delegates = 24 + dice % 30, 30 + dice % 25
    committee: dict[str, Value] = {
        "committee_on": (day + timedelta(days=2)).isoformat(),
        "committee_due": 7,
        "committee_there": 6 + dice % 2,
    }
    meeting: dict[str, Value] = {"members_on": (day + timedelta(days=6)).isoformat(), "members_due": members}
    steps = (
        Went("minuted", 2, own, committee),
        Went("call_members", 4, own, meeting),
        Went("members_for", 0, own, votes=votes(dice, members)),
        *afterwards(
            record,
            dice,
            own,
            Went("call_villagers", 6, own, {"meeting": "delegates", "voters_due": delegates}),
            Went("resolved", 0, own, votes=votes(dice // 7, delegates)),
        ),
    )
    return Course(record.unit, PROCEDURE, day, dict(proposal(record, day)), own, steps, record)


def begun(scene: Scene) -> Iterator[Begun]:
    """In the secretary's village one that stands in public with an objection, and one at the vote of the delegates."""
    unit = next(scene.shown(PROCEDURE), None)
    if unit is None:
        return
    said: dict[str, dict[str, Value]] = {
        "minuted": {"committee_on": _ago(scene, 12), "committee_due": 7, "committee_there": 7},
        "call_members": {"members_on": _ago(scene, 9), "members_due": 41},
        "call_villagers": {"meeting": "delegates", "voters_due": 38},
        "publish": {
            "voted_on": _ago(scene, 4),
            "decision": "同意修缮灌溉渠，造价不超过六万元，从集体收入里出",
            "owner": "村委会副主任",
            "term": "quarter",
        },
    }
    to_the_vote = ("minuted", "call_members", "members_for", "call_villagers")
    waits = {"minuted": 2, "call_members": 3, "call_villagers": 3}
    repair = {"matter": "修缮灌溉渠", "about": "project", "wording": "修缮北渠三百米，预算六万元", "raised_on": _ago(scene, 14)}
    counted = {"members_for": (35, 2), "resolved": (31, 3)}
    yield Begun(
        unit, PROCEDURE, repair, 14, (*to_the_vote, "resolved", "publish"), said, counted, waits | {"resolved": 2, "publish": 1}, OBJECTION
    )
    lease = {"matter": "旧校舍对外出租", "about": "assets", "wording": "租期三年，公开招租", "raised_on": _ago(scene, 8)}
    yield Begun(unit, PROCEDURE, lease, 8, to_the_vote, said, counted, waits)


def _ago(scene: Scene, days: int) -> str:
    return (scene.today - timedelta(days=days)).isoformat()
