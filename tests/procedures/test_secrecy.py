"""Who votes how, who objects with what, and who may see a private matter: nobody learns it who should not."""

import logging

import pytest
from django.db import connection

from fanxing.accounts.actions import InvalidAccount, create_user
from fanxing.accounts.models import User
from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.audit.models import Event
from fanxing.audit.references import reference
from fanxing.inbox.models import WorkItem
from fanxing.lib.personal import digests_not_as_logged
from fanxing.lib.receipts import new_receipt
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post
from fanxing.procedures.actions.balloting import Papers, cast_vote, close_ballot, count_papers, tally_of
from fanxing.procedures.actions.conferring import VerdictGiven, give_verdict
from fanxing.procedures.actions.objecting import raise_objection, settle_objection
from fanxing.procedures.actions.opening import SentBefore, open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.minutes import minutes_of
from fanxing.procedures.models import Matter, MatterPersonal, Verdict, Voter
from fanxing.procedures.queries import visible_matters
from fanxing.programme.actions import publish
from fanxing.records.models import Record
from fanxing.scheme.model import Ballot
from tests.cast import FOUNDED, NOW, Cast, appoint
from tests.procedures.conftest import PROCEDURES
from tests.procedures.test_walking import fresh, later, nominated, shortlisted, voting
from tests.scheme.procedures import ELECT, REPORT, changed_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
HOLE = {"what": "road", "detail": "坑洼", "place": "村口"}


