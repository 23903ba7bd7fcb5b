"""A procedure of every sort of step, and ways to change it."""

from collections.abc import Mapping

from fanxing.scheme import load_files
from fanxing.scheme.model import Procedure
from tests.scheme.schemes import SMALL, faults_of

# What somebody reports is handled, checked and closed; it may be refused, and asked for again.
REPORT = """\
title: 随手拍
basis: example
group: 群众反映
kinds: [village]
titled: what
place_field: place
urgent: danger == yes
within: [{working_days: 15}]
opened_by: [resident, staff]
asks: [what, detail, place, danger, photo, contact]
begins: reported
shows: [what, place, result]
retention: 6 months
fields:
  what: {title: 类别, type: choice, required: yes, choices: {facility: 公共设施, road: 道路, other: 其他}}
  detail: {title: 情况, type: long text, required: yes}
  place: {title: 地点, type: place}
  danger: {title: 有没有危险, type: yes/no}
  photo: {title: 照片, type: photo}
  contact: {title: 联系电话, type: text, personal: yes}
  body: {title: 承办单位, type: unit}
  result: {title: 办理结果, type: long text, required: yes}
  satisfied: {title: 满意, type: yes/no}
  reopened: {title: 重新办理, type: yes/no}
parties:
  resident: {title: 群众, at: anyone}
  reporter: {title: 反映人, at: opener}
  staff: {title: 村, posts: [secretary], at: here}
  handler: {title: 承办单位, posts: [secretary], at: assigned}
  township: {title: 乡镇, posts: [clerk], at: above}
routes:
  - {when: what == 'facility', kind: compound}
  - {kind: village}
states:
  reported: {title: 待受理, waits_for: [staff], within: [{when: danger == yes, working_days: 1}, {working_days: 2}], late_to: township}
  handling: {title: 办理中, waits_for: [handler], within: [{working_days: 5}], late_to: township}
  paused: {title: 暂停, waits_for: [handler], stopped: yes}
  checking: {title: 待核验, waits_for: [staff], within: [{working_days: 2}], then: pass}
  closed:
    title: 已办结
    ends: yes
    records:
      - kind: report
        values: {about: what, place: place, closed: yes, overdue: late, reopened: times_reopened > 0}
  refused: {title: 不予受理, ends: yes}
steps:
  - {verb: accept, title: 受理转办, from: reported, to: handling, by: [staff], asks: [body], assigns: route}
  - {verb: refuse, title: 不予受理, from: reported, to: refused, by: [staff], reason: yes}
  - {verb: pause, title: 暂停, from: handling, to: paused, by: [handler], reason: yes}
  - {verb: resume, title: 继续办理, from: paused, to: handling, by: [handler]}
  - {verb: done, title: 报办结, from: handling, to: checking, by: [handler], asks: [result]}
  - {verb: pass, title: 核验通过, from: checking, to: closed, by: [staff]}
  - {verb: redo, title: 退回重办, from: checking, to: handling, by: [staff], reason: yes}
  - {verb: rate, title: 评价, from: closed, to: closed, by: [reporter], asks: [satisfied], times: 1, open_for: 30 days}
  - verb: reopen
    title: 要求重办
    from: closed
    to: handling
    by: [reporter]
    reason: yes
    times: 1
    open_for: 30 days
    sets: {reopened: yes}
"""

# The record that a report becomes.
REPORTED = """\
title: 群众反映
nature: voice
recorded_by: [secretary]
handling_faults: [overdue, reopened]
fields:
  about: {title: 类别, type: choice, required: yes, choices: {facility: 公共设施, road: 道路, other: 其他}}
  place: {title: 地点, type: place}
  closed: {title: 已办结, type: yes/no, required: yes}
  overdue: {title: 超期, type: yes/no}
  reopened: {title: 重新办理, type: yes/no}
"""

# Somebody is proposed, judged by three bodies, stands in public, is voted on, and holds the post.
ELECT = """\
title: 公开选拔
basis: example
kinds: [village]
titled: name
opened_by: [branch]
asks: [name, members, from, work]
begins: judging
fields:
  name: {title: 姓名, type: text, required: yes}
  members: {title: 应到会人数, type: count, required: yes}
  from: {title: 任职之日, type: date, required: yes}
  work: {title: 工作打算, type: long text}
parties:
  branch: {title: 党支部, posts: [secretary]}
  town: {title: 乡镇, posts: [clerk], at: above}
  member: {title: 村民代表, posts: [delegate]}
states:
  judging: {title: 会商, committee: {members: [branch, town], each: body, decide: all, passes: shortlist, fails: drop}}
  noticed:
    title: 公示
    waits_for: [branch]
    notice: {days: {calendar_days: 7}, answer: {working_days: 3}, shows: [name, work], passes: confirm, upheld: back}
  voting:
    title: 表决
    waits_for: [branch]
    ballot: {eligible: members, voters: member, quorum: 2/3, majority: more than 1/2, of: cast, secret: yes, passes: elect, fails: lose}
  elected: {title: 当选, ends: yes, appoints: {person: name, post: delegate, begins: from, lasts: 36 months}}
  dropped: {title: 未当选, ends: yes}
steps:
  - {verb: shortlist, title: 同意, from: judging, to: noticed}
  - {verb: drop, title: 不同意, from: judging, to: dropped}
  - {verb: confirm, title: 公示期满, from: noticed, to: voting}
  - {verb: back, title: 异议成立, from: noticed, to: judging}
  - {verb: elect, title: 通过, from: voting, to: elected}
  - {verb: lose, title: 未通过, from: voting, to: dropped}
"""

POSTS = """\
  clerk: {title: 乡镇办事员, permissions: township_clerk, kinds: [township]}
  delegate: {title: 村民代表, permissions: member, kinds: [village]}
levels: {township: 乡镇}
beside:
  compound: {title: 小区, is: place}
"""


def with_procedures(**texts: str) -> dict[str, str]:
    """The small scheme with these procedures, and all that those above name."""
    files = {**SMALL, "scheme.yaml": SMALL["scheme.yaml"] + POSTS, "records/report.yaml": REPORTED}
    return files | {f"procedures/{id}.yaml": text for id, text in texts.items()}


def loaded(text: str, id: str = "report", **others: str) -> Procedure:
    """A procedure of the small scheme."""
    return load_files(with_procedures(**{id: text, **others})).procedures[id]


def changed_text(text: str, *changes: tuple[str, str]) -> str:
    """The text with (passage, instead) replaced, each passage standing there just once."""
    for passage, instead in changes:
        assert text.count(passage) == 1, passage
        text = text.replace(passage, instead)
    return text


def faults_in(text: str, *changes: tuple[str, str], id: str = "report", more: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with a procedure that has these changes."""
    return faults_of(with_procedures(**{id: changed_text(text, *changes)}) | dict(more or {}))
