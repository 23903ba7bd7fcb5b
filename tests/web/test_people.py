"""People, their posts and who answers for a place, on the pages."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import polars as pl
import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib import clock
from fanxing.organisations.actions.people import assign, create_person, end_assignment
from fanxing.organisations.actions.rotas import Rhythm, make_rota
from fanxing.organisations.actions.terms import stand_in
from fanxing.organisations.models import Assignment, Person, Post, Rota, Unit
from fanxing.organisations.particulars import Particulars
from fanxing.programme.models import Publication
from tests.cast import FOUNDED, NOW, Cast, found
from tests.web.conftest import LONG, published

Read = Callable[[User, str], str]
POSTS = """beside:
  grid: {title: 网格, is: place}
  committee: {title: 党委, is: party}
posts:
  head: {title: 网格长, permissions: no_access, kinds: [grid], establishment: {grid: 1}, phone: public, named: yes}
  duty: {title: 值班员, permissions: no_access, phone: colleagues}
  member: {title: 党员岗, permissions: no_access, side: members}
  chair: {title: 村主任, permissions: no_access, kinds: [village], side: management}
"""
NUMBER = "13800005678"


def today():
    return clock.today()


@pytest.fixture
def programme(cast: Cast) -> Publication:
    """The small programme, with grids, a post whose number is public and one that colleagues may ask for."""
    text = LONG.replace("posts:\n", POSTS).replace("kinds: [village]}", "kinds: [village], side: party}", 1)
    return published(cast, **{"scheme.yaml": text})


@pytest.fixture
def grid(cast: Cast, programme: Publication) -> Unit:
    return found("990101201W1", "第一网格", "grid", cast.village)


def give(name: str, unit: Unit, post: str, **more: object) -> Assignment:
    person = create_person(name=name, unit=unit, by=SYSTEM, at=NOW)
    return assign(person=person, unit=unit, post=Post.objects.get(pk=post), valid_from=FOUNDED, by=SYSTEM, at=NOW, **more)


@pytest.fixture
def head(grid: Unit) -> Assignment:
    return give("王芳", grid, "head", particulars=Particulars(phone="0374-1234567", hours="每天 8:00—20:00"))


@pytest.fixture
def duty(cast: Cast, programme: Publication) -> Assignment:
    return give("李小满", cast.village, "duty", particulars=Particulars(phone=NUMBER, scope="3、4 号楼"))


# Who answers for a place


def test_a_unit_tells_who_answers_for_it_and_for_its_grids(cast: Cast, head: Assignment, duty: Assignment, read: Read):
    page = read(cast.secretary, "/units/990101201/")
    assert re.findall(r'answers-post">(\S+?)<', page) == ["值班员", "支部书记", "网格长"]
    assert [name in page for name in ("林秀英", "李小满", "王芳", "0374-1234567", "138****5678", NUMBER, "3、4 号楼")] == [
        True, True, True, True, True, False, True,
    ]  # fmt: skip


def test_everybody_sees_posts_and_only_the_names_and_numbers_that_may_be_public(
    client: Client, cast: Cast, head: Assignment, duty: Assignment
):
    from fanxing.scoring.actions import rate_all

    rate_all(publication=Publication.objects.get(), by=SYSTEM, at=NOW)
    page = client.get("/units/990101201/").text
    assert [words in page for words in ("支部书记", "值班员", "网格长", "王芳", "0374-1234567", "每天 8:00—20:00")] == [True] * 6
    assert [words in page for words in ("林秀英", "李小满", "5678", "3、4 号楼")] == [False] * 4


def test_a_number_is_shown_whole_to_whom_the_post_says_and_that_is_logged(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.secretary)
    address = f"/terms/{duty.pk}/phone/"
    assert NUMBER in client.post(address).text
    assert client.post(address, headers={"HX-Request": "true"}).text.strip() == f'<a class="num-code" href="tel:{NUMBER}">{NUMBER}</a>'
    assert Event.objects.filter(action="organisations.read_phone", actor="secretary").count() == 2
    for user in (cast.colleague, cast.outsider, cast.stranger):
        client.force_login(user)
        assert client.post(address).status_code == 404
    assert client.get(address).status_code == 405


def test_who_answers_takes_as_many_queries_for_many_as_for_one(
    client: Client, cast: Cast, head: Assignment, duty: Assignment, django_assert_max_num_queries
):
    client.force_login(cast.secretary)
    with_few = count_queries(client, "/units/990101201/")
    for number in range(5):
        give(f"张{number}", found(f"990101201W{number + 2}", f"第{number + 2}网格", "grid", cast.village), "head")
    assert count_queries(client, "/units/990101201/") == with_few


def count_queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_party_organisations_below_a_unit_stand_on_its_page(cast: Cast, programme: Publication, read: Read):
    found("990101201D1", "柳河村党委", "committee", cast.village)
    assert "柳河村党委" in read(cast.secretary, "/units/990101201/")


# The list


def names_in(page: str) -> list[str]:
    return re.findall(r'class="head"><a href="/people/\d+/">(\S+?)<', page)


def test_people_are_listed_in_the_order_of_the_tree_and_found_by_initials(cast: Cast, head: Assignment, duty: Assignment, read: Read):
    assert names_in(read(cast.clerk, "/people/")) == ["赵敏", "陈晓梅", "李小满", "林秀英", "王芳", "周志强"]
    assert names_in(read(cast.clerk, "/people/?q=lxm")) == ["李小满"]
    assert names_in(read(cast.clerk, "/people/?under=990101201&q=王")) == ["王芳"]
    assert names_in(read(cast.clerk, "/people/?post=secretary")) == ["林秀英", "周志强"]
    assert NUMBER not in read(cast.clerk, "/people/")


def test_one_sees_the_people_of_ones_own_units_alone(client: Client, cast: Cast, head: Assignment, read: Read):
    assert names_in(read(cast.outsider, "/people/")) == ["吴建国"]
    assert names_in(read(cast.colleague, "/people/")) == ["周志强"]
    client.force_login(cast.outsider)
    assert client.get("/people/?under=990101201").status_code == 404
    assert client.get(f"/people/{head.person_id}/").status_code == 404
    assert client.get(f"/terms/{head.pk}/end/").status_code == 404
    client.force_login(cast.stranger)
    assert [client.get(one).status_code for one in ("/people/", "/people/vacancies/", "/people.xlsx")] == [403] * 3
    client.logout()
    assert client.get("/people/").status_code == 302


def test_the_list_takes_as_many_queries_for_many_as_for_one(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    with_few = count_queries(client, "/people/")
    for number in range(8):
        give(f"张{number}", cast.village, "duty")
    assert count_queries(client, "/people/") == with_few


def test_terms_are_filtered_by_how_they_stand(cast: Cast, duty: Assignment, read: Read):
    soon = give("孙小雨", cast.village, "chair", valid_to=today() + timedelta(20))
    give("钱多", cast.village, "duty", valid_to=today() - timedelta(20))
    create_person(name="郑闲", unit=cast.village, by=SYSTEM, at=NOW)
    stand_in(assignment=soon, person=duty.person, valid_from=today(), valid_to=today() + timedelta(5), by=SYSTEM, at=NOW)
    assign(person=cast.secretary.person, unit=cast.village, post=soon.post, valid_from=today(), by=SYSTEM, at=NOW)
    listed = {state: names_in(read(cast.clerk, f"/people/?under=990101201&state={state}")) for state in ("ending", "past", "none", "both")}
    assert listed == {"ending": ["孙小雨", "李小满"], "past": ["钱多"], "none": ["钱多", "郑闲"], "both": ["林秀英", "林秀英"]}
    assert names_in(read(cast.clerk, "/people/?state=stand-ins")) == ["李小满"]


def test_the_list_goes_out_as_excel_with_numbers_and_that_is_logged(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    table = pl.read_excel(io.BytesIO(client.get("/people.xlsx?under=990101201").content))
    rows = table.select("姓名", "单位", "岗位", "电话").rows()
    assert rows == [("李小满", "柳河村", "值班员", NUMBER), ("林秀英", "柳河村", "支部书记", None)]
    event = Event.objects.latest("id")
    assert (event.action, event.summary) == ("organisations.export_people", "导出柳河村人员表 2 行，其中电话 1 个")


def test_vacant_posts_are_listed_with_the_way_to_fill_them(client: Client, cast: Cast, grid: Unit, read: Read):
    page = read(cast.clerk, "/people/vacancies/?under=990101201")
    assert "/units/990101201W1/appoint/?post=head" in page
    assert "appoint" not in read(cast.secretary, "/people/vacancies/")
    table = pl.read_excel(io.BytesIO(client.get("/people/vacancies.xlsx").content))
    assert table.rows() == [("990101201W1", "第一网格", "网格", "网格长", 1, 0, 1, None)]


# Doing something


def confirm(client: Client, address: str, data: dict[str, object]):
    preview = client.post(address, {**data, "step": "preview", "key": "k1"})
    assert preview.status_code == 200, preview.text
    return preview, client.post(address, {**data, "step": "confirm", "key": "k1"}, follow=True)


def test_somebody_new_is_appointed_after_a_look_at_what_will_happen(client: Client, cast: Cast, grid: Unit):
    client.force_login(cast.clerk)
    form = client.get("/units/990101201W1/appoint/").text
    assert re.findall(r'<option value="([^"]*)"(?: selected)?>', form)[0] == ""
    data = {"person": "王芳", "post": "head", "first": "2026-01-01", "last": "2099-12-31", "phone": "0374-1234567"}
    preview, done = confirm(client, "/units/990101201W1/appoint/", data)
    assert "在第一网格登记人员王芳。" in preview.text
    assert "自2026年1月1日起，至2099年12月31日，王芳任第一网格网格长。" in preview.text
    held = Assignment.objects.get(post="head")
    assert (held.person.name, str(held.valid_to), held.phone) == ("王芳", "2100-01-01", "0374-1234567")
    assert done.redirect_chain == [(f"/people/{held.person_id}/", 302)]
    client.post("/units/990101201W1/appoint/", {**data, "step": "confirm", "key": "k1"})
    second = client.post("/units/990101201W1/appoint/", {**data, "person": "李芳", "step": "preview", "key": "k2"})
    assert "王芳已在任这个岗位，不因此结束" in second.text
    assert (Assignment.objects.filter(post="head").count(), Person.objects.filter(name="王芳").count()) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"person": ""}, "这个字段是必填项"),
        ({"person": "99999"}, "没有这个编号的人"),
        ({"post": ""}, "请选择岗位"),
        ({"phone": "打我手机"}, "写成 0374-1234567"),
        ({"last": "2025-12-31"}, "不能早于 2026-01-01"),
        ({"post": "secretary"}, "选择一个有效的选项"),
        ({"scope": "信教户"}, "不写“信教”"),
    ],
)
def test_what_is_wrong_with_an_appointment_is_said_at_the_field(client: Client, cast: Cast, grid: Unit, changed: dict, fault: str):
    client.force_login(cast.clerk)
    data = {"person": "王芳", "post": "head", "first": "2026-01-01", "step": "preview"}
    response = client.post("/units/990101201W1/appoint/", data | changed)
    assert response.status_code == 422
    assert fault in response.text
    assert not Person.objects.filter(name="王芳").exists()


def choices(page: str) -> list[tuple[str, str, str]]:
    """(value, what it is called, what tells them apart) of everybody offered."""
    row = r'type="radio" name="which_\d" value="([^"]*)"(?: checked)?><span>([^<]*)(?:<small>([^<]*)</small>)?'
    return re.findall(row, page)


@pytest.fixture
def namesakes(cast: Cast, grid: Unit) -> list[Person]:
    """Two of one name in the village, one of them at a post, and one in a village of another township."""
    two = [give("王芳", cast.village, "duty", particulars=Particulars(phone=NUMBER)).person]
    return [*two, *(create_person(name="王芳", unit=unit, by=SYSTEM, at=NOW) for unit in (cast.village, cast.other_village))]


def test_of_two_of_one_name_nobody_is_taken_who_was_not_chosen(client: Client, cast: Cast, namesakes: list[Person]):
    client.force_login(cast.clerk)
    data = {"person": "王芳", "post": "chair", "first": "2026-01-01"}
    asked = client.post("/units/990101201/appoint/", {**data, "step": "preview"})
    assert (asked.status_code, "登记了 2 位“王芳”，请在下面选定是哪一位" in asked.text) == (422, True)
    first, second, _ = namesakes
    assert choices(asked.text) == [
        (f"{first.pk}:王芳", f"编号 {first.pk}，登记在柳河村", "柳河村值班员，2020年1月1日起，电话 138****5678"),
        (f"{second.pk}:王芳", f"编号 {second.pk}，登记在柳河村", "没有查到在任的岗位"),
        ("new:王芳", "不是以上任何一位，是另一位同名的人（先登记）", ""),
    ]
    assert " checked" not in asked.text
    assert client.post("/units/990101201/appoint/", {**data, "step": "confirm", "key": "k0"}).status_code == 422
    preview, _ = confirm(client, "/units/990101201/appoint/", {**data, "which_0": f"{second.pk}:王芳"})
    assert f"王芳是已登记的编号 {second.pk}" in preview.text
    assert Assignment.objects.get(post="chair").person == second


def test_somebody_new_may_bear_the_name_of_others(client: Client, cast: Cast, namesakes: list[Person]):
    client.force_login(cast.clerk)
    data = {"person": "王芳", "post": "chair", "first": "2026-01-01", "which_0": "new:王芳"}
    preview, _ = confirm(client, "/units/990101201/appoint/", data)
    assert "在柳河村登记人员王芳，和已登记的 2 位同名的人不是同一人。" in preview.text
    held = Assignment.objects.get(post="chair").person
    assert (held in namesakes, held.unit) == (False, cast.village)


def test_what_was_chosen_of_one_name_says_nothing_of_another(client: Client, cast: Cast, namesakes: list[Person]):
    for _ in range(2):
        create_person(name="李强", unit=cast.village, by=SYSTEM, at=NOW)
    client.force_login(cast.clerk)
    data = {"person": "李强", "post": "chair", "first": "2026-01-01", "step": "preview"}
    for chosen in ("new:王芳", f"{namesakes[0].pk}:李强", "9999:李强"):
        assert client.post("/units/990101201/appoint/", data | {"which_0": chosen}).status_code == 422


def test_who_is_known_and_alone_is_told_and_may_be_somebody_else(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    data = {"person": "李小满", "post": "chair", "first": "2026-01-01"}
    preview = client.post("/units/990101201/appoint/", {**data, "step": "preview"}).text
    assert f"李小满是已登记的编号 {duty.person_id}；如果是另一位同名的人，请返回修改，另选。" in preview
    assert f'name="which_0" value="{duty.person_id}:李小满"' in preview
    again = client.post("/units/990101201/appoint/", {**data, "step": "edit", "which_0": f"{duty.person_id}:李小满"}).text
    assert [value for value, *_ in choices(again)] == [f"{duty.person_id}:李小满", "new:李小满"]
    confirm(client, "/units/990101201/appoint/", {**data, "which_0": "new:李小满"})
    assert Assignment.objects.get(post="chair").person != duty.person


def test_a_number_goes_with_its_name(client: Client, cast: Cast, namesakes: list[Person]):
    client.force_login(cast.clerk)
    data = {"post": "chair", "first": "2026-01-01", "step": "preview"}
    sent = [f"{namesakes[1].pk} 王芳", f"{namesakes[1].pk}", f"{namesakes[1].pk} 王方", f"{namesakes[2].pk} 王芳"]
    found = [client.post("/units/990101201/appoint/", data | {"person": text}).status_code for text in sent]
    assert found == [200, 200, 422, 422]


def test_who_stands_in_takes_over_or_takes_turns_is_told_apart_too(client: Client, cast: Cast, duty: Assignment, namesakes: list[Person]):
    client.force_login(cast.clerk)
    second = namesakes[1]
    for address, data in (
        (f"/terms/{duty.pk}/stand-in/", {"person": "王芳", "first": "2026-06-01", "last": "2099-06-10"}),
        (f"/people/{duty.person_id}/hand-over/", {"person": "王芳", "on": "2026-06-01"}),
        ("/units/990101201/rotas/new/", {
            "called": "值守", "post": "member", "people": "王芳\n李小满", "first": "2026-06-01", "last": "2026-06-04", "days": 1,
        }),
    ):  # fmt: skip
        asked = client.post(address, {**data, "step": "preview"})
        assert asked.status_code == 422
        assert [value for value, *_ in choices(asked.text)] == [f"{one.pk}:王芳" for one in namesakes[:2]]
        assert client.post(address, {**data, "which_0": f"{second.pk}:王芳", "step": "preview"}).status_code == 200


def test_an_address_and_a_title_bear_no_name(client: Client, cast: Cast):
    idle = Person.objects.get(user=cast.stranger)
    client.force_login(cast.desk)
    listed = client.get("/people/", {"state": "none"}).text
    assert (f'appoint/?person={idle.pk}"' in listed, quote(idle.name) in listed) == (True, False)
    assert f'value="{idle.pk} {idle.name}"' in client.get("/units/990000/appoint/", {"person": idle.pk}).text
    title = client.get(f"/people/{idle.pk}/").text.partition("</title>")[0]
    assert idle.name not in title
    client.force_login(cast.clerk)
    assert client.get("/units/990101/appoint/", {"person": idle.pk}).status_code == 404


def test_only_who_keeps_people_appoints(client: Client, cast: Cast, grid: Unit):
    for user, status in ((cast.secretary, 404), (cast.reviewer, 404), (cast.outsider, 404), (cast.stranger, 404)):
        client.force_login(user)
        assert client.get("/units/990101201W1/appoint/").status_code == status
    client.force_login(cast.clerk)
    page = client.get("/units/990101/appoint/").text
    assert re.findall(r'<option value="(\w+)"[^>]*>', page) == ["clerk", "duty", "member"]


def test_a_term_is_renewed_described_stood_in_for_and_ended(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    base = f"/terms/{duty.pk}"
    confirm(client, f"{base}/describe/", {"phone": "0374-7654321", "scope": "5 号楼"})
    preview, _ = confirm(client, f"{base}/stand-in/", {"person": "赵敏", "first": "2026-06-01", "last": "2099-06-10"})
    assert "由赵敏代行柳河村值班员（李小满）" in preview.text
    assert client.get(f"{base}/renew/").status_code == 404
    confirm(client, f"{base}/end/", {"last": "2098-12-31"})
    confirm(client, f"{base}/renew/", {"last": "2099-12-31"})
    duty.refresh_from_db()
    assert (duty.phone, duty.scope, str(duty.valid_to)) == ("0374-7654321", "5 号楼", "2100-01-01")
    replacing = duty.stand_ins.get()
    assert (replacing.person.name, str(replacing.valid_to)) == ("赵敏", "2099-01-01")
    assert "代 李小满" in client.get(f"/people/{replacing.person_id}/").text


def test_a_leave_that_ends_early_is_ended_from_the_page_of_who_was_away(client: Client, cast: Cast, duty: Assignment):
    replacing = stand_in(
        assignment=duty, person=cast.stranger.person, valid_from=today(), valid_to=today() + timedelta(9), by=SYSTEM, at=NOW
    )
    page, end = f"/people/{duty.person_id}/", f"/terms/{replacing.pk}/end/"
    client.force_login(cast.secretary)
    assert end not in client.get(page).text
    client.force_login(cast.clerk)
    assert f'href="{end}">提前结束' in client.get(page).text
    preview, _ = confirm(client, end, {"last": str(today())})
    assert "何伟代行柳河村值班员（李小满）到" in preview.text
    assert "空缺" not in preview.text
    replacing.refresh_from_db()
    duty.refresh_from_db()
    assert (replacing.valid_to, duty.valid_to) == (today() + timedelta(1), None)


def test_a_mobile_number_that_goes_over_with_a_post_is_told(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    preview = client.post(f"/people/{duty.person_id}/hand-over/", {"person": "赵敏", "on": str(today()), "step": "preview"}).text
    assert ("写着手机号的" in preview, f"赵敏（编号 {cast.clerk.person.pk}）登记在石桥镇" in preview) == (True, True)


def test_a_refusal_of_the_action_stands_on_the_form(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    response = client.post(f"/terms/{duty.pk}/end/", {"last": "2019-01-01", "step": "preview"})
    assert (response.status_code, "不能更早结束" in response.text) == (422, True)


def test_everything_is_handed_over_in_one_go(client: Client, cast: Cast, duty: Assignment):
    leaving = cast.secretary.person
    client.force_login(cast.clerk)
    preview, _ = confirm(client, f"/people/{leaving.pk}/hand-over/", {"person": "李小满", "on": str(today())})
    assert "柳河村支部书记" in preview.text
    assert {one.post_id for one in duty.person.assignments.filter(valid_to=None)} == {"duty", "secretary"}
    client.force_login(cast.colleague)
    assert client.get(f"/people/{leaving.pk}/hand-over/").status_code == 404
    client.force_login(cast.reviewer)
    assert client.get(f"/people/{leaving.pk}/hand-over/").status_code == 403


def test_a_person_is_renamed_where_they_are_kept(client: Client, cast: Cast, duty: Assignment):
    page = f"/people/{duty.person_id}/"
    end_assignment(assignment=duty, valid_to=today(), by=SYSTEM, at=NOW)
    client.force_login(cast.clerk)
    assert f"{page}rename/" in client.get(page).text
    assert "是当时的记载，不会改动" in client.get(f"{page}rename/").text
    preview, done = confirm(client, f"{page}rename/", {"name": "李小曼"})
    assert "李小满的姓名更正为李小曼，现任和任过的岗位都显示新的姓名。" in preview.text
    assert [words in done.text for words in ("李小曼", "李小满")] == [True, False]
    assert "李小曼" in client.get("/people/", {"state": "past"}).text


def test_nobody_else_renames_a_person(client: Client, cast: Cast, duty: Assignment):
    page = f"/people/{duty.person_id}/"
    for user, status in ((cast.reviewer, 403), (cast.secretary, 403), (cast.colleague, 404), (cast.outsider, 404), (cast.stranger, 404)):
        client.force_login(user)
        sent = client.post(f"{page}rename/", {"name": "李小曼", "step": "confirm", "key": "k1"})
        assert (client.get(f"{page}rename/").status_code, sent.status_code) == (status, status)
        assert "rename" not in client.get(page).text
    assert Person.objects.get(pk=duty.person_id).name == "李小满"


def test_a_person_is_moved(client: Client, cast: Cast, duty: Assignment):
    client.force_login(cast.clerk)
    confirm(client, f"/people/{duty.person_id}/move/", {"unit": "990101202"})
    person = Person.objects.get(pk=duty.person_id)
    assert person.unit == cast.neighbour
    refused = client.post(f"/people/{duty.person_id}/move/", {"unit": "990102201", "step": "preview"})
    assert (refused.status_code, "没有您可以管理人员的" in refused.text) == (422, True)


# Rotas


def test_a_rota_is_made_shown_changed_and_stopped(client: Client, cast: Cast, duty: Assignment):
    people = [create_person(name=name, unit=cast.village, by=SYSTEM, at=NOW) for name in ("甲一", "乙二")]
    client.force_login(cast.clerk)
    first, last = today(), today() + timedelta(3)
    data = {"called": "两委轮值", "post": "duty", "people": "甲一\n乙二", "first": str(first), "last": str(last), "days": 1}
    preview, done = confirm(client, "/units/990101201/rotas/new/", data)
    assert "2 人轮流任值班员，共 4 班" in preview.text
    rota = Rota.objects.get()
    assert done.redirect_chain == [(f"/rotas/{rota.pk}/", 302)]
    assert re.findall(r"<strong><a href=\"/people/\d+/\">(\S+?)<", done.text) == ["甲一", "乙二", "甲一", "乙二"]
    turn = rota.turns.order_by("valid_from").last()
    confirm(client, f"/terms/{turn.pk}/turn/", {"person": str(people[0].pk)})
    confirm(client, f"/rotas/{rota.pk}/stop/", {"on": str(first + timedelta(2))})
    assert len(re.findall(r'class="turn[ "]', client.get(f"/rotas/{rota.pk}/").text)) == 2


def test_a_rota_is_seen_where_its_unit_is(client: Client, cast: Cast, duty: Assignment, read: Read):
    people = [create_person(name=name, unit=cast.village, by=SYSTEM, at=NOW) for name in ("甲一", "乙二")]
    rota = make_rota(unit=cast.village, post=duty.post, title="两委轮值", people=people, rhythm=Rhythm(today(), today()), by=SYSTEM, at=NOW)
    assert "甲一" in read(cast.secretary, f"/rotas/{rota.pk}/")
    for user in (cast.colleague, cast.outsider, cast.stranger):
        client.force_login(user)
        assert client.get(f"/rotas/{rota.pk}/").status_code == 404
        assert client.get(f"/rotas/{rota.pk}/stop/").status_code == 404


def test_there_is_a_place_for_people_in_the_menu_of_who_may_see_them(cast: Cast, programme: Publication, read: Read):
    assert 'href="/people/"' in read(cast.clerk, "/inbox/")
    assert 'href="/people/"' not in read(cast.stranger, "/inbox/")


# Members without office


def test_members_without_office_are_listed_with_what_is_lacking_and_taken_out_as_excel(
    client: Client, cast: Cast, grid: Unit, head: Assignment, read: Read
):
    give("张三", grid, "member", particulars=Particulars(scope="巡查岗", duty="每周巡查", reward="记时长"))
    give("李四", cast.village, "member", particulars=Particulars(scope="调解岗", duty="劝和"))
    page = read(cast.clerk, "/people/placed/")
    assert names_in(page) == ["李四", "张三"]
    assert [words in page for words in ("第一网格", "每周巡查", "记时长", "未定奖", "未定责", "王芳")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert "补上" in page
    assert "补上" not in read(cast.secretary, "/people/placed/?under=990101201")
    client.force_login(cast.clerk)
    table = pl.read_excel(io.BytesIO(client.get("/people/placed.xlsx").content))
    assert table.rows()[1][:7] == ("990101201W1", "第一网格", "张三", "党员岗", "巡查岗", "每周巡查", "记时长")
    assert names_in(read(cast.colleague, "/people/placed/")) == []
    client.force_login(cast.stranger)
    assert [client.get(one).status_code for one in ("/people/placed/", "/people/placed.xlsx")] == [403, 403]


def test_a_post_for_members_is_none_of_the_two_sides(cast: Cast, duty: Assignment, read: Read):
    secretary = Person.objects.get(user=cast.secretary)
    assign(person=secretary, unit=cast.village, post=Post.objects.get(pk="member"), valid_from=FOUNDED, by=SYSTEM, at=NOW)
    assert names_in(read(cast.clerk, "/people/?state=both")) == []
    assign(person=secretary, unit=cast.village, post=Post.objects.get(pk="chair"), valid_from=FOUNDED, by=SYSTEM, at=NOW)
    assert names_in(read(cast.clerk, "/people/?state=both")) == ["林秀英", "林秀英"]
