"""Loads the demo: a fictional township with two years of its ledger."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fanxing.demo.loading import SCHEME, load_township
from fanxing.demo.progress import Progress
from fanxing.demo.summary import accounts, summary
from fanxing.demo.township import township
from fanxing.organisations.models import Unit
from fanxing.scheme import load


class Command(BaseCommand):
    help = "装入演示数据：一个虚构的乡镇和它两年的台账"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="已有数据或不是演示环境时什么也不做")

    def handle(self, *, if_empty: bool, **options: object) -> None:
        if reason := self._unfit():
            if not if_empty:
                raise CommandError(reason)
            self.stdout.write(accounts() if settings.DEMO else reason)
            return
        self.stdout.write("正在生成演示数据 ……")
        drawn = township(load(SCHEME))
        progress = Progress("装入演示数据", len(drawn.rows), self.stdout)
        run = load_township(drawn, at=timezone.now(), advance=progress.advance)
        self.stdout.write("\n".join([*summary(drawn, run), accounts()]))

    def _unfit(self) -> str:
        """Why the demo cannot be loaded here; empty where it can."""
        if not settings.DEMO:
            return "不是演示环境（FANXING_DEMO），不装入演示数据"
        return "已有数据，不装入演示数据" if Unit.objects.exists() else ""
