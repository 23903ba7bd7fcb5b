"""What the tests of matters may use: two procedures with every sort of step, ruling the small city."""

import pytest

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Post
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, Cast, appoint
from tests.programme.small import FILES
from tests.scheme.procedures import ELECT, REPORT, REPORTED

BESIDE = """
  clerk: {title: 党建办干事, permissions: township_clerk, kinds: [township]}
  delegate: {title: 村民代表, permissions: no_access, kinds: [village]}
levels: {township: 乡镇, city: 市}
beside:
  compound: {title: 小区, is: place}
"""
PROCEDURES = {
    **FILES,
    "scheme.yaml": FILES["scheme.yaml"].rstrip() + BESIDE,
    "records/report.yaml": REPORTED,
    "procedures/report.yaml": REPORT,
    "procedures/elect.yaml": ELECT,
}


@pytest.fixture
def procedures(cast: Cast) -> Publication:
    """The small programme with its procedures, and the announced holidays."""
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    return publish(files=PROCEDURES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture
def delegates(cast: Cast, procedures: Publication) -> list[User]:
    """Twelve delegates of the village with accounts."""
    post = Post.objects.get(pk="delegate")
    return [appoint(f"delegate{number}", f"代表{number}", cast.village, post) for number in range(12)]
