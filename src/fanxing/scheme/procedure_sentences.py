"""A procedure says itself in Chinese sentences, and what changed between two versions of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from fanxing.scheme.matching import matched
from fanxing.scheme.model import Ballot, Procedure, PublicNotice, Rule, Scheme, State, Step, plain
from fanxing.scheme.procedure_wording import Facets, ProcedureWording
from fanxing.scheme.wording import months, quoted

R = TypeVar("R", bound=Rule)
# What those do for whom a state waits that has no form alone.
DOES = {PublicNotice: "答复异议", Ballot: "计票"}


@dataclass(frozen=True)
class SaidState:
    """A state with the sentences that it says."""

    state: State
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class SaidProcedure:
    """A procedure in sentences: who opens it and what holds throughout, then state by state."""

    whole: tuple[str, ...]
    states: tuple[SaidState, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of them, each under its state."""
        return (*self.whole, *(f"{one.state.title}：{sentence}" for one in self.states for sentence in one.sentences))


def say_procedure(procedure: Procedure, scheme: Scheme) -> SaidProcedure:
    """The procedure in sentences, by the titles of the scheme within which it stands."""
    words = ProcedureWording(procedure, scheme)
    states = tuple(SaidState(one, tuple(f"{said}。" for said in _state(one, words))) for one in procedure.states.values())
    return SaidProcedure(tuple(f"{said}。" for said in _whole(words)), states)


def _whole(words: ProcedureWording) -> Iterator[str]:
    one = words.procedure
    yield f"适用于{words.kinds(one.kinds) or '各类单位'}"
    yield f"{words.parties(one.opened_by)}可以提出，填写{words.fields(one.asks)}；提出后进入{words.state(one.begins)}"
    if one.within:
        yield f"全程限 {words.terms(one.within)}"
    if one.clash:
        yield f"同一单位没有办结的事项，{'、'.join(words.field(id) for id in one.clash)}不能都相同"
    if one.urgent is not None:
        yield f"{words.condition(one.urgent)}的是急件"
    if one.routes:
        yield f"分办：{words.routes()}；都没有的，由本单位承办"
    if one.seen_by is not None:
        yield f"只有经办的人{'和' if one.seen_by else ''}{words.parties(one.seen_by)}能看"
    if one.shows:
        yield f"公开页显示{'、'.join(words.field(id) for id in one.shows)}，不显示其他内容"
    if one.minutes:
        yield f"办理经过可以打印成{one.minutes}（Word、PDF）"
    if one.retention:
        personal = "、".join(field.title for field in one.fields if field.personal) or "个人信息"
        yield f"{personal}在办结 {months(one.retention)}后删去"
    if one.named is not None:
        yield words.named(one.named)
    if one.register is not None:
        yield words.register(one.register)
    if one.measures:
        yield f"打印的表上列出由台账得出的{words.measures(one.measures)}"
    yield from (f"{party.title}：{words.who(party)}" for party in one.parties.values())


def _state(state: State, words: ProcedureWording) -> Iterator[str]:
    if state.ends:
        yield "事项到此结束"
    elif state.waits_for:
        limit = f"，限 {words.terms(state.within)}" if state.within else "" if state.step else "，没有期限"
        yield f"由{words.parties(state.waits_for)}{DOES.get(type(state.step), '办理')}{limit}{_late(state, words)}"
    elif state.within:
        yield f"限 {words.terms(state.within)}{_late(state, words)}"
    if state.stopped:
        yield "在这一环节，全程期限停止计算"
    if state.step is not None:
        yield words.decided(state)
    if state.then:
        yield f"期满还没有办的，自动{words.follows(state, state.then)}"
    decided = {*state.by_itself} - {state.then}
    yield from (_step(step, words) for step in words.procedure.steps_from(state.id) if step.id not in decided)
    yield from (words.recorded(one) for one in state.records)
    if state.appoints is not None:
        yield words.appointed(state.appoints)


def _late(state: State, words: ProcedureWording) -> str:
    return f"，超期告知{words.party(state.late_to)}" if state.late_to else ""


