"""What the tests of the pages may use: a programme that rules the cast, and a short way to fill its ledger."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import FILES, SCHEME

# Pages take today from the clock, so the period holds whatever day the tests run on.
LONG = SCHEME.replace("{from: 2026-01-01, to: 2026-12-31}", "{from: 2021-01-01, to: 2099-12-31}").replace(
    "tier: {title: 星级, count: stars}", "tier: {title: 星级, count: stars, labels: {0: 零星, 1: 一星}}"
)
INDUSTRY = FILES["stars/village/industry.yaml"].replace("title: 产业兴旺\n", "title: 产业兴旺\ncolour: violet\nowner: 农业农村局\n", 1)


def published(cast: Cast, industry: str = INDUSTRY, **changes: str) -> Publication:
    """The small programme, ruling the whole city, for a period in which all tests lie."""
    files = {**FILES, "scheme.yaml": LONG, "stars/village/industry.yaml": industry, **changes}
    return publish(files=files, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture
def programme(cast: Cast) -> Publication:
    """The small programme."""
    return published(cast)


def lesson(unit: Unit, month: int = 3, year: int = 2024) -> Record:
    """A lesson held on the eighth of a month."""
    data = {"form": "lesson", "attended": 23, "topic": "学党史"}
    return add_record(unit=unit, kind="meeting", occurred_on=date(year, month, 8), data=data, by=SYSTEM, at=NOW)


def income(unit: Unit, amount: int = 100_000) -> Record:
    """The collective income of a unit."""
    return add_record(unit=unit, kind="figures", occurred_on=date(2024, 5, 1), data={"income": amount}, by=SYSTEM, at=NOW)


@pytest.fixture
def read(client: Client) -> Callable[[User, str], str]:
    """Open a page as somebody; it must be there."""

    def open_page(user: User, address: str) -> str:
        client.force_login(user)
        response = client.get(address)
        assert response.status_code == 200, address
        return response.text

    return open_page
