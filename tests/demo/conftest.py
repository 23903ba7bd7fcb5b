"""The demo, drawn once for all tests of a process."""

import pytest

from fanxing.demo.drawn import Drawn, draw_city, draw_township
from fanxing.demo.writing import Writers, Written, past_rows
from fanxing.records.actions.taking_over import PastRow
from fanxing.scheme import Scheme, load


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    """The scheme that the demo is drawn for."""
    return load("five-star")


@pytest.fixture(scope="session")
def drawn(scheme: Scheme) -> Drawn:
    """The township as it is drawn and written."""
    return draw_township(scheme)


@pytest.fixture(scope="session")
def city(scheme: Scheme) -> Drawn:
    """The city as it is drawn and written."""
    return draw_city(scheme)


@pytest.fixture(scope="session")
def villages(drawn: Drawn) -> Written:
    """The ledgers of the township's villages."""
    return drawn.ledgers["village"]


@pytest.fixture(scope="session")
def rows(villages: Written) -> list[PastRow]:
    """Every row of the ledgers of the township's villages."""
    names = [place.name for place in villages.crowd.places]
    return list(past_rows(villages, Writers(names, ["经办员"] * len(names), {}), villages.tables))
