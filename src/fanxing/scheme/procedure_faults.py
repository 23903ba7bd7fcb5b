"""What is wrong with a procedure that a unit changes for itself, in the words of those who change it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from fanxing.scheme.faults import Fault, Faults
from fanxing.scheme.guard import refuse_procedure
from fanxing.scheme.kind_checks import FAULTS, REFUSALS, in_chinese
from fanxing.scheme.model import Procedure, Scheme
from fanxing.scheme.procedure_checking import check_procedure

LONGEST_TITLE = 40
Said = Callable[[re.Match[str]], str]
# What is said of a part, after its name.
WORDS: Mapping[str, str | Said] = {
    r'no such step from here "(.+?)"': lambda found: f"自动办理的步骤“{found[1]}”已不在这一环节",
    r'no such state "(.+?)"': lambda found: f"没有“{found[1]}”这个环节",
    r'no such party "(.+?)"': lambda found: f"没有“{found[1]}”这个参与方",
    r'no such field "(.+?)"': lambda found: f"没有“{found[1]}”这个填报项",
    r'no such name "(.+?)"': lambda found: f"条件里的“{found[1]}”不是填报项",
    r'no such post "(.+?)"': lambda found: f"没有“{found[1]}”这个岗位",
    r'no such kind of unit "(.+?)"': lambda found: f"没有“{found[1]}”这类单位",
    r"no way leads here": "没有步骤能到这里；请加一个步骤，或删去这个环节",
    r"does not end and no step leads on": "不是结束环节，却没有步骤往下走",
    r"nobody can take any step that leads on": "往下走的步骤都没有人能办；请写明由谁办",
    r"a matter never ends": "从这里怎么走都办不结；请让一个步骤通向结束环节",
    r"nobody answers objections": "没有写异议由谁答复（轮到谁）",
    r"nobody counts the votes": "没有写由谁计票（轮到谁）",
    r"waits for nobody": "没有写轮到谁办",
    r"it waits for (\S+), who may take no step": "轮到的人在这一环节没有可以办的步骤",
    r'"(\w+)" goes with "within"': "没有期限，就谈不上超期告知或期满自动",
    r"it ends, so": "结束环节不能再有期限、轮到谁办、会商、公示或表决",
    r'"(records|appoints)" is what comes': "办结记录和任用只能写在结束环节",
    r"has a length after the one": "没有条件的期限要放在最后",
    r"there is another step of this verb": "这一环节已有同样标识的步骤",
    r"nobody may take it": "没有人能办这个步骤；请写明由谁办，或删去",
    r"then nothing says what is asked for": "办事指南要有和标题项同标识的项",
    r"it joins another matter": "并入另一件的步骤要有人办，并转入结束环节",
    r"which is long text": "不能同时占用的项不能是长文本",
    r"nobody takes it by hand": "由会商、公示或表决决定的步骤，不能再由人直接办",
    r"which nobody would give then": "自动办理的步骤不能要求写理由或填必填项",
    r'"open_for" counts from the end': "“办结后可办”只用于结束环节的步骤",
    r"no form asks for it and no step sets it": "没有哪张表填它，请删去",
    r"the word says something of every matter": "这个标识留给系统用，请换一个",
    r"nothing names it; leave it out": "没有用到，请删去",
    r"which is personal and is never shown": "个人信息不能公开显示或作标题",
    r"may be missing": "办到这里时它可能还没有填；请在前面的步骤里要求必填",
    r"keep no such records": "有的适用单位不登记这种台账",
    r"is none of the choices": "写了不存在的选项",
    r'"person" must be a personal text': "表上写的本人，要由提出时填的一个个人信息文字项写明姓名",
    r'"retention" is missing': "有个人信息或照片，要写明办结后保存多久",
    r"none of its posts can be held": "它的岗位在有的适用单位设不了",
    r'it has (\d+) "(\w+)"; there are at most (\d+)': lambda found: f"太多了，最多 {found[3]} 个，请分成两种流程",
    r"names (\S+) twice": "写了两遍",
}
PATTERNS: Mapping[re.Pattern[str], str | Said] = {
    **REFUSALS,
    **{re.compile(f".*?{pattern}.*", re.DOTALL): words for pattern, words in WORDS.items()},
    **FAULTS,
}
PREFIX = re.compile(r"procedure [^:]+: (?:(party|state|step) (\S+?)(?: from (\S+?))?: )?")


def wrong_with_procedure(procedure: Procedure, scheme: Scheme) -> tuple[str, ...]:
    """Everything that is wrong with a procedure within a programme, in Chinese: what does not hold, and what the guard refuses."""
    faults = Faults()
    check_procedure(procedure, replace(scheme, procedures={**scheme.procedures, procedure.id: procedure}), faults)
    refuse_procedure(procedure, faults)
    return tuple(dict.fromkeys([*_untitled(procedure), *(f"{_where(one, procedure)}{in_chinese(one, PATTERNS)}" for one in faults.found)]))


def _untitled(procedure: Procedure) -> Iterator[str]:
    parts = (
        ("流程", [procedure]),
        ("参与方", procedure.parties.values()),
        ("填报项", procedure.fields),
        ("环节", procedure.states.values()),
        ("步骤", procedure.steps),
    )
    for what, rules in parts:
        for rule in rules:
            if not rule.title:
                yield f"{what}“{rule.id}”还没有名称"
            elif len(rule.title) > LONGEST_TITLE:
                yield f"{what}“{rule.title[:12]}…”的名称最多 {LONGEST_TITLE} 个字"


def _where(fault: Fault, procedure: Procedure) -> str:
    """The part that a fault speaks of, by its title."""
    if field := next((one for one in procedure.fields if fault.message.startswith(f"{procedure.id}.{one.id}: ")), None):
        return f"填报项“{field.title}”："
    found = PREFIX.match(fault.message)
    if found is None or found[1] is None:
        return "流程："
    id = found[2]
    if found[1] == "step":
        step = procedure.step(found[3] or "", id)
        return f"步骤“{step.title if step else id}”："
    rules = procedure.parties if found[1] == "party" else procedure.states
    rule = rules.get(id)
    return f"{'参与方' if found[1] == 'party' else '环节'}“{rule.title if rule else id}”："
