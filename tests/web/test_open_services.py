"""What everybody sees of a place: its guide, the week of its rooms, what came of reports; and the sheets with codes for its walls."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Assignment, Unit
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter
from fanxing.programme.actions import publish
from fanxing.records.actions.entries import add_record
from fanxing.scheme import read_folder
from tests.cast import FOUNDED, NOW, Cast

pytestmark = [pytest.mark.django_db]
LAMP = {"what": "facility", "detail": "路灯不亮", "place": "文化广场", "contact": "13800001234"}
HALL = {"room": "hall", "day": "2026-06-20", "slot": "morning", "purpose": "商量修路"}

SAY = """\
title: 说句话
basis: example
titled: what
opened_by: [resident]
asks: [what]
begins: said
shows: [what]
fields:
  what: {title: 内容, type: choice, required: yes, choices: {thanks: 感谢, wish: 希望}}
parties:
  resident: {title: 群众, at: anyone}
states:
  said: {title: 已说, within: [{working_days: 1}], then: close}
  closed: {title: 已结, ends: yes}
steps:
  - {verb: close, title: 结束, from: said, to: closed}
"""


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> None:
    """The programme that ships, in the small city."""
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def branch_secretary(cast: Cast) -> Client:
    """The secretary of the village, in the post of the programme that ships."""
    Assignment.objects.filter(person__user=cast.secretary).update(post="branch_secretary")
    client = Client()
    client.force_login(cast.secretary)
    return client


def test_the_week_of_a_room_shows_what_is_taken_and_by_whom_to_nobody(cast: Cast):
    open_matter(unit=cast.village, procedure="booking", data=HALL, by=SYSTEM, at=NOW)
    page = Client().get(reverse("open_week", args=["booking", cast.village.code]), {"day": "2026-06-20"})
    assert page.status_code == 200
    assert page.text.count("已约") == 1
    assert "商量修路" not in page.text
    assert Client().get(reverse("open_week", args=["report", cast.village.code])).status_code == 404


def test_what_is_taken_is_refused_in_words(cast: Cast):
    open_matter(unit=cast.village, procedure="booking", data=HALL, by=SYSTEM, at=NOW)
    page = reverse("open_new", args=["booking", cast.village.code])
    client = Client(REMOTE_ADDR="203.0.113.21")
    ticket = client.get(page).text.split('name="ticket" value="')[1].split('"')[0]
    answer = client.post(page, HALL | {"ticket": ticket})
    assert answer.status_code == 422
    assert Matter.objects.filter(procedure_id="booking").count() == 1


def test_the_guide_stands_on_a_public_page(cast: Cast):
    page = reverse("services", args=[cast.village.code])
    assert Client().get(page).status_code == 404
    data = {"item": "办老年优待证", "group": "benefit", "link": "javascript:alert(1)"}
    add_record(unit=cast.village, kind="service_item", occurred_on=FOUNDED, data=data, by=SYSTEM, at=NOW)
    told = Client().get(page).text
    assert "办老年优待证" in told
    assert 'href="javascript' not in told


def test_what_came_of_reports_is_told_without_what_is_personal(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="report", data=LAMP, by=SYSTEM, at=NOW)
    for verb, data in (("accept", {}), ("done", {"result": "换了灯"}), ("pass", {})):
        take_step(matter=matter, verb=verb, data=data, by=SYSTEM, at=NOW)
    page = Client().get(reverse("open_closed", args=["report", cast.village.code])).text
    assert "换了灯" in page
    assert not [part for part in ("1380000", "138*") if part in page]
    assert "路灯不亮" not in page


def test_what_everybody_may_open_is_listed(cast: Cast):
    page = Client().get(reverse("open_procedures")).text
    assert reverse("open_places", args=["report"]) in page
    assert "矛盾调解" not in page


def test_what_may_be_urgent_stands_first_and_vacancies_are_found_without_registering(cast: Cast):
    page = Client().get(reverse("open_procedures")).text
    places = [page.index(reverse("open_places", args=[one])) for one in ("report", "booking", "job_seeker")]
    assert places == sorted(places)
    assert page.index(reverse("pairs_open")) < page.index(reverse("open_places", args=["job_seeker"]))
    assert reverse("pairs_open") in Client().get(reverse("open_places", args=["job_seeker"])).text
    assert reverse("pairs_open") not in Client().get(reverse("open_places", args=["report"])).text


def test_a_room_is_not_booked_for_a_day_that_is_over(cast: Cast):
    page = reverse("open_new", args=["booking", cast.village.code])
    client = Client(REMOTE_ADDR="203.0.113.22")
    shown = client.get(page).text
    assert reverse("open_week", args=["booking", cast.village.code]) in shown
    ticket = shown.split('name="ticket" value="')[1].split('"')[0]
    answer = client.post(page, HALL | {"day": "2020-01-01", "ticket": ticket})
    assert (answer.status_code, "这一天已经过去" in answer.text) == (422, True)
    assert not Matter.objects.exists()


def test_whoever_booked_sees_by_the_code_what_they_booked_and_may_cancel_it(cast: Cast):
    page = reverse("open_new", args=["booking", cast.village.code])
    client = Client(REMOTE_ADDR="203.0.113.23")
    ticket = client.get(page).text.split('name="ticket" value="')[1].split('"')[0]
    seen = client.post(page, HALL | {"day": "2999-06-20", "ticket": ticket}, follow=True).text
    assert "已提交" in seen
    assert all(words in seen for words in ("2999年6月20日", "商量修路", "凭它看进度、取消预约。"))
    assert "要求重办" not in seen
    assert '<button class="btn btn-plain">取消预约</button>' in seen


def test_what_a_matter_is_about_stands_first_then_the_step_that_leads_on_then_the_others(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="report", data=LAMP | {"what": "road"}, by=SYSTEM, at=NOW)
    take_step(matter=matter, verb="accept", data={}, by=SYSTEM, at=NOW)
    page = branch_secretary(cast).get(reverse("matter", args=[matter.pk])).text
    steps = [page.index(reverse("matter_step", args=[matter.pk, verb])) for verb in ("done", "give_back", "hand_up")]
    assert [page.index("路灯不亮"), *steps] == sorted([page.index("路灯不亮"), *steps])


def test_what_was_handed_up_waits_for_the_unit_above_and_names_it(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="report", data=LAMP | {"what": "road"}, by=SYSTEM, at=NOW)
    take_step(matter=matter, verb="accept", data={}, by=SYSTEM, at=NOW)
    take_step(matter=Matter.objects.get(), verb="hand_up", data={}, reason="要停电", by=SYSTEM, at=NOW)
    page = branch_secretary(cast).get(reverse("matter", args=[matter.pk])).text
    assert f"<dd>乡镇（{cast.town.name}）</dd>" in page


def test_what_matters_leave_by_themselves_is_not_asked_again(cast: Cast):
    client = branch_secretary(cast)
    kinds = client.get(reverse("record_kinds", args=[cast.village.code])).text
    assert "在“事项”里办的“随手拍”办结时自动登记" in kinds
    assert reverse("record_new", args=[cast.village.code, "report"]) in kinds
    home = client.get(reverse("unit", args=[cast.village.code])).text
    assert reverse("matter_new", args=[cast.village.code, "report"]) in home
    assert reverse("record_new", args=[cast.village.code, "report"]) not in home


def test_codes_for_walls_are_printed_by_those_of_the_place_alone(cast: Cast):
    page = reverse("place_codes", args=[cast.village.code, "report"])
    client = Client()
    client.force_login(cast.outsider)
    assert client.get(page).status_code == 404
    client.force_login(cast.colleague)
    assert client.get(page).status_code == 404
    client.force_login(cast.clerk)
    assert client.get(page).status_code == 200


def test_what_came_of_many_reports_costs_no_more_queries_than_of_one(cast: Cast, django_assert_num_queries):
    page = reverse("open_closed", args=["report", cast.village.code])

    def close(result: str) -> None:
        matter = open_matter(unit=cast.village, procedure="report", data=LAMP, by=SYSTEM, at=NOW)
        for verb, data in (("accept", {"body": cast.village.code}), ("done", {"result": result}), ("pass", {})):
            take_step(matter=matter, verb=verb, data=data, by=SYSTEM, at=NOW)

    close("换了灯")
    client = Client()
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    for number in range(4):
        close(f"修了 {number}")
    with django_assert_num_queries(len(asked)):
        assert "修了 3" in client.get(page).text


def test_the_place_is_chosen_from_the_tree_or_by_its_name(cast: Cast):
    page, client = reverse("open_places", args=["report"]), Client()
    towns = client.get(page).text
    assert f'href="?in={cast.town.code}"' in towns
    below = client.get(page, {"in": cast.town.code}).text
    assert reverse("open_new", args=["report", cast.village.code]) in below
    assert reverse("open_new", args=["report", cast.other_village.code]) not in below
    named = client.get(page, {"q": "柳河"}).text
    assert reverse("open_new", args=["report", cast.village.code]) in named
    assert client.get(page, {"in": "nowhere"}).status_code == 404
    with CaptureQueriesContext(connection) as queries:
        client.get(page, {"in": cast.city.code})
    assert len(queries) <= 6


@pytest.mark.parametrize("kinds", ["", "kinds: [township, village]\n"])
def test_where_a_place_has_places_below_it_both_are_reached_down_the_tree(cast: Cast, kinds: str):
    published = {**read_folder("five-star"), "procedures/say.yaml": kinds + SAY}
    publish(files=published, document_number="示例 2 号", unit=cast.city, valid_from=FOUNDED + timedelta(days=1), by=SYSTEM, at=NOW)
    page, client = reverse("open_places", args=["say"]), Client()

    def leads_to(text: str, unit: Unit) -> list[bool]:
        """Whether one may open it in the unit, and look further down from it."""
        return [f'href="{reverse("open_new", args=["say", unit.code])}"' in text, f'href="?in={unit.code}"' in text]

    root = client.get(page).text
    town = client.get(page, {"in": cast.town.code}).text
    below = client.get(page, {"in": cast.village.code}).text
    assert (leads_to(root, cast.town), leads_to(root, cast.city)) == ([False, True], [not kinds, False])
    assert (leads_to(town, cast.town), leads_to(town, cast.village)) == ([True, False], [True, False])
    assert leads_to(below, cast.village) == [True, False]


def test_whoever_seeks_a_unit_above_goes_on_below_it_and_one_that_has_no_such_matters_is_told(cast: Cast):
    found = Client().get(reverse("open_places", args=["report"]), {"q": cast.town.name}).text
    assert f'href="?in={cast.town.code}"' in found
    told = Client().get(reverse("open_places", args=["job_seeker"]), {"q": cast.village.name}).text
    assert f"{cast.village.name}不受理" in told
    assert "没有找到" in Client().get(reverse("open_places", args=["job_seeker"]), {"q": "没有的地方"}).text


def test_a_way_down_that_leads_to_no_place_is_not_shown(cast: Cast):
    Unit.objects.filter(pk=cast.other_village.pk).update(kind="enterprise")
    towns = Client().get(reverse("open_places", args=["report"]), {"in": cast.city.code}).text
    assert cast.town.name in towns
    assert cast.other_town.name not in towns


def test_where_the_reporter_stands_is_offered_never_shown_and_kept_apart(cast: Cast):
    form = Client().get(reverse("open_new", args=["report", cast.village.code])).text
    assert 'data-locate="id_position" hidden' in form
    where = "北纬 34.76312，东经 113.64537（约 20 米内）"
    matter = open_matter(unit=cast.village, procedure="report", data=LAMP | {"position": where}, by=SYSTEM, at=NOW)
    assert "position" not in matter.data
    assert where not in Client().get(reverse("open_matter", args=[matter.pk])).text
