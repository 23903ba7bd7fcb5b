"""Drafts of rules on pages: who sees them, what a number changes at once, and a second person."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Post
from fanxing.programme.drafting import create_draft, save_draft, submit_draft
from fanxing.programme.models import Draft, Publication
from fanxing.scheme.editing import Blank, apply, editables, examine, for_period
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Score
from fanxing.scoring.queries import account
from fanxing.web.drafts import Opened, name_of, read_name
from tests.cast import Cast, appoint
from tests.web.conftest import income, lesson

Read = Callable[[User, str], str]
HTMX = {"HX-Request": "true"}
NUMBER = "云组〔2026〕9号"


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A second person of the city's desk."""
    return appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))


@pytest.fixture
def draft(cast: Cast, programme: Publication) -> Draft:
    """The rules of the next period as they are now; 柳河村 and 青山村 have been rated by those in force, one star and none."""
    for month in (1, 2, 3, 4):
        lesson(cast.village, month)
    lesson(cast.neighbour)
    for unit in (cast.village, cast.neighbour, cast.other_village):
        income(unit)
    rate_all(publication=programme, by=SYSTEM, at=clock.now())
    files = for_period(programme.files, date(2100, 1, 1), date(2100, 12, 31))
    return create_draft(title="下一期细则", unit=cast.city, base=programme, files=files, by=cast.desk, at=clock.now())


def place(draft: Draft, what: str, rule: str) -> str:
    scheme = examine(draft.files, placed=True).scheme
    assert scheme is not None
    return next(one.at for one in editables(scheme) if (one.what, one.rule) == (what, rule))


def send(client: Client, user: User, draft: Draft, values: dict[str, str], version: int | None = None, **query: str):
    client.force_login(user)
    data = {**values, "version": str(version or draft.version)}
    return client.post(f"/rules/{draft.pk}/", data, headers=HTMX, query_params=query)


def test_no_version_but_a_number_is_taken_for_one(cast: Cast, draft: Draft, client: Client):
    client.force_login(cast.desk)
    response = client.post(f"/rules/{draft.pk}/drop/", {"version": "²"}, follow=True)
    draft.refresh_from_db()
    assert (response.status_code, draft.state) == (200, Draft.State.DROPPED)


def test_a_form_sent_twice_begins_one_draft(cast: Cast, programme: Publication, client: Client):
    client.force_login(cast.desk)
    sent = {"title": "新的", "from": "2100-01-01", "to": "2100-12-31", "key": "one"}
    first, second = client.post("/rules/new/", sent), client.post("/rules/new/", sent)
    assert first.url == second.url
    assert Draft.objects.count() == 1


def act(client: Client, user: User, draft: Draft, name: str, words: str = "") -> str:
    """What the person is told after doing this."""
    client.force_login(user)
    draft.refresh_from_db()
    response = client.post(f"/rules/{draft.pk}/{name}/", {"version": draft.version, "words": words}, follow=True)
    draft.refresh_from_db()
    return response.text


def pages(draft: Draft, code: str) -> list[str]:
    return [
        "/rules/",
        "/rules/new/",
        *(f"/rules/{draft.pk}/{one}" for one in ("", "checks/", "steadiness/village/", "annex/", "moves.xlsx", f"units/{code}/")),
    ]


def test_only_who_runs_a_programme_sees_drafts(cast: Cast, draft: Draft, client: Client):
    for user, status in ((cast.desk, 200), (cast.reviewer, 404), (cast.secretary, 404), (cast.stranger, 404)):
        client.force_login(user)
        assert {address: client.get(address).status_code for address in pages(draft, cast.village.code)} == dict.fromkeys(
            pages(draft, cast.village.code), status
        )
        assert ("评分细则" in client.get("/desk/", follow=True).text) is (user == cast.desk)


def test_nobody_else_does_anything_with_a_draft(cast: Cast, draft: Draft, client: Client):
    client.force_login(cast.reviewer)
    addresses = [f"/rules/{draft.pk}/{one}" for one in ("", "cases/", "submit/", "return/", "publish/", "drop/")]
    assert [client.post(address, {"words": "x"}).status_code for address in addresses] == [404] * 6
    assert client.post("/rules/new/", {"title": "x"}).status_code == 404
    assert Draft.objects.get().version == 1


