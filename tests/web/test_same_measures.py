"""Whatever was entered, corrected, confirmed, withdrawn and imported: one unit, the city and an export count the same."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record, confirm_records, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.scoring.reckoning import reckon
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.records.ingest.sheets import brought_in, csv
from tests.records.test_confirmation import CONFIRMED

FIRST = date(2026, 1, 1)
FORMS = {"lesson": "党课", "members": "党员大会"}
HEAD = ("单位代码", "日期", "会议类型", "到会人数")

STEP = st.one_of(
    st.tuples(st.just("enter"), st.sampled_from(["secretary", "clerk"]), st.sampled_from([*FORMS]), st.integers(0, 60)),
    st.tuples(st.just("import"), st.lists(st.tuples(st.sampled_from([*FORMS]), st.integers(0, 60)), min_size=1, max_size=4)),
    st.tuples(st.just("correct"), st.integers(0, 20), st.sampled_from([*FORMS]), st.integers(0, 60)),
    st.tuples(st.just("confirm"), st.integers(0, 20)),
    st.tuples(st.just("withdraw"), st.integers(0, 20)),
)

EVERY_STEP: list[tuple[object, ...]] = [
    ("enter", "clerk", "lesson", 3),
    ("import", [("lesson", 2)] * 3),
    ("confirm", 0),
    ("correct", 1, "members", 1),
    ("withdraw", 0),
]


@dataclass
class Story:
    """A ledger as it is told step by step, and by hand what of it counts: day → form of a meeting."""

    cast: Cast
    days: int = 0
    counts: dict[date, str] = field(default_factory=dict)

    def next_day(self) -> date:
        self.days += 1
        return FIRST + timedelta(days=self.days)

    def take(self, step: tuple[object, ...]) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])

    def _enter(self, who: str, form: str, attended: int) -> None:
        day, by = self.next_day(), getattr(self.cast, who)
        data = {"form": form, "attended": attended}
        add_record(unit=self.cast.village, kind="meeting", occurred_on=day, data=data, by=by, at=NOW)
        if who == "secretary":
            self.counts[day] = form

    def _import(self, rows: list[tuple[str, int]]) -> None:
        days = [self.next_day() for _ in rows]
        code = self.cast.village.code
        sheet = [(code, day, FORMS[form], attended) for day, (form, attended) in zip(days, rows, strict=True)]
        brought_in(self.cast.city, csv(HEAD, *sheet), kind="meeting", good_rows=False, correct=False)
        self.counts |= {day: form for day, (form, _) in zip(days, rows, strict=True)}

    def _correct(self, place: int, form: str, attended: int) -> None:
        if record := self._record(place):
            data = {"form": form, "attended": attended}
            arguments = {"data": data, "reason": "记错了", "by": self.cast.secretary, "at": NOW}
            correct_record(record=record, occurred_on=record.occurred_on, **arguments)  # type: ignore[arg-type]  # as named
            self.counts[record.occurred_on] = form

    def _confirm(self, place: int) -> None:
        if (record := self._record(place)) and record.awaits:
            confirm_records(records=[record], by=self.cast.secretary, at=NOW)
            self.counts[record.occurred_on] = str(record.data["form"])

    def _withdraw(self, place: int) -> None:
        if record := self._record(place):
            withdraw_record(record=record, reason="记错了", by=self.cast.secretary, at=NOW)
            self.counts.pop(record.occurred_on, None)

    def _record(self, place: int) -> Record | None:
        standing = list(Record.objects.filter(unit=self.cast.village).standing().order_by("pk"))
        return standing[place % len(standing)] if standing else None


def lessons_of(publication: Publication, units: list[Unit], unit: Unit) -> float:
    """The lessons that a reckoning of some units counts for one of them."""
    reckoning = reckon(publication, units, TODAY)
    facts = reckoning.rating.facts
    return float(facts.frame(reckoning.scheme)["lessons"][facts.units.to_list().index(unit.code)])


def exported(client: Client, unit: Unit, to: Unit) -> list[tuple[object, ...]]:
    """The meetings of a unit as its Excel has them, as rows about another unit."""
    answer = client.get(f"/records.xlsx?kind=meeting&under={unit.code}&state=")
    table = pl.read_excel(io.BytesIO(answer.getvalue()))
    for close in answer._resource_closers:
        close()
    counting = table.filter(pl.col("状态").fill_null("") != "待确认") if len(table) else table
    return [(to.code, *row) for row in counting.select(HEAD[1:]).iter_rows()]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    steps=[("enter", "clerk", "lesson", 3), ("import", [("lesson", 2)] * 3), ("confirm", 0), ("correct", 1, "members", 1), ("withdraw", 0)]
)
@given(steps=st.lists(STEP, max_size=14))
def test_one_unit_the_city_and_an_export_count_the_same(client: Client, cast: Cast, steps: list[tuple[object, ...]]):
    with transaction.atomic():
        publication = publish(files=CONFIRMED, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
        story = Story(cast)
        for step in steps:
            story.take(step)
        wanted = sum(form == "lesson" for form in story.counts.values())
        villages = [cast.village, cast.neighbour, cast.other_village]
        assert lessons_of(publication, [cast.village], cast.village) == wanted
        assert lessons_of(publication, villages, cast.village) == wanted
        client.force_login(cast.desk)
        if rows := exported(client, cast.village, cast.neighbour):
            brought_in(cast.city, csv(HEAD, *rows), kind="meeting", good_rows=False, correct=False)
        assert lessons_of(publication, villages, cast.neighbour) == wanted
        transaction.set_rollback(True)
