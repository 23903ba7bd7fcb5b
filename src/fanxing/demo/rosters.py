"""What flagships keep lists of: the members of the shops' association of a community, and the studios of a company."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from fanxing.demo.dice import number_of
from fanxing.demo.drawn import Drawn
from fanxing.demo.neighbourhood import flagship
from fanxing.demo.plan import Story
from fanxing.organisations.models import Unit
from fanxing.records.models import Record

COMMUNITIES = (Story.FOUR_GRIDS, Story.SIX_GRIDS)
COMPANIES = (Story.PIONEERS, Story.IMPROVERS)
MEMBER, STUDIO = "shop_member", "studio"
FIGURES, JOINED = "market_figures", "shops_in_association"
SHOPS = {
    "food": ("面馆", "早餐铺", "粥铺", "烧饼店"),
    "retail": ("超市", "文具店", "水果店", "花店"),
    "service": ("理发店", "洗衣店", "打印社", "照相馆"),
    "repair": ("修鞋铺", "电器维修", "车行", "锁匠铺"),
}
NAMES = tuple((sort, line) for sorts in zip(*SHOPS.values(), strict=True) for sort, line in zip(sorts, SHOPS, strict=True))
FAMILIES = "李王张刘陈杨赵黄周吴徐孙"
STUDIOS = (("劳模创新工作室", "设备自动化改造", 9, 5, 4), ("青年攻关工作室", "降低废品率", 6, 3, 2))

Row = tuple[Unit, str, date, Mapping[str, object]]


def rosters(drawn: Drawn, day: date) -> Iterator[Row]:
    """The records: unit, kind, day, data. As many shops as the figures of the unit say have joined, so that both count alike."""
    units = Unit.objects.in_bulk([flagship(drawn, story) for story in COMMUNITIES + COMPANIES], field_name="code")
    for story in COMMUNITIES:
        yield from _members(units[flagship(drawn, story)], day)
    for story, count in zip(COMPANIES, (1, 2), strict=True):
        yield from _studios(units[flagship(drawn, story)], day, count)


def _members(unit: Unit, day: date) -> Iterator[Row]:
    told = Record.objects.filter(unit=unit, kind=FIGURES, occurred_on__lte=day).counting().order_by("-occurred_on", "-pk")
    joined = next((int(one.data[JOINED]) for one in told if JOINED in one.data), 0)
    for number in range(joined):
        dice = number_of(f"member/{unit.code}/{number}")
        sort, line = NAMES[number % len(NAMES)]
        data = {
            "shop": f"{FAMILIES[number // len(NAMES) % len(FAMILIES)]}记{sort}",
            "line": line,
            "safety": dice % 10 > 0,
            "front": dice % 7 > 0,
            "council": number % 8 == 0,
        }
        yield unit, MEMBER, day - timedelta(days=60 + 11 * (number % 25)), data


def _studios(unit: Unit, day: date, count: int) -> Iterator[Row]:
    for number, (name, about, members, projects, finished) in enumerate(STUDIOS[:count]):
        data = {"name": name, "about": about, "members": members, "projects": projects, "finished": finished, "active": True}
        yield unit, STUDIO, day - timedelta(days=200 + 30 * number), data
