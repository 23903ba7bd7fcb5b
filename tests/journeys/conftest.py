"""What every journey uses: Debian's browser, a desktop and a phone, and a page that must not complain."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.journeys.visits import faults_of

# Playwright's own event loop makes Django believe that it runs inside async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Two browsers and two servers share the processors.
expect.set_options(timeout=20_000)

SCREENS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Chromium of the system; root, as in a container, has no sandbox."""
    args = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    return browser_type_launch_args | {"executable_path": shutil.which("chromium"), "args": args}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> str:
    """Each of the screens in turn; parametrize `screen` to choose one."""
    return request.param


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Our own server."""
    return live_server.url


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object], screen: str) -> dict[str, object]:
    """The size and language of the screen."""
    phone = {"is_mobile": True, "has_touch": True} if screen == "phone" else {}
    chinese = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    return browser_context_args | chinese | {"viewport": SCREENS[screen]} | phone


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in which nothing may fail: no script error, no breach of the content security policy, no missing file."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A refused form (422) and an error page (404) are answers, not failures.
        if message.type in ("error", "warning") and not any(code in message.text for code in ("422", "404 (Not Found)")):
            complaints.append(message.text)

    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def faults(page: Page) -> Callable[[], list[str]]:
    """What axe-core finds wrong with the page."""
    return lambda: faults_of(page)
