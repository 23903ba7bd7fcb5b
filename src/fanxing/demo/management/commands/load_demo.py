"""Loads the demo: a fictional city with two years of its ledgers, or one township of it."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fanxing.accounts.models import User
from fanxing.demo.drawn import draw_city, draw_township
from fanxing.demo.loading import SCHEME, load_demo
from fanxing.demo.names import CITY
from fanxing.demo.progress import Progress
from fanxing.demo.staff import DEPUTY
from fanxing.demo.summary import accounts, summary
from fanxing.organisations.models import Unit
from fanxing.scheme import load

OF_BEFORE = """这里是旧版本的演示数据（只有一个乡镇），和现在的程序不配套。
请删去 {}/fanxing.sqlite3（或清空所用的 PostgreSQL 数据库）后再运行；其中如有要留的数据，请先另存。"""


class Command(BaseCommand):
    help = "装入演示数据：一个虚构的市和它两年的台账；加 --township 只装一个乡镇，加 --full 装足二百万条"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="已有数据或不是演示环境时什么也不做")
        extent = parser.add_mutually_exclusive_group()
        extent.add_argument("--township", action="store_true", help="只装一个乡镇，几秒钟装好")
        extent.add_argument("--full", action="store_true", help="每个单位的台账都记到每一次，约二百万条，用来试大台账")

    def handle(self, *, if_empty: bool, township: bool, full: bool, **options: object) -> None:
        if settings.DEMO and _is_of_before():
            raise CommandError(OF_BEFORE.format(settings.DATA_DIR))
        if reason := self._unfit():
            if not if_empty:
                raise CommandError(reason)
            self.stdout.write(accounts() if settings.DEMO else reason)
            return
        self.stdout.write("正在生成演示数据 ……")
        self.stdout.flush()
        scheme = load(SCHEME)
        drawn = draw_township(scheme) if township else draw_city(scheme, full=full)
        progress = Progress("装入演示数据", drawn.row_count, self.stdout)
        run = load_demo(drawn, advance=progress.advance)
        progress.end()
        self.stdout.write("\n".join([*summary(drawn, run), accounts()]))

    def _unfit(self) -> str:
        """Why the demo cannot be loaded here; empty where it can."""
        if not settings.DEMO:
            return "不是演示环境（FANXING_DEMO），不装入演示数据"
        return "已有数据，不装入演示数据" if Unit.objects.exists() else ""


def _is_of_before() -> bool:
    """Whether the demo of an earlier version is here, which had one person at the city's desk."""
    return Unit.objects.filter(code=CITY[0]).exists() and not User.objects.filter(username=DEPUTY).exists()
