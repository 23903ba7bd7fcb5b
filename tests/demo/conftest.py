"""The township of the demo, drawn once for all tests of a process."""

import pytest

from fanxing.demo.township import Township, township
from fanxing.scheme import Scheme, load


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    """The scheme that the demo is drawn for."""
    return load("five-star")


@pytest.fixture(scope="session")
def drawn(scheme: Scheme) -> Township:
    """The township as it is drawn and written."""
    return township(scheme)
