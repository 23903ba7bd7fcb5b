"""Publishes a scheme from the command line, as the system."""

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.scheme import SchemeError, read_folder


class Command(BaseCommand):
    help = "发布方案：一个文件夹，或随产品附带的方案名"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="文件夹或方案名，如 five-star")
        parser.add_argument("--unit", required=True, help="适用单位的代码；方案适用于该单位及其全部下级")
        parser.add_argument("--document", default="", help="文号")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="起始日，如 2025-01-01；默认为评定时段首日")

    def handle(self, *, name: str, unit: str, document: str, valid_from: date | None, **options: object) -> None:
        found = Unit.objects.filter(code=unit).first()
        if found is None:
            raise CommandError(f"没有代码为“{unit}”的单位")
        try:
            files = read_folder(name)
            publication = publish(files=files, document_number=document, by=SYSTEM, at=clock.now(), unit=found, valid_from=valid_from)
        except (SchemeError, Refused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found.name}适用{publication}，校验值 {publication.digest}")
