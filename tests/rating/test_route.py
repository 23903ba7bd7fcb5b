"""The route to a star: the least work that earns it, held against trying everything; and what cannot be done any more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import ceil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanxing.rating import Facts, FactsError, Rating, Route, rate, route, what_if
from fanxing.scheme import Scheme, load_files
from fanxing.scheme.model import Effort
from tests.rating.strategies import World, worlds, written

DAY = date(2025, 12, 1)
FILES = {
    "scheme.yaml": """
scheme: small
title: 小方案
basis: example
period: {from: 2025-01-01, to: 2025-12-31}
kinds: {village: {title: 村, stars: [green, work, best]}}
tier: {count: stars}
posts: {secretary: {title: 书记, permissions: branch_secretary}}
""",
    "records/meeting.yaml": """
title: 会议
basis: example
nature: activity
recorded_by: [secretary]
fields: {form: {title: 形式, type: choice, choices: {lesson: 党课, members: 党员大会}}}
""",
    "records/figures.yaml": """
title: 部门数据
basis: example
nature: figure
recorded_by: [secretary]
held_by: 农业农村部门
fields: {toilets: {title: 已改厕, type: count}, lanes: {title: 街巷, type: count}}
""",
    "stars/village/green.yaml": """
title: 生态宜居
facts:
  toilets: {title: 已改厕户数, type: count, unit: 户, from: {latest: figures.toilets}, if_missing: stays, effort: 2, step: 改厕, due: 11-30}
  lamps: {title: 路灯, type: count, unit: 盏, if_missing: stays, effort: 1, step: 装路灯}
  waste: {title: 黑臭水体, type: count, unit: 处, if_missing: stays, effort: 5, step: 治理, owner: 村委会}
  mark: {title: 村容评分, type: number, least: 0, most: 20, if_missing: stays}
  fined_on: {title: 处罚日期, type: date, if_missing: stays}
score:
  title: 生态得分
  full: 60
  sum:
    - {id: green_toilets, title: 改厕, each: {of: toilets, points: 1}, most: 20}
    - {id: green_lamps, title: 亮化, steps: {of: lamps, at_least: {10: 10, 5: 4}, otherwise: 0}}
    - {id: green_waste, title: 水体, choose: [{when: waste == 0, give: 10}, {give: 0}]}
    - {id: green_mark, title: 村容, formula: mark}
pass: 50
vetoes: [{id: green_fined, title: 受处罚, since: fined_on, lasts: 12 months}]
""",
    "stars/village/work.yaml": """
title: 工作扎实
facts:
  lesson_quarters:
    title: 上党课的季度
    type: count
    unit: 个季度
    from: {quarters: meeting, where: "form == 'lesson'"}
    if_missing: 0
    effort: 1
  meetings: {title: 会议数, type: count, unit: 次, from: {count: meeting}, if_missing: 0}
  plan: {title: 有规划, type: yes/no, if_missing: no, effort: 4, step: 编规划}
score:
  title: 工作得分
  full: 30
  sum:
    - {id: work_lessons, title: 党课, steps: {of: lesson_quarters, at_least: {4: 20, 3: 10}, otherwise: 0}}
    - {id: work_meetings, title: 会议, each: {of: meetings, points: 1}, most: 10}
pass: 20
needs: [{id: work_plan, title: 有规划, when: plan, basis: example}]
""",
    "stars/village/best.yaml": """
