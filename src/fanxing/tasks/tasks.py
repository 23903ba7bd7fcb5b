"""What the queue does by itself."""

from datetime import datetime

from django.core.management import call_command

from fanxing.lib.timetable import every


@every(seconds=3600, title="清理后台任务记录")
def forget_finished_tasks(*, at: datetime) -> None:
    """Keep a day of what succeeded and a month of what failed: the timetable alone adds thousands a day."""
    call_command("prune_db_task_results", min_age_days=1, failed_min_age_days=30, verbosity=0)
