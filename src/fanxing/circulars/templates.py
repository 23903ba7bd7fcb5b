"""What a circular may begin as, and what it leaves in the ledger: data, read from `templates.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("templates.yaml")


@dataclass(frozen=True)
class Leaves:
    """What an answer, or the sender, enters in the ledger.

    data    what it says already
    titled  the field that takes the title of the circular; empty for none
    amount  the field that takes the number
    """

    kind: str
    amount: str
    titled: str = ""
    data: Mapping[str, str] = field(default_factory=dict)

    def says(self, title: str, number: int) -> dict[str, object]:
        """The values of the record."""
        return {**self.data, **({self.titled: title} if self.titled else {}), self.amount: number}


@dataclass(frozen=True)
class Template:
    """The words and questions of a circular that is often sent."""

    id: str
    title: str = ""
    text: str = ""
    spoken: str = ""
    asks: str = ""
    question: str = ""
    urgent: bool = False
    record: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Template]:
    """By id, in the order in which they are offered."""
    return {id: Template(id, **said) for id, said in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}


def leaves(record: Mapping[str, Any]) -> Leaves | None:
    """What a circular leaves in the ledger, as it keeps it; None where it leaves nothing."""
    return Leaves(**record) if record else None
