"""Random schemes in every form and option, as the YAML their authors would write, and random facts for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import yaml
from hypothesis import strategies as st

from fanxing.scheme import Scheme, load_files
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import FACT_TYPES, Value

NUMBER, TRUTH, TEXT, DATE = Type.NUMBER, Type.TRUTH, Type.TEXT, Type.DATE

# Values where rules turn: zero, thresholds, ties, and decimals that binary numbers miss.
TURNING = (0, 1, 2, 3, 10, 100, 110, 80, 0.1, 0.2, 0.3, 0.5, 1.1, 1.005, 2.675, 79.995, -1, -0.1, 1000000, 1000000.1)
WORDS = ("north", "south", "A", "B")
START, END = date(2025, 1, 1), date(2025, 12, 31)


@dataclass(frozen=True)
class World:
    """A scheme as files, the rows of its facts table, and the day of rating."""

    files: Mapping[str, str]
    rows: Sequence[Mapping[str, Value]]
    as_of: date

    @cached_property
    def scheme(self) -> Scheme:
        return load_files(self.files)


DAYS = st.sampled_from([START, END, date(2024, 2, 29), date(2024, 12, 31), date(2025, 8, 31)]) | st.integers(0, 800).map(
    lambda days: END - timedelta(days=days - 30)
)


class Grid:
    """The values of one world. Its numbers have ten digits, so many `places` of them after the point: their sums stay within twelve,
    so that no exact value ends in a 5 just behind the twelfth, where binary may go either way."""

    def __init__(self, places: int) -> None:
        greatest = 10 ** (10 - places)
        turning = [one for one in TURNING if abs(one) <= greatest and round(one, places) == one]
        decimals = st.integers(-(10**10), 10**10) | st.integers(-(10**5), 10**5)
        fine = decimals.map(lambda digits: float(Decimal(digits).scaleb(-places)))
        self.numbers = st.sampled_from(turning) | st.integers(-12, 120) | fine
        self.positive = st.sampled_from([one for one in turning if one > 0]) | fine.filter(bool).map(abs)
        self.literals: Mapping[Type, st.SearchStrategy[Value]] = {
            NUMBER: self.numbers,
            TRUTH: st.booleans(),
            TEXT: st.sampled_from(WORDS),
        }
        self.facts: Mapping[str, st.SearchStrategy[Value]] = {
            "count": st.integers(0, 5).map(float) | st.integers(0, 10**6 if greatest > 10**6 else greatest).map(float),
            "number": self.numbers.map(float),
            "money": self.numbers.map(float),
            "share": st.sampled_from([0.0, 1.0, 0.1, 0.3, 0.5]) | st.integers(0, 10**places).map(lambda one: one / 10**places),
            "yes/no": st.booleans(),
            "text": st.sampled_from(WORDS),
            "date": DAYS.map(date.isoformat),
        }


@st.composite
def worlds(draw: st.DrawFn, ranks: bool = True) -> World:
    """A valid scheme of one to three kinds of unit, with facts of up to nine units, some of a kind that nobody knows."""
    grid = Grid(draw(st.sampled_from((1, 3, 6))))
    files, facts, kinds = _Author(draw, grid, ranks).scheme()
    rows = []
    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from((*kinds, kinds[0], kinds[0], "unheard_of")))
        row: dict[str, Value] = {"unit": f"u{number}", "kind": kind}
        for id, fact in facts.items():
            row[id] = _within(fact, draw(st.none() | grid.facts[fact["type"]]))
        rows.append(row)
    return World(files, rows, draw(st.just(END) | DAYS))


def _within(fact: Mapping[str, Any], value: Value) -> Value:
    if not isinstance(value, float):
        return value
    raised = max(value, float(fact.get("least", value)))
    return min(raised, float(fact.get("most", raised)))


class _Author:
    """Writes a scheme rule by rule, each reading only what stands above it."""

    def __init__(self, draw: st.DrawFn, grid: Grid, ranks: bool) -> None:
        self.draw, self.grid, self.ranks = draw, grid, ranks
        self.facts: dict[str, dict[str, Any]] = {}
        self.known: dict[str, Type] = {}  # what a rule may read
        self.read: set[str] = set()
        self.files: dict[str, str] = {}
        self.count = 0

    # -- choices

    def flip(self) -> bool:
        return self.draw(st.booleans())

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def some(self, least: int, most: int) -> range:
        return range(self.draw(st.integers(least, most)))

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    # -- the scheme

    def scheme(self) -> tuple[dict[str, str], dict[str, dict[str, Any]], tuple[str, ...]]:
        for id, type_ in (("x", "number"), ("y", "number"), ("t", "yes/no"), ("w", "text"), ("d", "date")):
            self.fact(id, type_)
        for _ in self.some(0, 4):
            self.fact(self.new_id("f"), self.pick(tuple(FACT_TYPES)))
        shared = self.nodes(0, 4)
        common = dict(self.known)
        kinds = {}
        for kind in ("village", "organ", "firm")[: 1 + len(self.some(0, 2))]:
            self.known = dict(common)
            kinds[kind] = self.kind(kind)
        read = {id: fact for id, fact in self.facts.items() if id in self.read}
        whole = {
            "scheme": "random",
            "title": "Random",
            "basis": "example",
            "period": {"from": START.isoformat(), "to": END.isoformat()},
            "kinds": kinds,
            "facts": read,
            "nodes": shared,
        }
        if self.flip():
            whole["round"] = self.pick((1, 0.01, 0.25))
        self.files["scheme.yaml"] = written(whole)
        return self.files, read, tuple(kinds)

    def fact(self, id: str, type_: str) -> None:
        stays = self.draw(st.integers(0, 2)) > 0
        self.facts[id] = {"title": id, "type": type_, "if_missing": "stays" if stays else self.draw(self.grid.facts[type_])}
        if FACT_TYPES[type_] is NUMBER and id != "x":
            self.facts[id] |= self.pick(({}, {"least": 0}, {"most": 1}, {"least": 0, "most": 100}))
        self.known[id] = FACT_TYPES[type_]

    def nodes(self, least: int, most: int) -> dict[str, Any]:
        nodes = {}
        for _ in self.some(least, most):
            type_ = self.pick((NUMBER, NUMBER, TRUTH, TEXT, DATE))
            id = self.new_id("n")
            nodes[id] = self.node(type_)
            self.known[id] = type_
        # The order in which rules are written means nothing.
        return dict(reversed(nodes.items())) if self.flip() else nodes

    def kind(self, kind: str) -> dict[str, Any]:
        nodes = self.nodes(1, 4)
        stars = []
        for id in ("s1", "s2", "s3")[: len(self.some(0, 3))]:
            if self.flip():
                nodes[id] = self.star("star")
            else:
                self.files[f"stars/{kind}/{id}.yaml"] = written(self.star("score"))
            self.known[id] = TRUTH
            stars.append(id)
        tiers: list[Any] = [id for id in self.known if id in nodes]
        if stars:
            tiers += [{"count": "stars"}, {"sum": [{"choose": [{"when": one, "give": 1}]} for one in stars], "missing": "zero"}]
        numbers = [id for id in nodes if self.known[id] is NUMBER]
        total = {"total": self.pick(numbers)} if numbers and self.flip() else {}
        return {"title": kind, "stars": stars, "nodes": nodes, "tier": self.pick(tiers)} | total

    # -- nodes

    def node(self, type_: Type, depth: int = 2) -> dict[str, Any]:
        forms = {
            NUMBER: [self.formula, self.steps, self.each, self.scale, self.choose, self.combine, self.adjust],
            TRUTH: [self.formula, self.steps, self.choose],
            TEXT: [self.formula, self.steps, self.choose],
            DATE: [self.formula],
        }[type_]
        if type_ is NUMBER and self.ranks:
            forms.append(self.rank)
        node = self.pick(forms)(type_, depth)
        if type_ is NUMBER:
            node |= self.limits()
            if self.flip():
                node["round"] = self.pick((1, 0.01, 0.25, 0.1, 5))
        if type_ in self.grid.literals and self.flip():
            node["if_missing"] = self.draw(self.grid.literals[type_])
        return node

    def limits(self) -> dict[str, float]:
        least, most = sorted((self.draw(self.grid.numbers), self.draw(self.grid.numbers)))
        return self.pick(({}, {}, {"least": least}, {"most": most}, {"least": least, "most": most}))

    def formula(self, type_: Type, depth: int) -> dict[str, Any]:
        return {"formula": self.expression(type_, 3)}

    def steps(self, type_: Type, depth: int) -> dict[str, Any]:
        comparison = self.pick(("at_least", "up_to", "more_than", "below", "equals"))
        by_word = comparison == "equals" and self.flip()
        thresholds = st.lists(self.grid.literals[TEXT if by_word else NUMBER].map(_key), min_size=1, max_size=4, unique=True)
        gives = self.grid.literals[type_] | st.just("missing")
        rows = {threshold: self.draw(gives) for threshold in self.draw(thresholds)}
        return {
            "steps": {
                "of": self.expression(TEXT if by_word else NUMBER, 1),
                comparison: rows,
                "otherwise": self.draw(self.grid.literals[type_]),
            }
        }

    def each(self, type_: Type, depth: int) -> dict[str, Any]:
        each = {"of": self.expression(NUMBER, 2), "points": self.draw(self.grid.numbers)}
        if self.flip():
            each["per"] = self.draw(self.grid.positive)
        return {"each": each}

    def scale(self, type_: Type, depth: int) -> dict[str, Any]:
        log = self.flip()
        points = self.draw(st.lists(self.grid.positive if log else self.grid.numbers, min_size=2, max_size=4, unique_by=float))
        points.sort(reverse=self.flip())
        scale = {"of": self.expression(NUMBER, 2), "from": points, "to": [self.draw(self.grid.numbers) for _ in points]}
        return {"scale": scale | ({"log": True} if log else {})}

    def choose(self, type_: Type, depth: int) -> dict[str, Any]:
        rows = [{"when": self.expression(TRUTH, 2), "give": self.given(type_, depth)} for _ in self.some(0, 3)]
        last = {"give": self.draw(self.grid.literals[type_])}
        if self.flip():
            last["when"] = self.expression(TRUTH, 2)
        return {"choose": [*rows, last]}

    def given(self, type_: Type, depth: int) -> Any:
        if depth and self.flip():
            return self.node(type_, depth - 1)
        return self.draw(self.grid.literals[type_] | st.just("missing"))

    def combine(self, type_: Type, depth: int) -> dict[str, Any]:
        how = self.pick(("sum", "mean", "geometric", "lowest", "highest", "count"))
        parts = [self.part(TRUTH if how == "count" else NUMBER, depth) for _ in self.some(1, 4)]
        node: dict[str, Any] = {how: parts}
        if how in ("sum", "mean", "geometric") and self.flip():
            weights = st.sampled_from((1, 2, 0.5, 0.3, 0.7, 10))
            node["weights"] = [self.draw(weights) for _ in parts]
        if self.flip():
            node["missing"] = self.pick(("not rated", "leave out", "zero"))
        if self.flip():
            node["need"] = self.draw(st.integers(0, len(parts)))
        return node

    def part(self, type_: Type, depth: int) -> Any:
        if depth and self.draw(st.integers(0, 2)) == 2:
            return self.node(type_, depth - 1)
        return self.expression(type_, 1)

    def adjust(self, type_: Type, depth: int) -> dict[str, Any]:
        node = {"adjust": {"start": self.expression(NUMBER, 1), "steps": [self.adjustment() for _ in self.some(1, 3)]}}
        return node | self.pick(({}, {"missing": "skip"}, {"missing": "not rated"}))

    def adjustment(self) -> dict[str, Any]:
        step = {"when": self.expression(TRUTH, 1)} if self.flip() else {}
        change = self.pick(("add", "set", None))
        if change:
            step[change] = self.expression(NUMBER, 1)
        return step | self.limits()

    def rank(self, type_: Type, depth: int) -> dict[str, Any]:
        rank: dict[str, Any] = {"of": self.expression(NUMBER, 1)}
        if self.flip():
            rank["within"] = [self.name(TEXT) for _ in self.some(1, 2)]
        if self.flip():
            rank["only"] = self.expression(TRUTH, 1)
        for key, options in (("first", ("highest", "lowest")), ("as", ("place", "share"))):
            if self.flip():
                rank[key] = self.pick(options)
        return {"rank": rank}

    def star(self, score_key: str) -> dict[str, Any]:
        star: dict[str, Any] = {"title": "星", score_key: self.score(score_key)}
        star["pass"] = self.draw(self.grid.numbers)
        if self.flip():
            star["needs"] = [self.need() for _ in self.some(1, 2)]
        if self.flip():
            star["vetoes"] = [self.veto() for _ in self.some(1, 2)]
        return star

    def score(self, score_key: str) -> Any:
        unbounded = self.use("x")  # so that any pass mark can be reached
        if score_key == "star" and self.flip():
            return f"{unbounded} + {self.expression(NUMBER, 1)}"
        return {"sum": [unbounded, *(self.part(NUMBER, 2) for _ in self.some(0, 3))]}

    def need(self) -> Any:
        when = self.expression(TRUTH, 1)
        return {"title": "条件", "when": when, "basis": "example"} if self.flip() else when

    def veto(self) -> dict[str, Any]:
        if self.flip():
            date_facts = [id for id, fact in self.facts.items() if fact["type"] == "date"]
            since = self.pick(date_facts)
            self.use(since)
            return {"title": "否决", "since": since, "lasts": self.pick(("1 month", "12 months", "6 months", "2 years"))}
        veto = {"title": "否决", "when": self.expression(TRUTH, 2), "if_undecided": self.pick((False, "hold"))}
        return veto | ({"lasts": "12 months"} if self.flip() else {})

    # -- expressions

    def use(self, name: str) -> str:
        self.read.add(name)
        return name

    def name(self, type_: Type) -> str:
        return self.use(self.pick([id for id, known in self.known.items() if known is type_]))

    def expression(self, type_: Type, depth: int) -> str:
        if not depth:
            return self.leaf(type_)
        if type_ is NUMBER:
            return self.number(depth - 1)
        if type_ is TRUTH:
            return self.condition(depth - 1)
        if self.flip():
            return self.leaf(type_)
        return f"first({self.expression(type_, depth - 1)}, {self.leaf(type_)})"

    def leaf(self, type_: Type) -> str:
        if type_ is DATE or self.draw(st.integers(0, 3)) > 0:
            return self.name(type_)
        return literal(self.draw(self.grid.literals[type_]))

    def number(self, depth: int) -> str:
        way = self.pick(("leaf", "leaf", "+", "-", "*", "/", "negative", "min", "max", "first"))
        if way == "leaf":
            return self.leaf(NUMBER)
        left = self.expression(NUMBER, depth)
        if way == "negative":
            return f"-({left})"
        right = self.expression(NUMBER, depth)
        return f"({left} {way} {right})" if way in "+-*/" else f"{way}({left}, {right})"

    def condition(self, depth: int) -> str:
        way = self.pick(("leaf", "compare", "compare", "chain", "not", "and", "or", "same", "in", "present", "first"))
        if way == "leaf":
            return self.leaf(TRUTH)
        if way == "not":
            return f"not ({self.expression(TRUTH, depth)})"
        if way in ("and", "or"):
            return f"(({self.expression(TRUTH, depth)}) {way} ({self.expression(TRUTH, depth)}))"
        if way == "first":
            return f"first({self.expression(TRUTH, depth)}, {self.leaf(TRUTH)})"
        if way == "present":
            return f"present({self.leaf(self.pick((NUMBER, TRUTH, TEXT, DATE)))})"
        if way == "in":
            type_ = self.pick((NUMBER, TEXT, TRUTH))
            options = ", ".join(literal(self.draw(self.grid.literals[type_])) for _ in self.some(1, 3))
            return f"({self.leaf(type_)}{self.pick((' in', ' not in'))} ({options},))"
        if way == "same":
            type_ = self.pick((TEXT, TRUTH))
            return f"(({self.leaf(type_)}) {self.pick(('==', '!='))} ({self.leaf(type_)}))"
        type_ = self.pick((NUMBER, NUMBER, DATE))
        sides = [self.expression(type_, depth) for _ in range(3 if way == "chain" else 2)]
        ops = [self.pick(("<", "<=", ">", ">=", "==", "!=")) for _ in sides[1:]]
        return "(" + sides[0] + "".join(f" {op} {side}" for op, side in zip(ops, sides[1:], strict=True)) + ")"


def literal(value: Value) -> str:
    """A value as an expression writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}'" if isinstance(value, str) else plain_number(value)


def plain_number(number: float) -> str:
    return format(Decimal(repr(number)), "f")


def _key(value: Value) -> Value:
    return value if isinstance(value, str) else float(value)


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Writer.add_representer(bool, lambda writer, value: writer.represent_scalar("tag:yaml.org,2002:bool", "yes" if value else "no"))
_Writer.add_representer(float, lambda writer, value: writer.represent_scalar("tag:yaml.org,2002:float", plain_number(value)))


def written(content: Mapping[str, Any]) -> str:
    """YAML as the language reads it: yes and no, plain decimals, no references."""
    return yaml.dump(content, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=120)
