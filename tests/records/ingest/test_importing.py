"""Sheets of records: matched, checked, imported, corrected, given up."""

from datetime import date, timedelta

import pytest

from fanxing.audit.models import Event
from fanxing.inbox.models import WorkItem
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import withdraw_record
from fanxing.records.ingest.importing import (
    GivenUp,
    ImportFaulty,
    ImportMoved,
    LedgerMoved,
    begin_check,
    begin_import,
    cancel_import,
    check_import,
    match_columns,
    write_import,
)
from fanxing.records.ingest.keeping import findings_kept
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record, RecordImport
from fanxing.records.tasks import finish_what_was_interrupted, forget_old_uploads
from tests.cast import NOW, Cast
from tests.race import race
from tests.records.ingest.sheets import HEAD, brought_in, checked, csv, tally, upload, xlsx

pytestmark = pytest.mark.usefixtures("visits")

DAY = date(2026, 5, 1)
GOOD = ["柳河村", DAY, "张三家", "120 分钟", "86.1%", "√"]


def faults(kept: RecordImport) -> list[tuple[int, str, str]]:
    """The faults by the row that Excel shows."""
    return [(fault.row + 1, fault.target, fault.words) for fault in findings_kept(kept).faults]


def ledger() -> list[tuple[str, date, dict[str, object], str]]:
    return list(Record.objects.order_by("unit__code", "position").values_list("unit__code", "occurred_on", "data", "act"))


def test_rows_come_in_as_people_type_them(cast: Cast):
    rows = [
        ["2026 年走访情况"],
        [],
        HEAD,
        ["柳河村", DAY, "张三家", "\uff16\uff10 分钟", "86.1%", "√"],
        ["990101202", "2026年5月2日", "李四家", 45, 0.9, "否"],
        ["青山村", 46145, "王五家", "", "", ""],
    ]
    kept = brought_in(cast.town, xlsx(*rows))
    assert (tally(kept), kept.state) == ((3, 0, 0, 0), "imported")
    assert ledger() == [
        ("990101201", DAY, {"household": "张三家", "minutes": 60, "share": 0.861, "solved": True}, "entry"),
        ("990101202", date(2026, 5, 2), {"household": "李四家", "minutes": 45, "share": 0.9, "solved": False}, "entry"),
        ("990101202", date(2026, 5, 3), {"household": "王五家"}, "entry"),
    ]
    assert rows_not_as_logged() == []


def test_every_fault_says_where_it_is_and_what_would_be_right(cast: Cast):
    rows = [
        HEAD,
        ["柳河村", DAY, "", "700", "1.2", "也许"],
        ["无名村", DAY, "张三家", "", "", ""],
        ["柳河村", "五月", "张三家", "#N/A", "", ""],
        ["", DAY, "张三家", "", "", ""],
        ["柳河村", date(2027, 1, 1), "张三家", "", "", ""],
    ]
    kept = checked(cast.town, xlsx(*rows))
    assert tally(kept) == (0, 0, 0, 5)
    assert faults(kept) == [
        (2, "household", "必填"),
        (2, "minutes", "不能大于 600"),
        (2, "share", "应在 0 到 1 之间，如 0.861，即 86.1%"),
        (2, "solved", "应为是或否"),
        (3, "unit", "石桥镇没有代码或名称为“无名村”的单位，请核对"),
        (4, "day", "应为日期，如 2025-03-08"),
        (4, "minutes", "公式出错（#N/A），请改成数值，没有的留空"),
        (5, "unit", "应写明单位的代码或名称"),
        (6, "day", "不能晚于今天（2026-06-15）"),
    ]


def test_nothing_is_written_while_a_row_is_faulty(cast: Cast):
    kept = checked(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""], ["柳河村", DAY, "", "", "", ""]))
    with pytest.raises(ImportFaulty, match="有 1 行有误，没有导入"):
        begin_import(kept=kept, good_rows=False, corrections=(), expected=kept.counts["digest"])
    assert (ledger(), kept.state) == ([], "checked")


def test_the_good_rows_come_in_where_that_is_asked_for(cast: Cast):
    kept = brought_in(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""], ["柳河村", DAY, "", "", "", ""]), good_rows=True)
    assert (ledger(), kept.state) == ([("990101201", DAY, {"household": "张三家", "minutes": 30}, "entry")], "imported")


