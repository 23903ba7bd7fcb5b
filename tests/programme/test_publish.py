"""Rules published, and where they rule."""

from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import AppendOnlyError, Event
from fanxing.audit.queries import events_about, rows_not_as_recorded
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post
from fanxing.programme.actions import PublishedMeanwhile, SchemeRefused, publish
from fanxing.programme.kinds import definition, record_kind, shrinkings, shrinkings_since
from fanxing.programme.models import Attachment, KindVersion, Publication
from fanxing.programme.queries import kind_versions, kinds_for, programme_for, rulings, scheme_of, scheme_published
from fanxing.scheme import load_files
from fanxing.scheme.digests import rating_digest, record_kind_digest
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.programme.small import FILES, with_text
from tests.race import race

NEXT_YEAR = with_text("scheme.yaml", "{from: 2026-01-01, to: 2026-12-31}", "{from: 2027-01-01, to: 2027-12-31}")
STRICTER = with_text("stars/village/industry.yaml", "pass: 70", "pass: 90")


def put(files=FILES, *, unit, by=SYSTEM, document_number="", valid_from=None) -> Publication:
    return publish(files=files, document_number=document_number, unit=unit, valid_from=valid_from, by=by, at=NOW)


def test_a_published_scheme_is_kept_as_it_was_written(cast: Cast):
    publication = put(unit=cast.city, document_number=" 云组〔2026〕3号 ")
    publication.refresh_from_db()
    assert (publication.scheme, publication.title, publication.document_number, publication.files) == (
        "small",
        "小方案",
        "云组〔2026〕3号",
        FILES,
    )
    assert (publication.period_from, publication.period_to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (publication.published_at, publication.published_by, publication.published_by_title) == (NOW, "system", "系统")
    scheme = scheme_of(publication)
    assert publication.rating_digest == rating_digest(scheme)
    assert scheme_published(publication.digest) is scheme


def test_publishing_is_logged_with_the_rows_written(cast: Cast):
    publication = put(unit=cast.city, document_number="云组〔2026〕3号")
    (event,) = events_about(publication)
    assert (event.action, event.actor, event.unit_code, event.summary) == (
        "programme.publish",
        "system",
        "990000",
        "在云溪市发布《小方案》云组〔2026〕3号，自 2026-01-01 起适用",
    )
    assert [rows_not_as_recorded(model) for model in (Publication, Attachment, KindVersion)] == [[], [], []]


def test_the_posts_of_the_scheme_are_defined(cast: Cast):
    put(unit=cast.city)
    team = Post.objects.get(pk="team")
    assert (team.title, team.permission_set, team.kinds, Post.objects.count()) == ("专班", "star_team", [], 5)
    assert Event.objects.latest("id").summary == "设定岗位：专班"


def test_a_city_desk_publishes_what_changes_no_posts(cast: Cast, programme: Publication):
    publication = put(STRICTER, unit=cast.town, by=cast.desk)
    assert (programme_for(cast.village), programme_for(cast.other_village)) == (publication, programme)


def test_posts_are_not_changed_by_a_city_desk(cast: Cast, programme: Publication):
    with pytest.raises(NotAllowed, match="岗位：专班。岗位对全部单位生效"):
        put(with_text("scheme.yaml", "permissions: star_team", "permissions: city_desk"), unit=cast.city, by=cast.desk)
    assert (Publication.objects.get(), Post.objects.get(pk="team").permission_set) == (programme, "star_team")


def test_only_who_runs_a_programme_publishes(cast: Cast):
    for user in (cast.secretary, cast.clerk, cast.reviewer, cast.stranger):
        with pytest.raises(NotAllowed, match="发布评分细则"):
            put(unit=cast.village, by=user)
    assert not Publication.objects.exists()


# Where it rules


def test_the_nearest_unit_upwards_rules_from_its_day_on(cast: Cast):
    of_city = put(unit=cast.city)
    of_town = put(STRICTER, unit=cast.town, valid_from=date(2026, 3, 1))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 1)]
    assert [programme_for(cast.village, day) for day in days] == [None, of_city, of_town]
    assert programme_for(cast.other_village, days[-1]) == of_city


def test_rules_for_the_next_year_wait_and_rules_published_anew_take_over(cast: Cast):
    first = put(unit=cast.city)
    following = put(NEXT_YEAR, unit=cast.city)
    assert (programme_for(cast.village, TODAY), programme_for(cast.village, date(2027, 1, 1))) == (first, following)
    again = put(STRICTER, unit=cast.city)
    assert (programme_for(cast.village, TODAY), programme_for(cast.village, date(2027, 1, 1))) == (again, following)


