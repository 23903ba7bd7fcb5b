"""Every rule says itself: facts, every form and option, stars, and what may not be missing."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from fanxing.scheme import Scheme, load, load_files, shipped
from fanxing.scheme.expressions import parse
from fanxing.scheme.model import UnitKind
from fanxing.scheme.sentences import (
    Sentences,
    not_rated_without,
    range_words,
    say,
    say_condition,
    say_expression,
    say_need,
    say_not_rated,
    say_star,
    say_veto,
)
from tests.rating.strategies import World, worlds
from tests.scheme.schemes import SMALL, in_branch, in_scheme, rules

MEETING = """\
title: 会议
basis: example
nature: activity
held_by: 12345 热线
fields:
  form: {title: 会议类型, type: choice, choices: {members: 党员大会, lesson: 党课}}
  speaker: {title: 主讲人, type: text}
  attended: {title: 到会人数, type: count, unit: 人}
  on_time: {title: 按时, type: yes/no}
  cost: {title: 花费, type: money, unit: 元}
"""
TABLE = yaml.safe_load(Path(__file__).with_name("said.yaml").read_text("utf-8"))


def small_scheme_of_everything() -> Scheme:
    facts, nodes = ("\n".join(row["rule"] for row in TABLE[part]) for part in ("facts", "nodes"))
    return load_files(rules(facts, nodes, records={"meeting": MEETING}))


SCHEME = small_scheme_of_everything()
VILLAGE: UnitKind = SCHEME.kinds["village"]


def id_of(row: dict[str, str]) -> str:
    return row["rule"].split(":")[0]


@pytest.mark.parametrize("row", TABLE["facts"], ids=id_of)
def test_a_fact_says_where_it_comes_from(row):
    assert say(VILLAGE, id_of(row), SCHEME.records) == row["says"]


@pytest.mark.parametrize("row", TABLE["nodes"], ids=id_of)
def test_a_node_says_what_it_does_and_how_much_it_can_give(row):
    assert (say(VILLAGE, id_of(row)), range_words(VILLAGE, id_of(row))) == (row["says"], row["gives"])


def test_a_part_written_in_place_without_a_title_is_named_after_the_whole():
    assert say(VILLAGE, "c3_1") == "“全村”中的一项：按覆盖率，0% 得 0 分，100% 得 6 分，其间按比例计；没有数据的不评。"


def test_without_the_kinds_of_record_a_fact_names_them_by_id():
    assert say(VILLAGE, "lessons") == "党课次数：「meeting」记录中“form 为 lesson”的条数，考评期内；没有数据按 0 次计。"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("joined / households >= 0.6", "入社户数 ÷ 户数 ≥ 60%"),
        ("income - before > 100000", "村集体收入 − 上年收入 > 10 万元"),
        ("income >= 1.1 * before", "村集体收入 ≥ 1.1 × 上年收入"),
        ("income / (before + 1)", "村集体收入 ÷ （上年收入 + 1 元）"),
        ("income - (before - 5)", "村集体收入 − （上年收入 − 5 元）"),
        ("-fires * 2", "−火点 × 2"),
        ("(0.95 - rate) * 100", "（95% − 覆盖率） × 100"),
        ("level == 'city'", "级别为市级"),
        ("level != 'none'", "级别不是无"),
        ("level in ('city', 'county')", "级别为市级、县级之一"),
        ("not level in ('none',)", "级别不是无"),
        ("fires == 0", "火点为 0 个"),
        ("fires != 0", "火点不是 0 个"),
        ("fires == joined", "火点 = 入社户数"),
        ("led", "党支部领办"),
        ("not led", "“党支部领办”为否"),
        ("led and (rate > 0.5 or fires < 1)", "党支部领办 且 （覆盖率 > 50% 或 火点 < 1 个）"),
        ("not (led and any)", "非（党支部领办 且 开过会）"),
        ("present(mark)", "有“评分”的数据"),
        ("not present(mark)", "没有“评分”的数据"),
        ("b1", "获得“星甲”"),
        ("b1 and b2", "“星甲”“星乙”均已获得"),
        ("first(mark, 5)", "评分、5 中第一个有数据的"),
        ("min(mark, s1) + 1", "（评分、收入中最小的） + 1 分"),
        ("max(mark, s1)", "评分、收入中最大的"),
        ("missing", "缺失"),
    ],
)
def test_an_expression_is_said_by_titles(expression, words):
    assert say_expression(VILLAGE, parse(expression)) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("form == 'lesson' and attended >= 10", "会议类型为党课 且 到会人数 ≥ 10 人"),
        ("on_time or form != 'lesson'", "按时 或 会议类型不是党课"),
        ("cost > 20000", "花费 > 2 万元"),
        ("occurred_on == occurred_on", "日期 = 日期"),
    ],
)
def test_a_condition_over_records_is_said_by_the_titles_of_its_fields(condition, words):
    assert say_condition(SCHEME.records["meeting"], parse(condition)) == words


def test_a_star_says_its_mark_its_needs_and_its_vetoes():
    star = VILLAGE.star("b1")
    assert say_star(VILLAGE, "b1") == say(VILLAGE, "b1")
    assert say_need(VILLAGE, star.needs[0]) == "有领办（党支部领办）"
    assert [say_veto(VILLAGE, veto) for veto in star.vetoes] == ["火点 > 3 个（12 个月内有效）", "事件（自“认定日期”起 6 个月内）"]


@pytest.mark.parametrize(
    ("id", "facts"),
    [
        ("income", ("income",)),
        ("joined", ()),  # it takes a value when missing
        ("s1", ("income",)),
        ("e2", ()),  # the node takes a value
        ("k2", ("income", "before")),
        ("c3", ("rate",)),
        ("f2", ("rate",)),
        ("g3", ()),  # either part can be left out
        ("g6", ("income", "households", "rate")),
        ("g9", ()),
        ("a2", ("mark",)),  # a step is skipped, a start is not
        ("r2", ()),
        ("b1", ("income",)),
        ("b2", ("rate", "mark")),
        ("b3", ("rate", "mark")),  # a veto that waits; the stars it needs say themselves what they cannot do without
        ("result", ("income", "rate", "mark")),
    ],
)
def test_the_facts_that_a_result_cannot_do_without(id, facts):
    assert tuple(fact.id for fact in not_rated_without(VILLAGE, id)) == facts


def test_parts_that_stand_in_for_each_other_are_not_named_but_a_fact_in_all_of_them_is():
    nodes = """\
