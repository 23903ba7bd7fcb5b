"""What a message is taken for, in a programme of three kinds of record nobody has tuned for."""

from datetime import date

import pytest

from fanxing.dictation import Doubt, Known, Proposal, Said, Span, propose, propose_as
from fanxing.lib.pronunciation import syllable
from fanxing.scheme.model import Field, RecordKind

TODAY = date(2025, 11, 26)
FLOOD = RecordKind(
    id="flood",
    title="防汛演练",
    nature="activity",
    fields=(
        Field(id="team", title="出动队员", type="count", unit="人"),
        Field(id="boats", title="冲锋舟", type="count", unit="艘"),
        Field(id="held_at", title="地点", type="place"),
        Field(id="passed", title="达到要求", type="yes/no"),
        Field(id="report_on", title="上报日期", type="date"),
    ),
)
TOILETS = RecordKind(
    id="toilets",
    title="厕所改造",
    nature="outcome",
    fields=(
        Field(id="due", title="应改户数", type="count", unit="户", required=True),
        Field(id="converted", title="其中已改的", type="count", unit="户"),
        Field(id="share", title="改厕率", type="share"),
        Field(id="quarter", title="季度", type="period", every="quarter"),
        Field(id="grid", title="网格", type="unit"),
    ),
)
BOOTHS = RecordKind(
    id="booths",
    title="摆摊宣传",
    nature="activity",
    words=("摆摊",),
    fields=(
        Field(id="leaflets", title="发放传单", type="count", unit="份"),
        Field(id="topic", title="主题", type="text"),
        Field(id="kind", title="内容", type="choice", choices=(("law", "法律"), ("health", "卫生")), choice_words=(("law", ("反诈",)),)),
        Field(id="visitors", title="咨询人数", type="count", unit="人"),
    ),
)
KINDS = (FLOOD, TOILETS, BOOTHS)


def told(text: str, places: tuple[tuple[str, str], ...] = ()) -> Proposal:
    (part,) = propose(text, Known(KINDS, TODAY, places, syllable)).parts
    return part.proposals[0]


@pytest.mark.parametrize(
    ("text", "kind", "day", "data"),
    [
        (
            "昨天防汛演练，出动队员20人，冲锋舟3艘，达到要求",
            FLOOD,
            date(2025, 11, 25),
            {"team": 20, "boats": 3, "passed": True},
        ),
        ("防汛演练，没有达到要求，11月27日再练，上报日期11月25日", FLOOD, TODAY, {"passed": False, "report_on": "2025-11-25"}),
        (
            "厕所改造三季度应改211户，已改182户，改厕率86.3%",
            TOILETS,
            TODAY,
            {"due": 211, "converted": 182, "share": 0.863, "quarter": "2025-Q3"},
        ),
        ("厕所改造一共应改30户，全部已改", TOILETS, TODAY, {"due": 30, "converted": 30}),
        ("上周六摆摊，发放传单两百份，主题是防范诈骗", BOOTHS, date(2025, 11, 22), {"leaflets": 200, "topic": "防范诈骗"}),
        ("摆摊讲反诈，咨询人数12", BOOTHS, TODAY, {"kind": "law", "visitors": 12}),
        ("防寻眼练，队员8人", FLOOD, TODAY, {"team": 8}),
    ],
)
def test_titles_units_and_choices_are_enough(text: str, kind: RecordKind, day: date, data: dict[str, object]):
    found = told(text)
    assert (found.kind.id, found.on(TODAY), found.data()) == (kind.id, day, data)


def test_names_of_places_below_fill_units_and_places():
    below = (("第三网格", "9901-3"), ("东洼", "9901-4"))
    assert told("厕所改造 第三网格 应改12户", below).data() == {"due": 12, "grid": "9901-3"}
    assert told("在东洼搞防汛演练", below).data() == {"held_at": "东洼"}


def test_what_was_read_names_its_stretch():
    text = "昨天防汛演练，队员20人"
    found = told(text)
    assert found.day == Said("", "2025-11-25", Span(0, 2))
    assert found.values == (Said("team", 20, Span(9, 12)),)
    assert [one.of(text) for one in found.why] == ["防汛演练", "队员"] or [one.of(text) for one in found.why] == ["防汛演练"]


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("防汛演练，出动队员20多人", [Doubt("", "没有说日期，先按今天"), Doubt("team", "“20多人”是约数，请填准数")]),
        ("昨天和前天防汛演练", [Doubt("", "还提到了“前天”，请核对日期")]),
        ("明天防汛演练", [Doubt("", "“明天”还没有到，先按今天")]),
        ("今天摆摊，讲法律和卫生", [Doubt("kind", "也提到了“卫生”，请核对")]),
        ("今天防寻眼练", [Doubt("", "“防寻眼练”按“防汛演练”理解，请核对")]),
        ("今天厕所改造应改30户，全部已改", [Doubt("converted", "按“全部已改”计为 30，请核对")]),
    ],
)
def test_what_is_unsure_is_asked(text: str, doubts: list[Doubt]):
    assert list(told(text).doubts) == doubts


def test_an_amount_that_finds_no_field_is_told_of():
    text = "今天防汛演练，队员8人，用了沙袋300个、水泵2台"
    assert [one.of(text) for one in told(text).unread] == ["300个", "2台"]


def test_a_number_that_nothing_names_is_taken_where_only_one_field_has_its_unit():
    assert told("今天防汛演练，来了20人").data() == {"team": 20}
    found = told("今天厕所改造完成12户")
    assert (found.data(), [one.of("今天厕所改造完成12户") for one in found.unread]) == ({}, ["12户"])


def test_those_who_stayed_away_are_not_those_who_came():
    assert told("今天摆摊，请假2人").data() == {}


def test_a_kind_that_only_a_figure_speaks_for_is_asked_about():
    assert told("昨天冲锋舟3艘").doubts == (Doubt("", "没有说是哪类记录，先按“防汛演练”读，请核对类型"),)


def test_several_things_are_told_apart_and_take_the_day_of_the_one_before():
    text = "昨天上午防汛演练，队员20人。下午摆摊，咨询人数9。"
    parts = propose(text, Known(KINDS, TODAY)).parts
    read = [(one.proposals[0].kind.id, one.proposals[0].on(TODAY), one.proposals[0].data()) for one in parts]
    assert read == [("flood", date(2025, 11, 25), {"team": 20}), ("booths", date(2025, 11, 25), {"visitors": 9})]


def test_what_was_not_done_is_left_out():
    (part,) = propose("昨天没搞防汛演练。今天摆摊，咨询人数9。", Known(KINDS, TODAY)).parts
    assert part.proposals[0].kind.id == "booths"
    assert part.proposals[0].on(date(2000, 1, 1)) == TODAY


@pytest.mark.parametrize("text", ["", "好的", "。。。", "12345", "？！", "a" * 2000, "一" * 2000])
def test_a_message_that_says_nothing_proposes_nothing(text: str):
    assert [one.proposals for one in propose(text, Known(KINDS, TODAY, sound=syllable)).parts] == [()]


def test_a_message_is_read_as_a_kind_that_somebody_chooses():
    text = "昨天来了20人"
    reading = propose(text, Known(KINDS, TODAY))
    found = propose_as(FLOOD, reading.parts[0], text, Known(KINDS, TODAY))
    assert (found.kind.id, found.on(TODAY), found.data()) == ("flood", date(2025, 11, 25), {"team": 20})
