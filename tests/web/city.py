"""A city to show in public: four kinds of unit over counties and townships, rated from drawn marks; small, or at the size of a real one."""

import hashlib
import io
import random
from collections.abc import Iterator
from datetime import date

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.programme.queries import scheme_of
from fanxing.rating import Facts, rate
from fanxing.scoring.ledger import Counted
from fanxing.scoring.models import Run, Score
from fanxing.scoring.reckoning import Reckoning, scores
from fanxing.scoring.trends import results_of
from tests.cast import FOUNDED, NOW

AS_OF = date(2026, 5, 31)
COLOURS = ("red", "violet", "green", "blue", "orange")
STARS = {
    "village": ("支部过硬", "产业兴旺", "生态宜居", "平安法治", "文明幸福"),
    "community": ("支部过硬", "共建共享", "平安法治", "幸福和谐", "宜业兴业"),
    "organ": ("业务突出", "服务高效", "文明和谐", "廉洁法治", "支部过硬"),
    "enterprise": ("效益突出", "制度规范", "平安法治", "文明和谐", "支部过硬"),
}
TITLES = {"village": "村", "community": "城市社区", "organ": "机关", "enterprise": "企业", "compound": "小区"}
COUNTY_NAMES = ("云溪县", "白石区", "青禾县", "柳湖区", "东明市", "南屏县", "长泽县")
SYLLABLES = "石桥柳河青山东湾杏花双井白塔松岗梅岭竹园荷塘枣林槐树榆钱桑田麦香谷泉沙溪云台月牙星湖"


def files() -> dict[str, str]:
    """A scheme of four kinds that count and one that does not; every star is a mark of its own."""
    kinds = "\n".join(
        f"  {kind}: {{title: {TITLES[kind]}, stars: [{', '.join(stars_of(kind))}]"
        + (", group: 村和社区" if kind in ("village", "community") else "")
        + (", counter: 家" if kind == "enterprise" else "")
        + "}"
        for kind in STARS
    )
    scheme = f"""
scheme: city
title: “五星”支部创建
basis: example
period: {{from: 2026-01-01, to: 2026-12-31}}
kinds:
{kinds}
  compound: {{title: 小区, stars: [c1], counted: no}}
levels: {{city: 市, county: 县（市、区）, township: 乡镇（街道）}}
tier: {{title: 星级, count: stars, labels: {{0: 零星, 1: 一星, 2: 二星, 3: 三星, 4: 四星, 5: 五星}}}}
posts:
  secretary: {{title: 支部书记, permissions: branch_secretary, kinds: [village]}}
  desk: {{title: 创建办, permissions: city_desk}}
"""
    starred = {
        f"stars/{kind}/{id}.yaml": star(title, colour, id)
        for kind in STARS
        for id, title, colour in zip(stars_of(kind), STARS[kind], COLOURS, strict=True)
    }
    return {"scheme.yaml": scheme, **starred, "stars/compound/c1.yaml": star("小区", "teal", "c1")}


def stars_of(kind: str) -> list[str]:
    return [f"{kind[0]}{number}" for number in range(1, len(STARS[kind]) + 1)]


def star(title: str, colour: str, id: str) -> str:
    return f"""
title: {title}
colour: {colour}
facts:
  {id}_mark: {{title: {title}评分, type: number, least: 0, most: 100, if_missing: stays}}
score:
  sum:
    - {{id: {id}_points, title: {title}达标情况, steps: {{of: {id}_mark, at_least: {{60: 100}}, otherwise: 0}}}}
    - {{id: {id}_fault, title: {title}通报扣分, each: {{of: {id}_mark, points: -1, per: 1000}}}}
pass: 60
"""


def unit_rows(counties: int, townships: int, villages: int) -> Iterator[UnitRow]:
    """The tree: each county with townships, one community and one enterprise a township, organs below the city and the counties."""
    rng = random.Random(5)

    def name() -> str:
        return "".join(rng.sample(SYLLABLES, 2))

    yield UnitRow("990000", "云岭市", "city", None)
    for number in range(4):
        yield UnitRow(f"9900000{number}", f"{name()}局", "organ", "990000")
    for county in range(1, counties + 1):
        code = f"9900{county:02}"
        yield UnitRow(code, COUNTY_NAMES[county - 1], "county", "990000")
        yield UnitRow(f"{code}0001", f"{name()}局", "organ", code)
        for township in range(1, townships + 1):
            town = f"{code}1{township:02}"
            yield UnitRow(town, f"{name()}镇", "township", code)
            yield UnitRow(f"{town}000", f"{name()}社区", "community", town)
            yield UnitRow(f"{town}900", f"{name()}公司", "enterprise", town)
            yield from (
                UnitRow(f"{town}{village:03}", f"{name()}村", "village", town) for village in range(1, villages + rng.randint(0, 3))
            )
    yield UnitRow("990001101000A", "和园", "compound", "990001101000")


def build(counties: int = 2, townships: int = 2, villages: int = 4) -> tuple[Publication, Run]:
    """The city, its rules, and a run over all of it with the scores that a run saves."""
    load_units(rows=list(unit_rows(counties, townships, villages)), on=FOUNDED, by=SYSTEM, at=NOW)
    city = Unit.objects.get(code="990000")
    publication = publish(files=files(), document_number="云组〔2026〕3号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return publication, run(publication)


def run(publication: Publication, as_of: date = AS_OF, seed: int = 9) -> Run:
    """A run from marks that are drawn; one unit in forty lacks one of them."""
    rng = random.Random(seed)
    scheme = scheme_of(publication)
    units = list(Unit.objects.filter(kind__in=scheme.kinds, closed_on=None).order_by("code"))
    facts = Facts.from_rows(scheme, [marks(scheme.kinds[unit.kind].stars, unit, rng) for unit in units])
    table = io.BytesIO()
    facts.frame(scheme).write_parquet(table)
    rating = rate(scheme, facts, as_of)
    kept = Run.objects.create(
        publication=publication,
        as_of=as_of,
        heads={},
        facts=table.getvalue(),
        facts_digest=hashlib.sha256(table.getvalue()).hexdigest(),
        results=results_of(rating, units),
        unit_count=len(units),
        made_at=NOW,
        made_by="system",
    )
    reckoning = Reckoning(publication, Counted(units, {}, []), {}, facts, as_of)
    rated = scores(reckoning)
    for score in rated:
        score.run, score.reckoned_at = kept, NOW
    Score.objects.filter(publication=publication).delete()
    Score.objects.bulk_create(rated, batch_size=500)
    return kept


def marks(stars: tuple[str, ...], unit: Unit, rng: random.Random) -> dict[str, object]:
    """The marks of a unit: some places do well in all."""
    level = rng.gauss(0, 14)
    found: dict[str, object] = {f"{id}_mark": min(max(58 + level + rng.gauss(0, 12), 0), 100) for id in stars}
    if rng.random() < 0.025:
        found.pop(next(iter(found)))
    return {"unit": unit.code, "kind": unit.kind, **found}
