"""村规民约修订: the rules of each place, revised in order and filed at the township."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.deliberation import NOTICE_DAYS, votes
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record

PROCEDURE = "village_rules"
KIND = "decision"
DRAFTED, ASKED, CALLED = 3, NOTICE_DAYS, 5
TEXT = "红事新办、白事简办；门前三包；邻里和睦；爱护公物；不在主街晒粮"


def courses(scene: Scene) -> Iterator[Course]:
    """The rules that were revised in order."""
    for record in scene.records(KIND, {"in_order": True, "about": "village_rules"}):
        if record.unit.kind in ("village", "community") and record.occurred_on + timedelta(days=20) <= scene.today:
            yield _course(record)


def _course(record: Record) -> Course:
    dice = number_of(f"{PROCEDURE}/{record.pk}")
    own, voters = f"{record.unit.name}支部书记", 60 + dice % 50
    opened = {"matter": str(record.data["matter"]), "why": "原来的条文三年没有修订，群众提了新意见"}
    steps = (
        Went("ask", DRAFTED, own, {"draft": TEXT}),
        Went("asked", ASKED, "系统"),
        Went("call", CALLED, own, {"opinions": "增加一条爱护公物", "text": TEXT, "meeting": "delegates", "voters_due": voters}),
        Went("adopted", 0, own, votes=votes(dice, voters)),
        Went("send_up", 1, own, {"voted_on": record.occurred_on.isoformat()}),
        Went("file", 4, "乡镇经办员"),
        Went("stood", NOTICE_DAYS, "系统"),
    )
    day = record.occurred_on - timedelta(days=DRAFTED + ASKED + CALLED)
    return Course(record.unit, PROCEDURE, day, opened, own, steps, record)


def begun(scene: Scene) -> Iterator[Begun]:
    """None is being revised today."""
    yield from ()