title: 样样好
score: {title: 综合得分, full: 30, sum: [work_lessons, work_meetings]}
pass: 10
needs: [{id: best_others, title: 生态宜居已获得, when: green, basis: example}]
""",
}
UNIT = {"toilets": 15.0, "lamps": 3.0, "waste": 1.0, "mark": 15.0, "lesson_quarters": 3.0, "meetings": 5.0}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files(FILES)


def rated(scheme: Scheme, day: date = DAY, **facts: Any) -> Rating:
    return rate(scheme, Facts.from_rows(scheme, [{"unit": "v", **UNIT, **facts}, {"unit": "w", **UNIT}]), day)


def outline(found: Route) -> list[tuple[object, ...]]:
    return [(one.fact, one.after, one.gain, one.days, one.best) for one in found.improvements]


def test_the_least_work_is_found_and_earns_the_star(scheme: Scheme) -> None:
    rating = rated(scheme, date(2025, 11, 1))
    found = route(rating, "v", "green")

    assert (found.held, found.score, found.margin, found.feasible, found.exact, found.highest) == (False, 30.0, -20.0, True, True, 55.0)
    assert found.best is not None
    assert found.best.changes == {"lamps": 10.0, "waste": 0.0}
    assert (found.best.days, found.best.score) == (12.0, 50.0)
    assert what_if(rating, "v", found.best.changes).value("v", "green") is True
    assert outline(found) == [("waste", 0.0, 10.0, 5.0, True), ("lamps", 10.0, 10.0, 7.0, True), ("toilets", 20.0, 5.0, 10.0, False)]
    waste = found.improvements[0]
    assert (waste.title, waste.words, waste.owner, waste.reported_by, waste.step) == ("黑臭水体", ("1 处", "0 处"), "村委会", "", "治理")
    assert (waste.until, found.improvements[2].until, found.improvements[2].reported_by) == (
        date(2025, 12, 31),
        date(2025, 11, 30),
        "农业农村部门",
    )
    assert [(one.title, one.lost, one.decided_by) for one in found.elsewhere] == [("村容", 5.0, ())]


def test_work_that_is_past_its_day_is_told_but_not_counted_on(scheme: Scheme) -> None:
    found = route(rated(scheme, lamps=12.0, waste=1.0, mark=11.0), "v", "green")

    assert (found.score, found.feasible, found.exact, found.highest, found.best) == (36.0, False, True, 46.0, None)
    assert [(one.fact, one.hindrance) for one in found.improvements] == [("waste", ""), ("toilets", "已过 11 月 30 日的期限")]
    assert [block.sentence for block in found.blocks] == ["能做的都做到，生态得分也只有 46 分，不到 50 分"]


def test_a_star_that_is_held_says_with_what_margin(scheme: Scheme) -> None:
    found = route(rated(scheme, lamps=12.0, waste=0.0), "v", "green")

    assert (found.held, found.feasible, found.score, found.margin, found.best, found.improvements) == (True, True, 50.0, 0.0, None, ())


def test_figures_that_are_missing_are_named_and_not_invented(scheme: Scheme) -> None:
    found = route(rated(scheme, mark=None, toilets=None), "v", "green")

    assert (found.held, found.score, found.feasible, found.best) == (None, None, False, None)
    assert [(block.why, block.facts) for block in found.blocks] == [("missing", ("已改厕户数", "村容评分"))]


def test_a_veto_in_force_says_until_when(scheme: Scheme) -> None:
    found = route(rated(scheme, date(2025, 11, 1), fined_on="2025-02-03"), "v", "green")

    assert not found.feasible
    assert [(block.why, block.title, block.until) for block in found.blocks] == [("veto", "受处罚", date(2026, 2, 3))]
    assert found.best is not None
    assert found.best.changes == {"lamps": 10.0, "waste": 0.0}


def test_a_star_that_asks_for_another_says_where_that_stands(scheme: Scheme) -> None:
    found = route(rated(scheme), "v", "best")

    assert (found.margin, found.feasible, found.best) == (5.0, False, None)
    (block,) = found.blocks
    assert (block.why, block.title) == ("star", "生态宜居已获得")
    assert [(one.star, one.held, one.score, one.pass_mark) for one in block.stars] == [("green", False, 30.0, 50.0)]


def test_a_need_that_work_meets_is_part_of_the_route_and_new_records_count_wherever_they_count(scheme: Scheme) -> None:
    rating = rated(scheme)
    found = route(rating, "v", "work")

    assert found.best is not None
    assert (found.best.changes, found.best.days, found.best.score) == (
        {"lesson_quarters": 4.0, "plan": True, "meetings": 6.0},
        5.0,
        26.0,
    )
    lessons, plan = found.best.improvements
    assert (lessons.along, lessons.gain, lessons.meets) == ({"meetings": 1.0}, 11.0, ())
    assert (plan.gain, plan.meets) == (0.0, ("有规划",))
    assert what_if(rating, "v", found.best.changes).value("v", "work") is True


@pytest.mark.parametrize(
    ("day", "lessons", "met_now", "after", "assumes"),
    [
        ("2025-12-01", 3.0, None, 4.0, "以本季度还没有计入为前提"),
        ("2025-12-01", 3.0, (), 4.0, ""),
        ("2025-12-01", 2.0, None, None, ""),  # two were missed, one is left: three quarters bring what they bring, 10 of 20
        ("2025-12-01", 3.0, ("lesson_quarters",), None, ""),
        ("2025-09-30", 2.0, None, 4.0, "以本季度还没有计入为前提"),
        ("2025-09-30", 3.0, None, 4.0, ""),  # all three so far are met
        ("2026-01-01", 3.0, None, None, ""),
    ],
)
def test_a_quarter_that_is_missed_cannot_be_made_up(
    scheme: Scheme, day: str, lessons: float, met_now: tuple[str, ...] | None, after: float | None, assumes: str
) -> None:
    rating = rated(scheme, date.fromisoformat(day), lesson_quarters=lessons, plan=True)
    found = route(rating, "v", "work", met_now=met_now)

    assert found.feasible == (after is not None)
    if after is None:
        assert found.best is None
        assert found.blocks[-1].why == "points"
    else:
        assert found.best is not None
        assert (found.best.changes["lesson_quarters"], found.best.improvements[0].assumes) == (after, assumes)


def test_nothing_is_proposed_that_costs_another_star_points() -> None:
    files = dict(FILES)
    files["stars/village/work.yaml"] = (
        files["stars/village/work.yaml"]
        .replace("each: {of: meetings, points: 1}", "each: {of: lamps, points: -1}")
        .replace("full: 30", "full: 20")
        .replace("  meetings: {title: 会议数, type: count, unit: 次, from: {count: meeting}, if_missing: 0}\n", "")
    )
    files["stars/village/best.yaml"] = files["stars/village/best.yaml"].replace("full: 30", "full: 20")
    found = route(rated(load_files(files), date(2025, 11, 1)), "v", "green")

    assert [one.fact for one in found.improvements] == ["waste", "toilets"]
    assert (found.feasible, found.highest) == (False, 45.0)


SHARED = """
scheme: shared
title: 共用数据
basis: example
kinds: {village: {title: 村, stars: [star]}}
facts:
  done: {title: 已办, type: count, if_missing: stays, effort: 3}
  due: {title: 应办, type: count, if_missing: stays, effort: 1}
  hours: {title: 时长, type: number, if_missing: stays, effort: 0.01}
