"""Registers by year, names on notices, and the sheet of an appraisal: who reads what, and at what cost."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.procedures.actions.balloting import Papers, close_ballot, count_papers
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.models import Matter
from fanxing.records.actions.entries import add_record, correct_record
from fanxing.records.models import Record
from tests.procedures.test_honours import HEAD, NAMES, START, WORK, Place, honoured, noticed, place, shared, step

__all__ = ["place"]
LATER = datetime(2025, 7, 9, 4, tzinfo=UTC)
pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _summer(settings) -> None:
    settings.DEMO, settings.TODAY = True, date(2025, 7, 10)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def register(place: Place, name: str = "register") -> str:
    return reverse(name, args=[place.village.code, "honour_selection"])


def earlier(place: Place, year: int, people: int) -> None:
    data = {"title": "role_model", "people": people}
    add_record(unit=place.village, kind="honour", occurred_on=date(year, 10, 28), data=data, by=place.secretary, at=START)


def test_the_register_adds_up_all_years_whoever_entered_them(place: Place):
    earlier(place, 2023, 40)
    honoured(place)
    page = signed_in(place.secretary).get(register(place)).text
    assert "<strong>42</strong> 人次 · 2023 年以来" in page
    assert "孝亲敬老之星" in page
    assert NAMES in page
    assert signed_in(place.clerk).get(register(place, "register_excel")).status_code == 200


def test_where_the_record_does_not_say_how_long_it_holds_the_matter_does_and_its_page_says_what_it_left(place: Place):
    matter = honoured(place)
    client, until = signed_in(place.secretary), "2026年6月"
    assert until in client.get(register(place)).text
    record = Record.objects.get(kind="honour")
    correct_record(
        record=record, occurred_on=record.occurred_on, data={"title": "helping", "people": 2}, reason="写错了", by=SYSTEM, at=LATER
    )
    page = client.get(register(place)).text
    assert ("助人为乐之星" in page, until in page) == (True, True)
    page = client.get(reverse("matter", args=[matter.pk])).text
    assert re.search(r">评先树优：助人为乐之星[^<]*</a>", page)
    assert f"编号 {record.reference}" in page


def test_everybody_reads_the_counts_and_the_names_that_may_stand_there(place: Place, settings):
    honoured(place)
    assert NAMES in Client().get(register(place, "open_register")).text
    settings.TODAY = date(2026, 7, 1)
    page = Client().get(register(place, "open_register")).text
    assert (NAMES in page, "<strong>2</strong> 人次" in page) == (False, True)


def test_a_notice_shows_the_names_while_it_stands(place: Place, settings):
    settings.TODAY = date(2025, 6, 18)
    address = reverse("notice", args=[noticed(place).notices.get().notice.pk])
    assert NAMES in Client().get(address).text
    settings.TODAY = date(2025, 7, 10)
    assert NAMES not in Client().get(address).text


def test_whoever_applies_is_not_told_that_no_name_is_needed(place: Place):
    told = {id: "不用实名" in Client().get(f"/open/{id}/{place.village.code}/").text for id in ("selection_application", "report")}
    assert told == {"selection_application": False, "report": True}


def test_a_neighbour_and_those_without_an_account_find_no_register_of_the_ledger(place: Place):
    assert signed_in(place.neighbour).get(register(place)).status_code == 404
    assert signed_in(place.neighbour).get(register(place, "register_excel")).status_code == 404
    assert Client().get(register(place)).status_code == 302
    assert Client().get(reverse("open_register", args=[place.village.code, "report"])).status_code == 404


def test_the_register_asks_as_many_queries_for_one_record_as_for_many(place: Place):
    client, asked = signed_in(place.secretary), []
    for years in ((2024,), (2019, 2020, 2021, 2022, 2023)):
        for year in years:
            earlier(place, year, 5)
        client.get(register(place))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(register(place))
        asked.append(len(caught))
    assert asked[0] == asked[1]


def test_of_nine_papers_neither_the_sheet_nor_the_page_tells_a_figure(place: Place):
    matter = open_matter(unit=place.village, procedure="cadre_appraisal", data=WORK, by=place.clerk, at=START)
    matter = step(matter, "call", place.clerk, duties="all", held_on="2025-06-16", eligible=15)
    count_papers(matter=matter, papers=Papers(2, 7), by=place.clerk, at=START)
    close_ballot(matter=matter, by=place.clerk, at=START)
    for name in ("matter", "matter_sheet"):
        page = signed_in(place.clerk).get(reverse(name, args=[matter.pk])).text
        assert ("不显示票数" in page, "<dd>7" in page) == (True, False)


def test_whoever_holds_a_post_opens_their_own_there_though_it_permits_nothing_else(place: Place):
    head, address = signed_in(place.head), reverse("matter_new", args=[place.village.code, "cadre_appraisal"])
    assert reverse("matter_procedures", args=[place.village.code]) in head.get(reverse("matters")).text
    page = head.get(reverse("matter_procedures", args=[place.village.code])).text
    assert ("村干部年度考核" in page, "名册" in page) == (True, False)
    assert head.post(address, WORK).status_code == 302
    assert Matter.objects.get().opened_by == "head"
    assert signed_in(place.neighbour).get(address).status_code == 404


def test_only_those_who_may_read_what_is_personal_are_offered_to(place: Place):
    matter = shared(place, place.secretary)
    offered = {
        who: "会留下记录" in signed_in(getattr(place, who)).get(f"/matters/{matter.pk}/").text for who in ("secretary", "head", "clerk")
    }
    assert offered == {"secretary": False, "head": True, "clerk": True}


def test_the_sheet_tells_of_the_year_that_is_appraised_whenever_it_is_printed(place: Place, settings):
    for day, amount in ((date(2025, 6, 1), 31000), (date(2026, 2, 1), 5000)):
        data = {"source": "rent", "amount": amount}
        add_record(unit=place.village, kind="income", occurred_on=day, data=data, by=place.secretary, at=datetime(2026, 3, 1, tzinfo=UTC))
    matter = shared(place, place.head)
    settings.TODAY = date(2026, 3, 10)
    page = signed_in(place.head).get(reverse("matter_sheet", args=[matter.pk])).text
    assert ("按 2025年12月31日 的记录核算" in page, "3.1 万元" in page, "3.6 万元" in page) == (True, True, False)


def test_the_sheet_shows_measures_and_votes_and_tells_names_only_under_the_log(place: Place):
    matter = shared(place, place.head)
    address = reverse("matter_sheet", args=[matter.pk])
    page = signed_in(place.head).get(address).text
    assert "村集体经营性收入" in page
    assert "15 票" in page
    assert HEAD not in page
    assert HEAD in signed_in(place.head).post(address).text
    assert Event.objects.filter(action="procedures.read_personal", actor="head").exists()
    for other in (place.delegate, place.neighbour):
        assert signed_in(other).get(address).status_code == 404
