"""办事申请: what was asked for at the window of a community, and what of it is still on its way."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND, PROCEDURE, GUIDE = "request", "service_request", "service_item"
# What the guide says: what, which group, what to bring, how long it takes, where, and the address where it is done online.
ITEMS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("最低生活保障申请", "benefit", "到窗口说明，工作人员帮您看缺什么", "30 个工作日", "民政窗口", "https://fuwu.example/"),
    ("退役军人优待证", "benefit", "退役证件、一寸照片", "20 个工作日", "退役军人服务站", "https://fuwu.example/"),
    ("失业登记", "labour", "社保卡", "当场办", "劳动保障窗口", ""),
    ("灵活就业参保咨询", "labour", "社保卡", "当场答", "劳动保障窗口", ""),
    ("预防接种预约", "clinic", "接种本", "按预约的时间", "社区卫生服务站", ""),
    ("代缴水电费", "utility", "户号", "当场办", "便民服务窗口", ""),
    ("暖气报停、报修", "utility", "户号", "2 个工作日", "便民服务窗口", ""),
    ("居住证明", "proof", "房产证或租房合同", "当场办", "便民服务窗口", ""),
    ("无房证明盖章", "proof", "不动产查询结果", "当场办", "便民服务窗口", ""),
)
ASKED: tuple[tuple[str, str], ...] = (
    ("居住证明", "proof"),
    ("失业登记", "labour"),
    ("代缴电费", "utility"),
    ("暖气报停", "utility"),
    ("就业困难补贴咨询", "labour"),
    ("无房证明盖章", "proof"),
)
RESULTS = ("已办好，当面交给申请人", "已代缴，收据在窗口领", "已盖章，一式两份")
LATE_BY = 12
ANSWERED_AFTER = 7
# What is on its way: how many days ago it was asked for, and what was done with it since.
WAYS: tuple[tuple[int, tuple[str, ...]], ...] = ((0, ()), (1, ("accept",)), (3, ("accept", "need_more")), (2, ("accept", "done")))
SAID: dict[str, dict[str, Value]] = {"need_more": {"lacking": "租房合同原件"}, "done": {"result": RESULTS[0]}}


def guide(scene: Scene) -> Iterator[tuple[Unit, dict[str, str]]]:
    """What can be done at the windows of the flagship communities."""
    fields = ("item", "group", "bring", "takes", "where", "link")
    for unit in _communities(scene):
        yield from ((unit, {id: text for id, text in zip(fields, item, strict=True) if text}) for item in ITEMS)


def courses(scene: Scene) -> Iterator[Course]:
    """What the ledgers of the known communities say was asked for and settled, as it went."""
    return (_course(record) for record in scene.records(KIND, {"closed": True}) if record.unit.kind == "community")


def _course(record: Record) -> Course:
    dice = number_of(f"service_request/{record.pk}")
    item, group = ASKED[dice % len(ASKED)]
    slow = LATE_BY if record.data.get("overdue") else dice // 7 % 3
    data: dict[str, Value] = {"item": item, "group": group}
    window = f"{record.unit.name}便民服务窗口"
    rated = "satisfied" in record.data
    last = Went("rate", 1, "群众", {"satisfied": bool(record.data["satisfied"])}) if rated else Went("close", ANSWERED_AFTER)
    steps = (Went("accept", 0, window), Went("done", slow, window, {"result": RESULTS[dice // 5 % len(RESULTS)]}), last)
    opened = record.occurred_on - timedelta(days=sum(one.after for one in steps))
    return Course(record.unit, PROCEDURE, opened, data, "群众", steps, record)


def begun(scene: Scene) -> Iterator[Begun]:
    """One in every state of the table in every flagship community."""
    for unit in _communities(scene):
        for number, (days_ago, verbs) in enumerate(WAYS):
            item, group = ASKED[number]
            yield Begun(unit, PROCEDURE, {"item": item, "group": group}, days_ago, verbs, SAID)


def _communities(scene: Scene) -> Iterator[Unit]:
    return (one for one in scene.shown(PROCEDURE) if one.kind == "community")
