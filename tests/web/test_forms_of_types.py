"""A form for every type of field: drawn, sent, refused where it is wrong, filled in from what is known."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
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
from tests.web.test_records import told

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


# ---- doubles


def doubled(client: Client, cast: Cast, **more: object):
    """A second task of the same kind and quarter, sent after a first."""
    client.force_login(cast.secretary)
    client.post(address(cast), sent(amount="12"))
    return client.post(address(cast), sent(key="k2", occurred_on="2026-05-20", amount="34", **more))


def test_what_is_the_same_is_shown_before_anything_is_written(client: Client, cast: Cast):
    response = doubled(client, cast)
    first = Record.objects.get()
    assert response.status_code == 422
    assert "柳河村已有一条类别、季度相同的“任务”（2026-05-01），由柳河村支部书记登记" in response.text
    assert re.findall(r'<a class="btn btn-plain" href="(/records/[^"?]+)\?', response.text) == [
        f"/records/{first.pk}/",
        f"/records/{first.pk}/correct/",
    ]
    assert 'value="34"' in response.text
    buttons = re.findall(r'<button class="btn btn-\w+"[^>]*?(name="\w+")?(?: value="yes")?>(\w+)</button>', response.text)
    assert buttons[-2:] == [("", "保存"), ('name="beside"', "仍要登记")]


def test_it_is_entered_all_the_same_where_one_insists(client: Client, cast: Cast):
    assert doubled(client, cast, beside="yes").status_code == 302
    assert [record.data["amount"] for record in Record.objects.order_by("pk")] == [12, 34]


def test_script_is_told_that_it_is_the_same(client: Client, cast: Cast):
    doubled(client, cast)
    again = client.post(address(cast), sent(key="k3"), headers={"Accept": "application/json"})
    faults = ["柳河村已有一条类别、季度相同的“任务”（2026-05-01），由柳河村支部书记登记"]
    assert (again.status_code, again.json()["faults"]) == (422, faults)


# ---- what it counts for


def test_the_form_says_what_an_entry_counts_for(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    pages = [client.get(f"/units/{cast.village.code}/records/new/{kind}/").text for kind in ("meeting", "task")]
    assert "<summary>计入：党课，用于产业兴旺</summary><ul><li><b>产业兴旺</b>：党课</li></ul>" in pages[0]
    assert "现在的评分细则没有用到这一类，记了备查。" in pages[1]


def meeting(cast: Cast) -> str:
    return f"/units/{cast.village.code}/records/new/meeting/"


def previewed(response: HttpResponse) -> list[str]:
    return re.findall(r"<li>([^<]+)</li>", response.content.decode())


def test_what_an_entry_would_move_is_told_before_it_is_saved(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    response = client.post(f"{meeting(cast)}?preview=yes", {"occurred_on": "2026-05-01", "form": "lesson", "key": "k"})
    assert (response.status_code, Record.objects.count()) == (200, 0)
    before = previewed(response)
    assert before[0] == "党课 0 → 1"
    saved = client.post(meeting(cast), {"occurred_on": "2026-05-01", "form": "lesson", "key": "k"})
    assert told(saved)[0].splitlines()[1:] == before


def test_what_must_be_put_right_before_one_can_tell_is_said(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    response = client.post(f"{meeting(cast)}?preview=yes", {"occurred_on": "", "form": "", "attended": "900"})
    assert previewed(response) == ["日期：应为日期，如 2025-03-08", "会议类型：必填", "到会人数：不能大于 500"]


def test_telling_costs_the_same_however_much_is_in_the_ledger(client: Client, cast: Cast, django_assert_max_num_queries):
    client.force_login(cast.secretary)
    asked = {"occurred_on": "2026-05-01", "form": "lesson"}
    enter(cast)
    with django_assert_max_num_queries(40) as few:
        client.post(f"{meeting(cast)}?preview=yes", asked)
    for day in range(2, 8):
        enter(cast, on=date(2026, 5, day))
    with django_assert_max_num_queries(40) as many:
        client.post(f"{meeting(cast)}?preview=yes", asked)
    assert len(many) == len(few)


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_others_are_told_nothing(client: Client, cast: Cast, who: str):
    client.force_login(getattr(cast, who))
    assert client.post(f"{meeting(cast)}?preview=yes", {"occurred_on": "2026-05-01", "form": "lesson"}).status_code == 404
