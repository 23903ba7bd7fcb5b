"""What a record serves beside figures, criteria and stars: every return that reads it, by the rules themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.points.queries import is_on, keeps
from fanxing.points.reckoning import fits
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.records.ingest.reach import keepers
from fanxing.records.models import Record
from fanxing.records.references import record_named
from fanxing.scheme.model import PartyWork, RecordKind, Scheme, UnitKind, reads
from fanxing.web.figures import Period, period_of


@dataclass(frozen=True)
class Use:
    """A return that a record serves, in words what it says there, and its page; no address for those who may not open it."""

    title: str
    words: str
    address: str


@dataclass(frozen=True)
class _Served:
    """A record as it stands, with what is asked of it here.

    first     its first version; `unit` the one that it counts for
    kind      what it is an example of, among `kinds` of its unit
    moved     the facts that count it, and every node that reads one of them, directly or not
    """

    record: Record
    first: Record
    unit: Unit
    kind: RecordKind
    kinds: Mapping[str, RecordKind]
    scheme: Scheme
    period: Period
    moved: frozenset[str]
    authority: Authority

    @property
    def rated(self) -> UnitKind | None:
        return self.scheme.kinds.get(self.unit.kind)

    def value(self, field: str) -> object:
        return self.record.data.get(field)

    def page(self, name: str, *more: object) -> str:
        """The address of a page of the unit that keeps the record."""
        return reverse(name, args=[self.record.unit.code, *more]) if self.authority.may("record.view", self.record.unit) else ""


def uses_of(
    record: Record, first: Record, unit: Unit, kinds: Mapping[str, RecordKind], facts: Iterable[str], authority: Authority
) -> list[Use]:
    """The returns beside figures and stars that a record serves which stands and awaits nobody; `unit` is the one that it counts for
    in these `facts`."""
    publication, kind = programme_for(unit), kinds.get(record.kind)
    if publication is None or kind is None:
        return []
    scheme = scheme_of(publication)
    rated = scheme.kinds.get(unit.kind)
    moved = _moved(rated, facts) if rated else frozenset()
    served = _Served(record, first, unit, kind, kinds, scheme, period_of(publication), moved, authority)
    return [use for asked in (_public, _both_sides, _department, _dues, _needs, _party_work, _points) for use in asked(served)]


def _moved(kind: UnitKind, facts: Iterable[str]) -> frozenset[str]:
    found = {*facts}
    for node in kind.nodes.values():
        if not found.isdisjoint(reads(node)):
            found.add(node.id)
    return frozenset(found)


def _public(one: _Served) -> Iterator[Use]:
    """The counts of everybody's page, and the sentence it opens with, read the stars and the tier."""
    if one.rated and one.rated.counted and not one.moved.isdisjoint(one.rated.stars):
        yield Use("首页公布的数", "各星级有多少单位，和开头那句话", reverse("front"))


def _both_sides(one: _Served) -> Iterator[Use]:
    both = one.scheme.both_sides
    sides = both.sides.get(one.unit.kind) if both else None
    if both is None or sides is None:
        return
    address = reverse("both_sides", args=[one.unit.code]) if one.authority.may("score.view", one.unit) else ""
    if one.kind.id == both.explained_by:
        yield Use(both.title, "本单位对差距的说明", address)
    told = [f"{side}：{_titles(one, ids)}" for side, ids in (("党建", sides.party), ("业务", sides.work)) if one.moved & {*ids}]
    if told:
        yield Use(both.title, "；".join(told), address)


def _titles(one: _Served, ids: Sequence[str]) -> str:
    assert one.rated is not None  # it has sides
    return "、".join(one.rated.rule(id).title for id in ids if id in one.moved)


def _department(one: _Served) -> Iterator[Use]:
    """Figures of the period stand as reported where those of all units are counted."""
    in_time = one.period.start <= one.record.occurred_on <= one.period.end
    if one.kind.nature == "figure" and in_time and one.unit.kind in keepers(one.scheme, one.kind):
        address = f"{reverse('figures')}?unit={one.unit.code}" if one.authority.may("record.view", one.unit) else ""
        yield Use("部门数据", "这一期已报，不再列入缺数的单位", address)


def _dues(one: _Served) -> Iterator[Use]:
    expects = one.kind.expects
    if expects and expects.sum and one.value(expects.due) and (not expects.while_ or one.value(expects.while_) is True):
        yield Use("合同与到期收款", "每一期应收多少、哪天到期", one.page("dues"))
    if any(kind.expects.sum and one.value(kind.expects.by) for kind in _answered(one) if kind.expects):
        yield Use("合同与到期收款", "作为已收，先抵最早到期的", one.page("dues"))


def _answered(one: _Served) -> list[RecordKind]:
    """The kinds whose records are answered by such a one."""
    return [kind for kind in one.kinds.values() if kind.expects and kind.expects.record == one.kind.id]


def _needs(one: _Served) -> Iterator[Use]:
    if one.kind.meets:
        yield Use("需求与资源", "作为需求，旁边列出能帮的单位", one.page("needs"))
    elif any(kind.meets and kind.meets.record == one.kind.id for kind in one.kinds.values()):
        yield Use("需求与资源", "作为资源，列在同类的需求旁边", one.page("needs"))


def _party_work(one: _Served) -> Iterator[Use]:
    work = one.scheme.party_work
    if work is None:
        return
    if one.kind.id in work.tasks:
        yield Use("任务和项目", "任务的时限、节点和价值", one.page("party_task", one.first.position))
    elif task := _task_of(one, work):
        yield Use("任务和项目", "任务的节点：计划日和完成日", one.page("party_task", task))
    named = any(field.links in work.brands and one.value(field.id) for field in one.kind.fields if field.type == "record")
    if one.kind.id in work.brands or named:
        yield Use("品牌和做法", "按年列在品牌下面" if named else "一个品牌或做法一张卡", one.page("party_brands"))


def _task_of(one: _Served, work: PartyWork) -> str:
    """The position of the task of which the record is a milestone, or says that one is done; empty where it is neither."""
    links = dict(roles["milestone"].split(".") for roles in work.tasks.values() if "milestone" in roles)
    if one.kind.id in links:
        return _position(one.value(links[one.kind.id]))
    answered = [kind.expects.by for kind in _answered(one) if kind.expects and kind.id in links]
    milestone = record_named(str(one.value(answered[0]))) if answered else None
    return _position(milestone.data.get(links[milestone.kind])) if milestone and milestone.kind in links else ""


def _position(reference: object) -> str:
    return str(reference or "").rpartition("-")[2]


def _points(one: _Served) -> Iterator[Use]:
    """What members get for it is told where the branch keeps points, and kept by one post alone."""
    rules = one.scheme.points
    found = (
        [rule.title for rule in rules.rules.values() if fits(rule, one.record.kind, one.record.occurred_on, one.record.data)]
        if rules
        else []
    )
    if found and is_on(one.record.unit):
        address = reverse("points", args=[one.record.unit.code]) if keeps(one.authority, one.record.unit, rules) else ""
        yield Use("党员积分", f"参加的党员按“{'、'.join(found)}”得分", address)
