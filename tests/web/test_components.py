"""The components on the gallery's invented rows."""

import re

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import Client, RequestFactory

from fanxing.web.navigation import query
from fanxing.web.stars import stars
from tests.cast import Cast

pytestmark = pytest.mark.urls("tests.web.gallery")


def render(source: str, **context: object) -> str:
    """What a few lines of template come to, tags and blanks taken out."""
    html = engines["jinja2"].from_string(source).render(context)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_changing_one_filter_keeps_the_others_and_begins_again_at_page_one():
    request = RequestFactory().get("/", {"q": "柳", "tier": "3", "page": "4"})
    assert query(request, tier="5", page=None) == "?q=%E6%9F%B3&tier=5"
    assert query(request, tier=None, q=None, page=2) == "?page=2"


def test_a_pager_leaves_out_the_pages_between():
    source = '{% from "components/list.html" import pager %}{{ pager(request, page, "个村") }}'
    page = Paginator(range(1000), 50).page(10)
    assert render(source, request=RequestFactory().get("/"), page=page) == "共 1,000 个村 上一页 1 … 9 10 11 … 20 下一页"


def test_a_single_page_has_no_pager_but_its_count():
    source = '{% from "components/list.html" import pager %}{{ pager(request, page, "个村") }}'
    assert render(source, request=RequestFactory().get("/"), page=Paginator(range(28), 50).page(1)) == "共 28 个村"


def test_the_search_keeps_the_other_filters_and_drops_the_page():
    source = '{% from "components/list.html" import search_box %}{{ search_box(request, "list", "村名") }}'
    request = RequestFactory().get("/units/", {"q": '"><b>', "tier": "3", "page": "4"})
    html = engines["jinja2"].from_string(source).render({"request": request})
    assert re.findall(r'name="(\w+)" value="([^"]*)"', html) == [("tier", "3"), ("q", "&#34;&gt;&lt;b&gt;")]


def test_a_star_that_waits_says_so_in_a_word():
    row = (("产业兴旺", "violet", "held"), ("生态宜居", "green", "pending"), ("平安法治", "blue", "none"))
    assert 'aria-label="产业兴旺已得，生态宜居待核，平安法治未得"' in stars(row)
    assert [render("{{ stars(row) }}", row=row), render('{{ star("<b>", "red", "held") }}')] == ["生态宜居待核", "已得"]


def test_a_form_ties_each_fault_to_its_field(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    html = client.get("/gallery/").text
    assert 'aria-describedby="id_held_on_helptext id_held_on_error"' in html
    assert 'id="id_held_on_helptext"' in html
    assert 'id="id_held_on_error"' in html
    assert "到会人数多于本支部党员数" in html


@pytest.mark.parametrize(("page", "rows"), [("1", 50), ("3", 20)])
def test_a_list_page_costs_the_same_queries_whatever_it_shows(client: Client, cast: Cast, django_assert_num_queries, page: str, rows: int):
    client.force_login(cast.secretary)
    with django_assert_num_queries(5):  # the session, its user, their posts and own unit, what is due
        html = client.get("/gallery/", {"page": page}).text
    assert html.count('<td class="head">') == rows
