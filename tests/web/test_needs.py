"""Open needs beside the offers that fit, on the page of a unit and of those above it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from tests.cast import Cast
from tests.web.conftest import LONG, published

Read = Callable[[User, str], str]
CHOICES = "choices: {elders: 助老, repair: 小修小补}"
NEED = f"""title: 服务需求
nature: outcome
recorded_by: [secretary]
kinds: [village]
meets: {{record: offer, about: about, giver: partner, until: until, claimed: claimed, by: team, confirmed: confirmed, teams: team}}
fields:
  about: {{title: 类别, type: choice, required: yes, {CHOICES}}}
  wanted: {{title: 需要什么, type: text}}
  claimed: {{title: 已认领, type: yes/no, required: yes}}
  team: {{title: 认领的队伍, type: text, required_if: claimed}}
  confirmed: {{title: 已确认, type: yes/no, required: yes}}
"""
OFFER = f"""title: 能提供的
nature: outcome
recorded_by: [secretary]
kinds: [village]
fields:
  about: {{title: 类别, type: choice, required: yes, {CHOICES}}}
  partner: {{title: 共建单位, type: text, required: yes}}
  offer: {{title: 能提供什么, type: text}}
  until: {{title: 到哪天止, type: date}}
"""
TEAM = """title: 志愿服务队
nature: outcome
recorded_by: [secretary]
kinds: [village]
fields:
  name: {title: 队名, type: text, required: yes}
  members: {title: 队员人数, type: count, unit: 人}
"""
SERVICE = """title: 志愿服务
nature: outcome
recorded_by: [secretary]
kinds: [village]
fields:
  hours: {title: 时长, type: number, unit: 小时}
  confirmed: {title: 受助一方已确认, type: yes/no}
  registered: {title: 登记的队伍, type: record, links: team}
  by: {title: 服务队伍, type: text}