either: {title: 甲, mean: [x, y], missing: leave out}
all: {title: 乙, mean: [x, x + y], missing: leave out}
two: {title: 丙, mean: [x, y, z], missing: leave out, need: 3}
same: {title: 丁, formula: "first(x, y) + first(x, x)"}
result: {title: 戊, sum: [either, all, two, same], missing: zero}
"""
    facts = "\n".join(f"{id}: {{title: {id}, type: number, if_missing: stays}}" for id in "xyz")
    kind = load_files(rules(facts, nodes)).kinds["village"]
    found = {id: "".join(fact.id for fact in not_rated_without(kind, id)) for id in kind.nodes}
    assert found == {"either": "", "all": "x", "two": "xyz", "same": "x", "result": ""}


def test_what_may_not_be_missing_is_one_sentence():
    assert say_not_rated(VILLAGE, "b2") == "下列任何一项缺失则不评：覆盖率、评分。"
    assert say_not_rated(VILLAGE, "g3") == ""


def test_the_rounding_of_a_whole_point_sheet_is_said_once():
    kind = load_files(in_scheme("kinds:\n", "round: 0.01\nkinds:\n")).kinds["village"]
    said = {id: Sentences(kind).say(id) for id in kind.nodes}
    assert [id for id, words in said.items() if "位小数" in words] == ["branch_score"]


def test_a_rule_is_said_in_full_with_its_parts_and_full_marks():
    kind = load_files(in_branch("id: branch_income, title: 收入,", "id: branch_income, title: 收入, full: 20,")).kinds["village"]
    assert say(kind, "branch_score") == "支部过硬星得分：各项相加：上党课、收入（20 分）、入社率；缺任何一项的不评。"
    assert say(kind, "branch") == ("支部过硬：支部过硬星得分 20 分以上得此星；有下列情形的不得此星：受处分（自“处分日期”起 12 个月内）。")
    assert say(kind, "tier") == "星级：获得的星数：支部过硬；有一星不评的即不评；0 为零星，1 为一星。"


CODE = re.compile(r"None|True|False|==|>=|<=|!=|[A-Z][a-z]+\(| {2}|\bnan\b|\binf\b")


@given(worlds())
def test_every_rule_of_any_scheme_can_be_said(world: World):
    for kind in world.scheme.kinds.values():
        sentences = Sentences(kind, world.scheme.records)
        for id in (*kind.facts, *kind.nodes):
            said = sentences.say(id)
            assert said.endswith("。")
            assert not CODE.search(said), said
        for id in kind.nodes:
            assert not CODE.search(sentences.range_words(id))


@pytest.mark.parametrize("name", shipped())
def test_the_shipped_schemes_read_as_sentences_without_ids(name):
    scheme = load(name)
    for kind in scheme.kinds.values():
        ids = re.compile("|".join(sorted((id for id in (*kind.facts, *kind.nodes) if "_" in id), key=len, reverse=True)) or "(?!)")
        sentences = Sentences(kind, scheme.records)
        assert [said for id in (*kind.facts, *kind.nodes) if ids.search(said := sentences.say(id))] == []


def test_a_share_beside_a_row_for_none_at_all_is_never_divided_by_nothing():
    facts = "a: {title: 受理, type: count, unit: 件, if_missing: 0}\nb: {title: 办结, type: count, unit: 件, if_missing: 0}"
    share = "scale: {of: b / a, from: [0, 1], to: [0, 5]}"
    nodes = f"result: {{title: 办结率, choose: [{{when: a == 0, give: 5}}, {{give: {{title: 折算, {share}}}}}]}}\n"
    kind = load_files(rules(facts, f"{nodes}bare: {{title: 裸, {share}}}\nall: {{title: 合, sum: [result, bare]}}")).kinds["village"]
    assert [say(kind, id) for id in ("result_1", "result", "bare", "all")] == [
        "折算：按办结 ÷ 受理，0% 为 0，100% 以上为 5，其间按比例计。",
        "办结率：受理为 0 件的，为 5；其余按“折算”计。",
        "裸：按办结 ÷ 受理，0% 为 0，100% 以上为 5，其间按比例计；除数为 0 的不评。",
        "合：各项相加：办结率、裸；缺任何一项的不评。",
    ]


def test_the_small_scheme_is_said_as_a_whole():
    scheme = load_files(SMALL)
    sentences = Sentences(scheme.kinds["village"], scheme.records)
    assert (
        sentences.say("branch_joined") == "入社率：按入社户数 ÷ 常住户数，0% 得 0 分，50% 以上得 4 分，其间按比例计；"
        "没有数据或除数为 0 的不评。"
    )
