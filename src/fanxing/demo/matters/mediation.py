"""矛盾调解: how what the ledger calls a dispute was settled, and which of the four roads it took; no party is told of."""

from collections.abc import Iterator
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Scene
from fanxing.organisations.models import Unit
from fanxing.records.models import Record

PROCEDURE = "mediation"
KIND = "dispute"
MONTH = 31
REASONS = ("一方不愿在网格里谈", "说不拢，想请人评评理", "涉及合同条款，要问懂法的人", "需要上级部门一起协调")


def courses(scene: Scene) -> Iterator[Course]:
    """What was settled where people live, a month ago or more, so that somebody has asked whether the peace holds."""
    grids = {one.parent_id: one for one in scene.of_kind("grid")}
    for record in scene.records(KIND, {}):
        over = record.occurred_on + timedelta(days=MONTH + 1) <= scene.today
        if over and record.unit.kind != "enterprise" and record.data.get("outcome") != "open":
            yield _course(record, grids.get(record.unit_id))


def _course(record: Record, grid: Unit | None) -> Course:
    dice = number_of(f"{PROCEDURE}/{record.pk}")
    own = f"{record.unit.name}{'小区网格长' if record.unit.kind == 'compound' else '支部书记'}"
    send = Went("send", 0, own, {"grid": grid.code} if grid else {})
    slow = 16 if record.data.get("overdue") else dice % 3
    settled = {"settled_on": record.occurred_on.isoformat(), "agreement": "written" if dice % 4 == 0 else "spoken"}
    by = f"{grid.name}网格长" if grid else own
    if record.data["outcome"] == "settled_above":
        ups = tuple(Went("hand_up", 1, own, reason=reason) for reason in REASONS)
        way = (*ups, Went("settle", 2 + slow * 3, "乡镇经办员", settled))
    elif dice % 3 == 0:
        way = (Went("hand_up", 1, by, reason=REASONS[0]), Went("settle", slow, "调解员", settled))
    else:
        way = (Went("settle", slow, by, settled),)
    before = sum(one.after for one in way)
    if record.data.get("reopened"):
        way = (*way, Went("relapse", 4, own, reason="又起争执"), Went("settle", 3, "调解员", settled))
        before += 7
    steps = (send, *way, Went("month_over", MONTH, "系统"), Went("hold", 1, own))
    return Course(
        record.unit,
        PROCEDURE,
        record.occurred_on - timedelta(days=before),
        {"about": str(record.data.get("about", "other"))},
        own,
        steps,
        record,
        grid,
    )


def begun(scene: Scene) -> Iterator[Begun]:
    """One to be sent to whoever mediates first, where somebody signs in."""
    for number, unit in enumerate(scene.shown(PROCEDURE)):
        yield Begun(unit, PROCEDURE, {"about": "neighbours"}, 1 + number % 2, ("send",) if number % 2 else ())
