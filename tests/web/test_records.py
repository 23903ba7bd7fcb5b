"""The ledger: read, entered, corrected and withdrawn, and what that moves."""

import re
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.scoring.models import Score
from tests.cast import NOW, Cast
from tests.web.conftest import income, lesson
from tests.web.test_unit import VILLAGE, words
from tests.web.test_units import Read

NEW = f"{VILLAGE}records/new/meeting/"
STAR = f"{VILLAGE}scores/industry/"
SENT = {"key": "k1", "occurred_on": "2024-03-08", "form": "lesson", "attended": "23 人", "topic": "学党史"}


def told(response: HttpResponse) -> list[str]:
    """What the note on the next page says."""
    return [str(message) for message in get_messages(response.wsgi_request)]


# ---- reading


def test_a_record_says_what_it_counts_for(read: Read, cast: Cast, programme: Publication):
    page = read(cast.secretary, f"/records/{lesson(cast.village).pk}/")
    assert re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page) == [
        ("日期", "2024年3月8日"),
        ("会议类型", "党课"),
        ("到会人数", "23 人"),
        ("议题", "学党史"),
        ("登记来源", "填写"),
    ]
    assert re.findall(r'<h3><a href="(\S+)">(\S+)</a> <b>(\S+)</b></h3>', page) == [(f"{VILLAGE}figures/lessons/", "党课", "1")]
    assert re.findall(r'class="trail-star" href="(\S+)"', page) == [STAR]


def test_a_record_says_why_it_does_not_count(read: Read, cast: Cast, programme: Publication):
    past = lesson(cast.village, year=2020)
    other = add_record(unit=cast.village, kind="meeting", occurred_on=date(2024, 3, 8), data={"form": "members"}, by=SYSTEM, at=NOW)
    found = [re.findall(r"<li><a href=\S+>(\S+)</a>：(.+?)</li>", read(cast.secretary, f"/records/{one.pk}/")) for one in (past, other)]
    assert found == [[("党课", "日期不在它计的时间里")], [("党课", "不合它的条件：会议类型为党课")]]


def test_a_record_shows_all_its_versions_and_those_that_no_longer_stand_cannot_be_changed(read: Read, cast: Cast, programme: Publication):
    first = lesson(cast.village)
    second = correct_record(record=first, occurred_on=date(2024, 3, 9), data={"form": "lesson"}, by=SYSTEM, at=NOW)
    third = withdraw_record(record=second, reason="登错了村", by=SYSTEM, at=NOW)
    pages = [read(cast.secretary, f"/records/{one.pk}/") for one in (first, second, third)]
    chain = re.findall(r"<p><strong>(\S+)</strong>.*?</p>\s*<p>(.*?)</p>", pages[0], re.DOTALL)
    assert chain == [("撤回", "原因：登错了村"), ("更正", "2024年3月9日，党课"), ("登记", "2024年3月8日，党课，到会人数 23 人，学党史")]
    assert ["/correct/" in page or "/withdraw/" in page for page in pages] == [False, False, False]
    assert ["已撤回" in page for page in pages] == [True, True, True]


def test_a_record_is_there_for_those_who_may_read_the_ledger_and_for_nobody_else(client: Client, cast: Cast, programme: Publication):
    record = lesson(cast.village)
    found = {}
    for name in ("secretary", "reviewer", "desk", "colleague", "outsider", "stranger"):
        client.force_login(getattr(cast, name))
        found[name] = client.get(f"/records/{record.pk}/").status_code
    assert found == {"secretary": 200, "reviewer": 200, "desk": 200, "colleague": 404, "outsider": 404, "stranger": 404}
    assert client.get("/records/999999/").status_code == 404


