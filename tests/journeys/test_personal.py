"""A number to call is entered beside a vacancy, shown masked, read in full once, and erased."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.programme.actions import publish
from fanxing.records.models import PersonalValue, Record
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.programme.small import FILES
from tests.records.test_personal import PHONE, VACANCY

DRAFTS = """() => new Promise((done) => {
  const opening = indexedDB.open("fanxing", 1);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("entries").objectStore("entries").getAll();
    asked.onsuccess = () => done(JSON.stringify(asked.result));
  };
})"""


@pytest.fixture
def branch(cast: Cast, settings) -> Cast:
    """柳河村, where vacancies are recorded."""
    settings.DEMO, settings.TODAY = True, TODAY
    files = {**FILES, "records/vacancy.yaml": VACANCY}
    publish(files=files, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return cast


def test_a_number_is_entered_masked_read_and_erased(page: Page, branch: Cast, faults: Callable[[], list[str]]):
    page.set_default_timeout(6000)
    page.goto("/sign-in/")
    page.get_by_role("button", name="支部书记").click()
    page.goto(f"/units/{branch.village.code}/records/new/vacancy/")
    page.get_by_label("用人一方").fill("云溪超市")
    page.get_by_label("联系电话").fill(PHONE)
    expect(page.get_by_text("查看会留下记录").first).to_be_visible()
    page.wait_for_function(f"({DRAFTS})().then((kept) => kept.includes('云溪超市'))")
    assert PHONE not in page.evaluate(DRAFTS)
    assert faults() == []
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已登记岗位对接。")).to_be_visible()

    record = Record.objects.get()
    page.goto(f"/records/{record.pk}/")
    expect(page.get_by_text("138****1234")).to_be_visible()
    assert faults() == []
    page.get_by_role("button", name="查看（会留下记录）").click()
    expect(page.get_by_text(PHONE)).to_be_visible()
    assert faults() == []
    page.reload()
    expect(page.get_by_text("上次查看：柳河村支部书记")).to_be_visible()
    expect(page.get_by_text(PHONE)).to_have_count(0)

    page.get_by_role("link", name="清除").click()
    page.get_by_label("清除原因").fill("岗位已招满")
    assert faults() == []
    page.get_by_role("button", name="清除").click()
    expect(page.get_by_text("清除：岗位已招满")).to_be_visible()
    assert not PersonalValue.objects.kept().exists()
