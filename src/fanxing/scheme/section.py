"""A mapping of a scheme file being read: typed access to its keys, every fault noted, unknown keys reported."""

import math
import re
from collections.abc import Sequence

from fanxing.scheme.expressions import RESERVED, Const, Expression, ExpressionError, did_you_mean, parse
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import Place, Value
from fanxing.scheme.written import WrittenMonths
from fanxing.scheme.yaml import Item

ID = re.compile(r"[a-z][a-z0-9_]*")
FILE_ID = re.compile(r"[a-z][a-z0-9_-]*")
_CUT = "; between { } a comma ends it, so put the whole in quotation marks"
LASTS = re.compile(r"(\d{1,4}) (month|months|year|years)")
LONGEST = 1_200  # months: further back there is no calendar to reckon with


class Section:
    """One mapping. Every `take` marks its key as known; `finish` reports the keys that nobody took."""

    def __init__(self, item: Item, faults: Faults, what: str) -> None:
        self.place, self.faults, self.what = item.place, faults, what
        self._known: list[str] = []
        self._items: dict[str, tuple[Item, Item]] = {}
        if item.entries is None:
            faults.add(item.place, f"{what}: expected keys and values, found {item.called}")
        else:
            self._items = {key.text: (key, value) for key, value in item.entries}

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def fault(self, message: str, item: Item | None = None) -> None:
        """Note a fault of this section, at an item's line if one is given."""
        self.faults.add(item.place if item else self.place, f"{self.what}: {message}")

    def item(self, key: str, required: bool = False) -> Item | None:
        """The value of a key as it stands."""
        self._known.append(key)
        if key in self._items:
            return self._items[key][1]
        if required:
            self.fault(f'"{key}" is missing')
        return None

    def rename(self, key: str, new: str) -> None:
        """Read the value of one key under another name."""
        self._items[new] = self._items.pop(key)

    def place_of(self, key: str) -> Place:
        return self._items[key][0].place if key in self._items else self.place

    def text(self, key: str, required: bool = False) -> str:
        """A text; numbers are taken as they are written."""
        item = self.item(key, required)
        if item is None:
            return ""
        if not item.is_scalar or not item.text:
            self.fault(f'"{key}" must be a text, found {item.called}', item)
            return ""
        return item.text

    def word(self, key: str, options: Sequence[str], default: str = "", required: bool = False) -> str:
        """One of a few words."""
        word = self.text(key, required)
        if word and word not in options:
            self.fault(f'"{key}" is "{word}"{did_you_mean(word, list(options))}', self.item(key))
            return default
        return word or default

    def number(self, key: str, default: float | None = None, required: bool = False) -> float | None:
        """A finite number."""
        item = self.item(key, required)
        return default if item is None else self.as_number(item, key)

    def needed_number(self, key: str) -> float:
        """A finite number that must be there."""
        number = self.number(key, required=True)
        return 0.0 if number is None else number

    def as_number(self, item: Item, key: str) -> float:
        """An item as a finite number."""
        if isinstance(item.scalar, float) and math.isfinite(item.scalar):
            return item.scalar
        self.fault(f'"{key}" must be a number, found {item.called}', item)
        return 0.0

    def whole(self, key: str, default: int, least: int = 0) -> int:
        """A whole number from `least` upwards."""
        number = self.number(key, float(default))
        if number is None or number != int(number) or number < least:
            self.fault(f'"{key}" must be a whole number from {least} upwards', self.item(key))
            return default
        return int(number)

    def flag(self, key: str, default: bool = False) -> bool:
        """yes or no."""
        item = self.item(key)
        if item is None:
            return default
        if not isinstance(item.scalar, bool):
            self.fault(f'"{key}" must be yes or no, found {item.called}', item)
            return default
        return item.scalar

    def months(self, key: str) -> int | None:
        """A length such as `12 months` or `2 years`, in months."""
        item = self.item(key)
        if item is None:
            return None
        match = LASTS.fullmatch(item.text.strip()) if item.is_scalar else None
        months = int(match[1]) * (12 if match[2].startswith("year") else 1) if match else 0
        if not 1 <= months <= LONGEST:
            self.fault(f'"{key}" must be a length such as 12 months or 2 years, found {item.called}', item)
            return None
        return WrittenMonths.of(months, item.at) if item.at else months

    def value(self, key: str, required: bool = False) -> Value:
        """A plain value; see as_value."""
        item = self.item(key, required)
        return None if item is None else self.as_value(item, key)

    def as_value(self, item: Item, key: str) -> Value:
        """An item as a plain value; the words `missing`, `not rated` and nothing at all are None."""
        if not item.is_scalar:
            self.fault(f'"{key}" must be a plain value, found {item.called}', item)
        return None if item.scalar in ("missing", "not rated") else item.scalar

    def words(self, key: str) -> tuple[tuple[Item, str], ...]:
        """The entries of a mapping from plain values to words."""
        entries = self.pairs(key)
        for _, word in entries:
            if not word.is_scalar or not word.text:
                self.fault(f'"{key}" must be values and their words, found {word.called}', word)
        return tuple((value, word.text) for value, word in entries)

    def step(self, key: str, default: float | None = None) -> float | None:
        """A step to round to."""
        step = self.number(key, default)
        if step is not None and step <= 0:
            self.fault(f'"{key}" must be a step above 0, such as 0.01', self.item(key))
            return None
        return step

    def expression(self, key: str, required: bool = False) -> Expression | None:
        """An expression, or None when absent or wrong."""
        item = self.item(key, required)
        return None if item is None else self.as_expression(item, key)

    def as_expression(self, item: Item, key: str) -> Expression:
        """An item as an expression; a fault leaves `missing` in its place."""
        if isinstance(item.scalar, float | bool):
            return Const(item.scalar)
        if not item.is_scalar or not item.text:
            self.fault(f'"{key}" must be an expression, found {item.called}', item)
            return Const(None)
        try:
            return parse(item.text, item.at)
        except ExpressionError as error:
            cut = item.text.count("(") > item.text.count(")")
            self.fault(f"{error}{_CUT if cut else ''}", item)
            return Const(None)

    def list(self, key: str, required: bool = False) -> tuple[Item, ...]:
        """The items of a list."""
        item = self.item(key, required)
        if item is None:
            return ()
        if item.items is None:
            self.fault(f'"{key}" must be a list, found {item.called}', item)
            return ()
        return item.items

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of plain words."""
        words = []
        for item in self.list(key):
            if item.is_scalar and item.text:
                words.append(item.text)
            else:
                self.fault(f'"{key}" must be a list of words, found {item.called}', item)
        return tuple(words)

    def pairs(self, key: str) -> tuple[tuple[Item, Item], ...]:
        """The entries of a mapping."""
        item = self.item(key)
        if item is None:
            return ()
        if item.entries is None:
            self.fault(f'"{key}" must be keys and values, found {item.called}', item)
            return ()
        return item.entries

    def sections(self, key: str, what: str) -> tuple["Section", ...]:
        """The items of a list of mappings."""
        return tuple(Section(item, self.faults, f"{self.what}: {what}") for item in self.list(key))

    def finish(self) -> None:
        """Report the keys that nobody took."""
        for key, (item, _) in self._items.items():
            if key not in self._known:
                self.fault(f'unknown key "{key}"{did_you_mean(key, self._known)}', item)


def check_id(id: str, place: Place, faults: Faults, what: str = "id") -> None:
    """Note a fault if this cannot be an id of a fact or node."""
    if not ID.fullmatch(id):
        faults.add(place, f'{what} "{id}": use lower-case letters, digits and _, beginning with a letter')
    elif id in RESERVED or id in ("unit", "kind", "reason"):
        faults.add(place, f'{what} "{id}" is a word of the language; choose another')
