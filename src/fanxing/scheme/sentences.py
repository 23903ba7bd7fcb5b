"""Every rule says itself as one Chinese sentence, for officials, who read sentences and not YAML."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from math import isfinite, log10

from fanxing.scheme.absence import not_rated_without
from fanxing.scheme.checking import node_types
from fanxing.scheme.expressions import Arithmetic, Const, Expression, Name, Type, names, walk
from fanxing.scheme.influence import none_at_all
from fanxing.scheme.model import (
    Adjust,
    Adjustment,
    Choice,
    Choose,
    Combine,
    Each,
    Fact,
    Formula,
    Need,
    Node,
    Rank,
    RecordKind,
    Scale,
    Star,
    Steps,
    UnitKind,
    Value,
    Veto,
    expressions_in,
    reads,
)
from fanxing.scheme.origins import origin, unit_of
from fanxing.scheme.ranges import Range, of_expression, ranges
from fanxing.scheme.wording import POINTS, Term, Wording, amount, join, months, number, points, quoted, record_wording, value_word

__all__ = [
    "Sentences",
    "not_rated_without",
    "range_words",
    "say",
    "say_condition",
    "say_expression",
    "say_need",
    "say_not_rated",
    "say_star",
    "say_veto",
]

NO_RECORDS: Mapping[str, RecordKind] = {}
# A rule without a title is told where it is read; one that takes more characters than this is called by its id.
LONGEST = 1_000
_HOW = {"mean": "取平均", "geometric": "取几何平均", "lowest": "取最低的一项", "highest": "取最高的一项"}
_AROUND = {"at_least": ("", "以上"), "up_to": ("", "以下"), "more_than": ("超过", ""), "below": ("不满", "")}


def say(kind: UnitKind, id: str, records: Mapping[str, RecordKind] = NO_RECORDS) -> str:
    """A fact or node as one sentence. Without `records` a fact names its record kind and fields by their ids."""
    return Sentences(kind, records).say(id)


def say_expression(kind: UnitKind, expression: Expression) -> str:
    """An expression over a kind's facts and nodes, by their titles."""
    return Sentences(kind).wording.say(expression)


def say_condition(record_kind: RecordKind, expression: Expression) -> str:
    """A condition over the records of a kind, by the titles of its fields."""
    return record_wording(record_kind).say(expression)


def say_star(kind: UnitKind, star: str) -> str:
    """What a star asks: its pass mark, its needs, its vetoes."""
    return Sentences(kind).say(star)


def say_need(kind: UnitKind, need: Need) -> str:
    """What a star asks beside its points."""
    return Sentences(kind).need(need)


def say_veto(kind: UnitKind, veto: Veto) -> str:
    """What takes a star, and for how long."""
    return Sentences(kind).veto(veto)


def say_not_rated(kind: UnitKind, id: str) -> str:
    """The facts of which none may be missing, as one sentence; empty if there is none."""
    facts = "、".join(fact.title for fact in not_rated_without(kind, id))
    return f"下列任何一项缺失则不评：{facts}。" if facts else ""


def range_words(kind: UnitKind, id: str) -> str:
    """How much a node can give: 最高 20 分; empty where there is no bound."""
    return Sentences(kind).range_words(id)


