"""What is to run again and again: each app registers its own entries in its tasks.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


class Run(Protocol):
    """What an entry calls: idempotent, since a crashed worker may leave a run to be done again."""

    def __call__(self, *, at: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A function that runs every so many seconds."""

    name: str
    title: str
    seconds: int
    run: Run


ENTRIES: dict[str, Entry] = {}
AnyRun = TypeVar("AnyRun", bound=Run)


def every(*, seconds: int, title: str) -> Callable[[AnyRun], AnyRun]:
    """Register a function that takes `at` to run every `seconds`, under its module and name."""

    def register(run: AnyRun) -> AnyRun:
        name = f"{run.__module__}.{run.__qualname__}"  # type: ignore[attr-defined]  # functions have one, protocols do not
        ENTRIES[name] = Entry(name, title, seconds, run)
        return run

    return register
