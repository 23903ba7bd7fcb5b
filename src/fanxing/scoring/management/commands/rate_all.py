"""Rates every unit anew from the ledger, with what each stage took."""

from argparse import ArgumentParser
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.programme.models import Publication
from fanxing.programme.queries import rulings
from fanxing.scoring.actions import STAGES, rate_all
from fanxing.scoring.models import Run


class Command(BaseCommand):
    help = "按现行方案（或指定的方案）重新计算全部单位的得分"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--publication", default="", help="方案校验值的开头；默认为今天适用的全部方案。往年的方案按其时段末日计算")

    def handle(self, *, publication: str, **options: object) -> None:
        for one in _chosen(publication):
            self.stdout.write(f"{one}")
            run = self._rate(one)
            self.stdout.write(f"已计算 {run.unit_count} 个单位，评定日 {run.as_of}")

    def _rate(self, publication: Publication) -> Run:
        begun = perf_counter()
        done = 0

        def advance(stage: str) -> None:
            nonlocal done
            done += 1
            self.stdout.write(f"  {done}/{STAGES} {stage}　{perf_counter() - begun:.1f} 秒")
            self.stdout.flush()

        try:
            return rate_all(publication=publication, by=SYSTEM, at=clock.now(), advance=advance)
        except Refused as error:
            raise CommandError(str(error)) from error


def _chosen(digest: str) -> list[Publication]:
    if digest:
        found = list(Publication.objects.filter(digest__startswith=digest))
        if len(found) != 1:
            raise CommandError(f"校验值以“{digest}”开头的方案有 {len(found)} 个，应恰好一个")
        return found
    found = rulings().publications
    if not found:
        raise CommandError("还没有适用的方案，请先发布")
    return found
