"""一征三议两公开: what the communities decided in order, and what they ask their residents now."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.deliberation import NOTICE_DAYS, afterwards, is_over, proposal, votes
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

PROCEDURE = "urban_discussions"
KIND = "decision"
BEFORE = NOTICE_DAYS + 9


def courses(scene: Scene) -> Iterator[Course]:
    """What was decided in order, from the opinions that were sought to the published result."""
    field = scene.procedures[PROCEDURE].field("about")
    known = dict(field.choices) if field else {}
    for record in scene.records(KIND, {"in_order": True}):
        dice = number_of(f"{PROCEDURE}/{record.pk}")
        if record.unit.kind == "community" and record.data["about"] in known and is_over(record, dice, scene.today):
            yield _course(record, dice)


def _course(record: Record, dice: int) -> Course:
    own = f"{record.unit.name}支部书记"
    day = record.occurred_on - timedelta(days=BEFORE)
    raised = day + timedelta(days=NOTICE_DAYS + 2)
    said = dict(proposal(record, raised))
    opened = {"matter": said["matter"], "about": said["about"], "question": f"“{said['matter']}”怎么办好，请大家说意见"}
    heard: dict[str, Value] = {
        "heard": 12 + dice % 60,
        "opinions": "多数赞成；费用和工期的意见已写进方案",
        "raised_on": said["raised_on"],
        "wording": said["wording"],
    }
    committee: dict[str, Value] = {
        "committee_on": (raised + timedelta(days=2)).isoformat(),
        "committee_due": 9,
        "committee_there": 8 + dice % 2,
    }
    delegates = 36 + dice % 40
    steps = (
        Went("asked", NOTICE_DAYS, "系统"),
        Went("propose", 2, own, heard),
        Went("minuted", 2, own, committee),
        *afterwards(
            record,
            dice,
            own,
            Went("call", 5, own, {"meeting": "delegates", "voters_due": delegates}),
            Went("resolved", 0, own, votes=votes(dice // 7, delegates)),
        ),
    )
    return Course(record.unit, PROCEDURE, day, opened, own, steps, record)


def begun(scene: Scene) -> Iterator[Begun]:
    """What the flagship communities ask their residents."""
    for number, unit in enumerate(scene.shown(PROCEDURE)):
        asked = {"matter": "口袋公园怎么建", "about": "project", "question": "建在哪里、要哪些设施，请大家说意见"}
        yield Begun(unit, PROCEDURE, asked, days_ago=2 + number % 3)
