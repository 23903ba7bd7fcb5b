"""随手拍: what passers-by reported, handled by whoever was responsible; and a few that are still on their way."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND = PROCEDURE = "report"
DETAILS = {
    "facility": ("健身器材的螺丝松了，晃得厉害", "楼道灯不亮", "长椅的木条断了两根"),
    "road": ("路面有一处坑，下雨积水", "井盖翘起来一角", "人行道的地砖松动"),
    "waste": ("垃圾桶满了没有清", "装修垃圾堆在路边", "绿地里有人丢废旧家具"),
    "water": ("排水沟堵了，有异味", "水管接头滴水", "雨水口被落叶盖住"),
    "fire": ("楼道里停着电动车", "消防通道停了车", "灭火器过期了"),
    "other": ("公告栏的玻璃裂了", "树枝快碰到电线了", "夜里有施工声"),
}
RESULTS = ("已修好，现场看过", "当天处理完，已通知反映人", "已更换零件", "已清理，加了巡查次数", "已联系产权单位修复")
PLACES = ("文化广场", "东门口", "二号楼前", "健身角", "停车棚旁", "活动室门口", "主路中段", "小花园")
LATE_BY = 9


def courses(scene: Scene) -> Iterator[Course]:
    """What the ledgers of the known communities, compounds and villages say was reported, as it went."""
    for record in scene.records(KIND):
        yield _course(record)


def _course(record: Record) -> Course:
    dice = number_of(f"report/{record.pk}")
    about = str(record.data.get("about", "other"))
    data: dict[str, Value] = {
        "what": about,
        "detail": DETAILS[about][dice % 3],
        "place": PLACES[dice // 3 % len(PLACES)],
        "danger": dice % 11 == 0,
    }
    slow = LATE_BY if record.data.get("overdue") else dice // 7 % 3
    by = "群众" if dice % 3 else f"{record.unit.name}网格员"
    own = f"{record.unit.name}支部书记"
    steps = (
        Went("accept", 0, own),
        Went("done", slow, own, {"result": RESULTS[dice // 5 % len(RESULTS)]}),
        Went("pass", 1, own),
        *((Went("rate", 1, by, {"satisfied": dice % 9 != 0}),) if dice % 2 else ()),
    )
    return Course(record.unit, PROCEDURE, record.occurred_on - timedelta(days=slow + 1), data, by, steps, record)


# What is on its way: how many days ago it was reported, and what was done with it since. The first is so old that it is late.
WAYS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (9, ()),
    (0, ()),
    (2, ("accept",)),
    (3, ("accept", "pause")),
    (1, ("accept", "done")),
    (4, ("accept", "hand_up")),
    (2, ("refuse",)),
)
REASONS = {"pause": "等配件到货", "hand_up": "要请供电所断电才能修", "refuse": "不在本社区的地界，已告诉找谁"}


def begun(scene: Scene) -> Iterator[Begun]:
    """What is still on its way today in the secretary's village and the flagships: one in every state of the table in each."""
    for serial, unit in enumerate(scene.shown(PROCEDURE)):
        for number, (days_ago, verbs) in enumerate(WAYS):
            about = tuple(DETAILS)[(serial + number) % len(DETAILS)]
            place = PLACES[(serial + number) % len(PLACES)]
            data = {"what": about, "detail": DETAILS[about][number % 3], "place": place, "danger": number == 1}
            yield Begun(unit, PROCEDURE, data, days_ago, verbs, {"done": {"result": RESULTS[number % len(RESULTS)]}}, reasons=REASONS)
        # Somebody else saw the same lamp.
        again = tuple(DETAILS)[serial % len(DETAILS)]
        yield Begun(unit, PROCEDURE, {"what": again, "place": PLACES[serial % len(PLACES)]}, days_ago=1)
