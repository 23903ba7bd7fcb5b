"""What records say of persons is kept apart, read under the eyes of the log, and can be erased."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanxing.audit.actions import seal
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.audit.queries import events_about, verify
from fanxing.lib.personal import masked
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.actions.people import define_posts
from fanxing.organisations.models import Post
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.actions.personal import NothingKept, erase_personal, read_personal
from fanxing.records.ingest.keeping import rows_kept
from fanxing.records.integrity import personal_not_as_logged, rows_not_as_logged
from fanxing.records.lists import saying
from fanxing.records.models import PersonalValue, Record, RecordImport
from fanxing.records.personal import personal_of
from fanxing.records.queries import counting
from fanxing.records.tasks import erase_what_is_personal_in_time
from fanxing.records.validation import RecordError
from tests.cast import FOUNDED, NOW, Cast, appoint
from tests.programme.small import FILES
from tests.records.ingest.sheets import brought_in, upload, xlsx
from tests.records.rows import MAY_DAY, enter

VACANCY = """
title: 岗位对接
nature: outcome
recorded_by: [secretary]
identity: [employer, day]
retention: 2
fields:
  employer: {title: 用人一方, type: text, required: yes}
  contact: {title: 联系人, type: text, required: yes, personal: yes}
  phone: {title: 联系电话, type: text, required_if: present(employer), personal: yes}
