"""Party work and business beside each other: who sees it, what a difference is, and how it is explained."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from fanxing.scheme import SchemeError, load_files
from fanxing.scheme.differences import differences
from tests.cast import NOW, Cast
from tests.programme.small import FILES
from tests.web.conftest import income, lesson, published

SAID = """
title: 双向检验说明
basis: example
nature: figure
held_by: 本单位
recorded_by: [secretary]
fields:
  gap: {title: 两边的情况, type: choice, required: yes, choices: {alike: 基本一致, work_ahead: 业务走在前}}
  why: {title: 原因, type: long text}
"""
BOTH = """
title: 双向检验
basis: example
explained_by: said.gap
kinds:
  village:
    party: [lesson_points]
    work: [income_points]
    differences:
      work_ahead: {title: 业务走在前、党建没跟上, when: income_points - lesson_points >= 30}
"""
KINDS = {"records/said.yaml": SAID, "both_sides.yaml": BOTH}


@pytest.fixture(autouse=True)
def comparing(cast: Cast) -> None:
    published(cast, **KINDS)


def explain(unit: Unit, gap: str = "work_ahead", why: str = "今年换届，党课讲得少") -> Record:
    data = {"gap": gap, "why": why}
    return add_record(unit=unit, kind="said", occurred_on=date(2026, 5, 1), data=data, by=SYSTEM, at=NOW)


def test_a_difference_is_told_with_a_way_to_explain_it(cast: Cast, read):
    income(cast.village)
    address = f"/units/{cast.village.code}/both-sides/"
    text = unescape(read(cast.secretary, address))
    assert ("业务走在前、党建没跟上" in text, "还没有说明原因" in text, "收入得分" in text, "党课得分" in text) == (True, True, True, True)
    [way] = re.findall(r'btn-primary" href="(/units/\d+/records/new/said/[^"]+)"', text)
    assert re.search(r'value="work_ahead"[^>]* checked', read(cast.secretary, way))
    assert "写说明" not in read(cast.reviewer, address)


def test_what_the_unit_says_stands_beside_the_difference_it_names(cast: Cast, read):
    income(cast.village)
    explain(cast.village, gap="alike", why="差不多")
    address = f"/units/{cast.village.code}/both-sides/"
    assert "还没有说明原因" in read(cast.reviewer, address)
    explain(cast.village)
    text = read(cast.reviewer, address)
    assert ("还没有说明原因" in text, "今年换届" in text, "差不多" in text) == (False, True, True)


def test_without_a_difference_nothing_is_asked(cast: Cast, read):
    for month in (1, 2, 3, 4):
        lesson(cast.village, month)
    income(cast.village)
    text = read(cast.secretary, f"/units/{cast.village.code}/both-sides/")
    assert ("没有明显差距" in text, "没有说明原因" in text) == (True, False)


def test_a_reviewer_lists_those_without_an_explanation(cast: Cast, read, client):
    for unit in (cast.village, cast.neighbour, cast.other_village):
        income(unit)
    explain(cast.neighbour)
    address = f"/units/{cast.town.code}/both-sides/"
    names = (cast.village.name, cast.neighbour.name, cast.other_village.name)
    for query, shown in (("", [True, False, False]), ("?state=explained", [False, True, False]), ("?state=all", [True, True, False])):
        text = read(cast.reviewer, address + query)
        assert [f">{name}</a>" in text for name in names] == shown
    rows = list(load_workbook(BytesIO(client.get(f"/units/{cast.town.code}/both-sides.xlsx?state=all").content)).active.values)
    assert [(row[0], row[4]) for row in rows[1:]] == [("柳河村", None), ("青山村", "今年换届，党课讲得少")]


def test_the_workbook_of_a_unit_holds_both_sides(cast: Cast, client):
    income(cast.village)
    client.force_login(cast.secretary)
    rows = list(load_workbook(BytesIO(client.get(f"/units/{cast.village.code}/both-sides.xlsx").content)).active.values)
    assert [row[:3] for row in rows[1:]] == [("党建", "党课得分", 0), ("业务", "收入得分", 50), ("差距", "业务走在前、党建没跟上", None)]
    assert rows[-1][4] == "还没有说明"


def test_nobody_else_sees_it(cast: Cast, client):
    income(cast.village)
    for user in (cast.stranger, cast.outsider, cast.colleague):
        client.force_login(user)
        for address in (f"/units/{cast.village.code}/both-sides/", f"/units/{cast.village.code}/both-sides.xlsx"):
            assert client.get(address).status_code == 404


def test_the_list_asks_as_much_for_one_unit_as_for_two(cast: Cast, client, django_assert_max_num_queries):
    client.force_login(cast.reviewer)
    address = f"/units/{cast.town.code}/both-sides/?state=all"
    counts = []
    for unit in (cast.village, cast.neighbour):
        income(unit)
        explain(unit)
        client.get(address)
        with django_assert_max_num_queries(40) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[lesson_points]", "[lesson_pints]", "no such fact or node"),
        ("said.gap", "said.why", "must be a choice"),
        ("      work_ahead:", "      party_ahead:", "cannot be explained"),
        ("income_points - lesson_points >= 30", "income_points", "must be a condition"),
        ("  village:", "  hamlet:", "no such kind of unit"),
    ],
)
def test_what_cannot_be_compared_is_refused(old: str, new: str, fault: str):
    with pytest.raises(SchemeError, match=fault):
        load_files({**FILES, **KINDS, "both_sides.yaml": BOTH.replace(old, new)})


def test_a_change_of_what_a_difference_is_is_said():
    new = {**FILES, **KINDS, "both_sides.yaml": BOTH.replace("30", "20")}
    assert differences(load_files({**FILES, **KINDS}), load_files(new)) == ("双向检验：比较的结果、差距的条件或说明的台账有改动。",)
