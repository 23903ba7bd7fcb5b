"""Kinds of record that a unit adds for itself: from a workbook, signed by a second person, recorded at once, retired."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post, Unit
from fanxing.programme.actions import SchemeRefused, publish
from fanxing.programme.kind_drafting import (
    KindMoved,
    KindRefused,
    NoKind,
    begin_kind,
    drop_kind,
    publish_kind,
    retire_kind,
    return_kind,
    save_kind,
    submit_kind,
    vocabulary,
)
from fanxing.programme.models import KindDraft, KindVersion, LocalKind, Publication
from fanxing.programme.queries import awaiting_publication, kind_drafts_of, kinds_for, kinds_to_add, rulings, scheme_of
from fanxing.programme.two_people import SamePerson
from fanxing.records.actions.entries import add_record, correct_record
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.actions.permits import KindUnknown
from fanxing.records.models import Record
from fanxing.records.queries import recordable_kinds
from fanxing.scheme.model import Field, RecordKind
from fanxing.scheme.xlsform import Note, as_xlsform, template
from tests.cast import NOW, TODAY, Cast, appoint
from tests.programme.small import FILES
from tests.race import race

VISIT = RecordKind(
    id="own_visit",
    title="入户走访",
    basis="本级自定",
    nature="activity",
    kinds=("village",),
    recorded_by=("secretary",),
    times=12.0,
    fields=(
        Field(id="homes", title="走访户数", type="count", unit="户", required=True, basis="本级自定"),
        Field(id="what", title="情况", type="text", basis="本级自定"),
    ),
)
WIDER = replace(VISIT, fields=(*VISIT.fields, Field(id="place_of", title="地点", type="place", basis="本级自定")))
FIELDS = "fields:\n  homes: {title: 走访户数, type: count, unit: 户, required: yes}\n"
SAID = {"homes": 3, "what": "送政策"}


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A second person of the city's desk."""
    return appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))


@pytest.fixture
def town_desk(cast: Cast) -> User:
    """Someone who publishes for one township alone."""
    return appoint("towndesk", "马超", cast.town, Post.objects.create(id="towndesk", title="创建办", permission_set="city_desk"))


def begun(cast: Cast, kind: RecordKind = VISIT, unit: Unit | None = None, by: User | None = None) -> KindDraft:
    return begin_kind(unit=unit or cast.city, content=as_xlsform(kind), by=by or cast.desk, at=NOW)


@pytest.fixture
def draft(cast: Cast, programme: Publication) -> KindDraft:
    """The visit, uploaded by the desk for the city."""
    return begun(cast)


@pytest.fixture
def local(draft: KindDraft, cast: Cast, deputy: User) -> LocalKind:
    """The visit, published by the deputy."""
    return publish_kind(draft=submit_kind(draft=draft, by=cast.desk, at=NOW), by=deputy, at=NOW)


def last_event() -> tuple[str, str, str, str]:
    event = Event.objects.latest("id")
    return event.action, event.actor, event.unit_code, event.summary


def test_a_draft_begins_with_what_a_workbook_says(cast: Cast, draft: KindDraft):
    draft.refresh_from_db()
    assert (draft.record_kind, draft.notes, draft.state, draft.version, draft.base) == (VISIT, [], "editing", 1, None)
    assert last_event() == ("programme.begin_kind", "desk", "990000", "起草台账“入户走访”")


def test_what_is_not_a_workbook_begins_nothing(cast: Cast, programme: Publication):
    with pytest.raises(NoKind, match="内容是网页或文本"):
        begin_kind(unit=cast.city, content=b"<html></html>", by=cast.desk, at=NOW)
    assert not KindDraft.objects.exists()


def test_a_form_sent_twice_begins_one_draft(cast: Cast, programme: Publication):
    content = template(vocabulary(cast.city, scheme_of(programme)))
    first, again = (begin_kind(unit=cast.city, content=content, by=cast.desk, at=NOW, key="k") for _ in range(2))
    assert first == again


def test_only_who_may_publish_at_the_unit_begins_and_changes_drafts(cast: Cast, draft: KindDraft, town_desk: User):
    for user in (cast.stranger, cast.secretary, cast.reviewer, cast.outsider, town_desk):
        with pytest.raises(NotAllowed):
            begun(cast, by=user)
        with pytest.raises(NotAllowed):
            save_kind(draft=draft, kind=WIDER, notes=[], by=user, at=NOW)
        with pytest.raises(NotAllowed):
            submit_kind(draft=draft, by=user, at=NOW)
        with pytest.raises(NotAllowed):
            publish_kind(draft=draft, by=user, at=NOW)
        assert list(kind_drafts_of(user)) == []
    assert list(kind_drafts_of(cast.desk)) == [draft]


