"""Photos and files on pages: only for those who may read the record."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict

from fanxing.evidence.actions import MOST_FILES, add_evidence, make_ready
from fanxing.evidence.attaching import LARGEST_PICTURE, Sent
from fanxing.evidence.models import Evidence, Likeness
from fanxing.records.models import Record
from fanxing.scheme.model import Field, RecordKind
from fanxing.web.evidence import sent_files
from tests.cast import NOW, Cast
from tests.evidence.conftest import programme, stored
from tests.evidence.shots import shot
from tests.records.rows import enter

__all__ = ["programme", "stored"]

PDF = b"%PDF-1.4 minutes"


def status_of(client: Client, path: str) -> int:
    response = client.get(path)
    response.close()
    return response.status_code


def shown(cast: Cast, number: int = 1) -> tuple[Record, Evidence]:
    record = enter(cast)
    [photo] = add_evidence(record=record, sent=[Sent("scene", "现场.jpg", shot(number))], by=cast.secretary, at=NOW)
    make_ready.func(photo.pk)
    photo.refresh_from_db()
    return record, photo


def test_it_is_shown_beside_its_record(client: Client, cast: Cast):
    record, photo = shown(cast)
    client.force_login(cast.secretary)
    page = client.get(f"/records/{record.pk}/").content.decode()
    assert (f'src="/evidence/{photo.pk}/small/"' in page, "只供查看，不计分" in page) == (True, True)
    small = client.get(f"/evidence/{photo.pk}/small/")
    assert (small["Content-Type"], small.getvalue()[:2]) == ("image/jpeg", b"\xff\xd8")
    small.close()
    assert small["Cache-Control"] == "private, max-age=86400"


@pytest.mark.parametrize(("who", "status"), [("secretary", 200), ("reviewer", 200), ("desk", 200)])
def test_those_who_read_the_ledger_see_it(client: Client, cast: Cast, who: str, status: int):
    client.force_login(getattr(cast, who))
    assert status_of(client, f"/evidence/{shown(cast)[1].pk}/full/") == status


@pytest.mark.parametrize("who", ["colleague", "outsider", "stranger"])
def test_others_get_nothing(client: Client, cast: Cast, who: str):
    record, photo = shown(cast)
    client.force_login(getattr(cast, who))
    asked = [f"/evidence/{photo.pk}/full/", f"/evidence/{photo.pk}/small/"]
    assert [client.get(one).status_code for one in asked] == [404, 404]
    sent = {"scene": SimpleUploadedFile("a.jpg", shot(2))}
    posted = [
        client.post(f"/records/{record.pk}/evidence/", sent).status_code,
        client.post(f"/evidence/{photo.pk}/remove/", {"reason": "x"}).status_code,
    ]
    assert (posted, Evidence.objects.kept().count()) == ([404, 404], 1)


def test_who_is_not_signed_in_is_asked_to(client: Client, cast: Cast):
    _, photo = shown(cast)
    assert client.get(f"/evidence/{photo.pk}/full/").status_code == 302


def test_photos_and_files_are_added_to_a_record(client: Client, cast: Cast):
    record = enter(cast)
    client.force_login(cast.secretary)
    photos = [SimpleUploadedFile("a.jpg", shot(1)), SimpleUploadedFile("b.jpg", shot(2))]
    files = {"scene": photos, "minutes": SimpleUploadedFile("c.pdf", PDF)}
    page = client.post(f"/records/{record.pk}/evidence/", files, follow=True).content.decode()
    assert ("已附上 3 个文件" in page, page.count("处理中")) == (True, 3)
    wrong = client.post(f"/records/{record.pk}/evidence/", {"minutes": SimpleUploadedFile("d.pdf", b"MZ")}, follow=True)
    assert "会议记录：d.pdf：只收 pdf、docx、xlsx 文件" in wrong.content.decode()


def test_a_file_is_only_ever_saved(client: Client, cast: Cast):
    [file] = add_evidence(record=enter(cast), sent=[Sent("minutes", "记录.pdf", PDF)], by=cast.secretary, at=NOW)
    make_ready.func(file.pk)
    client.force_login(cast.secretary)
    saved = client.get(f"/evidence/{file.pk}/full/")
    saved.close()
    assert saved["Content-Disposition"].startswith("attachment;")


def test_a_photo_is_taken_away_with_its_reason(client: Client, cast: Cast):
    record, photo = shown(cast)
    client.force_login(cast.secretary)
    page = client.post(f"/evidence/{photo.pk}/remove/", {"reason": "拍错了"}, follow=True).content.decode()
    assert ("现场.jpg：已移除，拍错了（柳河村支部书记" in page, client.get(f"/evidence/{photo.pk}/full/").status_code) == (True, 404)
    assert f"/evidence/{photo.pk}/" not in client.get(f"/records/{record.pk}/").content.decode()


def test_its_author_explains_a_photo_found_again_and_a_reviewer_reads_it(client: Client, cast: Cast):
    shown(cast)
    record, _ = shown(cast)
    client.force_login(cast.reviewer)
    assert "没有相同的照片" in client.get("/likenesses/").content.decode()
    client.force_login(cast.secretary)
    assert "先由你核对" in client.get(f"/records/{record.pk}/").content.decode()
    waiting = client.get("/inbox/").content.decode()
    assert (f'href="/records/{record.pk}/"' in waiting, "<span>照片核对</span>" in waiting) == (True, True)
    client.post(f"/likenesses/{Likeness.objects.get().pk}/", {"answer": "同一次活动"})
    client.force_login(cast.reviewer)
    assert "同一次活动（柳河村支部书记）" in client.get("/likenesses/").content.decode()


def test_the_list_is_for_those_who_review(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    assert client.get("/likenesses/").status_code == 403


def test_the_list_asks_the_same_however_long_it_is(client: Client, cast: Cast, django_assert_max_num_queries):
    def asked(length: int) -> int:
        Likeness.objects.update(found_at=NOW.replace(year=2020))
        with django_assert_max_num_queries(9) as queries:
            assert client.get("/likenesses/").content.decode().count("未说明") == length
        return len(queries)

    for _ in range(2):
        shown(cast)
    client.force_login(cast.reviewer)
    client.get("/likenesses/")
    once = asked(1)
    for _ in range(2):
        shown(cast)
    assert asked(6) == once


def test_no_more_is_read_of_what_was_sent_than_tells_that_it_is_too_much():
    kind = RecordKind(id="scene", title="现场", fields=(Field(id="scene", title="照片", type="photo"),), nature="activity")
    large = SimpleUploadedFile("大.jpg", bytes(LARGEST_PICTURE + 1_000))
    many = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(20)]
    sent = sent_files(kind, MultiValueDict({"scene": [large, *many]}))
    assert [len(sent[0].content), len(sent)] == [LARGEST_PICTURE + 1, MOST_FILES + 1]
