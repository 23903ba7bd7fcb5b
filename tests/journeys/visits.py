"""How a journey's people come and go, and what is wrong with a page for some of them."""

from pathlib import Path

from django.test import Client
from playwright.sync_api import BrowserContext, Page

from fanxing.accounts.models import User

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text(encoding="utf-8")


def enter(context: BrowserContext, base_url: str, user: User) -> None:
    """Go on as somebody who is signed in on this machine."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}])


def leave(page: Page) -> None:
    """Go on as a stranger: no cookies, and no page left whose late answers would set new ones."""
    page.goto("about:blank")
    page.context.clear_cookies()


def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong for people who use a screen reader, a keyboard or large text (WCAG 2.2 AA)."""
    page.wait_for_load_state()  # with the style sheets: without them nothing is hidden
    page.evaluate(AXE)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")  # under the fixed top bar a button would count as too small
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found["violations"] for node in rule["nodes"]]
