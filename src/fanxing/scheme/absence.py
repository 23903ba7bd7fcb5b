"""Which facts a result cannot do without."""

from collections.abc import Iterable, Mapping

from fanxing.scheme.expressions import Call, Expression, Name, children
from fanxing.scheme.model import Adjust, Combine, Fact, Form, Star, UnitKind, expressions_in

Ids = frozenset[str]
NONE: Ids = frozenset()


def not_rated_without(kind: UnitKind, id: str) -> tuple[Fact, ...]:
    """The facts of which a single missing one can leave a fact or node not rated, in the order of the kind's facts.

    Of two facts that stand in for each other neither is named. A star that needs other stars does not repeat theirs.
    """
    found: dict[str, Ids] = {one.id: NONE if one.if_missing is not None else frozenset((one.id,)) for one in kind.facts.values()}
    for node in kind.nodes.values():
        known = found if not isinstance(node.form, Star) else {**found, **dict.fromkeys(_stars(kind), NONE)}
        found[node.id] = NONE if node.if_missing is not None else _of_form(node.form, known)
    return tuple(fact for fact in kind.facts.values() if fact.id in found[id])


def _stars(kind: UnitKind) -> Iterable[str]:
    return (node.id for node in kind.nodes.values() if isinstance(node.form, Star))


def _union(sets: Iterable[Ids]) -> Ids:
    return frozenset().union(*sets)


def _of_expression(expression: Expression, known: Mapping[str, Ids]) -> Ids:
    match expression:
        case Name(id):
            return known[id]
        case Call("present", _):
            return NONE
        case Call("first", arguments):
            return frozenset.intersection(*(_of_expression(one, known) for one in arguments))
        case _:
            return _union(_of_expression(part, known) for part in children(expression))


def _of_form(form: Form, known: Mapping[str, Ids]) -> Ids:
    match form:
        case Combine():
            return _of_parts(form, [_of_expression(part, known) for part in form.parts])
        case Adjust(start, _, True):
            return _of_expression(start, known)
        case Star(score, _, needs, vetoes):
            waits = (veto.when for veto in vetoes if veto.when is not None and veto.if_undecided == "hold")
            return _union(_of_expression(one, known) for one in (score, *(need.when for need in needs), *waits))
        case _:
            return _union(_of_expression(one, known) for one in expressions_in(form))


def _of_parts(form: Combine, parts: list[Ids]) -> Ids:
    """One missing fact takes a whole that may do without parts only if too few parts are left without it."""
    if form.missing == "not rated":
        return _union(parts)
    least = max(form.need, 0 if form.missing == "zero" else 1)
    return frozenset(fact for fact in _union(parts) if sum(fact not in part for part in parts) < least)
