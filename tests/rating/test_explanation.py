"""Explanations: every value with its rule, the points lost, and what it was computed from."""

import json

import pytest

from fanxing.rating import Explanation, Facts, explain, moved, rate
from fanxing.scheme import Scheme, load, load_files

SCHEME = """
scheme: small
title: 小方案
basis: example
kinds: {v: {title: 村, stars: [work, all]}}
facts:
  income: {title: 收入, type: money, unit: 元, if_missing: stays}
  visits: {title: 走访, type: count, unit: 次, if_missing: 0}
  open: {title: 营业, type: yes/no, if_missing: no}
nodes:
  work_score:
    title: 工作得分
    full: 16
    most: 18
    sum:
      - {id: earned, title: 收入得分, basis: 某文件第三条, steps: {of: income, at_least: {100: 6}, otherwise: 0}}
      - {id: walked, title: 走访得分, each: {of: visits, points: 2}, most: 10}
      - {id: bonus, title: 加分, extra: yes, choose: [{when: open, give: 2}, {give: 0}]}
  work: {title: 工作星, star: work_score, pass: 10}
  all: {title: 全优星, star: visits, pass: 5, needs: [work]}
tier: {title: 星级, count: stars, labels: {0: 零星, 1: 一星, 2: 二星}}
total: work_score
"""


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files({"scheme.yaml": SCHEME})


def told(scheme: Scheme, **facts: object) -> Explanation:
    return explain(rate(scheme, Facts.from_rows(scheme, [{"unit": "u", **facts}])), "u")  # type: ignore[dict-item]


def values(explanation: Explanation, *ids: str) -> list[tuple[object, ...]]:
    steps = [explanation.find(id) for id in ids]
    return [(step.value, step.word, step.full, step.lost, step.counts_as) for step in steps if step]


def test_every_step_has_its_value_its_full_mark_and_what_was_lost(scheme: Scheme) -> None:
    explanation = told(scheme, income=100.0, visits=3.0, open=True)

    assert values(explanation, "tier", "work", "work_score", "earned", "walked", "bonus", "income") == [
        (1.0, "一星", None, None, None),
        (True, "达星", None, None, None),
        (14.0, "14", 16.0, 2.0, None),
        (6.0, "6", 6.0, 0.0, None),
        (6.0, "6", 10.0, 4.0, None),
        (2.0, "2", 2.0, None, None),
        (100.0, "100", None, None, None),
    ]


def test_what_is_missing_is_told_with_what_it_counts_as(scheme: Scheme) -> None:
    explanation = told(scheme)

    assert explanation.reason == "缺收入"
    assert values(explanation, "tier", "work", "income", "visits", "open", "all") == [
        (None, "不评", None, None, None),
        (None, "不评", None, None, None),
        (None, "缺", None, None, None),
        (None, "缺", None, None, 0.0),
        (None, "缺", None, None, False),
        (False, "未达星", None, None, None),
    ]


def test_the_tree_goes_from_the_tier_to_the_facts_and_tells_nothing_twice(scheme: Scheme) -> None:
    def outline(step: object) -> object:
        return (step.id + ("…" if step.again else ""), *(outline(part) for part in step.parts))  # type: ignore[attr-defined]

    assert [outline(result) for result in told(scheme, income=1.0).results] == [
        (
            "tier",
            ("work", ("work_score", ("earned", ("income",)), ("walked", ("visits",)), ("bonus", ("open",)))),
            ("all", ("visits…",), ("work…",)),
        )
    ]


