"""What evidence needs by itself."""

from datetime import datetime, timedelta

from fanxing.evidence import actions, queries
from fanxing.lib.timetable import every

# A task that was lost, as when the worker was stopped, is made up for.
LOST_AFTER = timedelta(minutes=2)
AT_ONCE = 50


@every(seconds=120, title="处理遗留的照片和文件")
def make_ready_what_waits(*, at: datetime) -> None:
    for evidence in queries.waiting_since(at - LOST_AFTER)[:AT_ONCE]:
        actions.make_ready.func(evidence.pk)


@every(seconds=24 * 3600, title="清除到期的照片和文件")
def erase_what_is_past_its_time(*, at: datetime) -> None:
    while outdated := queries.outdated(at)[:AT_ONCE]:
        actions.erase_evidence(evidence=outdated, at=at)
