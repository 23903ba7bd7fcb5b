"""Everything that a village has under way, asked for by everybody else: a stranger, a user without a post, a neighbour, the clerk of
another township, one who only reviews, a member of the same branch, one who has left."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from fanxing.accounts.models import User
from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.circulars.actions import Said, send_circular
from fanxing.circulars.queries import Address
from fanxing.evidence.attaching import Sent
from fanxing.inbox.actions import NewItem, open_items
from fanxing.inbox.models import TYPED
from fanxing.lib.receipts import new_receipt
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.procedures.actions.objecting import raise_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.picturing import make_photo_ready
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter, MatterPhoto
from fanxing.procedures.pairing import pairing_for, wanted_openly
from fanxing.procedures.queries import visible_matters
from fanxing.programme.models import ProcedureDraft
from fanxing.programme.procedure_drafting import begin_procedure
from tests.cast import appoint, found
from tests.evidence.shots import shot
from tests.procedures.test_honours import LIST, START, Place, fresh, noticed, place, shared, step

__all__ = ["place"]

pytestmark = [pytest.mark.django_db]
PLACE, SCOLDED, CALLED, TO_DO = "王家院门口", "他家老二说的不对", "防汛队集结", "清点防汛沙袋"
SPOKEN = (PLACE, SCOLDED, CALLED, TO_DO, LIST["names"], "照料邻居老人三年", "把账目按季公开", "管合作社和水利")


@dataclass(frozen=True)
class UnderWay:
    """One of each: a report with a photo, an award that stands in public, an appraisal, a circular, something to do, a draft."""

    place: Place
    report: Matter
    award: Matter
    appraisal: Matter
    keys: Mapping[str, int]


@pytest.fixture
def under_way(place: Place, settings, tmp_path: Path) -> UnderWay:
    settings.DEMO, settings.TODAY, settings.MEDIA_ROOT = True, START.date(), tmp_path
    data = {"what": "facility", "place": PLACE, "contact": "13800001234"}
    photos = [Sent("photo", "王家院.jpg", shot(1))]
    report = open_matter(unit=place.village, procedure="report", data=data, by=place.secretary, at=START, photos=photos)
    photo = MatterPhoto.objects.get()
    make_photo_ready.func(photo.pk)
    award = noticed(place)
    objection, _ = raise_objection(notice=award.notices.get().notice, text=SCOLDED, at=START)
    said, address = Said(CALLED, "请到村部集合。", asks="call", question="能否到岗"), Address(place.village, ["committee_head"])
    circular = send_circular(unit=place.village, said=said, address=address, by=place.secretary, at=START)
    planned = open_items(unit=place.village, items=[NewItem(TO_DO, date(2025, 6, 20))], source=TYPED, by=place.secretary, at=START)
    city = Unit.objects.get(code="990000")
    begin_procedure(unit=city, procedure="report", by=SYSTEM, at=START)
    keys = {
        "photo": photo.pk,
        "objection": objection.pk,
        "circular": circular.pk,
        "item": planned.opened[0].pk,
        "draft": ProcedureDraft.objects.get().pk,
        "term": Assignment.objects.get(person__user=place.head).pk,
        "person": Assignment.objects.get(person__user=place.head).person_id,
    }
    return UnderWay(place, report, award, shared(place, place.head), keys)


def of_the_town(under_way: UnderWay, post: str) -> User:
    city = Unit.objects.get(code="990100")
    away = found("990102", "白沙镇", "township", city)
    return appoint("away", "吴建国", away, Post.objects.get(pk=post))


WHO: Mapping[str, Callable[[UnderWay], User]] = {
    "without a post": lambda under_way: appoint("idle", "何伟", under_way.place.village, None),
    "a neighbour": lambda under_way: under_way.place.neighbour,
    "the clerk of another township": lambda under_way: of_the_town(under_way, "township_clerk"),
    "the reviewer of another township": lambda under_way: of_the_town(under_way, "township_reviewer"),
}
VILLAGE = "990101201"
FORM = "application/x-www-form-urlencoded"


def pages(under_way: UnderWay) -> list[str]:
    """The addresses at which something of the village is read."""
    keys, matters = under_way.keys, [under_way.report.pk, under_way.award.pk, under_way.appraisal.pk]
    return [
        *(reverse("matter", args=[pk]) for pk in matters),
        *(reverse(name, args=[under_way.award.pk, ending]) for name in ("matter_minutes", "matter_poster") for ending in ("pdf", "docx")),
        reverse("matter_sheet", args=[under_way.appraisal.pk]),
        *(reverse("matter_photo", args=[under_way.report.pk, keys["photo"], size]) for size in ("small", "full")),
        reverse("register", args=[VILLAGE, "honour_selection"]),
        reverse("register_excel", args=[VILLAGE, "honour_selection"]),
        reverse("matter_procedures", args=[VILLAGE]),
        reverse("matter_new", args=[VILLAGE, "report"]),
        reverse("place_codes", args=[VILLAGE, "report"]),
        reverse("place_sheets", args=[VILLAGE, "report"]),
        reverse("pairs", args=[VILLAGE]),
        reverse("needs", args=[VILLAGE]),
        reverse("inbox_new", args=[VILLAGE]),
        f"{reverse('inbox_state')}?under={VILLAGE}",
        f"{reverse('inbox_state_excel')}?under={VILLAGE}&what=matters",
        reverse("circular", args=[keys["circular"]]),
        reverse("circular_new", args=[VILLAGE]),
        reverse("person", args=[keys["person"]]),
        f"{reverse('people')}?under={VILLAGE}",
        f"{reverse('people_excel')}?under={VILLAGE}",
        reverse("rule_procedure", args=[VILLAGE, "report"]),
        reverse("rule_procedure_excel", args=[VILLAGE, "report"]),
        reverse("procedure_draft", args=[keys["draft"]]),
        reverse("procedure_draft_excel", args=[keys["draft"]]),
    ]


def forms(under_way: UnderWay) -> list[str]:
    """The addresses to which something is sent."""
    keys, award, appraisal = under_way.keys, under_way.award.pk, under_way.appraisal.pk
    return [
        reverse("matter_step", args=[under_way.report.pk, "accept"]),
        reverse("matter_personal", args=[appraisal]),
        reverse("matter_sheet", args=[appraisal]),
        reverse("matter_verdict", args=[award]),
        reverse("matter_other", args=[appraisal, award]),
        *(reverse("matter_vote", args=[appraisal, act]) for act in ("cast", "papers", "close")),
        reverse("matter_objection", args=[award, keys["objection"]]),
        reverse("circular_answer", args=[keys["circular"]]),
        reverse("circular_recall", args=[keys["circular"]]),
        reverse("inbox_act", args=[keys["item"], "close"]),
        reverse("phone", args=[keys["term"]]),
        reverse("procedure_draft_act", args=[keys["draft"], "publish"]),
    ]


LISTS = (
    "matters",
    "matters_excel",
    "inbox",
    "inbox_excel",
    "inbox_state",
    "inbox_state_excel",
    "circulars",
    "home",
    "people",
    "people_excel",
)


def words(response) -> str:
    """What an answer says, that of a workbook unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_a_stranger_is_asked_to_sign_in(under_way: UnderWay):
    client = Client()
    asked = [client.get(page) for page in pages(under_way)] + [client.post(form) for form in forms(under_way)]
    asked += [client.get(reverse(name)) for name in LISTS]
    assert {(one.status_code, one.headers.get("Location", "").partition("?")[0]) for one in asked} == {(302, reverse("sign_in"))}


