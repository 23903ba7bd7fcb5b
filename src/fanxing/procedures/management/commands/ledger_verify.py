"""Verifies the ledger, and what is kept apart of its records and of matters, against the log; `audit_verify` verifies the log itself."""

from django.core.management.base import BaseCommand, CommandError

from fanxing.procedures import integrity as matters
from fanxing.records.integrity import personal_not_as_logged, rows_not_as_logged
from fanxing.records.models import Record


class Command(BaseCommand):
    help = "核验台账：是否有记录被改动、删去，或没有写入操作日志；连同台账和事项里的个人信息"

    def handle(self, **options: object) -> None:
        if wrong := rows_not_as_logged():
            raise CommandError("\n".join(["台账与操作日志不符：", *wrong]))
        for words, found in (("台账", personal_not_as_logged()), ("事项", matters.personal_not_as_logged())):
            if found:
                raise CommandError("\n".join([f"{words}里的个人信息与操作日志不符，校验值为：", *found]))
        self.stdout.write(f"完好：{Record.objects.count()} 条，与操作日志相符")
