"""A contract's yearly sum falls due, what came in is entered, and income and the industry star follow."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import DEMO, city_site, city_store
from tests.serving import Store, serving

__all__ = ["city_site", "city_store"]


@pytest.mark.slow
def test_a_sum_falls_due_is_received_and_the_star_follows(
    page: Page, city_store: Store, tmp_path: Path, faults: Callable[[], list[str]], screen: str
):
    with serving(city_store.copy(tmp_path / "copy"), **DEMO) as (_, address):
        page.goto(f"{address}/sign-in/")
        page.get_by_role("button", name="支部书记").click()
        page.get_by_role("main").get_by_role("link", name="台账").first.click()
        page.get_by_role("link", name="到期收款").click()
        soon = page.get_by_role("row", name=re.compile("将到期"))
        waiting = soon.count()
        row = soon.first
        expect(row).to_contain_text("2025年12月5日")
        rest = row.get_by_text(re.compile("元$")).last.inner_text()
        assert faults() == []

        row.get_by_role("link", name="登记到账").click()
        expect(page.get_by_label("到账金额")).to_have_value(re.sub(r"\D", "", rest))
        expect(page.get_by_label("所属合同").locator("option:checked")).to_contain_text("合同")
        expect(page.get_by_role("radio", name="合同保底收益")).to_be_checked()
        assert faults() == []
        page.get_by_role("button", name="保存", exact=True).click()

        expect(page.get_by_text("已登记村集体收入。")).to_be_visible()
        expect(page.get_by_text(re.compile(r"合同保底收益到账 [\d.]+ 万 → [\d.]+ 万元"))).to_be_visible()
        expect(page.get_by_text(re.compile(r"产业兴旺 [\d.]+ → [\d.]+ 分"))).to_be_visible()
        expect(soon).to_have_count(waiting - 1)
        expect(page.get_by_role("row", name=re.compile("已收齐")).first).to_be_visible()
        assert faults() == []