nodes:
  star:
    title: 星
    star:
      sum:
        - {scale: {of: done / due, from: [0, 1], to: [0, 10]}}
        - {each: {of: due, points: 0.01}, most: 5}
        - {each: {of: hours, points: 0.001}}
    pass: PASS
tier: {count: stars}
"""


def shared(mark: float, hours: str = "") -> Route:
    scheme = load_files({"scheme.yaml": SHARED.replace("PASS", str(mark)).replace("时长, type: number", f"时长, type: number{hours}")})
    return route(rate(scheme, Facts.from_rows(scheme, [{"unit": "v", "done": 40.0, "due": 100.0, "hours": 0.0}])), "v", "star")


def test_levers_with_too_many_combinations_are_searched_again_for_what_is_cheaper() -> None:
    found = shared(7, hours=", most: 500")

    least = min(
        3 * abs(done - 40) + abs(due - 100) + max(ceil((7 - points(done, due)) * 1000 - 1e-9), 0) * 0.01
        for done in range(541)
        for due in range(1, 601)
        if points(done, due) + 0.5 >= 7
    )
    assert found.best is not None
    assert (found.exact, found.best.days) == (True, pytest.approx(least))


def points(done: int, due: int) -> float:
    return min(done / due, 1) * 10 + min(due * 0.01, 5)


def test_a_search_that_could_not_look_at_everything_says_so() -> None:
    found = shared(40)  # thirty thousand hours would do

    assert (found.feasible, found.exact, found.best) == (False, False, None)
    assert found.blocks[0].sentence.startswith("在找过的做法里，星得分最高")


def test_a_star_of_another_kind_is_refused(scheme: Scheme) -> None:
    with pytest.raises(FactsError, match='unit v: its kind village has no star "greene"; did you mean "green"'):
        route(rated(scheme), "v", "greene")


# ---- held against trying everything ------------------------------------------------------------------------------

MOST = 3


@dataclass(frozen=True)
class Small:
    """A scheme with few levers, and one unit."""

    files: Mapping[str, str]
    unit: Mapping[str, Any]
    efforts: Mapping[str, float]


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    efforts = {name: draw(st.sampled_from((0.1, 0.2, 0.3, 0.5, 1, 2, 3.5))) for name in names}
    facts: dict[str, Any] = {
        name: {"title": name, "type": "count", "most": MOST, "if_missing": draw(st.sampled_from(("stays", 0))), "effort": effort}
        for name, effort in efforts.items()
    }
    facts["y"] = {"title": "y", "type": "yes/no", "if_missing": False, "effort": 1.5}
    facts["w"] = {"title": "w", "type": "text", "choices": ["low", "middle", "high"], "if_missing": "low", "effort": 2}
    facts["x"] = {"title": "x", "type": "number", "if_missing": "stays"}
    efforts |= {"y": 1.5, "w": 2.0}

    def criterion(depth: int = 2) -> Any:
        one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        form: Any = draw(
            st.sampled_from(
                (
                    {"steps": {"of": one, "at_least": {1: 2, 3: 5}, "otherwise": 0}},
                    {"steps": {"of": one, "equals": {2: 4}, "otherwise": 1}},
                    {"each": {"of": one, "points": 1.5}, "most": 3},
                    {"each": {"of": one, "points": -1}, "least": -2},
                    {"scale": {"of": one, "from": [0, 3], "to": [0, 5]}, "round": 0.01},
                    {"scale": {"of": f"{one} / {other}", "from": [0, 1], "to": [0, 4]}, "if_missing": 0},
                    {"choose": [{"when": f"{one} >= 2 and {other} >= 1", "give": 4}, {"give": 0}]},
                    {"choose": [{"when": "y", "give": 3}, {"give": 0}]},
                    {"steps": {"of": "w", "equals": {"high": 4, "middle": 1.5}, "otherwise": 0}},
                    {"formula": f"{one} + 0.5 * {other}"},
                )
            )
        )
        if depth and draw(st.integers(0, 3)) == 0:
            inner: dict[str, Any] = {"sum": [criterion(depth - 1) for _ in range(draw(st.integers(1, 3)))]}
            return inner | draw(st.sampled_from(({}, {"most": 4}, {"round": 1}, {"weights": [2] * len(inner["sum"])})))
        return form

    score: dict[str, Any] = {"sum": ["x", *(criterion() for _ in range(draw(st.integers(1, 4))))]}
    score |= draw(st.sampled_from(({}, {}, {"round": 1}, {"least": 0, "most": 100})))
    star: dict[str, Any] = {"title": "星", "star": score, "pass": draw(st.sampled_from((2, 4, 6.5, 9, 12)))}
    if draw(st.booleans()):
        star["needs"] = [draw(st.sampled_from((f"{names[0]} >= 2", "y", f"{names[-1]} < 3 or y")))]
    if draw(st.integers(0, 2)) == 0:
        star["vetoes"] = [{"title": "否", "when": f"{names[0]} == 1", "if_undecided": draw(st.sampled_from((False, "hold")))}]
    other_star = {"title": "另一星", "star": {"sum": [criterion(), "x"]}, "pass": 2}
    whole = {
        "scheme": "small",
        "title": "小方案",
        "basis": "example",
        "kinds": {"village": {"title": "村", "stars": ["star", "other"]}},
        "facts": facts,
        "nodes": {
            "star": star,
            "other": other_star,
            "used": {"formula": " + ".join(names)},
            "used_too": {"choose": [{"when": "y and w == 'low'", "give": 1}]},
        },
        "tier": {"count": "stars"},
    }
    unit: dict[str, Any] = {name: draw(st.none() | st.integers(0, MOST).map(float)) for name in names}
    unit |= {"y": draw(st.booleans()), "w": draw(st.sampled_from(("low", "middle", "high"))), "x": draw(st.sampled_from((0.0, 1.0, 2.5)))}
    return Small({"scheme.yaml": written(whole)}, unit, efforts)


def everything(small: Small, scheme: Scheme) -> list[tuple[float, Mapping[str, Any]]]:
    """What all that can be done takes, for every way that earns the star, and of which neither the whole nor a part costs the other."""
    facts = scheme.kinds["village"].facts
    now = {id: small.unit[id] if small.unit[id] is not None else facts[id].if_missing for id in facts}
    values: dict[str, list[Any]] = {}
    for id in small.efforts:
        if id in facts and now[id] is not None:
            values[id] = {"y": [False, True], "w": ["low", "middle", "high"]}.get(id, [float(one) for one in range(MOST + 1)])
    ways = [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]
    rows = [{"unit": str(number), **small.unit, **way} for number, way in enumerate(ways)]
    rating = rate(scheme, Facts.from_rows(scheme, [{"unit": "v", **small.unit}, *rows]), every_node=True)
    before = rating.values("v")
    after = {tuple(way.values()): rating.values(str(number)) for number, way in enumerate(ways)}
    still = tuple(now[id] for id in values)
    alone = [[(*still[:at], value, *still[at + 1 :]) for value in one] for at, one in enumerate(values.values())]
    sparing = {way for ones in alone for way in ones if spares(before, after[way])}
    return [
        (sum(work(small, now, id, value) for id, value in way.items()), way)
        for way in ways
        if after[tuple(way.values())]["star"] is True
        and spares(before, after[tuple(way.values())])
        and all((*still[:at], value, *still[at + 1 :]) in sparing for at, value in enumerate(way.values()))
    ]


def spares(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Is the score still there, and the other star no worse off?"""
    if after["star_score"] is None or (before["other"] is True and after["other"] is not True):
        return False
    return before["other_score"] is None or (after["other_score"] is not None and after["other_score"] >= before["other_score"])