def test_the_list_names_what_rules_what_is_to_come_and_what_is_written(cast: Cast, draft: Draft, read: Read):
    text = read(cast.desk, "/rules/")
    assert "下一期细则" in text
    assert "云组〔2026〕3号" in text
    assert "编写中" in text


def test_a_draft_is_begun_for_the_period_after_that_of_the_rules_in_force(cast: Cast, programme: Publication, client: Client, read: Read):
    text = read(cast.desk, "/rules/new/")
    assert 'value="2100-01-01"' in text
    response = client.post("/rules/new/", {"title": "新的", "from": "2100-01-01", "to": "2100-12-31"})
    made = Draft.objects.get()
    assert (response.headers["Location"], made.title, made.base, made.unit) == (f"/rules/{made.pk}/", "新的", programme, cast.city)
    assert "{from: 2100-01-01, to: 2100-12-31}" in made.files["scheme.yaml"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"title": "", "from": "2100-01-01", "to": "2100-12-31"}, "请填写名称"),
        ({"title": "甲", "from": "2100-12-31", "to": "2100-01-01"}, "评定时段要有起止日期，起在前、止在后"),
        ({"title": "甲", "from": "2099-01-01", "to": "2099-12-31"}, "期内不改规则。请把草案的评定时段改到 2100-01-01 或以后"),
    ],
)
def test_a_draft_that_cannot_begin_so_is_refused_with_what_would_be_right(
    cast: Cast, programme: Publication, client: Client, sent: dict[str, str], words: str
):
    client.force_login(cast.desk)
    response = client.post("/rules/new/", sent)
    assert response.status_code == 422
    assert words in response.text
    assert not Draft.objects.exists()


def test_a_rule_is_its_sentence_with_its_numbers_as_fields(cast: Cast, draft: Draft, read: Read):
    text = read(cast.desk, f"/rules/{draft.pk}/")
    row = text[text.index('id="r-lesson_points"') :]
    words = re.sub(r"\s+", "", re.sub(r"<input[^>]*value=\"([^\"]*)\"[^>]*>", r"[\1]", row[: row.index("</li>")]))
    assert "按党课，[4]次以上" not in words  # the fact has no unit
    assert re.sub(r"<[^>]+>", "", words[words.index("<p>") :]) == "按党课，[4]以上[50]分，[1]以上[20]分，否则[0]分"


def test_a_number_is_saved_at_once_and_who_gains_and_loses_is_seen(cast: Cast, draft: Draft, client: Client):
    at = place(draft, "达星线", "industry")
    response = send(client, cast.desk, draft, {at: "50"})
    assert response.status_code == 200
    assert "pass: 50" in Draft.objects.get().files["stars/village/industry.yaml"]
    assert "<b>1</b> 个单位得星" in response.text
    assert cast.other_village.name in response.text
    assert ">70</s>" in response.text  # what it was, with a way back
    text = send(client, cast.desk, draft, {at: "80"}).text
    assert ("<b>0</b> 个单位得星" in text, "<b>1</b> 个单位失星" in text, cast.neighbour.name in text) == (True, True, True)
    text = send(client, cast.desk, draft, {at: "101"}).text
    assert "<b>2</b> 个单位失星" in text
    assert "达星线 101 分谁也够不到：最多能得 100 分" in text
    assert ">70</s>" not in send(client, cast.desk, draft, {at: "70"}).text


def test_the_running_period_stays_as_it_is(cast: Cast, draft: Draft, client: Client):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "101"})
    score = Score.objects.get(unit=cast.village)
    now = account(cast.village)
    assert now
    assert (score.tier, now.score.tier, now.score.stars) == ("1", "1", score.stars)


def test_what_is_no_number_is_told_and_nothing_is_lost(cast: Cast, draft: Draft, client: Client):
    places = {place(draft, "达星线", "industry"): "很高", place(draft, "第 1 档得分", "lesson_points"): "45"}
    response = send(client, cast.desk, draft, places)
    assert response.status_code == 422
    assert 'value="很高"' in response.text
    assert "“很高”不是数" in response.text
    assert "{4: 45, 1: 20}" in Draft.objects.get().files["stars/village/industry.yaml"]


def test_a_draft_that_cannot_be_tried_says_why_and_keeps_what_was_filled_in(cast: Cast, draft: Draft, client: Client):
    at = place(draft, "第 2 档标准", "lesson_points")
    text = send(client, cast.desk, draft, {at: "4"}).text
    assert "两档的标准都是 4" in text
    assert "现在不能试算" in text
    assert text.count('value="4"') == 2
    assert "两档的标准" not in send(client, cast.desk, draft, {at: "2"}).text


