"""What would come out if some facts were otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from fanxing.rating.columns import NO_WORD
from fanxing.rating.facts import Facts, FactsError, facts_of
from fanxing.rating.plan import plan_of
from fanxing.rating.rate import Rating, rate_again
from fanxing.scheme.expressions import Type, did_you_mean
from fanxing.scheme.model import Scheme, Value

Changes = Mapping[str, Value | date]
"""Fact → what it would be (None: missing)."""


def what_if(rating: Rating, unit: str, changes: Changes) -> Rating:
    """One unit with some of its facts otherwise, by the same rules and on the same day; nothing else moves.

    The rating that comes back holds this unit alone, with every node. Its places are those it would have among the other units of
    the rating as they stand; in a rating of one unit alone they stay what they were.
    Raises FactsError for a unit or fact that is not there, and for a value that the fact cannot have.
    """
    row = rating.facts.row(unit)
    facts = changed(rating.facts, rating.scheme, unit, changes)
    kind = str(facts.kinds[row])
    if kind not in rating.kinds or not plan_of(rating.scheme).kinds[kind].ranks:
        return rate_again(rating, facts.only(np.array([row])), ranks={})
    peers = facts.of_kind(kind)
    if len(peers) == 1:
        ranks = {id: rating.kinds[kind].columns[id] for id in plan_of(rating.scheme).kinds[kind].ranks}
        return rate_again(rating, facts.only(np.array([row])), ranks={kind: ranks})
    among_all = rate_again(rating, facts.only(peers), ranks={})
    return among_all.again([int(np.searchsorted(peers, row))])


def changed(facts: Facts, scheme: Scheme, unit: str, changes: Changes) -> Facts:
    """The facts with those of one unit otherwise. Raises FactsError."""
    row = facts.row(unit)
    _refuse(scheme, unit, str(facts.kinds[row]), changes)
    given = Facts.from_rows(scheme, [{"unit": unit, "kind": str(facts.kinds[row]), **changes}])
    words = tuple(dict.fromkeys((*facts.words, *given.words)))
    columns = dict(facts.columns)
    for id in changes:
        column, value = columns[id].copy(), given.columns[id][0]
        column[row] = words.index(given.words[value]) if column.dtype == np.int32 and value != NO_WORD else value
        columns[id] = column
    return replace(facts, columns=columns, words=words)


def _refuse(scheme: Scheme, unit: str, kind: str, changes: Changes) -> None:
    known = scheme.kinds[kind].facts if kind in scheme.kinds else facts_of(scheme)
    for id, value in changes.items():
        if id not in known:
            raise FactsError(f'unit {unit}: no such fact "{id}"{did_you_mean(id, list(known))}')
        allowed = [word for word, _ in known[id].choices]
        if known[id].value_type is Type.TEXT and allowed and value is not None and value not in allowed:
            raise FactsError(f'unit {unit}, column {id}: "{value}" is not one of {", ".join(allowed)}')
