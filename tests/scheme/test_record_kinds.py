"""What a kind of record may say about its fields, and what is wrong with it."""

import pytest

from fanxing.scheme import SchemeError, load_files
from fanxing.scheme.deciding import decide
from fanxing.scheme.expressions import parse
from tests.programme.small import FILES, MEETING

NAMES = {"amount": 3.0, "about": "road", "done": True, "on": "2025-03-01"}


def faults(old: str, new: str) -> list[str]:
    assert old in MEETING
    with pytest.raises(SchemeError) as refused:
        load_files({**FILES, "records/meeting.yaml": MEETING.replace(old, new)})
    return [fault.message for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("fields:", "identity: [form, week]\nfields:", 'record kind meeting: no such field "week"'),
        ("fields:", "columns: [forms]\nfields:", 'record kind meeting: no such field "forms"; did you mean "form"?'),
        ("fields:", "confirmed_by: [secretaries]\nfields:", 'no such post "secretaries"; did you mean "secretary"?'),
        ("fields:", "times: 0\nfields:", '"times" must be above 0'),
        ("fields:", "retention: 0\nfields:", '"retention" must be a whole number from 1 upwards'),
        ("topic: {title: 议题, type: text}", "year: {title: 年度, type: text}", "the word is kept for the date of the record"),
        ("type: text}", "type: period}", '"every" is missing: year, quarter or month'),
        ("type: text}", "type: text, every: year}", '"every" goes with a period'),
        ("type: text}", "type: record, links: meetings}", '"links" names no record kind "meetings"; did you mean "meeting"?'),
        ("type: text}", "type: unit, unit_kinds: [town]}", 'no such kind of unit "town"'),
        ("type: text}", "type: count, personal: yes}", '"personal" goes with a text'),
        ("type: text}", "type: text, required: yes, required_if: attended > 3}", '"required" and "required_if" contradict'),
        ("type: text}", "type: text, required_if: attended}", '"required_if" must be a condition'),
        ("type: text}", "type: text, required_if: present(topic)}", '"required_if" asks for the other fields'),
        ("type: text}", "type: text, required_if: attend > 3}", 'no such name "attend"; did you mean "attended"?'),
        ("type: text}", "type: photo, required_if: attended > 3}", "a photo is never required"),
        ("type: text}", "type: text, prefill: figures.income}", "which is not of the same type and unit"),
        ("type: text}", "type: text, prefill: device.position}", "which goes with a personal text"),
        (
            "type: text}",
            "type: text, prefill: yesterday}",
            '"prefill" must be last, points.members, points.qualified, device.position, or a field of another kind',
        ),
        ("type: text}", "type: text, scope: 全村}", '"scope" says what the whole of a share covers'),
        ("lesson: 党课}", "lesson: 党课}, choice_words: {talk: [讲课]}", 'no such choice "talk"'),
    ],
)
def test_what_does_not_hold_is_a_fault(old: str, new: str, fault: str):
    assert [fault in one for one in faults(old, new)] == [True]


def test_what_is_personal_is_never_counted():
    personal = MEETING.replace("topic: {title: 议题, type: text}", "topic: {title: 联系人, type: text, personal: yes}")
    star = FILES["stars/village/industry.yaml"].replace("form == 'lesson'", "topic == '林秀英'")
    with pytest.raises(SchemeError) as refused:
        load_files({**FILES, "records/meeting.yaml": personal, "stars/village/industry.yaml": star})
    assert ['no such name "topic"' in fault.message for fault in refused.value.faults] == [True]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("amount > 2 and about == 'road'", True),
        ("amount > 5 or done", True),
        ("not done", False),
        ("about in ('road', 'lamp')", True),
        ("missing_one > 2", None),
        ("missing_one > 2 and amount > 5", False),
        ("missing_one > 2 or done", True),
        ("present(missing_one)", False),
        ("first(missing_one, amount) * 2 - 1 == 5", True),
        ("min(amount, 2) / 0 > 1", None),
        ("max(amount, -amount) >= 3", True),
        ("on >= on", True),
    ],
)
def test_a_condition_is_three_valued(condition: str, holds: bool | None):
    assert decide(parse(condition), NAMES) is holds


