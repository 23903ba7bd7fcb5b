"""What is wrong with a kind of record that a unit adds, told in Chinese; and what it asks that is known already."""

import re
from dataclasses import replace

import pytest

from fanxing.scheme import load
from fanxing.scheme.burden import Held, facts_a_record, facts_a_year, held_already
from fanxing.scheme.kind_checks import KindFault, wrong_with
from fanxing.scheme.model import Field, RecordKind

FIVE_STAR = load("five-star")
LATIN = re.compile(r"[A-Za-z]{3,}")
GOOD = RecordKind(
    id="own_visit",
    title="入户走访",
    basis="本级自定",
    nature="figure",
    kinds=("village",),
    recorded_by=("branch_secretary",),
    fields=(
        Field(id="homes", title="走访户数", type="count", unit="户"),
        Field(id="form", title="形式", type="choice", choices=(("a", "上门"),)),
    ),
    times=12.0,
)


def wrong(kind: RecordKind) -> list[str]:
    return [f"{one.field}：{one.words}" for one in wrong_with(kind, FIVE_STAR, FIVE_STAR.records)]


def with_field(**said: object) -> RecordKind:
    return replace(GOOD, fields=(*GOOD.fields, Field(**{"id": "x", "title": "某项", "type": "text", **said})))


def test_a_kind_that_holds_has_nothing_wrong():
    assert wrong(GOOD) == []


@pytest.mark.parametrize("kind", FIVE_STAR.records.values(), ids=lambda kind: kind.id)
def test_the_kinds_that_ship_have_nothing_wrong_by_themselves(kind: RecordKind):
    assert wrong(kind) == []


FAULTS = [
    (replace(GOOD, fields=()), "：还没有填报项；至少要有一项"),
    (replace(GOOD, title=""), "：还没有名称"),
    (replace(GOOD, basis=""), "：请写明依据：文件和文号，或“本级自定”"),
    (replace(GOOD, recorded_by=()), "：请选由谁登记；没有人登记的台账不用设"),
    (replace(GOOD, kinds=("town",)), "：没有“town”这类单位"),
    (replace(GOOD, recorded_by=("nobody",)), "：没有“nobody”这个岗位"),
    (replace(GOOD, times=0.0), "：“每年登记几次”要大于 0"),
    (replace(GOOD, identity=("gone",)), "：“怎样算同一条”或“列表显示”里的“gone”不是这里的填报项，或是个人信息"),
    (replace(GOOD, handling_faults=("homes",)), "：“反映办理不力的项”里的“homes”应是这里的一个“是否”项"),
    (with_field(type="choice"), "x：单选要有选项"),
    (with_field(title=""), "x：还没有名称"),
    (with_field(id="if"), "if：标识“if”只能用小写字母、数字和 _，以字母开头，不能是保留字"),
    (with_field(id="occurred_on"), "occurred_on：每条台账本来就有日期，请删去这一项；日期的叫法可以在“日期叫什么”里改"),
    (with_field(type="count", choices=(("a", "甲"),)), "x：只有单选才有选项；请改类型，或删去选项"),
    (with_field(type="count", least=5.0, most=1.0), "x：最小值 5 大于最大值 1"),
    (with_field(type="period"), "x：时段要选年度、季度或月份"),
    (with_field(every="year"), "x：“时段”只用于时段"),
    (with_field(type="record"), "x：关联记录要选关联哪种台账"),
    (with_field(type="count", personal=True), "x：只有文字才能标为个人信息"),
    (with_field(type="photo", required=True), "x：照片和文件不能设为必填（负担与隐私第 3 条）；请改为选填"),
    (with_field(required_if="form == 3"), "x：“何时必填”读不通；请写成 某一项=某个选项"),
    (with_field(required=True, required_if="form == 'a'"), "x：“必填”和“何时必填”只能选一个"),
    (with_field(title="身份证号"), "x：“身份证”涉及身份证件，任何台账都不收（负担与隐私第 6 条）；只记做了几件、办结几件，不记人"),
    (
        with_field(title="村集体收入", prefill="nothing.at_all"),
        "x：“预填”只能填 上次、别的台账的一项（标识.标识），或 points.members、points.qualified、device.position",
    ),
]


@pytest.mark.parametrize(("kind", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_every_fault_is_told_in_chinese(kind: RecordKind, words: str):
    assert words in wrong(kind)


def test_a_fact_of_the_same_concept_is_refused_with_where_it_is_asked():
    concept, holder, field = next(
        (field.concept, kind, field)
        for kind in FIVE_STAR.records.values()
        for field in kind.fields
        if field.concept and kind.kept_in("village")
    )
    told = f"x：同一个概念“{concept}”在“{holder.title}”的“{field.title}”已经填报（一数一源，第 1 条）；请删去这一项，或写明重复填报的理由"
    assert told in wrong(with_field(type=field.type, concept=concept))
    assert not any("同一个概念" in one for one in wrong(with_field(type=field.type, concept=concept, reuse="口径不同")))


def test_a_figure_called_and_measured_alike_is_refused_where_both_are_typed():
    profile = FIVE_STAR.records["village_profile"]
    field = next(one for one in profile.fields if one.type == "count" and not one.concept)
    kind = with_field(type="count", title=field.title, unit=field.unit)
    fault = next(one for one in wrong_with(kind, FIVE_STAR, FIVE_STAR.records) if one.refused)
    assert fault == KindFault(
        "x",
        f"同名同单位的数在“{profile.title}”的“{field.title}”已经填报（一数一源，第 1 条）；请删去这一项，或写明重复填报的理由",
        refused=True,
    )
    assert held_already(kind, FIVE_STAR, FIVE_STAR.records)[-1] == Held(kind.fields[-1], profile, field, by_concept=False)


def test_the_facts_of_a_year_are_the_fields_and_the_day_as_often_as_it_is_recorded():
    assert facts_a_record(with_field(type="photo")) == 3
    assert (facts_a_year(GOOD, "village"), facts_a_year(GOOD, "community")) == (36.0, 0.0)
    assert facts_a_year(replace(GOOD, times=None), "village") == 3.0
    assert facts_a_year(replace(GOOD, held_by="民政平台"), "village") == 0.0
