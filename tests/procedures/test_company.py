"""What a branch does in its company: goals that the ledger measures, entry to party posts, and its sheet for the yearly appraisal."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import create_person
from fanxing.organisations.models import Assignment, Person, Post, Unit
from fanxing.organisations.namesakes import NEW
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.outcomes import SeveralOfTheName
from fanxing.procedures.actions.stepping import StepRefused, take_step
from fanxing.procedures.models import Matter
from fanxing.procedures.queries import visible_matters
from fanxing.programme.actions import publish
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from fanxing.records.validation import RecordError
from fanxing.scheme import load_files, read_folder
from fanxing.scheme.differences import differences
from fanxing.scheme.faults import SchemeError
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, appoint, found

AT = datetime(2025, 6, 16, 2, tzinfo=UTC)
GOAL = {"topic": "建议落实", "measure": "采纳的合理化建议", "target": 3, "due": "2025-09-01"}
SUGGESTION = {"about": "cost", "adopted": True, "put_right": False}

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def company(db: None, settings) -> Unit:
    """A company of a street in the middle of June 2025, ruled by the programme that ships."""
    settings.DEMO, settings.TODAY = True, AT.date()
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    city = found("990000", "云溪市", "city", None)
    street = found("990101", "石桥街道", "township", city)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    found("990101002", "宏远机械", "enterprise", street)
    return found("990101001", "云溪饲料", "enterprise", street)


@pytest.fixture
def secretary(company: Unit) -> User:
    return appoint("secretary", "林秀英", company, Post.objects.get(pk="branch_secretary"))


@pytest.fixture
def neighbour(company: Unit) -> User:
    return appoint("neighbour", "周志强", Unit.objects.get(name="宏远机械"), Post.objects.get(pk="branch_secretary"))


def suggested(company: Unit, count: int) -> None:
    for _ in range(count):
        add_record(unit=company, kind="suggestion", occurred_on=date(2025, 5, 6), data=SUGGESTION, by=SYSTEM, at=AT)


def goal(company: Unit, by: User, **more: object) -> Matter:
    """A goal that is to be checked now."""
    matter = open_matter(unit=company, procedure="goal", data=GOAL | more, by=by, at=AT)
    take_step(matter=matter, verb="plan", data={"how": "每周收一次"}, by=by, at=AT)
    take_step(matter=matter, verb="do", data={"done": "收了四周"}, by=by, at=AT)
    return Matter.objects.get(pk=matter.pk)


def test_a_goal_whose_measure_is_a_fact_begins_and_ends_with_what_the_ledger_says(company: Unit, secretary: User):
    suggested(company, 1)
    matter = goal(company, secretary)
    assert matter.data["before"] == 1
    suggested(company, 2)
    take_step(matter=matter, verb="check", data={"reached": 99, "met": False}, by=secretary, at=AT)
    assert {id: Matter.objects.get().data[id] for id in ("reached", "met")} == {"reached": 3, "met": True}
    take_step(matter=matter, verb="act", by=secretary, at=AT)
    assert Record.objects.get(kind="improvement").data == {"topic": "建议落实", "met": True}


def test_a_goal_that_lies_below_where_it_began_is_met_from_above(company: Unit, secretary: User):
    suggested(company, 3)
    matter = goal(company, secretary, before=5, target=2)
    take_step(matter=matter, verb="check", by=secretary, at=AT)
    assert {id: Matter.objects.get().data[id] for id in ("before", "reached", "met")} == {"before": 5, "reached": 3, "met": False}


def test_a_goal_with_a_measure_of_its_own_is_typed(company: Unit, secretary: User):
    matter = goal(company, secretary, measure="一次交检合格率", before=92, target=96)
    with pytest.raises(RecordError):
        take_step(matter=matter, verb="check", by=secretary, at=AT)
    take_step(matter=matter, verb="check", data={"reached": 97, "met": True}, by=secretary, at=AT)
    assert Matter.objects.get().data["reached"] == 97


def test_the_page_says_where_a_goal_stands_and_asks_for_nothing_that_the_ledger_says(company: Unit, secretary: User, client: Client):
    suggested(company, 2)
    matter = goal(company, secretary)
    client.force_login(secretary)
    assert "采纳的合理化建议 2 条" in client.get(f"/matters/{matter.pk}/").text
    assert '<option value="采纳的合理化建议"' in client.get(f"/units/{company.code}/matters/new/goal/").text
    form = client.get(f"/matters/{matter.pk}/").text
    assert ("达到改进目标：否" in form, 'name="reached"' in form, 'name="met"' in form) == (True, False, False)


def test_the_sheet_of_a_branch_is_read_from_the_ledger_and_a_neighbour_finds_nothing(
    company: Unit, secretary: User, neighbour: User, client: Client
):
    suggested(company, 2)
    matter = goal(company, secretary)
    appoint("pioneer", "先锋", company, Post.objects.get(pk="pioneer_post"))
    client.force_login(secretary)
    page = f"/units/{company.code}/party-sheet/"
    text = client.get(page).text
    assert (f'href="/matters/{matter.pk}/"' in text, "现在 2 条" in text, "<dt>先锋岗在岗</dt><dd>1 人</dd>" in text) == (True, True, True)
    rows = list(load_workbook(BytesIO(client.get(f"/units/{company.code}/party-sheet.xlsx").content)).active.iter_rows(values_only=True))
    assert ("指标", "采纳的合理化建议", 2, "条") in rows
    assert ("支部目标", "建议落实", "现在 2 条", "采纳的合理化建议：2 → 3，检查") in rows
    client.force_login(neighbour)
    assert [client.get(one).status_code for one in (page, f"/units/{company.code}/party-sheet.xlsx")] == [404, 404]


def test_the_sheet_costs_the_same_queries_however_many_goals_there_are(company: Unit, secretary: User, client: Client):
    client.force_login(secretary)
    counts = []
    for _ in range(2):
        goal(company, secretary)
        client.get(f"/units/{company.code}/party-sheet/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/units/{company.code}/party-sheet/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_community_has_no_such_sheet(company: Unit, client: Client):
    place = found("990101003", "文昌社区", "community", company.parent)
    client.force_login(appoint("warden", "社区", place, Post.objects.get(pk="branch_secretary")))
    assert client.get(f"/units/{place.code}/party-sheet/").status_code == 404
    assert "党建绩效" not in client.get(f"/units/{place.code}/brands/").text


def entry(company: Unit, by: User, **checked: bool) -> Matter:
    """Somebody proposed for secretary, and checked against the conditions: all are met but those said otherwise."""
    matter = open_matter(unit=company, procedure="post_entry", data={"post": "secretary", "name": "赵敏"}, by=by, at=AT)
    data = {"years": True, "served": True, "trained": True, "chosen": True, "agreed": True} | checked
    take_step(matter=matter, verb="check", data=data, by=by, at=AT)
    return Matter.objects.get(pk=matter.pk)


def test_who_meets_not_every_condition_comes_to_a_post_with_a_reason_alone(company: Unit, secretary: User):
    matter = entry(company, secretary, trained=False)
    with pytest.raises(StepRefused):
        take_step(matter=matter, verb="confer", by=secretary, at=AT)
    take_step(matter=matter, verb="except", reason="本月已报名党务培训", by=secretary, at=AT)
    assert Matter.objects.get().state == "conferring"


@pytest.mark.parametrize("lacking", ["chosen", "agreed"])
def test_nobody_who_was_not_elected_or_does_not_agree_is_an_exception(company: Unit, secretary: User, lacking: str):
    matter = entry(company, secretary, **{lacking: False})
    for verb in ("confer", "except"):
        with pytest.raises(StepRefused):
            take_step(matter=matter, verb=verb, reason="情况特殊", by=secretary, at=AT)


def test_both_who_confer_agree_and_the_post_is_held_from_the_day_on(company: Unit, secretary: User):
    head = appoint("head", "总经理", company, Post.objects.get(pk="company_head"))
    above = appoint("reviewer", "街道", company.parent, Post.objects.get(pk="township_reviewer"))
    matter = entry(company, secretary)
    take_step(matter=matter, verb="confer", by=secretary, at=AT)
    give_verdict(matter=matter, choice="for", by=head, at=AT)
    assert Matter.objects.get().state == "conferring"
    give_verdict(matter=matter, choice="for", by=above, at=AT)
    with pytest.raises(NotAllowed):
        take_step(matter=matter, verb="appoint", data={"starts_on": "2025-07-01"}, by=secretary, at=AT)
    take_step(matter=matter, verb="appoint", data={"starts_on": "2025-07-01"}, by=above, at=AT)
    term = Assignment.objects.get(person__name="赵敏")
    assert (term.unit, term.post_id, term.valid_from, term.valid_to) == (company, "branch_secretary", date(2025, 7, 1), date(2028, 7, 1))


def decided(company: Unit, secretary: User) -> tuple[Matter, User]:
    """Somebody proposed whom only those above have still to appoint, and one of them."""
    head = appoint("head", "总经理", company, Post.objects.get(pk="company_head"))
    above = appoint("reviewer", "街道", company.parent, Post.objects.get(pk="township_reviewer"))
    matter = entry(company, secretary)
    take_step(matter=matter, verb="confer", by=secretary, at=AT)
    for by in (head, above):
        give_verdict(matter=matter, choice="for", by=by, at=AT)
    return Matter.objects.get(pk=matter.pk), above


def named(unit: Unit) -> Person:
    return create_person(name="赵敏", unit=unit, by=SYSTEM, at=NOW)


def test_of_two_of_the_name_nobody_is_appointed_who_was_not_chosen(company: Unit, secretary: User):
    matter, above = decided(company, secretary)
    first, second, far = named(company), named(company), named(Unit.objects.get(name="宏远机械"))
    for meant in (None, far):
        with pytest.raises(SeveralOfTheName):
            take_step(matter=matter, verb="appoint", data={"starts_on": "2025-07-01"}, meant=meant, by=above, at=AT)
    assert (Matter.objects.get().state, Assignment.objects.filter(person__name="赵敏").exists()) == ("deciding", False)
    take_step(matter=matter, verb="appoint", data={"starts_on": "2025-07-01"}, meant=second, by=above, at=AT)
    assert Assignment.objects.get(person__name="赵敏").person == second
    assert Person.objects.filter(name="赵敏").count() == len([first, second, far])


def test_who_is_appointed_may_be_new_though_others_bear_the_name(company: Unit, secretary: User):
    matter, above = decided(company, secretary)
    others = [named(company), named(company.parent)]
    take_step(matter=matter, verb="appoint", data={"starts_on": "2025-07-01"}, meant=NEW, by=above, at=AT)
    held = Assignment.objects.get(person__name="赵敏").person
    assert (held in others, held.unit) == (False, company)


def test_somebody_of_the_name_above_or_below_is_not_taken_for_the_one_proposed(company: Unit, secretary: User):
    matter, above = decided(company, secretary)
    named(company.parent)
    with pytest.raises(SeveralOfTheName):
        take_step(matter=matter, verb="appoint", data={"starts_on": "2025-07-01"}, by=above, at=AT)


def test_who_appoints_chooses_on_the_page_which_does_not_tell_the_name(client: Client, company: Unit, secretary: User):
    matter, above = decided(company, secretary)
    first, second = named(company), named(company)
    client.force_login(above)
    page = client.get(f"/matters/{matter.pk}/").text
    offered = re.findall(r'name="which" value="([^"]*)"( checked)?><span>(编号 \d+，登记在云溪饲料)?', page)
    two = [(f"{one.pk}:", "", f"编号 {one.pk}，登记在云溪饲料") for one in (first, second)]
    assert offered == [*two, ("new:", "", "")]
    assert "赵敏" not in page
    address = f"/matters/{matter.pk}/steps/appoint/"
    for chosen in ("", f"{secretary.person.pk}:"):
        refused = client.post(address, {"starts_on": "2025-07-01", "turn": matter.turn, "which": chosen})
        assert (refused.status_code, "请由经办人选定是哪一位" in refused.text) == (422, True)
    client.post(address, {"starts_on": "2025-07-01", "turn": matter.turn, "which": f"{second.pk}:"})
    assert Assignment.objects.get(person__name="赵敏").person == second


def test_who_may_not_appoint_is_told_of_nobody_of_the_name(client: Client, company: Unit, secretary: User, neighbour: User):
    matter, _ = decided(company, secretary)
    named(company)
    for user, status in ((secretary, 200), (neighbour, 404)):
        client.force_login(user)
        page = client.get(f"/matters/{matter.pk}/")
        assert (page.status_code, 'name="which"' in page.text) == (status, False)


def test_who_is_proposed_for_a_post_is_seen_by_those_who_decide_alone(company: Unit, secretary: User, neighbour: User):
    matter = entry(company, secretary)
    worker = appoint("worker", "职工", company, Post.objects.get(pk="worker"))
    head = appoint("head", "总经理", company, Post.objects.get(pk="company_head"))
    take_step(matter=matter, verb="confer", by=secretary, at=AT)
    assert [visible_matters(one).exists() for one in (secretary, head, worker, neighbour)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("value: reached", "value: topic", "value of goal must be a field that is"),
        ("  goal: {", "  gaol: {", "no such procedure"),
        ("facts: [", "facts: [nothing, ", 'no such fact "nothing"'),
        ("posts: [", "posts: [nobody, ", 'no such post "nobody"'),
        ("  enterprise:", "  enterprize:", "no such kind of unit"),
    ],
)
def test_goals_and_sheets_of_what_is_not_there_are_refused(old: str, new: str, fault: str):
    files = dict(read_folder("five-star"))
    with pytest.raises(SchemeError, match=fault):
        load_files({**files, "party_work.yaml": files["party_work.yaml"].replace(old, new)})


def test_a_change_of_a_sheet_is_said():
    files = dict(read_folder("five-star"))
    new = {**files, "party_work.yaml": files["party_work.yaml"].replace("facts: [goals, ", "facts: [")}
    assert differences(load_files(files), load_files(new)) == ("支部目标和党建绩效页：列出的指标、岗位或填报项有改动。",)