def test_of_two_editors_the_second_is_told(cast: Cast, draft: Draft, deputy: User, client: Client):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "65"})
    response = send(client, deputy, draft, {place(draft, "达星线", "industry"): "75"}, version=1)
    assert response.status_code == 422
    assert "云溪市创建办刚刚改过这份草案" in response.text
    assert "pass: 65" in Draft.objects.get().files["stars/village/industry.yaml"]


def test_ones_own_changes_follow_each_other_however_fast(cast: Cast, draft: Draft, client: Client):
    for value in ("60", "61", "62"):
        assert send(client, cast.desk, draft, {place(draft, "达星线", "industry"): value}, version=1).status_code == 200
    assert Draft.objects.get().version == 4


def test_units_that_move_are_found_by_place_and_by_gain(cast: Cast, draft: Draft, client: Client):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "101"})
    here = f"/rules/{draft.pk}/"
    assert cast.village.name in client.get(here, {"way": "loses"}).text
    assert "这里没有变化的单位" in client.get(here, {"way": "gains"}).text
    assert "这里没有变化的单位" in client.get(here, {"under": cast.other_town.code}).text
    assert client.get(f"{here}moves.xlsx").content[:2] == b"PK"


def test_why_a_unit_moves_is_told_rule_by_rule(cast: Cast, draft: Draft, client: Client, read: Read):
    send(client, cast.desk, draft, {place(draft, "第 1 档得分", "lesson_points"): "10"})
    text = read(cast.desk, f"/rules/{draft.pk}/units/{cast.village.code}/")
    assert "党课得分" in text
    assert "按党课，4 以上 10 分" in text


def test_how_firmly_the_stars_stand_is_told_when_asked(cast: Cast, draft: Draft, read: Read):
    text = read(cast.desk, f"/rules/{draft.pk}/steadiness/village/")
    assert "上下浮动 25%，试 1,000 次" in text
    assert re.findall(r'data-label="(得星|稳)">(\d+)<', text) == [("得星", "2"), ("稳", "1")]
    assert "现在算不出来" in read(cast.desk, f"/rules/{draft.pk}/steadiness/county/")


def test_the_annex_says_in_sentences_what_changes(cast: Cast, draft: Draft, client: Client, read: Read):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "60"})
    text = read(cast.desk, f"/rules/{draft.pk}/annex/")
    assert "分数线由 70 分改为 60 分" in text
    assert "2100-01-01 至 2100-12-31" in text


def test_a_worked_case_that_no_longer_comes_out_is_accepted_by_itself(cast: Cast, draft: Draft, client: Client, read: Read):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "100"})
    draft.refresh_from_db()
    send(client, cast.desk, draft, {place(draft, "第 1 档得分", "lesson_points"): "40"})
    text = read(cast.desk, f"/rules/{draft.pk}/checks/")
    assert text.count("按新规则改为") == 2
    assert "原应为 <b>一星</b>，按草案是 <b>零星</b>" in text
    client.post(f"/rules/{draft.pk}/cases/", {"case": "够格", "unit": "", "node": "industry"})
    assert "expect: {industry: no, tier: 1}" in Draft.objects.get().files["cases.yaml"]
    client.post(f"/rules/{draft.pk}/cases/", {"case": "够格", "unit": "", "node": "tier"})
    client.post(f"/rules/{draft.pk}/cases/", {"case": "没有", "unit": "", "node": "tier"})
    assert "expect: {industry: no, tier: 0}" in Draft.objects.get().files["cases.yaml"]
    assert "都得出应有的结果" in read(cast.desk, f"/rules/{draft.pk}/checks/")


def test_a_second_person_publishes_what_was_submitted(cast: Cast, draft: Draft, deputy: User, client: Client, read: Read):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "65"})
    assert "请填写文号" in act(client, cast.desk, draft, "submit")
    assert "已提交，等第二个人核对后发布" in act(client, cast.desk, draft, "submit", NUMBER)
    assert ("1 件待您发布" in read(deputy, "/rules/"), "1 件待您发布" in read(cast.desk, "/rules/")) == (True, False)
    text = read(cast.desk, f"/rules/{draft.pk}/")
    assert "须由另一位有发布权限的人核对后发布" in text
    assert "<input id=" not in text[text.index('class="rule-rows"') : text.index("</ol>", text.index('class="rule-rows"'))]
    assert "须由另一位" in act(client, cast.desk, draft, "publish")
    assert draft.state == "submitted"
    assert "自 2100年1月1日 起适用" in act(client, deputy, draft, "publish")
    assert (draft.state, draft.publication.document_number) == ("published", NUMBER)
    assert "待施行" in read(deputy, "/rules/")


