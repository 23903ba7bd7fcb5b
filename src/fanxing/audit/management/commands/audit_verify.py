"""Verifies the hash chain of the log."""

from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from fanxing.audit.queries import unsealed_count, verify


def noted_head(text: str) -> tuple[int, str]:
    """A head as `audit_verify` prints it: `120:9f86d0…`."""
    position, mark, digest = text.partition(":")
    if not (mark and position.isdigit() and len(digest) == 64):
        raise ArgumentTypeError("应写作 位置:校验值，如上次核验所示")
    return int(position), digest


class Command(BaseCommand):
    help = "核验操作日志：是否有条目被改动、删去或截断"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", type=noted_head, action="append", default=[], help="以前记在别处的 位置:校验值，可多次给出")

    def handle(self, *, head: list[tuple[int, str]], **options: object) -> None:
        verdict = verify(heads=dict(head))
        if not verdict.holds:
            raise CommandError(f"{verdict.fault}（前 {verdict.count} 条完好）")
        self.stdout.write(f"完好：{verdict.count} 条，待封存 {unsealed_count()} 条")
        self.stdout.write(f"请将此行记在系统之外：{verdict.count}:{verdict.head}")
