"""A township's deadline is changed without a programmer: read, changed in the browser, signed by a second person, in force at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.organisations.models import Post
from fanxing.programme.models import Publication
from fanxing.programme.queries import procedures_for
from fanxing.scheme.model import Term
from tests.cast import Cast, appoint
from tests.journeys.test_rules import sign_in
from tests.journeys.visits import leave
from tests.web.test_rule_procedures import programme

__all__ = ["programme"]


@pytest.fixture
def city(cast: Cast, programme: Publication, settings) -> Cast:
    """The small city with procedures, and a deputy at its desk."""
    settings.DEMO = True
    appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))
    return cast


def test_a_deadline_is_changed_and_signed_by_a_second_person(page: Page, city: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "desk")
    page.goto("/rules/procedures/")
    assert faults() == []
    page.get_by_role("link", name="随手拍").click()
    expect(page.get_by_role("heading", name="怎么办")).to_be_visible()
    expect(page.get_by_role("img", name="随手拍办理流程图")).to_be_visible()
    assert faults() == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="按本地情况修改").click()

    handling = page.locator("details.kind-field").filter(has_text="办理中 承办单位")
    handling.locator("summary").click()
    handling.get_by_label("期限").fill("9 个工作日")
    handling.get_by_role("button", name="保存").click()
    expect(page.get_by_text("环节“办理中”的期限由“5 个工作日”改为“9 个工作日”。")).to_be_visible()
    assert faults() == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("请由另一位有发布权限的人核对后发布")).to_be_visible()

    leave(page)
    sign_in(page, "deputy")
    page.goto("/rules/procedures/")
    page.get_by_role("link", name="随手拍").last.click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布，新的事项从现在起照此办理")).to_be_visible()
    assert procedures_for(city.village)["report"].states["handling"].within == (Term(9),)
