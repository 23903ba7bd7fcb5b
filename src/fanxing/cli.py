"""The command line: `fanxing …`."""

import argparse
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fanxing", description="Rate units by a scheme.")
    parser.parse_args(arguments)
    parser.print_help()
    return 0