def test_a_kind_signed_by_a_second_person_is_recorded_the_same_minute(cast: Cast, local: LocalKind):
    record = add_record(unit=cast.village, kind="own_visit", occurred_on=TODAY, data=SAID, by=cast.secretary, at=NOW)
    assert (record.kind_version, record.data) == (local.version, SAID)
    assert kinds_for(cast.village)["own_visit"] == VISIT
    assert "own_visit" in [kind.id for kind in recordable_kinds(cast.secretary, cast.village)]
    assert rulings().records["own_visit"] == VISIT


def test_publishing_is_audited_with_the_rows_written(cast: Cast, local: LocalKind):
    assert last_event() == ("programme.publish_kind", "deputy", "990000", "发布台账“入户走访”，云溪市及以下自 2026-06-15 起登记")
    assert Event.objects.latest("id").details["kind"] == "own_visit"


def test_records_of_it_come_in_by_list_too(cast: Cast, local: LocalKind):
    rows = [RecordRow(cast.village.code, "own_visit", TODAY, SAID)]
    assert load_records(rows=rows, by=cast.secretary, at=NOW, source="import:民政局") == 1


def test_a_kind_of_a_township_is_kept_there_and_nowhere_else(cast: Cast, programme: Publication, town_desk: User):
    other = appoint("towndeputy", "李蕾", cast.town, Post.objects.get(pk="towndesk"))
    draft = submit_kind(draft=begun(cast, unit=cast.town, by=town_desk), by=town_desk, at=NOW)
    publish_kind(draft=draft, by=other, at=NOW)
    assert "own_visit" in kinds_for(cast.village)
    assert "own_visit" not in kinds_for(cast.other_village)
    with pytest.raises(KindUnknown, match="没有“own_visit”这类台账"):
        add_record(unit=cast.other_village, kind="own_visit", occurred_on=TODAY, data=SAID, by=cast.outsider, at=NOW)


def test_neither_who_began_nor_submitted_nor_edited_it_last_publishes(cast: Cast, draft: KindDraft, deputy: User):
    with pytest.raises(SamePerson):
        publish_kind(draft=submit_kind(draft=draft, by=deputy, at=NOW), by=deputy, at=NOW)
    with pytest.raises(SamePerson):
        publish_kind(draft=draft, by=cast.desk, at=NOW)
    assert not LocalKind.objects.exists()


def test_the_database_lets_nobody_publish_alone(cast: Cast, draft: KindDraft, local: LocalKind):
    with pytest.raises(IntegrityError), transaction.atomic():
        KindDraft.objects.filter(pk=draft.pk).update(decided_by="desk")


def test_the_second_person_is_told_what_awaits_them(cast: Cast, draft: KindDraft, deputy: User):
    submit_kind(draft=draft, by=cast.desk, at=NOW)
    assert [awaiting_publication(user) for user in (deputy, cast.desk, cast.secretary)] == [1, 0, 0]


def test_a_kind_with_faults_is_not_submitted_and_every_fault_is_told(cast: Cast, draft: KindDraft):
    faulty = replace(
        VISIT, recorded_by=(), fields=(Field(id="n_people", title="信教人数", type="count"), Field(id="one", title="类别", type="choice"))
    )
    notes = [Note("survey 第 3 行", "类型“geopoint”不收", "one"), Note("survey 第 4 行", "默认值没有读", blocks=False)]
    save_kind(draft=draft, kind=faulty, notes=notes, by=cast.desk, at=NOW)
    with pytest.raises(KindRefused) as refused:
        submit_kind(draft=draft, by=cast.desk, at=NOW)
    assert refused.value.faults == (
        "survey 第 3 行：类型“geopoint”不收",
        "请选由谁登记；没有人登记的台账不用设",
        "类别：单选要有选项",
        "信教人数：“信教”涉及宗教信仰，任何台账都不收（负担与隐私第 6 条）；只记做了几件、办结几件，不记人",
    )
    draft.refresh_from_db()
    assert draft.state == "editing"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda draft, by: save_kind(draft=draft, kind=WIDER, notes=[], by=by, at=NOW), "待发布，不能修改"),
        (lambda draft, by: submit_kind(draft=draft, by=by, at=NOW), "待发布，不能提交"),
    ],
    ids=["save", "submit"],
)
def test_what_was_submitted_is_not_changed(cast: Cast, draft: KindDraft, act, words: str):
    submit_kind(draft=draft, by=cast.desk, at=NOW)
    with pytest.raises(KindMoved, match=words):
        act(draft, cast.desk)


