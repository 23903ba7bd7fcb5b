"""Reads the environment as typed values and reports every fault at once."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class SettingsError(Exception):
    """The environment holds values the product cannot start with; one line a fault."""


class Environment:
    """The variables that begin with a prefix, each asked for once by its name without it."""

    def __init__(self, variables: Mapping[str, str], *, prefix: str) -> None:
        self.prefix = prefix
        self.variables = {name: value.strip() for name, value in variables.items() if name.startswith(prefix)}
        self.asked: set[str] = set()
        self.faults: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self._read(name, default, str, "some text")

    def secret(self, name: str, default: str, *, least_length: int) -> str:
        value = self._read(name, default, str, "some text")
        if len(value) < least_length:
            # The value itself is never printed.
            self.fault(name, f"of {len(value)} characters", f"at least {least_length} random characters")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self._read(name, default, lambda value: FLAGS[value.lower()], "true or false")

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        def read(value: str) -> int:
            number = int(value)
            if not least <= number <= most:
                raise ValueError
            return number

        return self._read(name, default, read, f"a whole number from {least} to {most}")

    def choice(self, name: str, default: str, choices: Collection[str]) -> str:
        def read(value: str) -> str:
            if value not in choices:
                raise ValueError
            return value

        return self._read(name, default, read, "one of " + ", ".join(choices))

    def words(self, name: str, default: list[str]) -> list[str]:
        def read(value: str) -> list[str]:
            return [word.strip() for word in value.split(",") if word.strip()]

        return self._read(name, default, read, "words separated by commas")

    def folder(self, name: str, default: Path) -> Path:
        def read(value: str) -> Path:
            path = Path(value)
            if not path.is_absolute() or path.is_file():
                raise ValueError
            return path

        return self._read(name, default, read, "the absolute path of a folder")

    def day(self, name: str) -> date | None:
        return self._read(name, None, date.fromisoformat, "a day like 2025-12-31")

    def is_set(self, name: str) -> bool:
        return bool(self.variables.get(self.prefix + name))

    def fault(self, name: str, value: str, right: str) -> None:
        self.faults.append(f"{self.prefix}{name} is {value}; it should be {right}")

    def check(self) -> None:
        """Raise SettingsError when anything read so far, or a name nobody reads, is wrong."""
        for unknown in sorted(self.variables.keys() - self.asked):
            known = ", ".join(sorted(self.asked))
            self.faults.append(f"{unknown} is not a setting; the settings are {known}")
        if self.faults:
            raise SettingsError("the settings are wrong:\n  " + "\n  ".join(self.faults))

    def _read(self, name: str, default: Value, read: Callable[[str], Value], right: str) -> Value:
        self.asked.add(self.prefix + name)
        value = self.variables.get(self.prefix + name, "")
        if not value:
            return default
        try:
            return read(value)
        except (ValueError, KeyError):
            self.fault(name, repr(value), right)
            return default
