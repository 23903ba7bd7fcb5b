"""A citizen finds a village in the sky of stars; the desk follows a number down to the units, and runs after what is missing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.organisations.models import Post, Unit
from tests.cast import appoint
from tests.journeys.test_township import check_fit
from tests.web.city import build

VILLAGE = "990001101001"


@pytest.fixture
def city(db: None, settings) -> None:
    """A small city, with somebody at its desk."""
    settings.DEMO = True
    build()
    appoint("desk", "孙立", Unit.objects.get(code="990000"), Post.objects.get(pk="desk"))


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_citizen_points_at_a_star_and_opens_the_village(page: Page, city: None, faults: Callable[[], list[str]]):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("个村可创成“五星”支部")
    assert faults() == []

    page.get_by_role("navigation", name="按地方看").get_by_role("link", name="云溪县").click()
    expect(page.get_by_role("link", name="云溪县", exact=True).first).to_have_attribute("aria-current", "true")
    at = page.locator(f'a[href="/units/{VILLAGE}/"][data-at]')
    name = at.text_content()
    assert name
    page.wait_for_timeout(600)  # until the map has come nearer
    spot = page.evaluate(
        """at => { const map = document.querySelector(".sky-map"); const [x, y] = at.split(" ").map(Number);
        const spot = new DOMPoint(x, y).matrixTransform(map.getScreenCTM()); return [spot.x, spot.y + scrollY]; }""",
        at.get_attribute("data-at"),
    )
    page.evaluate("y => scrollTo(0, y - 400)", spot[1])
    page.mouse.move(spot[0], spot[1] - page.evaluate("scrollY"))
    expect(page.locator(".sky-card")).to_contain_text(name)
    page.mouse.click(spot[0], spot[1] - page.evaluate("scrollY"))
    expect(page).to_have_url(re.compile(rf"/units/{VILLAGE}/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert faults() == []


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_sky_is_walked_by_keyboard(page: Page, city: None):
    page.goto("/")
    page.locator(".sky-stage").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".sky-card")).to_be_visible()
    first = page.locator(".sky-card strong").text_content()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".sky-card strong")).not_to_have_text(first or "")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/units/\w+/$"))


@pytest.mark.parametrize("screen", ["phone"])
def test_on_a_phone_one_county_is_opened_and_a_star_is_tapped(page: Page, city: None, faults: Callable[[], list[str]]):
    page.emulate_media(reduced_motion="reduce")  # what flies and scrolls is not where it was seen
    page.goto("/")
    assert faults() == []
    page.get_by_role("navigation", name="按地方看").get_by_role("link", name="云溪县").tap()  # a phone has no mouse that rests on the map
    spot = page.evaluate(
        """at => { const map = document.querySelector(".sky-map"); map.scrollIntoView({block: "center", behavior: "instant"});
        const [x, y] = at.split(" ").map(Number);
        const spot = new DOMPoint(x, y).matrixTransform(map.getScreenCTM()); return [spot.x, spot.y]; }""",
        page.locator(f'a[href="/units/{VILLAGE}/"][data-at]').get_attribute("data-at"),
    )
    page.touchscreen.tap(*spot)
    page.get_by_role("link", name="查看这个单位").tap()
    expect(page).to_have_url(re.compile(r"/units/\w+/$"))
    assert faults() == []


def test_the_public_list_is_searched_without_leaving_the_page(page: Page, city: None, faults: Callable[[], list[str]]):
    page.goto("/stars/?kind=village")
    assert faults() == []
    page.get_by_role("searchbox").fill(VILLAGE)
    expect(page.get_by_text("共 1 个单位")).to_be_visible()
    expect(page).to_have_url(re.compile(r"kind=village.*q=|q=.*kind=village"))


@pytest.mark.parametrize("screen", ["desktop"])
def test_without_script_the_home_is_a_list_of_links(page: Page, city: None, base_url: str):
    browser = page.context.browser
    assert browser
    plain = browser.new_context(java_script_enabled=False, base_url=base_url).new_page()
    plain.goto("/")
    county = plain.locator("details").nth(1)
    county.locator("summary").click()
    name = county.locator("li a").first.text_content()
    county.locator("li a").first.click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(name or "")
    plain.context.close()


def test_the_desk_follows_a_number_down_to_the_units(page: Page, city: None, faults: Callable[[], list[str]]):
    page.goto("/sign-in/")
    page.get_by_role("button", name="市级专班").click()
    expect(page.get_by_role("heading", name="云岭市工作台")).to_be_visible()
    expect(page.locator("#near .gains, #near .nothing")).to_be_visible()
    expect(page).to_have_title(re.compile("^工作台"))
    assert faults() == []
    page.locator(".desk-grid").last.get_by_role("link", name="云溪县").click()
    expect(page.get_by_role("heading", name="云溪县工作台")).to_be_visible()
    assert faults() == []
    page.locator(".tally").first.click()
    expect(page).to_have_url(re.compile(r"/units/\?under=990001"))

    page.goto("/desk/missing/")
    expect(page.get_by_text("什么算未报")).to_be_visible()
    assert faults() == []
    page.goto("/desk/doubts/")
    assert faults() == []


@pytest.mark.parametrize("screen", ["phone"])
def test_on_a_phone_the_public_pages_and_the_desk_fit(page: Page, city: None):
    for address in ("/", "/stars/", f"/units/{VILLAGE}/"):
        check_fit(page, address)
    page.goto("/sign-in/")
    page.get_by_role("button", name="市级专班").click()
    for address in ("/desk/", "/desk/?under=990001", "/desk/?under=990001101", "/desk/missing/", "/desk/doubts/", "/desk/near/"):
        check_fit(page, address)
