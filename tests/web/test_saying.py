"""One sentence becomes a record: shown, corrected, entered; several things one after the other."""

import re
from datetime import date
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from fanxing.programme.models import Publication
from fanxing.records.models import Record
from tests.cast import Cast
from tests.web.conftest import income
from tests.web.test_records import told
from tests.web.test_unit import VILLAGE

SAY = f"{VILLAGE}records/say/"
SENTENCE = "2024年3月8日上党课，到会23人，议题：学党史，发了30份资料"
TWO = "2024年3月8日党课，到会23人。2024年3月9日党员大会，到会31人。"


@pytest.fixture
def secretary(client: Client, cast: Cast, programme: Publication) -> Client:
    """The secretary of 柳河村, signed in."""
    client.force_login(cast.secretary)
    return client


def marked(response: HttpResponse) -> list[str]:
    """What is marked, with its number."""
    found = re.findall(r"<mark class=\"said-\w+\" title.*?</mark>", response.text)
    return [unescape(re.sub("<[^>]+>", "", one)).replace("\u2060", "") for one in found]


def filled(response: HttpResponse) -> dict[str, str]:
    """What stands in the form."""
    form = response.text.split('name="act" value="save"')[1]
    inputs = dict(re.findall(r'<input class="form-control[^"]*" name="(\w+)" id="\w+" value="([^"]*)"', form))
    return inputs | dict(re.findall(r'name="(\w+)" value="(\w+)" checked', form))


def test_a_sentence_is_shown_with_what_was_read_in_it(secretary: Client):
    page = secretary.post(SAY, {"text": SENTENCE})
    assert page.status_code == 200
    assert marked(page) == ["2024年3月8日①", "党课②", "到会", "23人③", "议题", "学党史④", "30份?"]
    assert filled(page) == {"occurred_on": "2024-03-08", "form": "lesson", "attended": "23", "topic": "学党史"}
    assert not Record.objects.exists()


def test_what_was_read_is_entered_like_any_record_and_says_what_moved(secretary: Client, cast: Cast):
    income(cast.village)
    sent = {"occurred_on": "2024-03-08", "form": "lesson", "attended": "24", "topic": "学党史", "kind": "meeting", "part": "0", "done": ""}
    answer = secretary.post(SAY, {"text": SENTENCE, "act": "save", "key": "k1", **sent})
    assert answer.status_code == 302
    assert answer.url == VILLAGE
    assert told(answer) == ["已登记会议。\n党课 0 → 1\n党课得分 +20 分\n产业兴旺 50 → 70 分，达星\n星级：零星 → 一星"]
    record = Record.objects.get(kind="meeting")
    assert (record.occurred_on, record.data) == (date(2024, 3, 8), {"form": "lesson", "attended": 24, "topic": "学党史"})


def test_what_is_wrong_comes_back_with_the_sentence(secretary: Client):
    sent = {"occurred_on": "2024-03-08", "attended": "许多", "kind": "meeting", "part": "0", "done": ""}
    page = secretary.post(SAY, {"text": SENTENCE, "act": "save", "key": "k1", **sent})
    assert page.status_code == 422
    assert "有 2 处要改，请看下面标出的地方。" in page.text
    assert marked(page)[1] == "党课②"
    assert filled(page) == {"occurred_on": "2024-03-08", "attended": "许多", "topic": ""}
    assert not Record.objects.exists()


def test_several_things_are_entered_one_after_the_other(secretary: Client):
    first = secretary.post(SAY, {"text": TWO})
    assert "这段话里有 2 件事" in first.text
    sent = {"occurred_on": "2024-03-08", "form": "lesson", "attended": "23", "kind": "meeting", "part": "0", "done": "", "key": "k1"}
    second = secretary.post(SAY, {"text": TWO, "act": "save", **sent})
    assert second.status_code == 200
    assert filled(second) == {"occurred_on": "2024-03-09", "form": "members", "attended": "31", "topic": ""}
    assert 'name="done" value="0"' in second.text
    assert 'name="key" value="k1"' not in second.text
    sent |= {"occurred_on": "2024-03-09", "form": "members", "attended": "31", "part": "1", "done": "0", "key": "k2"}
    assert secretary.post(SAY, {"text": TWO, "act": "save", **sent}).status_code == 302
    assert [one.occurred_on for one in Record.objects.order_by("pk")] == [date(2024, 3, 8), date(2024, 3, 9)]


def test_the_same_form_sent_twice_enters_one_record(secretary: Client):
    sent = {"occurred_on": "2024-03-08", "form": "lesson", "kind": "meeting", "part": "0", "done": "", "key": "k1"}
    for _ in range(2):
        secretary.post(SAY, {"text": SENTENCE, "act": "save", **sent})
    assert Record.objects.count() == 1


def test_a_sentence_that_names_no_kind_asks_for_one(secretary: Client):
    page = secretary.post(SAY, {"text": "2024年3月8日来了23人"})
    assert "没有听出这是哪类记录" in page.text
    assert re.findall(r'name="kind" value="(\w+)"', page.text) == ["meeting"]
    chosen = secretary.post(SAY, {"text": "2024年3月8日来了23人", "part": "0", "done": "", "kind": "meeting"})
    assert filled(chosen) == {"occurred_on": "2024-03-08", "attended": "23", "topic": ""}


@pytest.mark.parametrize(("text", "fault"), [("", "还没有写内容"), ("  \n ", "还没有写内容"), ("好" * 2001, "最多 2000 个字")])
def test_nothing_and_too_much_are_told(secretary: Client, text: str, fault: str):
    assert fault in secretary.post(SAY, {"text": text}).text


@pytest.mark.parametrize(
    "sent", [{"part": "9"}, {"part": "-1"}, {"part": "x"}, {"done": "0,1,x,²"}, {"kind": "figures"}, {"act": "save", "done": "0"}]
)
def test_an_address_made_up_harms_nothing(secretary: Client, sent: dict[str, str]):
    assert secretary.post(SAY, {"text": SENTENCE, **sent}).status_code == 200
    assert not Record.objects.exists()


def test_words_of_the_sentence_are_shown_as_words(secretary: Client):
    page = secretary.post(SAY, {"text": "<script>alert(1)</script>党课，议题：<b>学</b>习"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_only_those_who_enter_records_there_may_say_one(client: Client, cast: Cast, programme: Publication):
    answers = {}
    for who in ("stranger", "outsider", "colleague", "reviewer", "desk"):
        client.force_login(getattr(cast, who))
        answers[who] = [client.get(SAY).status_code, client.post(SAY, {"text": SENTENCE}).status_code]
    assert answers == {"stranger": [404, 404], "outsider": [404, 404], "colleague": [404, 404], "reviewer": [403, 403], "desk": [403, 403]}
    client.logout()
    assert client.get(SAY).status_code == 302


def test_the_page_asks_the_database_no_more_often_for_a_longer_message(secretary: Client, django_assert_max_num_queries):
    secretary.get(SAY)  # what is read once a process is read
    with django_assert_max_num_queries(30) as short:
        secretary.post(SAY, {"text": SENTENCE})
    with django_assert_max_num_queries(30) as long:
        secretary.post(SAY, {"text": TWO * 10})
    assert len(long) == len(short)
