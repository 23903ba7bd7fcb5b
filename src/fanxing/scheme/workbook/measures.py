"""What a row can be measured by: the facts and shares of the programme in force, and which of them a row speaks of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fanxing.scheme.expressions import Arithmetic, Const, Expression, Name, Type, names
from fanxing.scheme.model import Each, Fact, Node, Scale, Scheme, Steps, UnitKind
from fanxing.scheme.origins import unit_of
from fanxing.scheme.workbook.plain import key

MOST_PROPOSED = 5
SHORT = 2  # characters that are found by chance
LIKELY, POSSIBLE, MARGIN = 0.8, 0.38, 0.12
_TAILS = re.compile(r"(折算|扣分|得分|次数|户数|人数|人次|的?(季度|月|周)数|的?事项数|个数|总数|情况|面积|金额|合计|数量|数)$")
_GROWTH = re.compile(r"比上年|同比|增长|增幅|增速")
_HEADS = re.compile(r"^(开过|召开|上过|开展|(?!有线)有|已|较大以上|按时)")


@dataclass(frozen=True)
class Measure:
    """A fact of the programme, or a share of two facts, by the words officials know it by. `formula` is how the language writes it;
    `facts` are the ids it reads; `truth` is whether it is yes or no."""

    id: str
    title: str
    unit: str
    formula: str
    facts: tuple[str, ...]
    truth: bool = False


def measures(scheme: Scheme, kind: str) -> dict[str, Measure]:
    """What a kind of unit can be measured by, by id, in the order of the scheme."""
    if kind not in scheme.kinds:
        return {}
    rules = scheme.kinds[kind]
    found = {one.id: one for one in (_of_fact(fact) for fact in rules.facts.values()) if one}
    seen = {one.formula for one in found.values()}
    for one in _shares(rules):
        if one.formula not in seen:
            seen.add(one.formula)
            found[one.id] = one
    return found


def _of_fact(fact: Fact) -> Measure | None:
    if fact.value_type not in (Type.NUMBER, Type.TRUTH):
        return None
    return Measure(fact.id, fact.title, unit_of(fact), fact.id, (fact.id,), fact.value_type is Type.TRUTH)


def _shares(kind: UnitKind) -> Iterator[Measure]:
    """The shares that the scheme's own rules look at: 改厕率 is toilets_converted / toilets_in_scope. Where a rule speaks of growth, it
    is by how much the first is above the second: 增长 5% is 5, not 105."""
    for node in kind.nodes.values():
        of = node.form.of if isinstance(node.form, Steps | Each | Scale) else None
        if isinstance(of, Arithmetic) and of.op == "/" and isinstance(of.left, Name) and isinstance(of.right, Name):
            facts = [kind.facts.get(id) for id in (of.left.id, of.right.id)]
            if all(facts):
                like = {one.unit for one in facts if one}
                unit = "%" if len(like) == 1 else ""
                formula = f"({written(of)} - 1)" if _GROWTH.search(node.title + _title(node, kind)) else written(of)
                yield Measure(f"share_{node.id}", _title(node, kind), unit, formula, names(of))


def _title(node: Node, kind: UnitKind) -> str:
    above = kind.nodes.get(node.parent)
    if node.title.endswith("折算") and above is not None and above.title:
        return above.title
    return node.title or (above.title if above else node.id)


def written(expression: Expression) -> str:
    """A name or a share of two names as the language writes it."""
    match expression:
        case Name(id):
            return id
        case Arithmetic(op, left, right):
            return f"{written(left)} {op} {written(right)}"
        case Const(value) if isinstance(value, float):
            return f"{value:g}"
    raise ValueError("a measure is a name, or a share of names")


def likely(known: dict[str, Measure], texts: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """(ids of the measures that the texts may speak of, the best first; whether the first is sure).

    Sure is one whose whole name stands in the texts, when no other does nearly as well.
    """
    whole = [key(text) for text in texts if text]
    scored = sorted(((_score(one.title, whole), -place, id) for place, (id, one) in enumerate(known.items())), reverse=True)
    best = [(score, id) for score, _, id in scored if score >= POSSIBLE][:MOST_PROPOSED]
    if not best:
        return (), False
    sure = best[0][0] >= LIKELY and (len(best) == 1 or best[0][0] - best[1][0] >= MARGIN)
    return tuple(id for _, id in best), sure


def _score(title: str, texts: list[str]) -> float:
    """How much of a measure's name stands in one of the texts; a longer name found whole counts for more."""
    name = key(title)
    core = _HEADS.sub("", _TAILS.sub("", name)) or name
    scores = [0.0]
    for text in texts:
        if name in text:
            scores.append(1.0 + len(name) / 100)
        elif len(core) > SHORT and core in text:
            scores.append(0.85 + len(core) / 100)
        elif len(core) == SHORT and core in text:
            # 党课每季度至少1次 is about 党课; 网格党支部覆盖 is not about 网格.
            alone = re.match(rf"{re.escape(core)}(次数|场次|数量|数|情况)?(每|至少|不少于|达|$)", text)
            scores.append(0.85 if alone else 0.5)
        elif len(core) > 2:
            pairs = {core[place : place + 2] for place in range(len(core) - 1)}
            scores.append(0.8 * sum(1 for pair in pairs if pair in text) / len(pairs))
    return max(scores)
