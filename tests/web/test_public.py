"""What everybody sees without signing in: stars and tiers, never points; every figure leads to the units it counts."""

import html
import io
import re
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.people import assign, create_person
from fanxing.organisations.actions.units import merge_units, rename_unit
from fanxing.organisations.models import Post, Unit
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Score
from fanxing.web.published import published
from tests.cast import FOUNDED, NOW, Cast
from tests.web.city import build, run
from tests.web.conftest import income
from tests.web.conftest import published as small
from tests.web.test_unit import words

VILLAGE = "990001101001"


@pytest.fixture
def city(db: None) -> Client:
    """A small city, rated once, and somebody who is not signed in."""
    build()
    return Client()


def found(client: Client, query: str) -> list[str]:
    """The codes that a public list shows, on all of its pages."""
    codes: list[str] = []
    for page in range(1, 9):
        text = client.get(f"/stars/{query or '?'}&page={page}").text
        codes += re.findall(r'<td class="head"><a href="/units/([^/]+)/">', text)
        if f"page={page + 1}" not in text:
            return codes
    raise AssertionError("too many pages")


def figures(client: Client) -> list[tuple[str, str]]:
    """(query, number) of every figure of the sentence."""
    heading = re.findall(r"<h1>(.*?)</h1>", client.get("/").text, re.DOTALL)[0]
    return [(html.unescape(query), count) for query, count in re.findall(r'<a href="/stars/([^"]+)">([^<]+)</a>', heading)]


def test_the_sentence_is_the_tallies(city: Client):
    sentence = html.unescape(words(city.get("/").text, "announcement")[0])
    counts = {(row["unit__kind"], row["tier"]): 0 for row in Score.objects.values("unit__kind", "tier")}
    for kind, tier in Score.objects.values_list("unit__kind", "tier"):
        counts[kind, tier] += 1
    villages = sum(count for (kind, _), count in counts.items() if kind == "village")
    assert sentence.startswith(f"全市 {villages} 个村可创成“五星”支部 {counts['village', '5']} 个、“四星” {counts['village', '4']} 个；")
    places = [count for (kind, _), count in counts.items() if kind in ("village", "community")]
    reached = [count for (kind, tier), count in counts.items() if kind in ("village", "community") and tier in ("3", "4", "5")]
    assert f"村和社区中三星以上占 {sum(reached) / sum(places):.2%}；" in sentence
    companies = sum(count for (kind, _), count in counts.items() if kind == "enterprise")
    assert re.search(f"；{companies} 家企业可创成“五星”支部 \\d+ 家", sentence)
    assert "按 2026年5月31日 的记录核算，尚未评审授星" in sentence


def test_every_figure_leads_to_exactly_as_many_units(city: Client):
    shown = figures(city)
    assert len(shown) >= 8
    for query, count in shown:
        total = len(found(city, query))
        if count.endswith("%"):
            assert f"{total / len(found(city, '?kind=village&kind=community')):.2%}" == count
        else:
            assert f"{total:,}" == count


def test_the_sky_holds_every_unit_that_counts_once_and_no_other(city: Client):
    page = city.get("/").text
    listed = re.findall(r'<a href="/units/([^/]+)/" data-at="([^"]+)"', page)
    counted = Unit.objects.filter(kind__in=["village", "community", "organ", "enterprise"], closed_on=None).order_by("code")
    assert sorted(code for code, _ in listed) == [unit.code for unit in counted]
    assert len({at for _, at in listed}) == len(listed)
    assert sum(dots.count("h0") for dots in re.findall(r'class="sky-dots"[^>]* d="([^"]+)"', page)) == len(listed)


def test_without_script_the_units_are_a_list_by_county_and_township_in_order_of_code(city: Client):
    page = city.get("/").text
    titles = re.findall(r"<summary><strong>(.+?)</strong>", page)
    assert titles == ["云岭市直属", "云溪县", "白石区"]
    codes = re.findall(r'<a href="/units/(9900011\d+)/" data-at', page)
    assert codes == sorted(codes)


def test_the_rings_are_the_stars_held(city: Client):
    page, shown = city.get("/").text, published()
    assert shown
    has = dict(re.findall(r'<a href="/units/([^/]+)/"[^>]* data-has="(\d+)"', page))
    assert has == {unit.code: "".join("1" if state == "held" else "0" for _, _, state in unit.row) for unit in shown.units}
    held = sum(text.count("1") for text in has.values())
    assert sum(arcs.count("M") for arcs in re.findall(r'class="sky-ring of-\w+"[^>]* d="([^"]+)"', page)) == held


def test_a_place_closed_or_renamed_after_the_run_is_shown_as_it_is_today(city: Client):
    before = city.get("/").text
    first, second, third = Unit.objects.filter(kind="village").order_by("code")[:3]
    merge_units(units=[first], into=second, on=date(2026, 6, 1), by=SYSTEM, at=NOW)
    rename_unit(unit=third, name="新名村", on=date(2026, 6, 1), by=SYSTEM, at=NOW)
    after = city.get("/").text
    assert (f"/units/{first.code}/" in before, f"/units/{first.code}/" in after, "新名村" in after) == (True, False, True)


