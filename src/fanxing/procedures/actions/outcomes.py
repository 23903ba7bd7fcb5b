"""What comes of a matter that ends: records in the ledger, and an assignment."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from fanxing.audit.actors import SYSTEM, System
from fanxing.lib.refusals import Refused
from fanxing.organisations.actions.people import assign, create_person
from fanxing.organisations.models import Assignment, Person, Post
from fanxing.organisations.namesakes import NEW, Meant, Namesake, around, namesakes, the_one
from fanxing.procedures.models import Matter, MatterPersonal, MatterRecord
from fanxing.procedures.parties import heir_of
from fanxing.records.actions.entries import add_record, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.records.queries import chain
from fanxing.scheme.days import months_after
from fanxing.scheme.deciding import decide, value_of
from fanxing.scheme.model import Appoints, Procedure, State, Value, Yield

AGAIN = "事项重新办理后再次办结"
NO_LONGER = "事项重新办理后不再符合"


def write_records(matter: Matter, procedure: Procedure, state: State, values: Mapping[str, Value], at: datetime, *, anew: bool) -> None:
    """Write what the end state says into the ledger of the matter's unit; a matter that ends `anew`, not only going from one end to
    another, corrects what it wrote before and withdraws what its end says no more.

    The ledger checks it as anything else: what it refuses refuses the step. Raises LedgerRefuses.
    """
    written = {one.row: one.record for one in MatterRecord.objects.filter(matter=matter).select_related("record__unit")}
    # Numbered over the whole procedure, so that two end states do not share one.
    rows = enumerate((one, each) for one in procedure.states.values() for each in one.records)
    try:
        for row, (one, wanted) in rows:
            if anew or one.id == state.id:
                holds = one.id == state.id and (wanted.when is None or bool(decide(wanted.when, values)))
                _write(matter, procedure, row, wanted, holds, written.get(row), values, at)
    except Refused as refused:
        raise LedgerRefuses(
            f"到这一步要记入台账，台账没有收：{refused}。事项留在原来的环节，请补正后再办，或请管理员核对流程和台账"
        ) from refused


class LedgerRefuses(Refused):
    """The ledger does not take what the matter would leave; the matter stays where it is."""


class NobodyToAppoint(Refused):
    """The matter names nobody, or no day, for the post that it gives."""


class SeveralOfTheName(Refused):
    """Others of the name are entered at the unit or around it, and nobody said which one is meant, or whether it is somebody new."""


def appoint(matter: Matter, state: State, meant: Meant | None, at: datetime) -> None:
    """Give the post that the end state gives to whom the matter names; nothing where it gives none.

    `meant` is who was chosen of those of the name; without it, the only one of the name around if the unit keeps them, or somebody new
    where there is none. Who else holds it goes on, and is ended by hand; so does the same person in a term that lasts as long. Raises
    NobodyToAppoint, SeveralOfTheName.
    """
    if state.appoints is not None:
        _assign(matter, state.appoints, meant, at)


def name_given(matter: Matter, wanted: Appoints) -> str:
    """The name of whom a matter appoints, as far as it was said."""
    apart = MatterPersonal.objects.kept().filter(matter=matter, field=wanted.person).values_list("value", flat=True).first()
    return (apart or str(matter.data.get(wanted.person, ""))).strip()


def who_may_be_meant(matter: Matter, name: str) -> list[Namesake]:
    """Those of a name to whom a post of the matter's unit may be meant to go, the nearest first."""
    return namesakes(name, matter.unit, around(matter.unit))


def _assign(matter: Matter, wanted: Appoints, meant: Meant | None, at: datetime) -> None:
    name, begins = name_given(matter, wanted), matter.data.get(wanted.begins)
    if not name or not isinstance(begins, str):
        raise NobodyToAppoint("任用要有姓名和任职起始日，请补填后再办结")
    first = date.fromisoformat(begins)
    person = _whom(matter, name, meant) or create_person(name=name, unit=matter.unit, by=SYSTEM, at=at)
    until = months_after(first, wanted.months) if wanted.months else None
    lasts = Q(valid_to=None) | Q(valid_to__gte=until or date.max)
    if Assignment.objects.filter(lasts, person=person, unit=matter.unit, post=wanted.post, valid_from__lte=first).exists():
        return
    assign(person=person, unit=matter.unit, post=Post.objects.get(pk=wanted.post), valid_from=first, valid_to=until, by=SYSTEM, at=at)


def _whom(matter: Matter, name: str, meant: Meant | None) -> Person | None:
    """The person to appoint; None where it is somebody new."""
    found = who_may_be_meant(matter, name)
    if meant == NEW or not found:
        return None
    person = meant or the_one(found)
    if person is None or person not in [one.person for one in found]:
        raise SeveralOfTheName("本单位或上下级已登记有这个姓名的人，请由经办人选定是哪一位，或者是另一位同名的人，再办这一步")
    return person


def _write(
    matter: Matter,
    procedure: Procedure,
    row: int,
    wanted: Yield,
    holds: bool,
    first: Record | None,
    values: Mapping[str, Value],
    at: datetime,
) -> None:
    clerk = System(display_name=f"{matter.unit.name}“{procedure.title}”")
    data = {field: found for field, one in wanted.values if (found := value_of(one, values)) is not None}
    day = _day(matter, wanted, values, timezone.localdate(at))
    current = chain(first)[-1] if first else None
    if current and current.act == Record.Act.WITHDRAWAL:
        if current.reason != NO_LONGER:
            # Somebody else took it back, and it stays so.
            return
        current = None
    if current is None and holds:
        source, unit = f"procedure:{procedure.id}", heir_of(matter.unit)
        record = add_record(unit=unit, kind=wanted.kind, occurred_on=day, data=data, by=clerk, at=at, source=source, beside=True)
        MatterRecord.objects.update_or_create(matter=matter, row=row, defaults={"record": record})
    elif current and not holds:
        withdraw_record(record=current, reason=NO_LONGER, by=clerk, at=at)
    elif current and (current.occurred_on, current.data) != (day, data):
        correct_record(record=current, occurred_on=day, data=data, reason=AGAIN, by=clerk, at=at)


def _day(matter: Matter, wanted: Yield, values: Mapping[str, Value], today: date) -> date:
    match wanted.day:
        case "closed":
            return today
        case "opened":
            return matter.opened_on
    said = values.get(wanted.day)
    return date.fromisoformat(said) if isinstance(said, str) else today
