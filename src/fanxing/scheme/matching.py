"""Which rule of one version is which of another: a rule that only moved, or stands at another place in a list, stays the same."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from fanxing.scheme.expressions import Name
from fanxing.scheme.model import Combine, Node, Place

T = TypeVar("T")
Keys = tuple[Callable[[T], object], ...]


def matched(old: Iterable[T], new: Iterable[T], keys: Keys[T]) -> list[tuple[T | None, T | None]]:
    """Pairs of old and new, in the order of the new; what has no counterpart stands with None, the removed last.

    The first key pairs as many as it can, then the next among those left. A key of None pairs nothing.
    """
    olds, news = list(old), list(new)
    left, found = set(range(len(olds))), dict[int, int]()
    for key in keys:
        waiting: dict[object, list[int]] = {}
        for place in sorted(left, reverse=True):
            waiting.setdefault(key(olds[place]), []).append(place)
        for place, one in enumerate(news):
            candidates = waiting.get(key(one)) if place not in found and key(one) is not None else None
            if candidates:
                found[place] = candidates.pop()
                left.discard(found[place])
    pairs: list[tuple[T | None, T | None]] = [(olds[found[place]] if place in found else None, one) for place, one in enumerate(news)]
    return [*pairs, *((olds[place], None) for place in sorted(left))]


def match_nodes(old: Mapping[str, Node], new: Mapping[str, Node]) -> dict[str, str]:
    """Old ids and the new ids of the same rules.

    The same rule has the same id and title; or the same title (without a title: says the same) within the same rule; or the same id.
    """
    ids: dict[str, str] = {}
    by_depth = sorted(old.values(), key=lambda node: _depth(node, old))
    for depth in range(max((_depth(node, old) for node in old.values()), default=0) + 1):
        candidates = [replace(node, parent=ids.get(node.parent, node.parent)) for node in by_depth if _depth(node, old) == depth]
        others = [node for node in new.values() if _depth(node, new) == depth]
        keys: Keys[Node] = (
            lambda node: (node.id, node.title, node.parent),
            lambda node: (node.parent, node.title) if node.title else None,
            lambda node: (node.parent, repr(node.form)) if node.parent and not node.title else None,
            lambda node: (node.id, node.parent),
        )
        ids |= {before.id: after.id for before, after in matched(candidates, others, keys) if before and after}
    left = [id for id in old if id not in ids and id in new and id not in ids.values()]  # moved out of, or into, another rule
    return {**ids, **{id: id for id in left}}


def _depth(node: Node, nodes: Mapping[str, Node]) -> int:
    depth = 0
    while node.parent in nodes:
        node, depth = nodes[node.parent], depth + 1
    return depth


def is_given(id: str, parent: str) -> bool:
    """Was this id made from the parent's, for want of one of its own?"""
    return re.fullmatch(rf"{re.escape(parent)}_(\d+|score|need_\d+|veto_\d+)", id) is not None


def renamed(value: Any, ids: Mapping[str, str]) -> Any:
    """A rule with the names it reads replaced by what the other version calls them, and parts that may stand in any order sorted."""
    if isinstance(value, Name):
        return Name(ids.get(value.id, value.id))
    if isinstance(value, tuple):
        return tuple(renamed(one, ids) for one in value)
    if not is_dataclass(value) or isinstance(value, type | Place):
        return value
    same = replace(value, **{one.name: renamed(getattr(value, one.name), ids) for one in fields(value)})
    return _sorted(same) if isinstance(same, Combine) else same


def _sorted(form: Combine) -> Combine:
    pairs = sorted(zip(form.parts, form.weights or (1.0,) * len(form.parts), strict=True), key=repr)
    parts = tuple(part for part, _ in pairs)
    return replace(form, parts=parts, weights=tuple(weight for _, weight in pairs) if form.weights else ())