def test_a_unit_is_found_by_the_initials_of_its_name(city: Client):
    first = Unit.objects.filter(kind="village").order_by("code")[0]
    rename_unit(unit=first, name="柳河村", on=date(2026, 6, 1), by=SYSTEM, at=NOW)
    assert found(city, "?q=lhc") == [first.code]
    assert first.code in found(city, "?q=柳河")


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("?kind=organ", lambda unit: unit.kind == "organ"),
        ("?tier=unrated", lambda unit: not unit.tier),
        ("?tier=3&kind=village", lambda unit: unit.tier == "3" and unit.kind == "village"),
        ("?least=4", lambda unit: unit.tier in ("4", "5")),
        ("?star=v2", lambda unit: unit.kind == "village" and unit.row[1][2] == "held"),
        ("?under=990002", lambda unit: unit.path.startswith("/990000/990002/")),
        ("?at=990001", lambda unit: unit.path.startswith("/990000/990001/") and unit.path.count("/") == 4),
        ("?q=990002101", lambda unit: unit.code.startswith("990002101")),
        ("?kind=x&tier=9&star=y&under=z&least=q", lambda unit: True),
    ],
)
def test_the_filters_stand_in_the_address(city: Client, query: str, right: Callable[[object], bool]):
    shown = published()
    assert shown
    wanted = [unit.code for unit in shown.units if right(unit)]
    assert wanted
    assert found(city, query) == wanted


def test_the_public_list_as_excel_holds_what_the_filter_shows(city: Client):
    table = pl.read_excel(io.BytesIO(city.get("/stars.xlsx?kind=village&under=990001").content))
    assert table.columns == ["代码", "名称", "类型", "所在地", "星级", "支部过硬", "产业兴旺", "生态宜居", "平安法治", "文明幸福"]
    assert table["代码"].to_list() == found(city, "?kind=village&under=990001")


@pytest.mark.parametrize("address", ["/", "/stars/", "/stars/?tier=unrated", f"/units/{VILLAGE}/"])
def test_no_public_page_tells_points_or_names_people(city: Client, address: str):
    person = create_person(name="林秀英", unit=Unit.objects.get(code=VILLAGE), by=SYSTEM, at=NOW)
    assign(person=person, unit=person.unit, post=Post.objects.get(pk="secretary"), valid_from=FOUNDED, by=SYSTEM, at=NOW)
    text = city.get(address).text
    assert re.findall(r"\d\s*分|得分 \d|满分|失分|达星线|/ 100|points", text) == []
    assert "林秀英" not in text


def test_the_page_of_a_unit_shows_strangers_its_stars_what_they_look_at_and_who_answers(city: Client):
    person = create_person(name="林秀英", unit=Unit.objects.get(code=VILLAGE), by=SYSTEM, at=NOW)
    assign(person=person, unit=person.unit, post=Post.objects.get(pk="secretary"), valid_from=FOUNDED, by=SYSTEM, at=NOW)
    page, shown = city.get(f"/units/{VILLAGE}/").text, published()
    assert shown
    unit = shown.by_code[VILLAGE]
    assert f"<strong>{shown.tier_word(unit)}</strong>" in page
    assert len(re.findall("已达到</span>", page)) == sum(state == "held" for _, _, state in unit.row)
    assert ("支部过硬达标情况" in page, "通报扣分" in page) == (True, False)
    assert re.search(r'class="answers-post">支部书记</span>\s*<strong><span class="quiet">在任', page)


def test_what_is_missing_is_not_told_to_strangers(city: Client):
    """Which criteria are met in full is told of a star that is held, of no other."""
    page = city.get(f"/units/{VILLAGE}/").text
    for state, card in re.findall(r'open-star-(\w+)">(.*?)</li>\s*(?=<li class="card|</ul>\s*<div)', page, re.DOTALL):
        assert ('class="met"' in card) == (state == "held")


def test_the_history_of_a_unit_is_that_of_the_runs_newest_first(city: Client):
    publication = Score.objects.first().publication  # type: ignore[union-attr]
    run(publication, date(2026, 6, 10), seed=2)
    page = city.get(f"/units/{VILLAGE}/").text
    assert re.findall(r"<li><span>(\d+年\d+月\d+日)</span>", page) == ["2026年6月10日", "2026年5月31日"]
    assert "按 2026年6月10日 的记录核算" in page


def test_what_lies_outside_the_counts_is_not_public(city: Client):
    for code in ("990001101000A", "no-such"):
        assert city.get(f"/units/{code}/")["Location"] == f"/sign-in/?next=/units/{code}/"
    assert "和园" not in city.get("/").text


def test_a_place_leads_to_its_units(city: Client):
    assert city.get("/units/990001/")["Location"] == "/stars/?under=990001"


def test_before_the_first_run_nothing_is_public(client: Client, cast: Cast):
    small(cast)
    assert "还没有可以公布的星级" in client.get("/").text
    assert client.get("/stars/").status_code == 404
    assert client.get("/units/990101201/").status_code == 302


def test_who_may_see_more_finds_it_at_the_same_address(client: Client, cast: Cast):
    publication = small(cast)
    income(cast.village)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    address = "/units/990101201/"
    seen = {}
    for name in ("secretary", "colleague", "stranger"):
        client.force_login(getattr(cast, name))
        page = client.get(address).text
        seen[name] = ("star-points" in page, "尚未评审授星" in page)
    assert seen == {"secretary": (True, False), "colleague": (False, True), "stranger": (False, True)}
    client.force_login(cast.secretary)
    assert "star-points" not in client.get(address + "?view=public").text


@pytest.mark.parametrize("address", ["/", "/stars/", f"/units/{VILLAGE}/"])
def test_a_public_page_costs_the_same_queries_in_a_small_city_and_a_larger_one(
    db: None, client: Client, django_assert_max_num_queries, address: str
):
    build(counties=3, townships=4, villages=9)
    client.get(address)
    with django_assert_max_num_queries(10):
        client.get(address)


@pytest.mark.parametrize("address", ["/", "/stars/", "/healthz"])
def test_who_asks_only_whether_a_page_is_there_is_answered(city: Client, address: str):
    assert city.head(address).status_code == 200
