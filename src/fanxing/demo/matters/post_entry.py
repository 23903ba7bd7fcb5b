"""任职准入: who is proposed for a party post of a company, one at each stage."""

from collections.abc import Iterator

from fanxing.demo.matters.courses import Course
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.scheme.model import Value

PROCEDURE = "post_entry"
MEETS: dict[str, Value] = {"years": True, "served": True, "trained": True, "chosen": True, "agreed": True}
# Who is proposed, which condition is not met, and how far it came.
WAYS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("梁思源", "", ()),
    ("孟晓岚", "trained", ("check", "except")),
    ("卫东平", "", ("check", "confer")),
)


def courses(scene: Scene) -> Iterator[Course]:
    """None: who came to a post stands in the assignments."""
    return iter(())


def begun(scene: Scene) -> Iterator[Begun]:
    """One of each in every flagship company."""
    reasons = {"except": "党务培训班下月开班，已报名，先任职后补训"}
    for unit in scene.shown(PROCEDURE):
        for number, (name, lacking, verbs) in enumerate(WAYS):
            checked = MEETS | ({lacking: False} if lacking else {})
            data = {"post": "committee", "name": name}
            yield Begun(
                unit,
                PROCEDURE,
                data,
                days_ago=1 + 2 * number,
                verbs=verbs,
                said={"check": checked},
                reasons=reasons,
                by=f"{unit.name}支部书记",
            )
