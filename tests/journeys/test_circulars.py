"""J17: a flood team is called up and answers at the phone; a patrol round is logged."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fanxing.programme.models import Publication
from fanxing.records.models import Record
from tests.cast import Cast
from tests.circulars.conftest import Team, team
from tests.journeys.test_township import sign_in
from tests.journeys.visits import enter
from tests.web.conftest import published

__all__ = ["team"]

PATROL = """
title: 巡防
nature: activity
recorded_by: [secretary]
fields:
  form: {title: 类别, type: choice, choices: {night: 夜间巡防, flood: 防汛巡查}}
  people: {title: 参加人数, type: count, unit: 人}
"""


@pytest.fixture
def programme(cast: Cast, settings) -> Publication:
    """The small programme with patrol rounds."""
    settings.DEMO = True
    return published(cast, **{"records/patrol.yaml": PATROL})


@pytest.mark.parametrize("screen", ["phone"])
def test_a_flood_team_is_called_up_and_answers_and_a_round_is_logged(
    page: Page, context: BrowserContext, base_url: str, cast: Cast, team: Team, programme: Publication, faults: Callable[[], list[str]]
):
    sign_in(page, "支部书记")
    page.goto("/circulars/")
    page.get_by_role("link", name="发通知").click()
    page.get_by_role("link", name="防汛队集结通知").click()
    expect(page.get_by_role("radio", name="能到、不能到、已到")).to_be_checked()
    page.get_by_role("checkbox", name="防汛队员").check(force=True)
    page.get_by_role("button", name="看看发给谁").click()
    expect(page.get_by_text("会送达 2 人")).to_be_visible()
    expect(page.get_by_text("1 人没有账号")).to_be_visible()
    assert faults() == []
    page.get_by_role("button", name="发出", exact=True).click()
    expect(page.get_by_text("已发出，送达 2 人。")).to_be_visible()
    sent = page.url

    enter(context, base_url, team.first)
    page.goto("/inbox/")
    page.get_by_role("link", name="打开通知").click()
    page.get_by_label("补充").fill("十点到")
    page.get_by_role("button", name="能到", exact=True).click()
    expect(page.get_by_text("您已回复：能到")).to_be_visible()
    page.get_by_role("button", name="已到").click()
    expect(page.get_by_text("您已回复：已到")).to_be_visible()
    assert faults() == []
    page.goto("/inbox/")
    expect(page.get_by_text("现在没有待办")).to_be_visible()

    enter(context, base_url, cast.secretary)
    page.goto(sent)
    page.get_by_role("link", name="未回复").click()
    expect(page.get_by_role("main")).to_contain_text("马小军")
    expect(page.get_by_role("main")).not_to_contain_text("刘大力")
    assert faults() == []
    page.get_by_role("link", name="记一次巡防").click()
    expect(page.get_by_label("参加人数")).to_have_value("1")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page).to_have_url(sent)
    record = Record.objects.get(unit=cast.village, kind="patrol")
    assert record.data == {"form": "flood", "people": 1}
