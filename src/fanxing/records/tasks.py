"""What the ledger does in the background."""

from contextlib import suppress
from datetime import datetime, timedelta

from django_tasks import task

from fanxing.accounts.models import User
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.lib.timetable import every
from fanxing.records.ingest.importing import check_import, write_import
from fanxing.records.models import RecordImport

# Who uploaded a sheet and went away finds it again for so long; what was imported stays to be looked up, its cells do not.
KEPT_FOR = timedelta(days=30)


@task()
def check_uploaded(id: int) -> None:
    """Check an uploaded sheet that waits for it; nothing happens where it was given up meanwhile."""
    if kept := _waiting(id, RecordImport.State.CHECKING):
        check_import(kept=kept, by=User.objects.get(username=kept.uploaded_by), at=clock.now())


@task()
def write_uploaded(id: int) -> None:
    """Import an uploaded sheet that was confirmed; what keeps it from being imported stands on its page."""
    if kept := _waiting(id, RecordImport.State.WRITING):
        with suppress(Refused):
            write_import(kept=kept, by=User.objects.get(username=kept.uploaded_by), at=clock.now())


def _waiting(id: int, state: str) -> RecordImport | None:
    return RecordImport.objects.filter(pk=id, state=state).select_related("unit").first()


@every(seconds=24 * 3600, title="清除过期的导入表格")
def forget_old_uploads(*, at: datetime) -> None:
    old = RecordImport.objects.filter(uploaded_at__lt=at - KEPT_FOR)
    old.exclude(state=RecordImport.State.IMPORTED).delete()
    old.update(rows=b"", findings=b"")
