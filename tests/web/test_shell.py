"""The frame of every page, its error pages, and the health check."""

from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler
from django.test import Client

from fanxing.web.views.shell import answers
from tests.cast import Cast

GALLERY = pytest.mark.urls("tests.web.gallery")


@pytest.mark.parametrize("path", ["/sign-in/", "/nowhere/"])
def test_every_page_forbids_scripts_and_styles_of_others_and_inline(client: Client, db: None, path: str):
    policy = dict(part.split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")


def test_every_page_warns_of_secrets_and_the_demo_says_that_it_is_one(client: Client, db: None, settings):
    page = client.get("/sign-in/").text
    assert ("不得录入涉密信息" in page, "演示数据" in page) == (True, False)
    settings.DEMO = True
    assert "演示数据" in client.get("/sign-in/").text


def test_the_title_is_the_office_s_own(client: Client, db: None, settings):
    settings.TITLE = "云溪市创建办"
    assert "<title>登录 · 云溪市创建办</title>" in client.get("/sign-in/").text


def test_a_page_that_is_not_there_says_what_to_do(client: Client, db: None):
    response = client.get("/nowhere/")
    assert (response.status_code, "没有找到这一页" in response.text) == (404, True)


@pytest.mark.parametrize("path", ["/units/?q=%00", "/units/%00/", "/units/990101201/records/?kind=%00"])
def test_an_address_with_a_null_character_is_refused(client: Client, cast: Cast, path: str):
    client.force_login(cast.secretary)
    response = client.get(path)
    assert (response.status_code, "这个地址不对" in response.text) == (400, True)


def test_a_stale_form_says_that_nothing_was_changed(db: None):
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {})
    assert (response.status_code, "没有任何内容被改动" in response.text) == (403, True)


@GALLERY
def test_what_an_action_does_not_allow_is_said_on_the_403_page(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    response = client.get("/gallery/refused/")
    assert (response.status_code, "不是您的村" in response.text) == (403, True)


@GALLERY
def test_a_broken_page_says_that_nothing_was_saved(cast: Cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.secretary)
    response = client.get("/gallery/broken/")
    assert (response.status_code, "没有保存" in response.text) == (500, True)


def test_large_text_is_kept_in_the_browser_and_switched_off_again(client: Client, db: None):
    assert client.post("/text-size/", {"next": "/sign-in/"})["Location"] == "/sign-in/"
    assert 'class="text-large"' in client.get("/sign-in/").text
    client.post("/text-size/", {"next": "/sign-in/"})
    assert 'class="text-large"' not in client.get("/sign-in/").text


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", ""])
def test_switching_the_text_leads_nowhere_else(client: Client, elsewhere: str):
    assert client.post("/text-size/", {"next": elsewhere})["Location"] == "/"


def test_the_health_check_answers_a_stranger(client: Client, db: None):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": "ok"})


def test_the_health_check_notices_a_database_that_is_gone(db: None, tmp_path: Path):
    gone = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "no" / "such.sqlite3"}})
    assert answers(gone["default"]) is False