def ruled(cast: Cast, **texts: str) -> None:
    files = PROCEDURES | {f"procedures/{id}.yaml": text for id, text in texts.items()}
    publish(files=files, document_number="云组〔2026〕4号", unit=cast.town, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def everything() -> str:
    """All that every table says."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in ("procedures_count", "django_session"):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 — the names are the database's own
                found += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_anywhere_tells_who_voted_how(cast: Cast, delegates, caplog):
    matter = voting(cast)
    before = everything()
    with caplog.at_level(logging.DEBUG):
        for number, one in enumerate(delegates[:10]):
            cast_vote(matter=matter, choice="against" if number == 3 else "for", by=one, at=later(8))
    fresh_lines = [line for line in everything().splitlines() if line not in before]
    assert len(fresh_lines) == 10
    assert all(line.startswith("procedures_voter") for line in fresh_lines)
    assert not any(word in line for line in fresh_lines for word in ("for'", "against"))
    assert set(Voter.objects.values_list("choice", flat=True)) == {""}
    spoken = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert "against" not in spoken


def test_figures_need_ten_voters_and_ten_or_nobody_online(cast: Cast, delegates):
    matter = voting(cast)
    ballot = matter.procedure.states["voting"].step
    assert isinstance(ballot, Ballot)
    shown = []
    count_papers(matter=matter, papers=Papers(12, 0), by=cast.secretary, at=later(8))
    shown.append(tally_of(matter, ballot).is_shown)
    # One vote beside papers that somebody counted is known to whoever counted them.
    cast_vote(matter=matter, choice="against", by=delegates[0], at=later(8))
    shown.append(tally_of(matter, ballot).is_shown)
    for one in delegates[1:10]:
        cast_vote(matter=matter, choice="for", by=one, at=later(8))
    shown.append(tally_of(matter, ballot).is_shown)
    assert shown == [True, False, True]


REMINDED = changed_text(
    ELECT, ("  - {verb: elect,", "  - {verb: remind, title: 催票, from: voting, to: voting, by: [branch]}\n  - {verb: elect,")
)


def test_minutes_that_are_printed_while_a_vote_goes_on_tell_no_figures(cast: Cast, delegates):
    ruled(cast, elect=REMINDED)
    matter = voting(cast)
    count_papers(matter=matter, papers=Papers(13, 11), by=cast.secretary, at=later(8))
    take_step(matter=matter, verb="remind", by=cast.secretary, at=later(8))
    assert "实到" not in str(minutes_of(fresh(matter)))
    close_ballot(matter=matter, by=cast.secretary, at=later(9))
    assert str(minutes_of(fresh(matter))).count("实到 24 人") == 1


def test_who_may_vote_sees_what_about_and_those_above_have_no_vote(cast: Cast, delegates):
    matter = voting(cast)
    assert list(visible_matters(delegates[0])) == [matter]
    above = delegate_above(cast)
    with pytest.raises(NotAllowed, match="不在这次表决的范围内"):
        cast_vote(matter=matter, choice="for", by=above, at=later(8))
    close_ballot(matter=matter, by=cast.secretary, at=later(8))
    assert not visible_matters(delegates[0]).exists()


def delegate_above(cast: Cast) -> User:
    """Somebody who holds the post in the township, from where it reaches the village."""
    Post.objects.filter(pk="delegate").update(kinds=["village", "township"])
    return appoint("above", "镇里的代表", cast.town, Post.objects.get(pk="delegate"))


EACH = changed_text(
    ELECT,
    ("  town: {title: 乡镇, posts: [clerk], at: above}\n", ""),
    ("members: [branch, town], each: body, decide: all", "members: [member], each: person, decide: majority"),
)


def test_where_heads_are_counted_each_speaks_once_and_only_those_who_sit_there(cast: Cast, delegates):
    ruled(cast, elect=EACH)
    matter = nominated(cast)
    above = delegate_above(cast)
    with pytest.raises(NotAllowed, match="不是这次会商的成员"):
        give_verdict(matter=matter, choice="against", words="不行", by=above, at=NOW)
    for one in delegates[:6]:
        give_verdict(matter=matter, choice="for", by=one, at=NOW)
    with pytest.raises(VerdictGiven):
        give_verdict(matter=matter, choice="for", by=delegates[0], at=NOW)
    assert fresh(matter).state == "judging"
    give_verdict(matter=matter, choice="for", by=delegates[6], at=NOW)
    assert (fresh(matter).state, Verdict.objects.count()) == ("noticed", 7)


BOTH = changed_text(
    ELECT,
    ("  town: {title: 乡镇, posts: [clerk], at: above}\n", "  board: {title: 村委会, posts: [secretary]}\n"),
    ("members: [branch, town]", "members: [branch, board]"),
)


def test_who_sits_in_two_bodies_speaks_for_the_one_they_name(cast: Cast):
    ruled(cast, elect=BOTH)
    matter = nominated(cast)
    give_verdict(matter=matter, choice="for", member="branch", by=cast.secretary, at=NOW)
    # The form sent twice does not speak for the other body.
    with pytest.raises(VerdictGiven, match="党支部已经给出意见"):
        give_verdict(matter=matter, choice="for", member="branch", by=cast.secretary, at=NOW)
    assert fresh(matter).state == "judging"
    with pytest.raises(NotAllowed):
        give_verdict(matter=matter, choice="for", member="town", by=cast.secretary, at=NOW)
    give_verdict(matter=matter, choice="for", member="board", by=cast.secretary, at=NOW)
    assert fresh(matter).state == "noticed"


def test_a_notice_stands_until_all_is_answered_and_who_objected_is_answered_all_the_same(cast: Cast):
    matter = shortlisted(cast)
    notice = matter.notices.get().notice
    first, _ = raise_objection(notice=notice, text="他不是本村人", at=later(1))
    second, _ = raise_objection(notice=notice, text="票数有误", at=later(1))
    assert [wind(at=later(day)) for day in (8, 20)] == [0, 0]
    assert fresh(matter).state == "noticed"
    settle_objection(objection=first, answer="属实", upheld=True, by=cast.secretary, at=later(20))
    assert fresh(matter).state == "judging"
    # The one that is not answered yet still waits for whoever answers it.
    waiting = WorkItem.objects.filter(key__contains="objection").waiting()
    assert [one.key for one in waiting] == [f"{matter.pk}:objection-{second.pk}"]
    settle_objection(objection=second, answer="已重新会商", upheld=True, by=cast.secretary, at=later(21))
    second.refresh_from_db()
    assert (second.answer, fresh(matter).state, fresh(matter).turn) == ("已重新会商", "judging", 3)
    assert not waiting.all().exists()


SEEN_BY_FEW = changed_text(REPORT, ("shows: [what, place, result]\n", "seen_by: [staff]\n"))


def test_a_private_matter_is_seen_by_those_in_it_and_named_by_its_number_alone(cast: Cast):
    ruled(cast, report=SEEN_BY_FEW)
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=NOW)
    people = (cast.secretary, cast.clerk, cast.reviewer, cast.desk, cast.colleague, cast.outsider, cast.stranger)
    assert [visible_matters(one).exists() for one in people] == [True, False, False, False, False, False, False]
    wind(at=later(3))
    words = str(list(WorkItem.objects.values_list("title", "note"))) + str(list(Event.objects.values_list("summary", "details")))
    assert matter.number in words
    assert "道路" not in words
    assert "坑洼" not in words


def test_nobody_opens_an_account_in_the_name_of_everybody(cast: Cast):
    open_matter(unit=cast.village, procedure="report", data=HOLE, by=PUBLIC, at=NOW, receipt=new_receipt())
    for name in (PUBLIC.username, SYSTEM.username):
        with pytest.raises(InvalidAccount, match="留给系统"):
            create_user(username=name, display_name="群众", by=SYSTEM, at=NOW)


def test_the_form_of_somebody_without_an_account_opens_one_matter_and_loses_no_second(cast: Cast):
    code = new_receipt()
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=PUBLIC, at=NOW, receipt=code)
    assert open_matter(unit=cast.village, procedure="report", data=HOLE, by=PUBLIC, at=NOW, receipt=code) == matter
    with pytest.raises(SentBefore, match="已经提交过"):
        open_matter(unit=cast.village, procedure="report", data=HOLE | {"detail": "另一处"}, by=PUBLIC, at=NOW, receipt=code)
    assert Matter.objects.count() == 1


def test_a_personal_text_that_another_replaces_is_logged_as_erased(cast: Cast):
    ruled(cast, report=changed_text(REPORT, ("by: [handler], asks: [result]}", "by: [handler], asks: [result, contact]}")))
    matter = open_matter(unit=cast.village, procedure="report", data=HOLE | {"contact": "000-1234"}, by=cast.secretary, at=NOW)
    take_step(matter=matter, verb="accept", by=cast.secretary, at=NOW)
    take_step(matter=matter, verb="done", data={"result": "好了", "contact": "000-5678"}, by=cast.secretary, at=NOW)
    details = list(Event.objects.filter(action__startswith="procedures.").values_list("details", flat=True))
    written = [one for each in details for one in each.get("personal", [])]
    erased = [one for each in details for one in each.get("erased", [])]
    rows = [(one, reference(one.matter)) for one in MatterPersonal.objects.select_related("matter")]
    assert (len(written), len(erased), digests_not_as_logged(rows, written, erased)) == (2, 1, [])


def test_what_the_ledger_refuses_refuses_the_whole_step_in_words(cast: Cast):
    from fanxing.procedures.actions.outcomes import LedgerRefuses

    matter = open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=NOW)
    take_step(matter=matter, verb="accept", by=cast.secretary, at=NOW)
    take_step(matter=matter, verb="done", data={"result": "好了"}, by=cast.secretary, at=NOW)
    matter = fresh(matter)
    matter.data = {**matter.data, "what": "nothing of the kind"}
    matter.save(update_fields=["data"])
    with pytest.raises(LedgerRefuses, match=r"台账没有收：类别.*留在原来的环节"):
        take_step(matter=matter, verb="pass", by=cast.secretary, at=NOW)
    assert (fresh(matter).state, fresh(matter).turn, Record.objects.count()) == ("checking", 3, 0)
