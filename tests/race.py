"""Runs writers at the same time, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def race(*writers: Callable[[], Result]) -> list[Result | Exception]:
    """What each writer returned or raised; all start together. The test needs `django_db(transaction=True)`."""
    start = Barrier(len(writers))

    def run(writer: Callable[[], Result]) -> Result | Exception:
        start.wait()
        try:
            return writer()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writers)) as threads:
        return list(threads.map(run, writers))
