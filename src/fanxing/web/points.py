"""Points of members as pages show them: to each member their own, to who keeps them those of the branch, to nobody else any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fanxing.evidence.queries import first_version
from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Person, Unit
from fanxing.points.models import Participation, PointsObjection
from fanxing.points.queries import NONE, accounts_of, is_on, keeps, members, objections, rules_of, takers
from fanxing.programme.queries import scheme_of
from fanxing.records.models import Record
from fanxing.scheme.model import MemberPoints
from fanxing.scoring.models import Score
from fanxing.web.sight import Sight

COLUMNS = [
    Column("姓名", 12),
    Column("日期", 12),
    Column("积分规则", 24),
    Column("依据的记录", 20),
    Column("应得", 10),
    Column("计入", 10),
    Column("到期日", 12),
    Column("说明", 16),
    Column("个人合计", 10),
    Column("合格分", 10),
    Column("支部星级", 12),
    Column("支部得星", 30),
]


@dataclass(frozen=True)
class Member:
    """A member in the list of a branch, in the order of names: whether they qualify, never how many points they have."""

    person: Person
    has_entries: bool
    reaches: bool


@dataclass(frozen=True)
class Beside:
    """Who took part in a record, and who else may be named."""

    taken: Sequence[Participation]
    others: Sequence[Person]


def listed(unit: Unit, rules: MemberPoints) -> list[Member]:
    """The members of a branch."""
    found = accounts_of(unit, clock.today())
    return [Member(one, one.pk in found, found.get(one.pk, NONE).reaches(rules)) for one in members(unit)]


def open_objections(unit: Unit) -> list[PointsObjection]:
    """What waits for an answer."""
    return list(objections(unit).filter(answered_at=None))


def takers_beside(record: Record, sight: Sight) -> Beside | None:
    """Who took part in what a record says, for those who keep the points of its unit; None for all others, and where points are off."""
    if not keeps(sight.authority, sight.unit, rules_of(sight.unit)) or not is_on(sight.unit):
        return None
    taken = list(takers(first_version(record)))
    named = {one.person_id for one in taken}
    return Beside(taken, [one for one in members(sight.unit) if one.pk not in named])


def export_rows(unit: Unit, rules: MemberPoints) -> Iterator[list[Cell]]:
    """Every entry of every member, by name, beside what the branch itself was rated."""
    found = accounts_of(unit, clock.today())
    tier, stars = _rated(unit)
    for one in members(unit):
        account = found.get(one.pk, NONE)
        beside: list[Cell] = [account.total, rules.mark, tier, stars]
        if not account.entries:
            yield [one.name, None, None, None, None, None, None, "没有积分", *beside]
        for entry in account.entries:
            reference = f"{unit.code}-{entry.position}"
            yield [one.name, entry.on, entry.rule.title, reference, entry.full, entry.points, entry.expires, entry.why, *beside]


def _rated(unit: Unit) -> tuple[str, str]:
    """The tier and the stars of the branch as last reckoned."""
    score = Score.objects.filter(unit=unit).select_related("publication").order_by("-reckoned_at", "-pk").first()
    if score is None:
        return "", ""
    kind = scheme_of(score.publication).kinds[unit.kind]
    words = dict(kind.nodes[kind.tier].labels).get(float(score.tier), score.tier) if score.tier.isdecimal() else score.tier
    held = (kind.nodes[id].title for id in kind.stars if score.stars.get(id, {}).get("held"))
    return words or f"不评：{score.reason}", "、".join(held)
