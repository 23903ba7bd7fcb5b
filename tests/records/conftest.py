"""What the tests of the ledger may use."""

from tests.programme.small import programme

__all__ = ["programme"]
