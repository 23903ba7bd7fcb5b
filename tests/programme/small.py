"""A programme just large enough to publish: one star of a village, two kinds of record."""

from collections.abc import Mapping

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from tests.cast import FOUNDED, NOW, Cast

SCHEME = """
scheme: small
title: 小方案
basis: example
period: {from: 2026-01-01, to: 2026-12-31}
kinds:
  village: {title: 村, stars: [industry]}
tier: {title: 星级, count: stars}
posts:
  secretary: {title: 支部书记, permissions: branch_secretary, kinds: [village]}
  team: {title: 专班, permissions: star_team}
"""

INDUSTRY = """
title: 产业兴旺
facts:
  lessons: {title: 党课, type: count, from: {count: meeting, where: "form == 'lesson'"}, if_missing: 0}
  income: {title: 集体收入, type: money, unit: 元, from: {latest: figures.income}, if_missing: stays}
score:
  sum:
    - {id: lesson_points, title: 党课得分, steps: {of: lessons, at_least: {4: 50, 1: 20}, otherwise: 0}}
    - {id: income_points, title: 收入得分, steps: {of: income, at_least: {100000: 50}, otherwise: 0}}
pass: 70
"""

MEETING = """
title: 会议
nature: activity
recorded_by: [secretary]
fields:
  form: {title: 会议类型, type: choice, required: yes, choices: {members: 党员大会, lesson: 党课}}
  attended: {title: 到会人数, type: count, unit: 人, most: 500}
  topic: {title: 议题, type: text}
"""

FIGURES = """
title: 经济数据
nature: figure
recorded_by: [team]
held_by: 农业农村部门
fields:
  income: {title: 集体收入, type: money, unit: 元, least: 0}
"""

CASES = """
cases:
  - {title: 够格, given: {lessons: 4, income: 100000}, expect: {industry: yes, tier: 1}}
"""

FILES = {
    "scheme.yaml": SCHEME,
    "stars/village/industry.yaml": INDUSTRY,
    "records/meeting.yaml": MEETING,
    "records/figures.yaml": FIGURES,
    "cases.yaml": CASES,
}


def with_text(name: str, old: str, new: str, files: Mapping[str, str] = FILES) -> dict[str, str]:
    """The files with one passage of one of them replaced."""
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


@pytest.fixture
def programme(cast: Cast) -> Publication:
    """The small programme, ruling the whole city since 2020."""
    return publish(files=FILES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
