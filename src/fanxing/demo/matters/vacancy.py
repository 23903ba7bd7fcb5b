"""招聘: what shops and firms had to fill, whom their community found for them, and what is open."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND, PROCEDURE = "job", "vacancy"
EMPLOYERS = {
    "shop": ("李记面馆", "家家乐超市", "晨光文具店", "福气早餐铺"),
    "firm": ("宏盛服装厂", "速达物流", "康宁物业"),
    "public": ("社区公益性岗位",),
    "other": ("日间照料中心", "社区食堂"),
}
# What is to be done, when, and for how much.
OFFERS = (
    ("food", "full", "每月 3000 元，包两餐"),
    ("sales", "morning", "每小时 18 元"),
    ("logistics", "evening", "每小时 20 元"),
    ("care", "any", "按次计，每次 80 元"),
    ("making", "full", "每月 4200 元，缴社保"),
    ("guard", "full", "每月 2600 元"),
)
# Fewer than so many a vacancy were found by the community.
PLACED = 3
TELEPHONE = "0099-2610{:03}"


def courses(scene: Scene) -> Iterator[Course]:
    """What the ledgers say was offered, as it went."""
    return (_course(record) for record in scene.records(KIND))


def _course(record: Record) -> Course:
    dice = number_of(f"vacancy/{record.pk}")
    staff = f"{record.unit.name}支部书记"
    hired = int(record.data["hired"])
    # Whoever seeks work is entered by a community.
    placed = min(hired, dice % PLACED) if record.unit.kind == "community" else 0
    steps = (Went("publish", dice % 2, staff), Went("close", 20, staff, {"others": hired - placed}))
    opened = record.occurred_on - timedelta(days=sum(one.after for one in steps))
    data = {**_offer(str(record.data["employer"]), dice, record.unit.name), "wanted": record.data["wanted"]}
    if record.unit.kind != "community":
        data["employer"] = record.unit.name
    return Course(record.unit, PROCEDURE, opened, data, str(data["employer"]), steps, record)


def _offer(sort: str, dice: int, place: str) -> dict[str, Value]:
    names = EMPLOYERS[sort]
    work, hours, pay = OFFERS[dice // 3 % len(OFFERS)]
    return {"employer": names[dice // 5 % len(names)], "sort": sort, "work": work, "hours": hours, "pay": pay, "place": f"{place}内"}


def offered(place: str, number: int) -> dict[str, object]:
    """The form of one that is open: for each number another."""
    said = _offer(tuple(EMPLOYERS)[number % 2], 15 * number, place)
    work, hours, pay = OFFERS[number % len(OFFERS)]
    return {**said, "work": work, "hours": hours, "pay": pay, "wanted": 2, "contact": TELEPHONE.format(100 + number)}


def begun(scene: Scene) -> Iterator[Begun]:
    """In every flagship two that are open, and one still to be looked at."""
    for unit in scene.shown(PROCEDURE):
        for number, verbs in enumerate((("publish",), ("publish",), ())):
            data = offered(unit.name, number)
            if unit.kind != "community":
                data |= {"employer": unit.name, "sort": "firm"}
            yield Begun(unit, PROCEDURE, data, days_ago=12 - 5 * number, verbs=verbs)
