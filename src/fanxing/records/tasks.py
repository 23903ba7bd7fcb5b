"""What the ledger does in the background."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from fanxing.accounts.models import User
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.lib.timetable import every
from fanxing.organisations.models import Unit
from fanxing.programme.queries import rulings
from fanxing.records.actions.announcing import announce_dues
from fanxing.records.actions.personal import erase_outdated
from fanxing.records.ingest.importing import check_import, write_import
from fanxing.records.models import RecordImport
from fanxing.records.personal import personal_outdated
from fanxing.records.promises import promises

# Who uploaded a sheet and went away finds it again for so long; what was imported stays to be looked up, its cells do not.
KEPT_FOR = timedelta(days=30)
INTERRUPTED_AFTER = timedelta(minutes=10)
AT_ONCE = 5
ERASED_AT_ONCE = 500

State = RecordImport.State


@task()
def check_uploaded(id: int) -> None:
    """Check an uploaded sheet that waits for it; nothing happens where it was given up meanwhile."""
    if kept := _waiting(id, State.CHECKING):
        check_import(kept=kept, by=User.objects.get(username=kept.uploaded_by), at=clock.now())


@task()
def write_uploaded(id: int) -> None:
    """Import an uploaded sheet that was confirmed; what keeps it from being imported stands on its page."""
    if kept := _waiting(id, State.WRITING):
        with suppress(Refused):
            write_import(kept=kept, by=User.objects.get(username=kept.uploaded_by), at=clock.now())


def _waiting(id: int, state: str) -> RecordImport | None:
    return RecordImport.objects.filter(pk=id, state=state).select_related("unit").first()


@every(seconds=300, title="接着做中断的导入")
def finish_what_was_interrupted(*, at: datetime) -> None:
    """A worker that was stopped leaves sheets behind that wait; done twice, a sheet is still imported once."""
    under_way = RecordImport.objects.filter(state__in=(State.CHECKING, State.WRITING), uploaded_at__lt=at - INTERRUPTED_AFTER)
    for id, state in under_way.values_list("pk", "state")[:AT_ONCE]:
        (check_uploaded if state == State.CHECKING else write_uploaded).func(id)


@every(seconds=24 * 3600, title="清除过期的导入表格")
def forget_old_uploads(*, at: datetime) -> None:
    old = RecordImport.objects.filter(uploaded_at__lt=at - KEPT_FOR)
    old.exclude(state=State.IMPORTED).delete()
    old.update(rows=b"", findings=b"")


@every(seconds=6 * 3600, title="提醒将到期的款项和事项")
def announce_what_falls_due(*, at: datetime) -> None:
    """What is imported or merely comes nearer with the days is followed here; what is typed, at once."""
    expecting = [(kind, kind.expects) for kind in rulings().records.values() if kind.expects]
    units = Unit.objects.filter(closed_on=None)
    announce_dues(units=units, promised=promises(units, expecting, today=timezone.localdate(at)), at=at)


@every(seconds=24 * 3600, title="清除到期的个人信息")
def erase_what_is_personal_in_time(*, at: datetime) -> None:
    while outdated := personal_outdated(at, ERASED_AT_ONCE):
        erase_outdated(values=outdated, at=at)
