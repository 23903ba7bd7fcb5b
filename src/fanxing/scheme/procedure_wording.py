"""What the parts of a procedure are called and say, piece by piece, in the words of officials."""

from collections.abc import Iterable, Mapping, Sequence

from fanxing.scheme.expressions import Expression
from fanxing.scheme.model import (
    ROUTE,
    Appoints,
    Ballot,
    Committee,
    Field,
    Named,
    Party,
    Procedure,
    PublicNotice,
    Register,
    Rule,
    Scheme,
    Share,
    State,
    Step,
    Term,
    Value,
    Yield,
)
from fanxing.scheme.wording import Term as Called
from fanxing.scheme.wording import Wording, amount, join, months, number, quoted, value_word
from fanxing.scheme.xlsform.words import TYPES

SEAT_WORDS = {
    "here": "本单位",
    "above": "上级单位",
    "assigned": "承办单位",
    "opener": "提出人",
    "named": "表上写的本人",
    "anyone": "任何人",
}
CLOCK = {
    "late": Called("超期"),
    "days_open": Called("办理天数", "天"),
    "times_reopened": Called("重新办理次数", "次"),
    "paired": Called("对接成功", "人"),
}
DAYS = {"opened": "提出之日", "closed": "办结之日"}
Facets = Mapping[str, str]


def days_of(term: Term) -> str:
    """A length without its condition: 5 个工作日, 7 天."""
    return f"{term.days} 个工作日" if term.working else f"{term.days} 天"


def share_words(share: Share) -> str:
    """达到 2/3, 超过 1/2."""
    part = "全部" if share.part == share.whole else f"{share.part}/{share.whole}"
    return f"超过 {part}" if share.more else join("达到", part)


