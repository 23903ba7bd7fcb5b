"""What matters do by themselves."""

from datetime import datetime

from fanxing.lib.timetable import every
from fanxing.procedures.actions.objecting import erase_said_against
from fanxing.procedures.actions.picturing import erase_photos, make_ready_what_waits
from fanxing.procedures.actions.reading import erase_personal
from fanxing.procedures.actions.winding import wind


@every(seconds=600, title="推进到期的事项")
def wind_matters(*, at: datetime) -> None:
    wind(at=at)


@every(seconds=24 * 3600, title="清除到期的事项个人信息、照片和异议")
def erase_personal_values(*, at: datetime) -> None:
    erase_personal(at=at)
    erase_photos(at=at)
    erase_said_against(at=at)


@every(seconds=120, title="处理遗留的事项照片")
def make_photos_ready(*, at: datetime) -> None:
    make_ready_what_waits(at=at)
