"""What a row may not ask, by the same words as the guard: such a row is flagged with the rule it breaks and gives no points."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fanxing.scheme.wordlists import LATE, TRACES, TRAITS, VOICES, WordList

_TRACE_RULES = {
    "sign-ins": "按签到、打卡、登录次数计分（规则三：不按签到、点赞、材料数量计分）",
    "views, likes and shares": "按阅读、点赞、转发、关注数量计分（规则三：不按签到、点赞、材料数量计分）",
    "who has read what was sent": "按通知的阅读、签收、回执计分（规则三：不按签到、点赞、材料数量计分）",
    "time spent online": "按在线时长计分（规则三：不按签到、点赞、材料数量计分）",
    "photos, files and other evidence": "按照片、材料、留痕计分（规则三：不强制要求照片和材料，不按其数量计分）",
}
_TRAIT_RULES = {
    "belief": "涉及个人信仰",
    "ethnicity": "涉及个人民族",
    "petitions": "涉及信访人员或信访数量，应改为就地化解率",
    "persons under watch": "涉及对特定人员的管控",
    "health": "涉及个人健康状况",
    "ID numbers": "收集证件号码",
    "faces and other biometric data": "收集人脸等生物特征",
    "tracks and positions of persons": "收集个人轨迹或位置",
}
_LESS = re.compile(r"扣|减|不得分|否决|取消")


@dataclass(frozen=True)
class Refusal:
    """A rule that a row breaks, and the word that shows it."""

    word: str
    rule: str

    def __str__(self) -> str:
        return f"“{self.word}”：{self.rule}"


def refusals(title: str, standard: str, scoring: str, *, takes: bool = False) -> tuple[Refusal, ...]:
    """The rules that a row breaks by what it asks or counts; `takes` says that it can only cost points or a star. Where the evidence is
    to be found is no such thing."""
    found = [Refusal(word, rule) for words, rule in _lists() if (word := words.found_in(title, standard, scoring))]
    speaks = VOICES.found_in(title, standard, scoring)
    if speaks and (takes or _LESS.search(scoring)) and not LATE.found_in(title, standard, scoring):
        found.append(Refusal(speaks, "因群众反映问题的数量扣分（规则九：反映问题不影响得星，只看是否按时办结）"))
    return tuple(found)


def _lists() -> Iterator[tuple[WordList, str]]:
    yield from ((words, _TRACE_RULES[words.subject]) for words in TRACES)
    yield from ((words, f"{_TRAIT_RULES[words.subject]}（规则六：不收集个人敏感信息）") for words in TRAITS)
