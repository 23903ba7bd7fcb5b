"""Rules drafted, submitted and published by a second person."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post
from fanxing.programme.actions import SchemeRefused, publish
from fanxing.programme.drafting import (
    DraftMoved,
    InvalidDraft,
    PeriodBegun,
    SamePerson,
    create_draft,
    drop_draft,
    next_period,
    publish_draft,
    return_draft,
    save_draft,
    submit_draft,
    why_frozen,
    why_not_publisher,
)
from fanxing.programme.models import Draft, Publication
from fanxing.programme.queries import drafts_of, programme_for
from fanxing.scheme import read_folder
from fanxing.scheme.model import Period
from tests.cast import NOW, TODAY, Cast, appoint
from tests.programme.small import FILES, with_text
from tests.race import race

NEXT_YEAR = with_text("scheme.yaml", "{from: 2026-01-01, to: 2026-12-31}", "{from: 2027-01-01, to: 2027-12-31}")
STRICTER = with_text("stars/village/industry.yaml", "pass: 70", "pass: 90", NEXT_YEAR)
NUMBER = "云组〔2026〕9号"
NEW_YEAR = datetime(2027, 1, 2, 4, tzinfo=UTC)


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A second person of the city's desk."""
    return appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))


@pytest.fixture
def draft(cast: Cast, programme: Publication) -> Draft:
    """Next year's rules, begun by the desk from those in force."""
    return create_draft(title="明年的规则", unit=cast.city, base=programme, files=NEXT_YEAR, by=cast.desk, at=NOW)


def submitted(draft: Draft, by: User) -> Draft:
    return submit_draft(draft=draft, document_number=NUMBER, by=by, at=NOW)


def last_event() -> tuple[str, str, str, str]:
    event = Event.objects.latest("id")
    return event.action, event.actor, event.unit_code, event.summary


def test_a_draft_begins_with_the_files_of_a_publication(cast: Cast, draft: Draft, programme: Publication):
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.base, draft.files) == ("editing", 1, programme, NEXT_YEAR)
    assert (draft.created_by, draft.edited_by_title, draft.publication) == ("desk", "云溪市创建办", None)
    assert last_event() == ("programme.create_draft", "desk", "990000", "起草《明年的规则》")


def test_a_form_sent_twice_begins_one_draft(cast: Cast, programme: Publication):
    sent = {"title": "明年的规则", "unit": cast.city, "base": programme, "files": NEXT_YEAR, "by": cast.desk, "at": NOW, "key": "k1"}
    assert create_draft(**sent) == create_draft(**sent)
    assert create_draft(**{**sent, "key": "k2"}) != create_draft(**{**sent, "title": "另一份"})
    assert Draft.objects.count() == 3


def test_rules_are_written_for_a_period_as_long_as_the_last_one():
    def after(start: date | None, end: date | None) -> tuple[str, str]:
        period = next_period(Publication(period_from=start, period_to=end), date(2026, 6, 1))
        return period.start.isoformat(), period.end.isoformat()

    assert after(date(2026, 1, 1), date(2026, 12, 31)) == ("2027-01-01", "2027-12-31")
    assert after(date(2027, 3, 1), date(2028, 2, 29)) == ("2028-03-01", "2029-02-28")
    assert after(date(2027, 3, 1), date(2028, 2, 28)) == ("2028-02-29", "2029-02-27")
    assert after(date(2026, 1, 1), date(2026, 3, 31)) == ("2026-04-01", "2026-06-29")
    assert after(None, None) == ("2027-01-01", "2027-12-31")
    assert next_period(None, date(2026, 6, 1)) == Period(date(2027, 1, 1), date(2027, 12, 31))


def test_a_draft_may_have_faults_and_come_as_a_workbook(cast: Cast):
    sheet = {"rows": [{"title": "党课", "points": 5}]}
    made = create_draft(title="县里的细则", unit=cast.town, files={"scheme.yaml": "{"}, sheet=sheet, workbook=b"PK", by=cast.desk, at=NOW)
    made.refresh_from_db()
    assert (made.files, made.sheet, bytes(made.workbook)) == ({"scheme.yaml": "{"}, sheet, b"PK")


