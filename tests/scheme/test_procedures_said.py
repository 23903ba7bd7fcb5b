"""A procedure says itself, and what changed between two versions, so that nothing changes in silence."""

from dataclasses import fields, replace

import pytest

from fanxing.scheme import Scheme, load_files
from fanxing.scheme.differences import differences
from fanxing.scheme.expressions import parse
from fanxing.scheme.model import Appoints, Ballot, Committee, Named, Procedure, PublicNotice, Register, Share, Term
from fanxing.scheme.procedure_sentences import procedure_differences, say_procedure
from tests.scheme.procedures import ELECT, REPORT, changed_text, with_procedures


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files(with_procedures(report=REPORT, elect=ELECT))


def test_a_report_says_who_opens_it_and_what_holds_throughout(scheme: Scheme):
    assert say_procedure(scheme.procedures["report"], scheme).whole == (
        "适用于村。",
        "群众、村可以提出，填写类别（必填）、情况（必填）、地点、有没有危险、照片、联系电话；提出后进入“待受理”。",
        "全程限 15 个工作日。",
        "有没有危险为是的是急件。",
        "分办：类别为公共设施的，由就近的小区承办；其余由就近的村承办；都没有的，由本单位承办。",
        "公开页显示类别、地点、办理结果，不显示其他内容。",
        "联系电话在办结 6 个月后删去。",
        "群众：任何人。",
        "反映人：提出人。",
        "村：本单位的支部书记。",
        "承办单位：承办单位的支部书记。",
        "乡镇：上级单位的乡镇办事员。",
    )


def test_each_state_says_whose_turn_it_is_for_how_long_and_what_follows(scheme: Scheme):
    said = {one.state.id: one.sentences for one in say_procedure(scheme.procedures["report"], scheme).states}
    assert said["reported"] == (
        "由村办理，限 1 个工作日（有没有危险为是），其余 2 个工作日，超期告知乡镇。",
        "村可以“受理转办”：填写承办单位，按分办表确定承办单位，转入“办理中”。",
        "村可以“不予受理”：写明理由，转入“不予受理”，就此结束。",
    )
    assert said["checking"][1] == "期满还没有办的，自动“核验通过”，转入“已办结”，就此结束。"
    assert said["paused"][1] == "在这一环节，全程期限停止计算。"
    assert said["closed"][2:] == (
        "反映人在办结后 30 天内可以“要求重办”，最多 1 次：写明理由，同时记重新办理为是，转入“办理中”。",
        "写入“群众反映”台账，日期为办结之日：类别＝类别，地点＝地点，已办结＝是，超期＝超期，重新办理＝重新办理次数 > 0 次。",
    )


def test_committees_notices_votes_and_appointments_are_said(scheme: Scheme):
    said = {one.state.id: one.sentences for one in say_procedure(scheme.procedures["elect"], scheme).states}
    assert said["judging"] == (
        "由党支部、乡镇会商，各单位给一个意见；全部同意的，“同意”，转入“公示”；否则“不同意”，转入“未当选”，就此结束。",
    )
    assert said["noticed"] == (
        "由党支部答复异议。",
        "公示 7 天，公示内容为姓名、工作打算；有异议的，3 个工作日内答复；期满且异议都已答复的，“公示期满”，转入“表决”；"
        "异议成立的，“异议成立”，转入“会商”。",
    )
    assert said["voting"] == (
        "由党支部计票。",
        "无记名表决，应到人数为“应到会人数”，村民代表可以在线投票；参加人数达到 2/3、赞成票超过 1/2（按参加表决的人数算）的，"
        "“通过”，转入“当选”，就此结束；否则“未通过”，转入“未当选”，就此结束；满十人才公布票数。",
    )
    assert said["elected"][1] == "按“姓名”任村民代表，自“任职之日”起，任期 3 年。"


def changes(*passages: tuple[str, str], text: str = REPORT, id: str = "report") -> list[str]:
    old, new = (load_files(with_procedures(**{id: one})) for one in (text, changed_text(text, *passages)))
    assert differences(old, new) == tuple(f"办事流程“{new.procedures[id].title}”：{one}" for one in said(old, new, id))
    return said(old, new, id)


def said(old: Scheme, new: Scheme, id: str) -> list[str]:
    return list(procedure_differences(old.procedures[id], new.procedures[id], old, new))


