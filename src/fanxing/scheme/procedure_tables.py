"""A procedure as tables of texts, as officials edit it in the browser or in Excel: out, and in again with what is wrong row by row.

What a table does not show (committees, ballots, records, what a step sets) stays as it was. A row that is gone takes its state, step or
field away; one with a new id adds one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from fanxing.scheme.expressions import Expression
from fanxing.scheme.model import ROUTE, Field, Procedure, Rule, Scheme, State, Step, Term
from fanxing.scheme.procedure_reading import LONGEST_TERM
from fanxing.scheme.procedure_wording import ProcedureWording, days_of
from fanxing.scheme.section import ID
from fanxing.scheme.wording import number
from fanxing.scheme.xlsform.words import TYPES

Cells = Mapping[str, str]
Tables = Mapping[str, Sequence[Cells]]
R = TypeVar("R", bound=Rule)

WHOLE, STATES, STEPS, FIELDS = "流程", "状态", "步骤", "字段"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    WHOLE: ("名称", "全程期限", "说明"),
    STATES: ("标识", "名称", "轮到谁", "期限", "超期告知", "期满自动", "停计时限", "结束", "说明"),
    STEPS: ("从", "标识", "名称", "转入", "由谁办", "填写", "写明理由", "次数", "办结后可办", "条件", "确定承办", "说明"),
    FIELDS: ("标识", "名称", "类型", "单位", "必填", "选项", "最小值", "最大值", "个人信息", "说明"),
}
BY_TABLE = "按分办表"
YES, NO = "是", "否"
TERM = re.compile(r"(\d{1,4})\s*(个?工作日|天|日|个?自然日)\s*(?:[（(](.+)[）)])?", re.DOTALL)
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
SEPARATORS = re.compile(r"[、,，;；\n]+")


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a cell: the table, its row (the first below the header is 1), the column, and what would be right."""

    table: str
    row: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"“{self.table}”第 {self.row} 行“{self.column}”：{self.words}"


def procedure_tables(procedure: Procedure, scheme: Scheme) -> dict[str, list[dict[str, str]]]:
    """The procedure as {table: rows of {column: text}}."""
    names = _Names(procedure, scheme)
    whole = {"名称": procedure.title, "全程期限": names.terms(procedure.within), "说明": procedure.note}
    return {
        WHOLE: [whole],
        STATES: [_state_cells(one, names) for one in procedure.states.values()],
        STEPS: [_step_cells(one, names) for one in procedure.steps],
        FIELDS: [_field_cells(one) for one in procedure.fields],
    }


def read_procedure_tables(procedure: Procedure, scheme: Scheme, tables: Tables) -> tuple[Procedure, tuple[RowFault, ...]]:
    """The procedure with what the tables say (a table that is not there changes nothing), and what is wrong with their cells. A cell that
    cannot be read leaves what was there."""
    reading = _Reading(procedure, scheme, tables)
    return reading.procedure(), tuple(reading.faults)


# ---- out


class _Names:
    """The names by which tables know states, parties and fields: titles where only one thing is called so, else ids."""

    def __init__(self, procedure: Procedure, scheme: Scheme) -> None:
        self.procedure, self.words = procedure, ProcedureWording(procedure, scheme)
        self.state = _names(procedure.states.values())
        self.party = _names(procedure.parties.values())
        self.field = _names(procedure.fields)

    def listed(self, ids: Iterable[str], names: Mapping[str, str]) -> str:
        return "、".join(names.get(id, id) for id in ids)

    def terms(self, terms: Iterable[Term]) -> str:
        lines = (f"{days_of(one)}（{self.words.condition(one.when)}）" if one.when is not None else days_of(one) for one in terms)
        return "\n".join(lines)


def _names(rules: Iterable[Rule]) -> dict[str, str]:
    found = list(rules)
    titles = [one.title for one in found]
    return {one.id: one.title if titles.count(one.title) == 1 and not SEPARATORS.search(one.title) else one.id for one in found}


def _state_cells(state: State, names: _Names) -> dict[str, str]:
    steps = _names(names.procedure.steps_from(state.id))
    return {
        "标识": state.id,
        "名称": state.title,
        "轮到谁": names.listed(state.waits_for, names.party),
        "期限": names.terms(state.within),
        "超期告知": names.party.get(state.late_to, state.late_to),
        "期满自动": steps.get(state.then, state.then),
        "停计时限": _flag(state.stopped),
        "结束": _flag(state.ends),
        "说明": state.note,
    }


def _step_cells(step: Step, names: _Names) -> dict[str, str]:
    return {
        "从": names.state.get(step.source, step.source),
        "标识": step.id,
        "名称": step.title,
        "转入": names.state.get(step.target, step.target),
        "由谁办": names.listed(step.by, names.party),
        "填写": names.listed(step.asks, names.field),
        "写明理由": _flag(step.reason),
        "次数": str(step.times or ""),
        "办结后可办": f"{step.open_for} 天" if step.open_for else "",
        "条件": names.words.condition(step.when),
        "确定承办": BY_TABLE if step.assigns == ROUTE else names.field.get(step.assigns, step.assigns),
        "说明": step.note,
    }


