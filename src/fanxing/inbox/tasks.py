"""What the inbox does by itself."""

from datetime import datetime

from fanxing.inbox import announcing, reminding, taking
from fanxing.lib.timetable import every


@every(seconds=24 * 3600, title="提醒将到期的任期")
def announce_terms_that_end(*, at: datetime) -> None:
    announcing.announce_terms(at=at)


@every(seconds=3600, title="移交已接办的待办")
def pass_on_what_was_taken_up(*, at: datetime) -> None:
    taking.pass_on_items(at=at)


@every(seconds=300, title="发送待办提醒")
def remind_people(*, at: datetime) -> None:
    reminding.prepare(at=at)
    reminding.deliver(at=at)


@every(seconds=24 * 3600, title="清理旧的提醒")
def forget_reminders(*, at: datetime) -> None:
    reminding.forget(at=at)
