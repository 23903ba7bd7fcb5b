"""What accounts do by themselves."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from fanxing.lib.timetable import every


@every(seconds=24 * 3600, title="清除过期的会话")
def forget_old_sessions(*, at: datetime) -> None:
    """A session may hold the code by which somebody follows a matter."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
