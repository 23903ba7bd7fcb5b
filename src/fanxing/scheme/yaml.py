"""YAML read plainly: only `yes` and `no` are yes/no, numbers are decimal, everything else is text; every value knows its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import isfinite

import yaml as pyyaml

from fanxing.scheme.faults import Faults
from fanxing.scheme.model import Place
from fanxing.scheme.written import Written

NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 60
_Loader = getattr(pyyaml, "CBaseLoader", pyyaml.BaseLoader)


@dataclass(frozen=True)
class Item:
    """One YAML value: a scalar (float, bool, str, None when empty), a list, or entries of a mapping; `text` is how a scalar was written,
    `at` its place where places are asked for (see `written`)."""

    place: Place
    scalar: float | bool | str | None = None
    items: tuple["Item", ...] | None = None
    entries: tuple[tuple["Item", "Item"], ...] | None = None
    text: str = field(default="", compare=False)
    at: str = field(default="", compare=False)

    @property
    def is_scalar(self) -> bool:
        return self.items is None and self.entries is None

    @property
    def called(self) -> str:
        """What this is, for error messages."""
        if self.entries is not None:
            return "a mapping"
        if self.items is not None:
            return "a list"
        words = " ".join(self.text.split())
        return f'"{words if len(words) <= 60 else words[:60] + "…"}"' if words else "nothing"


class _Refused(Exception):
    """What the rest of a file cannot be read after; its fault is noted."""


def read(text: str, file: str, faults: Faults, *, placed: bool = False) -> Item | None:
    """Read one file; `placed`: its scalars know their places. Faults: YAML that cannot be read, a key that stands twice, anchors and
    aliases."""
    if len(text) > MAX_CHARACTERS:
        faults.add(Place(file, 1), f"the file has {len(text)} characters; a scheme file has at most {MAX_CHARACTERS}")
        return None
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        faults.add(Place(file, 1), "this is not a text file; a scheme is written in YAML, as UTF-8")
        return None
    try:
        return _Document(events(text), file, faults, placed=placed).item()
    except pyyaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is not YAML"
        faults.add(Place(file, mark.line + 1 if mark else 1), f"cannot read this as YAML: {problem}")
    except _Refused:
        pass
    return None


def events(text: str) -> Iterator[pyyaml.Event]:
    """The events of a file as the parser gives them."""
    return pyyaml.parse(text, Loader=_Loader)


class _Document:
    """A document read event by event, not by the parser's own composer, which a deeply nested file would overrun."""

    def __init__(self, events: Iterator[pyyaml.Event], file: str, faults: Faults, *, placed: bool) -> None:
        self.events, self.file, self.faults, self.placed = events, file, faults, placed
        self.scalars = 0

    def item(self) -> Item | None:
        next(self.events)  # the stream starts
        if isinstance(next(self.events), pyyaml.StreamEndEvent):
            self.faults.add(Place(self.file, 1), "the file is empty")
            return None
        item = self._item(next(self.events), 0)
        next(self.events)  # the document ends
        after = next(self.events)
        if not isinstance(after, pyyaml.StreamEndEvent):
            raise self._refused(after, "a second document begins here (---); keep one")
        return item

    def _refused(self, event: pyyaml.Event, message: str) -> _Refused:
        self.faults.add(self._place(event), message)
        return _Refused()

    def _place(self, event: pyyaml.Event) -> Place:
        return Place(self.file, event.start_mark.line + 1 if event.start_mark else 1)

    def _item(self, event: pyyaml.Event, depth: int) -> Item:
        assert isinstance(event, pyyaml.NodeEvent)  # the parser opens before it closes
        place = self._place(event)
        if isinstance(event, pyyaml.AliasEvent) or event.anchor is not None:
            raise self._refused(event, "anchors and aliases (& and *) are not part of the language; write the value out")
        if depth > MAX_DEPTH:
            raise self._refused(event, f"nested more than {MAX_DEPTH} deep")
        if isinstance(event, pyyaml.ScalarEvent):
            return self._placed(Item(place, self._scalar(event), text=event.value))
        if isinstance(event, pyyaml.SequenceStartEvent):
            return Item(place, items=tuple(self._item(one, depth + 1) for one in self._until(pyyaml.SequenceEndEvent)))
        return Item(place, entries=tuple(self._entries(depth)))

    def _placed(self, item: Item) -> Item:
        self.scalars += 1
        if not self.placed:
            return item
        at = f"{self.file}:{self.scalars - 1}"
        return replace(item, at=at, scalar=Written.of(item.scalar, at) if isinstance(item.scalar, float) else item.scalar)

    def _until(self, end: type[pyyaml.Event]) -> Iterator[pyyaml.Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _entries(self, depth: int) -> Iterator[tuple[Item, Item]]:
        keys: set[str] = set()
        for event in self._until(pyyaml.MappingEndEvent):
            key = self._item(event, depth + 1)
            value = self._item(next(self.events), depth + 1)
            if not key.is_scalar:
                self.faults.add(key.place, "a key must be a plain word or number")
            elif key.text in keys:
                self.faults.add(key.place, f'the key "{key.text}" stands twice; keep one')
            else:
                keys.add(key.text)
                yield key, value

    def _scalar(self, event: pyyaml.ScalarEvent) -> float | bool | str | None:
        text = str(event.value)
        if event.style in ("'", '"', "|", ">"):
            return text
        if text in ("yes", "no"):
            return text == "yes"
        if text in ("", "~", "null"):
            return None
        if not NUMBER.fullmatch(text):
            return text
        if not isfinite(float(text)):
            self.faults.add(self._place(event), f'"{text}" is too large a number')
            return 0.0
        return float(text)
