"""Choosing the kind of a record: what is used most comes first, and each is found by characters, words and initials."""

import re

import pytest
from django.test import Client

from tests.cast import Cast
from tests.programme.small import MEETING
from tests.web.conftest import lesson, published
from tests.web.test_unit import VILLAGE
from tests.web.test_units import Read

NEW = f"{VILLAGE}records/new/"
TITLES = {"visit": "走访", "clean": "环境整治", "talk": "集体谈话", "course": "培训", "aid": "帮扶", "patrol": "巡逻"}


@pytest.fixture(autouse=True)
def kinds(cast: Cast) -> None:
    """Seven kinds that the secretary enters, in two groups and none."""
    more = {id: MEETING.replace("title: 会议", f"title: {title}\ngroup: 群众工作", 1) for id, title in TITLES.items()}
    more["visit"] += "words: [入户]\n"
    published(cast, **{f"records/{id}.yaml": text for id, text in more.items()})


def headed(page: str) -> list[tuple[str, list[str]]]:
    parts = re.split(r'<h2 class="kinds-heading">([^<]+)</h2>', page)[1:]
    return [(heading, re.findall(r"<strong>([^<]+)</strong>", part)) for heading, part in zip(parts[::2], parts[1::2], strict=True)]


def test_what_the_unit_has_most_of_comes_first(read: Read, cast: Cast):
    assert {heading: len(titles) for heading, titles in headed(read(cast.secretary, NEW))} == {"其他类型": 7}
    lesson(cast.village)
    assert [heading for heading, _ in headed(read(cast.secretary, NEW))] == ["常记的", "其他类型"]
    assert headed(read(cast.secretary, NEW))[0] == ("常记的", ["会议"])


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("整治", ["环境整治"]),
        ("群众", list(TITLES.values())),
        ("hjzz", ["环境整治"]),
        ("入户", ["走访"]),
        ("rh", ["走访"]),
        ("hy", ["会议"]),
        ("没有", []),
        ("%", []),
    ],
)
def test_a_kind_is_found_by_characters_words_and_initials_without_script(read: Read, cast: Cast, sought: str, found: list[str]):
    page = read(cast.secretary, f"{NEW}?q={sought}")
    assert sorted(title for _, titles in headed(page) for title in titles) == sorted(found)
    assert ("没有这样的类型" in page) == (not found)


def test_it_costs_the_same_however_much_there_is_in_the_ledger(client: Client, cast: Cast, django_assert_max_num_queries):
    client.force_login(cast.secretary)
    client.get(NEW)
    with django_assert_max_num_queries(20) as few:
        client.get(NEW)
    for month in range(1, 7):
        lesson(cast.village, month)
    with django_assert_max_num_queries(20) as many:
        client.get(NEW)
    assert len(many) == len(few)


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_others_get_nothing(client: Client, cast: Cast, who: str):
    client.force_login(getattr(cast, who))
    assert client.get(f"{NEW}?q=会议").status_code == 404
