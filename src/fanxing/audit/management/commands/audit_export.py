"""Prints the sealed log, one event a line."""

from django.core.management.base import BaseCommand

from fanxing.audit.queries import export_lines


class Command(BaseCommand):
    help = "逐行输出已封存的操作日志（JSON），可用 python -m fanxing.audit.offline 离线核验"

    def handle(self, **options: object) -> None:
        for line in export_lines():
            self.stdout.write(line)