def test_what_is_only_being_written_is_not_published(cast: Cast, draft: KindDraft, deputy: User):
    with pytest.raises(KindMoved, match="编写中，不能发布"):
        publish_kind(draft=draft, by=deputy, at=NOW)


def test_a_draft_is_returned_for_a_reason_and_dropped(cast: Cast, draft: KindDraft, deputy: User):
    submit_kind(draft=draft, by=cast.desk, at=NOW)
    with pytest.raises(NoKind, match="请填写退回原因"):
        return_kind(draft=draft, reason=" ", by=deputy, at=NOW)
    return_kind(draft=draft, reason="户数与户表重复", by=deputy, at=NOW)
    assert (draft.state, draft.reason) == ("editing", "户数与户表重复")
    drop_kind(draft=draft, by=cast.desk, at=NOW)
    assert (draft.state, draft.decided_by) == ("dropped", "desk")


def test_who_changes_an_old_version_is_told(cast: Cast, draft: KindDraft):
    seen = draft.version
    save_kind(draft=draft, kind=WIDER, notes=[], by=cast.desk, at=NOW)
    with pytest.raises(KindMoved, match="刚刚改过这份草案"):
        save_kind(draft=draft, kind=VISIT, notes=[], by=cast.desk, at=NOW, expected_version=seen)


def test_a_kind_only_grows(cast: Cast, local: LocalKind, deputy: User):
    shrunk = begun(cast, replace(VISIT, fields=VISIT.fields[:1]))
    assert shrunk.base == local.version
    with pytest.raises(KindRefused, match="“情况”不能删去"):
        submit_kind(draft=shrunk, by=cast.desk, at=NOW)
    grown = submit_kind(draft=begun(cast, WIDER), by=cast.desk, at=NOW)
    published = publish_kind(draft=grown, by=deputy, at=NOW)
    assert (published.version.number, kinds_for(cast.village)["own_visit"]) == (2, WIDER)


def test_what_says_the_same_is_not_published_again(cast: Cast, local: LocalKind):
    with pytest.raises(KindRefused, match="没有差别"):
        submit_kind(draft=begun(cast), by=cast.desk, at=NOW)


def test_an_id_means_one_kind_in_the_whole_installation(cast: Cast, local: LocalKind, town_desk: User):
    draft = begun(cast, unit=cast.town, by=town_desk)
    assert draft.record_kind.id != "own_visit"
    assert [one["words"] for one in draft.notes] == ["“own_visit”已是别的台账的标识，已另取一个"]
    of_programme = begun(cast, replace(VISIT, id="meeting"))
    assert of_programme.record_kind.id != "meeting"


def test_of_two_who_publish_the_same_id_at_once_one_wins(cast: Cast, draft: KindDraft, deputy: User):
    other = begun(cast, replace(VISIT, title="入户"))
    drafts = [submit_kind(draft=one, by=cast.desk, at=NOW) for one in (draft, other)]
    publish_kind(draft=drafts[0], by=deputy, at=NOW)
    with pytest.raises(KindRefused, match="已是别的台账的标识"):
        publish_kind(draft=drafts[1], by=deputy, at=NOW)
    assert KindVersion.objects.filter(kind="own_visit").count() == 1


def test_a_kind_that_is_retired_takes_no_new_records_and_keeps_the_old(cast: Cast, local: LocalKind):
    record = add_record(unit=cast.village, kind="own_visit", occurred_on=TODAY, data=SAID, by=cast.secretary, at=NOW)
    with pytest.raises(NoKind, match="请填写停用原因"):
        retire_kind(unit=cast.city, kind="own_visit", reason="", by=cast.desk, at=NOW)
    retire_kind(unit=cast.city, kind="own_visit", reason="并入走访日志", by=cast.desk, at=NOW)
    assert last_event() == ("programme.retire_kind", "desk", "990000", "云溪市停用台账“入户走访”")
    with pytest.raises(KindUnknown, match="已停用，不再登记新的"):
        add_record(unit=cast.village, kind="own_visit", occurred_on=TODAY, data=SAID, by=cast.secretary, at=NOW)
    assert "own_visit" in kinds_for(cast.village)
    assert "own_visit" not in kinds_to_add(cast.village)
    assert correct_record(record=record, occurred_on=TODAY, data={"homes": 4}, by=cast.secretary, at=NOW).data == {"homes": 4}
    assert Record.objects.filter(kind="own_visit").count() == 2


