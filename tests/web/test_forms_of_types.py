"""A form for every type of field: drawn, sent, refused where it is wrong, filled in from what is known."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.evidence.models import Evidence
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, Cast, found
from tests.evidence.conftest import stored
from tests.evidence.shots import shot
from tests.records.rows import enter
from tests.records.test_field_types import KINDS, TASK

__all__ = ["stored"]

SHOWN = TASK.replace("  contact:", "  scene: {title: 现场照片, type: photo}\n  contact:").replace(
    "unit_kinds: [village]", "unit_kinds: [grid]"
)
FILES = {
    **KINDS,
    "records/task.yaml": SHOWN,
    "scheme.yaml": KINDS["scheme.yaml"].replace("tier:", "levels: {grid: 网格}\ntier:"),
}


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> Publication:
    """The small programme with a kind of record that has a field of every type."""
    return publish(files=FILES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def address(cast: Cast) -> str:
    return f"/units/{cast.village.code}/records/new/task/"


def sent(**more: object) -> dict[str, object]:
    return {"key": "k1", "occurred_on": "2026-05-01", "about": "road", **more}


def test_every_type_has_its_control(client: Client, cast: Cast):
    grid = found("990101201-1", "第一网格", "grid", cast.village)
    meeting = enter(cast)
    client.force_login(cast.secretary)
    page = client.get(address(cast)).content.decode()
    told = [
        '<textarea class="form-control" name="what"',
        'name="since" id="id_since" value="" type="month"',
        '<option value="2025-Q1">2025年第一季度</option>',
        '<datalist id="id_where_list"><option value="第一网格"></option></datalist>',
        f'<datalist id="id_with_unit_list"><option value="{grid.code}">第一网格</option></datalist>',
        f'<option value="{meeting.reference}">党课',
        'type="file" name="scene"',
        'enctype="multipart/form-data"',
        "类别为其他时必填",
    ]
    assert [one for one in told if one not in page] == []


def test_what_was_typed_in_each_is_stored(client: Client, cast: Cast):
    grid = found("990101201-1", "第一网格", "grid", cast.village)
    meeting = enter(cast)
    client.force_login(cast.secretary)
    data = {
        "what": "第一段\n第二段",
        "season": "2026-Q2",
        "since": "2026-03",
        "term": "2026",
        "where": "文化广场",
        "with_unit": "第一网格",
        "meeting": meeting.reference,
    }
    assert client.post(address(cast), sent(**data)).status_code == 302
    assert Record.objects.get(kind="task").data == {"about": "road", **data, "with_unit": grid.code}


def test_what_is_wrong_stands_at_its_field(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    answer = client.post(address(cast), sent(about="other", with_unit="没有的网格", season="明年"))
    told = re.findall(r'<p class="fault" id="id_(\w+)_error">.*?</svg>([^<]+)<', answer.content.decode())
    assert (answer.status_code, told) == (422, [("what", "类别为其他时必填"), ("season", "应为季度，如 2025-Q1")])
    assert not Record.objects.exists()


def test_photos_come_with_the_record_or_neither_is_there(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    wrong = client.post(address(cast), sent(scene=SimpleUploadedFile("a.jpg", b"")))
    assert (wrong.status_code, "现场照片" in wrong.content.decode(), Record.objects.count()) == (422, True, 0)
    photos = [SimpleUploadedFile("a.jpg", shot(1)), SimpleUploadedFile("b.jpg", shot(2))]
    assert client.post(address(cast), sent(scene=photos)).status_code == 302
    record = Record.objects.get()
    assert [one.record for one in Evidence.objects.all()] == [record, record]


def test_what_is_known_is_filled_in_and_says_where_from(client: Client, cast: Cast):
    enter(cast, kind="task", data={"about": "road", "amount": 5000}, on=date(2026, 4, 1))
    client.force_login(cast.secretary)
    page = client.get(address(cast)).content.decode()
    assert ('id="id_amount" value="5000"' in page, "预填：取自 2026-04-01 的记录，请看一眼" in page) == (True, True)
    asked = client.get(address(cast), {"amount": "7"}).content.decode()
    assert ('id="id_amount" value="7"' in asked, "预填" in asked) == (True, False)


def test_one_more_keeps_the_day_and_what_was_chosen(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    answer = client.post(address(cast), sent(amount="5000", season="2026-Q2", again="yes", next="/desk/"))
    assert answer["Location"] == f"{address(cast)}?occurred_on=2026-05-01&about=road&season=2026-Q2&next=%2Fdesk%2F"
    page = client.get(answer["Location"]).content.decode()
    assert ('value="2026-05-01"' in page, 'value="road" checked' in page, 'name="next" value="/desk/"' in page) == (True, True, True)


@pytest.mark.parametrize("who", ["colleague", "outsider", "stranger"])
def test_others_get_no_form(client: Client, cast: Cast, who: str):
    client.force_login(getattr(cast, who))
    assert [client.get(address(cast)).status_code, client.post(address(cast), sent()).status_code] == [404, 404]
    assert not Record.objects.exists()
