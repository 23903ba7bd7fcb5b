"""Makes the text index of the ledger anew."""

from django.core.management.base import BaseCommand

from fanxing.records.actions.indexing import index_records


class Command(BaseCommand):
    help = "重建台账的检索词：换了分词办法，或怀疑检索不全时用"

    def handle(self, **options: object) -> None:
        self.stdout.write(f"已重建 {index_records()} 条记录的检索词")
