"""Many people and their posts brought in line with a list: uploaded, looked at, imported."""

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import Refused
from fanxing.lib.search_text import search_text
from fanxing.lib.table_files import rows_of
from fanxing.organisations.actions.tree import lock, record
from fanxing.organisations.authority import Doer, authority_of, require
from fanxing.organisations.models import Assignment, Person, PersonImport, Unit
from fanxing.organisations.people_listed import Changed, Line, New, Plan, plan_of, read_lines

AT_ONCE = 1_000
# A list longer than this is of several townships.
MOST_LINES = 5_000


class PeopleFaulty(Refused):
    """The list has faults or too many rows; nothing was imported."""


class PeopleMoved(Refused):
    """People or units changed after the list was looked at; or the list was imported already."""


@transaction.atomic
def upload_people(*, unit: Unit, content: bytes, file_name: str, by: Doer, at: datetime) -> PersonImport:
    """Keep a sheet of people and posts at and below a unit, to be looked at; changes nothing else.

    Raises NotATable or NoHead where it cannot be read. What the same person uploaded before and did not import is dropped.
    """
    require(by, "person.manage", unit, on=timezone.localdate(at))
    lines = read_lines(rows_of(content))
    if not 1 <= len(lines) <= MOST_LINES:
        raise PeopleFaulty(f"一张表 1 至 {MOST_LINES} 行，这里有 {len(lines)} 行")
    PersonImport.objects.filter(uploaded_by=by.username, imported_at=None).delete()
    kept = PersonImport.objects.create(
        unit=unit,
        file_name=file_name[:200],
        digest=sha256(content).hexdigest(),
        rows=[[line.number, *line.cells] for line in lines],
        row_count=len(lines),
        uploaded_by=by.username,
        uploaded_at=at,
    )
    record("upload_people", unit, f"上传{unit.name}的人员表（{len(lines)} 行）", {"digest": kept.digest, "rows": len(lines)}, by, at)
    return kept


def lines_of(kept: PersonImport) -> list[Line]:
    """The lines of an uploaded list."""
    return [Line(number, tuple(cells)) for number, *cells in kept.rows]


@transaction.atomic
def import_people(*, kept: PersonImport, expected: str, by: Doer, at: datetime) -> Plan:
    """Enter the people and posts of an uploaded list, all of them or nothing; nobody gets an account, nobody's post is ended unless the
    list says so.

    `expected` is the digest of the plan that was looked at: where something has changed since, PeopleMoved is raised. A list is
    imported once, and its cells are erased then. The log tells how many, and no names.
    """
    top, on = kept.unit, timezone.localdate(at)
    lock([top])
    require(by, "person.manage", top, on=on)
    lines = lines_of(kept)
    if not PersonImport.objects.filter(pk=kept.pk, imported_at=None).update(imported_at=at, imported_by=by.username, rows=[]):
        raise PeopleMoved("这张表已经导入过")
    plan = plan_of(lines, top=top, authority=authority_of(by, on=on), on=on)
    if plan.faults:
        raise PeopleFaulty(f"表里有 {len(plan.faults)} 处要改，没有导入")
    if plan.digest != expected:
        raise PeopleMoved("人员或岗位在您查看之后有了变动，请再看一遍")
    # Whoever appoints one of them waits.
    known = {one.person.pk for one in plan.new if one.person}
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=known).order_by("pk"))
    entered = _enter(plan.new)
    for one in plan.changed:
        _change(one)
    counts = {"people": entered, "terms": len(plan.new), "changed": len(plan.changed)}
    record_event(
        by=by,
        at=at,
        action="organisations.import_people",
        subject=top,
        unit_code=top.code,
        summary=f"按表导入{top.name}的人员：登记 {entered} 人，任职 {len(plan.new)} 个，更新 {len(plan.changed)} 个",
        details={**counts, "digest": kept.digest},
    )
    return plan


def _enter(new: tuple[New, ...]) -> int:
    """The terms, and before them those people who are not there yet; how many these are."""
    homes = {(one.home.pk, one.name): one.home for one in new if one.person is None}
    people = [Person(name=name, unit=home, search_text=search_text(name)) for (_, name), home in homes.items()]
    entered = dict(zip(homes, Person.objects.bulk_create(people, AT_ONCE), strict=True))
    terms = (
        Assignment(
            person=one.person or entered[one.home.pk, one.name],
            unit=one.unit,
            post=one.post,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            **asdict(one.told.checked()),
        )
        for one in new
    )
    Assignment.objects.bulk_create(terms, AT_ONCE)
    return len(entered)


def _change(one: Changed) -> None:
    """The term as the list says it; who stands in for its holder ends with it."""
    Assignment.objects.filter(pk=one.term.pk).update(valid_to=one.valid_to, **asdict(one.told.checked()))
    if one.valid_to:
        later = Q(valid_to__gt=one.valid_to)
        Assignment.objects.filter(later, stands_in_for=one.term).update(valid_to=Greatest(Value(one.valid_to), F("valid_from")))
