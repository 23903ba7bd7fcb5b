"""J18: an honour from nomination to the register, an open selection from a post to who holds it, and a cadre's year."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from fanxing.accounts.models import User
from fanxing.inbox.queries import waiting_at
from fanxing.lib import clock
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.procedures.models import Matter
from fanxing.public_notices.models import Notice
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from tests.cast import appoint, found
from tests.journeys.test_circulars import enter
from tests.journeys.test_decisions import pass_days
from tests.journeys.test_matters import press, street

__all__ = ["pass_days", "street"]
Days = Callable[[int], None]
Faults = Callable[[], list[str]]
SECRETARY, HEAD, CHOSEN = "宋秋禾", "郑新宇", "周晓明"
NAMES = "王秀兰、李建国"


@pytest.fixture
def village(street: Unit) -> Unit:
    """A village of the street."""
    return found("990101201", "柳河村", "village", street)


@pytest.fixture
def people(street: Unit, village: Unit) -> dict[str, User]:
    """Who signs in, by what they are called."""
    held = {
        "secretary": (SECRETARY, village, "branch_secretary"),
        "head": (HEAD, village, "committee_head"),
        "delegate": ("赵冬", village, "representative"),
        "clerk": ("何听雨", street, "township_clerk"),
    }
    return {username: appoint(username, name, unit, Post.objects.get(pk=post)) for username, (name, unit, post) in held.items()}


def fill(form: Page | Locator, **said: str) -> None:
    """Fill in a form, by what its fields are called: several of one may be answered with yes."""
    for label, words in said.items():
        group = form.get_by_role("group", name=re.compile(f"^{re.escape(label)}"))
        if group.count():
            group.first.locator("label.option", has_text=re.compile(f"^\\s*{re.escape(words)}\\s*$")).click()
            continue
        control = form.get_by_label(re.compile(f"^{re.escape(label)}")).first
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(label=words)
        else:
            control.fill(words)


def take(page: Page, matter: Matter, step: str, **said: str) -> None:
    """Take a step on the page of a matter."""
    page.goto(f"/matters/{matter.pk}/")
    form = page.locator("details.way", has=page.locator("summary", has_text=re.compile(f"^{step}$")))
    form.locator("summary").click()
    fill(form, **said)
    form.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text(f"已办理：{step}")).to_be_visible()


def agree(page: Page, matter: Matter) -> None:
    """Say yes in a committee."""
    page.goto(f"/matters/{matter.pk}/")
    form = page.locator("form", has=page.get_by_role("button", name="给出意见")).first
    form.locator("label.option", has_text=re.compile("^\\s*同意\\s*$")).click()
    form.get_by_role("button", name="给出意见").click()
    expect(page.get_by_text("已给出意见。")).to_be_visible()


def agreed(page: Page, context: BrowserContext, base_url: str, matter: Matter, *members: User) -> None:
    """Let several say yes."""
    for one in members:
        enter(context, base_url, one)
        agree(page, matter)


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_an_honour_goes_from_its_conditions_to_the_register(
    page: Page, context: BrowserContext, base_url: str, village: Unit, people: dict[str, User], pass_days: Days, faults: Faults
):
    enter(context, base_url, people["secretary"])
    page.goto(f"/units/{village.code}/matters/new/honour_selection/")
    fill(page, 称号="孝亲敬老之星", 评选条件="一年以上照料老人，邻里公认", 计划评出="2")
    assert faults() == []
    page.get_by_role("button", name="提出", exact=True).click()
    matter = Matter.objects.get()
    take(page, matter, "提交推荐", 收到推荐="3", 推荐理由="照料邻居老人三年", 被推荐的人都同意参评="是", 其中有未成年人="否")
    agreed(page, context, base_url, matter, people["head"], people["delegate"])
    enter(context, base_url, people["secretary"])
    take(page, matter, "公示", 评出="2", 本人同意公开姓名="是", 同意公开的姓名=NAMES)
    notice = Notice.objects.get()
    page.goto(f"/notices/{notice.pk}/")
    expect(page.get_by_text(NAMES)).to_be_visible()
    assert faults() == []
    assert page.request.get(f"/matters/{matter.pk}/notice.pdf").body().startswith(b"%PDF-")
    pass_days(8)
    take(page, matter, "表彰", 表彰日期="2025-06-24", 有效期至="2026-06-23")
    assert Record.objects.get(kind="honour").data == {"title": "filial", "people": 2, "valid_until": "2026-06-23"}

    context.clear_cookies()
    page.goto(f"/notices/{notice.pk}/")
    expect(page.get_by_text("公示已结束")).to_be_visible()
    expect(page.get_by_text(NAMES)).not_to_be_visible()
    page.goto(f"/registers/{village.code}/honour_selection/")
    expect(page.get_by_text(NAMES)).to_be_visible()
    expect(page.get_by_text("2026年6月23日")).to_be_visible()
    assert faults() == []
    pass_days(365)
    page.reload()
    expect(page.get_by_text("孝亲敬老之星")).to_be_visible()
    expect(page.get_by_text(NAMES)).not_to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"])
def test_whoever_is_chosen_openly_then_holds_the_post(
    page: Page, context: BrowserContext, base_url: str, village: Unit, people: dict[str, User], pass_days: Days, faults: Faults
):
    enter(context, base_url, people["secretary"])
    page.goto(f"/units/{village.code}/matters/new/open_selection/")
    fill(page, 选拔的职务="村务专干", 名额="1", 岗位职责="办村务", 条件="高中以上，会用电脑", 怎样报名="到村部报名，也可以在网上报名")
    page.get_by_role("button", name="提出", exact=True).click()
    selection = Matter.objects.get()
    context.clear_cookies()
    page.goto(f"/open/selection_application/{village.code}/")
    fill(page, 报名的职务="村务专干", 对照条件说明="大专，会用表格", 姓名=CHOSEN, 联系电话="000-0000-0117")
    assert faults() == []
    page.get_by_role("button", name="提交").click()
    expect(page.locator("strong.code")).to_be_visible()
    application = Matter.objects.get(procedure_id="selection_application")
    assert application.data == {"post": "officer"}

    enter(context, base_url, people["secretary"])
    page.goto(f"/matters/{application.pk}/")
    expect(page.get_by_text("大专，会用表格")).not_to_be_visible()
    page.get_by_role("button", name="查看个人信息").click()
    expect(page.get_by_text("大专，会用表格")).to_be_visible()
    page.get_by_role("button", name="符合条件", exact=True).click()
    pass_days(10)
    take(page, selection, "提交资格审查", 报名="1", 符合条件="1", 其中破例的="0")
    agreed(page, context, base_url, selection, people["secretary"], people["head"], people["clerk"])
    enter(context, base_url, people["secretary"])
    take(page, selection, "提出拟任人选", 评议方式="面谈", 评议日期="2025-06-26", 拟任人选姓名=CHOSEN, 本人同意公示姓名="是")
    pass_days(8)
    enter(context, base_url, people["clerk"])
    take(page, selection, "决定任用", 任职起始日="2025-07-01")
    assert Assignment.objects.get(person__name=CHOSEN).post_id == "village_officer"
    page.goto(f"/people/?under={village.code}")
    row = page.locator("tr", has_text=CHOSEN)
    expect(row).to_contain_text("村务专干")
    expect(row).to_contain_text("2025年7月1日")
    assert faults() == []


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_cadre_reads_the_sheet_of_their_year_first_and_is_answered(
    page: Page, context: BrowserContext, base_url: str, village: Unit, people: dict[str, User], faults: Faults
):
    income = {"source": "rent", "amount": 31000}
    add_record(unit=village, kind="income", occurred_on=date(2025, 5, 6), data=income, by=people["secretary"], at=clock.now())
    enter(context, base_url, people["secretary"])
    page.goto(f"/units/{village.code}/matters/new/cadre_appraisal/")
    fill(page, 考核年度="2025年", 职务="村（居）委会主任", 姓名=HEAD, 述职="管合作社和水利")
    page.get_by_role("button", name="提出", exact=True).click()
    matter = Matter.objects.get()
    enter(context, base_url, people["clerk"])
    take(page, matter, "核实完，开测评会", 履职核实="职责都已履行", 测评会日期="2025-06-16", 应参加测评="20")
    page.goto(f"/matters/{matter.pk}/")
    page.get_by_text("录入纸质票").click()
    page.get_by_label("同意", exact=True).fill("15")
    page.get_by_role("button", name="保存票数").click()
    page.get_by_role("button", name="结束表决").click()
    take(page, matter, "提出评定意见", 评定意见="称职", 评语和改进建议="把账目按季公开")

    # Whoever opened it has no say in it: only the one whom it names has.
    enter(context, base_url, people["secretary"])
    page.goto(f"/matters/{matter.pk}/")
    expect(page.get_by_role("button", name="看过，没有意见")).to_have_count(0)
    enter(context, base_url, people["head"])
    page.goto("/inbox/")
    item = page.locator("li.task", has_text="村干部年度考核：和本人见面")
    expect(item.get_by_role("button", name="我来办")).to_have_count(0)
    item.get_by_role("link", name="去办理").click()
    expect(page.get_by_role("button", name="看过，没有意见")).to_be_visible()
    page.goto(f"/matters/{matter.pk}/sheet/")
    expect(page.locator("dl.pairs div", has_text="村集体经营性收入").first).to_contain_text("3.1 万元")
    expect(page.get_by_text("称职")).not_to_be_visible()
    page.get_by_role("button", name="带姓名和评语").click()
    expect(page.get_by_text("把账目按季公开")).to_be_visible()
    assert faults() == []
    take(page, matter, "有意见", 本人的意见="水利的事没有写")
    enter(context, base_url, people["clerk"])
    take(page, matter, "答复", 对意见的答复="已经补写")
    enter(context, base_url, people["head"])
    press(page, matter, "看过答复")
    enter(context, base_url, people["clerk"])
    press(page, matter, "作为建议归档")
    assert Matter.objects.get().state == "advised"
    assert not waiting_at(authority_of(people["head"])).exists()
    assert "水利" not in str(list(Matter.objects.values_list("data", flat=True)))