class Sentences:
    """The sentences of one kind of unit; to say many of them, make this once."""

    def __init__(self, kind: UnitKind, records: Mapping[str, RecordKind] = NO_RECORDS) -> None:
        self.kind, self.records = kind, records
        self.wording = Wording(self.term)
        # What many read is asked for often: without these, twice as often with each level.
        self._terms: dict[str, Term] = {}
        self._units: dict[str, str] = {}

    def say(self, id: str) -> str:
        """A fact or node as one sentence."""
        rule = self.kind.rule(id)
        if isinstance(rule, Fact):
            return f"{rule.title}：{origin(rule, self.records)}。"
        return f"{self._headline(rule)}{self.node(rule)}。"

    def _headline(self, node: Node) -> str:
        """The title, unless the rule begins with the same words: 村集体收入：30 万元以上 20 分."""
        if node.title:
            title = f"{node.title}："
            return "" if isinstance(node.form, Steps | Scale) and self._lead(node, node.form.of) == title else title
        whole = self.kind.nodes.get(node.parent)
        return f"{quoted(whole.title)}中的一项：" if whole and whole.title else f"{node.id}："

    # ---- what names are called

    @cached_property
    def _types(self) -> Mapping[str, Type]:
        return node_types(self.kind)

    @cached_property
    def _ranges(self) -> Mapping[str, Range]:
        return ranges(self.kind)

    @cached_property
    def _point_nodes(self) -> frozenset[str]:
        """The nodes that give points: scores of stars, what has a full mark or counts in 分, and what is added up in them."""
        nodes = self.kind.nodes.values()
        waiting = [node.form.score.id for node in nodes if isinstance(node.form, Star)]
        waiting += [node.id for node in nodes if node.unit == POINTS or node.full is not None]
        found: set[str] = set()
        while waiting:
            node = self.kind.nodes.get(waiting.pop())
            if node is not None and node.id not in found and node.unit in ("", POINTS) and self._types[node.id] is Type.NUMBER:
                found.add(node.id)
                waiting += _passed_on(node)
        return frozenset(found)

    def term(self, id: str) -> Term:
        """What a fact or node is called, and its unit."""
        if id not in self._terms:
            self._terms[id] = self._term(id)
        return self._terms[id]

    def _term(self, id: str) -> Term:
        rule = self.kind.rule(id)
        if isinstance(rule, Fact):
            return Term(rule.title, unit_of(rule), dict(rule.choices))
        if not rule.title and rule.parent and not isinstance(rule.form, Star):
            words = self.node(rule)
            return Term(f"（{words}）" if len(words) <= LONGEST else rule.id, self.unit(rule), whole=True)
        return Term(rule.title or rule.id, self.unit(rule), dict(rule.labels), isinstance(rule.form, Star))

    def unit(self, node: Node) -> str:
        """The unit of measure of what a node gives."""
        if node.id not in self._units:
            self._units[node.id] = self._unit(node)
        return self._units[node.id]

    def _unit(self, node: Node) -> str:
        if node.unit or node.id in self._point_nodes:
            return node.unit or POINTS
        match node.form:
            case Formula(of) | Adjust(of):
                return self.wording.unit(of)
            case Combine(how, parts, weights) if how != "count" and not (weights and how == "sum"):
                units = {self.wording.unit(part) for part in parts if not isinstance(part, Const)}
                return units.pop() if len(units) == 1 else ""
            case _:
                return ""

    def amount(self, node: Node, value: float) -> str:
        """A value of a node with its unit and the word for it: 4（4A）."""
        word = dict(node.labels).get(value)
        return f"{amount(value, self.unit(node))}{f'（{word}）' if word else ''}"

    # ---- nodes

    def node(self, node: Node) -> str:
        """What a node does, without its title."""
        if isinstance(node.form, Star):
            return self._star(node.form)
        body = "，".join([self.form(node), *self._tail(node)])
        return "；".join(part for part in (body, self._missing(node), self._labels(node)) if part)

    def form(self, node: Node) -> str:
        """What a node's form does, without its limits and what happens without data."""
        match node.form:
            case Steps() as form:
                return self._steps(node, form)
            case Each() as form:
                return self._each(node, form)
            case Scale() as form:
                return self._scale(node, form)
            case Choose(rows):
                return "；".join(self._row(node, row, len(rows)) for row in rows)
            case Formula(of):
                words = self.wording.say(of)
                return f"{_those(words)}为是" if self._types[node.id] is Type.TRUTH else join("取", words)
            case Combine() as form:
                return self._combine(node, form)
            case Adjust(start, steps):
                told = "；".join(f"（{place}）{self.step(node, step)}" for place, step in enumerate(steps, start=1))
                return f"从{self._quoted(start)}起，依次：{told}"
            case Rank() as form:
                return self._rank(form)
            case Star() as form:
                return self._star(form)

    def gives(self, node: Node, value: Value) -> str:
        """What a row gives: 20 分, 扣 2 分, 5（很好）, 不评."""
        if value is None:
            return "不评"
        if isinstance(value, bool | str):
            return value_word(value, words=dict(node.labels))
        return points(value) if node.id in self._point_nodes else self.amount(node, value)

    def gets(self, node: Node, value: Value) -> str:
        """The same with a verb: 得 20 分, 扣 2 分, 为 5（很好）, 不评."""
        words = self.gives(node, value)
        if value is None or words.startswith("扣"):
            return words
        return join("得" if node.id in self._point_nodes else "为", words)

    def _lead(self, node: Node, of: Expression) -> str:
        """What the rows of steps or of a scale look at."""
        words = self.wording.say(of)
        if node.title == words:
            return f"{words}："
        return f"{join('按', quoted(words) if words.startswith('按') else words)}，"

    def _steps(self, node: Node, form: Steps) -> str:
        gives = self.gives if node.id in self._point_nodes else self.gets
        rows = [join(self.threshold(form, threshold), gives(node, given)) for threshold, given in form.rows]
        return f"{self._lead(node, form.of)}{'，'.join(rows)}，{join('否则', gives(node, form.otherwise))}"

    def threshold(self, form: Steps, threshold: float | str) -> str:
        """A threshold of steps: 30 万元以上."""
        words = self.term(form.of.id).words if isinstance(form.of, Name) else {}
        word = value_word(threshold, self.wording.unit(form.of), words)
        if form.comparison == "equals" or isinstance(threshold, str):
            return word if threshold in words or isinstance(threshold, str) else join("为", word)
        lowest = form.comparison == "up_to" and threshold <= of_expression(form.of, self._ranges).low
        before, after = ("为", "") if lowest else _AROUND[form.comparison]
        return join(before, word, after)

    def _each(self, node: Node, form: Each) -> str:
        divided = any(isinstance(part, Arithmetic) and part.op == "/" for part in walk(form.of))
        counted = form.per == 1 and not divided and all(self._is_count(name) for name in names(form.of))
        per = amount(form.per, self.wording.unit(form.of))
        return join(self.wording.say(form.of), "每" if counted else "每满", per, self.gets(node, form.points))

    def _is_count(self, id: str) -> bool:
        rule = self.kind.rule(id)
        return isinstance(rule, Fact) and rule.type == "count"

    def _scale(self, node: Node, form: Scale) -> str:
        reach, lowest, highest = of_expression(form.of, self._ranges), min(form.from_), max(form.from_)
        rows = []
        for value, gives in zip(form.from_, form.to, strict=True):
            beyond = "以下" if value == lowest > reach.low else "以上" if value == highest < reach.high else ""
            rows.append(join(amount(value, self.wording.unit(form.of)), beyond, self.gets(node, gives)))
        return f"{self._lead(node, form.of)}{'，'.join(rows)}，其间按{'对数' if form.log else ''}比例计"

    def _row(self, node: Node, row: Choice, rows: int) -> str:
        gives = self.given(node, row.give)
        if row.when is None:
            return join("其余" if rows > 1 else "一律", gives)
        return f"{_those(self.wording.say(row.when))}，{gives}"

    def given(self, node: Node, give: Expression) -> str:
        if isinstance(give, Const):
            return self.gets(node, give.value)
        words = self._quoted(give)
        return words if words.startswith("（") else f"按{words}计"

    def _quoted(self, expression: Expression) -> str:
        if isinstance(expression, Name):
            term = self.term(expression.id)
            return term.title if term.whole else quoted(term.title)
        return quoted(self.wording.say(expression))

    def _combine(self, node: Node, form: Combine) -> str:
        if form.how == "count":
            return f"{'获得的星数' if self._all_stars(form) else '符合的项数'}：{self._titles(form.parts)}"
        parts = [self._part(part) for part in form.parts]
        if form.weights:
            parts = [f"{part} × {number(weight)}" for part, weight in zip(parts, form.weights, strict=True)]
        if form.how != "sum":
            return f"{'按权重' if form.weights else ''}{_HOW[form.how]}：{'、'.join(parts)}"
        if len(parts) == 1:
            return join("即", parts[0])
        first = form.parts[0]
        if isinstance(first, Const) and not form.weights:
            return join("从", value_word(first.value, self.unit(node)), f"起，加减各项：{'、'.join(parts[1:])}")
        return f"各项相加：{'、'.join(parts)}"

    def _all_stars(self, form: Combine) -> bool:
        return all(isinstance(part, Name) and self.term(part.id).star for part in form.parts)

    def _titles(self, parts: Sequence[Expression]) -> str:
        return "、".join(self.wording.name(part.id) if isinstance(part, Name) else self.wording.say(part) for part in parts)

    def _part(self, part: Expression) -> str:
        """A part by its title and full mark; what stands outside the full mark says so."""
        words = self._titles((part,))
        node = self.kind.nodes.get(part.id) if isinstance(part, Name) else None
        if node is None or not node.title:
            return words
        marks = [points(node.full)] if node.full is not None else []
        marks += ["加分，不计入满分"] if node.extra else []
        return f"{words}（{'，'.join(marks)}）" if marks else words

    def step(self, node: Node, step: Adjustment) -> str:
        """One step of an adjust: 满意度 < 60% 的最高 2 星."""
        acts = [self._added(node, step.add)] if step.add is not None else []
        acts += [join("改为", self._changed(node, step.set))] if step.set is not None else []
        acts += self._limits(node, step.least, step.most)
        when = _those(self.wording.say(step.when)) if step.when is not None else "一律"
        return join(when, "，".join(acts) or "不变")

    def _added(self, node: Node, add: Expression) -> str:
        if isinstance(add, Const) and isinstance(add.value, float):
            return f"{'减' if add.value < 0 else '加'} {amount(abs(add.value), self.unit(node))}"
        return f"加上{self._quoted(add)}"

    def _changed(self, node: Node, change: Expression) -> str:
        if isinstance(change, Const) and isinstance(change.value, float):
            return self.amount(node, change.value)
        return self._quoted(change)

    def _rank(self, form: Rank) -> str:
        rules = [join("按", self.wording.say(form.of), "从高到低" if form.first == "highest" else "从低到高", "排名次")]
        if form.within:
            rules.append(f"在{'、'.join(self.wording.name(one) for one in form.within)}相同的单位之间")
        if form.only is not None:
            rules.append(join("只排", _those(self.wording.say(form.only))))
        if form.as_ == "share":
            rules.append("取名次 ÷ 参加排名的单位数")
        return "，".join([*rules, "并列的取靠前的名次", "没有数据的不参加排名"])

    def _tail(self, node: Node) -> Iterator[str]:
        yield from self._limits(node, node.least, node.most)
        whole = self.kind.nodes.get(node.parent)
        if node.round is not None and (whole is None or whole.round != node.round):
            yield _rounding(node.round)

    def _limits(self, node: Node, least: float | None, most: float | None) -> list[str]:
        """最高 20 分; a lower bound of what only deducts reads 最多扣 10 分."""
        limits = [f"最高 {self.amount(node, most)}"] if most is not None else []
        if least is not None and least < 0 and node.id in self._point_nodes and self._ranges[node.id].high <= 0:
            limits.append(f"最多扣 {amount(-least, POINTS)}")
        elif least is not None:
            limits.append(f"最低 {self.amount(node, least)}")
        return limits

    def _labels(self, node: Node) -> str:
        """Words for values that the form does not itself give."""
        if isinstance(node.form, Steps | Choose):
            return ""
        return "，".join(join(value_word(value, self.unit(node)), "为", word) for value, word in node.labels)

    # ---- what happens without data

    def _missing(self, node: Node) -> str:
        """What happens without data; empty if that cannot be."""
        match node.form:
            case Combine() as form:
                return self._missing_parts(node, form)
            case Rank():
                return "" if node.if_missing is None else f"不参加排名的{self._then(node)}"
            case Adjust(start, _, True):
                gaps, skipped = list(self._gaps(node, (start,))), ["无法判断的步骤跳过"]
            case Choose(rows) as form:
                gaps, skipped = [*self._gaps(node, expressions_in(form)), *(["都不符合"] if rows[-1].when is not None else [])], []
            case form:
                gaps, skipped = list(self._gaps(node, expressions_in(form))), []
        return "；".join([*skipped, join("或".join(gaps), f"的{self._then(node)}")] if gaps else skipped)

    def _then(self, node: Node) -> str:
        return "不评" if node.if_missing is None else join("按", self.gives(node, node.if_missing), "计")

    def _gaps(self, node: Node, expressions: Sequence[Expression]) -> Iterator[str]:
        """The ways in which expressions of a node can be missing."""
        if any(of_expression(one, self._ranges).missing for one in expressions):
            if self._lacking & {name for one in expressions for name in names(one)}:
                yield "没有数据"
            if self._divides_by_nothing(node, expressions):
                yield "除数为 0 "

    @cached_property
    def _lacking(self) -> frozenset[str]:
        """The facts and nodes that can be missing, but for a share whose "none at all" another row speaks for."""
        found = {id for id in self.kind.facts if self._ranges[id].missing}
        for node in self.kind.nodes.values():
            open_ended = isinstance(node.form, Rank) or (isinstance(node.form, Steps | Choose) and _gives_nothing(node.form))
            own = open_ended or self._divides_by_nothing(node, expressions_in(node.form))
            if self._ranges[node.id].missing and (own or found.intersection(reads(node))):
                found.add(node.id)
        return frozenset(found)

    def _divides_by_nothing(self, node: Node, expressions: Sequence[Expression]) -> bool:
        divisors = [part.right for one in expressions for part in walk(one) if isinstance(part, Arithmetic) and part.op == "/"]
        reaches = [of_expression(one, self._ranges) for one in divisors if one not in self._spoken_for(node)]
        return any(reach.low <= 0 <= reach.high for reach in reaches)

    def _spoken_for(self, node: Node) -> list[Expression]:
        """What cannot be 0 here, since a row above this one in a choose speaks for none at all."""
        whole = self.kind.nodes.get(node.parent)
        rows = whole.form.rows if whole is not None and isinstance(whole.form, Choose) else ()
        above = takewhile(lambda row: row.give != Name(node.id), rows)
        return [Name(none_at_all(row.when)) for row in above if row.when is not None]

    def _missing_parts(self, node: Node, form: Combine) -> str:
        if not list(self._gaps(node, form.parts)):
            return ""
        then = self._then(node)
        if form.missing == "not rated":
            return f"{'有一星不评的即' if self._all_stars(form) else '没有数据的' if len(form.parts) == 1 else '缺任何一项的'}{then}"
        shared = form.weights or form.how in ("mean", "geometric")
        clauses = [_LEFT_OUT[bool(shared)] if form.missing == "leave out" else f"缺的按{'不符合' if form.how == 'count' else ' 0 '}计"]
        if form.need:
            clauses.append(f"有数据的不足 {form.need} 项的{then}")
        elif form.missing == "leave out":
            clauses.append(f"全缺的{then}")
        return "，".join(clauses)

    # ---- stars

    def _star(self, star: Star) -> str:
        score = self.term(star.score.id)
        words = [join(score.title, amount(star.pass_mark, score.unit), "以上得此星")]
        if star.needs:
            words.append(f"并须符合：{_enumerated([self.need(need) for need in star.needs])}")
        if star.vetoes:
            words.append(f"有下列情形的不得此星：{_enumerated([self.veto(veto) for veto in star.vetoes])}")
        return "；".join(words)

    def need(self, need: Need) -> str:
        """What a star asks beside its points."""
        return _titled(need.title, [self.wording.say(need.when)])

    def veto(self, veto: Veto) -> str:
        """What takes a star, and for how long."""
        if veto.when is None:
            return f"{veto.title}（自{quoted(self.term(veto.since).title)}起 {months(veto.lasts or 0)}内）"
        details = [self.wording.say(veto.when)]
        if veto.lasts is not None:
            details.append(f"{months(veto.lasts)}内有效")
        if veto.if_undecided:
            details.append({"no": "无法判断的不据此否决", "hold": "无法判断的暂不评定"}[veto.if_undecided])
        return _titled(veto.title, details)

    def range_words(self, id: str) -> str:
        """How much a node can give: 最高 20 分, 最多扣 10 分, 1 至 5 星; empty where there is no bound."""
        node, reach = self.kind.nodes[id], self._ranges[id]
        low, high = (float(f"{bound:.6g}") for bound in (reach.low, reach.high))
        if self._types[id] is not Type.NUMBER:
            return ""
        if id in self._point_nodes and high <= 0:
            return f"最多扣 {amount(-low, POINTS)}" if isfinite(low) else "只扣分"
        if low == high:
            return amount(high, self.unit(node))
        if low and isfinite(low) and isfinite(high):
            return f"{number(low)} 至 {amount(high, self.unit(node))}"
        bounds = [f"最高 {amount(high, self.unit(node))}"] if isfinite(high) else []
        bounds += [f"最低 {amount(low, self.unit(node))}"] if low and isfinite(low) else []
        return "，".join(bounds)