@pytest.mark.parametrize("who", WHO)
def test_everybody_else_gets_nothing(under_way: UnderWay, who: str):
    client = Client()
    client.force_login(WHO[who](under_way))
    read = {page: client.get(page).status_code for page in pages(under_way)}
    read |= {form: client.post(form, {"words": "x", "reason": "x"}).status_code for form in forms(under_way)}
    assert {page: status for page, status in read.items() if status not in (403, 404)} == {}
    for name in LISTS:
        for asked in ({}, {"when": "over"}, {"whose": "all"}, {"under": VILLAGE}, {"q": "王家院"}, {"what": "matters"}):
            text = words(client.get(reverse(name), asked, follow=True))
            assert [one for one in SPOKEN if one in text and one != asked.get("q")] == [], (name, asked)


def test_of_the_same_branch_only_those_in_the_case_see_an_appraisal(under_way: UnderWay):
    person = under_way.appraisal.pk
    for user, status in ((under_way.place.delegate, 404), (under_way.place.neighbour, 404), (under_way.place.head, 200)):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("matter", args=[person])).status_code == status
        assert client.get(reverse("matter_sheet", args=[person])).status_code == status
        assert ("把账目按季公开" in client.post(reverse("matter_sheet", args=[person])).text) is (status == 200)


def test_whoever_has_left_their_post_sees_no_more_what_they_dealt_with(under_way: UnderWay):
    clerk = under_way.place.clerk
    assert visible_matters(clerk).filter(pk=under_way.appraisal.pk).exists()
    Assignment.objects.filter(person__user=clerk).update(valid_to=date(2025, 6, 1))
    assert not visible_matters(clerk).exists()
    client = Client()
    client.force_login(clerk)
    assert client.post(reverse("matter_personal", args=[under_way.appraisal.pk])).status_code == 404


