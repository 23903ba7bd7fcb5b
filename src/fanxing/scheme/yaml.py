"""YAML read plainly: only `yes` and `no` are yes/no, numbers are decimal, everything else is text; every value knows its line."""

import re
from dataclasses import dataclass, field

import yaml as pyyaml

from fanxing.scheme.faults import Faults
from fanxing.scheme.model import Place

NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 60
_Loader = getattr(pyyaml, "CBaseLoader", pyyaml.BaseLoader)


@dataclass(frozen=True)
class Item:
    """One YAML value: a scalar (float, bool, str, None when empty), a list, or entries of a mapping; `text` is how a scalar was written."""

    place: Place
    scalar: float | bool | str | None = None
    items: tuple["Item", ...] | None = None
    entries: tuple[tuple["Item", "Item"], ...] | None = None
    text: str = field(default="", compare=False)

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
        return f'"{self.text}"' if self.text else "nothing"


class _Refused(Exception):
    pass


def read(text: str, file: str, faults: Faults) -> Item | None:
    """Read one file. Faults: YAML that cannot be read, a key that stands twice, anchors and aliases."""
    if len(text) > MAX_CHARACTERS:
        faults.add(Place(file, 1), f"the file has {len(text)} characters; a scheme file has at most {MAX_CHARACTERS}")
        return None
    if "\0" in text:
        faults.add(Place(file, 1), "this is not a text file; a scheme is written in YAML, as UTF-8")
        return None
    try:
        node = pyyaml.compose(text, Loader=_Loader)
        if node is None:
            faults.add(Place(file, 1), "the file is empty")
            return None
        return _convert(node, file, faults, set(), 0)
    except pyyaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is not YAML"
        faults.add(Place(file, mark.line + 1 if mark else 1), f"cannot read this as YAML: {problem}")
    except RecursionError:
        faults.add(Place(file, 1), f"nested more than {MAX_DEPTH} deep")
    except _Refused:
        pass
    return None


def _convert(node: pyyaml.Node, file: str, faults: Faults, seen: set[int], depth: int) -> Item:
    place = Place(file, node.start_mark.line + 1)
    if id(node) in seen:
        faults.add(place, "anchors and aliases (& and *) are not part of the language; write the value out")
        raise _Refused
    if depth > MAX_DEPTH:
        faults.add(place, f"nested more than {MAX_DEPTH} deep")
        raise _Refused
    seen.add(id(node))
    if isinstance(node, pyyaml.ScalarNode):
        return Item(place, _scalar(node), text=node.value)
    if isinstance(node, pyyaml.SequenceNode):
        return Item(place, items=tuple(_convert(one, file, faults, seen, depth + 1) for one in node.value))
    entries = []
    keys: set[str] = set()
    for key_node, value_node in node.value:
        key = _convert(key_node, file, faults, seen, depth + 1)
        if not key.is_scalar:
            faults.add(key.place, "a key must be a plain word or number")
            continue
        if key.text in keys:
            faults.add(key.place, f'the key "{key.text}" stands twice; keep one')
            continue
        keys.add(key.text)
        entries.append((key, _convert(value_node, file, faults, seen, depth + 1)))
    return Item(place, entries=tuple(entries))


def _scalar(node: pyyaml.ScalarNode) -> float | bool | str | None:
    text = node.value
    if node.style in ("'", '"', "|", ">"):
        return str(text)
    if text in ("yes", "no"):
        return bool(text == "yes")
    if text in ("", "~", "null"):
        return None
    if NUMBER.fullmatch(text):
        return float(text)
    return str(text)