_LEFT_OUT = ("缺的不计", "缺的不计，权重由其余各项分担")


def _gives_nothing(form: Steps | Choose) -> bool:
    """Does one of the rows give nothing, or is there no row for what is left?"""
    if isinstance(form, Steps):
        return None in (form.otherwise, *(give for _, give in form.rows))
    return form.rows[-1].when is not None or Const(None) in [row.give for row in form.rows]


def _passed_on(node: Node) -> Iterator[str]:
    """The names whose value a node passes on as its own, or adds up."""
    passed: tuple[Expression, ...] = ()
    match node.form:
        case Combine(how, parts) if how != "count":
            passed = parts
        case Choose(rows):
            passed = tuple(row.give for row in rows)
        case Adjust(start):
            passed = (start,)
    return (part.id for part in passed if isinstance(part, Name))


def _rounding(step: float) -> str:
    if step == 1:
        return "四舍五入到整数"
    places = -log10(step)
    if 0 < places == round(places):
        return f"保留 {places:.0f} 位小数"
    return f"取最接近的 {number(step)} 的倍数"


def _those(condition: str) -> str:
    """The units of which a condition holds: 没有红白事的."""
    return condition if condition.endswith("的") else join(condition, "的")


def _titled(title: str, details: Sequence[str]) -> str:
    """A title with its condition, which stands alone where it begins with the same words."""
    if details[0].startswith(title):
        title, details = details[0], details[1:]
    return f"{title}（{'，'.join(details)}）" if details else title


def _enumerated(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else "；".join(f"（{place}）{item}" for place, item in enumerate(items, start=1))