"""
PAGE = "/units/990101201/needs/"


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> Publication:
    kinds = {"need": NEED, "offer": OFFER, "team": TEAM, "service": SERVICE}
    return published(cast, **{"scheme.yaml": LONG, **{f"records/{id}.yaml": text for id, text in kinds.items()}})


def enter(unit: Unit, kind: str, days_ago: int = 10, **data: object) -> Record:
    return add_record(unit=unit, kind=kind, occurred_on=clock.today() - timedelta(days=days_ago), data=data, by=SYSTEM, at=clock.now())


def need(unit: Unit, wanted: str, about: str = "elders", **more: object) -> Record:
    return enter(unit, "need", **{"about": about, "wanted": wanted, "claimed": False, "confirmed": False, **more})


def offer(unit: Unit, partner: str, about: str = "elders", **more: object) -> Record:
    return enter(unit, "offer", about=about, partner=partner, offer="上门", **more)


def test_an_open_need_stands_beside_offers_of_the_same_kind_that_still_hold(cast: Cast, read: Read):
    need(cast.village, "陪诊")
    offer(cast.village, "医院")
    offer(cast.village, "电所", "repair")
    offer(cast.village, "旧店", until=(clock.today() - timedelta(days=1)).isoformat())
    need(cast.village, "理发", claimed=True, team="红马甲", confirmed=True)
    page = read(cast.secretary, PAGE)
    assert "需求 1 件，1 件待认领" in page
    assert re.findall(r'name="by" value="(\S+?)"', page) == ["医院"]
    assert [words in page for words in ("陪诊", "电所", "旧店", "理发")] == [True, True, False, False]


def test_a_need_is_taken_on_and_confirmed_by_pressing(client: Client, cast: Cast):
    first = need(cast.village, "陪诊")
    client.force_login(cast.secretary)
    page = client.post(f"/needs/{first.pk}/settle/", {"by": "医院", "next": PAGE}, follow=True).text
    assert "由医院认领，已记入台账" in page
    assert "医院已认领" in page
    taken = Record.objects.get(supersedes=first)
    assert (taken.data["claimed"], taken.data["team"], taken.data["confirmed"], taken.reason) == (True, "医院", False, "由医院认领")
    client.post(f"/needs/{taken.pk}/settle/", {"next": PAGE})
    assert Record.objects.get(supersedes=taken).data["confirmed"] is True
    assert "需求 0 件" in client.get(PAGE).text
    assert client.post(f"/needs/{first.pk}/settle/", {"by": "别家"}).status_code == 422


def test_those_above_see_all_needs_below_and_an_offer_serves_only_where_it_is_kept(cast: Cast, read: Read):
    need(cast.village, "陪诊")
    need(cast.neighbour, "取药")
    offer(cast.village, "医院")
    page = read(cast.clerk, "/units/990101/needs/")
    assert "需求 2 件，2 件待认领" in page
    assert (page.count("由它认领"), page.count("没有同类的资源")) == (0, 1)
    assert "取药" not in read(cast.secretary, PAGE)


def test_only_who_may_correct_settles_and_only_who_reads_the_ledger_sees(client: Client, cast: Cast):
    first = need(cast.village, "陪诊")
    found = {}
    for name in ("secretary", "reviewer", "colleague", "outsider", "stranger"):
        client.force_login(getattr(cast, name))
        pages = [client.get(PAGE).status_code, client.get("/units/990101201/needs.xlsx").status_code]
        found[name] = [*pages, "认领</button>" in client.get(PAGE).text]
    none = [404, 404, False]
    assert found == {"secretary": [200, 200, True], "reviewer": [200, 200, False], "colleague": none, "outsider": none, "stranger": none}
    for name, status in (("reviewer", 403), ("colleague", 404), ("stranger", 404)):
        client.force_login(getattr(cast, name))
        assert client.post(f"/needs/{first.pk}/settle/", {"by": "医院"}).status_code == status
    assert Record.objects.filter(supersedes=first).count() == 0


def test_a_team_leads_to_a_page_of_what_it_did(cast: Cast, read: Read):
    team = enter(cast.village, "team", 300, name="黄金叶", members=18)
    enter(cast.village, "service", hours=4, confirmed=True, registered=team.reference, by="黄金叶")
    enter(cast.village, "service", 9, hours=2.5, confirmed=False, by="黄金叶志愿服务队")
    enter(cast.village, "service", 8, hours=7, confirmed=True, by="邻里帮")
    enter(cast.neighbour, "service", hours=9, confirmed=True, by="黄金叶")
    need(cast.village, "理发", claimed=True, team="黄金叶", confirmed=True)
    need(cast.village, "读报")
    page = read(cast.secretary, PAGE)
    assert (f'href="/records/{team.pk}/' in page, '<option value="黄金叶">' in page) == (True, True)
    page = read(cast.secretary, f"/records/{team.pk}/")
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert re.findall(r"<h1[^>]*>([^<]+)</h1>", page) == ["黄金叶"]
    assert "服务需求 1 条 已认领 1 / 1 条 ，已确认 1 / 1 条" in text
    assert "志愿服务 2 条 时长 6.5 小时 ，受助一方已确认 1 / 2 条" in text
    assert "还没有记录写到它" in read(cast.secretary, f"/records/{enter(cast.village, 'team', name='新队伍').pk}/")


def test_a_team_that_many_records_name_costs_the_same_queries(client: Client, cast: Cast, django_assert_max_num_queries):
    client.force_login(cast.secretary)
    team = enter(cast.village, "team", 300, name="黄金叶")
    address = f"/records/{team.pk}/"
    client.get(address)
    with django_assert_max_num_queries(40) as few:
        client.get(address)
    for number in range(8):
        enter(cast.village, "service", number, hours=number, registered=team.reference)
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_the_page_takes_as_many_queries_for_many_needs_as_for_one(client: Client, cast: Cast, django_assert_max_num_queries):
    client.force_login(cast.secretary)
    need(cast.village, "一")
    offer(cast.village, "医院")
    client.get(PAGE)
    with django_assert_max_num_queries(40) as few:
        client.get(PAGE)
    for number in range(8):
        need(cast.village, f"第{number}件")
        offer(cast.village, f"单位{number}")
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)


def test_the_pages_of_a_unit_lead_there_where_needs_are_kept(cast: Cast, read: Read):
    assert PAGE in read(cast.secretary, "/units/990101201/records/")
    assert PAGE in read(cast.reviewer, "/units/990101201/")
