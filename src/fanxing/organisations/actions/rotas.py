"""Rotas: several people take turns at a post."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.organisations.actions.people import InvalidPost, WrongTerm, overlapping, require_giving, require_open
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Assignment, Person, Post, Rota, Unit
from fanxing.organisations.particulars import LENGTHS

TITLE_LENGTH = 50
# A year of days.
MOST_TURNS = 400
SATURDAY = 5
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Rhythm:
    """When turns change: every `days` days from the first day to the last, both counted; with `workdays` turns of one day leave out
    Saturdays and Sundays."""

    first: date
    last: date
    days: int = 1
    workdays: bool = False

    def spans(self) -> Iterator[tuple[date, date]]:
        """(first day, day after the last) of each turn."""
        day, step = self.first, timedelta(days=self.days)
        while day <= self.last:
            if not (self.workdays and self.days == 1 and day.weekday() >= SATURDAY):
                yield day, min(day + step, self.last + timedelta(days=1))
            day += step


@transaction.atomic
def make_rota(
    *, unit: Unit, post: Post, title: str, people: Sequence[Person], rhythm: Rhythm, hours: str = "", by: Doer, at: datetime
) -> Rota:
    """Let people take turns at a post, in the order given, over and over until the last day. Raises NotAllowed, InvalidPost, WrongTerm."""
    require_giving(post, unit, by=by, at=at)
    _require_sound(unit, post, title, people, rhythm, hours)
    spans = list(rhythm.spans())
    if not 1 <= len(spans) <= MOST_TURNS:
        raise WrongTerm(f"一张轮值表排 1 至 {MOST_TURNS} 班，这里有 {len(spans)} 班；请改起止日期或每班天数")
    require_open(unit)
    # Whoever appoints one of them waits.
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in people]).order_by("pk"))
    if held := overlapping([one.pk for one in people], unit, post, spans[0][0], spans[-1][1]).first():
        raise WrongTerm(f"这些人里有人自 {held.valid_from} 起已任{unit.name}{post.title}，请先结束或换一个岗位")
    rota = Rota.objects.create(unit=unit, post=post, title=title.strip(), hours=hours.strip(), made_at=at)
    Assignment.objects.bulk_create(
        Assignment(person=person, unit=unit, post=post, valid_from=begins, valid_to=ends, hours=rota.hours, rota=rota)
        for person, (begins, ends) in zip(cycle(people), spans, strict=False)
    )
    details = {"post": post.id, "people": [one.pk for one in people], "first": rhythm.first, "last": rhythm.last, "turns": len(spans)}
    _record("make_rota", rota, f"{unit.name}排定轮值：{rota.title}，{len(spans)} 班", details, by, at)
    return rota


@transaction.atomic
def stop_rota(*, rota: Rota, on: date, by: Doer, at: datetime) -> int:
    """Call off the turns that begin on a day or later; return how many. Turns of today and before stay."""
    require(by, "person.manage", rota.unit, on=timezone.localdate(at))
    if on <= timezone.localdate(at):
        raise WrongTerm("只能停排明天以后的班")
    called_off = rota.turns.filter(valid_from__gte=on).exclude(valid_to=F("valid_from")).update(valid_to=F("valid_from"))
    if not called_off:
        raise WrongTerm("这一天以后没有排班")
    _record("stop_rota", rota, f"{rota.unit.name}停排轮值：{rota.title}", {"on": on, "turns": called_off}, by, at)
    return called_off


def _require_sound(unit: Unit, post: Post, title: str, people: Sequence[Person], rhythm: Rhythm, hours: str) -> None:
    if not post.fits(unit):
        raise InvalidPost(f"{unit.name}不设“{post.title}”")
    if not title.strip() or len(title.strip()) > TITLE_LENGTH:
        raise WrongTerm(f"名称为 1 至 {TITLE_LENGTH} 个字，如“两委轮值”")
    if len(hours) > LENGTHS["hours"]:
        raise WrongTerm(f"值守时间不超过 {LENGTHS['hours']} 个字")
    if len(people) < 2 or len({one.pk for one in people}) < len(people):
        raise WrongTerm("轮值至少要有两个人，每人只列一次")
    if not 1 <= rhythm.days <= WEEK.days * 4:
        raise WrongTerm("每班 1 至 28 天")


def _record(action: str, rota: Rota, summary: str, details: dict[str, object], by: Doer, at: datetime) -> None:
    record_event(by=by, at=at, action=f"organisations.{action}", subject=rota, unit_code=rota.unit.code, summary=summary, details=details)
