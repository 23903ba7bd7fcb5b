"""Pages of matters: whose turn it is acts on them, everybody may open and follow, a stranger gets nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from fanxing.lib import clock
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter
from tests.cast import Cast
from tests.procedures.conftest import delegates, procedures

__all__ = ["delegates", "procedures"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
SCREW = {"what": "facility", "detail": "螺丝松了", "place": "文化广场"}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def opened(cast: Cast, **more: object) -> Matter:
    return open_matter(unit=cast.village, procedure="report", data=SCREW | more, by=cast.secretary, at=clock.now())


def test_a_matter_is_opened_in_the_browser_and_taken_step_by_step(cast: Cast):
    client = signed_in(cast.secretary)
    assert "随手拍" in client.get(reverse("matter_procedures", args=[cast.village.code])).text
    page = reverse("matter_new", args=[cast.village.code, "report"])
    faulty = client.post(page, {"what": "facility"})
    assert (faulty.status_code, "必填" in faulty.text) == (422, True)
    answer = client.post(page, {"what": "facility", "detail": "螺丝松了", "key": "k"}, follow=True)
    matter = Matter.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("matter", args=[matter.pk])
    step = reverse("matter_step", args=[matter.pk, "accept"])
    client.post(step, {"turn": "1", "key": "a"})
    again = client.post(step, {"turn": "1", "key": "b"})
    assert (again.status_code, "刚刚办理了" in again.text or "不能这样办理" in again.text) == (422, True)
    done = client.post(reverse("matter_step", args=[matter.pk, "done"]), {"turn": "2", "key": "c"})
    assert (done.status_code, "必填" in done.text) == (422, True)


@pytest.mark.parametrize("who", ["colleague", "outsider", "stranger"])
def test_those_of_other_places_find_no_page(cast: Cast, who: str):
    matter = opened(cast)
    client = signed_in(getattr(cast, who))
    assert client.get(reverse("matter", args=[matter.pk])).status_code == 404
    assert client.post(reverse("matter_step", args=[matter.pk, "accept"])).status_code == 404
    assert client.post(reverse("matter_personal", args=[matter.pk])).status_code == 404
    assert "公共设施" not in client.get(reverse("matters")).text


def test_the_list_and_the_board_ask_as_many_queries_for_one_as_for_many(cast: Cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast.clerk)
    opened(cast)
    pages = [reverse("matters"), reverse("matters_board", args=["report"])]
    counts = []
    for page in pages:
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(page)
        counts.append(len(asked))
    for _ in range(5):
        opened(cast)
    for page, count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            assert client.get(page).status_code == 200


def test_personal_texts_are_masked_until_they_are_asked_for(cast: Cast):
    matter = opened(cast, contact="13800001234")
    client = signed_in(cast.secretary)
    page = client.get(reverse("matter", args=[matter.pk])).text
    assert "138****1234" in page
    assert "13800001234" not in page
    assert "查看个人信息" in page
    assert "查看个人信息" not in signed_in(cast.clerk).get(reverse("matter", args=[matter.pk])).text
    assert "13800001234" in client.post(reverse("matter_personal", args=[matter.pk])).text
    assert signed_in(cast.clerk).post(reverse("matter_personal", args=[matter.pk])).status_code == 403


def test_everybody_opens_follows_and_rates_without_an_account(cast: Cast):
    client = Client()
    found = client.get(reverse("open_places", args=["report"]), {"q": "柳河"}).text
    page = reverse("open_new", args=["report", cast.village.code])
    assert page in found
    form = client.get(page, {"place": "文化广场"})
    assert 'value="文化广场"' in form.text
    ticket = form.context["ticket"] if form.context else form.text.split('name="ticket" value="')[1].split('"')[0]
    answer = client.post(page, {"what": "facility", "detail": "松了", "place": "文化广场", "ticket": ticket}, follow=True)
    code = client.session["receipt"]
    assert code in answer.text
    matter = Matter.objects.get()
    for verb, data in (("accept", {}), ("done", {"result": "已紧固"}), ("pass", {})):
        take_step(matter=Matter.objects.get(), verb=verb, data=data, by=cast.secretary, at=clock.now())
    stranger = Client()
    assert "没有这个查询码" in stranger.post(reverse("follow"), {"code": "AAAA-AAAA-AAAA"}, follow=True).text
    seen = stranger.post(reverse("follow"), {"code": code.lower()}, follow=True).text
    assert "已紧固" in seen
    assert code in seen
    assert "并入同一件" not in seen
    stranger.post(reverse("follow_step", args=["rate"]), {"satisfied": "yes"})
    assert "满意：是" in stranger.get(reverse("follow")).text
    assert Matter.objects.get(pk=matter.pk).data["satisfied"] is True


def test_the_public_page_of_a_matter_shows_what_its_procedure_shows(cast: Cast):
    matter = opened(cast, contact="13800001234", danger=True)
    page = Client().get(reverse("open_matter", args=[matter.pk])).text
    assert "文化广场" in page
    assert "螺丝松了" not in page
    assert not [part for part in ("1380000", "138*") if part in page]


def test_who_sends_too_much_is_stopped(cast: Cast):
    client = Client(REMOTE_ADDR="203.0.113.9")
    page = reverse("open_new", args=["report", cast.village.code])
    for _ in range(11):
        ticket = client.get(page).text.split('name="ticket" value="')[1].split('"')[0]
        answer = client.post(page, {"what": "road", "detail": "坑", "ticket": ticket})
    assert (answer.status_code, "太频繁" in answer.text) == (422, True)
    assert Matter.objects.count() == 10


def test_a_notice_is_read_and_objected_to_by_everybody(cast: Cast):
    from fanxing.procedures.actions.conferring import give_verdict

    data = {"name": "郑新宇", "members": 30, "from": "2026-07-01"}
    matter = open_matter(unit=cast.village, procedure="elect", data=data, by=cast.secretary, at=clock.now())
    for one in (cast.secretary, cast.clerk):
        give_verdict(matter=matter, choice="for", by=one, at=clock.now())
    client = Client(REMOTE_ADDR="203.0.113.10")
    notice = matter.notices.get().notice
    listed = client.get(reverse("notices")).text
    assert "公开选拔：公示" in listed
    assert f"<strong>{notice.lines[0][1]}</strong>" in listed
    assert "郑新宇" in client.get(reverse("notice", args=[notice.pk])).text
    assert client.post(reverse("notice", args=[notice.pk]), {"text": " "}).status_code == 422
    assert "对公示的异议" in client.post(reverse("notice", args=[notice.pk]), {"text": "票数有误"}, follow=True).text
    page = signed_in(cast.secretary).get(reverse("matter", args=[matter.pk])).text
    assert "票数有误" in page