def test_a_record_costs_the_same_queries_whatever_its_history(
    client: Client, cast: Cast, programme: Publication, django_assert_max_num_queries
):
    record = lesson(cast.village)
    client.force_login(cast.secretary)
    client.get(f"/records/{record.pk}/")
    with django_assert_max_num_queries(21) as once:
        client.get(f"/records/{record.pk}/")
    for day in (9, 10, 11):
        record = correct_record(record=record, occurred_on=date(2024, 3, day), data={"form": "lesson"}, by=SYSTEM, at=NOW)
    with django_assert_max_num_queries(21) as often:
        client.get(f"/records/{record.pk}/")
    assert len(often) == len(once)


# ---- entering


def test_only_the_kinds_one_may_record_are_offered(read: Read, client: Client, cast: Cast, programme: Publication):
    page = read(cast.secretary, f"{VILLAGE}records/new/?next={STAR}")
    assert re.findall(r'class="card kind" href="(\S+)"><strong>(\S+)</strong>', page) == [(f"{NEW}?next={STAR}", "会议")]
    client.force_login(cast.reviewer)
    assert [client.get(address).status_code for address in (f"{VILLAGE}records/new/", NEW)] == [403, 403]
    client.force_login(cast.secretary)
    assert client.get(f"{VILLAGE}records/new/figures/").status_code == 403


def test_an_entry_is_written_and_its_note_says_what_moved(client: Client, cast: Cast, programme: Publication):
    income(cast.village)
    client.force_login(cast.secretary)
    response = client.post(NEW, {**SENT, "next": STAR})
    record = Record.objects.get(kind="meeting")
    assert (record.unit, record.data, record.occurred_on, record.recorded_by) == (
        cast.village,
        {"form": "lesson", "attended": 23, "topic": "学党史"},
        date(2024, 3, 8),
        "secretary",
    )
    assert response["Location"] == f"{STAR}#lesson_points"
    assert told(response) == ["已登记会议。\n党课 0 → 1\n党课得分 +20 分\n产业兴旺 50 → 70 分，达星\n星级：零星 → 一星"]
    assert Score.objects.get(unit=cast.village).stars == {"industry": {"points": 70.0, "held": True}}


def test_an_entry_that_moves_nothing_says_why(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.secretary)
    assert told(client.post(NEW, {**SENT, "form": "members"})) == ["已登记会议。\n得分没有变化。"]
    outside = client.post(NEW, {**SENT, "key": "k2", "occurred_on": "2020-03-08"})
    assert "已登记会议。\n不在考评期内，不影响当前得分。" in told(outside)


def test_a_form_sent_twice_writes_once(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.secretary)
    client.post(NEW, SENT)
    again = client.post(NEW, SENT)
    assert (again.status_code, Record.objects.count()) == (302, 1)
    assert "这张表刚才已经提交过，没有重复登记。" in told(again)


def test_a_form_from_elsewhere_is_refused(cast: Cast, programme: Publication):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.secretary)
    record = lesson(cast.village)
    posts = [(NEW, SENT), (f"/records/{record.pk}/correct/", SENT), (f"/records/{record.pk}/withdraw/", {"reason": "重复"})]
    assert [client.post(address, sent).status_code for address, sent in posts] == [403, 403, 403]
    assert list(Record.objects.all()) == [record]


def test_a_wrong_form_comes_back_with_every_fault_and_what_was_typed(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.secretary)
    response = client.post(NEW, {"key": "k1", "occurred_on": "昨天", "attended": "许多", "topic": "<b>"})
    assert (response.status_code, Record.objects.count()) == (422, 0)
    assert re.findall(r'<p class="fault" id="id_(\w+)_error"><svg.*?</svg>(.+?)</p>', response.text) == [
        ("occurred_on", "应为日期，如 2025-03-08"),
        ("form", "必填"),
        ("attended", "应为数字，如 12"),
    ]
    assert 'value="许多"' in response.text
    assert 'value="&lt;b&gt;"' in response.text
    assert 'name="key" value="k1"' in response.text


