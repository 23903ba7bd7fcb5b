"""What stands in public: as it was put up, open to objections while it stands, each answered once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.public_notices.actions import (
    AnsweredAlready,
    NoticeFaulty,
    NotStanding,
    ObjectionFaulty,
    answer_objection,
    erase_objections,
    object_to,
    put_up,
    take_down,
)
from fanxing.public_notices.models import ERASED, Notice, Objection
from fanxing.public_notices.queries import objection_by_receipt, standing_on, unanswered
from tests.cast import NOW, TODAY, Cast
from tests.race import race

pytestmark = pytest.mark.django_db
LAST = date(2026, 6, 22)


def standing(cast: Cast, **more: object) -> Notice:
    said: dict = {"title": "公开选拔", "lines": [("姓名", "郑新宇")], "begins_on": TODAY, "ends_on": LAST} | more
    return put_up(unit=cast.village, source="test", key="1", by=SYSTEM, at=NOW, **said)


def test_a_notice_stands_from_its_first_day_to_its_last(cast: Cast):
    notice = standing(cast)
    days = [TODAY - timedelta(days=1), TODAY, LAST, LAST + timedelta(days=1)]
    assert [list(standing_on(day)) for day in days] == [[], [notice], [notice], []]
    assert Event.objects.get(action="public_notices.put_up").details["digest"] == notice.digest


def test_the_words_of_objections_are_erased_and_that_there_were_some_stays(cast: Cast):
    notice = standing(cast)
    answered, code = object_to(notice=notice, text="不是本村人", due_on=LAST, at=NOW)
    object_to(notice=notice, text="住址不对", due_on=LAST, at=NOW)
    answer_objection(objection=answered, answer="户籍在本村", upheld=False, by=cast.secretary, at=NOW)
    assert (erase_objections(notice=notice, at=NOW), erase_objections(notice=notice, at=NOW)) == (2, 0)
    assert list(notice.objections.values_list("text", "answer", "is_upheld")) == [(ERASED, ERASED, False), (ERASED, "", None)]
    assert Event.objects.get(action="public_notices.erase_objections").details == {"count": 2}
    assert objection_by_receipt(code) == answered


@pytest.mark.parametrize("more", [{"title": " "}, {"lines": []}, {"ends_on": TODAY - timedelta(days=1)}])
def test_a_notice_says_something_and_ends_after_it_begins(cast: Cast, more: dict):
    with pytest.raises(NoticeFaulty):
        standing(cast, **more)
    assert not Notice.objects.exists()


def test_who_objects_stays_unknown_and_reads_the_answer_by_a_code(cast: Cast):
    objection, code = object_to(notice=standing(cast), text=" 不是本村人 ", due_on=LAST, at=NOW)
    assert objection_by_receipt(code.lower()) == objection
    event = Event.objects.get(action="public_notices.object_to")
    assert (event.actor, "不是本村人" in str([event.summary, event.details])) == ("public", False)
    assert code not in str(list(Objection.objects.values_list()))
    answer_objection(objection=objection, answer="户籍在本村", upheld=False, by=cast.secretary, at=NOW)
    assert unanswered(objection.notice) == 0
    with pytest.raises(AnsweredAlready):
        answer_objection(objection=objection, answer="另一个答复", upheld=True, by=cast.colleague, at=NOW)
    objection.refresh_from_db()
    assert (objection.answer, objection.is_upheld, objection.answered_by) == ("户籍在本村", False, "secretary")


@pytest.mark.parametrize("text", ["", " ", "长" * 1_001])
def test_an_objection_has_words_and_not_too_many(cast: Cast, text: str):
    with pytest.raises(ObjectionFaulty):
        object_to(notice=standing(cast), text=text, due_on=LAST, at=NOW)


def test_what_is_over_or_taken_down_takes_no_objection(cast: Cast):
    notice = standing(cast)
    with pytest.raises(NotStanding):
        object_to(notice=notice, text="晚了", due_on=LAST, at=NOW + timedelta(days=8))
    take_down(notice=notice, reason="重新会商", by=cast.secretary, at=NOW)
    with pytest.raises(NotStanding):
        object_to(notice=notice, text="晚了", due_on=LAST, at=NOW)
    with pytest.raises(NotStanding):
        take_down(notice=notice, reason="再撤一次", by=cast.secretary, at=NOW)


def test_the_tables_keep_what_must_be(cast: Cast):
    notice = standing(cast)
    for wrong in ({"ends_on": TODAY - timedelta(days=1)}, {"taken_down_at": NOW, "taken_down_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(**wrong)
    objection, _ = object_to(notice=notice, text="不妥", due_on=LAST, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(answer="好")


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(cast: Cast):
    objection, _ = object_to(notice=standing(cast), text="不妥", due_on=LAST, at=NOW)

    def answer(words: str) -> None:
        answer_objection(objection=Objection.objects.get(pk=objection.pk), answer=words, upheld=False, by=cast.secretary, at=NOW)

    done = race(*(lambda words=words: answer(words) for words in ("一", "二", "三")))
    assert sum(one is None for one in done) == 1
    assert sum(isinstance(one, AnsweredAlready) for one in done) == 2
