"""What changed between two versions of a scheme, in sentences that an official can sign."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from fanxing.scheme.expressions import Const, Expression, Name
from fanxing.scheme.matching import Keys, is_given, match_nodes, matched, renamed
from fanxing.scheme.model import (
    Adjust,
    BothSides,
    Choose,
    Combine,
    Each,
    Effort,
    Fact,
    Field,
    Form,
    Guide,
    MemberPoints,
    Need,
    Node,
    OtherKind,
    Pairing,
    PartyWork,
    Period,
    PointRule,
    Post,
    Procedure,
    RecordKind,
    Rule,
    Scale,
    Scheme,
    Star,
    Steps,
    UnitKind,
    Value,
    Veto,
    reads,
)
from fanxing.scheme.origins import effort_word, origin, unit_of
from fanxing.scheme.procedure_sentences import procedure_differences
from fanxing.scheme.sentences import Sentences
from fanxing.scheme.wording import PERCENT, Term, amount, join, months, number, quoted, value_word

Changes = Iterator[str]
R = TypeVar("R", bound=Rule)

_HEADER = {"title": "名称", "basis": "依据", "note": "说明", "owner": "责任单位"}
_TYPES = {
    "count": "整数",
    "number": "数",
    "money": "金额",
    "share": "比例",
    "yes/no": "是否",
    "text": "文字",
    "long text": "长文字",
    "period": "时段",
    "place": "地点",
    "unit": "单位",
    "record": "关联记录",
    "choice": "选项",
    "date": "日期",
    "photo": "照片",
    "file": "文件",
}
_NATURES = {"activity": "活动", "outcome": "成果", "figure": "数据", "judgement": "评判", "voice": "群众反映"}
_COLOURS = {"red": "红", "violet": "紫", "green": "绿", "blue": "蓝", "orange": "橙", "teal": "青", "": "无"}
_MISSING = {"not rated": "缺一项即不评", "leave out": "缺的不计", "zero": "缺的按 0 计"}
_SORTS = {"place": "地方", "party": "党组织", "department": "部门", "partner": "共建单位"}
_PHONES = {"public": "公开", "colleagues": "能打开单位页面的人可见", "keepers": "能查看人员的人可见"}
_SIDES = {"party": "党务", "management": "行政或经营", "members": "无职党员", "": ""}
_UNDECIDED = {"no": "不据此否决", "hold": "暂不评定", "": "未写明"}


def differences(old: Scheme, new: Scheme) -> tuple[str, ...]:
    """What changed, by kind of unit and star; empty if nothing did. What only moved has not changed.

    Titles are those of the version that a sentence speaks of; where two rules have the same title the id stands behind it.
    """
    return tuple(f"{sentence}。" for sentence in _scheme(old, new))


def _scheme(old: Scheme, new: Scheme) -> Changes:
    yield from (f"方案{change}" for change in (*_word("编号", old.id, new.id), *_header(old, new), *_word("来源", old.source, new.source)))
    yield from _period(old.period, new.period)
    yield from _levels(old.levels, new.levels)
    yield from _each("其他单位类型", old.beside.values(), new.beside.values(), (_id,), _other_kind)
    several = len({*old.kinds, *new.kinds}) > 1
    for before, after in matched(old.kinds.values(), new.kinds.values(), (_id,)):
        if before is None or after is None:
            yield _came_or_went("单位类型", before, after)
        else:
            yield from _Kind(before, after, old, new, several).changes()
    yield from _each("记录", old.records.values(), new.records.values(), (_id,), lambda one, two: _record(one, two, old, new))
    yield from _each("办事流程", old.procedures.values(), new.procedures.values(), (_id,), lambda one, two: _procedure(one, two, old, new))
    yield from _each("岗位", old.posts.values(), new.posts.values(), (_id,), lambda one, two: _post(one, two, old, new))
    yield from _each("指导比例", old.guides, new.guides, (_id, _title), _guide)
    yield from _cases(old, new)
    yield from _points(old.points, new.points)
    yield from _both_sides(old.both_sides, new.both_sides)
    yield from _party_work(old.party_work, new.party_work)
    yield from _pairing(old.pairing, new.pairing)


# ---- words for one change ----------------------------------------------------------------------------------------


def _id(rule: Rule) -> str:
    return rule.id


def _title(rule: Rule) -> str | None:
    return rule.title or None


def _word(what: str, old: str, new: str) -> Changes:
    if old == new:
        return
    if not old:
        yield f"增加{what}{quoted(new)}"
    elif not new:
        yield f"取消{what}{quoted(old)}"
    else:
        yield f"{what}由{quoted(old)}改为{quoted(new)}"


def _said(what: str, old: str, new: str) -> Changes:
    """Something that changed, even where both versions say the same."""
    yield from _word(what, old, new) if old != new else (f"{what}的写法有改动",)


def _number(what: str, old: float | None, new: float | None, unit: str) -> Changes:
    if old == new:
        return
    before, after = (None if one is None else amount(one, unit) for one in (old, new))
    if before is None:
        yield join("增加", what, after or "")
    elif after is None:
        yield join("取消", what, before)
    else:
        yield join(what, "由", before, "改为", after)


def _header(old: Rule, new: Rule, *, but: Iterable[str] = ()) -> Changes:
    for name, what in _HEADER.items():
        if name not in but:
            yield from _word(what, getattr(old, name), getattr(new, name))


def _came_or_went(what: str, old: Rule | None, new: Rule | None) -> str:
    if new is not None:
        return f"增加{what}{quoted(new.title)}"
    assert old is not None  # one of the two is there
    return f"取消{what}{quoted(old.title)}"


def _each(what: str, old: Iterable[R], new: Iterable[R], keys: Keys[R], changes: Callable[[R, R], Changes]) -> Changes:
    for before, after in matched(old, new, keys):
        if before is None or after is None:
            yield _came_or_went(what, before, after)
        else:
            yield from (f"{what}{quoted(after.title)}：{change}" for change in changes(before, after))


def _pairs(what: str, old: Iterable[tuple[Value, object]], new: Iterable[tuple[Value, object]]) -> Changes:
    """Words for values, or shares for words, by value."""
    before, after = dict(old), dict(new)
    for value in dict.fromkeys((*before, *after)):
        word = value_word(value)
        if value not in before:
            yield f"{what}增加{quoted(f'{word}：{after[value]}')}"
        elif value not in after:
            yield f"{what}取消{quoted(f'{word}：{before[value]}')}"
        elif before[value] != after[value]:
            yield f"{what}中{quoted(word)}由{quoted(str(before[value]))}改为{quoted(str(after[value]))}"


# ---- what surrounds the rules ------------------------------------------------------------------------------------


def _levels(old: Mapping[str, str], new: Mapping[str, str]) -> Changes:
    for id in dict.fromkeys((*old, *new)):
        yield from _word(f"上级单位类型（{id}）", old.get(id, ""), new.get(id, ""))


def _period(old: Period | None, new: Period | None) -> Changes:
    yield from _word("考评期", *(f"{one.start} 至 {one.end}" if one else "" for one in (old, new)))


def _other_kind(old: OtherKind, new: OtherKind) -> Changes:
    yield from _header(old, new)
    yield from _word("归类", _SORTS[old.sort], _SORTS[new.sort])


def _post(old: Post, new: Post, before: Scheme, after: Scheme) -> Changes:
    yield from _header(old, new)
    yield from _word("权限", old.permissions, new.permissions)
    yield from _listed("适用的单位", (old.kinds, before.kinds), (new.kinds, after.kinds))
    for kind in dict.fromkeys((*old.establishment, *new.establishment)):
        yield from _number(f"{after.title_of_kind(kind)}应配", old.establishment.get(kind), new.establishment.get(kind), "人")
    yield from _word("电话", _PHONES[old.phone], _PHONES[new.phone])
    yield from _word("党政归属", _SIDES[old.side], _SIDES[new.side])
    if old.named != new.named:
        yield "公开页面改为列出姓名" if new.named else "公开页面改为不列姓名"


def _party_work(old: PartyWork | None, new: PartyWork | None) -> Changes:
    if old is None or new is None:
        if old is not new:
            yield _came_or_went("任务和品牌页", old, new)
        return
    if (old.tasks, old.brands) != (new.tasks, new.brands):
        yield "任务和品牌页：列出的台账或填报项有改动"
    if (old.goals, old.sheets) != (new.goals, new.sheets):
        yield "支部目标和党建绩效页：列出的指标、岗位或填报项有改动"


def _pairing(old: Pairing | None, new: Pairing | None) -> Changes:
    if old is None or new is None:
        if old is not new:
            yield _came_or_went("对接", old, new)
    elif replace(old, place=new.place) != new:
        yield "对接：两边的流程、环节或比对的填报项有改动"


def _both_sides(old: BothSides | None, new: BothSides | None) -> Changes:
    if old is None or new is None:
        if old is not new:
            yield _came_or_went("党建和业务的双向检验", old, new)
    elif (old.explained_by, old.told_by, old.sides) != (new.explained_by, new.told_by, new.sides):
        yield "双向检验：比较的结果、差距的条件或说明的台账有改动"


def _points(old: MemberPoints | None, new: MemberPoints | None) -> Changes:
    if old is None or new is None:
        if old is not new:
            yield _came_or_went("党员积分规则", old, new)
        return
    numbers = (*_number("合格分", old.mark, new.mark, "分"), *_number("保留年限", old.retention, new.retention, "年"))
    yield from (f"党员积分：{change}" for change in (*_header(old, new), *numbers))
    if old.kept_by != new.kept_by:
        yield "党员积分：管理岗位有改动"
    yield from _each("党员积分规则", old.rules.values(), new.rules.values(), (_id,), _point_rule)


def _point_rule(old: PointRule, new: PointRule) -> Changes:
    yield from _header(old, new)
    yield from _number("分值", old.points, new.points, "分")
    yield from _number("每多少计一次", old.per, new.per, "")
    yield from _number("每月上限", old.most_a_month, new.most_a_month, "分")
    yield from _number("每年上限", old.most_a_year, new.most_a_year, "分")
    yield from _number("有效期", old.lasts, new.lasts, "个月")
    if (old.record, old.of, old.where) != (new.record, new.of, new.where):
        yield "依据的记录、填报项或条件有改动"


def _listed(what: str, old: tuple[Iterable[str], Mapping[str, Rule]], new: tuple[Iterable[str], Mapping[str, Rule]]) -> Changes:
    """A list of ids, each with the rules that give them titles; their order means nothing."""
    if {*old[0]} != {*new[0]}:
        yield from _said(what, *("、".join(rules[id].title for id in ids if id in rules) for ids, rules in (old, new)))


def _guide(old: Guide, new: Guide) -> Changes:
    yield from _header(old, new)
    yield from _word("编号", old.id, new.id)
    yield from _word("所看的结果", old.of, new.of)
    shares = [[(value, amount(share, PERCENT)) for value, share in guide.shares] for guide in (old, new)]
    yield from _pairs("比例", *shares)


def _cases(old: Scheme, new: Scheme) -> Changes:
    if len(old.cases) != len(new.cases):
        yield f"算例由 {len(old.cases)} 个改为 {len(new.cases)} 个"
    before = {case.title: case for case in old.cases}
    changed = sum(case.title in before and case != before[case.title] for case in new.cases)
    replaced = sum(case.title not in before for case in new.cases) if len(old.cases) == len(new.cases) else 0
    if changed + replaced:
        yield f"{changed + replaced} 个算例有改动"


def _record(old: RecordKind, new: RecordKind, before: Scheme, after: Scheme) -> Changes:
    yield from _header(old, new)
    yield from _word("性质", _NATURES[old.nature], _NATURES[new.nature])
    if {*old.kinds} != {*new.kinds}:
        yield from _said("记录这类台账的单位", *(_kept_in(kind, scheme) for kind, scheme in ((old, before), (new, after))))
    yield from _listed("填报岗位", (old.recorded_by, before.posts), (new.recorded_by, after.posts))
    yield from _listed("确认岗位", (old.confirmed_by, before.posts), (new.confirmed_by, after.posts))
    yield from _word("数据提供方", old.held_by, new.held_by)
    faults = ((kind.handling_faults, {field.id: field for field in kind.fields}) for kind in (old, new))
    yield from _listed("超期、重开的标记", *faults)
    yield from _keeping(old, new)
    told = (old.basis, new.basis)
    yield from _each("栏目", old.fields, new.fields, (_id,), lambda one, two: _field(one, two, told))


def _procedure(old: Procedure, new: Procedure, before: Scheme, after: Scheme) -> Changes:
    yield from (sentence.removesuffix("。") for sentence in procedure_differences(old, new, before, after))


def _keeping(old: RecordKind, new: RecordKind) -> Changes:
    """How records of a kind are listed, told apart and kept."""
    yield from _word("分组", old.group, new.group)
    yield from _word("日期的名称", old.day, new.day)
    for what, before, after in (("查重依据", old.identity, new.identity), ("列表栏目", old.columns, new.columns)):
        yield from _word(what, *("、".join(map(one.called, ids)) for one, ids in ((old, before), (new, after))))
    yield from _number("每年登记次数", old.times, new.times, "次")
    yield from _number("迟报标记", old.late_after, new.late_after, "天")
    yield from _number("保留年限", old.retention, new.retention, "年")
    yield from _word("口语说法", "、".join(old.words), "、".join(new.words))
    yield from _word("到期约定", _expected(old), _expected(new))
    yield from _word("供需对接", *(kind.meets.spelled() if kind.meets else "" for kind in (old, new)))


def _expected(kind: RecordKind) -> str:
    """What answers a record of a kind and when, as the file says it: what is due is no rule that gives points."""
    return kind.expects.spelled() if kind.expects else ""


def _kept_in(kind: RecordKind, scheme: Scheme) -> str:
    return "、".join(scheme.title_of_kind(one) for one in kind.kinds) or "各类单位"


def _field(old: Field, new: Field, told_basis: tuple[str, str]) -> Changes:
    yield from _header(old, new, but=("basis",) if (old.basis, new.basis) == told_basis else ())
    if old.required != new.required:
        yield "改为必填" if new.required else "改为可不填"
    yield from _word("所核对的比例", " ÷ ".join(old.share_of), " ÷ ".join(new.share_of))
    yield from _word("口径", old.scope, new.scope)
    yield from _word("时段长度", old.every, new.every)
    yield from _word("单位类型", "、".join(old.unit_kinds), "、".join(new.unit_kinds))
    yield from _word("关联的记录类型", old.links, new.links)
    yield from _word("必填条件", old.required_if, new.required_if)
    yield from _word("预填来源", old.prefill, new.prefill)
    if old.personal != new.personal:
        yield "改为个人信息" if new.personal else "不再是个人信息"
    yield from _word("口语说法", "、".join(old.words), "、".join(new.words))
    yield from _pairs("选项的口语说法", *([(value, "、".join(words)) for value, words in one.choice_words] for one in (old, new)))
    yield from _asked(old, new)


def _asked(old: Field | Fact, new: Field | Fact) -> Changes:
    """What a field and a fact have in common."""
    yield from _word("类型", _TYPES[old.type], _TYPES[new.type])
    yield from _word("计量单位", old.unit, new.unit)
    yield from _number("最小值", old.least, new.least, new.unit)
    yield from _number("最大值", old.most, new.most, new.unit)
    yield from _pairs("选项", old.choices, new.choices)
    yield from _word("概念", old.concept, new.concept)
    yield from _word("重复填报的理由", old.reuse, new.reuse)


# ---- the rules of one kind of unit -------------------------------------------------------------------------------


class _Precise(Sentences):
    """Sentences in which a title that several rules have is followed by the id."""

    def __init__(self, kind: UnitKind, records: Mapping[str, RecordKind], ambiguous: frozenset[str]) -> None:
        super().__init__(kind, records)
        self.ambiguous = ambiguous

    def term(self, id: str) -> Term:
        term = super().term(id)
        return term if term.whole else replace(term, title=self.called(self.kind.rule(id)))

    def called(self, rule: Rule) -> str:
        """A title, with the id where it says too little."""
        if not rule.title:
            return rule.id
        return f"{rule.title}（{rule.id}）" if rule.title in self.ambiguous else rule.title


class _Kind:
    """Two versions of one kind of unit: `ids` are the new ids of old nodes."""

    def __init__(self, old: UnitKind, new: UnitKind, before: Scheme, after: Scheme, several: bool) -> None:
        self.old, self.new = old, new
        self.schemes, self.several = (before, after), several
        self.ids = match_nodes(old.nodes, new.nodes)
        ambiguous = frozenset(_ambiguous(old) | _ambiguous(new))
        self.was, self.now = _Precise(old, before.records, ambiguous), _Precise(new, after.records, ambiguous)

    def changes(self) -> Changes:
        title = self.new.title if self.several else ""
        for change in self._kind_changes():
            yield f"{title}：{change}" if title else f"单位类型{quoted(self.new.title)}：{change}"
        told = [*self._fact_changes(), *self._node_changes()]
        for group in ("", *self._stars()):
            star = quoted(self._star_title(group)) if group else ""
            yield from (f"{title}{star}：{change}" if title or star else change for of, change in told if of == group)

    def _stars(self) -> tuple[str, ...]:
        """The ids of all stars, as the new version knows them."""
        return tuple(dict.fromkeys((*_stars(self.new), *(self.ids.get(star, star) for star in _stars(self.old)))))

    def _star_title(self, star: str) -> str:
        return (self.new.nodes.get(star) or self.old.nodes[star]).title

    def _kind_changes(self) -> Changes:
        yield from _header(self.old, self.new, but=self._told_basis(self.old, self.new, *self.schemes))
        for what, old, new in (("星级规则", self.old.tier, self.new.tier), ("总分规则", self.old.total, self.new.total)):
            if self.ids.get(old, old) != new:
                titles = (sentences.called(sentences.kind.rule(id)) if id else "" for sentences, id in ((self.was, old), (self.now, new)))
                yield from _word(what, *titles)
        if self.old.counted != self.new.counted:
            yield "改为计入全市统计" if self.new.counted else "改为不计入全市统计"
        yield from _word("合并统计的名称", self.old.group, self.new.group)
        yield from _word("量词", self.old.counter, self.new.counter)
        listed = {self.ids.get(star, star) for star in self.old.stars}
        yield from (f"列入星级的增加{quoted(self._star_title(star))}" for star in self.new.stars if star not in listed)
        yield from (f"不再列入星级的有{quoted(self._star_title(star))}" for star in sorted(listed - set(self.new.stars)))

    def _told_basis(self, old: Rule, new: Rule, *around: Rule) -> tuple[str, ...]:
        """`basis` where it changed just as that of what stands around, which says so."""
        return ("basis",) if (old.basis, new.basis) == (around[0].basis, around[1].basis) else ()

    # facts

    def _fact_changes(self) -> Iterator[tuple[str, str]]:
        groups_old, groups_new = _groups(self.old, self.ids), _groups(self.new, {})
        for old, new in matched(self.old.facts.values(), self.new.facts.values(), (_id,)):
            if old is None and new is not None:
                yield groups_new[new.id], f"增加数据{quoted(self.now.called(new))}：{origin(new, self.now.records)}"
            elif new is None and old is not None:
                yield groups_old[old.id], f"取消数据{quoted(self.was.called(old))}"
            elif old is not None and new is not None:
                group = groups_new[new.id]
                star = self._around(group)
                for change in self._fact(old, new, star):
                    yield group, f"数据{quoted(self.now.called(new))}：{change}"

    def _around(self, group: str) -> tuple[Rule, Rule]:
        """What a rule takes its basis from: its star, else the scheme."""
        before = next((old for old, new in self.ids.items() if new == group), "")
        return (self.old.nodes[before], self.new.nodes[group]) if before else self.schemes

    def _fact(self, old: Fact, new: Fact, around: tuple[Rule, Rule]) -> Changes:
        told = self._told_basis(old, new, *self.schemes) or self._told_basis(old, new, *around)
        yield from _header(old, new, but=told)
        yield from _asked(old, new)
        if old.source != new.source:
            yield f"来源由{quoted(origin(old, self.was.records))}改为{quoted(origin(new, self.now.records))}"
        elif old.if_missing != new.if_missing:
            words = (_if_missing(fact) for fact in (old, new))
            yield from _word("没有数据时的处理", *words)
        if old.effort != new.effort:
            yield from _effort(old, new)

    # nodes

    def _node_changes(self) -> Iterator[tuple[str, str]]:
        groups_old, groups_new = _groups(self.old, self.ids), _groups(self.new, {})
        before = {new: old for old, new in self.ids.items()}
        for node in self.new.nodes.values():
            if node.id in before:
                old = self.old.nodes[before[node.id]]
                subject = "" if node.id == groups_new[node.id] else self._subject(node, self.now)
                for change in self._node(old, node, groups_new[node.id]):
                    yield groups_new[node.id], f"{subject}：{change}" if subject else change
            elif node.parent not in self.new.nodes or node.parent in before:
                yield self._group_of_told(node, groups_new), f"增加{self._told(node, self.now)}"
        for node in self.old.nodes.values():
            if node.id not in self.ids and (node.parent not in self.old.nodes or node.parent in self.ids):
                yield self._group_of_told(node, groups_old), f"取消{self._told(node, self.was)}"

    def _group_of_told(self, node: Node, groups: Mapping[str, str]) -> str:
        """A whole star that came or went stands among the changes of the kind."""
        return "" if isinstance(node.form, Star) else groups[node.id]

    def _subject(self, node: Node, sentences: _Precise) -> str:
        if node.title:
            return quoted(sentences.called(node))
        whole = sentences.kind.nodes.get(node.parent)
        return f"{quoted(sentences.called(whole))}中的一项" if whole and whole.title else quoted(node.id)

    def _told(self, node: Node, sentences: _Precise) -> str:
        """A rule that came or went, with where it stands and what it says."""
        whole = sentences.kind.nodes.get(node.parent)
        if isinstance(node.form, Star):
            return f"星{quoted(sentences.called(node))}：{sentences.node(node)}"
        where = f"{quoted(sentences.called(whole))}中的" if whole and node.title else ""
        return f"{where}{self._subject(node, sentences)}：{sentences.node(node)}"

    def _node(self, old: Node, new: Node, group: str) -> Changes:
        yield from _header(old, new, but=self._node_basis(old, new, group))
        if old.id != new.id and not (is_given(old.id, old.parent) and is_given(new.id, new.parent)):
            yield from _word("编号", old.id, new.id)
        unit = self.now.unit(new)
        yield from _word("计量单位", old.unit, new.unit)
        yield from _number("满分", old.full, new.full, unit)
        if old.extra != new.extra:
            yield "改为加分，不计入满分" if new.extra else "改为计入满分"
        yield from self._form(old, new)
        yield from _number("最低", old.least, new.least, unit)
        yield from _number("最高", old.most, new.most, unit)
        if self._round_of(old, self.old) != self._round_of(new, self.new):
            yield from _number("取整的单位", old.round, new.round, "")
        if old.if_missing != new.if_missing:
            told = (self.was.gives(old, old.if_missing), self.now.gives(new, new.if_missing))
            yield from _word("得不出结果时", *told)
        yield from _pairs("称呼", old.labels, new.labels)

    def _node_basis(self, old: Node, new: Node, group: str) -> tuple[str, ...]:
        wholes = (self.old.nodes.get(old.parent), self.new.nodes.get(new.parent))
        if new.id != group and self._told_basis(old, new, *self._around(group)):
            return ("basis",)
        if wholes[0] is not None and wholes[1] is not None and self._told_basis(old, new, wholes[0], wholes[1]):
            return ("basis",)
        return self._told_basis(old, new, *self.schemes)

    def _round_of(self, node: Node, kind: UnitKind) -> float | None:
        """A node's own rounding; None where it is that of what it stands in, which says so."""
        whole = kind.nodes.get(node.parent)
        return None if whole is not None and whole.round == node.round else node.round

    # forms

    def _form(self, old: Node, new: Node) -> Changes:
        before, after = renamed(old.form, self.ids), renamed(new.form, {})
        if isinstance(before, Combine) and isinstance(after, Combine) and not before.weights and not after.weights:
            came_or_went = self._written_in(old, new)
            before, after = (_without(form, came_or_went) for form in (before, after))
        if before == after:
            return
        told = False
        for change in self._within(old, new, before, after):
            told = True
            yield change
        if not told:
            yield from self._whole(old, new)

    def _whole(self, old: Node, new: Node) -> Changes:
        was, now = self.was.form(old), self.now.form(new)
        yield f"算法由{quoted(was)}改为{quoted(now)}" if was != now else "写法有改动"

    def _within(self, old: Node, new: Node, before: Form, after: Form) -> Changes:
        """The changes of a form that stayed the same in kind; `before` reads the new names."""
        match before, after:
            case Steps(), Steps() if before.comparison == after.comparison:
                yield from self._of(old.form, new.form, before.of != after.of)
                yield from self._steps(old, new, before, after)
            case Each(), Each():
                yield from self._of(old.form, new.form, before.of != after.of)
                if (before.points, before.per) != (after.points, after.per):
                    yield from _word("", self.was.form(old), self.now.form(new))
            case Scale(), Scale() if before.log == after.log and len(before.from_) == len(after.from_):
                yield from self._of(old.form, new.form, before.of != after.of)
                yield from self._scale(old, new, before, after)
            case Choose(), Choose() if [row.when for row in before.rows] == [row.when for row in after.rows]:
                yield from self._gives(old, new, before, after)
            case Combine(), Combine() if before.how == after.how:
                yield from self._combine(before, after)
            case Adjust(), Adjust() if len(before.steps) == len(after.steps):
                yield from self._adjust(old, new, before, after)
            case Star(), Star():
                yield from self._star(old, new, before, after)

    def _of(self, old: Form, new: Form, differs: bool) -> Changes:
        assert isinstance(old, Steps | Each | Scale)
        assert isinstance(new, Steps | Each | Scale)
        if differs:
            yield from _said("所看的数", self.was.wording.say(old.of), self.now.wording.say(new.of))

    def _steps(self, old: Node, new: Node, before: Steps, after: Steps) -> Changes:
        was, now = dict(before.rows), dict(after.rows)
        for threshold, gives in now.items():
            if threshold in was and was[threshold] != gives:
                yield join(self.now.threshold(after, threshold), *self._from_to(old, new, was[threshold], gives))
        gone = [threshold for threshold in was if threshold not in now]
        for threshold in [threshold for threshold in now if threshold not in was]:
            moved = next((one for one in gone if was[one] == now[threshold]), None)
            row = join(self.now.threshold(after, threshold), self.now.gives(new, now[threshold]))
            if moved is None:
                yield f"增加一档{quoted(row)}"
            else:
                gone.remove(moved)
                yield f"一档由{quoted(self._row(old, was, moved))}改为{quoted(row)}"
        yield from (f"取消一档{quoted(self._row(old, was, threshold))}" for threshold in gone)
        if before.otherwise != after.otherwise:
            yield join("其余", *self._from_to(old, new, before.otherwise, after.otherwise))

    def _row(self, node: Node, rows: Mapping[float | str, Value], threshold: float | str) -> str:
        assert isinstance(node.form, Steps)
        return join(self.was.threshold(node.form, threshold), self.was.gives(node, rows[threshold]))

    def _from_to(self, old: Node, new: Node, was: Value, now: Value) -> tuple[str, ...]:
        return "由", self.was.gives(old, was), "改为", self.now.gives(new, now)

    def _scale(self, old: Node, new: Node, before: Scale, after: Scale) -> Changes:
        unit = self.now.wording.unit(new.form.of) if isinstance(new.form, Scale) else ""
        if before.from_ == after.from_:
            for value, was, now in zip(after.from_, before.to, after.to, strict=True):
                if was != now:
                    yield join(amount(value, unit), "处", *self._from_to(old, new, was, now))
        elif before.to == after.to:
            for gives, was, now in zip(after.to, before.from_, after.from_, strict=True):
                if was != now:
                    yield join(self.now.gets(new, gives), "的界限由", amount(was, unit), "改为", amount(now, unit))

    def _gives(self, old: Node, new: Node, before: Choose, after: Choose) -> Changes:
        for place, (was, now) in enumerate(zip(before.rows, after.rows, strict=True)):
            if was.give == now.give:
                continue
            assert isinstance(old.form, Choose)
            assert isinstance(new.form, Choose)
            when = new.form.rows[place].when
            told = (self.was.given(old, old.form.rows[place].give), self.now.given(new, new.form.rows[place].give))
            yield from _said(f"{quoted(self.now.wording.say(when))}的" if when is not None else "其余", *told)

    def _combine(self, before: Combine, after: Combine) -> Changes:
        yield from self._parts(before, after)
        yield from _word("缺项的处理", _MISSING[before.missing], _MISSING[after.missing])
        if before.need != after.need:
            yield f"至少要有的项数由 {before.need} 改为 {after.need}"

    def _parts(self, before: Combine, after: Combine) -> Changes:
        """Parts that came, went or weigh otherwise."""
        was, now = _weighed(before), _weighed(after)
        for part in dict.fromkeys((*now, *was)):
            words = quoted(self._part(part))
            if part in was and part in now and was[part] != now[part]:
                yield f"{words}的权重由 {number(was[part])} 改为 {number(now[part])}"
            elif part not in was or part not in now:
                weight = f"，权重 {number((was + now)[part])}" if after.weights else ""
                yield f"{'增加' if part in now else '取消'}一项{words}{weight}"

    def _written_in(self, old: Node, new: Node) -> frozenset[Expression]:
        """The parts written in place here that came or went: they say so themselves."""
        stayed = set(self.ids.values())
        came = [node.id for node in self.new.nodes.values() if node.parent == new.id and node.id not in stayed]
        went = [node.id for node in self.old.nodes.values() if node.parent == old.id and node.id not in self.ids]
        return frozenset(Name(id) for id in (*came, *went))

    def _part(self, part: Expression) -> str:
        """A part by what the version that has it calls it."""
        if isinstance(part, Const):
            return value_word(part.value)
        try:
            return self.now.wording.say(part)
        except KeyError:  # only the old version knows it
            return self.was.wording.say(part)

    def _adjust(self, old: Node, new: Node, before: Adjust, after: Adjust) -> Changes:
        assert isinstance(old.form, Adjust)
        assert isinstance(new.form, Adjust)
        if before.start != after.start:
            yield from _said("起点", self.was.wording.say(old.form.start), self.now.wording.say(new.form.start))
        for place, (was, now) in enumerate(zip(before.steps, after.steps, strict=True)):
            if was != now:
                told = (self.was.step(old, old.form.steps[place]), self.now.step(new, new.form.steps[place]))
                yield from _said(f"第 {place + 1} 步", *told)
        yield from _word("无法判断的步骤", *("跳过" if form.skip else "整项不评" for form in (before, after)))

    # stars

    def _star(self, old: Node, new: Node, before: Star, after: Star) -> Changes:
        assert isinstance(old.form, Star)
        assert isinstance(new.form, Star)
        yield from _number("分数线", before.pass_mark, after.pass_mark, self.now.term(after.score.id).unit)
        if before.score != after.score:
            yield from _said("所看的得分", self.was.wording.say(old.form.score), self.now.wording.say(new.form.score))
        yield from _word("颜色", _COLOURS[before.colour], _COLOURS[after.colour])
        needs = matched(old.form.needs, new.form.needs, (_title, lambda need: renamed(need.when, self.ids), _id))
        for need, other in needs:
            yield from self._need(need, other, old, new)
        for veto, other_veto in matched(old.form.vetoes, new.form.vetoes, (_title, _id)):
            yield from self._veto(veto, other_veto, old, new)

    def _need(self, old: Need | None, new: Need | None, star: Node, new_star: Node) -> Changes:
        if old is None and new is not None:
            yield f"增加条件{quoted(self.now.need(new))}"
        elif new is None and old is not None:
            yield f"取消条件{quoted(self.was.need(old))}"
        elif old is not None and new is not None:
            changes = (*self._ground(old, new, star, new_star), *self._when(old.when, new.when))
            yield from (f"条件{quoted(new.title or self.now.need(new))}：{change}" for change in changes)

    def _when(self, old: Expression, new: Expression) -> Changes:
        if renamed(old, self.ids) != new:
            yield from _said("情形", self.was.wording.say(old), self.now.wording.say(new))

    def _veto(self, old: Veto | None, new: Veto | None, star: Node, new_star: Node) -> Changes:
        if old is None and new is not None:
            yield f"增加否决{quoted(self.now.veto(new))}"
        elif new is None and old is not None:
            yield f"取消否决{quoted(self.was.veto(old))}"
        elif old is not None and new is not None:
            changes = (*self._ground(old, new, star, new_star), *self._veto_terms(old, new))
            yield from (f"否决{quoted(new.title)}：{change}" for change in changes)

    def _veto_terms(self, old: Veto, new: Veto) -> Changes:
        if old.when is not None and new.when is not None:
            yield from self._when(old.when, new.when)
        elif old.when is not None or new.when is not None or old.since != new.since:
            yield from _word("情形", self.was.veto(old), self.now.veto(new))
        yield from _word("期限", *(months(veto.lasts) if veto.lasts is not None else "" for veto in (old, new)))
        yield from _word("无法判断时", _UNDECIDED[old.if_undecided], _UNDECIDED[new.if_undecided])

    def _ground(self, old: Rule, new: Rule, star: Node, new_star: Node) -> Changes:
        told = self._told_basis(old, new, star, new_star) or self._told_basis(old, new, *self.schemes)
        yield from _header(old, new, but=told)
        if old.id != new.id and not (is_given(old.id, star.id) and is_given(new.id, new_star.id)):
            yield from _word("编号", old.id, new.id)


