"""Whose name of a matter may stand in public: read from where it is kept apart, never copied."""

from collections.abc import Iterable
from datetime import date

from fanxing.procedures.models import Matter, MatterPersonal
from fanxing.public_notices.models import Notice
from fanxing.scheme.model import Named


def names_in_public(matters: Iterable[Matter], on: date, *, at_notice: bool = False) -> dict[int, str]:
    """The names that may stand in public on a day, by matter: by consent, and until the day that the matter says; on a notice as long as
    it stands. One query; what is erased is gone."""
    fields = {one.pk: named.person for one in matters if (named := one.procedure.named) and _may_stand(one, named, on, at_notice)}
    if not fields:
        return {}
    kept = MatterPersonal.objects.kept().filter(matter__in=fields).values_list("matter", "field", "value")
    return {matter: value for matter, field, value in kept if fields[matter] == field}


def names_on(notice: Notice, on: date) -> str:
    """The names that a notice shows by consent as long as it stands, on the screen and on the wall."""
    if not notice.stands_on(on):
        return ""
    matters = list(Matter.objects.filter(notices__notice=notice).whole())
    return "".join(names_in_public(matters, on, at_notice=True).values())


def _may_stand(matter: Matter, named: Named, on: date, at_notice: bool) -> bool:
    if matter.is_private or matter.data.get(named.consent) is not True:
        return False
    if at_notice:
        return True
    until = matter.data.get(named.until)
    return matter.ended_on is not None and isinstance(until, str) and on <= date.fromisoformat(until)
