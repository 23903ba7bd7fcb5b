"""Verifies an exported log from standard input, with nothing but this package: `… < log.jsonl`."""

import sys

from fanxing.audit.chain import verify_lines


def main() -> int:
    verdict = verify_lines(sys.stdin)
    sys.stdout.write(f"{verdict.count}:{verdict.head}\n" if verdict.holds else f"{verdict.fault}\n")
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
