"""Numbers of a scheme changed in the text of its files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.rating import failing_cases
from fanxing.scheme import load_files, read_folder, shipped
from fanxing.scheme.digests import rating_digest
from fanxing.scheme.editing import (
    Blank,
    Editable,
    EditError,
    apply,
    case_places,
    editables,
    examine,
    for_period,
    lines,
    same_places,
    shown,
    spelled_case,
    texts,
    typed,
)
from tests.scheme.schemes import BRANCH_FILE, SMALL, changed, in_branch

FOLDERS = {"small": dict(SMALL), **{name: read_folder(name) for name in shipped()}}


def editables_of(files: dict[str, str]) -> tuple[Editable, ...]:
    scheme = examine(files, placed=True).scheme
    assert scheme is not None
    return editables(scheme)


EDITABLES = {name: editables_of(files) for name, files in FOLDERS.items()}


def place(files: dict[str, str], what: str, rule: str) -> str:
    return next(one.at for one in editables_of(files) if (one.what, one.rule) == (what, rule))


def test_all_an_official_may_change_is_listed_in_the_order_of_the_scheme():
    found = [(one.what, one.value, one.rule) for one in editables_of(dict(SMALL)) if one.file == BRANCH_FILE]
    assert found == [
        ("达星线", "20", "branch"),
        ("否决情形", "12 months", "branch"),
        ("满分", "30", "branch_score"),
        ("第 1 档标准", "4", "branch_lessons"),
        ("第 1 档得分", "6", "branch_lessons"),
        ("第 2 档标准", "2", "branch_lessons"),
        ("第 2 档得分", "3", "branch_lessons"),
        ("其余得分", "0", "branch_lessons"),
        ("第 1 档标准", "300000", "branch_income"),
        ("第 1 档得分", "20", "branch_income"),
        ("第 2 档标准", "200000", "branch_income"),
        ("第 2 档得分", "16", "branch_income"),
        ("其余得分", "0", "branch_income"),
        ("第 1 点", "0", "branch_joined"),
        ("第 1 点得分", "0", "branch_joined"),
        ("第 2 点", "0.5", "branch_joined"),
        ("第 2 点得分", "4", "branch_joined"),
    ]


def test_the_period_is_listed_first():
    start, end = editables_of(dict(SMALL))[:2]
    told = [(one.what, one.value, one.sort) for one in (start, end)]
    assert told == [("评定时段起", "2025-01-01", "day"), ("评定时段止", "2025-12-31", "day")]


@pytest.mark.parametrize("name", FOLDERS)
def test_every_value_stands_in_its_place(name: str):
    found = EDITABLES[name]
    written = texts(FOLDERS[name], [one.at for one in found])
    assert {at: typed(shown(text, Blank(at)), Blank(at), sort_of(found, at)) for at, text in written.items()} == {
        one.at: one.value for one in found
    }


def sort_of(found: tuple[Editable, ...], at: str):
    return next(one.sort for one in found if one.at == at)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_scheme_is_read_the_same_with_places(name: str):
    scheme = examine(FOLDERS[name], placed=True).scheme
    assert scheme is not None
    assert rating_digest(scheme) == rating_digest(load_files(FOLDERS[name]))


@pytest.mark.parametrize("name", FOLDERS)
def test_no_edits_change_no_byte(name: str):
    files = FOLDERS[name]
    assert apply(files, {}) == files
    assert apply(files, texts(files, [one.at for one in EDITABLES[name]])) == files


@given(st.data())
def test_an_edit_changes_just_that_value(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(FOLDERS)))
    files, found = FOLDERS[name], EDITABLES[name]
    chosen = data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=4, unique_by=lambda one: one.at))
    edits = {one.at: data.draw(values(one.sort)) for one in chosen}
    result = apply(files, edits)
    wanted = texts(files, [one.at for one in found]) | edits
    assert texts(result, [one.at for one in found]) == wanted
    for file, text in files.items():
        assert len(result[file].splitlines()) == len(text.splitlines())
        assert result[file].count("#") == text.count("#")
    scheme = examine(result, placed=True).scheme
    if scheme is not None:
        now = {one.at: one.value for one in editables(scheme)}
        assert {at: now.get(at, value) for at, value in wanted.items()} == {**wanted, **{at: now[at] for at in now if at not in edits}}


def values(sort: str) -> st.SearchStrategy[str]:
    if sort == "day":
        return st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)).map(lambda day: day.isoformat())
    if sort == "months":
        return st.integers(1, 1_200).map(lambda months: f"{months} months")
    return st.integers(-9_999, 999_999).map(lambda value: typed(str(value / 100), Blank(""), "number"))


def test_comments_quotes_and_layout_stay():
    files = in_branch("pass: 20\n", "pass:   20   # 与去年相同，勿动：{20}\n")
    files = {**files, "scheme.yaml": files["scheme.yaml"].replace("title: 小方案", "title: '小“方案” 20'")}
    result = apply(files, {place(files, "达星线", "branch"): "25", place(files, "第 1 档标准", "branch_income"): "350000"})
    assert result[BRANCH_FILE] == files[BRANCH_FILE].replace("pass:   20   #", "pass:   25   #").replace("300000: 20", "350000: 20")
    assert result["scheme.yaml"] == files["scheme.yaml"]


def test_numbers_inside_an_expression_are_changed_in_it():
    files = in_branch(
        "  - {id: branch_breach, title: 受处分, since: breach_on, lasts: 12 months}",
        "  - {id: branch_breach, title: 受处分, since: breach_on, lasts: 12 months}\n"
        "  - {id: branch_few, title: 入社少, when: 'joined / households < 0.2 and income >= -5', if_undecided: no}",
    )
    found = [one for one in editables_of(files) if one.what == "否决情形"]
    assert [one.value for one in found] == ["12 months", "0.2", "-5"]
    assert "joined / households < 0.25 and income >= -7" in apply(files, {found[1].at: "0.25", found[2].at: "-7"})[BRANCH_FILE]


def test_a_rule_reads_as_its_sentence_with_blanks():
    scheme = examine(dict(SMALL), placed=True).scheme
    assert scheme is not None
    told = {line.rule.id: line for line in lines(scheme.kinds["village"], "branch")}
    written = texts(SMALL, [one.at for one in editables(scheme)])
    said = "".join(one if isinstance(one, str) else f"[{shown(written[one.at], one)}]" for one in told["branch_joined"].sentence)
    assert said == "按入社户数 ÷ 常住户数，[0]% 得 [0] 分，[50]% 以上得 [4] 分，其间按比例计；没有数据或除数为 0 的不评"
    assert [(what, shown(written[blank.at], blank)) for what, blank in told["branch_score"].beside] == [("满分", "30")]
    assert (told["branch"].depth, told["branch_score"].depth, told["branch_joined"].depth) == (0, 1, 2)


@pytest.mark.parametrize(
    ("text", "blank", "sort", "written"),
    [
        ("50", Blank("", percent=True), "number", "0.5"),
        ("12.5%", Blank("", percent=True), "number", "0.125"),
        ("5", Blank("", negated=True), "number", "-5"),
        ("300,000", Blank(""), "number", "300000"),
        ("−2", Blank(""), "number", "-2"),
        ("24", Blank(""), "months", "24 months"),
        ("2026-01-01", Blank(""), "day", "2026-01-01"),
    ],
)
def test_what_is_typed_is_written_as_the_file_says_it(text: str, blank: Blank, sort, written: str):
    assert typed(text, blank, sort) == written
    assert typed(shown(written, blank), blank, sort) == written


@pytest.mark.parametrize(
    ("text", "sort", "message"),
    [
        ("", "number", "请填一个数"),
        ("很多", "number", "“很多”不是数"),
        ("nan", "number", "“nan”太大"),
        ("1e300", "number", "“1e300”太大"),
        ("2.5", "months", "月数应为 1 至 1200 的整数"),
        ("0", "months", "月数应为 1 至 1200 的整数"),
        ("2026-13-01", "day", "不是日期；请写成 2026-01-01 的样子"),
    ],
)
def test_what_cannot_be_is_told(text: str, sort, message: str):
    with pytest.raises(EditError, match=message):
        typed(text, Blank(""), sort)


def test_a_place_that_is_not_there_is_refused():
    for at in ("scheme.yaml:9999", "none.yaml:1", "scheme.yaml:x", f"{BRANCH_FILE}:1.7"):
        with pytest.raises(EditError, match="里没有第"):
            apply(SMALL, {at: "1"})


def test_a_scheme_with_the_wrong_full_mark_can_still_be_reckoned_with():
    found = examine(in_branch("300000: 20", "300000: 22"))
    assert found.scheme is not None
    assert [(fault.harmless, str(fault)) for fault in found.faults] == [
        (True, f'{BRANCH_FILE}:10: criterion "branch_score" says full: 30, but its parts can reach 32')
    ]
    broken = examine(in_branch("300000: 20", "200000: 22"))
    assert (broken.scheme, [fault.harmless for fault in broken.faults]) == (None, [False])
    assert examine({}).scheme is None


def test_two_years_are_twenty_four_months():
    files = in_branch("lasts: 12 months", "lasts: 2 years")
    at = place(files, "否决情形", "branch")
    assert (texts(files, [at])[at], shown("2 years", Blank(at))) == ("2 years", "24")


def test_what_a_worked_case_expects_has_its_place():
    places = case_places(SMALL)
    assert texts(SMALL, places.values()) == {
        places["得星", "", "branch_score"]: "30",
        places["得星", "", "branch"]: "yes",
        places["得星", "", "tier"]: "1",
    }
    files = apply(SMALL, {places["得星", "", "branch"]: spelled_case(None), places["得星", "", "tier"]: spelled_case(0.0)})
    assert load_files(files).cases[0].expect[""] == {"branch_score": 30.0, "branch": None, "tier": 0.0}
    assert [spelled_case(one) for one in (True, False, "不'评")] == ["yes", "no", "'不''评'"]
    assert case_places({"cases/village.yaml": "cases: [{title: 甲, expect: {a: {place: 1}}}]"}) == {
        ("甲", "a", "place"): "cases/village.yaml:6"
    }


def test_the_days_of_worked_cases_move_with_the_period():
    given = "joined: 50, lessons: 4, income: 300000"
    files = changed(("cases.yaml", given, f"{given}, breach_on: 2024-02-29"))
    moved = for_period(files, date(2026, 1, 1), date(2026, 12, 31))
    assert "{from: 2026-01-01, to: 2026-12-31}" in moved["scheme.yaml"]
    assert "breach_on: 2025-02-28" in moved["cases.yaml"]
    assert {file: text for file, text in moved.items() if file not in ("scheme.yaml", "cases.yaml")} == {
        file: text for file, text in files.items() if file not in ("scheme.yaml", "cases.yaml")
    }


def test_the_worked_cases_of_the_shipped_programme_come_out_a_year_later():
    files = for_period(read_folder("five-star"), date(2026, 1, 1), date(2026, 12, 31))
    assert failing_cases(load_files(files)) == ()


def test_files_have_the_same_places_where_only_values_differ():
    assert same_places(SMALL, in_branch("pass: 20", "pass: 25"))
    assert not same_places(SMALL, in_branch("pass: 20", "pass: 25\nowner: 组织部"))
    assert not same_places(SMALL, {**SMALL, "scheme.yaml": "a: ["})
    assert not same_places(SMALL, {"scheme.yaml": SMALL["scheme.yaml"]})
