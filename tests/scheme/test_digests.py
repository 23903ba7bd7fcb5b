"""Digests: the same rules have the same name, however they are written; other rules have another."""

from fanxing.scheme import load_files
from fanxing.scheme.digests import rating_digest, record_kind_digest
from fanxing.scheme.model import Effort
from tests.scheme.schemes import BRANCH_FILE, SMALL, changed, in_branch, in_scheme


def test_layout_remarks_and_place_do_not_matter():
    told = changed(
        (BRANCH_FILE, "pass: 20", "# the mark\npass: 20.0"),
        (
            BRANCH_FILE,
            "{title: 村集体收入, type: money, unit: 元, if_missing: stays}",
            "{type: money, title: '村集体收入', if_missing: stays, unit: 元}",
        ),
        (BRANCH_FILE, "title: 支部过硬\nbasis: example\ncolour: red\n", "colour: red\nbasis: example\ntitle: 支部过硬\n"),
    )
    assert rating_digest(load_files(told)) == rating_digest(load_files(SMALL))


def test_a_rule_that_changes_changes_the_rating_digest():
    was = rating_digest(load_files(SMALL))
    for files in (
        in_branch("pass: 20", "pass: 21"),
        in_branch("title: 入社率", "title: 入社比例"),
        in_branch("if_missing: 0}", "if_missing: stays}"),
        in_scheme("to: 2025-12-31", "to: 2025-12-30"),
    ):
        assert rating_digest(load_files(files)) != was


def test_what_does_not_rate_does_not_change_the_rating_digest():
    files = changed(("records/meeting.yaml", "unit: 人", "unit: 位"), ("cases.yaml", "title: 得星", "title: 有星"))
    assert rating_digest(load_files(files)) == rating_digest(load_files(SMALL))


def test_what_it_takes_to_better_a_fact_does_not_change_the_rating_digest():
    scheme = load_files(
        in_branch("unit: 元, if_missing: stays", "unit: 元, if_missing: stays, effort: 3, by: 10000, step: 发包, due: 12-20")
    )
    assert scheme.kinds["village"].facts["income"].effort == Effort(days=3, by=10_000, step="发包", due=(12, 20))
    assert rating_digest(scheme) == rating_digest(load_files(SMALL))


def test_each_kind_of_record_has_its_own_digest():
    was, now = (load_files(files).records["meeting"] for files in (SMALL, changed(("records/meeting.yaml", "unit: 人", "unit: 位"))))
    assert record_kind_digest(was) != record_kind_digest(now)
    assert record_kind_digest(was) == record_kind_digest(load_files(SMALL).records["meeting"])