def test_what_everybody_reads_names_nobody(under_way: UnderWay):
    award, report = under_way.award, under_way.report
    notice = award.notices.get().notice
    open_pages = [
        reverse("notices"),
        reverse("notice", args=[notice.pk]),
        reverse("open_matter", args=[award.pk]),
        reverse("open_matter", args=[report.pk]),
        reverse("open_register", args=[VILLAGE, "honour_selection"]),
        reverse("open_closed", args=["report", VILLAGE]),
        reverse("open_new", args=["report", VILLAGE]) + f"?place={PLACE}",
    ]
    for page in open_pages:
        answer = Client().get(page)
        assert answer.status_code == 200, page
        assert [one for one in (SCOLDED, "1380000", "何伟", "郑新宇", "王家院.jpg") if one in answer.text] == [], page
        assert answer["X-Robots-Tag"] == "noindex, noarchive", page
    assert Client().get(reverse("open_matter", args=[under_way.appraisal.pk])).status_code == 404


# ---- what strangers write


def said_by_a_stranger(place: Place, **more: object) -> Matter:
    data = {"what": "facility", "place": "张三偷了我的鸡", **more}
    return open_matter(unit=place.village, procedure="report", data=data, by=PUBLIC, at=START, receipt=new_receipt())


def test_what_a_stranger_writes_stands_in_public_once_somebody_answers_for_it(place: Place):
    matter = said_by_a_stranger(place)
    page = reverse("open_matter", args=[matter.pk])

    def is_told() -> tuple[bool, bool]:
        text = Client().get(page).text
        return "公共设施" in text, "张三偷了" in text

    assert is_told() == (True, False)
    step(matter, "accept", place.secretary)
    assert is_told() == (True, True)


def test_what_came_to_nothing_says_nothing_that_a_stranger_wrote(place: Place):
    matter = step(said_by_a_stranger(place), "refuse", place.secretary, reason="不属实")
    assert "张三偷了" not in Client().get(reverse("open_matter", args=[matter.pk])).text


def test_a_report_is_joined_without_reading_what_the_other_wrote(place: Place):
    first, code = said_by_a_stranger(place), new_receipt()
    data = {"what": "road", "place": "村口"}
    second = open_matter(unit=place.village, procedure="report", data=data, by=PUBLIC, at=START, receipt=code)
    take_step(matter=second, verb="join", by=place.secretary, at=START, into=first)
    text = Client().post(reverse("follow"), {"code": code}, follow=True).text
    assert ("合在一起办" in text, "张三偷了" in text) == (True, False)


# ---- screens that many use, robots, floods


def test_nothing_of_a_code_is_shown_once_it_is_forgotten(under_way: UnderWay):
    code = new_receipt()
    photos = [Sent("photo", "前.jpg", shot(3))]
    data = {"what": "road", "place": "村口"}
    open_matter(unit=under_way.place.village, procedure="report", data=data, by=PUBLIC, at=START, receipt=code, photos=photos)
    photo = MatterPhoto.objects.latest("pk")
    make_photo_ready.func(photo.pk)
    client = Client()
    client.post(reverse("follow"), {"code": code})
    page = reverse("follow_photo", args=[photo.pk, "small"])
    shown = client.get(page)
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    assert (shown.status_code, "no-store" in shown["Cache-Control"]) == (200, True)
    session = client.session
    session["receipt_since"] -= 3_600
    session.save()
    assert client.get(page).status_code == 404


def test_no_device_keeps_a_page_of_somebody_who_signed_in(under_way: UnderWay):
    client = Client()
    client.force_login(under_way.place.secretary)
    for page in (reverse("matter", args=[under_way.appraisal.pk]), reverse("people_excel"), reverse("matters")):
        assert client.get(page)["Cache-Control"] == "private, no-store"
    assert not Client().get(reverse("stars")).has_header("Cache-Control")
    assert not Client().get(reverse("stars")).has_header("X-Robots-Tag")


def test_what_is_too_large_for_any_form_is_refused_before_it_is_read():
    sent = [Client().generic("POST", reverse("follow"), b"code=x", FORM, CONTENT_LENGTH=str(length)) for length in (6, 10**9)]
    assert [one.status_code in (400, 413) for one in sent] == [False, True]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "nonsense"])
def test_a_week_that_nobody_books_is_the_present_one(place: Place, day: str):
    asked = Client().get(reverse("open_week", args=["booking", VILLAGE]), {"day": day})
    assert (asked.status_code, 'class="today"' in asked.text) == (200, True)


def test_what_is_wanted_is_told_to_nobody_once_it_is_private(place: Place):
    community = found("990101001", "文昌社区", "community", Unit.objects.get(code="990101"))
    cook = {"employer": "李记面馆", "sort": "shop", "work": "food", "hours": "full", "pay": "面议", "wanted": 1}
    matter = open_matter(unit=community, procedure="vacancy", data=cook, by=PUBLIC, at=START, receipt=new_receipt())
    take_step(matter=matter, verb="publish", by=SYSTEM, at=START)
    pairing = pairing_for(community)
    assert pairing is not None
    assert wanted_openly(pairing, [community], START.date()) == [fresh(matter)]
    Matter.objects.update(is_private=True)
    assert wanted_openly(pairing, [community], START.date()) == []
