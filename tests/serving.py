"""The product as an operator starts it: a store of data, and the server over it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

MANAGE = [sys.executable, "-m", "fanxing.config.manage"]


@dataclass(frozen=True)
class Store:
    """A data folder, and a PostgreSQL if the data is not in the folder's SQLite."""

    folder: Path
    database: str = ""

    @property
    def name(self) -> str:
        """What its database is called: a file, or a name on its server."""
        return str(conninfo_to_dict(self.database)["dbname"]) if self.database else str(self.folder / "fanxing.sqlite3")

    def environment(self, **settings: str) -> dict[str, str]:
        """The environment for this store; none of the developer's own settings come through."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FANXING_")}
        ours = {"DATA_DIR": str(self.folder), "DATABASE": self.database} | settings
        return kept | {f"FANXING_{name}": value for name, value in ours.items()}

    def manage(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        command = [*MANAGE, *words]
        return subprocess.run(command, env=self.environment(**settings), capture_output=True, text=True, check=False)

    def copy(self, folder: Path) -> "Store":
        """The same data in another folder or database; nobody may be using this one."""
        shutil.copytree(self.folder, folder)
        return Store(folder, new_database(self.database, template=self.database) if self.database else "")


def new_database(server: str, template: str = "") -> str:
    """Create a database on the server, empty or as a copy, and give its connection string."""
    source = str(conninfo_to_dict(template)["dbname"]) if template else "template1"
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as connection:
        number = connection.execute("SELECT count(*) FROM pg_database").fetchone()
        assert number
        name = f"fanxing_{os.getpid()}_{number[0]}"
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        connection.execute(words)
    return make_conninfo(server, dbname=name)


def drop_database(store: Store) -> None:
    """Drop the PostgreSQL database of a store that is done with."""
    with psycopg.connect(make_conninfo(store.database, dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(store.name)))


@contextmanager
def serving(store: Store, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `serve` and its address; what it logs is in the store's `serve.log`, and printed for a failed test."""
    port = free_port()
    environment = store.environment(PORT=str(port), **settings)
    with (
        (store.folder / "serve.log").open("w+") as log,
        subprocess.Popen([*MANAGE, "serve"], env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout
            assert process.stdout.readline() == f"Fanxing runs on http://127.0.0.1:{port} (Ctrl-C stops it)\n"
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()
            log.seek(0)
            print(log.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
