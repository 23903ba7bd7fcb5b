"""Who can be named as the one who did something."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    """A user, or the system itself.

    Events are kept for ever, so `display_name` says a post (石桥镇审核员), not a person's name.
    """

    @property
    def username(self) -> str: ...

    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class System:
    """The product acting on its own: the timetable, the set-up, an import from the command line."""

    username: str = "system"
    display_name: str = "系统"


@dataclass(frozen=True, slots=True)
class Public:
    """Somebody without an account: the log says no more than that."""

    username: str = "public"
    display_name: str = "群众"


SYSTEM = System()
PUBLIC = Public()
