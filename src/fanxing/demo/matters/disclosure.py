"""党务村务财务公开: checked by the supervision committee and shown, in time or late."""

from collections.abc import Iterator
from datetime import date, timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND = PROCEDURE = "disclosure"
STOOD = 11
CHECKED, CHECKED_LATE = 2, 12
COVERS = {"finance": "财务收支", "affairs": "村务事项", "party": "党务事项"}
QUARTERS = ("一", "二", "三", "四")


def courses(scene: Scene) -> Iterator[Course]:
    """What the villages of the township showed and what has stood long enough."""
    for record in scene.records(KIND):
        if record.occurred_on + timedelta(days=STOOD) <= scene.today:
            yield _course(record)


def _course(record: Record) -> Course:
    dice = number_of(f"{PROCEDURE}/{record.pk}")
    checked = CHECKED if record.data["on_time"] else CHECKED_LATE
    said = _said(str(record.data["covers"]), record.occurred_on, dice)
    own = f"{record.unit.name}支部书记"
    steps = (
        Went("pass", checked, f"{record.unit.name}村务监督委员会主任", {"posted_on": record.occurred_on.isoformat()}),
        Went("stood", STOOD, "系统"),
    )
    return Course(record.unit, PROCEDURE, record.occurred_on - timedelta(days=checked), said, own, steps, record)


def _said(covers: str, day: date, dice: int) -> dict[str, Value]:
    content = f"{day.year} 年{QUARTERS[(day.month - 1) // 3]}季度{COVERS[covers]}"
    text = (
        f"本季度集体收入 {2 + dice % 9} 万元，支出 {1 + dice % 5} 万元，明细见公开栏"
        if covers == "finance"
        else "本季度议定和办完的事项见公开栏"
    )
    return {"covers": covers, "content": content, "text": text}


def begun(scene: Scene) -> Iterator[Begun]:
    """What the secretary's village is about to show."""
    unit = next(scene.shown(PROCEDURE), None)
    if unit is not None:
        yield Begun(unit, PROCEDURE, _said("party", scene.today, 0), days_ago=1)