"""
PHONE, OTHER_PHONE = "13800001234", "13900005678"
SAID: dict[str, object] = {"employer": "云溪超市", "contact": "张秋生", "phone": PHONE}


@pytest.fixture
def vacancies(cast: Cast) -> Publication:
    files = {**FILES, "records/vacancy.yaml": VACANCY}
    return publish(files=files, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


pytestmark = pytest.mark.usefixtures("vacancies")


def vacancy(cast: Cast, **more: object) -> Record:
    return enter(cast, kind="vacancy", **({"data": SAID} | more))  # type: ignore[arg-type]


def kept(record: Record) -> dict[str, str]:
    return {one.field: one.value for one in personal_of(record) if one.erased_at is None}


def everywhere_else() -> Iterator[str]:
    """Every value of every row of the database but those kept apart."""
    for model in apps.get_models():
        if model is not PersonalValue:
            for row in model._default_manager.values_list():
                yield from map(str, row)


def assert_holds() -> None:
    """The log is whole, and the ledger and what is kept beside it are as it says."""
    seal(at=NOW)
    assert verify().holds
    assert (rows_not_as_logged(), personal_not_as_logged()) == ([], [])


def test_what_is_personal_stands_beside_the_record_and_not_in_it(cast: Cast):
    record = vacancy(cast)
    assert record.data == {"employer": "云溪超市"}
    assert kept(record) == {"contact": "张秋生", "phone": PHONE}
    assert not any(PHONE in text or "张秋生" in text for text in everywhere_else())
    assert not saying(Record.objects.all(), "张秋生").exists()
    assert [row.data for row in counting([cast.village])] == [{"employer": "云溪超市"}]
    assert_holds()


def test_it_is_never_required_whatever_the_kind_says(cast: Cast):
    record = vacancy(cast, data={"employer": "云溪超市", "contact": " "})
    assert kept(record) == {}
    assert_holds()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("一" * 501, "最多 500 个字，现有 501 个"),
        ("411002198001011234", "请不要写身份证号码，台账不收这类信息"),
        ("张\x00秋生", "含有不可见的控制字符，请删去"),
        (13800001234, "应为文字"),
    ],
)
def test_it_is_checked_as_any_text_and_the_faults_come_together(cast: Cast, value: object, fault: str):
    with pytest.raises(RecordError) as refused:
        vacancy(cast, data={"phone": value})
    assert refused.value.faults == {"employer": "必填", "phone": fault}
    assert not PersonalValue.objects.exists()


def test_a_correction_replaces_what_it_says_and_leaves_what_it_does_not(cast: Cast):
    first = vacancy(cast)
    changed = {"employer": "云溪商场", "phone": OTHER_PHONE, "contact": ""}
    second = correct_record(record=first, occurred_on=MAY_DAY, data=changed, by=cast.secretary, at=NOW)
    assert kept(first) == {"contact": "张秋生", "phone": OTHER_PHONE}
    third = correct_record(record=second, occurred_on=MAY_DAY, data={"employer": "云溪百货"}, by=cast.secretary, at=NOW)
    assert kept(first) == {"contact": "张秋生", "phone": OTHER_PHONE}
    assert third.data == {"employer": "云溪百货"}
    assert not PersonalValue.objects.filter(value=PHONE).exists()
    assert_holds()


def test_a_form_sent_twice_writes_once_and_one_that_says_something_else_is_another(cast: Cast):
    first = vacancy(cast, key="k", beside=True)
    assert vacancy(cast, key="k", beside=True) == first
    assert vacancy(cast, key="k", beside=True, data=SAID | {"phone": OTHER_PHONE}) != first
    assert not any(PHONE in text for text in everywhere_else())


def test_a_withdrawal_erases_it(cast: Cast):
    record = vacancy(cast)
    withdraw_record(record=record, reason="重复登记", by=cast.secretary, at=NOW)
    assert kept(record) == {}
    assert {(one.value, one.salt, one.erased_why) for one in personal_of(record)} == {("", "", "记录已撤回")}
    assert_holds()


@pytest.mark.parametrize("who", ["secretary", "clerk", "desk"])
def test_those_who_work_with_it_read_it_and_the_log_says_who(cast: Cast, who: str):
    record = vacancy(cast)
    assert read_personal(record=record, by=getattr(cast, who), at=NOW) == {"contact": "张秋生", "phone": PHONE}
    event = events_about(record).filter(action="records.read_personal").get()
    assert (event.actor, event.unit_code, event.details) == (who, cast.village.code, {"fields": ["contact", "phone"]})
    assert event.summary == f"查看柳河村编号 {record.reference} 的记录里的个人信息"


@pytest.mark.parametrize("who", ["colleague", "outsider", "reviewer", "stranger", "auditor"])
def test_nobody_else_reads_or_erases_it(cast: Cast, who: str):
    record = vacancy(cast)
    auditor = Post(id="auditor", title="监督员", permission_set="auditor", kinds=["city"])
    define_posts(posts=[auditor], by=SYSTEM, at=NOW)
    doer = appoint("auditor", "郑和平", cast.city, auditor) if who == "auditor" else getattr(cast, who)
    with pytest.raises(NotAllowed):
        read_personal(record=record, by=doer, at=NOW)
    with pytest.raises(NotAllowed):
        erase_personal(record=record, reason="本人要求", by=doer, at=NOW)
    assert kept(record) == {"contact": "张秋生", "phone": PHONE}
    assert not Event.objects.filter(action="records.read_personal").exists()


def test_it_is_erased_for_a_reason_and_the_record_stays(cast: Cast):
    first = vacancy(cast)
    record = correct_record(record=first, occurred_on=MAY_DAY, data={"employer": "云溪商场"}, by=cast.secretary, at=NOW)
    with pytest.raises(RecordError, match="请写明清除的原因"):
        erase_personal(record=record, reason=" ", by=cast.secretary, at=NOW)
    erase_personal(record=record, reason="本人要求", by=cast.secretary, at=NOW)
    assert [(one.value, one.salt, one.erased_at, one.erased_why) for one in personal_of(first)] == [("", "", NOW, "本人要求")] * 2
    assert [row.data for row in counting([cast.village])] == [{"employer": "云溪商场"}]
    assert_holds()
    for again in (erase_personal, read_personal):
        with pytest.raises(NothingKept):
            again(record=record, by=cast.secretary, at=NOW, **({"reason": "再来"} if again is erase_personal else {}))


def test_it_is_erased_when_its_time_is_over_and_not_a_day_earlier(cast: Cast):
    old, new = (vacancy(cast, on=MAY_DAY + timedelta(days=days)) for days in (0, 1))
    over = timezone.make_aware(timezone.datetime(2028, 5, 2, 3))
    erase_what_is_personal_in_time(at=over)
    assert (len(kept(old)), len(kept(new))) == (2, 2)
    erase_what_is_personal_in_time(at=over + timedelta(days=1))
    assert (len(kept(old)), len(kept(new))) == (0, 2)
    assert {one.erased_why for one in personal_of(old)} == {"保存期满"}
    assert_holds()


def test_what_is_changed_or_taken_away_behind_the_log_is_found(cast: Cast):
    one, other, third, fourth = (vacancy(cast, data=SAID | {"employer": name}) for name in ("甲", "乙", "丙", "丁"))
    rows = {record.pk: PersonalValue.objects.get(record=record, field="phone") for record in (one, other, third, fourth)}
    PersonalValue.objects.filter(pk=rows[one.pk].pk).update(value=OTHER_PHONE)
    PersonalValue.objects.filter(pk=rows[other.pk].pk).update(value="", salt="", erased_at=NOW, erased_why="悄悄")
    PersonalValue.objects.filter(pk=rows[third.pk].pk).delete()
    PersonalValue.objects.filter(record=fourth, field="contact").delete()
    moved = PersonalValue.objects.filter(pk=rows[fourth.pk].pk)
    moved.update(field="contact")
    expected = {rows[record.pk].digest for record in (one, other, third, fourth)}
    assert expected < set(personal_not_as_logged())
    assert len(personal_not_as_logged()) == 5
    with pytest.raises(CommandError, match="个人信息与操作日志不符"):
        call_command("ledger_verify")


def test_of_a_field_one_text_is_kept_and_what_is_erased_leaves_nothing(cast: Cast):
    record = vacancy(cast)
    row = PersonalValue.objects.filter(record=record).first()
    assert row is not None
    for broken in ({"erased_at": NOW, "erased_why": "半截"}, {"value": ""}, {"erased_why": "没清"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonalValue.objects.filter(pk=row.pk).update(**broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalValue(record=record, field=row.field, written_at=NOW).put("又一个", "x").save()


def test_lists_of_many_do_not_bring_it(cast: Cast):
    rows = [RecordRow(cast.village.code, "vacancy", MAY_DAY, SAID)]
    with pytest.raises(ListRefused, match="联系人：个人信息只在表单里逐条填写，不成批带入，请留空"):
        load_records(rows=rows, by=cast.secretary, at=NOW, source="typed")


def test_a_sheet_is_read_and_kept_without_it(cast: Cast):
    content = xlsx(("日期", "用人一方", "联系人", "联系电话"), (MAY_DAY, "云溪超市", "张秋生", PHONE))
    assert rows_kept(upload(cast.village, content, kind="vacancy"))[1][1:] == ["云溪超市", "", ""]
    brought_in(cast.village, content, kind="vacancy")
    assert [row.data for row in counting([cast.village])] == [{"employer": "云溪超市"}]
    assert not PersonalValue.objects.exists()
    assert RecordImport.objects.count() == 1


def test_a_correction_by_sheet_leaves_it_as_it_is(cast: Cast):
    record = vacancy(cast, on=MAY_DAY)
    content = xlsx(("日期", "用人一方", "联系人"), (MAY_DAY, "云溪超市", "王五"))
    brought_in(cast.village, content, kind="vacancy", correct=True)
    assert kept(record) == {"contact": "张秋生", "phone": PHONE}


NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(NAMES, min_size=1, max_size=4, unique=True), ends=st.sampled_from(["kept", "erased", "withdrawn"]))
def test_whatever_is_said_and_done_it_stands_nowhere_else_and_the_log_holds(cast: Cast, texts: list[str], ends: str):
    with transaction.atomic():
        record = first = vacancy(cast, data={"employer": "云溪超市", "contact": texts[0]}, beside=True)
        for text in texts[1:]:
            said = {"employer": "云溪超市", "contact": text}
            record = correct_record(record=record, occurred_on=MAY_DAY, data=said, by=cast.secretary, at=NOW)
        read_personal(record=record, by=cast.secretary, at=NOW)
        if ends == "erased":
            erase_personal(record=record, reason="本人要求", by=cast.secretary, at=NOW)
        elif ends == "withdrawn":
            withdraw_record(record=record, reason="重复登记", by=cast.secretary, at=NOW)
        assert kept(first) == ({"contact": texts[-1]} if ends == "kept" else {})
        assert not any(text in value for value in everywhere_else() for text in texts)
        assert all(masked(text) != text for text in texts)
        assert_holds()
        transaction.set_rollback(True)
