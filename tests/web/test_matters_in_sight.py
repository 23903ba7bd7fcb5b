"""What a page of a matter says to whom, and what it says when something is missing."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.lib import clock
from fanxing.lib.receipts import new_receipt
from fanxing.organisations.models import Assignment
from fanxing.procedures.actions.balloting import Papers, cast_vote, close_ballot, count_papers
from fanxing.procedures.actions.objecting import raise_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter
from fanxing.programme.actions import publish
from tests.cast import FOUNDED, NOW, Cast
from tests.evidence.shots import shot
from tests.procedures.conftest import PROCEDURES, delegates, procedures
from tests.procedures.test_secrecy import BOTH, SEEN_BY_FEW, ruled
from tests.procedures.test_walking import fresh, later, nominated, shortlisted, voting
from tests.scheme.procedures import REPORT, changed_text

__all__ = ["delegates", "procedures"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
HOLE = {"what": "road", "detail": "坑洼", "place": "王家院门口"}


def page(user, matter: Matter) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("matter", args=[matter.pk])).text


def test_the_figures_of_a_vote_stand_there_only_once_it_is_closed(cast: Cast, delegates):
    matter = voting(cast)
    for one in delegates[:11]:
        cast_vote(matter=matter, choice="for", by=one, at=later(8))
    count_papers(matter=matter, papers=Papers(13, 2), by=cast.secretary, at=later(8))
    during = page(cast.secretary, matter)
    assert ("已投 26 票" in during, "<dd>24</dd>" in during) == (True, False)
    assert "您已投票" in page(delegates[0], matter)
    assert "投票</button>" in page(delegates[11], matter)
    close_ballot(matter=matter, by=cast.secretary, at=later(8))
    assert "<dd>24</dd>" in page(cast.secretary, matter)


def test_below_ten_voters_no_figure_stands_anywhere(cast: Cast, delegates):
    matter = voting(cast)
    for one in delegates[:9]:
        cast_vote(matter=matter, choice="for", by=one, at=later(8))
    close_ballot(matter=matter, by=cast.secretary, at=later(8))
    text = page(cast.secretary, matter)
    assert ("不显示票数" in text, "<dd>9</dd>" in text) == (True, False)


def test_an_objection_is_read_by_those_who_answer_it(cast: Cast):
    matter = shortlisted(cast)
    raise_objection(notice=matter.notices.get().notice, text="他家的老二说的不对", at=NOW)
    assert "他家的老二" in page(cast.secretary, matter)
    above = page(cast.clerk, matter)
    assert ("收到异议 1 条" in above, "他家的老二" in above) == (True, False)


def test_who_sits_in_two_bodies_has_a_form_for_each(cast: Cast):
    ruled(cast, elect=BOTH)
    matter = nominated(cast)
    client = Client()
    client.force_login(cast.secretary)
    assert [one in page(cast.secretary, matter) for one in ("党支部的意见", "村委会的意见")] == [True, True]
    form = {"choice": "for", "member": "branch", "turn": "1"}
    for _ in range(2):
        client.post(reverse("matter_verdict", args=[matter.pk]), form)
    assert (matter.verdicts.count(), fresh(matter).state) == (1, "judging")


def test_everybody_reads_in_a_title_only_what_the_procedure_shows(cast: Cast):
    ruled(cast, report=changed_text(REPORT, ("shows: [what, place, result]", "shows: [what, result]")))
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=clock.now())
    text = Client().get(reverse("open_matter", args=[matter.pk])).text
    assert ("随手拍" in text, "王家院" in text) == (True, False)


def test_a_private_matter_has_no_open_page_and_stands_in_no_list_of_others(cast: Cast):
    ruled(cast, report=SEEN_BY_FEW)
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=clock.now())
    assert Client().get(reverse("open_matter", args=[matter.pk])).status_code == 404
    for user in (cast.clerk, cast.reviewer, cast.desk, cast.colleague, cast.stranger):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("matter", args=[matter.pk])).status_code == 404
        texts = [client.get(reverse(name), {"q": "道路"}).text for name in ("matters", "home")]
        assert not any("王家院" in text for text in texts)
        assert "王家院" not in client.get(reverse("inbox"), follow=True).text
        assert len(client.get(reverse("matters_excel")).content) < 6_500
        board = client.get(reverse("matters_board", args=["report"]), follow=True)
        assert "王家院" not in board.text


def test_a_year_that_is_not_announced_is_said_on_the_page(cast: Cast):
    at = datetime(2031, 12, 29, 4, tzinfo=UTC)
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=at)
    assert "2031 年放假安排尚未发布，暂按周一至周五推算" in page(cast.secretary, matter)
    known = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=NOW)
    assert "尚未发布" not in page(cast.secretary, known)


def test_a_post_that_nobody_holds_is_said_on_the_page(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=clock.now())
    assert "没有人在岗" not in page(cast.clerk, matter)
    Assignment.objects.filter(unit=cast.village, post="secretary").delete()
    assert "没有人在岗" in page(cast.clerk, matter)


def test_what_the_ledger_refuses_is_told_on_the_page(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=clock.now())
    take_step(matter=matter, verb="accept", by=cast.secretary, at=clock.now())
    take_step(matter=matter, verb="done", data={"result": "好了"}, by=cast.secretary, at=clock.now())
    Matter.objects.filter(pk=matter.pk).update(data={"what": "nothing of the kind"})
    client = Client()
    client.force_login(cast.secretary)
    answer = client.post(reverse("matter_step", args=[matter.pk, "pass"]), {"turn": "3", "key": "k"})
    assert (answer.status_code, "台账没有收：类别" in answer.text) == (422, True)


def test_the_board_has_a_column_for_a_state_of_an_older_version(cast: Cast):
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=clock.now())
    renamed = REPORT.replace("reported", "received").replace("待受理", "新收到")
    files = {**PROCEDURES, "procedures/report.yaml": renamed}
    publish(files=files, document_number="云组〔2026〕5号", unit=cast.town, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    newer = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=clock.now())
    client = Client()
    client.force_login(cast.secretary)
    text = client.get(reverse("matters_board", args=["report"])).text
    assert all(reverse("matter", args=[one.pk]) in text for one in (matter, newer))


def test_a_code_is_forgotten_on_a_screen_that_many_use(cast: Cast):
    code = new_receipt()
    open_matter(unit=cast.village, procedure="report", data=HOLE, by=PUBLIC, at=clock.now(), receipt=code)
    client = Client()
    client.get(reverse("follow"))
    session = client.session
    session["mark"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    assert "王家院" in client.post(reverse("follow"), {"code": code}, follow=True).text
    session = client.session
    assert session.session_key != before
    session["receipt_since"] = clock.now().timestamp() - 3_600
    session.save()
    answer = client.get(reverse("follow"))
    assert ("王家院" in answer.text, "no-store" in answer["Cache-Control"]) == (False, True)


def test_photos_that_come_without_an_account_with_a_later_step_are_kept(cast: Cast):
    ruled(cast, report=changed_text(REPORT, ("by: [reporter], asks: [satisfied]", "by: [reporter], asks: [satisfied, photo]")))
    code, at = new_receipt(), clock.now()
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=PUBLIC, at=at, receipt=code)
    for verb, data in (("accept", {}), ("done", {"result": "好了"}), ("pass", {})):
        take_step(matter=matter, verb=verb, data=data, by=cast.secretary, at=at)
    client = Client()
    client.post(reverse("follow"), {"code": code})
    photo = SimpleUploadedFile("路.jpg", shot(1), "image/jpeg")
    client.post(reverse("follow_step", args=["rate"]), {"satisfied": "no", "photo": photo, "turn": fresh(matter).turn})
    assert (fresh(matter).data["satisfied"], matter.photos.get().number) == (False, 5)


def test_more_papers_than_there_are_people_are_refused_in_words(cast: Cast, delegates):
    matter = voting(cast)
    client = Client()
    client.force_login(cast.secretary)
    told = client.post(reverse("matter_vote", args=[matter.pk, "papers"]), {"in_favour": "9" * 20, "turn": matter.turn}, follow=True)
    assert "票数不能" in told.text
