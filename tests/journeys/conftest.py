"""A real browser on the real server: each journey has a fresh copy of the demo."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page
from pytest_playwright import CreateContextCallback

from tests.serving import Store, new_database, serving

REFUSED_ON_PURPOSE = ("status of 409", "status of 422")
# A machine without graphics, and a browser that talks to nobody but us.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": shutil.which("chromium"), "args": FLAGS}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo, loaded once; on the PostgreSQL that FANXING_DATABASE names, or else on SQLite."""
    server = os.environ.get("FANXING_DATABASE")
    store = Store(tmp_path_factory.mktemp("demo"), new_database(server) if server else "")
    for command in ("migrate", "load_demo"):
        done = store.manage(command, DEMO="true")
        assert done.returncode == 0, done.stdout + done.stderr
    return store


@pytest.fixture
def site(demo: Store, tmp_path: Path) -> Iterator[str]:
    """The address of a server with a demo that nobody has touched."""
    with serving(demo.copy(tmp_path / "demo"), DEMO="true") as (_, address):
        yield address


@pytest.fixture(scope="session")
def base_url() -> None:
    """None for the session: every journey has a server of its own."""


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], site: str) -> dict[str, Any]:
    return browser_context_args | {"base_url": site, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def page(new_context: CreateContextCallback) -> Iterator[Page]:
    """A page on a desktop."""
    yield from watched(new_context(viewport={"width": 1366, "height": 850}).new_page())


@pytest.fixture
def phone(new_context: CreateContextCallback) -> Iterator[Page]:
    """A page on a phone."""
    yield from watched(new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page())


def watched(page: Page) -> Iterator[Page]:
    """The page; afterwards the browser must have had nothing to complain about."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in REFUSED_ON_PURPOSE):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