class ProcedureWording:
    """The words of one procedure, by the titles of what it names; `scheme` gives those of posts, kinds of unit and of record."""

    def __init__(self, procedure: Procedure, scheme: Scheme) -> None:
        self.procedure, self.scheme = procedure, scheme
        fields = {one.id: Called(one.title, one.unit, dict(one.choices)) for one in procedure.fields}
        self.conditions = Wording(lambda id: fields.get(id) or CLOCK.get(id) or Called(id))

    # ---- what is named

    def party(self, id: str) -> str:
        """What a party is called."""
        party = self.procedure.parties.get(id)
        return party.title if party else id

    def parties(self, ids: Iterable[str]) -> str:
        """Several of them."""
        return "、".join(self.party(id) for id in ids)

    def state(self, id: str) -> str:
        """What a state is called, in quotation marks."""
        state = self.procedure.states.get(id)
        return quoted(state.title if state else id)

    def verb(self, state: str, verb: str) -> str:
        """What a step from a state is called, in quotation marks."""
        step = self.procedure.step(state, verb)
        return quoted(step.title if step else verb)

    def field(self, id: str) -> str:
        """What a field is called."""
        found = self.procedure.field(id)
        return found.title if found else id

    def fields(self, ids: Iterable[str]) -> str:
        """Several of them; those that must be filled in are marked."""
        found = [(self.field(id), (one := self.procedure.field(id)) is not None and one.required) for id in ids]
        return "、".join(f"{title}（必填）" if required else title for title, required in found)

    def kinds(self, ids: Iterable[str]) -> str:
        """Kinds of unit."""
        return "、".join(self.scheme.title_of_kind(id) for id in ids)

    def posts(self, ids: Iterable[str]) -> str:
        """Posts."""
        return "、".join(self.scheme.posts[id].title if id in self.scheme.posts else id for id in ids)

    def record(self, id: str) -> str:
        """A kind of record, in quotation marks."""
        return quoted(self.scheme.records[id].title if id in self.scheme.records else id)

    # ---- what is said

    def condition(self, condition: Expression | None) -> str:
        """A condition; empty where there is none."""
        return self.conditions.say(condition) if condition is not None else ""

    def terms(self, terms: Iterable[Term]) -> str:
        """How long: 1 个工作日（有危险为是），其余 2 个工作日."""
        found = [f"{days_of(one)}（{self.condition(one.when)}）" if one.when is not None else days_of(one) for one in terms]
        return "，其余 ".join([*found[:-1], found[-1]]) if len(found) == 2 and not found[1].endswith("）") else "，".join(found)

    def who(self, party: Party) -> str:
        """Who acts for a party: 本单位的支部书记."""
        where = SEAT_WORDS[party.at]
        if party.at == "named":
            return f"{where}（{quoted(self.field(party.person))}，任{self.posts(party.posts)}）"
        return f"{where}的{self.posts(party.posts)}" if party.posts else where

    def sets(self, pairs: Iterable[tuple[str, Value]]) -> str:
        """What a step says by itself: 重新办理为是."""
        return "，".join(join(self.field(id), "为", self._value(id, value)) for id, value in pairs)

    def _value(self, id: str, value: Value) -> str:
        field = self.procedure.field(id)
        return value_word(value, field.unit, dict(field.choices)) if field else value_word(value)

    def assigned(self, step: Step) -> str:
        """Who is responsible from then on."""
        if step.assigns == ROUTE:
            return "按分办表确定承办单位"
        return f"承办单位为所填的{self.field(step.assigns)}" if step.assigns else ""

    def routes(self) -> str:
        """The table that says who is responsible."""
        rows: list[str] = []
        for route in self.procedure.routes:
            which = f"{self.condition(route.when)}的，" if route.when is not None else "其余" if rows else ""
            rows.append(f"{which}由就近的{self.scheme.title_of_kind(route.kind)}承办")
        return "；".join(rows)

    def recorded(self, one: Yield) -> str:
        """The record that an end writes."""
        kind = self.scheme.records.get(one.kind)
        values = []
        for id, value in one.values:
            called = kind.called(id) if kind else id
            choices = dict(field.choices) if kind and (field := kind.field(id)) else {}
            words = self.conditions.say(value)
            values.append(f"{called}＝{choices.get(words, words)}")
        when = f"{self.condition(one.when)}的，" if one.when is not None else ""
        return f"{when}写入{self.record(one.kind)}台账，日期为{DAYS.get(one.day) or self.field(one.day)}：{'，'.join(values)}"

    def appointed(self, one: Appoints) -> str:
        """The assignment that an end makes."""
        lasts = f"，任期 {months(one.months)}" if one.months else ""
        return f"按{quoted(self.field(one.person))}任{self.posts([one.post])}，自{quoted(self.field(one.begins))}起{lasts}"

    def decided(self, state: State) -> str:
        """How a committee, a notice or a ballot decides, and what follows; empty where there are only forms."""
        match state.step:
            case Committee() as committee:
                return self._committee(state, committee)
            case PublicNotice() as notice:
                return self._notice(state, notice)
            case Ballot() as ballot:
                return self._ballot(state, ballot)
            case None:
                return ""

    def _committee(self, state: State, committee: Committee) -> str:
        each = "各单位给一个意见" if committee.each == "body" else "每人给一个意见"
        most = {"all": "全部同意", "majority": "过半数同意", "number": f"{committee.number} 个以上同意"}[committee.decide]
        ways = f"{most}的，{self.follows(state, committee.passes)}；否则{self.follows(state, committee.fails)}"
        return f"由{self.parties(committee.members)}会商，{each}；{ways}"

    def _notice(self, state: State, notice: PublicNotice) -> str:
        shows = f"，公示内容为{self._named(notice.shows)}" if notice.shows else ""
        upheld = f"；异议成立的，{self.follows(state, notice.upheld)}" if notice.upheld else ""
        passes = f"期满且异议都已答复的，{self.follows(state, notice.passes)}"
        return f"公示 {days_of(notice.days)}{shows}；有异议的，{days_of(notice.answer)}内答复；{passes}{upheld}"

    def _ballot(self, state: State, ballot: Ballot) -> str:
        online = f"，{self.party(ballot.voters)}可以在线投票" if ballot.voters else ""
        of = "参加表决的人数" if ballot.of == "cast" else "应到人数"
        counted = f"参加人数{share_words(ballot.quorum)}、赞成票{share_words(ballot.majority)}（按{of}算）"
        how = "无记名" if ballot.secret else "记名"
        ways = f"{counted}的，{self.follows(state, ballot.passes)}；否则{self.follows(state, ballot.fails)}"
        return f"{how}表决，应到人数为{quoted(self.field(ballot.eligible))}{online}；{ways}；满十人才公布票数"

    def _named(self, ids: Iterable[str]) -> str:
        return "、".join(self.field(id) for id in ids)

    def follows(self, state: State, verb: str) -> str:
        """What follows by itself: “通过”，转入“已办结”."""
        step = self.procedure.step(state.id, verb)
        return f"{self.verb(state.id, verb)}，{self.leads(step)}" if step else self.verb(state.id, verb)

    def leads(self, step: Step) -> str:
        """Where a step leads."""
        if step.source == step.target:
            return "仍在原环节"
        target = self.procedure.states.get(step.target)
        return f"转入{self.state(step.target)}{'，就此结束' if target and target.ends else ''}"

    def named(self, one: Named) -> str:
        """Whose name stands in public, and how long."""
        until = f"，名册上写到{self.field(one.until)}为止" if one.until else "，公示结束就撤下"
        return f"{self.field(one.consent)}的，公示时写{self.field(one.person)}{until}"

    def register(self, one: Register) -> str:
        """Which records the register adds up, by which of their fields."""
        kind = self.scheme.records.get(one.record)
        named = ((id, kind.field(id) if kind else None) for id in (one.title, one.count, one.until) if id)
        return f"{self.record(one.record)}按年列入名册（{'、'.join(field.title if field else id for id, field in named)}）"

    def measures(self, ids: Sequence[str]) -> str:
        """Facts and nodes by their titles."""
        kinds = self.scheme.kinds.values()
        return "、".join(next((kind.rule(id).title for kind in kinds if id in kind.facts or id in kind.nodes), id) for id in ids)

    # ---- piece by piece: what is compared between two versions

    def of_whole(self) -> Facets:
        """What is said of the procedure as a whole."""
        one = self.procedure
        seen_by = None if one.seen_by is None else join("经办的人", *(["、", self.parties(one.seen_by)] if one.seen_by else []))
        return {
            **_header(one),
            "分组": one.group,
            "适用单位": self.kinds(one.kinds) or "各类单位",
            "标题项": self.field(one.titled),
            "地点项": self.field(one.place_field) if one.place_field else "",
            "办事指南": self.scheme.records[one.guide].title if one.guide in self.scheme.records else one.guide,
            "不能都相同的项": self._named(one.clash),
            "可以提出的人": self.parties(one.opened_by),
            "提出时填写": self._named(one.asks),
            "开始环节": self.state(one.begins),
            "全程期限": self.terms(one.within),
            "急件": self.condition(one.urgent),
            "谁能看": seen_by or "能看本单位事项的人",
            "公开页显示": self._named(one.shows),
            "打印": one.minutes,
            "分办表": self.routes(),
            "个人信息保存": f"办结后 {months(one.retention)}" if one.retention else "",
            "公开姓名": self.named(one.named) if one.named else "",
            "名册": self.register(one.register) if one.register else "",
            "表上的指标": self.measures(one.measures),
        }

    def of_field(self, field: Field) -> Facets:
        """What is said of a field."""
        return {
            **_header(field),
            "类型": TYPES[field.type],
            "计量单位": field.unit,
            "必填": "是" if field.required else "否",
            "何时必填": self.condition(field.required_when),
            "选项": "、".join(word for _, word in field.choices),
            "最小值": number(field.least) if field.least is not None else "",
            "最大值": number(field.most) if field.most is not None else "",
            "个人信息": "是" if field.personal else "否",
            "可选的单位类别": self.kinds(field.unit_kinds),
            "关联的台账": self.record(field.links) if field.links else "",
            "时段": field.every,
            "由哪两项算出": self._named(field.share_of),
            "总数包括": field.scope,
            "预填": field.prefill,
        }

    def of_party(self, party: Party) -> Facets:
        """What is said of a party."""
        return {**_header(party), "由谁担任": self.who(party)}

    def of_state(self, state: State) -> Facets:
        """What is said of a state."""
        return {
            **_header(state),
            "由谁办理": self.parties(state.waits_for),
            "期限": self.terms(state.within),
            "超期告知": self.party(state.late_to) if state.late_to else "",
            "期满自动": self.follows(state, state.then) if state.then else "",
            "停计时限": "是" if state.stopped else "否",
            "结束": "是" if state.ends else "否",
            "怎样决定": self.decided(state),
            "办结记录": "；".join(self.recorded(one) for one in state.records),
            "任用": self.appointed(state.appoints) if state.appoints else "",
        }

    def of_step(self, step: Step) -> Facets:
        """What is said of a step."""
        return {
            **_header(step),
            "转入": self.state(step.target),
            "由谁办理": self.parties(step.by) or "自动",
            "填写": self._named(step.asks),
            "写明理由": "是" if step.reason else "否",
            "同时记为": self.sets(step.sets),
            "确定承办": self.assigned(step),
            "条件": self.condition(step.when),
            "次数": f"{step.times} 次" if step.times else "不限",
            "办结后可办": amount(step.open_for, "天") + "内" if step.open_for else "",
            "并入另一件": "是" if step.joins else "",
        }


def _header(rule: Rule) -> Facets:
    return {"名称": rule.title, "依据": rule.basis, "说明": rule.note, "责任单位": rule.owner}
