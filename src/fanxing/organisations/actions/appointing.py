"""Many people at once: those who hold the posts of a whole city, from a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed
from fanxing.lib.search_text import search_text
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.authority import Authority, Doer, Grant, authority_of
from fanxing.organisations.models import Assignment, Person, Post, Unit
from fanxing.organisations.particulars import NO_PARTICULARS, TITLES, Particulars

AT_ONCE = 1_000
NAME_LENGTH = 50


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A new person at a post, as a list gives it: `unit` is a code, `post` an id.

    kept_by   the code of the unit that keeps the person, where it is another; rows of one name kept so are one person
    valid_to  the day after the last one, where an end is set
    """

    name: str
    unit: str
    post: str
    kept_by: str = ""
    valid_to: date | None = None
    told: Particulars = NO_PARTICULARS


def appoint(*, rows: Sequence[AppointmentRow], valid_from: date, by: Doer, at: datetime) -> int:
    """Enter the people of a list, each at a post from a day on, or none of them; return how many.

    Everybody on the list is new, and nobody gets an account. Nobody gives what they do not have: a post may carry only
    permissions that `by` holds in the unit. The log tells how many, and no names. Raises ListRefused with every fault,
    NotAllowed where people may not be managed.
    """
    units: dict[str, Unit] = Unit.objects.in_bulk({code for row in rows for code in (row.unit, row.kept_by) if code}, field_name="code")
    posts: dict[str, Post] = Post.objects.in_bulk({row.post for row in rows})
    numbered = list(enumerate(rows, start=1))
    if faults := [f"第 {number} 行：{fault}" for number, row in numbered for fault in _faults(row, units, posts, valid_from)]:
        raise ListRefused(faults)
    _require_right(rows, units, posts, authority_of(by, on=timezone.localdate(at)))
    with transaction.atomic():
        keys = {_key(number, row): row for number, row in numbered}
        made = Person.objects.bulk_create([_person(row.name.strip(), units[row.kept_by or row.unit]) for row in keys.values()], AT_ONCE)
        people = dict(zip(keys, made, strict=True))
        terms = (
            Assignment(
                person=people[_key(number, row)],
                unit=units[row.unit],
                post=posts[row.post],
                valid_from=valid_from,
                valid_to=row.valid_to,
                **asdict(row.told),
            )
            for number, row in numbered
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


def _key(number: int, row: AppointmentRow) -> tuple[object, ...]:
    """What tells one person from another: the row, or the name where it says who keeps them."""
    return (row.kept_by, row.name) if row.kept_by else (number,)


def _person(name: str, unit: Unit) -> Person:
    return Person(name=name, unit=unit, search_text=search_text(name))


def _faults(row: AppointmentRow, units: Mapping[str, Unit], posts: Mapping[str, Post], valid_from: date) -> Iterator[str]:
    unit, post = units.get(row.unit), posts.get(row.post)
    if not 1 <= len(row.name.strip()) <= NAME_LENGTH:
        yield f"姓名为 1 至 {NAME_LENGTH} 个字"
    if unit is None:
        yield f"没有代码为“{row.unit}”的单位"
    elif unit.closed_on:
        yield f"{unit.name}已撤销"
    if row.kept_by and row.kept_by not in units:
        yield f"没有代码为“{row.kept_by}”的单位"
    if row.valid_to and row.valid_to <= valid_from:
        yield "止期不能早于起期"
    yield from (f"{TITLES[name]}{words}" for name, words in row.told.faults().items())
    if post is None:
        yield f"没有标识为“{row.post}”的岗位"
    elif unit is not None and post.kinds and unit.kind not in post.kinds:
        yield f"{unit.name}不设“{post.title}”"


def _require_right(rows: Sequence[AppointmentRow], units: Mapping[str, Unit], posts: Mapping[str, Post], authority: Authority) -> None:
    for code in {row.kept_by for row in rows if row.kept_by}:
        if not authority.may("person.manage", units[code]):
            raise NotAllowed(f"您不能管理{units[code].name}的人员")
    for code, id in {(row.unit, row.post) for row in rows}:
        unit, post = units[code], posts[id]
        if not authority.may("person.manage", unit):
            raise NotAllowed(f"您不能管理{unit.name}的人员")
        if not authority.covers(Authority((Grant(unit.path, post.permissions),))):
            raise NotAllowed(f"“{post.title}”的权限超出您在{unit.name}的权限，不能授予")
