"""A province of 600,000 units on SQLite and PostgreSQL: loaded, opened, searched, moved: `./dev bench tree [--quick]`."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from measuring import in_a_child, machine, milliseconds, peak_memory, versions

MANAGE = [sys.executable, "-m", "fanxing.config.manage"]
POSTGRESQL = [sys.executable, str(Path(__file__).parents[1] / "tools" / "postgres.py")]
FOUNDED = date(2020, 1, 1)
# Cities, counties a city, townships a county, villages a township: 600,221 units with the province.
SHAPE, QUICK = (20, 10, 15, 199), (4, 5, 10, 99)
FIRST = "东西南北上中下前后大小新老长高石青红白黄清金银玉马牛龙凤王李张刘陈杨赵周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁"
SECOND = "山河水湖沟岭坡湾塘桥庄店集寨营楼屯堡窑洼坪岗岩泉井渡口林园家屋台门树柳杨松竹梅桃李杏枣槐桐花草田地路街坊铺关城头尾"
ROUNDS = 9


def main() -> None:
    parser = argparse.ArgumentParser(description="A tree of 600,000 units: loaded, opened, searched, moved")
    parser.add_argument("--quick", action="store_true", help="20,000 units")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    shape = QUICK if options.quick else SHAPE
    if options.measure:
        measured(shape)
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django')}.")
    words = ["--measure", *(["--quick"] if options.quick else [])]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "fanxing.config.settings", "FANXING_DATA_DIR": folder, "FANXING_LOG_LEVEL": "ERROR"}
        print(in_a_child(*words))
        subprocess.run([*POSTGRESQL, sys.executable, sys.argv[0], *words], check=True)


def measured(shape: tuple[int, int, int, int]) -> None:
    """One database, from the empty one on."""
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)
    import django

    django.setup()
    from django.db import connection

    from fanxing.audit.actors import SYSTEM
    from fanxing.lib import clock
    from fanxing.organisations.actions.loading import load_units
    from fanxing.organisations.models import Unit

    rows = list(province(shape))
    before = peak_memory()
    loading = milliseconds(lambda: load_units(rows=rows, on=FOUNDED, by=SYSTEM, at=clock.now()))
    held = peak_memory()
    name = "SQLite" if connection.vendor == "sqlite" else f"PostgreSQL {connection.cursor().connection.info.server_version // 10000}"
    print(f"\n{name}, {len(rows):,} units\n\n| step | ms | what it finds |\n|---|--:|---|", flush=True)
    print(f"| load them all | {loading:,.0f} | peak {held:,.0f} MB (+{held - before:,.0f}) |", flush=True)
    if connection.vendor == "postgresql":  # as its own autovacuum does within the minute
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE organisations_unit")
    for title, work in steps(Unit):
        found, taken = repeated(work)
        print(f"| {title} | {taken:,.1f} | {found} |", flush=True)
    for title, work in writes(Unit):
        found = work()
        print(f"| {title} | {milliseconds(work):,.1f} | {found} |", flush=True)


def province(shape: tuple[int, int, int, int]) -> Iterator[Any]:
    """The rows of a made-up province, each unit after the one above it."""
    from fanxing.organisations.actions.loading import UnitRow

    chance = random.Random(7)
    yield UnitRow("99", "云江省", "province", None)
    level = ["99"]
    for kind, ending, digits, count in zip(KINDS, ENDINGS, (2, 2, 3, 3), shape, strict=True):
        below = [(f"{above}{number:0{digits}}", above) for above in level for number in range(1, count + 1)]
        for code, above in below:
            middle = "".join((chance.choice(FIRST), chance.choice(SECOND), chance.choice(["", "", SECOND[number_of(code)]])))
            yield UnitRow(code, middle + ending, kind, above)
        level = [code for code, _ in below]


KINDS, ENDINGS = ("city", "county", "township", "village"), ("市", "县", "镇", "村")


def number_of(code: str) -> int:
    return int(code) % len(SECOND)


def steps(units: Any) -> Iterator[tuple[str, Callable[[], str]]]:
    """What pages ask: the children of a node, the first page of a search and how many there are, as far as the list counts."""
    from fanxing.organisations.paths import within
    from fanxing.organisations.queries import matching
    from fanxing.web.listing import COUNTED, ROWS

    def page(wanted: Any) -> str:
        shown = list(wanted.order_by("path").values_list("code", "name", "kind", "parent__name")[:ROWS])
        count = wanted[:COUNTED].count()
        return f"{count:,} units{' and more' if count == COUNTED else ''}, such as {shown[0][1]}" if shown else "nothing"

    # As somebody sees them who answers for all: below the province, none closed.
    everywhere = units.objects.filter(within("/99/"), closed_on=None)
    city = units.objects.filter(kind="city").order_by("code").first()
    county = units.objects.filter(kind="county").order_by("code").first()
    township = units.objects.filter(kind="township").order_by("code").last()
    yield f"open a township of {township.children.count()} villages", lambda: page(township.children.filter(closed_on=None))
    yield "the list of a city, first page", lambda: page(units.objects.filter(within(city.path), closed_on=None))
    yield "the list of the province, first page", lambda: page(everywhere)
    for title, text in (("two characters", "柳河"), ("three characters", "柳河村"), ("initials", "lhc"), ("two initials", "lh")):
        yield f"search {title}: {text}", lambda text=text: page(matching(everywhere, text))
    for text in (county.code, township.code[:8], "河", "村"):
        yield f"search {'code' if text.isascii() else 'one character'}: {text}", lambda text=text: page(matching(everywhere, text))
    within_county = units.objects.filter(within(county.path), closed_on=None)
    yield "search in one county: 河", lambda: page(matching(within_county, "河"))


def writes(units: Any) -> Iterator[tuple[str, Callable[[], str]]]:
    from fanxing.audit.actors import SYSTEM
    from fanxing.lib import clock
    from fanxing.organisations.actions.units import move_unit, rename_unit
    from fanxing.organisations.paths import within

    county = units.objects.filter(kind="county").order_by("code").first()
    homes = list(units.objects.filter(kind="city").order_by("code")[:2])

    def move() -> str:
        county.refresh_from_db()
        parent = homes[1] if county.parent_id == homes[0].pk else homes[0]
        move_unit(unit=county, parent=parent, on=clock.today(), by=SYSTEM, at=clock.now())
        return f"{units.objects.filter(within(county.path)).count():,} units"

    def rename() -> str:
        name = f"{county.name[:-1]}新县"[-6:]
        rename_unit(unit=county, name=name, on=clock.today(), by=SYSTEM, at=clock.now())
        return "1 unit"

    yield "move a county with all below it", move
    yield "rename a county", rename


def repeated(work: Callable[[], str]) -> tuple[str, float]:
    found = work()
    return found, median(milliseconds(work) for _ in range(ROUNDS))


if __name__ == "__main__":
    main()
