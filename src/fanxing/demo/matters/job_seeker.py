"""求职: who was put together with a vacancy and stayed, and who still seeks work."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.matters import vacancy
from fanxing.demo.matters.courses import Course, Went
from fanxing.demo.matters.scene import Begun, Paired, Scene
from fanxing.procedures.models import Matter, MatterRecord, MatterStep
from fanxing.scheme.model import Value

PROCEDURE = "job_seeker"
ABLE = ("做过三年", "肯学，能吃苦", "有证", "住得近，随叫随到")
STAYS = timedelta(days=90)
STAYED_OF = 4
SEEKS: tuple[dict[str, object], ...] = (
    {"work": "food", "hours": "full", "about": "做过三年面点"},
    {"work": "any", "hours": "morning", "about": "接送孩子之间有空"},
    {"work": "repair", "hours": "any", "about": "会水电维修"},
)


def courses(scene: Scene) -> Iterator[Course]:
    """Whoever filled the closed vacancies of communities, those left out whom the shops found themselves."""
    left = MatterRecord.objects.filter(matter__procedure_id=vacancy.PROCEDURE).select_related("matter__unit", "record").order_by("pk")
    for one in left:
        for number in range(int(one.record.data["hired"]) - int(one.matter.data["others"])):
            yield _course(one.matter, number, scene)


def _course(filled: Matter, number: int, scene: Scene) -> Course:
    assert filled.ended_on is not None  # it left a record
    dice = number_of(f"job_seeker/{filled.opened_on}/{filled.unit.code}/{number}")
    staff, hired = f"{filled.unit.name}支部书记", filled.ended_on - timedelta(days=number)
    data: dict[str, Value] = {"work": filled.data["work"], "hours": filled.data["hours"], "about": ABLE[dice % len(ABLE)]}
    steps = [
        Went("match", 5, staff, {"vacancy": filled.number}),
        Went("interview", 1, staff, {"meets_on": (hired - timedelta(days=1)).isoformat()}),
        Went("hire", 2, staff, {"begins": hired.isoformat()}),
    ]
    if hired + STAYS < scene.today - timedelta(days=10):
        ends = "go" if dice % STAYED_OF == 0 else "stay"
        steps += [Went("call", STAYS.days + 1, "系统"), Went(ends, 2, staff)]
    return Course(filled.unit, PROCEDURE, hired - timedelta(days=8), data, "居民", tuple(steps))


def name_in_vacancies() -> None:
    """Let every vacancy that is over name, in the steps left free before its end, those who were put together with it."""
    found = (
        MatterStep.objects.filter(matter__procedure_id=PROCEDURE, verb="match").select_related("matter__unit").order_by("taken_at", "pk")
    )
    seekers: dict[str, list[MatterStep]] = defaultdict(list)
    for one in found:
        seekers[str(one.data["vacancy"])].append(one)
    ends = MatterStep.objects.filter(matter__procedure_id=vacancy.PROCEDURE, verb="close").select_related("matter__unit")
    rows = [row for end in ends for row in _named_before(end, seekers[end.matter.number])]
    MatterStep.objects.bulk_create(rows)
    for row in rows:
        row.matter.data["seeker"] = row.data["seeker"]
    Matter.objects.bulk_update({row.matter for row in rows}, ["data"])


def _named_before(end: MatterStep, seekers: Sequence[MatterStep]) -> Iterator[MatterStep]:
    for number, one in enumerate(seekers, start=end.number - len(seekers)):
        yield MatterStep(
            matter=end.matter,
            number=number,
            verb="match",
            source=end.source,
            target=end.source,
            data={"seeker": one.matter.number},
            due_on=end.due_on,
            entered_on=end.entered_on,
            taken_at=one.taken_at,
            taken_by=end.taken_by,
            taken_by_title=one.taken_by_title,
        )


def begun(scene: Scene) -> Iterator[Begun]:
    """In every flagship community one who fits a vacancy, one who is free, and one for whom there is none."""
    for unit in scene.shown(PROCEDURE):
        for number, data in enumerate(SEEKS):
            said = {**data, "contact": vacancy.TELEPHONE.format(200 + number)}
            yield Begun(unit, PROCEDURE, said, days_ago=6 - number)


def together(scene: Scene) -> Iterator[Paired]:
    """In every flagship community one who talks with a shop, and one who was taken on."""
    for unit in scene.shown(PROCEDURE):
        for number, verbs in ((3, ("interview",)), (4, ("interview", "hire"))):
            data = vacancy.offered(unit, number)
            wanted = Begun(unit, vacancy.PROCEDURE, data, days_ago=30, verbs=("publish",), by=str(data["employer"]))
            seeks = {"work": data["work"], "hours": data["hours"], "about": ABLE[number % len(ABLE)]}
            offered = Begun(unit, PROCEDURE, {**seeks, "contact": vacancy.TELEPHONE.format(300 + number)}, days_ago=25)
            begins = (scene.today - timedelta(days=2)).isoformat()
            yield Paired(wanted, offered, days_ago=4, verbs=verbs, said={"interview": {"meets_on": begins}, "hire": {"begins": begins}})
