"""Routes, rehearsals and robustness told line by line, in Chinese, and as plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from fanxing.rating.columns import YES
from fanxing.rating.rehearsal import KindRehearsal, Move, Rehearsal
from fanxing.rating.robustness import KindRobustness, Robustness
from fanxing.rating.route import Block, Improvement, Plan, Route
from fanxing.scheme.wording import POINTS, amount, number, quoted


def as_json(value: object) -> object:
    """Plain JSON data: the same names, days as ISO text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


# ---- routes ------------------------------------------------------------------------------------------------------


def route_lines(route: Route) -> Iterator[str]:
    """A route: where the unit stands, the least work, what else there is, and what stands in the way."""
    yield _standing(route)
    for block in route.blocks:
        yield f"  {_block(block)}"
    if route.best:
        yield from _plan_lines(_best_title(route), route.best)
    for plan in route.alternatives:
        yield from _plan_lines("另一个办法", plan)
    others = [one for one in route.improvements if not one.best and not one.hindrance]
    late = [one for one in route.improvements if one.hindrance]
    if others:
        yield "其他可以做的："
        yield from (f"  {improvement_line(one)}" for one in others)
    if late:
        yield "来不及的："
        yield from (f"  {one.title}：{one.hindrance}" for one in late)
    if route.elsewhere:
        yield "由别处决定的："
        for one in route.elsewhere:
            who = f"（{'、'.join(one.decided_by)}）" if one.decided_by else ""
            yield f"  {one.title}：还可得 {amount(one.lost, POINTS)}{who}"


def _standing(route: Route) -> str:
    where = f"{route.unit}（{route.kind}），{quoted(route.title)}"
    days = f"，{route.as_of} 至 {route.until}" if route.as_of and route.until else ""
    if route.score is None or route.margin is None:
        return f"{where}：{'已获得' if route.held else '不评'}{days}"
    score, mark = amount(route.score, POINTS), amount(route.pass_mark, POINTS)
    if route.held:
        return f"{where}：已获得，得分 {score}，分数线 {mark}，余 {amount(route.margin, POINTS)}"
    short = f"还差 {amount(-route.margin, POINTS)}" if route.margin < 0 else "分数已够"
    return f"{where}：未获得，得分 {score}，分数线 {mark}，{short}{days}"


def _block(block: Block) -> str:
    if block.why == "star":
        stars = "，".join(f"{quoted(one.title)}{_star_standing(one.score, one.pass_mark)}" for one in block.stars)
        return f"须先获得其他星：{stars}"
    if block.why == "veto":
        until = f"，{block.until} 起不再有效" if block.until else ""
        return f"否决：{block.sentence}{until}"
    return {"need": "条件没有达到", "missing": "须先报来数据", "points": "达不到"}[block.why] + f"：{block.sentence}"


def _star_standing(score: float | None, mark: float) -> str:
    return "不评" if score is None else f"得分 {amount(score, POINTS)}，分数线 {amount(mark, POINTS)}"


def _best_title(route: Route) -> str:
    title = "最省力的办法" if route.exact else "找到的办法（不能断定最省力）"
    return title if route.feasible else f"分数方面，{title}"


def _plan_lines(title: str, plan: Plan) -> Iterator[str]:
    yield f"{title}：共 {number(plan.days)} 人天，可得 {amount(plan.score, POINTS)}"
    yield from (f"  {improvement_line(one)}" for one in plan.improvements)


def improvement_line(one: Improvement) -> str:
    """An improvement in one line: 路灯：3 盏 → 10 盏，加 10 分，7 人天，12 月 31 日前；装路灯."""
    parts = [f"{one.title}：{one.words[0]} → {one.words[1]}"]
    parts += [f"加 {amount(one.gain, POINTS)}"] if one.gain else []
    parts += [f"达到条件：{condition}" for condition in one.meets]
    parts.append(f"{number(one.days)} 人天")
    parts += [f"{one.until.month} 月 {one.until.day} 日前"] if one.until else []
    who = "，".join([*([f"责任：{one.owner}"] if one.owner else []), *([f"数据由{one.reported_by}提供"] if one.reported_by else [])])
    return "；".join(["，".join(parts), *filter(None, (one.step, who, one.assumes))])


# ---- rehearsals --------------------------------------------------------------------------------------------------


def rehearsal_json(rehearsal: Rehearsal) -> dict[str, object]:
    """Plain JSON data, without the ratings themselves."""
    told = {"kinds": rehearsal.kinds, "unknown": rehearsal.unknown, "moves": rehearsal.moves, "without": rehearsal.without}
    return {key: as_json(one) for key, one in {**told, "refused": rehearsal.refused}.items()}


def rehearsal_lines(rehearsal: Rehearsal) -> Iterator[str]:
    """A rehearsal: counts before and after by kind, tier and star, then who gains and who loses."""
    for kind in rehearsal.kinds:
        yield from _kind_lines(kind)
    if rehearsal.unknown:
        yield f"两个方案都没有这一类的单位：{rehearsal.unknown} 个"
    if rehearsal.without:
        yield f"新方案要用而没有数据的（按缺失处理）：{'、'.join(rehearsal.without)}"
    for fact, count in rehearsal.refused.items():
        yield f"{fact}：{count} 个数超出新方案的范围，按缺失处理"
    yield from _moves("得星", rehearsal.gainers)
    yield from _moves("失星", rehearsal.losers)


def _kind_lines(kind: KindRehearsal) -> Iterator[str]:
    only = {(True, False): "，只有原方案评", (False, True): "，只有新方案评"}.get(kind.known, "")
    yield f"{kind.title}（{kind.kind}）：{kind.units} 个{only}"
    for tier in kind.tiers:
        yield f"  {tier.word:<8}{tier.before:>8} → {tier.after:>6}{tier.more:>+8}"
    for star in kind.stars:
        yield f"  {star.title}：{star.before} → {star.after}，得 {star.gained}，失 {star.lost}"


def _moves(what: str, moves: tuple[Move, ...]) -> Iterator[str]:
    yield f"{what}的单位：{len(moves)} 个"
    for move in moves:
        stars = "、".join(move.gained if what == "得星" else move.lost)
        yield f"  {move.unit}（{move.kind}）：{stars}；{move.before or '不评'} → {move.after or '不评'}"


# ---- robustness --------------------------------------------------------------------------------------------------

SURE, LIKELY = 0.95, 0.5


def robustness_lines(found: Robustness) -> Iterator[str]:
    """By kind and star: how many hold it, how many of them surely, and how many that do not hold it might."""
    yield f"分值在 ±{found.spread:.0%} 内抽取 {found.draws} 次，种子 {found.seed}"
    for kind in found.kinds.values():
        steady = int((kind.tier >= SURE).sum())
        who = f"{kind.rating.kind.title}（{kind.rating.kind.id}）：{len(kind.tier)} 个"
        yield f"{who}，其中 {steady} 个的星级在 {SURE:.0%} 以上的抽样中不变"
        yield from _star_lines(kind)


def _star_lines(kind: KindRobustness) -> Iterator[str]:
    for star, share in kind.stars.items():
        held = kind.rating.columns[star] == YES
        title = kind.rating.kind.nodes[star].title
        sure, other = int((held & (share >= SURE)).sum()), int((~held & (share >= LIKELY)).sum())
        fixed = "（得分不是几项之和，未抽取）" if star in kind.fixed else ""
        holders = f"{int(held.sum())} 个获得，{sure} 个在 {SURE:.0%} 以上的抽样中仍获得"
        yield f"  {title}：{holders}；未获得的有 {other} 个在半数以上的抽样中获得{fixed}"
