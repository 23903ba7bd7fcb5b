"""What the tests of evidence may use."""

from pathlib import Path

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import with_text

FILES = with_text(
    "records/meeting.yaml",
    "  topic: {title: 议题, type: text}",
    "  topic: {title: 议题, type: text}\n  scene: {title: 现场照片, type: photo}\n  minutes: {title: 会议记录, type: file}\nretention: 3",
)


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> Publication:
    """The small programme, whose meetings may be shown by photos and minutes, kept for three years."""
    return publish(files=FILES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture(autouse=True)
def stored(settings, tmp_path: Path) -> Path:
    """Where files are stored."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
