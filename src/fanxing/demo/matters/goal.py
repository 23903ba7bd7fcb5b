"""支部目标: rounds of plan, do, check and act, and some that are under way."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND, PROCEDURE = "improvement", "goal"
TOOK = 75
# One with a measure of the workshop's own, and one that the ledger measures.
GOALS: tuple[dict[str, object], ...] = (
    {"topic": "一次交检合格率", "measure": "一次交检合格率", "before": 92, "target": 96},
    {"topic": "让改进见效", "measure": "达到目标的改进循环", "target": 10},
)
HOW = "人、机、料、法、环逐项查，定三条对策"


def courses(scene: Scene) -> Iterator[Course]:
    """What the ledgers of the companies say was improved, as it went."""
    return (_course(record) for record in scene.records(KIND))


def _course(record: Record) -> Course:
    dice = number_of(f"goal/{record.pk}")
    before, met = float(60 + dice % 25), bool(record.data.get("met"))
    target = before + 10
    topic = str(record.data.get("topic", "现场管理"))
    opened = record.occurred_on - timedelta(days=TOOK)
    data: dict[str, Value] = {
        "topic": topic,
        "measure": "现场检查得分",
        "before": before,
        "target": target,
        "due": record.occurred_on.isoformat(),
    }
    by = f"{record.unit.name}支部书记"
    steps = (
        Went("plan", 8, by, {"how": HOW}),
        Went("do", 60, by, {"done": "对策都已实施，记录在班组台账"}),
        Went("check", 5, by, {"reached": target + 1 if met else before + 3, "met": met}),
        Went("act", 2, by, {"standard": bool(record.data.get("standard"))}),
    )
    return Course(record.unit, PROCEDURE, opened, data, by, steps, record)


def begun(scene: Scene) -> Iterator[Begun]:
    """One at work and one to be checked in every flagship company."""
    said: dict[str, dict[str, Value]] = {"plan": {"how": HOW}, "do": {"done": "对策都已实施"}}
    for unit in scene.shown(PROCEDURE):
        for number, verbs in enumerate((("plan",), ("plan", "do"))):
            due = (scene.today + timedelta(days=20)).isoformat()
            data = GOALS[number] | {"due": due}
            yield Begun(unit, PROCEDURE, data, days_ago=30 + 10 * number, verbs=verbs, said=said, by=f"{unit.name}支部书记")
