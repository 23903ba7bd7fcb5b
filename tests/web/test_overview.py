"""The sheet of all units of a place, on the page and in Excel."""

import io
import re
from collections.abc import Callable

import fastexcel
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.programme.models import Publication
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, Cast, found
from tests.web.conftest import income, lesson

Read = Callable[[User, str], str]


def rated(cast: Cast, programme: Publication) -> None:
    income(cast.village)
    lesson(cast.village)
    income(cast.neighbour, 1)
    rate_all(publication=programme, by=SYSTEM, at=NOW)


def rows(page: str) -> list[str]:
    body = page[page.index("<tbody>") : page.index("</tfoot>")]
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]
    return ["|".join(re.sub(r"<[^>]+>", "", cell) for cell in row) for row in cells]


def test_the_sheet_of_a_city_has_the_places_and_the_sums(read: Read, cast: Cast, programme: Publication):
    rated(cast, programme)
    page = read(cast.desk, "/units/990000/overview/")
    assert "云溪市单位星级一览表" in page
    assert "村：共 3 个，一星 1 个，零星 1 个，不评 1 个" in page
    assert rows(page) == [
        "1|石桥镇|柳河村|990101201|★|一星",
        "2|青山村|990101202||零星",
        "3|白沙镇|东湾村|990102201|—|不评",
        "合计|3 个||1|",
    ]
    assert 'rowspan="2">石桥镇' in page


def test_the_sheet_shows_no_points(read: Read, cast: Cast, programme: Publication):
    rated(cast, programme)
    assert "分" not in rows(read(cast.desk, "/units/990101/overview/"))[0]


def test_a_place_without_rated_units_says_so(read: Read, cast: Cast, programme: Publication):
    found("990103", "青石镇", "township", cast.city)
    assert "这里没有参评单位" in read(cast.desk, "/units/990103/overview/")


def test_the_sheet_as_excel_has_a_title_over_its_width_and_merged_places(client: Client, cast: Cast, programme: Publication):
    rated(cast, programme)
    client.force_login(cast.desk)
    content = client.get("/units/990000/overview.xlsx").content
    book = fastexcel.read_excel(content)
    cells = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars().rows()
    assert book.sheet_names == ["村"]
    assert cells[0][0] == "云溪市单位星级一览表"
    assert cells[3] == ("序号", "上级", "单位", "代码", "产业兴旺", "星级")
    assert [row[1] for row in cells[4:]] == ["石桥镇", None, "白沙镇", None]
    assert io.BytesIO(content).read(2) == b"PK"


def test_the_sheet_is_for_those_who_see_scores_there(client: Client, cast: Cast, programme: Publication):
    for user, status in ((cast.reviewer, 200), (cast.secretary, 404), (cast.outsider, 404), (cast.stranger, 404)):
        client.force_login(user)
        assert client.get("/units/990101/overview/").status_code == status
        assert client.get("/units/990101/overview.xlsx").status_code == status


def test_the_sheet_costs_the_same_for_one_unit_and_for_many(client: Client, cast: Cast, programme: Publication, django_assert_num_queries):
    rated(cast, programme)
    client.force_login(cast.desk)
    for place in ("990102", "990101"):
        client.get(f"/units/{place}/overview/")
        # session, user, posts, unit, rules, units, scores, own unit, what is due, what waits for a second person
        with django_assert_num_queries(11):
            client.get(f"/units/{place}/overview/")
