"""Verifies the ledger against the log; `audit_verify` verifies the log itself."""

from django.core.management.base import BaseCommand, CommandError

from fanxing.records.integrity import personal_not_as_logged, rows_not_as_logged
from fanxing.records.models import Record


class Command(BaseCommand):
    help = "核验台账：是否有记录被改动、删去，或没有写入操作日志"

    def handle(self, **options: object) -> None:
        if wrong := rows_not_as_logged():
            raise CommandError("\n".join(["台账与操作日志不符：", *wrong]))
        if wrong := personal_not_as_logged():
            raise CommandError("\n".join(["台账里的个人信息与操作日志不符，校验值为：", *wrong]))
        self.stdout.write(f"完好：{Record.objects.count()} 条，与操作日志相符")
