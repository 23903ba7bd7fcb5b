"""Why a unit stands where it stands: from the star down to the records."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Post
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import withdraw_record
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, TODAY, Cast, appoint
from tests.web.conftest import INDUSTRY, income, lesson, published
from tests.web.test_unit import VILLAGE, words
from tests.web.test_units import Read


def test_a_star_is_an_outline_of_its_rules(read: Read, cast: Cast, programme: Publication):
    income(cast.village)
    lesson(cast.village)
    page = read(cast.secretary, f"{VILLAGE}scores/industry/")
    assert words(page, "verdict-state") == ["已得达星"]
    assert words(page, "star-pass") == ["达星线 70 分 · 负责：农业农村局"]
    rules = re.findall(r'<(?:details class="rule"|section class="card criterion") id="(\w+)"', page)
    assert rules == ["lesson_points", "income_points"]
    assert "党课：4 次以上 50 分" in page or "4 以上 50 分，1 以上 20 分，否则 0 分" in page
    assert re.findall(r'<a href="#(\w+)"><span>(\S+)</span><b>失 (\S+)</b>', page) == [("lesson_points", "党课得分", "30")]


def test_each_figure_leads_to_its_records(read: Read, cast: Cast, programme: Publication):
    income(cast.village)
    page = read(cast.secretary, f"{VILLAGE}scores/industry/")
    assert re.findall(r'<a href="(\S+figures/\w+/)">(\S+? ?\S*?)<svg', page) == [
        (f"{VILLAGE}figures/lessons/", "0"),
        (f"{VILLAGE}figures/income/", "10 万元"),
    ]


def test_a_missing_figure_says_what_it_counts_as(read: Read, cast: Cast, programme: Publication):
    page = read(cast.secretary, f"{VILLAGE}scores/industry/")
    assert '<span class="pill">缺</span>' in page
    assert "不按任何数计" in page


def test_the_tier_leads_to_its_stars(read: Read, cast: Cast, programme: Publication):
    income(cast.village)
    page = read(cast.secretary, f"{VILLAGE}scores/tier/")
    assert words(page, "verdict-state") == ["零星"]
    assert re.findall(r'<a href="(\S+/scores/\w+/)">产业兴旺</a>', page) == [f"{VILLAGE}scores/industry/"]


def test_a_result_that_is_not_there_is_not_found_and_a_figure_is_shown_as_one(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.secretary)
    assert client.get(f"{VILLAGE}scores/nothing/").status_code == 404
    assert client.get(f"{VILLAGE}scores/lessons/")["Location"] == f"{VILLAGE}figures/lessons/"
    assert client.get(f"{VILLAGE}figures/industry/").status_code == 404
    client.force_login(cast.reviewer)
    assert client.get("/units/990101/scores/tier/").status_code == 404


def test_a_figure_lists_the_records_it_counts_and_what_it_serves(read: Read, cast: Cast, programme: Publication):
    first, second = lesson(cast.village, 1), lesson(cast.village, 2)
    lesson(cast.neighbour)
    lesson(cast.village, year=2020)
    page = read(cast.secretary, f"{VILLAGE}figures/lessons/")
    assert words(page, "verdict-state") == ["2"]
    assert re.findall(r'<a href="/records/(\d+)/', page) == [str(second.pk), str(first.pk)]
    assert re.findall(r'<a href="(\S+)#(\w+)">(\S+) <span class="quiet">(.+?)</span></a>', page) == [
        (f"{VILLAGE}scores/industry/", "lesson_points", "党课得分", "20 / 50")
    ]
    assert f'href="{VILLAGE}records/new/meeting/?next={VILLAGE}figures/lessons/"' in page


def test_a_figure_of_a_run_lists_the_records_that_it_counted_then(read: Read, client: Client, cast: Cast, programme: Publication):
    first = lesson(cast.village, 1)
    run = rate_all(publication=programme, by=SYSTEM, at=NOW)
    second = lesson(cast.village, 2)
    withdraw_record(record=first, reason="登错了村", by=SYSTEM, at=NOW)
    found = {}
    for asked in ("", f"?run={run.pk}"):
        page = read(cast.secretary, f"{VILLAGE}figures/lessons/{asked}")
        found[asked] = words(page, "verdict-state"), re.findall(r'<a href="/records/(\d+)/', page)
    assert found == {"": (["1"], [str(second.pk)]), f"?run={run.pk}": (["1"], [str(first.pk)])}
    assert [client.get(f"{VILLAGE}figures/lessons/?run={wrong}").status_code for wrong in (run.pk + 1, "x")] == [404, 404]
    client.force_login(cast.outsider)
    assert client.get(f"{VILLAGE}figures/lessons/?run={run.pk}").status_code == 404


def test_points_lead_to_the_figures_below_them_and_to_the_records_of_each(read: Read, cast: Cast, programme: Publication):
    figure, held = income(cast.village), [lesson(cast.village, month) for month in range(1, 8)]
    page = read(cast.secretary, f"{VILLAGE}scores/industry/")
    assert (
        f'<a class="points-from" href="{VILLAGE}scores/lesson_points/from/"' in page
        or f'href="{VILLAGE}scores/lesson_points/from/">这 50 分' in page
    )
    page = read(cast.secretary, f"{VILLAGE}scores/lesson_points/from/")
    assert "<h1>这 50 分从哪里来</h1>" in page
    assert re.findall(r'<a href="/records/(\d+)/', page) == [str(one.pk) for one in reversed(held[2:])]
    assert re.findall(r'<a href="(\S+)">全部 7 条记录', page) == [f"{VILLAGE}figures/lessons/"]
    assert str(figure.pk) in re.findall(r'<a href="/records/(\d+)/', read(cast.secretary, f"{VILLAGE}scores/income_points/from/"))


def test_of_many_figures_behind_points_only_the_values_are_laid_open(read: Read, cast: Cast):
    facts = "".join(f"  more_{n}: {{title: 数{n}, type: count, from: {{count: meeting}}, if_missing: 0}}\n" for n in range(9))
    total = " + ".join(f"more_{n}" for n in range(9))
    rules = INDUSTRY.replace("facts:\n", f"facts:\n{facts}").replace(
        "  sum:\n", f"  sum:\n    - {{id: all_points, title: 总数, formula: {total}}}\n"
    )
    published(cast, rules)
    held = lesson(cast.village)
    page = read(cast.secretary, f"{VILLAGE}scores/all_points/from/")
    assert re.findall(r'whence-fact"><summary><span>(\S+)</span> <b>(\d)</b> <small class="quiet">(\S+ 条)', page) == [
        (f"数{number}", "1", "1 条") for number in range(9)
    ]
    assert page.count(f'<a href="/records/{held.pk}/') == 9


def test_a_past_run_is_carried_on_from_the_star_to_the_records(read: Read, client: Client, cast: Cast, programme: Publication):
    income(cast.village)
    first = lesson(cast.village, 1)
    run = rate_all(publication=programme, by=SYSTEM, at=NOW)
    withdraw_record(record=first, reason="登错了村", by=SYSTEM, at=NOW)
    star = read(cast.secretary, f"{VILLAGE}scores/industry/?run={run.pk}")
    assert "这是那次评定时的得分" in star
    inside = {f"{VILLAGE}figures/lessons/", f"{VILLAGE}figures/income/", f"{VILLAGE}scores/lesson_points/from/"}
    assert {f"{one}?run={run.pk}" for one in inside} <= set(re.findall(r'href="([^"]+)"', star))
    then = read(cast.secretary, f"{VILLAGE}scores/lesson_points/from/?run={run.pk}")
    assert ("<h1>这 20 分从哪里来</h1>" in then, f"/records/{first.pk}/" in then) == (True, True)
    now = read(cast.secretary, f"{VILLAGE}scores/lesson_points/from/")
    assert ("<h1>这 0 分从哪里来</h1>" in now, f"/records/{first.pk}/" in now) == (True, False)
    assert f"{VILLAGE}records/new/?next" not in star
    assert client.get(f"{VILLAGE}scores/industry/?run={run.pk + 1}").status_code == 404


def test_nobody_else_sees_where_points_come_from(client: Client, cast: Cast, programme: Publication):
    lesson(cast.village)
    found = []
    for user in (cast.secretary, cast.outsider, cast.stranger):
        client.force_login(user)
        found.append(client.get(f"{VILLAGE}scores/lesson_points/from/").status_code)
    assert found == [200, 404, 404]
    client.force_login(cast.secretary)
    assert client.get(f"{VILLAGE}scores/lessons/from/")["Location"] == f"{VILLAGE}figures/lessons/"


def test_where_points_come_from_is_read_at_once_however_many_records_there_are(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.secretary)
    counts = []
    for months in ((1,), (2, 3, 4, 5, 6)):
        for month in months:
            lesson(cast.village, month)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{VILLAGE}scores/industry/from/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_records_of_a_merged_unit_are_shown_with_its_name(read: Read, cast: Cast, programme: Publication):
    merged = lesson(cast.neighbour)
    merge_units(units=[cast.neighbour], into=cast.village, on=TODAY, by=SYSTEM, at=NOW)
    page = read(cast.secretary, f"{VILLAGE}figures/lessons/")
    assert re.findall(r'/records/(\d+)/[^"]*">会议</a> <span class="pill">(\S+)</span>', page) == [(str(merged.pk), "青山村")]
    assert "这条记录计入" in read(cast.secretary, f"/records/{merged.pk}/")


def test_a_team_may_read_what_a_star_rests_on(read: Read, cast: Cast, programme: Publication):
    team = appoint("team", "郑洁", cast.city, Post.objects.get(pk="team"))
    shown = lesson(cast.village)
    assert f"/records/{shown.pk}/" in read(team, f"{VILLAGE}figures/lessons/")