def _step(step: Step, words: ProcedureWording) -> str:
    when = f"{words.condition(step.when)}的，" if step.when is not None else ""
    within = f"在办结后 {step.open_for} 天内" if step.open_for else ""
    often = f"，最多 {step.times} 次" if step.times else ""
    does = [
        f"填写{words.fields(step.asks)}" if step.asks else "",
        "写明理由" if step.reason else "",
        "选定要并入的另一件" if step.joins else "",
        words.assigned(step),
        f"同时记{words.sets(step.sets)}" if step.sets else "",
        words.leads(step),
    ]
    who = words.parties(step.by) or "无人"
    return f"{when}{who}{within}可以{quoted(step.title)}{often}：{'，'.join(one for one in does if one)}"


# ---- between two versions


def procedure_differences(old: Procedure, new: Procedure, before: Scheme, after: Scheme) -> tuple[str, ...]:
    """What changed between two versions of a procedure, in sentences; empty if nothing did. What only moved has not changed."""
    # What is only called otherwise is told once, where it stands, and not wherever it is named.
    words = ProcedureWording(_retitled(old, new), before), ProcedureWording(new, after)
    return tuple(f"{sentence}。" for sentence in _changes(old, new, *words))


def _retitled(old: Procedure, new: Procedure) -> Procedure:
    """The old procedure with the titles that the new one has for the same things."""
    titles = {(one.source, one.id): one.title for one in new.steps}
    return replace(
        old,
        fields=tuple(_renamed(one, new.field(one.id)) for one in old.fields),
        parties={id: _renamed(one, new.parties.get(id)) for id, one in old.parties.items()},
        states={id: _renamed(one, new.states.get(id)) for id, one in old.states.items()},
        steps=tuple(replace(one, title=titles.get((one.source, one.id), one.title)) for one in old.steps),
    )


def _renamed(old: R, new: R | None) -> R:
    return replace(old, title=new.title) if new else old


def _changes(one: Procedure, two: Procedure, old: ProcedureWording, new: ProcedureWording) -> Iterator[str]:
    yield from _facets("流程", {**old.of_whole(), "名称": one.title}, new.of_whole())
    yield from _each("参与方", one.parties.values(), two.parties.values(), old.of_party, new.of_party)
    yield from _each("填报项", one.fields, two.fields, old.of_field, new.of_field)
    yield from _each("环节", one.states.values(), two.states.values(), old.of_state, new.of_state)
    for source in dict.fromkeys([*one.states, *two.states]):
        title = (two.states.get(source) or one.states[source]).title
        what = f"环节{quoted(title)}的步骤"
        yield from _each(what, one.steps_from(source), two.steps_from(source), old.of_step, new.of_step)


def _each(what: str, old: Iterable[R], new: Iterable[R], before: Callable[[R], Facets], after: Callable[[R], Facets]) -> Iterator[str]:
    """Changes in a list of rules that know their ids: what came, what went, what is said otherwise."""
    for one, two in matched(old, new, (lambda rule: rule.id,)):
        if one is None and two is not None:
            said = "，".join(f"{facet}：{words}" for facet, words in after(two).items() if words and facet not in ("名称", "依据"))
            yield f"增加{what}{quoted(two.title)}（{said}）"
        elif two is None and one is not None:
            yield f"取消{what}{quoted(one.title)}"
        elif one is not None and two is not None:
            called = f"{what}{quoted(one.title)}"
            told = list(_facets(called, before(one), after(two)))
            yield from told
            if not told and plain(one) != plain(two):
                yield f"{called}的写法有改动"


def _facets(called: str, old: Facets, new: Facets) -> Iterator[str]:
    for facet, words in new.items():
        was = old[facet]
        if was and words and was != words:
            yield f"{called}的{facet}由{quoted(was)}改为{quoted(words)}"
        elif was != words:
            yield f"{called}增加{facet}{quoted(words)}" if words else f"{called}取消{facet}{quoted(was)}"
