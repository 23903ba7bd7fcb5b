"""A matter that comes to a public notice puts it up; one that leaves before its days are over takes it down."""

from datetime import datetime

from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.authority import Doer
from fanxing.procedures.clock import last_day
from fanxing.procedures.models import Matter, MatterNotice
from fanxing.procedures.wording import field_words
from fanxing.public_notices import actions as notices
from fanxing.scheme.model import Procedure, PublicNotice, State
from fanxing.workdays.calendars import Calendar

SOURCE = "matter"


def post_notice(matter: Matter, procedure: Procedure, state: State, at: datetime, days: Calendar) -> None:
    """Put up what the state shows, from today on: the first day is the day after, as with every term."""
    if not isinstance(state.step, PublicNotice):
        return
    today = timezone.localdate(at)
    lines = notice_lines(matter, procedure, state.step)
    notice = notices.put_up(
        unit=matter.unit,
        title=f"{procedure.title}：{state.title}",
        lines=lines,
        begins_on=today,
        ends_on=last_day(state.step.days, today, days),
        source=SOURCE,
        key=str(matter.pk),
        by=SYSTEM,
        at=at,
    )
    MatterNotice.objects.create(matter=matter, round=matter.round, notice=notice)


def notice_lines(matter: Matter, procedure: Procedure, step: PublicNotice) -> list[tuple[str, str]]:
    """What stands in public: the fields that the notice shows, or what the matter is called."""
    shown = [field for id in step.shows if (field := procedure.field(id)) is not None and field.id in matter.data]
    return [(field.title, field_words(field, matter.data[field.id])) for field in shown] or [
        ("事项", matter.number if matter.is_private else matter.title)
    ]


def take_notice_down(matter: Matter, reason: str, by: Doer, at: datetime) -> None:
    """Take down the notice of the round that a matter leaves, where its days are not over."""
    today = timezone.localdate(at)
    standing = MatterNotice.objects.filter(matter=matter, notice__ends_on__gte=today, notice__taken_down_at=None).select_related(
        "notice__unit"
    )
    for one in standing:
        notices.take_down(notice=one.notice, reason=reason, by=by, at=at)