def test_a_draft_is_returned_with_a_reason_and_dropped(cast: Cast, draft: Draft, deputy: User, client: Client):
    act(client, cast.desk, draft, "submit", NUMBER)
    assert "请填写退回原因" in act(client, deputy, draft, "return")
    assert "被退回：再议" in act(client, deputy, draft, "return", "再议")
    assert "草案已作废" in act(client, cast.desk, draft, "drop")
    assert draft.state == "dropped"
    assert client.post(f"/rules/{draft.pk}/other/").status_code == 404


def test_a_draft_with_faults_is_not_submitted(cast: Cast, draft: Draft, client: Client):
    send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "101"})
    assert "没有提交：“产业兴旺”的达星线 101 分谁也够不到" in act(client, cast.desk, draft, "submit", NUMBER)
    assert draft.state == "editing"


def test_a_draft_whose_worked_cases_no_longer_come_out_is_not_submitted(cast: Cast, draft: Draft, client: Client):
    send(client, cast.desk, draft, {place(draft, "第 1 档标准", "income_points"): "200000"})
    text = act(client, cast.desk, draft, "submit", NUMBER)
    assert "没有提交：验算样例“够格”与草案算出的结果不同" in text
    assert draft.state == "editing"


def test_before_anything_was_rated_a_draft_is_edited_without_a_trial(cast: Cast, programme: Publication, read: Read):
    made = create_draft(title="甲", unit=cast.city, base=programme, files=programme.files, by=cast.desk, at=clock.now())
    text = read(cast.desk, f"/rules/{made.pk}/")
    assert "还没有可以试算的数据" in text
    assert "期内不改规则" in text


def test_a_draft_that_came_without_rules_to_begin_from_is_shown(cast: Cast, programme: Publication, read: Read):
    made = create_draft(title="县里的", unit=cast.city, files={"scheme.yaml": "scheme: x"}, by=cast.desk, at=clock.now())
    assert "规则还读不出来" in read(cast.desk, f"/rules/{made.pk}/")


def asked(client: Client, address: str) -> int:
    """How often the database is asked for a page that was opened before."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_pages_of_drafts_ask_the_database_the_same_number_of_times(cast: Cast, draft: Draft, client: Client):
    at = place(draft, "达星线", "industry")
    save_draft(draft=draft, files=apply(draft.files, {at: "80"}), by=cast.desk, at=clock.now())
    client.force_login(cast.desk)
    page, names = asked(client, f"/rules/{draft.pk}/"), asked(client, "/rules/")
    save_draft(draft=draft, files=apply(draft.files, {at: "101"}), by=cast.desk, at=clock.now())
    for title in ("乙", "丙"):
        create_draft(title=title, unit=cast.city, files=draft.files, by=cast.desk, at=clock.now())
    assert (asked(client, f"/rules/{draft.pk}/"), asked(client, "/rules/")) == (page, names)
    assert max(page, names) <= 15


def test_the_name_of_a_field_is_its_place_and_how_it_is_said():
    for blank in (Blank("a.yaml:1"), Blank("a.yaml:1.0", percent=True), Blank("a.yaml:2", negated=True), Blank("a:3", True, True)):
        assert read_name(name_of(blank)) == blank


def test_what_is_opened_ignores_what_is_no_field(cast: Cast, draft: Draft):
    opened = Opened(draft, {"scheme.yaml:0": "other", "none.yaml:1": "2", "x": "3"})
    assert (opened.edits, opened.wrong) == ({}, {})


def test_a_submitted_draft_takes_no_numbers(cast: Cast, draft: Draft, client: Client):
    submit_draft(draft=draft, document_number=NUMBER, by=cast.desk, at=clock.now())
    response = send(client, cast.desk, draft, {place(draft, "达星线", "industry"): "65"})
    assert response.status_code == 422
    assert "待发布，不能修改" in response.text
