"""Runs every check and test, one stage after another: `python tools/check.py [lint] [tests]`.

All stages run, whatever fails before; the end says what failed, how long each took, and pytest's own summaries.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from debian import MissingProgramError, chromium
from postgres import postgresql

PROGRAMS = Path(sys.executable).parent
PYTEST_SUMMARY = re.compile(r" in [\d.]+s\b")
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?)")


@dataclass
class Outcome:
    stage: str
    failure: str
    seconds: float
    summary: str


def main(parts: list[str]) -> int:
    stages: dict[str, Callable[[], tuple[int, str]]] = {}
    if "lint" in parts:
        stages |= {name: lambda words=words: run(words) for name, words in LINT.items()}
    if "tests" in parts:
        stages |= TESTS
    # The demo city takes minutes to load: the first stage that wants it leaves it there for the next.
    with tempfile.TemporaryDirectory(prefix="fanxing-city-") as folder:
        os.environ["DEMO_CITY"] = folder
        outcomes = [perform(name, stage) for name, stage in stages.items()]
    report(outcomes)
    return 1 if any(outcome.failure for outcome in outcomes) else 0


def perform(name: str, stage: Callable[[], tuple[int, str]]) -> Outcome:
    print(f"\n[{name}]", flush=True)
    begin = time.monotonic()
    summary = ""
    try:
        code, last_line = stage()
        failure = f"ended with {code}" if code else ""
        summary = last_line if PYTEST_SUMMARY.search(last_line) else ""
    except MissingProgramError as missing:
        failure = str(missing)
        print(failure, flush=True)
    return Outcome(name, failure, time.monotonic() - begin, summary)


def run(words: list[str], **environment: str) -> tuple[int, str]:
    """Run a program of the project's environment, show what it prints, and give its code and last line."""
    # What a developer has set for their own server must not change the tests.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FANXING_")}
    with subprocess.Popen(
        [str(PROGRAMS / words[0]), *words[1:]],
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        line = last_line = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            last_line = line.strip() or last_line
    return process.returncode, last_line


def on_sqlite() -> tuple[int, str]:
    return run(["pytest", "tests", "--ignore=tests/journeys", "--numprocesses=auto"])


def on_postgresql() -> tuple[int, str]:
    words = ["pytest", "tests", "--ignore=tests/journeys", "--numprocesses=auto", "-m", "database"]
    with postgresql() as connection_string:
        return run(words, FANXING_DATABASE=connection_string)


def in_the_browser() -> tuple[int, str]:
    chromium()
    return run(["pytest", "tests/journeys", "--numprocesses=auto", "--dist=loadfile"])


def in_the_browser_on_postgresql() -> tuple[int, str]:
    chromium()
    with postgresql() as connection_string:
        return run(["pytest", "tests/journeys", "-m", "smoke"], FANXING_DATABASE=connection_string)


LINT = {
    "style": ["ruff", "check"],
    "form": ["ruff", "format", "--check"],
    "types": ["mypy"],
    "contracts": ["lint-imports", "--no-logo"],
    "dependencies": ["deptry", "src"],
    "migrations": ["python", "-m", "fanxing.config.manage", "makemigrations", "--check", "--dry-run"],
}
TESTS = {
    "tests on SQLite": on_sqlite,
    "tests on PostgreSQL": on_postgresql,
    "journeys in the browser": in_the_browser,
    "a journey on PostgreSQL": in_the_browser_on_postgresql,
}


def report(outcomes: list[Outcome]) -> None:
    print()
    for outcome in outcomes:
        print(f"{outcome.stage:<24} {outcome.seconds:6.1f} s  {outcome.failure or 'ok'}")
    if failed := [outcome.stage for outcome in outcomes if outcome.failure]:
        print(f"Not green: {', '.join(failed)}")
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.summary:
            print(f"{outcome.stage}: {outcome.summary.strip('= ')}")
            counts.update({word: int(number) for number, word in COUNT.findall(outcome.summary)})
    seconds = sum(outcome.seconds for outcome in outcomes)
    if counts:
        print(f"===== {', '.join(f'{number} {word}' for word, number in counts.items())} in {seconds:.2f}s =====")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
