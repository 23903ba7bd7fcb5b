"""The pages of circulars: who sees what, answering at the phone, writing one, and how it stands."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.circulars.actions import open_circular, recall_circular
from fanxing.circulars.models import Circular, Recipient
from fanxing.organisations.models import Post
from fanxing.programme.models import Publication
from fanxing.records.models import Record
from tests.cast import NOW, Cast, appoint, found
from tests.circulars.conftest import LEAVES, Team, called_up, team, to_secretaries

__all__ = ["team"]

Read = Callable[[User, str], str]


@pytest.fixture(autouse=True)
def _now(settings) -> None:
    """The day on which everything happens."""
    settings.TODAY = NOW.date()


def at(circular: Circular, rest: str = "") -> str:
    return f"/circulars/{circular.pk}/{rest}"


FORM = {"title": "周五例会", "text": "周五上午九点开会。", "posts": ["secretary"], "below": "yes", "asks": "yes_no"}


# Who sees what


def test_a_stranger_and_a_neighbour_see_nothing(client: Client, cast: Cast, team: Team):
    circular = called_up(cast)
    for user in (cast.stranger, cast.outsider, cast.colleague, cast.reviewer, cast.desk):
        client.force_login(user)
        assert "防汛队集结" not in client.get("/circulars/").text
        assert "防汛队集结" not in client.get("/inbox/?whose=all").text
        assert [client.get(at(circular)).status_code, client.post(at(circular, "answer/"), {"answer": "here"}).status_code] == [404, 404]
        assert client.post(at(circular, "recall/")).status_code == 404
    assert Recipient.objects.exclude(read_at=None).count() == 0


def test_it_waits_in_the_inbox_until_it_is_opened(cast: Cast, read: Read):
    circular = to_secretaries(cast)
    assert "通知：防汛值班安排" in read(cast.secretary, "/inbox/")
    assert "未读" in read(cast.secretary, "/circulars/")
    assert "请各村安排好夜间值班" in read(cast.secretary, at(circular))
    assert "通知：防汛值班安排" not in read(cast.secretary, "/inbox/")
    assert "未读" not in read(cast.secretary, "/circulars/").split("<main")[1].split("</nav>")[1]


def test_the_sender_sees_who_has_read_by_unit_and_post(cast: Cast, read: Read):
    circular = to_secretaries(cast)
    read(cast.secretary, at(circular))
    page = read(cast.reviewer, at(circular, "?show=unread"))
    assert "青山村" in page
    assert "周志强" in page
    assert "林秀英" not in page
    assert "1 / 2" in read(cast.reviewer, "/circulars/?side=sent")
    assert "送达情况" not in read(cast.secretary, at(circular))


def test_a_member_without_any_permission_opens_and_answers(client: Client, cast: Cast, team: Team, read: Read):
    circular = called_up(cast)
    assert "防汛队集结" in read(team.first, "/inbox/")
    assert "能到" in read(team.first, at(circular))
    client.force_login(team.first)
    client.post(at(circular, "answer/"), {"answer": "coming", "note": "10:30 到"})
    assert "您已回复：能到" in read(team.first, at(circular))
    page = read(cast.secretary, at(circular))
    assert "10:30 到" in page
    assert "丁一" not in page
    assert "1 人没有账号" in page


def test_a_member_without_any_permission_begins_at_the_inbox(client: Client, cast: Cast, team: Team):
    client.force_login(team.first)
    assert client.get("/desk/").url == "/inbox/"


def test_an_answer_to_a_warning_is_entered_in_the_ledger(client: Client, cast: Cast, programme: Publication):
    circular = to_secretaries(cast, asks="number", question="覆盖户数", record=LEAVES)
    client.force_login(cast.secretary)
    page = client.post(at(circular, "answer/"), {"answer": "230"}, follow=True).text
    record = Record.objects.get(unit=cast.village)
    assert "已回复，并记入台账" in page
    assert f"/records/{record.pk}/" in page


def test_a_refused_answer_is_told(client: Client, cast: Cast):
    circular = to_secretaries(cast, asks="number")
    client.force_login(cast.secretary)
    assert "应为不小于 0 的整数" in client.post(at(circular, "answer/"), {"answer": "许多"}, follow=True).text


def test_the_round_of_a_team_is_entered_with_what_the_answers_tell(client: Client, cast: Cast, team: Team, programme: Publication):
    circular = called_up(cast)
    Circular.objects.update(record={"kind": "meeting", "data": {"form": "lesson"}, "amount": "attended"})
    client.force_login(team.first)
    client.post(at(circular, "answer/"), {"answer": "here"})
    client.force_login(cast.secretary)
    page = client.get(at(circular)).text
    assert f"/units/{cast.village.code}/records/new/meeting/?form=lesson&amp;attended=1&amp;next=%2Fcirculars%2F{circular.pk}%2F" in page


# Writing


def test_it_is_written_from_a_template_looked_over_and_sent(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address = f"/units/{cast.town.code}/circulars/new/"
    assert "96110" in client.get(f"{address}?template=fraud").text
    assert "会送达 2 人" in client.post(address, {**FORM, "preview": "yes"}).text
    assert Circular.objects.count() == 0
    assert "已发出，送达 2 人" in client.post(address, FORM, follow=True).text
    assert Circular.objects.get().recipients.count() == 2


def test_a_place_is_named(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    client.post(f"/units/{cast.town.code}/circulars/new/", {**FORM, "place": "青山村", "template": "fraud"})
    circular = Circular.objects.get()
    assert (circular.place, circular.record["kind"]) == (cast.neighbour, "warning")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"posts": []}, "请勾选发给哪些岗位"),
        ({"title": ""}, "标题为"),
        ({"place": "东湾村"}, "没有代码或名称为“东湾村”的单位"),
        ({"due_on": "明天"}, "期限应为日期"),
    ],
)
def test_a_faulty_form_comes_back(client: Client, cast: Cast, changes: dict[str, object], fault: str):
    client.force_login(cast.clerk)
    response = client.post(f"/units/{cast.town.code}/circulars/new/", {**FORM, **changes})
    assert (response.status_code, fault in response.text, Circular.objects.count()) == (422, True, 0)


def test_only_who_plans_the_work_writes(client: Client, cast: Cast, team: Team):
    statuses = []
    for user in (cast.stranger, cast.outsider, team.first):
        client.force_login(user)
        statuses.append(client.post(f"/units/{cast.village.code}/circulars/new/", FORM).status_code)
    assert (statuses, Circular.objects.count()) == ([404, 404, 404], 0)


def test_a_correction_says_so_on_the_first(client: Client, cast: Cast, read: Read):
    first = to_secretaries(cast)
    client.force_login(cast.reviewer)
    address = f"/units/{cast.town.code}/circulars/new/"
    assert "防汛值班安排" in client.get(f"{address}?replaces={first.pk}").text
    client.post(address, {**FORM, "replaces": str(first.pk)})
    second = Circular.objects.get(replaces=first)
    assert f"/circulars/{second.pk}/" in read(cast.secretary, at(first))
    assert f"/circulars/{first.pk}/" in read(cast.secretary, at(second))


def test_what_is_recalled_says_so(client: Client, cast: Cast, read: Read):
    circular = to_secretaries(cast)
    client.force_login(cast.reviewer)
    client.post(at(circular, "recall/"), {"reason": "时间有变"})
    assert "这条通知已撤回：时间有变" in read(cast.secretary, at(circular))


# Cost


def test_the_pages_cost_the_same_queries_for_one_and_for_many(client: Client, cast: Cast, programme: Publication):
    def costs() -> list[int]:
        found = []
        for user, address in ((cast.secretary, "/circulars/"), (cast.reviewer, "/circulars/?side=sent"), (cast.reviewer, at(first))):
            client.force_login(user)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    first = to_secretaries(cast)
    one = costs()
    post = Post.objects.get(pk="secretary")
    for number in range(3):
        unit = found(f"99010130{number}", f"新村{number}", "village", cast.town)
        appoint(f"new{number}", f"新人{number}", unit, post)
        second = to_secretaries(cast, title=f"第{number}条")
    for recipient in second.recipients.select_related("circular", "person__user"):
        open_circular(recipient=recipient, by=recipient.person.user, at=NOW)
    recall_circular(circular=second, by=SYSTEM, at=NOW)
    first = second
    assert costs() == one
