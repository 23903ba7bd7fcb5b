"""Scoring texts as officials write them, and the rule each is read as."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fanxing.scheme.workbook.patterns import read_scoring
from fanxing.scheme.workbook.points import COMPARED, USUAL_TERM, Points, read_words, words

SCORINGS = yaml.safe_load((Path(__file__).parent / "scorings.yaml").read_text())


@pytest.mark.parametrize("row", SCORINGS, ids=[row[0] or "nothing" for row in SCORINGS])
def test_a_scoring_text_is_read_as_a_rule(row: list[str]):
    text, mark, standard, rule, *why = row
    found = read_scoring(text, None if mark == "none" else float(mark), standard)
    assert words(found.points) == rule
    assert found.why == (why[0] if why else "按等次评定" if rule.startswith("评等次") else "")


@given(
    st.text(st.sampled_from("每少一次扣2分，达到30万元得20分；完成率≥95%满酌情未无优秀良好（）0.\n"), max_size=60),
    st.sampled_from([None, 0.0, 10.0]),
)
def test_any_text_is_read_or_judged_and_never_fails(text: str, mark: float | None):
    found = read_scoring(text, mark)
    assert found.points.form in ("steps", "each", "scale", "yes_no", "judged", "veto")
    assert found.why or found.points.form != "judged"


numbers = st.integers(-(10**8), 10**8).map(lambda value: value / 100)  # as officials write them
marks = st.one_of(st.none(), st.integers(0, 100).map(float))
counts = st.integers(1, 1_000).map(float)
rules = st.one_of(
    st.builds(
        Points,
        form=st.just("steps"),
        mark=marks,
        rows=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5, unique_by=lambda row: row[0]).map(tuple),
        comparison=st.sampled_from(list(COMPARED)),
        otherwise=numbers,
    ),
    st.builds(
        Points,
        form=st.just("each"),
        mark=marks,
        points=counts.map(lambda value: -value),
        per=counts,
        beyond=counts,
        side=st.sampled_from(["below", "above"]),
        cap=marks,
    ),
    st.builds(Points, form=st.just("each"), mark=marks, points=counts, per=counts, cap=marks),
    st.builds(Points, form=st.just("scale"), mark=marks, rows=st.lists(st.tuples(numbers, numbers), min_size=2, max_size=4).map(tuple)),
    st.builds(Points, form=st.just("yes_no"), mark=marks, otherwise=numbers),
    st.builds(Points, form=st.just("judged"), mark=marks, grades=st.sampled_from([(), (("优秀", 10.0), ("良好", 8.0))])),
    st.builds(Points, form=st.just("veto"), lasts=st.integers(1, USUAL_TERM * 5)),
    st.just(Points("left_out")),
)


@given(rules)
def test_a_rule_in_plain_words_reads_back_as_the_same_rule(rule: Points):
    assert read_words(words(rule)) == rule


@given(st.text(max_size=40))
def test_other_words_are_no_rule_or_a_rule_that_can_be_said_again(text: str):
    rule = read_words(text)
    assert rule is None or read_words(words(rule)) == rule


def test_a_text_that_goes_on_and_on_is_not_read():
    assert read_scoring("每少一次扣2分；" * 200, 10.0).why == "计分办法写得太长，没有读"