def _field_cells(one: Field) -> dict[str, str]:
    return {
        "标识": one.id,
        "名称": one.title,
        "类型": TYPES[one.type],
        "单位": one.unit,
        "必填": _flag(one.required),
        "选项": "\n".join(f"{value}={word}" for value, word in one.choices),
        "最小值": number(one.least) if one.least is not None else "",
        "最大值": number(one.most) if one.most is not None else "",
        "个人信息": _flag(one.personal),
        "说明": one.note,
    }


def _flag(value: bool) -> str:
    return YES if value else NO


# ---- in


@dataclass
class _Row:
    """A row being read: its cells, and where it stands."""

    table: str
    at: int
    cells: Cells
    faults: list[RowFault] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def fault(self, column: str, words: str) -> None:
        self.faults.append(RowFault(self.table, self.at, column, words))

    def flag(self, column: str, was: bool) -> bool:
        if (text := self.text(column)) not in (YES, NO, ""):
            self.fault(column, f"应为 是 或 否，现在是“{text[:20]}”")
            return was
        return text == YES

    def whole(self, column: str, was: int | None, most: int) -> int | None:
        text = self.text(column).removesuffix("天").removesuffix("次").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= most):
            self.fault(column, f"应为 1 到 {most} 的整数，现在是“{text[:20]}”")
            return was
        return int(text)

    def bound(self, column: str, was: float | None) -> float | None:
        text = self.text(column).replace("−", "-")
        if text and not NUMBER.fullmatch(text):
            self.fault(column, f"应为数字，现在是“{text[:20]}”")
            return was
        return float(text) if text else None

    def one(self, column: str, known: Mapping[str, str], what: str, was: str) -> str:
        found = self.several(column, known, what, (was,) if was else ())
        if len(found) > 1:
            self.fault(column, f"只能写一个{what}")
        return found[0] if found else ""

    def several(self, column: str, known: Mapping[str, str], what: str, was: tuple[str, ...]) -> tuple[str, ...]:
        names = [one.strip() for one in SEPARATORS.split(self.text(column)) if one.strip()]
        if unknown := [one for one in names if one not in known]:
            self.fault(column, f"没有“{unknown[0][:20]}”这个{what}；有：{'、'.join(list(dict.fromkeys(known))[:12])}")
            return was
        return tuple(dict.fromkeys(known[one] for one in names))


