"""Vacancies and those who seek work: put together with a reason, told to both, counted without being typed again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fanxing.accounts.models import User
from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.receipts import new_receipt
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.units import create_unit
from fanxing.organisations.models import Post, Unit
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.pairing import NotPaired, put_together, read_other
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from fanxing.procedures.pairing import fits, pairing_for, partners
from fanxing.procedures.queries import visible_matters
from fanxing.programme.actions import publish
from fanxing.records.models import Record
from fanxing.scheme import load, load_files, read_folder
from fanxing.scheme.faults import SchemeError
from fanxing.scoring.queries import account
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, appoint

AT = datetime(2025, 6, 16, 2, tzinfo=UTC)
COOK = {
    "employer": "李记面馆",
    "sort": "shop",
    "work": "food",
    "hours": "morning",
    "pay": "每月 3000 元",
    "wanted": 2,
    "contact": "13800001111",
}
SEEKS = {"work": "food", "hours": "morning", "about": "做过面点", "contact": "13900002222"}

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def street(db: None) -> Unit:
    """A street with two communities and a company, and the programme ruling it."""
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    root = create_unit(code="990000", name="云溪市", kind="city", parent=None, on=FOUNDED, by=SYSTEM, at=NOW)
    street = create_unit(code="990101", name="东大街街道", kind="township", parent=root, on=FOUNDED, by=SYSTEM, at=NOW)
    for number, (name, kind) in enumerate((("和平社区", "community"), ("新兴社区", "community"), ("宏远机械", "enterprise"))):
        create_unit(code=f"99010100{number}", name=name, kind=kind, parent=street, on=FOUNDED, by=SYSTEM, at=NOW)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=root, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return street


def unit(name: str) -> Unit:
    return Unit.objects.get(name=name)


@pytest.fixture
def secretary(street: Unit) -> User:
    return appoint("secretary", "林秀英", unit("和平社区"), Post.objects.get(pk="branch_secretary"))


@pytest.fixture
def neighbour(street: Unit) -> User:
    return appoint("neighbour", "周志强", unit("新兴社区"), Post.objects.get(pk="branch_secretary"))


def vacancy(where: str = "和平社区", at: datetime = AT, receipt: str = "", **more: object) -> Matter:
    matter = open_matter(unit=unit(where), procedure="vacancy", data=COOK | more, by=PUBLIC, at=at, receipt=receipt or new_receipt())
    take_step(matter=matter, verb="publish", by=SYSTEM, at=at)
    return fresh(matter)


def seeker(where: str = "和平社区", at: datetime = AT, receipt: str = "", **more: object) -> Matter:
    data = SEEKS | more
    return open_matter(unit=unit(where), procedure="job_seeker", data=data, by=PUBLIC, at=at, receipt=receipt or new_receipt())


def fresh(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def reasons(wanted: Matter, *offered: Matter) -> list[tuple[str, ...]]:
    [(_, found)] = fits(pairing_for(wanted.unit), [wanted], offered)
    return [fit.reasons for fit in found]


def test_those_fit_who_seek_the_same_work_at_the_same_hours_and_the_reasons_say_so(street: Unit):
    wanted = vacancy()
    assert reasons(wanted, seeker()) == [("同在和平社区", "工种相符（餐饮）", "时间相符（上午可到）")]
    assert reasons(wanted, seeker("新兴社区", hours="any")) == [("同在东大街街道", "工种相符（餐饮）", "时间相符（时间灵活）")]
    assert reasons(wanted, seeker(work="repair"), seeker(hours="evening")) == []


def test_neither_side_reads_how_the_other_is_reached_before_they_are_put_together(street: Unit, secretary: User):
    wanted, offered = vacancy(), seeker()
    with pytest.raises(NotPaired):
        read_other(matter=offered, other=wanted.pk, by=PUBLIC, at=AT, is_holder=True)
    put_together(wanted=wanted, offered=offered, by=secretary, at=AT)
    wanted, offered = fresh(wanted), fresh(offered)
    assert (partners(wanted), partners(offered)) == ([offered], [wanted])
    assert read_other(matter=offered, other=wanted.pk, by=PUBLIC, at=AT, is_holder=True) == {"contact": "13800001111"}
    assert read_other(matter=wanted, other=offered.pk, by=PUBLIC, at=AT, is_holder=True) == {"contact": "13900002222"}
    assert Event.objects.filter(action="procedures.read_other").count() == 2
    with pytest.raises(NotAllowed):
        read_other(matter=offered, other=wanted.pk, by=secretary, at=AT)


def test_who_lets_go_reads_nothing_more_and_is_not_proposed_again(street: Unit, secretary: User):
    wanted, offered = vacancy(), seeker()
    put_together(wanted=wanted, offered=offered, by=secretary, at=AT)
    take_step(matter=offered, verb="unfit", reason="路太远", by=secretary, at=AT)
    assert (partners(fresh(wanted)), partners(fresh(offered)), reasons(wanted, fresh(offered))) == ([], [], [])


def test_a_number_that_only_one_side_names_puts_nobody_together(street: Unit, secretary: User):
    wanted, offered = vacancy(), seeker()
    take_step(matter=offered, verb="match", data={"vacancy": wanted.number}, by=secretary, at=AT)
    assert partners(fresh(offered)) == []


def test_a_vacancy_beside_is_met_by_the_community_of_who_seeks_work_but_one_far_away_is_not(street: Unit, secretary: User):
    near, offered = vacancy("宏远机械", sort="firm"), seeker()
    put_together(wanted=near, offered=offered, by=secretary, at=AT)
    assert partners(fresh(near)) == [fresh(offered)]
    far = create_unit(code="990102", name="别的街道", kind="township", parent=street.parent, on=FOUNDED, by=SYSTEM, at=NOW)
    create_unit(code="990102001", name="远处社区", kind="community", parent=far, on=FOUNDED, by=SYSTEM, at=NOW)
    with pytest.raises(NotPaired):
        put_together(wanted=vacancy("远处社区"), offered=seeker(), by=secretary, at=AT)


def test_whoever_is_hired_counts_for_employment_and_nobody_types_it(street: Unit, secretary: User):
    wanted, offered = vacancy(), seeker()
    put_together(wanted=wanted, offered=offered, by=secretary, at=AT)
    take_step(matter=offered, verb="hire", data={"begins": "2025-06-20"}, by=secretary, at=AT)
    take_step(matter=wanted, verb="close", data={"others": 0}, by=secretary, at=AT)
    record = Record.objects.get(kind="job")
    assert record.data == {"employer": "shop", "wanted": 2, "hired": 1}
    found = account(unit("和平社区"), at=AT).explanation
    assert (found.find("jobs_wanted").value, found.find("jobs_hired").value) == (2, 1)


def test_after_three_months_somebody_is_asked_whether_who_was_hired_is_still_there(street: Unit, secretary: User):
    offered = seeker()
    put_together(wanted=vacancy(), offered=offered, by=secretary, at=AT)
    take_step(matter=offered, verb="hire", data={"begins": "2025-06-20"}, by=secretary, at=AT)
    wind(at=AT + timedelta(days=90))
    assert fresh(offered).state == "working"
    wind(at=AT + timedelta(days=92))
    assert fresh(offered).state == "asking"
    take_step(matter=offered, verb="stay", by=secretary, at=AT + timedelta(days=93))
    assert fresh(offered).state == "stayed"


def test_a_vacancy_whose_time_is_over_counts_as_it_stands(street: Unit):
    wanted = vacancy()
    wind(at=AT + timedelta(days=92))
    assert fresh(wanted).state == "closed"
    assert Record.objects.get(kind="job").data == {"employer": "shop", "wanted": 2, "hired": 0}


def test_who_seeks_work_is_seen_by_their_own_community_alone(street: Unit, secretary: User, neighbour: User):
    offered = seeker()
    clerk = appoint("clerk", "赵敏", street, Post.objects.get(pk="township_clerk"))
    assert [list(visible_matters(one)) for one in (secretary, neighbour, clerk)] == [[offered], [], []]
    with pytest.raises(NotAllowed):
        put_together(wanted=vacancy("新兴社区"), offered=offered, by=neighbour, at=AT)


def test_the_page_puts_two_together_and_a_neighbour_finds_nothing(street: Unit, secretary: User, neighbour: User, settings):
    settings.DEMO, settings.TODAY = True, AT.date()
    wanted, offered = vacancy(), seeker()
    page = reverse("pairs", args=["990101000"])
    client = Client()
    client.force_login(secretary)
    assert "工种相符（餐饮）、时间相符（上午可到）" in client.get(page).text
    other = Client()
    other.force_login(neighbour)
    assert other.get(page).status_code == 404
    assert other.post(reverse("pairs_put", args=["990101000"]), {"wanted": wanted.pk, "offered": offered.pk}).status_code == 404
    mine = reverse("pairs_put", args=["990101001"])
    assert other.post(mine, {"wanted": wanted.pk, "offered": offered.pk}).status_code == 404
    assert fresh(offered).state == "open"
    client.post(reverse("pairs_put", args=["990101000"]), {"wanted": wanted.pk, "offered": offered.pk})
    assert fresh(offered).state == "talking"


def test_the_pages_ask_as_many_queries_for_one_as_for_many(street: Unit, secretary: User, settings, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.DEMO, settings.TODAY = True, AT.date()
    client = Client()
    client.force_login(secretary)
    counts = []
    for _ in range(2):
        for page in (reverse("pairs", args=["990101000"]), reverse("pairs_open")):
            vacancy(), seeker(), vacancy("新兴社区")
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_everybody_reads_what_is_open_but_no_number_and_not_what_is_over(street: Unit, settings):
    settings.DEMO, settings.TODAY = True, AT.date()
    vacancy(until="2025-06-30")
    vacancy(employer="关门的店", until="2025-06-01")
    text = Client().get(reverse("pairs_open")).text
    assert "李记面馆" in text
    assert "关门的店" not in text
    assert "13800001111" not in text


def test_each_side_follows_by_its_code_and_sees_the_other_once_put_together(street: Unit, secretary: User, settings):
    settings.DEMO, settings.TODAY = True, AT.date()
    code = new_receipt()
    wanted, offered = vacancy(), seeker(receipt=code)
    client = Client()
    client.post(reverse("follow"), {"code": code})
    assert "李记面馆" not in client.get(reverse("follow")).text
    assert "13800001111" not in client.post(reverse("follow_other", args=[wanted.pk])).text
    put_together(wanted=wanted, offered=offered, by=secretary, at=AT)
    told = client.get(reverse("follow")).text
    assert "李记面馆" in told
    assert "13800001111" not in told
    assert "13800001111" in client.post(reverse("follow_other", args=[wanted.pk])).text


def test_whoever_posted_it_signed_in_sees_the_other_side_on_its_page_and_nobody_else_does(street: Unit, secretary: User, settings):
    settings.DEMO, settings.TODAY = True, AT.date()
    boss = appoint("boss", "马建国", unit("宏远机械"), Post.objects.get(pk="branch_secretary"))
    wanted = open_matter(unit=unit("宏远机械"), procedure="vacancy", data=COOK | {"sort": "firm"}, by=boss, at=AT)
    take_step(matter=wanted, verb="publish", by=boss, at=AT)
    offered = open_matter(unit=unit("和平社区"), procedure="job_seeker", data=SEEKS, by=secretary, at=AT)
    put_together(wanted=fresh(wanted), offered=offered, by=secretary, at=AT)
    for user, mine, other, number in ((boss, wanted, offered, "13900002222"), (secretary, offered, wanted, "13800001111")):
        client = Client()
        client.force_login(user)
        page = client.get(reverse("matter", args=[mine.pk])).text
        assert (f'action="/matters/{mine.pk}/others/{other.pk}/"' in page, number in page) == (True, False)
        assert number in client.post(reverse("matter_other", args=[mine.pk, other.pk])).text
    assert Event.objects.filter(action="procedures.read_other").count() == 2
    colleague = Client()
    colleague.force_login(appoint("deputy", "副书记", unit("宏远机械"), Post.objects.get(pk="branch_secretary")))
    assert "已对接" not in colleague.get(reverse("matter", args=[wanted.pk])).text
    assert colleague.post(reverse("matter_other", args=[wanted.pk, offered.pk])).status_code == 403
    stranger = Client()
    stranger.force_login(appoint("stranger", "周志强", unit("新兴社区"), Post.objects.get(pk="branch_secretary")))
    assert stranger.post(reverse("matter_other", args=[offered.pk, wanted.pk])).status_code == 404


def test_what_came_to_nothing_tells_no_number_any_more(street: Unit, secretary: User, settings):
    settings.DEMO, settings.TODAY = True, AT.date()
    wanted, offered = vacancy(), open_matter(unit=unit("和平社区"), procedure="job_seeker", data=SEEKS, by=secretary, at=AT)
    put_together(wanted=wanted, offered=offered, by=secretary, at=AT)
    take_step(matter=offered, verb="interview", data={"meets_on": "2025-06-18"}, by=secretary, at=AT)
    take_step(matter=offered, verb="unfit", reason="路太远", by=secretary, at=AT)
    client = Client()
    client.force_login(secretary)
    answer = client.post(reverse("matter_other", args=[offered.pk, wanted.pk]))
    assert (answer.status_code, "13800001111" in answer.text) == (422, False)


def test_a_pairing_names_what_is_there():
    assert load("five-star").pairing is not None
    files = dict(read_folder("five-star"))
    for old, new, fault in (
        ("step: match, names: seeker", "step: mach, names: seeker", 'no step "mach"'),
        ("same: [work, hours]", "same: [work, pay]", '"pay", which must be a choice'),
        ("done: [working,", "done: [wurking,", 'no such state "wurking"'),
        ("procedure: vacancy", "procedure: vacancies", "no such procedure"),
    ):
        with pytest.raises(SchemeError, match=fault):
            load_files({**files, "pairing.yaml": files["pairing.yaml"].replace(old, new)})