def test_an_explanation_is_plain_json(scheme: Scheme) -> None:
    found = json.loads(json.dumps(told(scheme, income=50.0).as_json(), ensure_ascii=False))

    assert {key: found[key] for key in ("unit", "kind", "as_of", "reason")} == {"unit": "u", "kind": "v", "as_of": None, "reason": None}
    work_score = found["results"][0]["parts"][0]["parts"][0]
    assert {key: work_score[key] for key in ("id", "value", "full", "lost")} == {
        "id": "work_score",
        "value": 0.0,
        "full": 16.0,
        "lost": 16.0,
    }
    earned, walked = work_score["parts"][:2]
    assert (earned["basis"], earned["sentence"]) == ("某文件第三条", "收入得分：按收入，100 元以上 6 分，否则 0 分；没有数据的不评。")
    assert walked["parts"][0] == {
        "id": "visits",
        "title": "走访",
        "value": None,
        "word": "缺",
        "sentence": walked["parts"][0]["sentence"],
        "basis": "example",
        "unit": "次",
        "form": "fact",
        "counts_as": 0.0,
    }


def test_what_moved_is_told_from_the_figures_upwards(scheme: Scheme) -> None:
    changes = moved(told(scheme, income=100.0, visits=1.0), told(scheme, income=100.0, visits=2.0))

    assert [(change.after.id, change.before.value, change.after.value) for change in changes] == [
        ("visits", 1.0, 2.0),
        ("walked", 2.0, 4.0),
        ("work_score", 8.0, 10.0),
        ("work", False, True),
        ("tier", 0.0, 1.0),
    ]
    assert moved(told(scheme, income=1.0), told(scheme, income=2.0))[-1].after.id == "income"


def test_a_unit_of_an_unknown_kind_is_told_so(scheme: Scheme) -> None:
    facts = Facts.from_rows(scheme, [{"unit": "u", "kind": "company", "income": 1.0}])

    explanation = explain(rate(scheme, facts), "u")

    assert (explanation.results, explanation.reason) == ((), "评定方案没有这一类单位：company")


def test_nothing_is_lost_where_extra_points_go_beyond_the_full_mark(scheme: Scheme) -> None:
    score = told(scheme, income=100.0, visits=5.0, open=True).find("work_score")
    assert score is not None
    assert (score.value, score.full, score.lost) == (18.0, 16.0, 0.0)


def test_points_without_a_title_are_called_by_their_star() -> None:
    text = SCHEME.replace("star: visits, pass", "star: {most: 9, sum: [visits]}, pass")
    step = told(load_files({"scheme.yaml": text})).find("all_score")
    assert step is not None
    assert (step.title, step.sentence) == ("全优星得分", "全优星得分：即走访，最高 9 分。")


def test_what_many_rules_read_is_told_once_however_deep_it_lies() -> None:
    facts = "facts:\n  n0: {title: 数, type: number, if_missing: stays}\n"
    nodes = "".join(f"  n{n}: {{title: 值, mean: [n{n - 1}, {{lowest: [n{n - 1}, n{n - 1}]}}]}}\n" for n in range(1, 41))
    text = f"scheme: deep\ntitle: 深\nbasis: example\nkinds: {{v: {{title: 村}}}}\ntier: n40\n{facts}nodes:\n{nodes}"
    deep = load_files({"scheme.yaml": text})

    explanation = explain(rate(deep, Facts.from_rows(deep, [{"unit": "a", "n0": 3.0}])), "a")

    assert explanation.results[0].value == 3.0
    assert len(json.dumps(explanation.as_json())) < 50_000


def test_nothing_is_lost_by_what_stands_outside_the_full_mark() -> None:
    five_star = load("five-star")
    explanation = explain(rate(five_star, Facts.from_rows(five_star, [{"unit": "a", "kind": "village"}])), "a")
    extra = explanation.find("civility_extra")
    assert extra is not None
    assert extra.extra
    assert [(part.value, part.full, part.lost) for part in extra.parts] == [(0.0, 4.0, None)]


def test_what_no_result_reads_is_explained_after_them_each_tree_from_its_top() -> None:
    loose = "nodes:\n  half: {title: 一半, formula: visits / 2}\n  quarter: {title: 四分之一, formula: half / 2}\n"
    found = told(load_files({"scheme.yaml": SCHEME.replace("nodes:\n", loose)}), visits=8.0)

    assert [step.id for step in found.results][-1:] == ["quarter"]
    assert values(found, "quarter", "half") == [(2.0, "2", None, None, None), (4.0, "4", None, None, None)]