class _Reading:
    """The tables being read against the procedure as it was."""

    def __init__(self, old: Procedure, scheme: Scheme, tables: Tables) -> None:
        self.old, self.tables = old, tables
        self.faults: list[RowFault] = []
        self.words = ProcedureWording(old, scheme)
        terms = (*old.within, *(one for state in old.states.values() for one in state.within))
        conditions = (*(one.when for one in terms), *(one.when for one in old.steps))
        self.conditions = {self.words.condition(one): one for one in conditions if one is not None}
        self.parties = _known(old.parties.values(), ())
        self.fields = _known(old.fields, self._named(FIELDS))
        self.states = _known(old.states.values(), self._named(STATES))

    def _named(self, table: str) -> list[tuple[str, str]]:
        """(id, title) of the rows of a table."""
        return [(row.get("标识", "").strip(), row.get("名称", "").strip()) for row in self.tables.get(table, ())]

    def procedure(self) -> Procedure:
        old = self.old
        fields = self._rules(FIELDS, {one.id: one for one in old.fields}, self._field)
        states = self._rules(STATES, old.states, self._state)
        steps = self._steps()
        found = replace(old, fields=fields, states={one.id: one for one in states}, steps=steps)
        for row in self._rows(WHOLE)[:1]:
            found = replace(found, title=self._title(row), within=self._terms(row, "全程期限", old.within), note=row.text("说明"))
        return found

    def _rows(self, table: str) -> list[_Row]:
        rows = enumerate(self.tables.get(table, ()), start=1)
        return [_Row(table, at, cells, self.faults) for at, cells in rows if any(text.strip() for text in cells.values())]

    def _rules(self, table: str, old: Mapping[str, R], read: Callable[[_Row, R | None, str], R]) -> tuple[R, ...]:
        if table not in self.tables:
            return tuple(old.values())
        found: dict[str, R] = {}
        for row in self._rows(table):
            id = row.text("标识")
            if not ID.fullmatch(id):
                row.fault("标识", "用小写字母、数字和 _，以字母开头")
            elif id in found:
                row.fault("标识", f"“{id}”写了两遍")
            else:
                found[id] = read(row, old.get(id), id)
        return tuple(found.values())

    def _title(self, row: _Row) -> str:
        if not row.text("名称"):
            row.fault("名称", "不能空着")
        return row.text("名称")

    def _field(self, row: _Row, old: Field | None, id: str) -> Field:
        types = {word: type_ for type_, word in TYPES.items()}
        was = old or Field(id=id, type="text", basis=self.old.basis)
        if row.text("类型") not in types:
            row.fault("类型", f"没有“{row.text('类型')[:20]}”这种类型；有：{'、'.join(types)}")
        return replace(
            was,
            title=self._title(row),
            type=types.get(row.text("类型"), was.type),
            unit=row.text("单位"),
            required=row.flag("必填", was.required),
            choices=tuple(_choices(row.text("选项"), was)),
            least=row.bound("最小值", was.least),
            most=row.bound("最大值", was.most),
            personal=row.flag("个人信息", was.personal),
            note=row.text("说明"),
        )

    def _state(self, row: _Row, old: State | None, id: str) -> State:
        was = old or State(id=id, basis=self.old.basis)
        return replace(
            was,
            title=self._title(row),
            waits_for=row.several("轮到谁", self.parties, "参与方", was.waits_for),
            within=self._terms(row, "期限", was.within),
            late_to=row.one("超期告知", self.parties, "参与方", was.late_to),
            then=row.one("期满自动", self._verbs(id), "这一环节的步骤", was.then),
            stopped=row.flag("停计时限", was.stopped),
            ends=row.flag("结束", was.ends),
            note=row.text("说明"),
        )

    def _verbs(self, state: str) -> dict[str, str]:
        rows = self.tables.get(STEPS, ())
        named = [
            (row.get("标识", "").strip(), row.get("名称", "").strip())
            for row in rows
            if self.states.get(row.get("从", "").strip()) == state
        ]
        return _known(self.old.steps_from(state), named)

    def _steps(self) -> tuple[Step, ...]:
        if STEPS not in self.tables:
            return self.old.steps
        found: dict[tuple[str, str], Step] = {}
        for row in self._rows(STEPS):
            source, verb = row.one("从", self.states, "环节", ""), row.text("标识")
            if not source:
                row.fault("从", "不能空着")
            if not ID.fullmatch(verb):
                row.fault("标识", "用小写字母、数字和 _，以字母开头")
            elif (source, verb) in found:
                row.fault("标识", f"这一环节已有“{verb}”")
            else:
                found[source, verb] = self._step(row, source, verb)
        return tuple(found.values())

    def _step(self, row: _Row, source: str, verb: str) -> Step:
        was = self.old.step(source, verb) or Step(id=verb, source=source, target=source, basis=self.old.basis)
        known = {**self.fields, BY_TABLE: ROUTE}
        return replace(
            was,
            title=self._title(row),
            target=row.one("转入", self.states, "环节", was.target) or was.target,
            by=row.several("由谁办", self.parties, "参与方", was.by),
            asks=row.several("填写", self.fields, "填报项", was.asks),
            reason=row.flag("写明理由", was.reason),
            times=row.whole("次数", was.times, 1_000),
            open_for=row.whole("办结后可办", was.open_for, LONGEST_TERM),
            when=self._condition(row, "条件", row.text("条件")),
            assigns=row.one("确定承办", known, "填报项", was.assigns),
            note=row.text("说明"),
        )

    def _terms(self, row: _Row, column: str, was: tuple[Term, ...]) -> tuple[Term, ...]:
        terms = []
        for line in re.split(r"[\n；;]+", row.text(column)):
            if not line.strip():
                continue
            match = TERM.fullmatch(line.strip())
            if match is None or not 0 < int(match[1]) <= LONGEST_TERM:
                row.fault(column, f"“{line.strip()[:30]}”读不懂；一行一个期限，如 5 个工作日、7 天、1 个工作日（条件）")
                return was
            terms.append(Term(int(match[1]), "工作" in match[2], self._condition(row, column, match[3] or "")))
        return tuple(terms)

    def _condition(self, row: _Row, column: str, words: str) -> Expression | None:
        if words and words not in self.conditions:
            row.fault(column, f"条件“{words[:30]}”不在原来的流程里；表里只能用原有的条件")
        return self.conditions.get(words)


def _known(rules: Iterable[Rule], named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name → id: by ids, by titles as they were, and by those that the tables give."""
    found: dict[str, str] = {}
    pairs = [(one.id, one.title) for one in rules]
    for id, title in (*pairs, *named):
        found |= {title: id} if title else {}
    return found | {id: id for id, _ in (*named, *pairs) if id}


def _choices(text: str, was: Field) -> Iterator[tuple[str, str]]:
    """A line each: value=word; a word alone is its own value, or the one that it had."""
    values = {word: value for value, word in was.choices}
    for line in filter(None, (one.strip() for one in re.split(r"[\n、]+", text))):
        value, given, word = line.partition("=")
        yield (value.strip(), word.strip()) if given else (values.get(line, line), line)
