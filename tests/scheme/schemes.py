"""A small valid scheme, and ways to change it."""

from collections.abc import Mapping

from fanxing.scheme import Scheme, SchemeError, load_files

SCHEME = """\
scheme: small
title: 小方案
basis: example
period: {from: 2025-01-01, to: 2025-12-31}
kinds:
  village: {title: 村, stars: [branch]}
tier: {title: 星级, count: stars, labels: {0: 零星, 1: 一星}}
facts:
  households: {title: 常住户数, type: count, unit: 户, if_missing: stays}
posts:
  secretary: {title: 支部书记, permissions: branch_secretary, kinds: [village]}
"""

BRANCH = """\
title: 支部过硬
basis: example
colour: red
facts:
  lessons: {title: 党课次数, type: count, unit: 次, from: {count: meeting, where: "form == 'lesson'"}, if_missing: 0}
  income: {title: 村集体收入, type: money, unit: 元, if_missing: stays}
  joined: {title: 入社户数, type: count, unit: 户, if_missing: stays}
  breach_on: {title: 处分日期, type: date, if_missing: stays}
score:
  title: 支部过硬星得分
  full: 30
  sum:
    - {id: branch_lessons, title: 上党课, steps: {of: lessons, at_least: {4: 6, 2: 3}, otherwise: 0}}
    - {id: branch_income, title: 收入, steps: {of: income, at_least: {300000: 20, 200000: 16}, otherwise: 0}}
    - {id: branch_joined, title: 入社率, scale: {of: joined / households, from: [0, 0.5], to: [0, 4]}}
pass: 20
vetoes:
  - {id: branch_breach, title: 受处分, since: breach_on, lasts: 12 months}
"""

MEETING = """\
title: 会议
basis: example
nature: activity
recorded_by: [secretary]
held_by: 党员信息系统
fields:
  form: {title: 会议类型, type: choice, required: yes, choices: {members: 党员大会, lesson: 党课}}
  attended: {title: 到会人数, type: count, unit: 人}
"""

CASES = """\
cases:
  - title: 得星
    given: {households: 100, joined: 50, lessons: 4, income: 300000}
    expect: {branch_score: 30, branch: yes, tier: 1}
"""

SMALL: Mapping[str, str] = {
    "scheme.yaml": SCHEME,
    "stars/village/branch.yaml": BRANCH,
    "records/meeting.yaml": MEETING,
    "cases.yaml": CASES,
}
BRANCH_FILE = "stars/village/branch.yaml"


def changed(*changes: tuple[str, str, str], **files: str) -> dict[str, str]:
    """The small scheme with (file, text, instead) replaced, each text standing there just once, and `files` added as records."""
    result = dict(SMALL)
    for file, text, instead in changes:
        assert result[file].count(text) == 1, (file, text)
        result[file] = result[file].replace(text, instead)
    return result | {f"records/{name}.yaml": text for name, text in files.items()}


def in_branch(text: str, instead: str) -> dict[str, str]:
    """The small scheme with a change in the file of its star."""
    return changed((BRANCH_FILE, text, instead))


def in_scheme(text: str, instead: str) -> dict[str, str]:
    """The small scheme with a change in scheme.yaml."""
    return changed(("scheme.yaml", text, instead))


def faults_of(files: Mapping[str, str]) -> list[str]:
    """The faults of a scheme, as they are shown; empty if it loads."""
    try:
        load_files(files)
    except SchemeError as error:
        return [str(fault) for fault in error.faults]
    return []


def rules(facts: str, nodes: str, *, records: Mapping[str, str] | None = None, tier: str = "result", total: str = "") -> dict[str, str]:
    """A scheme of one kind of unit without stars: facts and nodes as YAML lines."""
    lines = ["scheme: rules", "title: 规则", "basis: example", "period: {from: 2025-01-01, to: 2025-12-31}"]
    lines += ["kinds:", "  village: {title: 村}", f"tier: {tier}", *([f"total: {total}"] if total else [])]
    lines += ["facts:", *(f"  {line}" for line in facts.strip().splitlines())]
    lines += ["nodes:", *(f"  {line}" for line in nodes.strip().splitlines())]
    return {"scheme.yaml": "\n".join(lines) + "\n"} | {f"records/{name}.yaml": text for name, text in (records or {}).items()}


def scheme_of(facts: str, nodes: str, **more: str) -> Scheme:
    """The same, loaded."""
    return load_files(rules(facts, nodes, **more))
