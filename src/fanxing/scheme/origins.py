"""Where a fact comes from, in words."""

from collections.abc import Iterator, Mapping

from fanxing.scheme.expressions import Type
from fanxing.scheme.model import PERIOD_VERBS, Fact, RecordKind, Source
from fanxing.scheme.wording import PERCENT, Term, Wording, amount, join, months, number, quoted, record_wording, value_word

_PERIODS = {"weeks": "周数", "months": "月数", "quarters": "季度数"}
_TYPED = {"yes/no": "按填报的情况", "text": "按填报的内容", "date": "按填报的日期"}


def unit_of(fact: Fact) -> str:
    """A fact's unit of measure, % for a share."""
    return PERCENT if fact.type == "share" else fact.unit


def origin(fact: Fact, records: Mapping[str, RecordKind]) -> str:
    """Which records a fact is counted from and what a missing one means: 「会议」记录中“类型为党课”的条数，考评期内；没有数据按 0 次计."""
    if fact.if_missing is None:
        missing = "没有数据的按缺失处理"
    else:
        missing = join("没有数据按", value_word(fact.if_missing, unit_of(fact), dict(fact.choices)), "计")
    return "，".join([*(_typed(fact) if fact.source is None else _recorded(fact.source, records)), *_bounds(fact)]) + f"；{missing}"


def effort_word(fact: Fact) -> str:
    """What it takes to better a fact, in words: 每 1 次 0.5 人天; empty where nothing is said."""
    if fact.effort is None:
        return ""
    days = f"{number(fact.effort.days)} 人天"
    return days if fact.value_type is not Type.NUMBER else f"每 {amount(fact.effort.by, unit_of(fact))} {days}"


def _typed(fact: Fact) -> Iterator[str]:
    yield _TYPED.get(fact.type, "按填报的数")
    if fact.unit:
        yield f"单位：{fact.unit}"
    if fact.choices:
        yield f"取值为{'、'.join(word for _, word in fact.choices)}"


def _recorded(source: Source, records: Mapping[str, RecordKind]) -> Iterator[str]:
    kind = records.get(source.kind)
    wording = record_wording(kind) if kind else Wording(Term)
    where = quoted(wording.say(source.where)) if source.where is not None else ""
    yield _counted(source, f"「{kind.title if kind else source.kind}」记录", where, wording.term(source.field).title)
    yield _window(source)
    if kind and kind.held_by:
        yield join("由", kind.held_by, "提供")


def _counted(source: Source, records: str, where: str, field: str) -> str:
    if source.verb in PERIOD_VERBS:
        some = f"{source.at_least} 条以上" if source.at_least > 1 else ""
        some_records = join("中有", some, where) if where else ""
        return f"{records}{some_records}的{_PERIODS[source.verb]}" if where else join("有", some, f"{records}的{_PERIODS[source.verb]}")
    if source.verb == "latest":
        return f"{records}中最近一次{where}的{'日期' if source.field == 'occurred_on' else quoted(field)}"
    if source.verb == "any":
        return f"{records}中有没有{where}的" if where else f"有没有{records}"
    what = {"count": "条数", "sum": f"{quoted(field)}合计", "distinct": f"{quoted(field)}有几种"}[source.verb]
    return f"{records}{'中' if where else ''}{where}的{what}"


def _window(source: Source) -> str:
    window = "考评期内" if source.window is None else f"评定之日前 {months(source.window)}内"
    if not source.years_ago:
        return window
    then = "上年同期" if source.years_ago == 1 else f"{source.years_ago} 年前同期"
    return then if source.window is None else f"{then}（{window}）"


def _bounds(fact: Fact) -> Iterator[str]:
    unit = unit_of(fact)
    if fact.least is not None and fact.most is not None:
        yield join("在", value_word(fact.least, unit if unit == PERCENT else ""), "至", amount(fact.most, unit), "之间")
    elif fact.least is not None:
        yield f"不低于 {amount(fact.least, unit)}"
    elif fact.most is not None:
        yield f"不超过 {amount(fact.most, unit)}"
