"""What is wrong with a draft, in the words of those who edit it."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from fanxing.scheme import Fault, Scheme

Titles = Callable[[str], str]

# What a number filled in can bring about; everything else is told as the language says it.
WORDS: Mapping[re.Pattern[str], Callable[[re.Match[str], Titles], str]] = MappingProxyType(
    {
        re.compile(r'(?:criterion|node) "(\S+)" says full: (\S+), but its parts can reach (\S+)'): (
            lambda found, title: f"“{title(found[1])}”写满分 {found[2]} 分，实际最多可得 {found[3]} 分：请改满分、最高分或各项分值"
        ),
        re.compile(r"star (\S+): pass is (\S+), but its score can reach (\S+) at most"): (
            lambda found, title: f"“{title(found[1])}”的达星线 {found[2]} 分谁也够不到：最多能得 {found[3]} 分"
        ),
        re.compile(r'.*the key "(\S+)" stands twice; keep one'): (
            lambda found, title: f"两档的标准都是 {found[1]}：同一项里各档的标准要不同"
        ),
        re.compile(r"(?:node )?(\S+?)?:? ?.*the threshold (\S+) stands twice.*"): (
            lambda found, title: f"两档的标准都是 {found[2]}：同一项里各档的标准要不同"
        ),
        re.compile(r'.*"from" must rise or fall from point to point'): (lambda found, title: "折算的各点要从小到大或从大到小依次排列"),
        re.compile(r'.*"per" must be above 0'): lambda found, title: "“每多少”要大于 0",
        re.compile(r'.*"weights" needs one number above 0.*'): lambda found, title: "权重都要大于 0",
        re.compile(r"node (\S+): least (\S+) is above most (\S+)"): (
            lambda found, title: f"“{title(found[1])}”的最低 {found[2]} 高于最高 {found[3]}"
        ),
        re.compile(r"veto (\S+): it lasts (\S+) months, so its fact (\S+) must look back as long.*"): (
            lambda found, title: f"否决 {found[2]} 个月，它的数据“{title(found[3])}”也要回看 {found[2]} 个月"
        ),
        re.compile(r"period: it begins on (\S+) and ends before, on (\S+)"): (
            lambda found, title: f"评定时段的起始日 {found[1]} 晚于截止日 {found[2]}"
        ),
    }
)


def told(fault: Fault, scheme: Scheme | None) -> str:
    """A fault in Chinese where there are words for it, with the place where it stands."""

    def title(id: str) -> str:
        kinds = scheme.kinds.values() if scheme else ()
        rules = (rules[id] for kind in kinds for rules in (kind.nodes, kind.facts) if id in rules)
        return next((rule.title for rule in rules if rule.title), id)

    for pattern, words in WORDS.items():
        if found := pattern.fullmatch(fault.message):
            return words(found, title)
    return str(fault)