def test_a_kind_is_retired_once_by_who_may_and_can_come_back(cast: Cast, local: LocalKind, deputy: User):
    with pytest.raises(NotAllowed):
        retire_kind(unit=cast.city, kind="own_visit", reason="x", by=cast.secretary, at=NOW)
    with pytest.raises(NoKind, match="没有加过"):
        retire_kind(unit=cast.city, kind="meeting", reason="x", by=cast.desk, at=NOW)
    retire_kind(unit=cast.city, kind="own_visit", reason="暂停", by=cast.desk, at=NOW)
    with pytest.raises(KindMoved, match="已经停用"):
        retire_kind(unit=cast.city, kind="own_visit", reason="暂停", by=cast.desk, at=NOW)
    again = submit_kind(draft=begun(cast), by=cast.desk, at=NOW)
    assert publish_kind(draft=again, by=deputy, at=NOW).version == local.version
    assert "own_visit" in kinds_to_add(cast.village)


def test_a_kind_is_kept_from_its_day_on(cast: Cast, local: LocalKind):
    assert "own_visit" not in kinds_for(cast.village, TODAY - timedelta(days=1))
    assert "own_visit" in kinds_for(cast.village, date(2026, 6, 15))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins(cast: Cast, draft: KindDraft, deputy: User):
    submit_kind(draft=draft, by=cast.desk, at=NOW)

    def publish() -> None:
        publish_kind(draft=KindDraft.objects.get(pk=draft.pk), by=deputy, at=NOW, expected_version=2)

    def give_back() -> None:
        return_kind(draft=KindDraft.objects.get(pk=draft.pk), reason="再看", by=deputy, at=NOW, expected_version=2)

    assert sorted(type(one).__name__ if one else "" for one in race(publish, give_back)) == ["", "KindMoved"]


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_of_one_id_published_at_once_one_is_kept(cast: Cast, draft: KindDraft, deputy: User):
    drafts = [submit_kind(draft=one, by=cast.desk, at=NOW) for one in (draft, begun(cast, replace(VISIT, title="入户")))]

    def publish(draft: KindDraft) -> LocalKind:
        return publish_kind(draft=KindDraft.objects.get(pk=draft.pk), by=deputy, at=NOW)

    kept = [one for one in race(*(lambda one=one: publish(one) for one in drafts)) if isinstance(one, LocalKind)]
    assert (len(kept), KindVersion.objects.filter(kind="own_visit").count(), LocalKind.objects.count()) == (1, 1, 1)


def test_a_draft_that_grows_from_what_is_no_longer_the_last_version_is_told(cast: Cast, local: LocalKind, deputy: User):
    first, second = begun(cast, WIDER), begun(cast, replace(WIDER, title="走访"))
    publish_kind(draft=submit_kind(draft=first, by=cast.desk, at=NOW), by=deputy, at=NOW)
    with pytest.raises(KindRefused, match="刚刚有了新的版本"):
        submit_kind(draft=second, by=cast.desk, at=NOW)


def test_rules_that_take_a_kind_over_may_only_let_it_grow(cast: Cast, local: LocalKind):
    taken = FILES | {"records/own_visit.yaml": "title: 入户走访\nnature: activity\nkinds: [village]\nrecorded_by: [secretary]\n" + FIELDS}
    with pytest.raises(SchemeRefused, match="“情况”不能删去"):
        publish(files=taken, document_number="一号", unit=cast.city, by=SYSTEM, at=NOW)
    grown = taken | {"records/own_visit.yaml": taken["records/own_visit.yaml"] + "  what: {title: 情况, type: text}\n"}
    publish(files=grown, document_number="二号", unit=cast.city, by=SYSTEM, at=NOW)
    assert kinds_for(cast.village)["own_visit"].basis == "example"
    record = add_record(unit=cast.village, kind="own_visit", occurred_on=TODAY, data=SAID, by=cast.secretary, at=NOW)
    assert record.kind_version.number == 2