def test_a_draft_is_changed_in_parts(cast: Cast, draft: Draft, deputy: User):
    save_draft(draft=draft, files=STRICTER, by=cast.desk, at=NOW)
    save_draft(draft=draft, title="明年更严", sheet={"rows": []}, by=deputy, at=NOW)
    draft.refresh_from_db()
    assert (draft.files, draft.title, draft.sheet, draft.version, draft.edited_by) == (STRICTER, "明年更严", {"rows": []}, 3, "deputy")
    assert last_event() == ("programme.save_draft", "deputy", "990000", "修改《明年更严》")


def test_of_two_editors_one_wins_and_the_other_is_told(cast: Cast, draft: Draft, deputy: User):
    theirs = Draft.objects.get(pk=draft.pk)
    save_draft(draft=draft, files=STRICTER, by=cast.desk, at=NOW)
    with pytest.raises(DraftMoved, match="云溪市创建办刚刚改过这份草案，您修改的是旧的一版，没有生效"):
        save_draft(draft=theirs, files=FILES, expected_version=1, by=deputy, at=NOW)
    draft.refresh_from_db()
    assert (draft.files, draft.version) == (STRICTER, 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_wins(transactional_db: None, cast: Cast, draft: Draft, deputy: User):
    def change(title: str, by: User) -> Draft:
        return save_draft(draft=Draft.objects.get(pk=draft.pk), title=title, expected_version=1, by=by, at=NOW)

    results = race(lambda: change("甲", cast.desk), lambda: change("乙", deputy))
    assert sorted(type(one).__name__ for one in results) == ["Draft", "DraftMoved"]
    assert Draft.objects.get().version == 2


def test_a_second_person_publishes_for_next_year(cast: Cast, draft: Draft, deputy: User, programme: Publication):
    submitted(save_draft(draft=draft, files=STRICTER, by=cast.desk, at=NOW), cast.desk)
    assert last_event() == ("programme.submit_draft", "desk", "990000", f"提交《明年的规则》{NUMBER}，待第二人发布")
    publication = publish_draft(draft=draft, by=deputy, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.publication, draft.decided_by) == ("published", publication, "deputy")
    assert (publication.document_number, publication.published_by, publication.files) == (NUMBER, "deputy", STRICTER)
    assert (programme_for(cast.village, TODAY), programme_for(cast.village, date(2027, 1, 1))) == (programme, publication)
    assert last_event() == ("programme.publish_draft", "deputy", "990000", f"发布《明年的规则》{NUMBER}")


def test_neither_who_submitted_nor_who_edited_last_publishes(cast: Cast, draft: Draft, deputy: User):
    submitted(save_draft(draft=draft, files=STRICTER, by=cast.desk, at=NOW), deputy)
    with pytest.raises(SamePerson, match="由您（云溪市创建办）最后修改"):
        publish_draft(draft=draft, by=cast.desk, at=NOW)
    with pytest.raises(SamePerson, match="这份草案由您（云溪市创建办）提交，须由另一位有发布权限的人核对后发布"):
        publish_draft(draft=draft, by=deputy, at=NOW)
    assert Publication.objects.count() == 1
    third = appoint("third", "钱进", cast.city, Post.objects.get(pk="desk"))
    assert why_not_publisher(draft, third) == ""
    assert publish_draft(draft=draft, by=third, at=NOW).published_by == "third"


def test_what_was_read_is_what_is_published(cast: Cast, draft: Draft, deputy: User):
    read = submitted(draft, cast.desk).version
    return_draft(draft=draft, reason="文号不对", by=deputy, at=NOW)
    submitted(save_draft(draft=draft, files=STRICTER, by=cast.desk, at=NOW), cast.desk)
    with pytest.raises(DraftMoved, match="您发布的是旧的一版"):
        publish_draft(draft=draft, expected_version=read, by=deputy, at=NOW)


def test_a_draft_is_returned_for_a_reason(cast: Cast, draft: Draft, deputy: User):
    submitted(draft, cast.desk)
    with pytest.raises(InvalidDraft, match="请填写退回原因"):
        return_draft(draft=draft, reason=" ", by=deputy, at=NOW)
    return_draft(draft=draft, reason=" 收入档次再议 ", by=deputy, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("editing", "收入档次再议")
    assert last_event() == ("programme.return_draft", "deputy", "990000", "退回《明年的规则》")
    assert submitted(draft, cast.desk).reason == ""


def test_a_draft_is_given_up_and_stays(cast: Cast, draft: Draft):
    drop_draft(draft=draft, by=cast.desk, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.decided_by, draft.files) == ("dropped", "desk", NEXT_YEAR)
    assert last_event() == ("programme.drop_draft", "desk", "990000", "作废《明年的规则》")


def test_what_comes_at_the_wrong_time_is_refused(cast: Cast, draft: Draft, deputy: User):
    with pytest.raises(DraftMoved, match="编写中，不能发布"):
        publish_draft(draft=draft, by=deputy, at=NOW)
    with pytest.raises(DraftMoved, match="编写中，不能退回"):
        return_draft(draft=draft, reason="再议", by=deputy, at=NOW)
    submitted(draft, cast.desk)
    with pytest.raises(DraftMoved, match="待发布，不能修改"):
        save_draft(draft=draft, title="改名", by=cast.desk, at=NOW)
    with pytest.raises(DraftMoved, match="待发布，不能提交"):
        submitted(draft, cast.desk)
    publish_draft(draft=draft, by=deputy, at=NOW)
    with pytest.raises(DraftMoved, match="已发布，不能发布"):
        publish_draft(draft=draft, by=deputy, at=NOW)
    with pytest.raises(DraftMoved, match="已发布，不能作废"):
        drop_draft(draft=draft, by=deputy, at=NOW)


@pytest.mark.parametrize("act", ["create", "save", "submit", "return", "publish", "drop"])
def test_only_who_runs_a_programme_drafts(cast: Cast, draft: Draft, act: str):
    if act in ("return", "publish"):
        submitted(draft, cast.desk)
    acts = {
        "create": lambda by: create_draft(title="甲", unit=cast.city, files=FILES, by=by, at=NOW),
        "save": lambda by: save_draft(draft=draft, title="甲", by=by, at=NOW),
        "submit": lambda by: submit_draft(draft=draft, document_number=NUMBER, by=by, at=NOW),
        "return": lambda by: return_draft(draft=draft, reason="再议", by=by, at=NOW),
        "publish": lambda by: publish_draft(draft=draft, by=by, at=NOW),
        "drop": lambda by: drop_draft(draft=draft, by=by, at=NOW),
    }
    for user in (cast.secretary, cast.reviewer, cast.clerk, cast.stranger):
        with pytest.raises(NotAllowed, match="发布评分细则"):
            acts[act](user)


def test_a_title_and_a_document_number_are_asked_for(cast: Cast, draft: Draft):
    with pytest.raises(InvalidDraft, match="请填写名称"):
        save_draft(draft=draft, title=" ", by=cast.desk, at=NOW)
    with pytest.raises(InvalidDraft, match="名称太长"):
        create_draft(title="长" * 101, unit=cast.city, files=FILES, by=cast.desk, at=NOW)
    with pytest.raises(InvalidDraft, match="请填写文号"):
        submit_draft(draft=draft, document_number=" ", by=cast.desk, at=NOW)


def test_faults_are_told_when_a_draft_is_submitted_and_nothing_is_lost(cast: Cast, draft: Draft):
    save_draft(draft=draft, files=with_text("stars/village/industry.yaml", "1: 20}", "1: 20, 1: 30}", NEXT_YEAR), by=cast.desk, at=NOW)
    with pytest.raises(SchemeRefused, match=r"stars/village/industry\.yaml:8"):
        submitted(draft, cast.desk)
    shrunk = with_text("records/meeting.yaml", "most: 500", "most: 400", NEXT_YEAR)
    save_draft(draft=Draft.objects.get(), files=shrunk, by=cast.desk, at=NOW)
    with pytest.raises(SchemeRefused, match="上限不能降低到 400"):
        submitted(Draft.objects.get(), cast.desk)
    posts = with_text("scheme.yaml", "permissions: star_team", "permissions: city_desk", NEXT_YEAR)
    save_draft(draft=Draft.objects.get(), files=posts, by=cast.desk, at=NOW)
    with pytest.raises(NotAllowed, match="岗位：专班"):
        submitted(Draft.objects.get(), cast.desk)
    assert (Draft.objects.get().state, Draft.objects.get().files) == ("editing", posts)


# Rules do not change while they rate


def test_rules_of_a_period_that_has_begun_are_not_changed(cast: Cast, draft: Draft):
    save_draft(draft=draft, files=with_text("stars/village/industry.yaml", "pass: 70", "pass: 90"), by=cast.desk, at=NOW)
    words = "2026-01-01 至 2026-12-31 的评定已按《小方案》云组〔2026〕3号开始，期内不改规则。请把草案的评定时段改到 2027-01-01 或以后"
    with pytest.raises(PeriodBegun, match=words):
        submitted(draft, cast.desk)


@pytest.mark.parametrize(
    ("start", "free"), [(date(2026, 6, 16), False), (date(2026, 12, 31), False), (date(2027, 1, 1), True), (date(2025, 1, 1), False)]
)
def test_the_next_rules_begin_when_the_period_has_ended(cast: Cast, programme: Publication, start: date, free: bool):
    for unit in (cast.city, cast.town, cast.village):
        assert (why_frozen(Period(start, date(2027, 12, 31)), unit, TODAY) == "") is free


def test_where_nothing_rules_yet_rules_may_begin_at_once(cast: Cast):
    assert why_frozen(Period(date(2026, 1, 1), date(2026, 12, 31)), cast.city, TODAY) == ""
    assert why_frozen(None, cast.city, TODAY) == ""


def test_rules_without_a_period_are_followed_by_later_ones_only(cast: Cast):
    endless = publish(files=read_folder("hdi"), document_number="", unit=cast.city, by=SYSTEM, at=NOW)
    assert f"评定已按{endless}开始，期内不改规则。请把草案的评定时段改到 2026-06-16 或以后" in why_frozen(None, cast.city, TODAY)
    assert why_frozen(Period(date(2026, 6, 16), date(2026, 12, 31)), cast.city, TODAY) == ""


def test_a_draft_submitted_in_time_may_be_published_late_unless_others_began_meanwhile(cast: Cast, draft: Draft, deputy: User):
    submitted(draft, cast.desk)
    assert why_frozen(Period(date(2027, 1, 1), date(2027, 12, 31)), cast.city, NEW_YEAR.date()) == ""
    publish(files=STRICTER, document_number="先发", unit=cast.city, by=SYSTEM, at=NOW)
    with pytest.raises(PeriodBegun, match="2027-01-01 至 2027-12-31 的评定已按《小方案》先发开始"):
        publish_draft(draft=draft, by=deputy, at=NEW_YEAR)


def test_the_system_may_still_correct_rules_in_force(cast: Cast, programme: Publication):
    corrected = publish(files=with_text("scheme.yaml", "小方案", "小方案（更正）"), document_number="", unit=cast.city, by=SYSTEM, at=NOW)
    assert programme_for(cast.village, TODAY) == corrected


# What the database holds


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "published"},
        {"state": "submitted"},
        {"state": "dropped"},
        {"state": "other"},
        {"decided_by": "desk"},
        {"title": ""},
    ],
)
def test_a_draft_that_cannot_be_is_not_stored(draft: Draft, changes: dict[str, object]):
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.update(**changes)


@pytest.mark.parametrize("column", ["submitted_by", "edited_by"])
def test_the_database_too_wants_two_people(cast: Cast, draft: Draft, deputy: User, column: str):
    publish_draft(draft=submitted(draft, cast.desk), by=deputy, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.update(**{column: "deputy"})


# Reading


def test_drafts_are_seen_by_those_who_may_publish_there(cast: Cast, draft: Draft, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert [(one, one.unit.name) for one in drafts_of(cast.desk)] == [(draft, "云溪市")]
    assert [list(drafts_of(user)) for user in (cast.reviewer, cast.secretary, cast.stranger)] == [[], [], []]
