"""What is wrong with a draft, in the words of those who edit it."""

import pytest

from fanxing.scheme.editing import examine
from fanxing.web.faults import told
from tests.scheme.schemes import SMALL, changed, in_branch

STEPS = "{4: 6, 2: 3}"
VETO = "受处分, since: breach_on, lasts: 12 months"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (in_branch("{300000: 20", "{300000: 22"), "“支部过硬星得分”写满分 30 分，实际最多可得 32 分：请改满分、最高分或各项分值"),
        (in_branch("pass: 20", "pass: 40"), "“支部过硬”的达星线 40 分谁也够不到：最多能得 30 分"),
        (in_branch(STEPS, "{4: 6, 4: 3}"), "两档的标准都是 4：同一项里各档的标准要不同"),
        (in_branch(STEPS, "{4: 6, 4.0: 3}"), "两档的标准都是 4.0：同一项里各档的标准要不同"),
        (in_branch("from: [0, 0.5]", "from: [0.5, 0.5]"), "折算的各点要从小到大或从大到小依次排列"),
        (
            in_branch(f"steps: {{of: lessons, at_least: {STEPS}, otherwise: 0}}", "each: {of: lessons, points: 6, per: 0}"),
            "“每多少”要大于 0",
        ),
        (in_branch("  full: 30\n", "  full: 30\n  least: 50\n  most: 30\n"), "“支部过硬星得分”的最低 50 高于最高 30"),
        (in_branch("  sum:\n", "  weights: [1, 0, 1]\n  sum:\n"), "权重都要大于 0"),
        (
            changed(("scheme.yaml", "from: 2025-01-01", "from: 2026-01-01")),
            "评定时段的起始日 2026-01-01 晚于截止日 2025-12-31",
        ),
        (
            in_branch(VETO, "少上党课, when: lessons < 1, lasts: 12 months, if_undecided: no"),
            "否决 12 个月，它的数据“党课次数”也要回看 12 个月",
        ),
    ],
)
def test_what_a_number_brings_about_is_told_in_chinese(files: dict[str, str], words: str):
    scheme = examine(SMALL).scheme
    assert words in [told(fault, scheme) for fault in examine(files).faults]


def test_other_faults_are_told_as_the_language_says_them():
    (fault,) = examine(in_branch("colour: red", "color: red")).faults
    assert told(fault, None) == str(fault)
