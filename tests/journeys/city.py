"""The whole demo city behind a real server, loaded once for all journeys of a session: `city_site` gives its address.

    from tests.journeys.city import city_site, city_store

    __all__ = ["city_site", "city_store"]

    @pytest.mark.slow
    def test_something(page: Page, city_site: str):
        page.goto(city_site)

What one test writes the next one sees: a journey that writes takes `city_store.copy(tmp_path / "copy")` and serves that.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Store, serving

DEMO = {"DEMO": "true", "TODAY": "2025-12-01"}


@pytest.fixture(scope="session")
def city_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the city; `DEMO_CITY` may name a SQLite file in which it is loaded already, which is copied."""
    store = Store(tmp_path_factory.mktemp("city"))
    if ready := os.environ.get("DEMO_CITY"):
        shutil.copy(Path(ready), store.folder / "fanxing.sqlite3")
    for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput"], ["load_demo", "--if-empty"]):
        done = store.manage(*words, **DEMO)
        assert done.returncode == 0, done.stderr
    return store


@pytest.fixture(scope="session")
def city_site(city_store: Store) -> Iterator[str]:
    """The address at which the city is served."""
    with serving(city_store, **DEMO) as (_, address):
        yield address