def work(small: Small, now: Mapping[str, Any], id: str, value: Any) -> float:
    if value == now[id]:
        return 0.0
    return small.efforts[id] * (1 if id in ("y", "w") else abs(value - now[id]))


# More points than are needed, and a condition for which some may be given up: one step down, a tenth of a day.
SURPLUS = """
scheme: small
title: 小方案
basis: example
kinds: {village: {title: 村, stars: [star]}}
facts:
  a: {title: a, type: count, most: 3, if_missing: 0, effort: 0.1}
  b: {title: b, type: count, most: 3, if_missing: stays, effort: 0.1}
  y: {title: y, type: yes/no, if_missing: no, effort: 1.5}
nodes:
  star:
    title: 星
    star:
      sum:
        - steps: {of: b, at_least: {1: 2, 3: 5}, otherwise: 0}
        - steps: {of: a, at_least: {1: 2, 3: 5}, otherwise: 0}
    pass: 2
    needs: [b < 3 or y]
tier: {count: stars}
"""


def test_points_beyond_the_pass_mark_may_be_given_up_for_a_condition() -> None:
    scheme = load_files({"scheme.yaml": SURPLUS})
    rating = rate(scheme, Facts.from_rows(scheme, [{"unit": "v", "b": 3.0, "y": False}]))
    found = route(rating, "v", "star")
    assert found.best is not None
    assert (found.best.changes, found.best.days, found.exact) == ({"b": 2.0}, 0.1, True)


