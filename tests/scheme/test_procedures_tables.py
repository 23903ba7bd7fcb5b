"""A procedure goes out as tables and comes in again: unchanged where nothing was, with faults row by row where something is wrong."""

from dataclasses import replace

import pytest

from fanxing.scheme import Scheme, load, load_files
from fanxing.scheme.expressions import parse
from fanxing.scheme.model import Procedure, Step, Term
from fanxing.scheme.procedure_faults import wrong_with_procedure
from fanxing.scheme.procedure_tables import STATES, STEPS, procedure_tables, read_procedure_tables
from fanxing.scheme.procedure_workbook import procedure_workbook, read_procedure_workbook
from fanxing.scheme.workbook.sheets import Unreadable
from tests.scheme.procedures import ELECT, REPORT, with_procedures
from tests.scheme.test_xlsform import book


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files(with_procedures(report=REPORT, elect=ELECT))


@pytest.fixture
def report(scheme: Scheme) -> Procedure:
    return scheme.procedures["report"]


@pytest.mark.parametrize("id", ["report", "elect"])
def test_what_comes_back_unchanged_is_unchanged(id: str, scheme: Scheme):
    procedure = scheme.procedures[id]
    assert read_procedure_tables(procedure, scheme, procedure_tables(procedure, scheme)) == (procedure, ())
    assert read_procedure_tables(procedure, scheme, read_procedure_workbook(procedure_workbook(procedure, scheme))) == (procedure, ())
    assert wrong_with_procedure(procedure, scheme) == ()


def test_deadlines_wording_and_steps_are_changed(report: Procedure, scheme: Scheme):
    tables = procedure_tables(report, scheme)
    states = {row["标识"]: row for row in tables[STATES]}
    states["reported"]["期限"] = "2 个工作日（有没有危险为是）\n3个工作日"
    states["paused"] |= {"名称": "挂起", "说明": "等材料"}
    steps = tables[STEPS]
    steps[2]["转入"] = "挂起"
    steps[8] |= {"次数": "2", "办结后可办": "60 天"}
    del steps[6]
    steps.append({"从": "办理中", "标识": "ask", "名称": "请求协调", "转入": "暂停", "由谁办": "承办单位、乡镇", "填写": "办理结果"})
    found, faults = read_procedure_tables(report, scheme, tables)
    assert faults == ()
    assert found.states["reported"].within == (Term(2, when=parse("danger == yes")), Term(3))
    assert (found.states["paused"].title, found.states["paused"].note) == ("挂起", "等材料")
    assert [one.id for one in found.steps] == ["accept", "refuse", "pause", "resume", "done", "pass", "rate", "reopen", "ask"]
    reopen = found.step("closed", "reopen")
    assert reopen is not None
    assert (reopen.times, reopen.open_for, reopen.sets) == (2, 60, (("reopened", True),))
    by = ("handler", "township")
    asked = Step(id="ask", title="请求协调", basis="example", source="handling", target="paused", by=by, asks=("result",))
    assert found.step("handling", "ask") == asked


@pytest.mark.parametrize(
    ("table", "row", "cells", "fault"),
    [
        (STATES, 1, {"期限": "尽快"}, "“状态”第 1 行“期限”：“尽快”读不懂"),
        (STATES, 1, {"期限": "0 个工作日"}, "“状态”第 1 行“期限”"),
        (STATES, 1, {"期限": "1 个工作日（下雨）"}, "条件“下雨”不在原来的流程里"),
        (STATES, 2, {"轮到谁": "居委会"}, "“状态”第 2 行“轮到谁”：没有“居委会”这个参与方"),
        (STATES, 3, {"停计时限": "可以"}, "“状态”第 3 行“停计时限”：应为 是 或 否"),
        (STATES, 3, {"名称": " "}, "“状态”第 3 行“名称”：不能空着"),
        (STATES, 4, {"期满自动": "退回"}, "没有“退回”这个这一环节的步骤"),
        (STATES, 5, {"标识": "reported"}, "“状态”第 5 行“标识”：“reported”写了两遍"),
        (STATES, 5, {"标识": "已办结"}, "“状态”第 5 行“标识”：用小写字母"),
        (STEPS, 1, {"转入": "别处"}, "“步骤”第 1 行“转入”：没有“别处”这个环节"),
        (STEPS, 2, {"标识": "accept"}, "“步骤”第 2 行“标识”：这一环节已有“accept”"),
        (STEPS, 8, {"次数": "几次"}, "“步骤”第 8 行“次数”：应为 1 到 1000 的整数"),
        (STEPS, 1, {"填写": "身高"}, "没有“身高”这个填报项"),
        ("字段", 1, {"类型": "多选"}, "“字段”第 1 行“类型”：没有“多选”这种类型"),
        ("字段", 2, {"最小值": "很小"}, "“字段”第 2 行“最小值”：应为数字"),
    ],
)
def test_what_cannot_be_read_is_told_row_by_row(table: str, row: int, cells: dict[str, str], fault: str, report: Procedure, scheme: Scheme):
    tables = procedure_tables(report, scheme)
    tables[table][row - 1] |= cells
    assert any(fault in str(one) for one in read_procedure_tables(report, scheme, tables)[1])


def test_a_workbook_without_its_sheets_or_columns_is_refused():
    with pytest.raises(Unreadable, match="没有找到 流程、状态、步骤、字段"):
        read_procedure_workbook(book(别的=[["甲"]]))
    with pytest.raises(Unreadable, match="“状态”的第一行缺少“名称”“轮到谁”"):
        read_procedure_workbook(book(状态=[["标识"], ["a"]]))


def test_what_is_wrong_with_a_changed_procedure_is_told_in_chinese(report: Procedure, scheme: Scheme):
    tables = procedure_tables(report, scheme)
    tables[STEPS] = [row for row in tables[STEPS] if row["标识"] not in ("resume", "pass", "rate")]
    tables[STATES][1]["轮到谁"] = ""
    tables["字段"][4] |= {"必填": "是"}
    tables["字段"][1]["名称"] = "患病情况"
    found, faults = read_procedure_tables(report, scheme, tables)
    assert faults == () or all("期满自动" in str(one) for one in faults)
    assert set(wrong_with_procedure(found, scheme)) == {
        "填报项“患病情况”：“患病”涉及健康，任何台账都不收（负担与隐私第 6 条）；只记做了几件、办结几件，不记人",
        "填报项“照片”：照片和文件不能设为必填（负担与隐私第 3 条）；请改为选填",
        "填报项“满意”：没有哪张表填它，请删去",
        "环节“办理中”：没有写轮到谁办",
        "环节“暂停”：不是结束环节，却没有步骤往下走",
        "环节“暂停”：轮到的人在这一环节没有可以办的步骤",
        "环节“待核验”：自动办理的步骤“pass”已不在这一环节",
        "环节“已办结”：没有步骤能到这里；请加一个步骤，或删去这个环节",
    }


def test_the_name_of_whom_a_matter_names_stays_a_personal_text():
    shipped = load("five-star")
    appraisal = shipped.procedures["cadre_appraisal"]
    assert wrong_with_procedure(appraisal, shipped) == ()
    openly = replace(appraisal, fields=tuple(replace(one, personal=one.personal and one.id != "name") for one in appraisal.fields))
    assert wrong_with_procedure(openly, shipped) == ("参与方“本人”：表上写的本人，要由提出时填的一个个人信息文字项写明姓名",)
