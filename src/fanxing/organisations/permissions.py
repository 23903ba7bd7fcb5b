"""What may be done, and the named sets of it that a post can carry.

Posts are data of a programme and name one of these sets; the sets themselves are code, because pages and
actions are written against them. A post reaches its unit and everything below it.
"""

from collections.abc import Mapping
from types import MappingProxyType

PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "unit.view": "查看单位",
        "unit.manage": "维护单位",
        "person.view": "查看人员",
        "person.manage": "维护人员、任职与账号",
        "programme.publish": "发布评分细则",
        "record.view": "查看台账",
        "record.add": "登记台账",
        "record.correct": "更正台账",
        "record.withdraw": "撤回台账",
        "record.confirm": "确认代录的台账",
        "record.personal": "查看和清除台账里的个人信息",
        "record.judge": "评分和认定",
        "score.view": "查看得分",
        "work.view": "查看待办",
        "work.plan": "安排和办结待办",
        "audit.view": "查看操作日志",
    }
)

_READS = frozenset({"unit.view", "person.view", "record.view", "score.view", "work.view"})
# Which kinds of record a post may write stands in the kind itself (`recorded_by`).
_WRITES = frozenset({"record.add", "record.correct", "record.withdraw", "record.confirm"})

PERMISSION_SETS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # Runs the programme in its subtree, and is the only set that can give every other.
        "city_desk": frozenset(PERMISSIONS),
        # The group that leads one star: reads what the star rests on, enters the figures of its department and its marks.
        "star_team": (_READS - {"person.view"}) | _WRITES | {"record.judge"},
        # Reads, and enters the marks it gives.
        "township_reviewer": _READS | _WRITES | {"record.judge", "work.plan"},
        # Enters for villages that ask for it, and keeps the people of the township; since it may not judge, it cannot
        # appoint those who do. It appoints secretaries, and so may do all that they may.
        "township_clerk": _READS | _WRITES | {"record.personal", "work.plan", "person.manage"},
        # Calls whom a record names; those who review or audit it have no need to.
        "branch_secretary": _READS | _WRITES | {"record.personal", "work.plan"},
        "auditor": _READS | {"audit.view"},
        # Answers for a place (grid head, street head, household contact) without working in the system.
        "no_access": frozenset(),
    }
)
