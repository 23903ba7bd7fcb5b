"""The kinds of record one may enter, in the order in which they are likely to be sought."""

from collections.abc import Iterable, Sequence

from fanxing.lib.search_text import is_initials, search_text, tokens_sought
from fanxing.organisations.models import Unit
from fanxing.records.queries import entered_most
from fanxing.scheme.model import Procedure, RecordKind

OFTEN = "常记的"
OTHER = "其他类型"
# So many kinds stand before the others.
FIRST = 6


def sections(unit: Unit, kinds: Sequence[RecordKind], sought: str = "") -> list[tuple[str, list[RecordKind]]]:
    """(heading, kinds): those of which the unit has most, then the others, group by group; only those sought, where somebody seeks by
    characters, words of messages or pinyin initials."""
    counts = entered_most(unit)
    often = sorted((kind for kind in kinds if kind.id in counts), key=lambda kind: -counts[kind.id])[:FIRST]
    others = sorted((kind for kind in kinds if kind not in often), key=lambda kind: kind.group)
    found = [(OFTEN, _matching(often, sought)), (OTHER, _matching(others, sought))]
    return [(heading, some) for heading, some in found if some]


def left_by(unit: Unit, procedures: Iterable[Procedure]) -> dict[str, str]:
    """The kinds of record that matters of a unit leave when they end, each with the title of a procedure: nobody types those again."""
    kept = (one for one in procedures if one.kept_in(unit.kind))
    return {left.kind: one.title for one in kept for state in one.states.values() for left in state.records}


def _matching(kinds: Sequence[RecordKind], sought: str) -> list[RecordKind]:
    tokens = tokens_sought(sought)
    return [kind for kind in kinds if _holds(kind, tokens)] if sought.strip() else list(kinds)


def _holds(kind: RecordKind, tokens: Sequence[str]) -> bool:
    """Whether one of the kind's names, or that of its group, has every token."""
    names = (search_text(name).split() for name in (kind.title, kind.group, *kind.words))
    return bool(tokens) and any(all(_stands(token, name) for token in tokens) for name in names)


def _stands(token: str, name: Sequence[str]) -> bool:
    return any(one.startswith(token) for one in name) if is_initials(token) else token in name