@pytest.mark.parametrize(
    ("passages", "told"),
    [
        ([("retention: 6 months", "retention: 6 months # as before")], []),
        (
            [("{working_days: 2}], late_to", "{working_days: 3}], late_to")],
            ["环节“待受理”的期限由“1 个工作日（有没有危险为是），其余 2 个工作日”改为“1 个工作日（有没有危险为是），其余 3 个工作日”。"],
        ),
        ([("paused: {title: 暂停", "paused: {title: 挂起")], ["环节“暂停”的名称由“暂停”改为“挂起”。"]),
        ([("staff: {title: 村,", "staff: {title: 村里,")], ["参与方“村”的名称由“村”改为“村里”。"]),
        ([("title: 满意, type: yes/no", "title: 满意, type: yes/no, required: yes")], ["填报项“满意”的必填由“否”改为“是”。"]),
        ([("title: 随手拍\n", "title: 随手报\n")], ["流程的名称由“随手拍”改为“随手报”。"]),
        (
            [("  - {verb: refuse", "  - {verb: ask, title: 补充, from: reported, to: reported, by: [staff], times: 2}\n  - {verb: refuse")],
            ["增加环节“待受理”的步骤“补充”（转入：“待受理”，由谁办理：村，写明理由：否，次数：2 次）。"],
        ),
        (
            [("  - {verb: redo, title: 退回重办, from: checking, to: handling, by: [staff], reason: yes}\n", "")],
            ["取消环节“待核验”的步骤“退回重办”。"],
        ),
    ],
)
def test_what_changed_is_told(passages: list[tuple[str, str]], told: list[str]):
    assert changes(*passages) == told


OTHER = {
    "basis": "云组〔2026〕9号",
    "kinds": ("village", "compound"),
    "within": (Term(9),),
    "urgent": parse("danger != yes"),
    "seen_by": ("staff",),
    "routes": (),
    "retention": 12,
    "named": Named("contact", "danger"),
    "register": Register("report", "about", "about"),
    "measures": ("income",),
    "steps": (),
    "fields": (),
    "states": {},
    "parties": {},
    "by": ("township",),
    "asks": ("contact",),
    "shows": ("detail",),
    "opened_by": ("staff",),
    "sets": (("reopened", True),),
    "when": parse("danger"),
    "times": 3,
    "open_for": 9,
    "records": (),
    "appoints": Appoints("detail", "delegate", "what"),
    "step": Committee(("staff",), passes="accept", fails="refuse"),
    "waits_for": ("township",),
}


@pytest.mark.parametrize("name", [one.name for one in fields(Procedure) if one.name not in ("id", "place")])
def test_no_part_of_a_procedure_changes_in_silence(name: str, scheme: Scheme):
    procedure = scheme.procedures["report"]
    assert told(procedure, replace(procedure, **{name: OTHER.get(name, "detail")}), scheme)


def test_no_part_of_a_state_or_step_changes_in_silence(scheme: Scheme):
    procedure = scheme.procedures["report"]
    for id in ("reported", "closed"):
        state = procedure.states[id]
        for one in fields(state):
            value = not getattr(state, one.name) if one.name in ("stopped", "ends") else OTHER.get(one.name, "pass")
            if one.name not in ("id", "place") and value != getattr(state, one.name):
                other = replace(state, **{one.name: value})
                assert told(procedure, replace(procedure, states={**procedure.states, id: other}), scheme), one.name
    for at, step in enumerate(procedure.steps):
        for one in fields(step):
            value = not step.reason if one.name == "reason" else OTHER.get(one.name, "checking")
            if one.name not in ("id", "place") and value != getattr(step, one.name):
                steps = (*procedure.steps[:at], replace(step, **{one.name: value}), *procedure.steps[at + 1 :])
                assert told(procedure, replace(procedure, steps=steps), scheme), one.name


@pytest.mark.parametrize(
    ("state", "other"),
    [
        ("judging", Committee(("branch", "town"), passes="shortlist", fails="drop", decide="majority")),
        ("judging", Committee(("branch", "town"), passes="shortlist", fails="drop", each="person")),
        ("noticed", PublicNotice(Term(7), Term(3), "confirm", "back", ("name", "work"))),
        ("noticed", PublicNotice(Term(7, working=False), Term(3), "confirm", "back", ("name",))),
        ("voting", Ballot("members", Share(2, 3), Share(1, 2), "elect", "lose", voters="member")),
        ("voting", Ballot("members", Share(2, 3), Share(1, 2, more=True), "elect", "lose", of="eligible", voters="member")),
        ("voting", Ballot("members", Share(2, 3), Share(1, 2, more=True), "elect", "lose", secret=False, voters="member")),
    ],
)
def test_no_part_of_a_decision_changes_in_silence(state: str, other: Committee | PublicNotice | Ballot, scheme: Scheme):
    procedure = scheme.procedures["elect"]
    states = {**procedure.states, state: replace(procedure.states[state], step=other)}
    assert told(procedure, replace(procedure, states=states), scheme)


def told(old: Procedure, new: Procedure, scheme: Scheme) -> tuple[str, ...]:
    assert procedure_differences(old, old, scheme, scheme) == ()
    return procedure_differences(old, new, scheme, scheme)