EXPECTING = """fields:
  sum: {title: 约定金额, type: money, unit: 元}
  due: {title: 应付日期, type: date}
  holds: {title: 在履行, type: yes/no}
"""
ANSWERED = "record: meeting, by: promise, due: due, sum: sum, counted: attended"


@pytest.mark.parametrize(
    ("expects", "fault"),
    [
        (f"{{{ANSWERED}, every: year, while: holds, fill: {{form: lesson}}, ahead: 30, grace: 15}}", ""),
        ("{record: meetings, by: promise, due: due}", 'no such record kind "meetings"'),
        ("{record: meeting, by: topic, due: due}", '"by" must be a field of meeting that links to promise'),
        ("{record: meeting, by: promise, due: sum}", '"due" must be a field of promise that is a date'),
        ("{record: meeting, by: promise, due: due, sum: sum}", '"sum" and "counted" go together'),
        (f"{{{ANSWERED}, while: due}}", '"while" must be a field of promise that is yes or no'),
        (f"{{{ANSWERED}, every: week}}", '"every" is "week"'),
        (f"{{{ANSWERED}, fill: {{form: dance}}}}", '"fill": meeting has no field "form" that could say "dance"'),
    ],
)
def test_a_kind_may_say_which_records_answer_it_and_when(expects: str, fault: str):
    promise = f"title: 约定\nnature: outcome\nrecorded_by: [secretary]\nexpects: {expects}\n{EXPECTING}"
    answer = MEETING.replace("fields:", "fields:\n  promise: {title: 所属约定, type: record, links: promise}")
    files = {**FILES, "records/meeting.yaml": answer, "records/promise.yaml": promise}
    if not fault:
        found = load_files(files).records["promise"].expects
        assert found is not None
        assert (found.record, found.every, found.while_, found.fill, found.ahead, found.grace) == (
            *("meeting", "year", "holds", (("form", "lesson"),), 30, 15),
        )
        return
    with pytest.raises(SchemeError) as refused:
        load_files(files)
    assert [fault in one.message for one in refused.value.faults] == [True]


OFFER = """title: 能提供的
nature: outcome
recorded_by: [secretary]
fields:
  about: {title: 类别, type: choice, choices: {elders: 助老}}
  partner: {title: 单位, type: text}
  until: {title: 止, type: date}
"""
NEED = """title: 需求
nature: outcome
recorded_by: [secretary]
meets: MEETS
fields:
  about: {title: 类别, type: choice, choices: {elders: 助老, other: 其他}}
  claimed: {title: 已认领, type: yes/no}
  team: {title: 谁, type: text}
  confirmed: {title: 已确认, type: yes/no}
"""
MET = "record: offer, giver: partner, about: about, claimed: claimed, by: team, confirmed: confirmed"


@pytest.mark.parametrize(
    ("meets", "fault"),
    [
        (f"{{{MET}, until: until}}", ""),
        (f"{{{MET}, teams: offers}}", 'no such record kind "offers"'),
        (f"{{{MET.replace('offer', 'offers')}}}", 'no such record kind "offers"'),
        (f"{{{MET.replace('giver: partner', 'giver: until')}}}", '"giver" must be a field of offer that is a text'),
        (f"{{{MET.replace('about: about', 'about: team')}}}", '"about" must be a choice of need and of offer with values in common'),
        (f"{{{MET.replace('claimed: claimed', 'claimed: team')}}}", '"claimed" must be a field of need that is yes or no'),
    ],
)
def test_a_need_says_which_offers_it_stands_beside(meets: str, fault: str):
    files = {**FILES, "records/offer.yaml": OFFER, "records/need.yaml": NEED.replace("MEETS", meets)}
    if not fault:
        found = load_files(files).records["need"].meets
        assert found is not None
        assert found.spelled() == "record=offer；giver=partner；about=about；claimed=claimed；by=team；confirmed=confirmed；until=until"
        return
    with pytest.raises(SchemeError) as refused:
        load_files(files)
    assert [fault in one.message for one in refused.value.faults] == [True]
