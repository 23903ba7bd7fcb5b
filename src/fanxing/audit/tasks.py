"""What the log does by itself."""

from datetime import datetime, timedelta

from fanxing.audit import actions
from fanxing.lib.timetable import every

# A browser may send a form again days later, when a tab is restored.
KEYS_KEPT_FOR = timedelta(days=7)


@every(seconds=30, title="封存操作日志")
def seal_events(*, at: datetime) -> None:
    while actions.seal(at=at) == actions.SEALED_AT_ONCE:
        pass


@every(seconds=24 * 3600, title="清理已提交的表单")
def forget_old_keys(*, at: datetime) -> None:
    actions.forget_keys(before=at - KEYS_KEPT_FOR)
