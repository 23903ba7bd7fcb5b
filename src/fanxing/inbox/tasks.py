"""What the inbox does by itself."""

from datetime import datetime

from fanxing.inbox import announcing
from fanxing.lib.timetable import every


@every(seconds=24 * 3600, title="提醒将到期的任期")
def announce_terms_that_end(*, at: datetime) -> None:
    announcing.announce_terms(at=at)
