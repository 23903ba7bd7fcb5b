"""100,000 records out of one workbook on SQLite and PostgreSQL, while somebody else writes: `./dev bench importing [--quick]`."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from measuring import in_a_child, machine, milliseconds, peak_memory, versions

MANAGE = [sys.executable, "-m", "fanxing.config.manage"]
POSTGRESQL = [sys.executable, str(Path(__file__).parents[1] / "tools" / "postgres.py")]
FOUNDED = date(2020, 1, 1)
TOWNSHIPS, VILLAGES = 80, 30
ROWS, QUICK = 100_000, 10_000
HEAD = ("单位代码", "日期", "形式", "议题", "应到人数", "实到人数", "第一议题")
PAUSE = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description="100,000 records imported while somebody else writes")
    parser.add_argument("--quick", action="store_true", help="10,000 rows")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measured(QUICK if options.quick else ROWS)
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django', 'fastexcel', 'polars')}.")
    words = ["--measure", *(["--quick"] if options.quick else [])]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "fanxing.config.settings", "FANXING_DATA_DIR": folder, "FANXING_LOG_LEVEL": "ERROR"}
        print(in_a_child(*words))
        subprocess.run([*POSTGRESQL, sys.executable, sys.argv[0], *words], check=True)


def measured(count: int) -> None:
    """One database, from the empty one on."""
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)
    import django

    django.setup()
    from django.db import connection

    from fanxing.records.ingest import importing

    city = city_with_rules()
    content, wrong = workbook(count)
    name = "SQLite" if connection.vendor == "sqlite" else f"PostgreSQL {connection.cursor().connection.info.server_version // 10000}"
    print(
        f"\n{name}, {count:,} rows ({len(content) / 1e6:.1f} MB), {len(wrong):,} of them faulty\n\n| step | ms | |\n|---|--:|---|",
        flush=True,
    )
    found: dict[str, Any] = {}
    common = importing_by()
    told("read and keep the workbook", lambda: found.update(kept=importing.upload_records(**uploaded(city, content), **common)))
    kept = found["kept"]
    importing.begin_check(kept=kept)
    told("check every row", lambda: found.update(checked=importing.check_import(kept=kept, **common)))
    named = {fault.row - 1 for fault in found["checked"].faults}
    print(f"| | | {len(named):,} rows named, {'exactly the faulty ones' if named == wrong else 'NOT the faulty ones'} |")
    from fanxing.records.ingest.whole import report_of

    told("the workbook that goes back", lambda: report_of(kept, common["at"]))
    write(kept, common, found)
    again = importing.upload_records(**uploaded(city, content), **common)
    importing.begin_check(kept=again)
    told("check the same workbook again", lambda: found.update(again=importing.check_import(kept=again, **common)))
    print(f"| | | {len(found['again'].new):,} new, {found['again'].same:,} there already |")
    print(f"| memory | | peak {peak_memory():,.0f} MB |", flush=True)


def write(kept: Any, common: dict[str, Any], found: dict[str, Any]) -> None:
    """The import itself: how long its transaction takes, and how long another writer waits meanwhile."""
    from fanxing.records.ingest import importing

    importing.begin_import(kept=kept, good_rows=True, corrections=(), expected=found["checked"].digest)
    inserted, insert = [], importing._insert

    def timed(*arguments: Any) -> None:
        inserted.append(milliseconds(lambda: insert(*arguments)))

    importing._insert = timed
    with Somebody() as other:
        told("check once more and import", lambda: importing.write_import(kept=kept, **common))
    print(f"| of that the transaction | {inserted[0]:,.0f} | |")
    waits = [1000 * wait for wait in other.waits]
    print(f"| another writer, meanwhile | {median(waits):,.1f} | median of {len(waits):,}; longest {max(waits):,.0f} |")


class Somebody:
    """Another writer, who enters a record of a village of his own every few milliseconds."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.at_work = True
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> "Somebody":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.at_work = False
        self.thread.join()

    def run(self) -> None:
        from django.db import connection

        from fanxing.organisations.models import Unit
        from fanxing.records.actions.entries import add_record

        common, number = importing_by(), 0
        villages = list(Unit.objects.filter(kind="village").order_by("code")[:50])
        while self.at_work:
            number += 1
            began = time.perf_counter()
            data = {"form": "lesson", "topic": f"别人写的 {number}"}
            add_record(unit=villages[number % 50], kind="meeting", occurred_on=date(2023, 5, 1), data=data, beside=True, **common)
            self.waits.append(time.perf_counter() - began)
            time.sleep(PAUSE)
        connection.close()


def told(title: str, work: Any) -> None:
    print(f"| {title} | {milliseconds(work):,.0f} | |", flush=True)


def importing_by() -> dict[str, Any]:
    from fanxing.audit.actors import SYSTEM
    from fanxing.lib import clock

    return {"by": SYSTEM, "at": clock.now()}


def uploaded(city: Any, content: bytes) -> dict[str, Any]:
    return {"unit": city, "kind": "meeting", "content": content, "file_name": "会议.xlsx"}


def city_with_rules() -> Any:
    """A city of 2,400 villages, ruled by the example programme."""
    from fanxing.organisations.actions.loading import UnitRow, load_units
    from fanxing.organisations.actions.people import define_posts
    from fanxing.organisations.models import Post, Unit
    from fanxing.programme.actions import publish

    common = importing_by()
    rows = [UnitRow("99", "云江市", "city", None)]
    for township in range(TOWNSHIPS):
        rows.append(UnitRow(f"99{township:02}", f"第{township}镇", "township", "99"))
        rows += [UnitRow(code(township, village), f"{township}-{village}村", "village", f"99{township:02}") for village in range(VILLAGES)]
    load_units(rows=rows, on=FOUNDED, **common)
    city = Unit.objects.get(code="99")
    folder = Path(__file__).parents[1] / "src" / "fanxing" / "schemes" / "five-star"
    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.yaml")}
    define_posts(posts=[Post(id="desk", title="创建办", permission_set="city_desk")], **common)
    publish(files=files, document_number="云组〔2026〕1号", unit=city, valid_from=FOUNDED, **common)
    return city


def code(township: int, village: int) -> str:
    return f"99{township:02}{village:03}"


def workbook(count: int) -> tuple[bytes, set[int]]:
    """Meetings of all villages, and which of the rows are faulty: one in a hundred."""
    from xlsxwriter import Workbook

    dice = random.Random(2)
    wrong = set(dice.sample(range(count), count // 100))
    file = BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEAD)
        for number in range(count):
            sheet.write_string(number + 1, 0, code(number % TOWNSHIPS, number // TOWNSHIPS % VILLAGES))
            sheet.write_datetime(number + 1, 1, datetime(2024, 1, 1) + timedelta(days=dice.randrange(600)), day)  # noqa: DTZ001  # no zone
            sheet.write_row(number + 1, 2, ("唱歌" if number in wrong else "党课", f"第 {number} 课", 30, dice.randrange(31), "是"))
    return file.getvalue(), wrong


if __name__ == "__main__":
    main()
