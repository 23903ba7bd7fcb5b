"""评选表彰: how those came to be honoured whom the ledgers count, and selections that are on their way."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.demo.names import GIVEN_NAMES, SURNAMES
from fanxing.records.models import Record
from fanxing.scheme.days import months_after
from fanxing.scheme.model import Value

KIND, PROCEDURE = "honour", "honour_selection"
# Days from the conditions to the day of the honour, and how long it holds.
BEFORE, HOLDS = 45, 365
# No more are named of one honour; of one honour in so many nobody agreed to be named.
NAMED, UNNAMED_OF = 12, 6
OF_WOMEN = ("daughter_in_law", "mother_in_law")
WOMEN = ("秀兰", "玉梅", "春燕", "桂芝", "丽娟", "红霞", "素贞", "喜凤", "淑惠", "月娥", "彩云", "金枝", "兰英", "巧珍", "银杏", "薇")
CONDITIONS = {
    "filial": "一年以上照料家里老人，邻里公认",
    "helping": "帮过三户以上，受帮的人愿意作证",
    "green_yard": "院里院外整洁，分类投放一年没有提醒",
    "neighbour": "邻里有事肯出力，调解过纠纷",
    "role_model": "做过一件大家都知道的好事",
}
CONDITION = "事迹清楚，邻里公认"
DEEDS = "照料独居邻居两年，天天送一顿热饭"
OBJECTION = "事迹写得太短，看不出做了多久，建议补上。"


def courses(scene: Scene) -> Iterator[Course]:
    """The selections behind what the ledgers of the villages and of the flagships say; who was honoured is kept as long as the procedure
    says, and stands in public for the term of the honour."""
    own, months = set(scene.own), scene.procedures[PROCEDURE].retention
    for record in scene.records(KIND):
        if record.unit.kind == "village" or record.unit in own:
            is_kept = months is not None and months_after(record.occurred_on, months) > scene.today
            yield _course(record, is_kept=is_kept)


def _course(record: Record, *, is_kept: bool) -> Course:
    dice = number_of(f"{PROCEDURE}/{record.pk}")
    own, title, people = f"{record.unit.name}支部书记", str(record.data["title"]), int(record.data["people"])
    day = record.occurred_on
    met = day - timedelta(days=18 + dice % 5)
    until = day + timedelta(days=HOLDS)
    forward: dict[str, Value] = {"nominated": people + dice % 4, "deeds": DEEDS, "agreed": True, "minors": False}
    names = _names(record, people) if dice % UNNAMED_OF else ""
    steps = (
        Went("put_forward", 20, own, forward),
        Went("minuted", (met - day).days + BEFORE - 20, own, {"met_on": met.isoformat(), "met_there": 7 + dice % 9}),
        Went("publish", 2, own, {"people": people, "may_name": bool(names)}, personal={"names": names} if names and is_kept else {}),
        Went("stood", 9, "系统"),
        Went("honour", (day - met).days - 11, own, {"honoured_on": day.isoformat(), "valid_until": until.isoformat()}),
    )
    return Course(record.unit, PROCEDURE, day - timedelta(days=BEFORE), _conditions(title, people), own, steps, record)


def _names(record: Record, people: int) -> str:
    """Who agreed to be named: invented names."""
    given = WOMEN if record.data["title"] in OF_WOMEN else GIVEN_NAMES
    throws = (number_of(f"{PROCEDURE}/{record.pk}/{number}") for number in range(min(people, NAMED)))
    whole = (SURNAMES[throw % len(SURNAMES)] + given[throw // 1_000 % len(given)] for throw in throws)
    return "、".join(dict.fromkeys(whole))


def _conditions(title: str, places: int) -> dict[str, Value]:
    return {"title": title, "conditions": CONDITIONS.get(title, CONDITION), "places": places}


def begun(scene: Scene) -> Iterator[Begun]:
    """In the secretary's village and the flagship communities one that takes nominations, one that is judged, one that stands in public
    with names and an objection, and one to be honoured."""
    said: dict[str, dict[str, Value]] = {
        "put_forward": {"nominated": 4, "deeds": DEEDS, "agreed": True, "minors": False},
        "minuted": {"met_there": 11},
        "publish": {"people": 2, "may_name": True, "names": "宋秋禾、乔麦"},
    }
    ways: tuple[tuple[str, int, tuple[str, ...]], ...] = (
        ("green_yard", 3, ()),
        ("helping", 6, ("put_forward",)),
        ("neighbour", 8, ("put_forward", "minuted", "publish")),
        ("filial", 21, ("put_forward", "minuted", "publish", "stood")),
    )
    for unit in scene.shown(PROCEDURE):
        if unit.kind not in ("village", "community"):
            continue
        for title, days_ago, verbs in ways:
            met = {"minuted": {**said["minuted"], "met_on": (scene.today - timedelta(days=days_ago - 5)).isoformat()}}
            objection = OBJECTION if title == "neighbour" else ""
            waits = {"put_forward": 3, "minuted": 2, "stood": 10}
            yield Begun(
                unit,
                PROCEDURE,
                _conditions(title, 2),
                days_ago,
                verbs,
                said | met,
                waits=waits,
                objection=objection,
                by=f"{unit.name}支部书记",
            )
