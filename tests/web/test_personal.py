"""What a record says of persons, on its page: masked, asked for in full, erased."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.models import Event
from fanxing.records.actions.personal import read_personal
from fanxing.records.models import PersonalValue, Record
from tests.cast import NOW, Cast
from tests.records.rows import MAY_DAY, enter
from tests.records.test_personal import PHONE, SAID, VACANCY
from tests.web.conftest import published
from tests.web.test_unit import VILLAGE
from tests.web.test_units import Read

VACANCY_NOW = VACANCY.replace("retention: 2", "retention: 60")


@pytest.fixture
def record(cast: Cast) -> Record:
    published(cast, **{"records/vacancy.yaml": VACANCY_NOW})
    return enter(cast, kind="vacancy", data=SAID)


def post(client: Client, user: User, address: str, **sent: str):
    client.force_login(user)
    return client.post(address, sent)


def test_those_who_may_ask_see_it_masked_and_the_others_that_it_is_there(read: Read, cast: Cast, record: Record):
    page = read(cast.secretary, f"/records/{record.pk}/")
    assert "<dt>联系人</dt><dd>张**</dd>" in page
    assert "<dt>联系电话</dt><dd>138****1234</dd>" in page
    assert "查看（会留下记录）" in page
    others = read(cast.reviewer, f"/records/{record.pk}/")
    assert others.count("已登记，不可见") == 2
    assert not [part for part in ("1380000", "138*") if part in others]
    assert "张**" not in others
    assert "查看（会留下记录）" not in others
    assert PHONE not in page + others


def test_it_is_shown_once_to_who_asks_and_the_page_says_who_last_did(client: Client, read: Read, cast: Cast, record: Record):
    response = post(client, cast.secretary, f"/records/{record.pk}/personal/")
    assert response.status_code == 200
    assert PHONE in response.text
    assert "张秋生" in response.text
    assert "no-store" in response.headers["Cache-Control"]
    part = client.post(f"/records/{record.pk}/personal/", headers={"HX-Request": "true"}).text
    assert PHONE in part
    assert "<html" not in part
    assert Event.objects.filter(action="records.read_personal", actor="secretary").count() == 2
    page = read(cast.desk, f"/records/{record.pk}/")
    assert PHONE not in page
    assert "上次查看：柳河村支部书记" in page
    assert client.get(f"/records/{record.pk}/personal/").status_code == 405


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("outsider", 404), ("colleague", 404), ("stranger", 404)])
def test_nobody_else_gets_it(client: Client, cast: Cast, record: Record, who: str, status: int):
    for address in ("personal/", "personal/erase/"):
        response = post(client, getattr(cast, who), f"/records/{record.pk}/{address}", reason="本人要求")
        assert response.status_code == status
        assert PHONE not in response.text
    assert PersonalValue.objects.kept().count() == 2


def test_it_is_erased_for_a_reason(client: Client, read: Read, cast: Cast, record: Record):
    address = f"/records/{record.pk}/personal/erase/"
    assert "请写明清除的原因" in post(client, cast.secretary, address, reason="").text
    assert post(client, cast.secretary, address, reason="本人要求").status_code == 302
    page = read(cast.secretary, f"/records/{record.pk}/")
    assert page.count("清除：本人要求") == 2
    assert "查看（会留下记录）" not in page
    assert post(client, cast.secretary, address, reason="再来").status_code == 422
    assert post(client, cast.secretary, f"/records/{record.pk}/personal/").status_code == 302


def test_the_form_says_why_it_is_asked_and_how_long_it_is_kept(read: Read, client: Client, cast: Cast, record: Record):
    address = f"{VILLAGE}records/new/vacancy/"
    page = read(cast.secretary, f"{address}?phone={PHONE}")
    assert "个人信息：只为办这件事联系用；另外存放，不进列表、检索和表格，查看会留下记录；满 60 年或撤回时清除。" in page
    assert f'value="{PHONE}"' not in page
    sent = {"occurred_on": "2024-03-08", "employer": "东街饭店", "phone": "13900005678", "key": "k"}
    assert post(client, cast.secretary, address, **sent).status_code == 302
    added = Record.objects.latest("pk")
    assert added.data == {"employer": "东街饭店"}
    assert PersonalValue.objects.get(record=added).value == "13900005678"


def test_a_correction_does_not_show_it_and_keeps_it(read: Read, client: Client, cast: Cast, record: Record):
    address = f"/records/{record.pk}/correct/"
    page = read(cast.secretary, address)
    assert PHONE not in page
    assert "张秋生" not in page
    assert "留空就保持原来登记的" in page
    sent = {"occurred_on": f"{MAY_DAY}", "employer": "云溪商场", "phone": "", "contact": "李冬梅", "reason": "写错", "key": "k"}
    assert post(client, cast.secretary, address, **sent).status_code == 302
    assert sorted(PersonalValue.objects.kept().values_list("value", flat=True)) == [PHONE, "李冬梅"]


def test_no_list_page_or_workbook_has_it(client: Client, cast: Cast, record: Record):
    client.force_login(cast.desk)
    for address in ("/records/", "/records/?kind=vacancy", "/records.xlsx", "/records.xlsx?kind=vacancy", f"{VILLAGE}records/", VILLAGE):
        response = client.get(address)
        assert response.status_code == 200
        content = b"".join(response.streaming_content) if response.streaming else response.content
        texts = _unpacked(content)
        assert "云溪超市" in texts or address == VILLAGE
        assert PHONE not in texts
        assert "张秋生" not in texts
        assert "联系电话" not in texts
    assert "云溪超市" not in client.get("/records/?q=张秋生").text


def _unpacked(content: bytes) -> str:
    """The text of a page, or of everything in a workbook."""
    if not is_zipfile(BytesIO(content)):
        return content.decode()
    with ZipFile(BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())


def test_the_page_costs_the_same_queries_however_often_it_was_read(
    client: Client, cast: Cast, record: Record, django_assert_num_queries: Callable, django_assert_max_num_queries: Callable
):
    client.force_login(cast.secretary)
    address = f"/records/{record.pk}/"
    client.get(address)
    read_personal(record=record, by=cast.secretary, at=NOW)
    with django_assert_max_num_queries(100) as once:
        client.get(address)
    for _ in range(5):
        read_personal(record=record, by=cast.secretary, at=NOW)
    with django_assert_num_queries(len(once.captured_queries)):
        client.get(address)
