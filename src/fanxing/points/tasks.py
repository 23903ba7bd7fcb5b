"""What points of members need by themselves."""

from datetime import datetime

from fanxing.lib.timetable import every
from fanxing.points.actions import forget_what_is_past_its_time
from fanxing.points.queries import units_with_points


@every(seconds=24 * 3600, title="清除到期的党员积分")
def forget_old_points(*, at: datetime) -> None:
    """What is older than the rules keep is deleted, branch by branch."""
    for unit in units_with_points():
        forget_what_is_past_its_time(unit=unit, at=at)
