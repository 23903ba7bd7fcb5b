"""Signing in and out, stepping into a role of the demo, and changing one's password."""

import pytest
from django.test import Client

from fanxing.accounts.actions import deactivate_user, set_password
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from tests.cast import NOW, Cast

PASSWORD = "correct-horse-9"
SIGN_IN = "/sign-in/"


@pytest.fixture
def staff(cast: Cast) -> Cast:
    """The cast, the secretary with a password."""
    set_password(user=cast.secretary, password=PASSWORD, by=SYSTEM, at=NOW)
    return cast


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in_and_leads_where_one_wanted_to_go(client: Client, staff: Cast):
    response = client.post(SIGN_IN, {"username": "Secretary", "password": PASSWORD, "next": "/password/"})
    assert (response.status_code, response["Location"], signed_in(client)) == (302, "/password/", True)


def test_one_is_not_led_to_another_site(client: Client, staff: Cast):
    response = client.post(SIGN_IN, {"username": "secretary", "password": PASSWORD, "next": "https://example.com/"})
    assert response["Location"] == "/desk/"


@pytest.mark.parametrize(("username", "password"), [("secretary", "wrong"), ("nobody", PASSWORD), ("stranger", PASSWORD)])
def test_a_wrong_name_or_password_gets_the_same_answer(client: Client, staff: Cast, username: str, password: str):
    response = client.post(SIGN_IN, {"username": username, "password": password})
    assert (response.status_code, signed_in(client)) == (422, False)
    assert "用户名或密码不对" in response.text


def test_a_closed_account_does_not_sign_in(client: Client, staff: Cast):
    deactivate_user(user=staff.secretary, by=SYSTEM, at=NOW)
    response = client.post(SIGN_IN, {"username": "secretary", "password": PASSWORD})
    assert (response.status_code, signed_in(client)) == (422, False)


def test_after_too_many_wrong_passwords_the_right_one_has_to_wait(client: Client, staff: Cast, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.post(SIGN_IN, {"username": "secretary", "password": "wrong"})
    response = client.post(SIGN_IN, {"username": "secretary", "password": PASSWORD})
    assert (response.status_code, signed_in(client)) == (429, False)
    assert f"连续 {settings.AXES_FAILURE_LIMIT} 次没有登录成功" in response.text
    assert "请等 15 分钟再试" in response.text


def test_signing_out_is_a_post(client: Client, staff: Cast):
    client.force_login(staff.secretary)
    assert (client.get("/sign-out/").status_code, signed_in(client)) == (405, True)
    assert (client.post("/sign-out/")["Location"], signed_in(client)) == (SIGN_IN, False)


def test_whoever_is_signed_in_is_led_past_the_sign_in_page(client: Client, staff: Cast):
    client.force_login(staff.secretary)
    assert client.get(SIGN_IN)["Location"] == "/desk/"


def test_a_part_of_a_page_asked_for_without_a_session_sends_the_whole_page_to_sign_in(client: Client, db: None):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/password/?a=1"}
    response = client.get("/password/", headers=headers, follow=True)
    assert response["HX-Redirect"] == "/sign-in/?next=/password/%3Fa%3D1"


def test_the_demo_shows_a_card_for_each_role(client: Client, cast: Cast, settings):
    settings.DEMO = True
    page = client.get(SIGN_IN).text
    roles = ["secretary", "reviewer", "desk"]
    assert [page.index(f"/sign-in/as/{role}/") > 0 for role in roles] == [True, True, True]


def test_no_card_is_shown_outside_the_demo_or_for_an_account_that_is_not_there(client: Client, cast: Cast, settings):
    assert "/sign-in/as/" not in client.get(SIGN_IN).text
    settings.DEMO = True
    deactivate_user(user=cast.desk, by=SYSTEM, at=NOW)
    assert "/sign-in/as/desk/" not in client.get(SIGN_IN).text


def test_a_card_signs_in_with_one_click(client: Client, cast: Cast, settings):
    settings.DEMO = True
    response = client.post("/sign-in/as/reviewer/")
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert int(client.session["_auth_user_id"]) == cast.reviewer.pk


def test_outside_the_demo_no_one_signs_in_without_a_password(client: Client, cast: Cast):
    assert (client.post("/sign-in/as/reviewer/").status_code, signed_in(client)) == (404, False)


@pytest.mark.parametrize("username", ["colleague", "nobody"])
def test_even_in_the_demo_only_the_roles_are_open(client: Client, cast: Cast, settings, username: str):
    settings.DEMO = True
    assert (client.post(f"/sign-in/as/{username}/").status_code, signed_in(client)) == (404, False)


def test_a_card_is_not_a_link(client: Client, cast: Cast, settings):
    settings.DEMO = True
    assert (client.get("/sign-in/as/reviewer/").status_code, signed_in(client)) == (405, False)


def test_a_forged_post_to_a_card_is_refused(cast: Cast, settings):
    settings.DEMO = True
    client = Client(enforce_csrf_checks=True)
    assert (client.post("/sign-in/as/reviewer/").status_code, signed_in(client)) == (403, False)


def test_the_password_is_changed_and_the_session_lasts(client: Client, staff: Cast):
    client.force_login(staff.secretary, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/password/", {"current": PASSWORD, "new": "battery-staple-7"}, follow=True)
    assert (response.redirect_chain[0], signed_in(client)) == (("/desk/", 302), True)
    assert "密码已修改" in response.text
    staff.secretary.refresh_from_db()
    assert staff.secretary.check_password("battery-staple-7")
    assert Event.objects.order_by("pk").last().action == "accounts.change_password"


@pytest.mark.parametrize(
    ("current", "new", "fault"),
    [("wrong", "battery-staple-7", "当前密码不正确"), (PASSWORD, "12345", "密码"), (PASSWORD, "", "这个字段是必填项")],
)
def test_a_wrong_or_weak_password_changes_nothing(client: Client, staff: Cast, current: str, new: str, fault: str):
    client.force_login(staff.secretary)
    response = client.post("/password/", {"current": current, "new": new})
    assert response.status_code == 422
    assert fault in response.text
    staff.secretary.refresh_from_db()
    assert staff.secretary.check_password(PASSWORD)
