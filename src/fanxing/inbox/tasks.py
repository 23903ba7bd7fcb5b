"""What the inbox does by itself."""

from datetime import datetime

from fanxing.inbox import announcing, taking
from fanxing.lib.timetable import every


@every(seconds=24 * 3600, title="提醒将到期的任期")
def announce_terms_that_end(*, at: datetime) -> None:
    announcing.announce_terms(at=at)


@every(seconds=3600, title="移交已接办的待办")
def pass_on_what_was_taken_up(*, at: datetime) -> None:
    taking.pass_on_items(at=at)
