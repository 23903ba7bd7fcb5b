"""What records of a kind may say in fields of each type."""

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.programme.actions import publish
from fanxing.programme.kinds import definition, record_kind, shrinkings
from fanxing.programme.models import Publication
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.references import record_named
from fanxing.records.validation import RecordError, validate
from fanxing.scheme import load_files
from fanxing.scheme.model import RecordKind
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import FILES
from tests.records.rows import MAY_DAY, enter

TASK = """
title: 任务
nature: outcome
recorded_by: [secretary]
identity: [about, quarter]
columns: [about, amount]
times: 4
words: [交办]
fields:
  about: {title: 类别, type: choice, required: yes, choices: {road: 修路, other: 其他}, choice_words: {road: [铺路, 修村道]}}
  what: {title: 具体内容, type: long text, required_if: "about == 'other'"}
  amount: {title: 花费, type: money, unit: 元, prefill: last}
  source: {title: 资金来源, type: text, required_if: present(amount) and amount > 10000}
  season: {title: 季度, type: period, every: quarter}
  since: {title: 起始月, type: period, every: month}
  term: {title: 年度任务, type: period, every: year}
  where: {title: 地点, type: place}
  with_unit: {title: 协助单位, type: unit, unit_kinds: [village]}
  meeting: {title: 议定的会议, type: record, links: meeting}
  contact: {title: 联系人, type: text, personal: yes}
"""
KINDS = {**FILES, "records/task.yaml": TASK}


def kind() -> RecordKind:
    return load_files(KINDS).records["task"]


@pytest.fixture
def tasks(cast: Cast) -> Publication:
    return publish(files=KINDS, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def faults(data: dict[str, object]) -> dict[str, str]:
    with pytest.raises(RecordError) as refused:
        validate(kind(), data)
    return refused.value.faults


@pytest.mark.parametrize(
    ("field", "written", "stored"),
    [
        ("season", "2025-Q1", "2025-Q1"),
        ("season", "2025年第三季度", "2025-Q3"),
        ("season", "2025q4", "2025-Q4"),
        ("since", "2025年3月", "2025-03"),
        ("since", "2025/11", "2025-11"),
        ("term", "2025", "2025"),
        ("term", 2025, "2025"),
        ("what", "一" * 2000, "一" * 2000),
        ("where", "文化广场", "文化广场"),
    ],
)
def test_it_is_stored_in_one_form(field: str, written: object, stored: str):
    assert validate(kind(), {"about": "road", field: written}) == {"about": "road", field: stored}


@pytest.mark.parametrize(
    ("field", "written", "fault"),
    [
        ("season", "2025-05", "应为季度，如 2025-Q1"),
        ("since", "2025-13", "应为月份，如 2025-03"),
        ("term", "去年", "应为年度，如 2025"),
        ("term", True, "应为年度，如 2025"),
        ("where", "一" * 101, "最多 100 个字，现有 101 个"),
        ("what", "一" * 5001, "最多 5000 个字，现有 5001 个"),
    ],
)
def test_what_is_no_such_thing_is_told_what_would_be_right(field: str, written: object, fault: str):
    assert faults({"about": "road", field: written}) == {field: fault}


def test_what_is_personal_is_never_part_of_the_record_itself():
    assert faults({"about": "road", "contact": "林秀英"}) == {"contact": "个人信息只在表单里逐条填写，不成批带入，请留空"}


def test_a_field_is_required_where_another_says_so():
    assert faults({"about": "other"}) == {"what": "类别为其他时必填"}
    assert faults({"about": "road", "amount": 20000}) == {"source": "（有“花费”的数据） 且 花费 > 1 万元时必填"}
    assert validate(kind(), {"about": "road", "amount": 10000}) == {"about": "road", "amount": 10000}


@pytest.mark.usefixtures("tasks")
def test_units_and_records_that_are_named_exist(cast: Cast):
    meeting = enter(cast)
    assert (meeting.reference, record_named(meeting.reference)) == ("990101201-1", meeting)
    data: dict[str, object] = {"about": "road", "with_unit": cast.neighbour.code, "meeting": meeting.reference}
    assert enter(cast, kind="task", data=data).data == data
    for wrong, fault in (
        ({"with_unit": "000"}, "协助单位：没有代码为“000”的单位"),
        ({"with_unit": cast.town.code}, "协助单位：石桥镇不是这里可选的单位类型"),
        ({"meeting": "990101201-9"}, "议定的会议：柳河村没有编号为“990101201-9”的这类记录，请从列表中选择"),
        ({"meeting": "990101201-2"}, "议定的会议：柳河村没有编号为“990101201-2”的这类记录，请从列表中选择"),
        ({"meeting": "会议"}, "议定的会议：柳河村没有编号为“会议”的这类记录，请从列表中选择"),
    ):
        with pytest.raises(RecordError, match=fault):
            enter(cast, kind="task", data={"about": "road"} | wrong)


@pytest.mark.usefixtures("tasks")
def test_a_record_of_another_unit_is_not_linked(cast: Cast):
    meeting = enter(cast)
    with pytest.raises(RecordError, match="青山村没有编号为“990101201-1”的这类记录"):
        enter(cast, unit=cast.neighbour, by="colleague", kind="task", data={"about": "road", "meeting": meeting.reference})


@pytest.mark.usefixtures("tasks")
def test_the_references_of_a_list_are_read_together(cast: Cast, django_assert_max_num_queries):
    meetings = [enter(cast) for _ in range(3)]
    rows = [RecordRow(cast.village.code, "task", MAY_DAY, {"about": "road", "meeting": one.reference}) for one in meetings]
    with django_assert_max_num_queries(16):
        assert load_records(rows=rows * 10, by=cast.secretary, at=NOW, source="typed") == 30


def test_a_kind_is_the_same_after_it_was_stored():
    assert record_kind(definition(kind())) == kind()  # type: ignore[arg-type]  # plain JSON data


@pytest.mark.parametrize(
    ("old", "new", "taken"),
    [
        ("prefill: last", "prefill: last, required_if: \"about == 'road'\"", "原来可以不填，不能改为必填"),
        ("personal: yes", "note: 姓名", "是否为个人信息不能改变"),
        ("every: month", "every: year", "的时段长度和关联的记录类型不能改变"),
    ],
)
def test_kinds_only_grow(old: str, new: str, taken: str):
    changed = load_files({**KINDS, "records/task.yaml": TASK.replace(old, new)}).records["task"]
    assert [taken in one for one in shrinkings(kind(), changed)] == [True]
