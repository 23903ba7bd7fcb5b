"""公开选拔: candidates that some villages proposed for an election, and two that the secretary's village is about to choose."""

from collections.abc import Iterator
from datetime import date, timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.organisations.models import Unit
from fanxing.scheme.model import Value

PROCEDURE = "open_selection"
# One village in so many sought somebody last year.
ONE_IN = 4
MONTH = 3
DATA: dict[str, dict[str, Value]] = {
    "committee": {"post": "committee", "work": "分管环境整治和公益岗", "conditions": "高中以上，在村里住，会用电脑"},
    "officer": {"post": "officer", "work": "办村务、管台账、接待群众", "conditions": "高中以上，会用电脑，能坐班"},
    "reserve": {"post": "reserve", "work": "跟班学习，参与合作社经营", "conditions": "三十五岁以下，愿意回村，做过一年以上经营"},
}


def sought(post: str) -> dict[str, Value]:
    """What is published when somebody is sought."""
    return {**DATA[post], "places": 1, "how": "到村部报名，也可以在网上报名"}


def courses(scene: Scene) -> Iterator[Course]:
    """Candidates for the villagers' committee, left to the election; or nobody who fits."""
    for unit, opened_on, found in seeking(scene):
        yield Course(unit, PROCEDURE, opened_on, sought("committee"), _own(unit), _steps(unit, opened_on, found))


def seeking(scene: Scene) -> Iterator[tuple[Unit, date, int]]:
    """The villages that sought somebody last year, from when, and how many applied."""
    for unit in scene.of_kind("village"):
        dice = number_of(f"{PROCEDURE}/{unit.code}")
        if dice % ONE_IN == 0:
            yield unit, date(scene.today.year - 1, MONTH, 4) + timedelta(days=dice // ONE_IN % 10), dice // 7 % 4


def _own(unit: Unit) -> str:
    return f"{unit.name}支部书记"


def _steps(unit: Unit, opened_on: date, found: int) -> tuple[Went, ...]:
    closed = Went("closed", 12, "系统")
    if not found:
        return closed, Went("give_up", 1, _own(unit), reason="没有人报名，下半年再办")
    reviewed = (opened_on + timedelta(days=17)).isoformat()
    return (
        closed,
        Went("list", 1, _own(unit), {"applied": found, "qualified": found, "exceptions": 0}),
        Went("minuted", 2, _own(unit), {"checked_on": (opened_on + timedelta(days=15)).isoformat()}),
        Went("propose", 3, _own(unit), {"reviewed_by": "interview", "reviewed_on": reviewed, "agreed": True}),
        Went("stood", 9, "系统"),
        Went("recommend", 2, "乡镇审核员"),
    )


def begun(scene: Scene) -> Iterator[Begun]:
    """One that takes applications, and one that the township is to decide."""
    unit = next(scene.shown(PROCEDURE), None)
    if unit is None:
        return
    yield Begun(unit, PROCEDURE, sought("reserve"), days_ago=3, by=_own(unit))
    said: dict[str, dict[str, Value]] = {
        "list": {"applied": 3, "qualified": 2, "exceptions": 0},
        "minuted": {"checked_on": (scene.today - timedelta(days=15)).isoformat()},
        "propose": {
            "reviewed_by": "interview",
            "reviewed_on": (scene.today - timedelta(days=13)).isoformat(),
            "name": "乔知夏",
            "agreed": True,
        },
    }
    waits = {"closed": 12, "minuted": 2, "propose": 2, "stood": 10}
    yield Begun(unit, PROCEDURE, sought("officer"), 28, ("closed", "list", "minuted", "propose", "stood"), said, waits=waits, by=_own(unit))