def test_an_import_repeated_changes_nothing(cast: Cast):
    sheet = xlsx(HEAD, [*GOOD[:3], 30, "", ""], ["青山村", DAY, "李四家", 30, "", ""])
    brought_in(cast.town, sheet)
    events = Event.objects.count()
    assert tally(brought_in(cast.town, sheet)) == (0, 2, 0, 0)
    assert (len(ledger()), Event.objects.count()) == (2, events)


def test_other_values_for_the_same_record_are_a_correction_to_be_accepted_or_left(cast: Cast):
    brought_in(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""]))
    changed = xlsx(HEAD, [*GOOD[:3], 45, "", "是"])
    kept = brought_in(cast.town, changed)
    assert (tally(kept), len(ledger())) == ((0, 0, 1, 0), 1)
    [correction] = findings_kept(kept).corrections
    assert (correction.unit, correction.changes) == ("柳河村", (("minutes", 30, 45), ("solved", None, True)))
    brought_in(cast.town, changed, correct=True)
    assert ledger()[1:] == [("990101201", DAY, {"household": "张三家", "minutes": 45, "solved": True}, "correction")]
    assert tally(checked(cast.town, changed)) == (0, 1, 0, 0)
    assert rows_not_as_logged() == []


def test_two_rows_for_one_record_are_a_fault(cast: Cast):
    kept = checked(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""], [*GOOD[:3], 45, "", ""]))
    assert faults(kept) == [(3, "household", "与第 2 行是同一件事（日期、走访户相同）；只留一行，确是两件事的请写出不同")]


def test_of_a_kind_without_identity_the_whole_row_is_compared(cast: Cast):
    head = ("日期", "会议类型", "到会人数")
    brought_in(cast.village, xlsx(head, [DAY, "党课", 20]), kind="meeting")
    kept = brought_in(cast.village, xlsx(head, [DAY, "党课", 20], [DAY, "党课", 21]), kind="meeting")
    assert (tally(kept), len(ledger())) == ((1, 1, 0, 0), 2)


def test_a_name_that_several_units_bear_is_told_with_the_units(cast: Cast):
    cast.neighbour.name = cast.village.name
    cast.neighbour.save()
    kept = checked(cast.town, xlsx(HEAD, GOOD))
    assert faults(kept) == [(2, "unit", "有 2 个单位叫“柳河村”，请改写代码：990101201（石桥镇柳河村）、990101202（石桥镇柳河村）")]
    assert [(name, [one.code for one in found]) for name, found in findings_kept(kept).candidates] == [
        ("柳河村", ["990101201", "990101202"])
    ]


def test_without_a_column_for_the_unit_the_rows_are_about_the_unit_given(cast: Cast):
    brought_in(cast.village, csv(["走访日期", "走访户"], ["2026-5-1", "张三家"]))
    assert ledger() == [("990101201", DAY, {"household": "张三家"}, "entry")]


def test_what_a_township_brings_in_for_a_village_awaits_its_secretary(cast: Cast):
    brought_in(cast.village, xlsx(HEAD, [*GOOD[:3], 30, "", ""]), by=cast.clerk)
    record = Record.objects.get()
    assert (record.awaits, record.source, record.recorded_by) == (True, "typed", "clerk")
    brought_in(cast.village, xlsx(HEAD, ["柳河村", DAY, "李四家", 30, "", ""]), by=cast.secretary)
    assert Record.objects.counting().get().recorded_by == "secretary"


def test_figures_come_from_the_body_that_holds_them(cast: Cast):
    brought_in(cast.village, xlsx(["日期", "集体收入（元）"], [DAY, "12.5"]), kind="figures")
    assert Record.objects.get().source == "import:农业农村部门"


def test_an_import_is_one_event(cast: Cast):
    events = Event.objects.count()
    kept = brought_in(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""], ["青山村", DAY, "李四家", 30, "", ""]))
    event = Event.objects.latest("id")
    assert Event.objects.count() == events + 1
    assert (event.action, event.actor, event.unit_code, event.summary, event.details["file"]) == (
        "records.load_records",
        "system",
        "990101",
        "从表格导入 2 条台账",
        kept.digest,
    )


def test_a_unit_is_reminded_of_what_awaits_its_confirmation(cast: Cast):
    sheet = xlsx(HEAD, [*GOOD[:3], 30, "", ""], ["青山村", DAY, "李四家", 30, "", ""])
    brought_in(cast.town, sheet, by=cast.clerk)
    waiting = WorkItem.objects.filter(title="确认代录的台账").order_by("unit__code")
    assert list(waiting.values_list("unit__name", flat=True)) == ["柳河村", "青山村"]


