"""How well one sentence becomes a record, on the labelled messages: `./dev bench sentence [--wrong]`."""

import argparse
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.dictation.labelled import SETS, messages, read, score, wrong

HEAD = ("messages", "records", "kind first", "kind in three", "day", "fields: precision", "recall", "whole record", "ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description="How well one sentence becomes a record")
    parser.add_argument("--wrong", action="store_true", help="list what was read wrong, of the messages the rules are tuned on")
    options = parser.parse_args()
    print(f"| set | {' | '.join(HEAD)} |\n|---|{'--:|' * len(HEAD)}")
    for name in SETS:
        print(f"| {name} | {' | '.join(row(name))} |")
    if options.wrong:
        tell_wrong()


def row(name: str) -> list[str]:
    """The figures of a set; a first reading, not timed, loads the scheme."""
    told = messages(name)
    found = [(one, read(one)) for one in told]
    start = perf_counter()
    for one in told:
        read(one)
    took = 1000 * (perf_counter() - start) / len(told)
    return [str(len(told)), *score(found).row(), f"{took:.1f}"]


def tell_wrong() -> None:
    """What is read wrong, never of those held out: whoever tunes the rules must not see them."""
    for one in messages("tuned on"):
        if faults := list(wrong(one, read(one))):
            print(f"\n{one.said.strip()}\n  " + "\n  ".join(faults))


if __name__ == "__main__":
    main()
