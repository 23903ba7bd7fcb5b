"""Reports: joined where two say the same, shown by photos, erased in time; and what is booked is booked once."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.evidence.attaching import Sent
from fanxing.lib.receipts import new_receipt
from fanxing.lib.refusals import NotAllowed
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.picturing import MOST_PHOTOS, erase_photos, make_photo_ready, make_ready_what_waits
from fanxing.procedures.actions.stepping import StepRefused, take_step
from fanxing.procedures.actions.walking import Clash
from fanxing.procedures.models import Matter, MatterPhoto, MatterRecord
from fanxing.procedures.queries import alike, goes_on_as, joinable
from fanxing.programme.actions import publish
from fanxing.records.validation import RecordError
from fanxing.scheme import read_folder
from tests.cast import FOUNDED, NOW, Cast
from tests.evidence.shots import scene, shot
from tests.race import race

LAMP = {"what": "facility", "detail": "路灯不亮", "place": "文化广场", "danger": False}
HALL = {"room": "hall", "day": "2026-06-20", "slot": "morning", "purpose": "议事"}

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def programme(cast: Cast, settings, tmp_path: Path) -> None:
    """The programme that ships, in the small city."""
    settings.MEDIA_ROOT = tmp_path
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def reported(cast: Cast, at: datetime = NOW, receipt: str = "", **more: object) -> Matter:
    photos = more.pop("photos", ())
    by = PUBLIC if receipt else SYSTEM
    return open_matter(unit=cast.village, procedure="report", data=LAMP | more, by=by, at=at, receipt=receipt, photos=photos)


def booked(cast: Cast, **more: object) -> Matter:
    return open_matter(unit=cast.village, procedure="booking", data=HALL | more, by=SYSTEM, at=NOW)


def go(matter: Matter, *verbs: str, at: datetime = NOW, **more: object) -> Matter:
    for verb in verbs:
        take_step(matter=matter, verb=verb, by=SYSTEM, at=at, **more)
    return Matter.objects.get(pk=matter.pk)


# ---- the same thing twice


def test_what_was_reported_of_the_same_place_lately_is_offered(cast: Cast):
    long_ago = reported(cast, NOW - timedelta(days=15))
    first = reported(cast, NOW - timedelta(days=3))
    elsewhere = reported(cast, place="东门口")
    second = reported(cast, detail="广场的灯坏了")
    assert list(alike(second)) == [first]
    assert list(joinable(second)) == [first, long_ago, elsewhere]
    assert list(joinable(long_ago)) == []


def test_whoever_reported_it_joins_it_and_follows_the_other(cast: Cast):
    first, second = reported(cast), reported(cast, receipt=new_receipt())
    take_step(matter=second, verb="join", by=PUBLIC, at=NOW, is_holder=True, into=first)
    second.refresh_from_db()
    assert (second.state, second.duplicate_of, second.ended_on is None) == ("joined", first, False)
    assert goes_on_as(second) == first
    assert list(first.duplicates.all()) == [second]
    assert not MatterRecord.objects.exists()


def test_a_chain_of_them_leads_to_the_one_that_goes_on(cast: Cast):
    first, second, third = (reported(cast) for _ in range(3))
    go(third, "join", into=second)
    go(second, "join", into=first)
    assert goes_on_as(Matter.objects.get(pk=third.pk)) == first


@pytest.mark.parametrize("other", ["none", "itself", "later", "ended", "another unit"])
def test_it_is_joined_only_to_an_earlier_open_one_of_the_unit(cast: Cast, other: str):
    first = reported(cast)
    matter = reported(cast)
    away = open_matter(unit=cast.other_village, procedure="report", data=LAMP, by=SYSTEM, at=NOW)
    into = {"none": None, "itself": matter, "later": reported(cast), "ended": first, "another unit": away}[other]
    if other == "ended":
        go(first, "refuse", reason="不属实")
    with pytest.raises(StepRefused, match="请选定要并入的另一件"):
        go(matter, "join", into=into)


def test_a_stranger_joins_nothing(cast: Cast):
    first, second = reported(cast), reported(cast)
    with pytest.raises(NotAllowed):
        take_step(matter=second, verb="join", by=cast.stranger, at=NOW, into=first)
    with pytest.raises(NotAllowed):
        take_step(matter=second, verb="join", by=PUBLIC, at=NOW, into=first)


# ---- photos


def located() -> bytes:
    """A photo that says where it was taken."""
    picture, written = scene(7), BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 1.0, 2.0)})
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_photos_before_and_after_stand_beside_their_steps_without_where_they_were_taken(cast: Cast):
    matter = reported(cast, photos=[Sent("photo", "前.jpg", located())])
    go(matter, "accept")
    go(matter, "done", data={"result": "已换灯泡"}, photos=[Sent("after", "后.jpg", shot(2))])
    before, after = MatterPhoto.objects.all()
    assert (before.number, before.field, after.number, after.field) == (1, "photo", 3, "after")
    for one in (before, after):
        make_photo_ready.func(one.pk)
    before.refresh_from_db()
    assert (before.state, before.original.name) == ("ready", "")
    with before.content.open("rb") as file, Image.open(file) as made:
        assert dict(made.getexif()) == {}


def test_a_lost_task_is_made_up_for(cast: Cast):
    reported(cast, photos=[Sent("photo", "前.jpg", shot(1))])
    assert make_ready_what_waits(at=NOW) == 0
    assert make_ready_what_waits(at=NOW + timedelta(minutes=3)) == 1
    assert MatterPhoto.objects.get().is_ready


@pytest.mark.parametrize(
    ("photos", "fault"),
    [
        ([Sent("photo", f"{number}.jpg", shot(number)) for number in range(MOST_PHOTOS + 1)], "最多附 3 张照片"),
        ([Sent("photo", "空.jpg", b"")], "是空文件"),
        ([Sent("detail", "一.jpg", b"x")], "这一项不收照片"),
    ],
)
def test_what_is_wrong_with_photos_is_told_and_nothing_opened(cast: Cast, photos: list[Sent], fault: str):
    with pytest.raises(RecordError, match=fault):
        reported(cast, photos=photos)
    assert not Matter.objects.exists()


def test_photos_go_with_the_retention_of_the_procedure(cast: Cast):
    matter = reported(cast, photos=[Sent("photo", "前.jpg", shot(1))])
    make_photo_ready.func(MatterPhoto.objects.get().pk)
    go(matter, "refuse", reason="不属实")
    assert erase_photos(at=NOW + timedelta(days=180)) == 0
    assert erase_photos(at=NOW + timedelta(days=184)) == 1
    photo = MatterPhoto.objects.get()
    assert (photo.state, photo.content.name, photo.thumbnail.name, photo.name) == ("erased", "", "", "")
    assert erase_photos(at=NOW + timedelta(days=200)) == 0


# ---- handed up, given back


def test_what_is_beyond_the_village_goes_up_and_comes_back_answered(cast: Cast):
    matter = go(reported(cast), "accept")
    matter = go(matter, "hand_up", reason="要供电所断电")
    assert matter.state == "handed_up"
    take_step(matter=matter, verb="answer", data={"result": "已协调供电所更换"}, by=SYSTEM, at=NOW)
    matter = go(matter, "pass")
    assert (matter.state, matter.data["result"]) == ("closed", "已协调供电所更换")
    matter = go(matter, "reopen", reason="又坏了")
    go(matter, "done", data={"result": "已换"})
    with pytest.raises(StepRefused):
        go(go(matter, "pass"), "reopen", reason="再来一次")


# ---- rooms


def test_a_room_is_booked_once_a_slot(cast: Cast):
    booked(cast)
    with pytest.raises(Clash, match="红色治理会客厅、2026年6月20日、上午”已经约出"):
        booked(cast)
    booked(cast, slot="afternoon")
    booked(cast, room="meeting")
    open_matter(unit=cast.other_village, procedure="booking", data=HALL, by=SYSTEM, at=NOW)


def test_what_is_cancelled_is_free_again(cast: Cast):
    go(booked(cast), "cancel")
    assert booked(cast).state == "asked"


def test_a_booking_moves_only_where_it_is_free(cast: Cast):
    booked(cast)
    other = go(booked(cast, slot="evening"), "confirm")
    with pytest.raises(Clash):
        go(other, "move", data={"room": "hall", "day": "2026-06-20", "slot": "morning"})
    assert go(other, "move", data={"room": "hall", "day": "2026-06-20", "slot": "evening"}).data["slot"] == "evening"


def test_a_booking_is_neither_made_for_nor_moved_to_a_day_that_is_over(cast: Cast):
    over, today = str(NOW.date() - timedelta(days=1)), str(NOW.date())
    with pytest.raises(RecordError, match="这一天已经过去"):
        booked(cast, day=over)
    held = go(booked(cast, day=today), "confirm")
    with pytest.raises(RecordError, match="这一天已经过去"):
        go(held, "move", data={"room": "hall", "day": over, "slot": "morning"})
    assert go(held).data["day"] == today


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_two_who_book_the_same_at_once_one_has_it(cast: Cast):
    found = race(*(lambda: booked(cast) for _ in range(4)))
    assert sorted(type(one).__name__ for one in found) == ["Clash", "Clash", "Clash", "Matter"]
    assert Matter.objects.count() == 1


# ---- at the window


def test_a_request_leaves_what_the_star_counts(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="service_request", data={"item": "居住证明", "group": "proof"}, by=SYSTEM, at=NOW)
    matter = go(go(matter, "accept"), "done", data={"result": "已盖章"})
    go(matter, "rate", data={"satisfied": True})
    record = MatterRecord.objects.get().record
    assert (record.kind, record.data) == ("request", {"closed": True, "overdue": False, "satisfied": True})
