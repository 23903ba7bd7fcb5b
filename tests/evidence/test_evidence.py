"""Photos and files beside records."""

from datetime import timedelta
from pathlib import Path

import pytest

from fanxing.audit.queries import events_about
from fanxing.evidence import tasks
from fanxing.evidence.actions import MOST_FILES, NotThere, add_evidence, explain_likeness, make_ready, remove_evidence
from fanxing.evidence.attaching import Sent
from fanxing.evidence.models import Evidence, Likeness
from fanxing.evidence.queries import evidence_of, first_version, likenesses_for
from fanxing.inbox.models import WorkItem
from fanxing.lib.refusals import NotAllowed
from fanxing.records.actions.entries import correct_record
from fanxing.records.models import Record
from fanxing.records.validation import RecordError
from tests.cast import NOW, Cast
from tests.evidence.shots import jpeg, scene, shot
from tests.records.rows import MAY_DAY, enter

PDF = b"%PDF-1.4 minutes"


def add(record: Record, cast: Cast, *sent: Sent, by: str = "secretary") -> list[Evidence]:
    return add_evidence(record=record, sent=sent, by=getattr(cast, by), at=NOW)


def shown(record: Record, cast: Cast, *photos: bytes) -> list[Evidence]:
    """Photos beside a record, made ready."""
    added = add(record, cast, *(Sent("scene", f"{number}.jpg", photo) for number, photo in enumerate(photos)))
    for one in added:
        make_ready.func(one.pk)
        one.refresh_from_db()
    return added


def files(stored: Path) -> int:
    return sum(one.is_file() for one in stored.rglob("*"))


def test_a_photo_is_made_anew_in_the_background(cast: Cast, stored: Path, django_capture_on_commit_callbacks):
    record = enter(cast)
    with django_capture_on_commit_callbacks() as queued:
        [photo] = add(record, cast, Sent("scene", "C:\\手机\\现场.jpg", shot(1)))
    assert (photo.name, photo.state, photo.is_picture, len(queued)) == ("现场.jpg", "waiting", True, 1)
    make_ready.func(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.original.name, photo.width, photo.height, len(photo.mark)) == ("ready", "", 1200, 900, 16)
    assert (photo.size, files(stored)) == (photo.content.size, 2)
    assert "现场" not in photo.content.name
    make_ready.func(photo.pk)
    assert files(stored) == 2


def test_a_file_is_kept_as_it_is(cast: Cast):
    [file] = add(enter(cast), cast, Sent("minutes", "记录.pdf", PDF))
    make_ready.func(file.pk)
    file.refresh_from_db()
    with file.content.open("rb") as content:
        assert (file.state, content.read(), file.is_picture) == ("ready", PDF, False)


