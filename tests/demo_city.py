"""The whole demo city, loaded once for all tests that want it: it takes minutes."""

import os
from pathlib import Path

from tests.serving import Store, new_database

DEMO = {"DEMO": "true", "TODAY": "2025-12-01"}
SAID = "said.txt"


def city_store(folder: Path, server: str = "") -> Store:
    """A store with the demo city, which nobody may write to; in a new database of a PostgreSQL, if one is named, else in SQLite.

    `DEMO_CITY` may name a folder in which the SQLite stays for the tests that come after. What the command said while it loaded the city
    stands beside it.
    """
    store = Store(folder, new_database(server)) if server else Store(Path(os.environ.get("DEMO_CITY") or folder))
    for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput"], ["load_demo", "--if-empty"]):
        done = store.manage(*words, **DEMO)
        assert done.returncode == 0, done.stderr
    said = store.folder / SAID
    if not said.exists():
        said.write_text(done.stdout, encoding="utf-8")
    return store
