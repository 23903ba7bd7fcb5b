"""What a star asks beside its points: which needs are met and which vetoes are in force, for one unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from fanxing.rating.columns import Column, days, decode, scalar
from fanxing.rating.evaluate import Compute, Names, compile_expression
from fanxing.rating.rate import Rating
from fanxing.scheme.checking import node_types
from fanxing.scheme.days import months_after
from fanxing.scheme.expressions import Type, names
from fanxing.scheme.model import Fact, Need, Scheme, UnitKind, Value, Veto
from fanxing.scheme.ranges import ranges
from fanxing.scheme.sentences import say_need, say_veto


@dataclass(frozen=True)
class Condition:
    """A need or a veto of a star, for one unit.

    holds  the need is met, or the veto is in force; None: cannot be judged
    until  the first day on which a veto with a date is no longer in force
    facts  what it reads: ids of facts and nodes
    """

    rule: Need | Veto
    sentence: str
    holds: bool | None
    until: date | None
    facts: tuple[str, ...]


def conditions(rating: Rating, unit: str) -> Mapping[str, tuple[Condition, ...]]:
    """Star → its needs and vetoes, in the order of the scheme. Raises FactsError for a unit that is not in the facts."""
    kind_id = str(rating.facts.kinds[rating.facts.row(unit)])
    if kind_id not in rating.kinds:
        return {}
    kind, compiled = rating.scheme.kinds[kind_id], _compiled(rating.scheme, kind_id)
    values = rating.values(unit)
    columns = {id: _column(kind, id, value, compiled) for id, value in values.items()}
    return {star: tuple(_condition(one, columns, values, rating.as_of) for one in compiled.rules[star]) for star in kind.stars}


@dataclass(frozen=True)
class _Rule:
    rule: Need | Veto
    sentence: str
    when: Compute | None
    facts: tuple[str, ...]


@dataclass(frozen=True)
class _Compiled:
    types: Mapping[str, Type]
    words: dict[str, int]
    rules: Mapping[str, tuple[_Rule, ...]]


@lru_cache(maxsize=64)
def _compiled(scheme: Scheme, kind_id: str) -> _Compiled:
    kind = scheme.kinds[kind_id]
    types = node_types(kind)
    known = Names(types, ranges(kind), {})
    return _Compiled(types, known.words, {star: tuple(_rules(kind, star, known)) for star in kind.stars})


def _rules(kind: UnitKind, star: str, known: Names) -> Iterator[_Rule]:
    for need in kind.star(star).needs:
        yield _rule(need, kind, known)
    for veto in kind.star(star).vetoes:
        yield _rule(veto, kind, known)


def _rule(rule: Need | Veto, kind: UnitKind, known: Names) -> _Rule:
    sentence = say_need(kind, rule) if isinstance(rule, Need) else say_veto(kind, rule)
    if rule.when is None:
        return _Rule(rule, sentence, None, (rule.since,))
    return _Rule(rule, sentence, compile_expression(rule.when, known, Type.TRUTH), tuple(dict.fromkeys(names(rule.when))))


def _column(kind: UnitKind, id: str, value: Value | date, compiled: _Compiled) -> Column:
    rule = kind.rule(id)
    taken_for = rule.if_missing if value is None and isinstance(rule, Fact) else value
    return scalar(taken_for, compiled.types[id], compiled.words)


def _condition(one: _Rule, columns: Mapping[str, Column], values: Mapping[str, Value | date], as_of: date | None) -> Condition:
    if isinstance(one.rule, Veto) and one.when is None:
        since, until = values[one.facts[0]], None
        if isinstance(since, date) and as_of and since <= as_of < (end := months_after(since, one.rule.lasts or 0)):
            until = end
        return Condition(one.rule, one.sentence, until is not None, until, one.facts)
    assert one.when is not None  # a need has one
    today = np.asarray(days(as_of) if as_of else np.nan)
    holds = decode(one.when({**columns, "": today}), Type.TRUTH, ())
    return Condition(one.rule, one.sentence, None if holds is None else bool(holds), None, one.facts)