def test_the_same_scheme_is_published_once(cast: Cast, programme: Publication):
    events = Event.objects.count()
    assert put(unit=cast.city, document_number="另号") == programme
    assert (Publication.objects.get().document_number, Attachment.objects.count(), Event.objects.count()) == ("云组〔2026〕3号", 1, events)


def test_an_earlier_scheme_can_be_taken_up_again(cast: Cast):
    first = put(unit=cast.city)
    put(STRICTER, unit=cast.city)
    assert put(unit=cast.city) == first
    assert (programme_for(cast.village), Attachment.objects.count(), Publication.objects.count()) == (first, 3, 2)


def test_what_rules_is_found_in_one_query(cast: Cast, django_assert_num_queries):
    put(unit=cast.city)
    put(STRICTER, unit=cast.town)
    units = [cast.city, cast.town, cast.village, cast.other_village]
    with django_assert_num_queries(1):
        titles = [programme_for(cast.village).title]
    with django_assert_num_queries(1):
        found = rulings()
        titles += [found.of(unit).title for unit in units]
    assert titles == ["小方案"] * 5
    assert [found.of(unit) for unit in units] == [programme_for(unit) for unit in units]
    assert found.publications == [programme_for(cast.city), programme_for(cast.town)]
    assert [list(found.kinds), list(found.records)] == [list(scheme_of(found.publications[0]).kinds), list(found.schemes[0].records)]


def test_the_kinds_of_a_unit_are_those_of_its_programme(cast: Cast):
    assert kinds_for(cast.village) == {}
    publication = put(unit=cast.town)
    assert kinds_for(cast.village) == scheme_of(publication).records
    assert kinds_for(cast.other_village) == {}


# What is refused


def test_every_fault_is_told_and_nothing_published(cast: Cast):
    files = with_text("scheme.yaml", "title: 小方案", "titel: 小方案")
    with pytest.raises(SchemeRefused, match="方案不能发布，有 2 处问题") as refused:
        put(files, unit=cast.city)
    assert [fault.split(": ")[0] for fault in refused.value.faults] == ["scheme.yaml:2", "scheme.yaml:3"]
    assert not Publication.objects.exists()


def test_a_worked_case_that_does_not_come_out_is_refused(cast: Cast):
    with pytest.raises(SchemeRefused, match="够格: tier came out 1, not 0"):
        put(with_text("cases.yaml", "tier: 1", "tier: 0"), unit=cast.city)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        (
            "meeting",
            "nature: activity",
            "nature: outcome",
            "记录类型“会议”的性质（nature）原为“做了什么”（activity），不能改为“有什么成效”（outcome）；请另立一种记录类型",
        ),
        ("meeting", "  topic: {title: 议题, type: text}\n", "", "记录类型“会议”的“议题”不能删去；不再使用的填报项请保留，可改为不必填"),
        ("meeting", "type: text", "type: number", "记录类型“会议”的“议题”的类型原为文字（text），不能改为小数（number）；请另立一项"),
        ("figures", "unit: 元", "unit: 万元", "记录类型“经济数据”的“集体收入”的计量单位原为“元”，不能改为“万元”；请另立一项"),
        ("meeting", "type: text", "type: text, required: yes", "记录类型“会议”的“议题”原来可以不填，不能改为必填"),
        ("meeting", "members: 党员大会, ", "", "记录类型“会议”的“会议类型”不能删去选项“党员大会”"),
        ("meeting", "type: text", "type: text, choices: [甲]", "记录类型“会议”的“议题”原来可以任意填写，不能改为只能选择"),
        ("meeting", "most: 500", "most: 400", "记录类型“会议”的“到会人数”的上限不能降低到 400"),
        ("figures", "least: 0", "least: 1", "记录类型“经济数据”的“集体收入”的下限不能提高到 1"),
        (
            "meeting",
            "fields:",
            "fields:\n  place: {title: 地点, type: text, required: yes}",
            "记录类型“会议”的“地点”是新增的，不能必填：已有的记录没有这一项",
        ),
    ],
)
def test_a_kind_of_record_only_grows(cast: Cast, programme: Publication, name: str, old: str, new: str, fault: str):
    with pytest.raises(SchemeRefused) as refused:
        put(with_text(f"records/{name}.yaml", old, new), unit=cast.other_town)
    assert refused.value.faults == (fault,)
    assert (KindVersion.objects.count(), Publication.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        (("village",), ("village", "community"), []),
        (("village",), (), []),
        (("village", "community"), ("village",), ["记录类型“会议”的登记单位（kinds）不能去掉 community：这类单位的台账里可能已有这类记录"]),
        ((), ("village",), ["记录类型“会议”原来各类单位都登记，不能改为只由几类单位登记"]),
    ],
)
def test_which_units_keep_a_kind_of_record_may_widen_and_never_narrow(old: tuple[str, ...], new: tuple[str, ...], faults: list[str]):
    meeting = load_files(FILES).records["meeting"]
    assert list(shrinkings(replace(meeting, kinds=old), replace(meeting, kinds=new))) == faults


