"""What a scheme asks of whom, how often, and what for."""

from fanxing.scheme import Scheme, load, load_files
from fanxing.scheme.meter import Burden, burdens, changes, own_burden
from fanxing.scheme.meter_words import as_json, change_sentence, lines, sentence
from tests.programme.small import FILES, with_text

# domain rules of burden: what an average village may have to type in a year.
FACTS_A_YEAR = 120

RETURN = """
title: 月报
nature: figure
recorded_by: [secretary]
times: 12
fields:
  income: {title: 集体收入, type: money, unit: 元}
  land: {title: 耕地, type: number, unit: 亩, prefill: last}
  rented: {title: 流转, type: number, unit: 亩}
  share: {title: 流转率, type: share, share_of: [rented, land]}
  shown: {title: 照片, type: photo}
"""


def scheme(**records: str) -> Scheme:
    meeting = FILES["records/meeting.yaml"].replace("nature: activity", "nature: activity\ntimes: 24")
    return load_files({**FILES, "records/meeting.yaml": meeting, **{f"records/{id}.yaml": text for id, text in records.items()}})


def figures(burden: Burden) -> tuple[int, float, float, float, int, int]:
    counted = (len(burden.forms), burden.times_a_year, burden.facts_a_year, burden.prefilled_a_year)
    return (*counted, burden.asked_twice, burden.photos)


def test_a_unit_is_asked_for_the_day_and_every_field_as_often_as_the_kind_is_recorded():
    own, agriculture = burdens(scheme())
    assert (own.body, figures(own)) == ("", (1, 24, 96, 0, 0, 0))
    assert (agriculture.body, figures(agriculture)) == ("农业农村部门", (1, 1, 2, 0, 0, 0))


def test_what_is_proposed_what_is_asked_twice_and_photos_are_told_apart():
    own = own_burden(scheme(monthly=RETURN), "village")
    assert figures(own) == (2, 36, 156, 24, 1, 1)
    assert [[field.id for field in form.twice] for form in own.forms] == [[], ["income"]]
    assert [[field.id for field in form.prefilled] for form in own.forms] == [[], ["land", "share"]]


GRID = """
title: 网格数据
nature: figure
recorded_by: [secretary]
fields:
  matters: {title: 网格事项, type: count, unit: 件}
  in_time: {title: 其中按时办结的, type: count, unit: 件}
"""


def test_a_part_is_asked_twice_only_where_its_whole_is():
    window = GRID.replace("网格", "窗口")
    assert own_burden(scheme(grid=GRID, window=window), "village").asked_twice == 0
    again = GRID.replace("网格数据", "网格月报").replace("[secretary]", "[secretary]\nheld_by: 网格化平台")
    assert [own.asked_twice for own in burdens(scheme(grid=GRID, again=again))] == [2, 0, 2]


def test_the_uses_of_a_fact_are_the_criteria_that_read_it():
    [meeting] = own_burden(scheme(), "village").forms
    assert meeting.uses == {"occurred_on": ("党课得分",), "form": ("党课得分",), "attended": (), "topic": ()}
    assert [field.id for field in meeting.unused] == ["attended", "topic"]
    assert own_burden(scheme(), "village").mean_uses == 0.5


PLAN = """
title: 计划
nature: outcome
recorded_by: [secretary]
expects: {record: reached, by: plan, due: planned_on}
fields:
  name: {title: 名称, type: text}
  planned_on: {title: 计划日期, type: date}
"""
REACHED = """
title: 完成
nature: outcome
recorded_by: [secretary]
fields:
  plan: {title: 计划, type: record, links: plan}
  result: {title: 情况, type: text}
"""
IN_TIME = "facts:\n  in_time: {title: 按时完成的, type: count, unit: 项, from: {sum: plan.met_in_time}, if_missing: 0}\n"
KEPT = "nodes:\n  kept: {title: 守时, formula: in_time}\n"


def test_what_falls_due_uses_the_day_that_was_planned_and_what_answers_it():
    industry = FILES["stars/village/industry.yaml"].replace("facts:\n", IN_TIME) + KEPT
    files = {**FILES, "records/plan.yaml": PLAN, "records/reached.yaml": REACHED, "stars/village/industry.yaml": industry}
    forms = {form.kind.id: form.uses for form in own_burden(load_files(files), "village").forms}
    assert forms["plan"] == {"occurred_on": ("守时",), "name": (), "planned_on": ("守时",)}
    assert forms["reached"] == {"occurred_on": ("守时",), "plan": ("守时",), "result": ()}


def test_a_change_of_the_rules_is_told_before_and_after():
    [more, body] = changes(scheme(), scheme(monthly=RETURN))
    assert change_sentence(body) == "农业农村部门（村）：重复要由 0 项变为 1 项。"
    assert [one.moved for one in changes(scheme(), scheme())] == [False, False]
    assert change_sentence(more) == (
        "村：表由 1 张变为 2 张；一年登记由 24 次变为 36 次；一年填由 96 项变为 156 项；其中预填由 0 项变为 24 项；"
        "重复要由 0 项变为 1 项；可附照片或文件由 0 处变为 1 处；平均一数 0.5 用变为 0.2 用。"
    )
    gone = changes(scheme(), load_files(with_text("records/figures.yaml", "held_by: 农业农村部门\n", "")))
    assert [change_sentence(one) for one in gone if one.after is None] == ["农业农村部门（村）：不再有 1 张表、一年 2 项。"]


def test_it_says_itself_with_its_definitions():
    found = burdens(scheme(monthly=RETURN))
    assert (
        sentence(found[0])
        == "2 张表，一年登记 36 次、156 项；其中预填 24 项；重复要 1 项；可附照片或文件 1 处，都不必填；平均一数 0.2 用。"
    )
    said = list(lines(found))
    assert said[1:4] == [
        "  会议：没有评分项用到——到会人数、议题",
        "  月报：在别处也要——集体收入",
        "  月报：没有评分项用到——集体收入、耕地、流转、流转率",
    ]
    assert said[-6].startswith("数据项：要填的一项内容")


def test_as_data_it_has_every_form():
    first = as_json(burdens(scheme()))[0]
    assert (first["unit_kind"], first["body"], first["facts_a_year"], first["mean_uses"]) == ("village", "", 96, 0.5)
    assert first["kinds"] == [
        {
            "kind": "meeting",
            "title": "会议",
            "times_a_year": 24,
            "times_said": True,
            "facts": 4,
            "facts_a_year": 96,
            "asked_twice": [],
            "prefilled": [],
            "photos_asked": 0,
            "uses": {"day": ["党课得分"], "form": ["党课得分"], "attended": [], "topic": []},
        }
    ]


def test_the_shipped_programme_stays_within_the_limit():
    assert own_burden(load("five-star"), "village").facts_a_year <= FACTS_A_YEAR
