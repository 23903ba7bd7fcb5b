"""招聘: what shops and firms had to fill, whom their community found for them, and what is open."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme.model import Value

KIND, PROCEDURE = "job", "vacancy"
# Who offers what work, when, and for how much, by the sort of employer.
OFFERS = {
    "shop": (
        ("李记面馆", "food", "full", "每月 3000 元，包两餐"),
        ("家家乐超市", "sales", "morning", "每小时 18 元"),
        ("福气早餐铺", "food", "morning", "每月 1800 元"),
        ("晨光文具店", "sales", "evening", "每小时 16 元"),
    ),
    "firm": (
        ("宏盛服装厂", "making", "full", "每月 4200 元，缴社保"),
        ("速达物流", "logistics", "evening", "每小时 20 元"),
        ("康宁物业", "guard", "full", "每月 2600 元，缴社保"),
    ),
    "public": (("社区公益性岗位", "guard", "morning", "每月 1900 元"),),
    "other": (("日间照料中心", "care", "any", "按次计，每次 80 元"), ("社区食堂", "food", "full", "每月 2800 元，包餐")),
}
# What is open in a community, one after the other.
OPEN = (OFFERS["shop"][0], OFFERS["shop"][1], OFFERS["firm"][1], OFFERS["firm"][2], OFFERS["other"][0])
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
    steps = (Went("publish", dice % 2, staff), Went("close", 20, staff, {"others": hired - placed}, after_some=placed))
    opened = record.occurred_on - timedelta(days=sum(one.after for one in steps))
    sort = str(record.data["employer"])
    said = _form(record.unit, sort, OFFERS[sort][dice // 3 % len(OFFERS[sort])]) | {"wanted": record.data["wanted"]}
    return Course(record.unit, PROCEDURE, opened, said, str(said["employer"]), steps, record)


def _form(unit: Unit, sort: str, offer: tuple[str, str, str, str]) -> dict[str, Value]:
    employer, work, hours, pay = offer
    return {"employer": employer if unit.kind == "community" else unit.name, "sort": sort, "work": work, "hours": hours, "pay": pay}


def offered(unit: Unit, number: int) -> dict[str, object]:
    """The form of one that is open: for each number another."""
    sorts = {offer: sort for sort, offers in OFFERS.items() for offer in offers}
    offer = OPEN[number] if unit.kind == "community" else OFFERS["firm"][number]
    return {**_form(unit, sorts[offer], offer), "wanted": 2, "contact": TELEPHONE.format(100 + number)}


def begun(scene: Scene) -> Iterator[Begun]:
    """In every flagship two that are open, and one still to be looked at."""
    for unit in scene.shown(PROCEDURE):
        for number, verbs in enumerate((("publish",), ("publish",), ())):
            form = offered(unit, number)
            yield Begun(unit, PROCEDURE, form, days_ago=12 - 5 * number, verbs=verbs, by=str(form["employer"]))