def test_a_correction_names_the_sheet_as_its_reason(cast: Cast):
    brought_in(cast.village, xlsx(HEAD, [*GOOD[:3], 30, "", ""]))
    brought_in(cast.village, xlsx(HEAD, [*GOOD[:3], 45, "", ""]), correct=True)
    assert Record.objects.get(act="correction").reason == "按表格“走访.xlsx”更正"


def test_columns_that_say_nothing_known_are_matched_by_hand_and_remembered(cast: Cast):
    sheet = xlsx(["走访日期", "户主姓名", "备注"], [DAY, "张三家", "略"])
    kept = upload(cast.village, sheet, by=cast.secretary)
    assert kept.targets == ["day", "", ""]
    match_columns(kept=kept, targets=["day", "household", ""], by=cast.secretary, at=NOW)
    begin_check(kept=kept)
    check_import(kept=kept, by=cast.secretary, at=NOW)
    assert tally(kept) == (1, 0, 0, 0)
    assert upload(cast.village, sheet, by=cast.secretary).targets == ["day", "household", ""]
    assert upload(cast.neighbour, sheet, by=cast.colleague).targets == ["day", "", ""]


def test_what_is_imported_is_what_was_looked_at(cast: Cast):
    sheet = xlsx(HEAD, [*GOOD[:3], 30, "", ""])
    kept = checked(cast.town, sheet)
    with pytest.raises(LedgerMoved, match="重新检查过"):
        begin_import(kept=kept, good_rows=False, corrections=(), expected="another")
    looked_at = kept.counts["digest"]
    begin_import(kept=kept, good_rows=False, corrections=(), expected=looked_at)
    brought_in(cast.town, sheet, by=cast.clerk)
    with pytest.raises(LedgerMoved, match="台账在您查看之后有了变动"):
        write_import(kept=kept, by=cast.clerk, at=NOW)
    assert (kept.state, tally(kept), len(ledger())) == ("checked", (0, 1, 0, 0), 1)


def test_an_import_is_given_up_until_it_is_committed(cast: Cast):
    kept = checked(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""]))
    begin_import(kept=kept, good_rows=False, corrections=(), expected=kept.counts["digest"])
    cancel_import(kept=RecordImport.objects.get(), by=cast.clerk, at=NOW)
    with pytest.raises(GivenUp):
        write_import(kept=kept, by=cast.clerk, at=NOW)
    assert ledger() == []
    done = brought_in(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""]))
    with pytest.raises(ImportMoved):
        cancel_import(kept=done, by=cast.clerk, at=NOW)
    assert len(ledger()) == 1


def test_a_record_withdrawn_is_entered_anew(cast: Cast):
    sheet = xlsx(HEAD, [*GOOD[:3], 30, "", ""])
    brought_in(cast.village, sheet, by=cast.secretary)
    withdraw_record(record=Record.objects.get(), reason="写错了", by=cast.secretary, at=NOW)
    assert tally(checked(cast.village, sheet, by=cast.secretary)) == (1, 0, 0, 0)


@pytest.mark.parametrize("who", ["stranger", "outsider", "colleague"])
def test_nobody_imports_where_they_may_not_record(cast: Cast, who: str):
    with pytest.raises(NotAllowed, match="没有“登记台账”的权限"):
        upload(cast.village, xlsx(HEAD, GOOD), by=getattr(cast, who))
    assert not RecordImport.objects.exists()


def test_rows_of_units_out_of_reach_are_unknown(cast: Cast):
    kept = checked(cast.town, xlsx(HEAD, ["东湾村", DAY, "张三家", 30, "", ""]), by=cast.clerk)
    assert faults(kept) == [(2, "unit", "石桥镇没有代码或名称为“东湾村”的单位，请核对")]


def test_a_kind_that_is_not_there_is_refused_in_words(cast: Cast):
    with pytest.raises(Refused, match="云溪市的方案没有“party”这类台账，现有：经济数据（figures）"):
        upload(cast.city, xlsx(HEAD, GOOD), kind="party")


def test_a_header_that_only_begins_a_title_is_matched_where_it_begins_one(cast: Cast):
    kept = upload(cast.village, xlsx(["日期", "走访", "满意", "时"], [DAY, "张三家", "86.1%", 30]))
    assert kept.targets == ["day", "household", "share", ""]