def test_the_form_is_made_from_the_fields_of_the_kind(read: Read, cast: Cast, programme: Publication):
    page = read(cast.secretary, NEW)
    assert re.findall(r'<input type="radio" name="form" value="(\w*)"', page) == ["members", "lesson"]
    assert re.findall(r'<label for="id_(\w+)">(\S+?)( <span class="need">选填</span>)?</label>', page) == [
        ("occurred_on", "日期", ""),
        ("attended", "到会人数", ' <span class="need">选填</span>'),
        ("topic", "议题", ' <span class="need">选填</span>'),
    ]
    assert 'type="date"' in page
    assert re.search(r'name="attended"[^>]*inputmode="numeric"[^>]*>\s*<span class="unit">人</span>', page)


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)", ""])
def test_saving_leads_nowhere_else(client: Client, cast: Cast, programme: Publication, elsewhere: str):
    client.force_login(cast.secretary)
    assert client.post(NEW, {**SENT, "next": elsewhere})["Location"] == VILLAGE


# ---- correcting and withdrawing


def test_a_correction_starts_from_what_was_said(read: Read, cast: Cast, programme: Publication):
    page = read(cast.secretary, f"/records/{lesson(cast.village).pk}/correct/")
    assert 'value="2024-03-08"' in page
    assert re.search(r'value="lesson" checked', page)
    assert 'name="attended" id="id_attended" value="23"' in page


def test_a_correction_takes_the_place_of_the_record(client: Client, cast: Cast, programme: Publication):
    income(cast.village)
    record = lesson(cast.village)
    client.force_login(cast.secretary)
    response = client.post(f"/records/{record.pk}/correct/", {**SENT, "form": "members", "reason": "类型选错了"})
    new = Record.objects.get(supersedes=record)
    assert response["Location"] == f"/records/{new.pk}/"
    assert told(response) == ["已更正会议。\n党课 1 → 0\n党课得分 −20 分\n产业兴旺 70 → 50 分，未达星\n星级：一星 → 零星"]


def test_a_withdrawal_needs_a_reason_and_says_what_moved(client: Client, cast: Cast, programme: Publication):
    income(cast.village)
    record = lesson(cast.village)
    client.force_login(cast.secretary)
    address = f"/records/{record.pk}/withdraw/"
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, words(refused.text, "fault")) == (422, ["请写明撤回的原因"])
    response = client.post(address, {"reason": "重复登记", "next": STAR})
    assert response["Location"] == f"{STAR}#lesson_points"
    assert told(response)[0].startswith("已撤回会议。\n党课 1 → 0\n")
    assert Record.objects.get(supersedes=record).reason == "重复登记"


def test_what_was_changed_meanwhile_is_not_changed_again(client: Client, cast: Cast, programme: Publication):
    record = lesson(cast.village)
    withdraw_record(record=record, reason="重复登记", by=SYSTEM, at=NOW)
    client.force_login(cast.secretary)
    for verb, sent in (("withdraw", {"reason": "重复"}), ("correct", {**SENT, "reason": "数错了"})):
        response = client.post(f"/records/{record.pk}/{verb}/", sent)
        assert (response.status_code, "由系统撤回，请刷新后查看现在的记录" in response.text) == (422, True)


@pytest.mark.parametrize("verb", ["correct", "withdraw"])
@pytest.mark.parametrize(("name", "status"), [("secretary", 200), ("reviewer", 403), ("colleague", 404), ("stranger", 404)])
def test_only_whose_post_records_a_kind_changes_its_records(
    client: Client, cast: Cast, programme: Publication, verb: str, name: str, status: int
):
    record = lesson(cast.village)
    client.force_login(getattr(cast, name))
    assert client.get(f"/records/{record.pk}/{verb}/").status_code == status
    sent = client.post(f"/records/{record.pk}/{verb}/", {**SENT, "reason": "重复登记"})
    assert (sent.status_code, Record.objects.count()) == ((302, 2) if name == "secretary" else (status, 1))
