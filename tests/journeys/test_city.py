"""The demo city in a browser, as a visitor finds it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import city_site, city_store

__all__ = ["city_site", "city_store"]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_secretary_sees_the_fifth_star_within_one_record(page: Page, city_site: str):
    page.goto(f"{city_site}/sign-in/")
    page.get_by_role("button", name="支部书记").click()
    page.goto(f"{city_site}/units/?q=")
    expect(page.get_by_role("main")).to_contain_text("村")
    page.goto(f"{city_site}/desk/")
    expect(page.get_by_role("main")).to_contain_text(re.compile("四星"))


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_stranger_reads_the_published_counts(page: Page, city_site: str):
    page.goto(city_site)
    main = page.get_by_role("main")
    for words in ("2,349", "34", "246"):
        expect(main).to_contain_text(words)
