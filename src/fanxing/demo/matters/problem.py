"""问题清单: what visits and sweeps found lately; what was struck off before stands in the ledger as counts alone."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.scheme.model import Value

PROCEDURE = "problem"
FOUND = (
    ("活动室灭火器压力不足", "sweep", "danger"),
    ("党务公开栏还是上季度的内容", "visit", "normal"),
    ("会议记录缺签到", "review", "normal"),
    ("路口绿化遮挡视线", "sweep", "normal"),
    ("便民服务点没有写明值班时间", "own", "normal"),
)
RESULTS = ("已更换，附近一并查过", "已换上本季度内容", "已补签并写明原因", "已修剪", "已张贴值班表")
EACH = 4


def courses(scene: Scene) -> Iterator[Course]:
    """What was found in the last year in the units that sign in and the flagships, and struck off."""
    for number, unit in enumerate(scene.shown(PROCEDURE)):
        for turn in range(EACH):
            which = (number + turn) % len(FOUND)
            what, source, severity = FOUND[which]
            data: dict[str, Value] = {"what": what, "source": source, "severity": severity}
            own, town = f"{unit.name}支部书记", "乡镇审核员"
            steps = (
                Went("take", 1, own, {"owner": "支部副书记", "measures": "本周内办完"}),
                Went("fixed", 3 + turn, own, {"result": RESULTS[which]}),
                Went("strike", 2, town),
            )
            yield Course(unit, PROCEDURE, scene.today - timedelta(days=60 + 70 * turn + number), data, town, steps)


def begun(scene: Scene) -> Iterator[Begun]:
    """One to be taken up, one at work and one to be struck off."""
    said: dict[str, dict[str, Value]] = {"take": {"owner": "支部副书记"}, "fixed": {"result": "已按要求整改"}}
    ways: tuple[tuple[str, ...], ...] = ((), ("take",), ("take", "fixed"))
    for unit in scene.shown(PROCEDURE):
        for number, verbs in enumerate(ways):
            what, source, severity = FOUND[number]
            yield Begun(unit, PROCEDURE, {"what": what, "source": source, "severity": severity}, 2 * number, verbs, said)
