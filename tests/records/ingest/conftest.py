"""What the tests of imports may use."""

from tests.records.ingest.sheets import visits

__all__ = ["visits"]
