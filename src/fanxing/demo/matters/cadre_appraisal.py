"""村干部年度考核: last year's of the villages of the township, and this year's, which begins in the secretary's village."""

from collections.abc import Iterator
from datetime import date, timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.organisations.models import Assignment, Unit, in_force
from fanxing.scheme.model import Value

PROCEDURE = "cadre_appraisal"
POSTS = {"secretary": "branch_secretary", "head": "committee_head"}
TOWN = "乡镇审核员"
WORK = "分管产业和三务公开：合作社按合同分了红，账目按季公开，灌溉渠年内完工。"
OPINION = "产业有起色；群众会开得少，明年按月开。"


def courses(scene: Scene) -> Iterator[Course]:
    """Those of the heads of the branches for the year before, filed as advice; what was said of them stood apart, and is not made up."""
    year = scene.today.year - 1
    for unit in scene.of_kind("village"):
        dice = number_of(f"{PROCEDURE}/{unit.code}")
        eligible = 24 + dice % 20
        held = date(year + 1, 1, 8) + timedelta(days=dice % 6)
        call: dict[str, Value] = {"held_on": held.isoformat(), "eligible": eligible}
        steps = (
            Went("call", 4, TOWN, call),
            Went("well", (held - date(year + 1, 1, 6)).days, TOWN, votes=(eligible - 3 - dice % 4, dice % 3, 1)),
            Went("assess", 3, TOWN),
            Went("on_paper", 1, TOWN),
            Went("signed", 2, TOWN, {"signed_on": (held + timedelta(days=6)).isoformat()}),
            Went("advise", 2, TOWN),
        )
        yield Course(unit, PROCEDURE, date(year + 1, 1, 2), {"year": str(year), "post": "secretary"}, TOWN, steps)


def begun(scene: Scene) -> Iterator[Begun]:
    """In the secretary's village their own, which is to be shared with them, and that of the head of the committee, to be checked."""
    unit = next(scene.shown(PROCEDURE), None)
    if unit is None:
        return
    said: dict[str, dict[str, Value]] = {
        "call": {"duties": "all", "held_on": (scene.today - timedelta(days=4)).isoformat(), "eligible": 31},
        "assess": {"grade": "competent", "opinion": OPINION},
    }
    waits = {"call": 3, "well": 3, "assess": 1}
    yield Begun(unit, PROCEDURE, _sheet(scene, unit, "secretary"), 9, ("call", "well", "assess"), said, {"well": (24, 3)}, waits, by=TOWN)
    yield Begun(unit, PROCEDURE, _sheet(scene, unit, "head"), 2, by=TOWN)


def _sheet(scene: Scene, unit: Unit, post: str) -> dict[str, object]:
    held = Assignment.objects.filter(in_force(scene.today), unit=unit, post=POSTS[post]).select_related("person").order_by("pk").first()
    return {"year": str(scene.today.year), "post": post, "name": held.person.name if held else "待填", "work": WORK}