def test_what_a_stopped_worker_left_behind_is_finished(cast: Cast):
    kept = upload(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""]), by=cast.clerk)
    begin_check(kept=kept)
    finish_what_was_interrupted(at=NOW)
    kept.refresh_from_db()
    assert kept.state == "checking"
    finish_what_was_interrupted(at=NOW + timedelta(minutes=11))
    kept.refresh_from_db()
    begin_import(kept=kept, good_rows=False, corrections=(), expected=kept.counts["digest"])
    finish_what_was_interrupted(at=NOW + timedelta(minutes=11))
    kept.refresh_from_db()
    assert (kept.state, kept.counts["written"], Record.objects.count()) == ("imported", 1, 1)


def test_uploads_are_forgotten_after_a_month_and_the_cells_of_imported_ones(cast: Cast):
    done = brought_in(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""]))
    checked(cast.town, xlsx(HEAD, [*GOOD[:3], 45, "", ""]))
    forget_old_uploads(at=NOW + timedelta(days=31))
    assert list(RecordImport.objects.values_list("pk", "rows", "findings")) == [(done.pk, b"", b"")]


def named_alike(cast: Cast) -> None:
    """东湾村 of the other township is called 柳河村 too."""
    cast.other_village.name = "柳河村"
    cast.other_village.save()


@pytest.mark.parametrize(
    ("head", "place"),
    [(("乡镇", "村"), ["白沙镇", "柳河村"]), (("单位",), ["白沙镇柳河村"]), (("所属乡镇", "单位名称"), ["白沙镇", "柳河村"])],
)
def test_of_units_of_one_name_that_below_the_township_named_is_meant(cast: Cast, head: tuple[str, ...], place: list[str]):
    named_alike(cast)
    brought_in(cast.city, xlsx([*head, "走访日期", "走访户"], [*place, DAY, "张三家"]))
    assert Record.objects.get().unit == cast.other_village


def test_of_units_of_one_name_without_a_township_the_candidates_are_told(cast: Cast):
    named_alike(cast)
    kept = checked(cast.city, xlsx(HEAD, GOOD))
    assert faults(kept) == [(2, "unit", "有 2 个单位叫“柳河村”，请改写代码：990101201（石桥镇柳河村）、990102201（白沙镇柳河村）")]


def test_for_a_name_cut_short_the_whole_one_is_proposed(cast: Cast):
    kept = checked(cast.town, xlsx(HEAD, ["柳河", *GOOD[1:]]))
    assert faults(kept)[0] == (2, "unit", "石桥镇没有代码或名称为“柳河”的单位；是不是990101201（石桥镇柳河村）？")


@pytest.mark.django_db(transaction=True)
def test_of_importing_and_giving_up_at_once_exactly_one_wins(transactional_db: None, cast: Cast, visits: Publication):
    kept = checked(cast.town, xlsx(HEAD, [*GOOD[:3], 30, "", ""]), by=cast.clerk)
    begin_import(kept=kept, good_rows=False, corrections=(), expected=kept.counts["digest"])
    same = RecordImport.objects.select_related("unit").get()
    results = race(
        lambda: write_import(kept=kept, by=cast.clerk, at=NOW),
        lambda: cancel_import(kept=same, by=cast.clerk, at=NOW),
    )
    written = Record.objects.count()
    assert [type(one) for one in results] == ([int, ImportMoved] if written else [GivenUp, type(None)])
    assert RecordImport.objects.get().state == ("imported" if written else "cancelled")


def test_a_field_that_names_a_unit_takes_its_name_or_its_code(cast: Cast):
    head = [*HEAD[1:3], "接待单位"]
    kept = brought_in(cast.village, xlsx(head, [DAY, "张三家", "东湾村"], [DAY, "李四家", "990101202"], [DAY, "王五家", ""]))
    assert tally(kept) == (3, 0, 0, 0)
    assert [one["host"] for _, _, one, _ in ledger() if "host" in one] == ["990102201", "990101202"]
    wrong = checked(cast.village, xlsx(head, [DAY, "赵六家", "无名村"]))
    assert faults(wrong) == [(2, "host", "没有代码为“无名村”的单位")]


def test_a_row_about_an_unknown_unit_tells_its_other_faults_too(cast: Cast):
    kept = checked(cast.town, xlsx(HEAD, ["无名村", "五月", "", "很久", "#N/A", ""]))
    assert [(row, target) for row, target, _ in faults(kept)] == [(2, "unit"), (2, "day"), (2, "household"), (2, "minutes"), (2, "share")]
