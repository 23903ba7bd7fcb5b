"""Procedures between versions: stored as plain data, and read back."""

from collections.abc import Mapping
from typing import Any

from fanxing.scheme import expressions, model
from fanxing.scheme.expressions import Const
from fanxing.scheme.model import Field, Procedure, plain

# Every value that a procedure is made of, by the name under which it is stored.
VALUES = {
    one.__name__: one
    for one in (
        *(expressions.Const, expressions.Name, expressions.Not, expressions.All, expressions.Some, expressions.Compare, expressions.In),
        *(expressions.Arithmetic, expressions.Negative, expressions.Call),
        *(model.Field, model.Party, model.Term, model.Share, model.Committee, model.PublicNotice, model.Ballot, model.Yield),
        *(model.Appoints, model.State, model.Step, model.Route, model.Named, model.Register, model.Procedure),
    )
}
# What a mapping without a name of the language is stored as.
PAIRS = "pairs"
# A database may hand a whole float back as an integer.
FLOATS = {Const: ("value",), Field: ("least", "most")}


def definition(procedure: Procedure) -> object:
    """The procedure as plain JSON data, from which `procedure` makes it again."""
    return _in_order(plain(procedure))


def _in_order(value: object) -> object:
    """Mappings as lists of pairs: a database keeps the order of a list, and of a mapping what order it likes."""
    if isinstance(value, list):
        return [_in_order(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    pairs = [[key, _in_order(one)] for key, one in value.items()]
    return dict(pairs) if "" in value else {"": PAIRS, "pairs": pairs}


def procedure(definition: Mapping[str, Any]) -> Procedure:
    """The procedure that `definition` describes."""
    found = _value(definition)
    assert isinstance(found, Procedure)  # nothing else is stored so
    return found


def _value(stored: Any) -> Any:
    """A stored value as it was: mappings with a name are values of the language, lists tuples."""
    if isinstance(stored, list):
        return tuple(_value(one) for one in stored)
    if not isinstance(stored, Mapping):
        return stored
    if stored.get("") == PAIRS:
        return {key: _value(one) for key, one in stored["pairs"]}
    values = {key: _value(one) for key, one in stored.items() if key}
    if "" not in stored:
        return values
    made = VALUES[stored[""]]
    for key in FLOATS.get(made, ()):
        values[key] = _as_float(values[key])
    if made is model.Step:
        values["sets"] = tuple((id, _as_float(value)) for id, value in values["sets"])
    return made(**values)


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
