"""Plain values in expressions: their types, and whether they are choices of what they are compared with."""

from collections.abc import Iterable, Mapping

from fanxing.scheme.expressions import Compare, Const, Expression, In, Name, Type, did_you_mean, walk
from fanxing.scheme.model import Value


def type_of_value(value: Value) -> Type:
    """The type of a plain value."""
    if value is None:
        return Type.MISSING
    if isinstance(value, bool):
        return Type.TRUTH
    return Type.TEXT if isinstance(value, str) else Type.NUMBER


def compared(expression: Expression) -> list[tuple[str, Value]]:
    """The names in an expression with the plain values they are compared with."""
    pairs: list[tuple[str, Value]] = []
    for part in walk(expression):
        match part:
            case Compare(_, Name(id), Const(value)) | Compare(_, Const(value), Name(id)):
                pairs.append((id, value))
            case In(Name(id), options):
                pairs += [(id, option.value) for option in options]
    return pairs


def unknown_words(pairs: Iterable[tuple[str, Value]], choices: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    """What is wrong with (id, value) pairs: the words that are none of the choices, which are {value: word} by the ids."""
    for id, word in pairs:
        if id in choices and isinstance(word, str) and word not in choices[id]:
            yield f'"{word}" is none of the choices of {id}{did_you_mean(word, list(choices[id]))}'
