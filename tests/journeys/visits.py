"""How a journey's people come and go."""

from django.test import Client
from playwright.sync_api import BrowserContext, Page

from fanxing.accounts.models import User


def enter(context: BrowserContext, base_url: str, user: User) -> None:
    """Go on as somebody who is signed in on this machine."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}])


def leave(page: Page) -> None:
    """Go on as a stranger: no cookies, and no page left whose late answers would set new ones."""
    page.goto("about:blank")
    page.context.clear_cookies()