def test_what_cannot_be_read_says_so(cast: Cast, stored: Path):
    [photo] = shown(enter(cast), cast, b"no photo at all")
    assert (photo.state, photo.reason, files(stored)) == ("refused", "这个文件不是能读取的照片（JPEG、PNG、WebP、HEIC）", 0)


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (Sent("scene", "a.jpg", b""), "现场照片：a.jpg：是空文件"),
        (Sent("scene", "a.jpg", b"x" * (20 * 1024 * 1024 + 1)), "a.jpg：有 20.0 MB，最大 20 MB"),
        (Sent("minutes", "a.exe", b"MZ"), "会议记录：a.exe：只收 pdf、docx、xlsx 文件"),
        (Sent("minutes", "a.pdf", b"MZ"), "会议记录：a.pdf：只收 pdf、docx、xlsx 文件"),
        (Sent("topic", "a.jpg", shot(1)), "这一项不收照片和文件"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_nothing_is_stored(cast: Cast, stored: Path, sent: Sent, fault: str):
    with pytest.raises(RecordError, match=fault):
        add(enter(cast), cast, sent)
    assert (Evidence.objects.count(), files(stored)) == (0, 0)


def test_a_record_takes_so_many_and_no_more(cast: Cast):
    record = enter(cast)
    add(record, cast, *(Sent("scene", f"{number}.jpg", shot(number)) for number in range(MOST_FILES)))
    with pytest.raises(RecordError, match="最多附 6 个照片和文件，现在会有 7 个"):
        add(record, cast, Sent("scene", "7.jpg", shot(7)))


def test_the_same_file_is_not_added_twice(cast: Cast):
    record = enter(cast)
    sent = Sent("scene", "a.jpg", shot(1))
    assert (len(add(record, cast, sent, sent)), add(record, cast, sent)) == (1, [])


def test_it_stays_beside_the_record_when_that_is_corrected(cast: Cast):
    record = enter(cast)
    [photo] = shown(record, cast, shot(1))
    corrected = correct_record(record=record, occurred_on=MAY_DAY, data={"form": "members"}, by=cast.secretary, at=NOW)
    assert list(evidence_of(first_version(corrected))) == [photo]
    assert [one.record for one in add(corrected, cast, Sent("scene", "b.jpg", shot(2)))] == [record]


@pytest.mark.parametrize("doer", ["colleague", "outsider", "reviewer", "clerk", "stranger"])
def test_only_who_records_such_things_there_adds_and_removes(cast: Cast, doer: str):
    record = enter(cast)
    [photo] = shown(record, cast, shot(1))
    with pytest.raises(NotAllowed, match="您的岗位不登记柳河村的这类台账"):
        add(record, cast, Sent("scene", "b.jpg", shot(2)), by=doer)
    with pytest.raises(NotAllowed):
        remove_evidence(evidence=photo, reason="拍错了", by=getattr(cast, doer), at=NOW)


def test_a_photo_is_taken_away_for_a_reason_and_known_to_have_been_there(cast: Cast, stored: Path, django_capture_on_commit_callbacks):
    record = enter(cast)
    [photo] = shown(record, cast, shot(1))
    with pytest.raises(RecordError, match="原因"):
        remove_evidence(evidence=photo, reason=" ", by=cast.secretary, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        removed = remove_evidence(evidence=photo, reason="拍错了", by=cast.secretary, at=NOW)
    assert (removed.state, removed.reason, removed.ended_by_title, files(stored)) == ("removed", "拍错了", "柳河村支部书记", 0)
    with pytest.raises(NotThere):
        remove_evidence(evidence=photo, reason="拍错了", by=cast.secretary, at=NOW)
    assert [event.action for event in events_about(record)][-2:] == ["evidence.add_evidence", "evidence.remove_evidence"]


# Found a second time


def test_the_same_photo_beside_another_record_is_shown_to_its_author_first(cast: Cast):
    [first] = shown(enter(cast), cast, shot(1))
    record = enter(cast, on=MAY_DAY + timedelta(days=1))
    [again] = shown(record, cast, jpeg(scene(1).resize((800, 600)), 60))
    likeness = Likeness.objects.get()
    assert (likeness.evidence, likeness.other) == (again, first)
    assert [(item.unit, item.title, item.about) for item in WorkItem.objects.all()] == [
        (cast.village, "照片与另一条记录的相同，请核对", {"record": record.pk})
    ]
    soon, later = likeness.found_at + timedelta(days=2), likeness.found_at + timedelta(days=3)
    assert list(likenesses_for(cast.reviewer, at=soon)) == []
    assert list(likenesses_for(cast.reviewer, at=later)) == [likeness]
    assert list(likenesses_for(cast.outsider, at=later)) == []


def test_what_its_author_says_is_seen_at_once(cast: Cast):
    shown(enter(cast), cast, shot(1))
    shown(enter(cast, on=MAY_DAY + timedelta(days=1)), cast, shot(1))
    likeness = Likeness.objects.get()
    with pytest.raises(NotAllowed):
        explain_likeness(likeness=likeness, answer="同一次活动", by=cast.colleague, at=NOW)
    explained = explain_likeness(likeness=likeness, answer="同一次活动", by=cast.secretary, at=NOW)
    assert (explained.answer, explained.answered_by_title) == ("同一次活动", "柳河村支部书记")
    assert list(likenesses_for(cast.reviewer, at=likeness.found_at)) == [likeness]
    assert [item.outcome for item in WorkItem.objects.all()] == ["已核对"]
    with pytest.raises(NotThere):
        explain_likeness(likeness=likeness, answer="再说一次", by=cast.secretary, at=NOW)


def test_a_photo_that_was_taken_away_is_no_longer_shown_to_reviewers(cast: Cast):
    shown(enter(cast), cast, shot(1))
    [again] = shown(enter(cast, on=MAY_DAY + timedelta(days=1)), cast, shot(1))
    remove_evidence(evidence=again, reason="用错了照片", by=cast.secretary, at=NOW)
    assert list(likenesses_for(cast.reviewer, at=Likeness.objects.get().found_at + timedelta(days=9))) == []
    assert not WorkItem.objects.waiting().exists()


def test_of_two_likenesses_one_that_is_explained_leaves_the_other_to_be_looked_at(cast: Cast):
    shown(enter(cast), cast, shot(1), shot(2))
    shown(enter(cast, on=MAY_DAY + timedelta(days=1)), cast, shot(1), shot(2))
    for likeness, waiting in zip(Likeness.objects.order_by("pk"), (True, False), strict=True):
        explain_likeness(likeness=likeness, answer="同一次活动", by=cast.secretary, at=NOW)
        assert WorkItem.objects.waiting().exists() is waiting


def test_other_photos_and_plain_walls_are_not_noted(cast: Cast):
    shown(enter(cast), cast, shot(1))
    shown(enter(cast, on=MAY_DAY + timedelta(days=1)), cast, shot(2))
    assert not Likeness.objects.exists()


# By itself


def test_what_was_lost_on_the_way_is_made_ready_later(cast: Cast):
    [photo] = add(enter(cast), cast, Sent("scene", "a.jpg", shot(1)))
    tasks.make_ready_what_waits(at=NOW + timedelta(minutes=1))
    photo.refresh_from_db()
    assert photo.state == "waiting"
    tasks.make_ready_what_waits(at=NOW + timedelta(minutes=3))
    photo.refresh_from_db()
    assert photo.state == "ready"


def test_what_is_past_its_time_is_erased(cast: Cast, stored: Path, django_capture_on_commit_callbacks):
    record = enter(cast)
    [photo] = shown(record, cast, shot(1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.erase_what_is_past_its_time(at=NOW + timedelta(days=365 * 3 - 60))
    photo.refresh_from_db()
    assert (photo.state, files(stored)) == ("ready", 2)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.erase_what_is_past_its_time(at=NOW + timedelta(days=366 * 3))
    photo.refresh_from_db()
    assert (photo.state, photo.content.name, photo.mark, files(stored)) == ("erased", "", "", 0)
