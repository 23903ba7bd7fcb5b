"""What was filled in without a network, judged when it is sent: the receipt, the reasons, and what came in between."""

import re
from datetime import date

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.models import Record
from tests.cast import NOW, Cast
from tests.programme.small import MEETING
from tests.web.conftest import lesson, published
from tests.web.test_records import NEW, SENT
from tests.web.test_units import Read

CORRECTION = SENT | {"reason": "人数写错"}


def send(client: Client, user: User, address: str, sent: dict[str, str], **headers: str):
    client.force_login(user)
    headers = {"Accept": "application/json", "X-Filled-By": user.username} | headers
    return client.post(address, sent | {"queued": "yes"}, headers=headers)


def test_an_entry_is_answered_with_its_receipt_and_sent_twice_with_the_same(client: Client, cast: Cast, programme: Publication):
    first, second = (send(client, cast.secretary, NEW, SENT) for _ in range(2))
    record = Record.objects.get()
    assert record.occurred_on == date(2024, 3, 8)
    assert first.json() == second.json()
    assert first.json()["receipt"].startswith(f"编号 {record.reference}，")
    assert first.json()["record"] == f"/records/{record.pk}/"


def test_a_refused_entry_is_answered_with_the_reason_of_each_field(client: Client, cast: Cast, programme: Publication):
    answer = send(client, cast.secretary, NEW, SENT | {"form": "", "occurred_on": "2999-01-01"})
    assert answer.status_code == 422
    assert [words.partition("：")[0] for words in answer.json()["faults"]] == ["日期", "会议类型"]
    assert Record.objects.count() == 0


@pytest.mark.parametrize("who", ["outsider", "stranger", "reviewer"])
def test_nobody_sends_for_a_unit_that_is_not_theirs(client: Client, cast: Cast, programme: Publication, who: str):
    answer = send(client, getattr(cast, who), NEW, SENT)
    assert answer.status_code in (403, 404)
    assert Record.objects.count() == 0


def test_what_one_person_filled_in_is_not_sent_as_another(client: Client, cast: Cast, programme: Publication):
    answer = send(client, cast.secretary, NEW, SENT, **{"X-Filled-By": "somebody%20else"})
    assert (answer.status_code, answer.json()) == (409, {"another": "这一条是另一位用户填写的，等本人登录后再发送。"})
    assert Record.objects.count() == 0


def test_a_session_that_ended_is_told_apart_and_nothing_is_written(client: Client, cast: Cast, programme: Publication):
    answer = client.post(NEW, SENT, headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in/")
    assert client.get("/queue/sender/").json()["user"] == ""
    client.force_login(cast.secretary)
    assert client.get("/queue/sender/").json()["user"] == cast.secretary.username


def test_a_correction_that_was_overtaken_is_offered_on_the_version_in_force(client: Client, cast: Cast, programme: Publication):
    record = lesson(cast.village)
    later = correct_record(record=record, occurred_on=date(2024, 3, 9), data={"form": "lesson"}, by=SYSTEM, at=NOW, reason="日期")
    answer = send(client, cast.secretary, f"/records/{record.pk}/correct/", CORRECTION)
    assert answer.status_code == 409
    told = answer.json()["overtaken"]
    assert told["said"] == [["日期", "2024年3月9日"], ["会议类型", "党课"], ["更正原因", "日期"]]
    assert (told["called"], told["address"], told["withdrawn"]) == ("现在登记的", f"/records/{later.pk}/correct/", False)
    assert Record.objects.count() == 2
    again = send(client, cast.secretary, told["address"], CORRECTION)
    assert again.status_code == 200
    assert Record.objects.latest("pk").supersedes == later


def test_a_correction_of_a_withdrawn_record_is_offered_as_a_new_entry(client: Client, cast: Cast, programme: Publication):
    record = lesson(cast.village)
    withdraw_record(record=record, reason="重复", by=SYSTEM, at=NOW)
    told = send(client, cast.secretary, f"/records/{record.pk}/correct/", CORRECTION).json()["overtaken"]
    assert (told["called"], told["said"]) == ("原记录已被撤回", [["撤回原因", "重复"]])
    assert (told["address"], told["withdrawn"]) == (NEW, True)


def test_what_is_there_already_is_shown_and_entered_beside_where_one_insists(client: Client, cast: Cast):
    published(cast, **{"records/meeting.yaml": MEETING.replace("fields:", "identity: [form, day]\nfields:")})
    record = lesson(cast.village)
    answer = send(client, cast.secretary, NEW, SENT)
    assert (answer.status_code, len(answer.json()["faults"])) == (422, 1)
    same = answer.json()["same"]
    assert (same["called"], same["record"]) == ("已有的这条", f"/records/{record.pk}/")
    assert same["said"] == [["日期", "2024年3月8日"], ["会议类型", "党课"], ["到会人数", "23 人"], ["议题", "学党史"]]
    assert send(client, cast.secretary, NEW, SENT | {"beside": "yes"}).status_code == 200
    assert Record.objects.count() == 2


def test_the_queue_is_for_those_signed_in_and_says_whose_it_is(client: Client, read: Read, cast: Cast):
    assert client.get("/queue/").status_code == 302
    page = read(cast.secretary, "/queue/")
    assert f'data-user="{cast.secretary.username}"' in page
    # The page's own script uses what the other one defines.
    assert re.findall(r'<script defer src="/static/js/(offline|queue)[^"]*"', page) == ["offline", "queue"]


def test_the_worker_answers_for_the_whole_site(client: Client, db: None):
    answer = client.get("/worker.js")
    assert (answer["Content-Type"], answer["Service-Worker-Allowed"]) == ("text/javascript", "/")
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
