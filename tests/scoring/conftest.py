"""What the tests of scoring may use."""

from tests.programme.small import programme

__all__ = ["programme"]