@given(smalls())
def test_no_less_work_is_enough(small: Small) -> None:
    scheme = load_files(small.files)
    rating = rate(scheme, Facts.from_rows(scheme, [{"unit": "v", **small.unit}]))
    found = route(rating, "v", "star")
    if found.held or found.score is None:
        return
    least = min((days for days, _ in everything(small, scheme)), default=None)

    if found.best is not None and found.feasible:
        assert what_if(rating, "v", found.best.changes).value("v", "star") is True
        assert least is not None
        assert found.best.days == pytest.approx(least) if found.exact else found.best.days >= least - 1e-9
    elif found.exact:
        assert least is None
    for other in found.alternatives:
        assert not found.feasible or what_if(rating, "v", other.changes).value("v", "star") is True
        assert found.best is not None
        assert not found.exact or other.days >= found.best.days - 1e-9


# ---- schemes in every form ---------------------------------------------------------------------------------------


def with_efforts(scheme: Scheme) -> Scheme:
    """The scheme with an effort for each of its facts that work can better."""
    kinds = {}
    for id, kind in scheme.kinds.items():
        efforts = {"share": Effort(days=1, by=0.1), "text": Effort(days=2), "yes/no": Effort(days=3), "date": None}
        facts = {
            name: replace(
                fact, effort=efforts.get(fact.type, Effort(days=0.5)), choices=(("A", "A"), ("B", "B")) if fact.type == "text" else ()
            )
            for name, fact in kind.facts.items()
        }
        kinds[id] = replace(kind, facts=facts)
    return replace(scheme, kinds=kinds)


@settings(max_examples=25)  # each is some thousands of suppositions
@given(worlds())
def test_in_schemes_of_every_form_what_is_said_to_earn_a_star_does(world: World) -> None:
    scheme = with_efforts(world.scheme)
    rating = rate(scheme, Facts.from_rows(scheme, world.rows), world.as_of)
    for row in world.rows[:1]:
        unit = str(row["unit"])
        kind = scheme.kinds.get(str(row["kind"]))
        for star in kind.stars if kind else ():
            found = route(rating, unit, star)
            held = rating.value(unit, star)
            assert (found.held, found.score) == (held, rating.value(unit, kind.star(star).score.id))  # type: ignore[union-attr]
            if found.best is not None and found.feasible and found.exact:
                assert what_if(rating, unit, found.best.changes).value(unit, star) is True
            if held is not True and found.score is not None:
                assert found.feasible == (not found.blocks)
