"""选拔报名: who applied; names and numbers are kept apart, and of what is over they are gone."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.open_selection import seeking
from fanxing.demo.matters.scene import Begun, Scene

PROCEDURE = "selection_application"
# Invented, with numbers that nobody can have.
APPLICANTS = (
    ("乔知夏", "大专，做过两年电商客服，会用表格", "000-0000-0117"),
    ("宋砚秋", "高中，管过三年合作社仓库", "000-0000-0126"),
    ("林穗", "中专，在县城开过店，去年回村", "000-0000-0135"),
)


def courses(scene: Scene) -> Iterator[Course]:
    """Those of the selections of last year."""
    for unit, opened_on, count in seeking(scene):
        for number in range(count):
            steps = (Went("qualify", 4, f"{unit.name}支部书记"),)
            yield Course(unit, PROCEDURE, opened_on + timedelta(days=2 + number), {"post": "committee"}, "群众", steps)


def begun(scene: Scene) -> Iterator[Begun]:
    """Two that the secretary has to look at, and one that the township is asked to look at again."""
    unit = next(scene.shown(PROCEDURE), None)
    if unit is None:
        return
    ways: tuple[tuple[str, ...], ...] = ((), (), ("not_qualify", "ask_again"))
    reasons = {"not_qualify": "条件写明要做过一年以上经营，说明里没有", "ask_again": "补写：开店两年，有执照"}
    for (name, meets, phone), verbs in zip(APPLICANTS, ways, strict=True):
        data = {"post": "reserve", "meets": meets, "name": name, "phone": phone}
        yield Begun(unit, PROCEDURE, data, 2, verbs, reasons=reasons, by="群众")