def test_a_kind_of_record_that_narrows_is_not_published(cast: Cast, programme: Publication):
    with pytest.raises(SchemeRefused, match="各类单位都登记，不能改为只由几类单位登记"):
        put(with_text("records/meeting.yaml", "nature:", "kinds: [village]\nnature:"), unit=cast.city)


def test_a_definition_that_did_not_say_which_units_keep_it_is_read_and_may_say_so_now():
    meeting = replace(load_files(FILES).records["meeting"], kinds=("village",))
    stored = definition(meeting)
    assert isinstance(stored, dict)
    del stored["kinds"]
    assert record_kind(stored) == replace(meeting, kinds=())
    assert list(shrinkings_since(stored, meeting)) == []


def test_a_kind_of_record_is_not_dropped_from_its_scheme(cast: Cast, programme: Publication):
    files = with_text("stars/village/industry.yaml", "{latest: figures.income}", "{sum: meeting.attended}")
    del files["records/figures.yaml"]
    with pytest.raises(SchemeRefused) as refused:
        put(files, unit=cast.city)
    assert refused.value.faults == ("记录类型“经济数据”（figures）不能删去：台账里可能已有这类记录",)


def test_a_kind_of_record_that_grew_has_another_version(cast: Cast, programme: Publication):
    files = with_text("records/meeting.yaml", "lesson: 党课}}", "lesson: 党课, theme: 主题党日}}\n  place: {title: 地点, type: text}")
    grown = put(files, unit=cast.town)
    versions = {version.number: version for version in KindVersion.objects.filter(kind="meeting")}
    assert [record_kind_digest(versions[number].record_kind) for number in (1, 2)] == [versions[1].digest, versions[2].digest]
    assert [versions[number].record_kind for number in (1, 2)] == [scheme_of(one).records["meeting"] for one in (programme, grown)]
    assert [kind_versions(one)["meeting"] for one in (programme, grown)] == [versions[1].pk, versions[2].pk]
    assert kind_versions(programme)["figures"] == kind_versions(grown)["figures"]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_grow_a_kind_at_once_one_is_published(transactional_db: None, cast: Cast, programme: Publication):
    def grow(field: str):
        return put(with_text("records/meeting.yaml", "fields:", f"fields:\n  place: {field}"), unit=cast.city)

    results = race(lambda: grow("{title: 地点, type: text}"), lambda: grow("{title: 处数, type: count}"))
    refused = [one for one in results if isinstance(one, PublishedMeanwhile | SchemeRefused)]
    assert (len(refused), Publication.objects.count(), KindVersion.objects.filter(kind="meeting").count()) == (1, 2, 2)


@pytest.mark.django_db(transaction=True)
def test_the_same_scheme_published_twice_at_once_is_published_once(transactional_db: None, cast: Cast):
    results = race(lambda: put(unit=cast.city), lambda: put(unit=cast.city))
    publication = Publication.objects.get()
    assert (results, Attachment.objects.count(), events_about(publication).count()) == ([publication] * 2, 1, 1)


def test_what_is_published_cannot_be_changed(cast: Cast, programme: Publication):
    with pytest.raises(AppendOnlyError):
        programme.save()
    for model in (Publication, Attachment, KindVersion):
        with pytest.raises(AppendOnlyError):
            model.objects.all().delete()


# From the command line


def test_a_scheme_is_published_from_the_command_line(cast: Cast, tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    output = StringIO()
    call_command(
        "publish_scheme", str(tmp_path), "--unit", "990101", "--document", "云组〔2026〕3号", "--from", "2020-01-01", stdout=output
    )
    publication = programme_for(cast.village, FOUNDED)
    assert publication
    assert output.getvalue() == f"石桥镇适用《小方案》云组〔2026〕3号，校验值 {publication.digest}\n"


@pytest.mark.parametrize(("name", "unit", "message"), [("none", "990101", "no shipped scheme"), ("hdi", "99", "没有代码为“99”的单位")])
def test_the_command_line_says_what_is_wrong(cast: Cast, name: str, unit: str, message: str):
    with pytest.raises(CommandError, match=message):
        call_command("publish_scheme", name, "--unit", unit)


def test_every_kind_of_the_shipped_programme_is_read_back_as_it_was(cast: Cast):
    call_command("publish_scheme", "five-star", "--unit=990000", stdout=StringIO())
    kinds = kinds_for(cast.village)
    assert kinds
    assert {version.kind: version.record_kind for version in KindVersion.objects.all()} == kinds