def _if_missing(fact: Fact) -> str:
    if fact.if_missing is None:
        return "按缺失处理"
    return join("按", value_word(fact.if_missing, unit_of(fact), dict(fact.choices)), "计")


def _effort(old: Fact, new: Fact) -> Changes:
    """What it takes to better a fact: it moves no result, but the routes that are shown."""
    yield from _word("改进的工作量", *(effort_word(fact) for fact in (old, new)))
    before, after = (fact.effort or Effort(days=0.0) for fact in (old, new))
    yield from _word("改进的做法", before.step, after.step)
    yield from _word("改进的期限", *(f"{effort.due[0]} 月 {effort.due[1]} 日" if effort.due else "" for effort in (before, after)))


def _weighed(form: Combine) -> Counter[Expression]:
    """The parts with their weights, or how often they stand there."""
    found: Counter[Expression] = Counter()
    for part, weight in zip(form.parts, form.weights or (1.0,) * len(form.parts), strict=True):
        found[part] += weight  # type: ignore[assignment]  # weights are not whole numbers
    return found


def _without(form: Combine, parts: frozenset[Expression]) -> Combine:
    return replace(form, parts=tuple(part for part in form.parts if part not in parts))


def _ambiguous(kind: UnitKind) -> set[str]:
    titles = Counter(rule.title for rule in (*kind.facts.values(), *kind.nodes.values()))
    return {title for title, times in titles.items() if times > 1}


def _stars(kind: UnitKind) -> tuple[str, ...]:
    listed = dict.fromkeys(star for star in kind.stars if star in kind.nodes)
    return tuple({**listed, **{node.id: None for node in kind.nodes.values() if isinstance(node.form, Star)}})


def _groups(kind: UnitKind, ids: Mapping[str, str]) -> dict[str, str]:
    """The star that each fact and node belongs to, by its id in the new version; empty for what several stars, or none, read."""
    owners: dict[str, set[str]] = {id: set() for id in (*kind.facts, *kind.nodes)}
    stars = set(_stars(kind))
    for star in stars:
        waiting = [star]
        while waiting:
            id = waiting.pop()
            if star not in owners[id] and (id == star or id not in stars):
                owners[id].add(star)
                waiting += reads(kind.nodes[id]) if id in kind.nodes else ()
    single = {id: next(iter(found)) if len(found) == 1 else "" for id, found in owners.items()}
    return {id: ids.get(star, star) for id, star in single.items()}
