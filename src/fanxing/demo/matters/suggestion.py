"""合理化建议: what workers suggested, what became of it, and what finance found it worth."""

from collections.abc import Iterator

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

PROCEDURE = "suggestion"
IDEAS = {
    "quality": ("来料先抽检再入库", "装配线加一道目检", "量具每周校一次"),
    "safety": ("行车吊钩加防脱卡", "叉车转角装凸面镜", "配电箱加锁挂牌"),
    "cost": ("边角料分类回收", "照明改成分区控制", "包装箱循环使用"),
    "process": ("换模工具做成小推车", "两道工序合并到一个工位", "烘干时间按季节调整"),
    "welfare": ("夜班加一顿热餐", "更衣室装烘鞋机", "食堂错峰就餐"),
    "other": ("样品室编号上墙", "班前会改到现场开", "旧图纸扫描归档"),
}
TEAMS = ("装配班", "设备部", "质检科", "仓储组", "动力车间")


def courses(scene: Scene) -> Iterator[Course]:
    """What the ledgers of the companies say was suggested, as it went."""
    return (_course(record) for record in scene.records(PROCEDURE))


def _course(record: Record) -> Course:
    dice = number_of(f"suggestion/{record.pk}")
    about = str(record.data.get("about", "other"))
    data: dict[str, Value] = {"idea": IDEAS[about][dice % 3], "about": about, "by_member": bool(record.data.get("by_member"))}
    unit = record.unit.name
    return Course(record.unit, PROCEDURE, record.occurred_on, data, f"{unit}职工", _steps(record, dice, unit), record)


def _steps(record: Record, dice: int, unit: str) -> tuple[Went, ...]:
    branch, finance = f"{unit}支部书记", f"{unit}财务负责人"
    if not record.data.get("adopted"):
        return (Went("decline", dice % 8, branch, reason="现有设备做不到，等更新设备时再议"),)
    adopted = Went("adopt", dice % 8, branch, {"owner": TEAMS[dice % len(TEAMS)]})
    if not record.data.get("put_right"):
        return adopted, Went("give_up", 20 + dice % 20, branch, reason="试了两周，效果不明显")
    value = record.data.get("value", 0)
    done = Went("put_right", 10 + dice % 30, branch, {"done": "已照做，写进作业指导书"})
    return adopted, done, Went("confirm", 1 + dice % 9, finance, {"value": value, "ground": "按上一年度同期用量核算"})


def begun(scene: Scene) -> Iterator[Begun]:
    """One of each sort in every flagship company: to be assessed, on its way, to be valued."""
    ways: tuple[tuple[str, ...], ...] = ((), ("adopt",), ("adopt", "put_right"))
    said = {"adopt": {"owner": TEAMS[0]}, "put_right": {"done": "已照做，写进作业指导书"}}
    for unit in scene.shown(PROCEDURE):
        for number, verbs in enumerate(ways):
            about = tuple(IDEAS)[number]
            data = {"idea": IDEAS[about][number], "about": about, "by_member": number == 1}
            yield Begun(unit, PROCEDURE, data, days_ago=2 + 3 * number, verbs=verbs, said=said, by=f"{unit.name}职工")
