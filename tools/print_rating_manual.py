"""Prints the examples of tests/rating/spec as docs/rating.md."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.rating.manual import printed  # noqa: E402  # found through the path set above

(ROOT / "docs" / "rating.md").write_text(printed(), "utf-8")
