"""联席会议: topics, who went to do them, and what was struck off."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND = PROCEDURE = "joint_meeting"
AGREED = ("物业一周内办，社区跟着看", "业委会出方案，下次会上定", "先清理再划线，楼栋长带头", "请厂家来看，费用从公共收益里出")
RESULTS = ("已办完，现场看过", "办完大部分，其余的另找办法", "已整改，住户没有意见")


def courses(scene: Scene) -> Iterator[Course]:
    """The meetings of the ledger, each with its topic, what was agreed and what was done."""
    for record in scene.records(KIND):
        dice = number_of(f"{PROCEDURE}/{record.pk}")
        if record.occurred_on + timedelta(days=_days(dice) + 1) <= scene.today:
            yield _course(record, dice)


def _days(dice: int) -> int:
    return 4 + dice // 3 % 20


def _course(record: Record, dice: int) -> Course:
    own = f"{record.unit.name}{'小区网格长' if record.unit.kind == 'compound' else '支部书记'}"
    topic = {"topic": str(record.data.get("topic", "小区公共事务")), "form": "talk" if dice % 5 == 0 else "property"}
    agreed: dict[str, Value] = {
        "held_on": record.occurred_on.isoformat(),
        "due": 6,
        "there": 4 + dice % 3,
        "agreed": AGREED[dice % len(AGREED)],
        "matters": record.data["matters"],
        "term": "month",
    }
    steps = (
        Went("agree", 3, own, agreed),
        Went("finish", _days(dice), own, {"result": RESULTS[dice % len(RESULTS)]}),
        Went("close", 1, own, {"settled": record.data["settled"]}),
    )
    by = "居民" if dice % 2 else own
    return Course(record.unit, PROCEDURE, record.occurred_on - timedelta(days=3), topic, by, steps, record)


def begun(scene: Scene) -> Iterator[Begun]:
    """A topic that somebody brought to the flagship communities."""
    for unit in scene.shown(PROCEDURE):
        yield Begun(unit, PROCEDURE, {"topic": "三号楼电梯常停", "form": "property"}, days_ago=1)
