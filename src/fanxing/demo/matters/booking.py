"""约场地: what the rooms of the flagship communities were used for, and who has booked them next."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.organisations.models import Unit
from fanxing.scheme.model import Value

PROCEDURE = "booking"
USES: tuple[tuple[str, str, str, int], ...] = (
    ("hall", "morning", "楼栋长碰头会", 12),
    ("activity", "evening", "广场舞队排练", 20),
    ("meeting", "afternoon", "加装电梯议事", 15),
    ("hall", "afternoon", "老年书法课", 18),
    ("activity", "morning", "少儿读书角", 25),
)
WEEKS = 12
EVERY = timedelta(days=7)


def courses(scene: Scene) -> Iterator[Course]:
    """What was held in the last weeks."""
    for unit in _communities(scene):
        for week in range(1, WEEKS + 1):
            for number, (room, slot, purpose, people) in enumerate(USES):
                day = scene.today - week * EVERY + timedelta(days=number)
                data: dict[str, Value] = {"room": room, "slot": slot, "purpose": purpose, "people": people, "day": day.isoformat()}
                steps = (Went("confirm", 1, f"{unit.name}便民服务窗口"), Went("used", 3, f"{unit.name}便民服务窗口"))
                yield Course(unit, PROCEDURE, day - timedelta(days=4), data, "居民", steps)


def begun(scene: Scene) -> Iterator[Begun]:
    """What is booked this week and the next: some of it is still to be agreed to."""
    for unit in _communities(scene):
        for number, (room, slot, purpose, people) in enumerate(USES):
            day = scene.today + timedelta(days=1 + 2 * number)
            data = {"room": room, "slot": slot, "purpose": purpose, "people": people, "day": day.isoformat()}
            yield Begun(unit, PROCEDURE, data, days_ago=0 if number % 2 else 2, verbs=() if number % 2 else ("confirm",))


def _communities(scene: Scene) -> Iterator[Unit]:
    return (one for one in scene.shown(PROCEDURE) if one.kind == "community")
