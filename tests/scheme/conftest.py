"""Random schemes press here as hard as on the engines."""

from tests.rating import conftest as rating

__all__ = ["rating"]
