"""A programme that has points of members, and the branch of 柳河村 that keeps them."""

from collections.abc import Callable

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.people import create_person
from fanxing.organisations.models import Person
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import with_text

POINTS = """
title: 党员积分
basis: example
kept_by: [secretary]
mark: 10
retention: 2
rules:
  lesson: {title: 参加党课, record: meeting, where: form == 'lesson', points: 4, most_a_month: 6, most_a_year: 20, lasts: 12 months}
  shared: {title: 到会, record: meeting, where: form == 'members', points: 1, of: attended, per: 2}
"""
SUMMED = """
title: 积分汇总
basis: example
nature: outcome
recorded_by: [secretary, clerk]
fields:
  all: {title: 参加的, type: count, prefill: points.members}
  good: {title: 合格的, type: count, prefill: points.qualified}
"""
RULES = {
    **with_text("records/meeting.yaml", "recorded_by: [secretary]", "recorded_by: [secretary, clerk]\nconfirmed_by: [secretary]"),
    "points.yaml": POINTS,
    "records/summed.yaml": SUMMED,
}
RULES["scheme.yaml"] = RULES["scheme.yaml"].replace("posts:\n", "posts:\n  clerk: {title: 党建办干事, permissions: township_clerk}\n")


@pytest.fixture(autouse=True)
def today(settings) -> None:
    """The day of the cast."""
    settings.TODAY = NOW.date()


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> Publication:
    """The small programme, with points of members."""
    return publish(files=RULES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture
def read(client: Client) -> Callable[[User, str], str]:
    """A page as a person sees it."""

    def reading(user: User, address: str) -> str:
        client.force_login(user)
        return client.get(address, follow=True).text

    return reading


@pytest.fixture
def member(cast: Cast) -> Person:
    """A member of 柳河村 without an account."""
    return create_person(name="马兰", unit=cast.village, by=SYSTEM, at=NOW)
