"""Kinds of unit that are not rated, and what a post says beside its permission set."""

import pytest

from fanxing.scheme import load_files
from fanxing.scheme.differences import differences
from fanxing.scheme.model import OtherKind, Post
from tests.scheme.schemes import SMALL, changed, faults_of

GRID = "beside: {grid: {title: 网格, is: place}}\nposts:"
HEAD = (
    "posts:\n  head: {title: 网格长, permissions: no_access, kinds: [grid], establishment: {grid: 1}, "
    "phone: public, named: yes, side: party}"
)
WITH_GRID = ("scheme.yaml", "posts:", GRID)
WITH_HEAD = ("scheme.yaml", "posts:", GRID.replace("posts:", HEAD))


def test_a_scheme_names_kinds_that_are_not_rated_and_posts_in_them():
    scheme = load_files(changed(WITH_HEAD))
    assert scheme.beside == {"grid": OtherKind(id="grid", title="网格", basis="example", sort="place")}
    assert scheme.posts["head"] == Post(
        id="head",
        title="网格长",
        permissions="no_access",
        kinds=("grid",),
        establishment={"grid": 1},
        phone="public",
        named=True,
        side="party",
    )
    assert (scheme.title_of_kind("grid"), scheme.title_of_kind("nowhere")) == ("网格", "nowhere")


def test_a_post_that_says_nothing_more_shows_its_number_to_keepers_alone():
    post = load_files(SMALL).posts["secretary"]
    assert (post.establishment, post.phone, post.named, post.side) == ({}, "keepers", False, "")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("is: place", "is: palace"), 'kind grid: "is" is "palace"; did you mean "place"?'),
        (("beside: {grid", "beside: {village"), '"village" is a kind or a level already; "beside" names only those that are neither'),
        (("{grid: 1}", "{gird: 1}"), 'post head: no such kind of unit "gird"; did you mean "grid"?'),
        (("{grid: 1}", "{village: 1}"), 'post head: a village should have it, but "kinds" does not name village; add it there'),
        (("{grid: 1}", "{grid: 0}"), 'post head: "establishment" says how many a unit should have: a whole number from 1 upwards'),
        (("phone: public", "phone: all"), 'post head: "phone" is "all"; there are colleagues, keepers, public'),
        (("side: party", "side: partly"), 'post head: "side" is "partly"; did you mean "party"?'),
    ],
)
def test_what_is_wrong_with_them_is_told(change: tuple[str, str], fault: str):
    told = faults_of(changed(WITH_HEAD, ("scheme.yaml", *change)))
    assert fault in [one.partition(": ")[2] for one in told]


def test_what_changed_is_told_in_words():
    before, after = load_files(changed(WITH_GRID)), load_files(changed(WITH_HEAD))
    assert differences(load_files(SMALL), before) == ("增加其他单位类型“网格”。",)
    assert differences(before, after) == ("增加岗位“网格长”。",)
    other = changed(
        ("scheme.yaml", "posts:", GRID.replace("posts:", HEAD).replace("grid: 1}", "grid: 2}").replace("phone: public, named: yes, ", ""))
    )
    assert differences(after, load_files(other)) == (
        "岗位“网格长”：网格应配由 1 人改为 2 人。",
        "岗位“网格长”：电话由“公开”改为“能查看人员的人可见”。",
        "岗位“网格长”：公开页面改为不列姓名。",
    )
