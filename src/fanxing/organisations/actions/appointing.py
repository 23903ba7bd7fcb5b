"""Many people at once: those who hold the posts of a whole city, from a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed
from fanxing.lib.search_text import search_text
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.authority import Authority, Doer, Grant, authority_of
from fanxing.organisations.models import Assignment, Person, Post, Unit

AT_ONCE = 1_000
NAME_LENGTH = 50


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A new person at a post, as a list gives it: `unit` is a code, `post` an id."""

    name: str
    unit: str
    post: str


def appoint(*, rows: Sequence[AppointmentRow], valid_from: date, by: Doer, at: datetime) -> int:
    """Enter the people of a list, each at a post from a day on, or none of them; return how many.

    Everybody on the list is new, and nobody gets an account. Nobody gives what they do not have: a post may carry only
    permissions that `by` holds in the unit. The log tells how many, and no names. Raises ListRefused with every fault,
    NotAllowed where people may not be managed.
    """
    units: dict[str, Unit] = Unit.objects.in_bulk({row.unit for row in rows}, field_name="code")
    posts: dict[str, Post] = Post.objects.in_bulk({row.post for row in rows})
    if faults := [f"第 {number} 行：{fault}" for number, row in enumerate(rows, start=1) for fault in _faults(row, units, posts)]:
        raise ListRefused(faults)
    _require_right(rows, units, posts, authority_of(by, on=timezone.localdate(at)))
    with transaction.atomic():
        people = Person.objects.bulk_create([_person(row.name.strip(), units[row.unit]) for row in rows], AT_ONCE)
        terms = (
            Assignment(person=person, unit=units[row.unit], post=posts[row.post], valid_from=valid_from)
            for person, row in zip(people, rows, strict=True)
        )
        Assignment.objects.bulk_create(terms, AT_ONCE)
        record_event(
            by=by,
            at=at,
            action="organisations.appoint",
            subject="organisations.Assignment",
            summary=f"批量任命 {len(people)} 人",
            details={"count": len(people), "from": valid_from},
        )
    return len(people)


def _person(name: str, unit: Unit) -> Person:
    return Person(name=name, unit=unit, search_text=search_text(name))


def _faults(row: AppointmentRow, units: Mapping[str, Unit], posts: Mapping[str, Post]) -> Iterator[str]:
    unit, post = units.get(row.unit), posts.get(row.post)
    if not 1 <= len(row.name.strip()) <= NAME_LENGTH:
        yield f"姓名为 1 至 {NAME_LENGTH} 个字"
    if unit is None:
        yield f"没有代码为“{row.unit}”的单位"
    elif unit.closed_on:
        yield f"{unit.name}已撤销"
    if post is None:
        yield f"没有标识为“{row.post}”的岗位"
    elif unit is not None and post.kinds and unit.kind not in post.kinds:
        yield f"{unit.name}不设“{post.title}”"


def _require_right(rows: Sequence[AppointmentRow], units: Mapping[str, Unit], posts: Mapping[str, Post], authority: Authority) -> None:
    for code, id in {(row.unit, row.post) for row in rows}:
        unit, post = units[code], posts[id]
        if not authority.may("person.manage", unit):
            raise NotAllowed(f"您不能管理{unit.name}的人员")
        if not authority.covers(Authority((Grant(unit.path, post.permissions),))):
            raise NotAllowed(f"“{post.title}”的权限超出您在{unit.name}的权限，不能授予")
