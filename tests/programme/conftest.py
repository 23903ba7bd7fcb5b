"""What the tests of the programme may use."""

from tests.programme.small import programme

__all__ = ["programme"]
