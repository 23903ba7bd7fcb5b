"""Every fault of a folder comes at once, each with file, line and what would be right."""

import pytest

from fanxing.scheme import SchemeError, load, load_files, read_folder, shipped
from fanxing.scheme.model import Place
from tests.scheme.schemes import BRANCH_FILE, SMALL, changed, faults_of, in_branch, in_scheme, rules

BRANCH_FULL = f'{BRANCH_FILE}:10: criterion "branch_score" says full: 30, but its parts can reach'


def test_the_small_scheme_has_no_fault():
    assert faults_of(SMALL) == []


def test_cases_may_stand_in_a_file_of_their_kind_of_unit():
    more = "cases:\n  - {title: 无星, given: {income: 0, lessons: 0, households: 1, joined: 0}, expect: {branch: no, tier: 0}}\n"
    cases = load_files({**SMALL, "cases/village.yaml": more}).cases
    assert [(case.title, case.kind) for case in cases] == [("得星", "village"), ("无星", "village")]
    assert faults_of({**SMALL, "cases/vilage.yaml": more}) == [
        "cases/vilage.yaml:1: this file is not part of the scheme; a file of cases bears the name of a kind of unit: village"
    ]
    assert faults_of({**SMALL, "cases/village.yaml": more.replace("无星", "得星")}) == [
        'cases/village.yaml:2: case 得星: the title "得星" stands twice; the first is at cases.yaml:2'
    ]


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scheme_loads(name):
    assert load(name).id == name


def test_all_faults_come_at_once_in_the_order_of_files_and_lines():
    files = changed(
        ("cases.yaml", "income: 300000", "incom: 300000"),
        ("records/meeting.yaml", "nature: activity", "nature: activities"),
        ("scheme.yaml", "permissions: branch_secretary", "permission: branch_secretary"),
        (BRANCH_FILE, "of: lessons,", "of: lesons,"),
        (BRANCH_FILE, "pass: 20", "pass: twenty"),
    )
    assert faults_of(files) == [
        'cases.yaml:2: case 得星: no such fact "incom"; did you mean "income"?',
        'records/meeting.yaml:3: record kind meeting: "nature" is "activities"; did you mean "activity"?',
        'scheme.yaml:11: post secretary: "permissions" is missing',
        'scheme.yaml:11: post secretary: unknown key "permission"; did you mean "permissions"?',
        f'{BRANCH_FILE}:13: node branch_lessons: no such name "lesons"; did you mean "lessons"?',
        f'{BRANCH_FILE}:16: node branch: "pass" must be a number, found "twenty"',
    ]


@pytest.mark.parametrize(
    ("files", "faults"),
    [
        # what it takes to better a fact
        (
            in_branch("if_missing: 0}", "if_missing: 0, effort: 0, by: 0.5, due: 13-01}"),
            [
                f'{BRANCH_FILE}:5: fact lessons: "due" must be a month and a day such as 10-31, found "13-01"',
                f'{BRANCH_FILE}:5: fact lessons: "effort" must be above 0',
                f'{BRANCH_FILE}:5: fact lessons: "by" must be a whole number, as the count is',
            ],
        ),
        (
            in_branch("if_missing: 0}", "if_missing: 0, step: 上党课}"),
            [f'{BRANCH_FILE}:5: fact lessons: "step" goes with "effort", the days of work that it takes'],
        ),
        (
            in_branch("date, if_missing: stays}", "date, if_missing: stays, effort: 1}"),
            [f"{BRANCH_FILE}:8: fact breach_on: it is a day, which no work betters; leave out its effort"],
        ),
        (
            in_branch("form == 'lesson'\"}, if_missing: 0}", "form == 'lesson'\", years_ago: 1}, if_missing: 0, effort: 1}"),
            [f"{BRANCH_FILE}:5: fact lessons: it is of a year that is past, which no work betters; leave out its effort"],
        ),
        (
            changed(
                ("scheme.yaml", "to: 2025-12-31", "to: 2025-09-30"),
                (BRANCH_FILE, "unit: 元, if_missing: stays", "unit: 元, if_missing: stays, effort: 1, due: 10-31"),
            ),
            [f'{BRANCH_FILE}:6: fact income: "due" 10-31 is no day of the period'],
        ),
        (
            rules("s: {title: 是, type: yes/no, if_missing: no, effort: 1, by: 2}", "result: {choose: [{when: s, give: 1}, {give: 0}]}"),
            ['scheme.yaml:9: fact s: "by" is for numbers: the size of one step'],
        ),
        (
            rules("w: {title: 词, type: text, if_missing: stays, effort: 1}", "result: {steps: {of: w, equals: {a: 1}, otherwise: 0}}"),
            ['scheme.yaml:9: fact w: with an effort it needs "choices": the words it may become'],
        ),
        # a share that only states what two fields give
        (
            changed(
                ("records/meeting.yaml", "unit: 人}", "unit: 人}\n  rate: {title: 到会率, type: share, share_of: [attended, invited]}")
            ),
            ['records/meeting.yaml:9: meeting.rate: "share_of" makes a share of two number fields: share_of: [part, whole]'],
        ),
        # names
        (
            changed(("scheme.yaml", "posts:", "levels: {village: 村}\nposts:")),
            ['scheme.yaml:10: "village" is a rated kind already; "levels" names only those that are not rated'],
        ),
        (
            in_branch("scale: {of: joined / households", "scale: {of: joined / houshold"),
            [
                f'{BRANCH_FILE}:15: node branch_joined: no such name "houshold"; did you mean "households"?',
            ],
        ),
        (
            in_branch("form == 'lesson'", "from_ == 'lesson'"),
            [f'{BRANCH_FILE}:5: fact lessons: where: no such name "from_"; did you mean "form"?'],
        ),
        (
            in_branch("form == 'lesson'", "form == 'leson'"),
            [f'{BRANCH_FILE}:5: fact lessons: where: "leson" is none of the choices of form; did you mean "lesson"?'],
        ),
        (
            in_branch("count: meeting", "count: meetings"),
            [f'{BRANCH_FILE}:5: fact lessons: no record kind "meetings"; did you mean "meeting"?'],
        ),
        (
            in_branch("count: meeting", "sum: meeting.atended"),
            [f'{BRANCH_FILE}:5: fact lessons: meeting has no field "atended"; did you mean "attended"?'],
        ),
        (
            in_branch("since: breach_on, lasts: 12 months", "when: lesons > 0"),
            [f'{BRANCH_FILE}:18: veto branch_breach: no such name "lesons"; did you mean "lessons"?'],
        ),
        (
            in_branch("pass: 20\n", "pass: 20\nneeds:\n  - {id: big, title: 大, when: households, basis: example}\n"),
            [f"{BRANCH_FILE}:18: need big: it must be a condition, such as amount > 0, but it is a number"],
        ),
        (
            in_branch("since: breach_on", "since: breach_day"),
            [f'{BRANCH_FILE}:18: veto branch_breach: since "breach_day" must name a fact of type date'],
        ),
        (
            in_scheme("kinds: [village]", "kinds: [vilage]"),
            ['scheme.yaml:11: post secretary: no such kind of unit "vilage"; did you mean "village"?'],
        ),
        (
            changed(("records/meeting.yaml", "[secretary]", "[secretery]")),
            ['records/meeting.yaml:1: record kind meeting: no such post "secretery"; did you mean "secretary"?'],
        ),
        (
            changed(("records/meeting.yaml", "nature:", "kinds: [vilage]\nnature:")),
            [
                f"{BRANCH_FILE}:5: fact lessons: a village keeps no records of kind meeting (kinds: vilage); "
                "add it there, or leave the fact out",
                'records/meeting.yaml:1: record kind meeting: no such kind of unit "vilage"; did you mean "village"?',
            ],
        ),
        (
            changed(("records/meeting.yaml", "nature:", "kinds: [town]\nnature:"), ("scheme.yaml", "tier:", "levels: {town: 镇}\ntier:")),
            [
                f"{BRANCH_FILE}:5: fact lessons: a village keeps no records of kind meeting (kinds: town); "
                "add it there, or leave the fact out"
            ],
        ),
        # keys and forms
        (
            in_branch("otherwise: 0}}\n    - {id: branch_income", "otherwize: 0}}\n    - {id: branch_income"),
            [
                f'{BRANCH_FILE}:13: branch_lessons: steps: "otherwise" is missing',
                f'{BRANCH_FILE}:13: branch_lessons: steps: unknown key "otherwize"; did you mean "otherwise"?',
            ],
        ),
        (
            in_branch("title: 收入, steps:", "title: 收入, formula: income, steps:"),
            [
                f"{BRANCH_FILE}:14: branch_income: a node has exactly one form of steps, each, scale, choose, formula, "
                "sum, mean, geometric, lowest, highest, "
                "count, adjust, rank, star; found steps and formula",
            ],
        ),
        (
            in_branch("id: branch_joined", "id: branch_income"),
            [f'{BRANCH_FILE}:15: branch_income: the id "branch_income" stands twice; the first is at {BRANCH_FILE}:14'],
        ),
        (
            in_branch("id: branch_joined", "id: Joined"),
            [f'{BRANCH_FILE}:15: id "Joined": use lower-case letters, digits and _, beginning with a letter'],
        ),
        (in_branch("id: branch_joined", "id: missing"), [f'{BRANCH_FILE}:15: id "missing" is a word of the language; choose another']),
        (
            in_scheme("stars: [branch]", "stars: [branch, branch]"),
            ['scheme.yaml:6: kind village: the star "branch" stands twice in "stars"; keep one'],
        ),
        # marks
        (in_branch("full: 30", "full: 31"), [f"{BRANCH_FULL} 30".replace("says full: 30", "says full: 31")]),
        (in_branch("200000: 16}, otherwise", "200000: 26}, otherwise"), [f"{BRANCH_FULL} 36"]),
        (
            in_branch("steps: {of: income, at_least: {300000: 20, 200000: 16}, otherwise: 0}", "formula: income"),
            [
                f'{BRANCH_FILE}:10: criterion "branch_score" says full: 30, but its parts have no upper bound; give it a most',
            ],
        ),
        (in_branch("pass: 20", "pass: 31"), [f"{BRANCH_FILE}:1: star branch: pass is 31, but its score can reach 30 at most"]),
        # vetoes
        (
            in_branch("since: breach_on, lasts: 12 months", "when: income < 0"),
            [
                f"{BRANCH_FILE}:18: veto branch_breach: it cannot be judged when something it reads is missing; "
                "say if_undecided: no (does not apply) or hold (the star waits)",
            ],
        ),
        (
            in_branch("since: breach_on, lasts: 12 months", "since: breach_on"),
            [f'{BRANCH_FILE}:18: veto branch_breach: "since" needs "lasts", such as lasts: 12 months'],
        ),
        (
            in_branch("lasts: 12 months", "lasts: a year"),
            [
                f'{BRANCH_FILE}:18: node branch: veto: "lasts" must be a length such as 12 months or 2 years, found "a year"',
                f'{BRANCH_FILE}:18: veto branch_breach: "since" needs "lasts", such as lasts: 12 months',
            ],
        ),
        (
            in_branch("lasts: 12 months", "lasts: 3000 years"),
            [
                f'{BRANCH_FILE}:18: node branch: veto: "lasts" must be a length such as 12 months or 2 years, found "3000 years"',
                f'{BRANCH_FILE}:18: veto branch_breach: "since" needs "lasts", such as lasts: 12 months',
            ],
        ),
        (
            in_branch("since: breach_on, lasts: 12 months", "since: breach_on, when: lessons > 0, lasts: 12 months"),
            [
                f'{BRANCH_FILE}:18: node branch: veto: a veto has "when" (a condition) or "since" (a date fact), and not both',
            ],
        ),
        # facts
        (
            in_branch("type: money, unit: 元, if_missing: stays", "type: money, unit: 元"),
            [f'{BRANCH_FILE}:6: fact income: "if_missing" is missing: stays, or the value that a missing fact takes'],
        ),
        (
            in_branch("type: date, if_missing: stays", "type: date, if_missing: someday"),
            [f'{BRANCH_FILE}:8: fact breach_on: if_missing "someday" must be a day such as 2025-12-31'],
        ),
        (
            in_scheme("period: {from: 2025-01-01, to: 2025-12-31}\n", ""),
            [f'{BRANCH_FILE}:5: fact lessons: it counts records, so the scheme needs a "period" in scheme.yaml'],
        ),
        (in_scheme("to: 2025-12-31", "to: 2024-12-31"), ["scheme.yaml:4: period: it begins on 2025-01-01 and ends before, on 2024-12-31"]),
        (
            in_scheme("to: 2025-12-31", "to: 2025-13-31"),
            [
                'scheme.yaml:4: period: "to" must be a day such as 2025-12-31, found "2025-13-31"',
                f'{BRANCH_FILE}:5: fact lessons: it counts records, so the scheme needs a "period" in scheme.yaml',
            ],
        ),
        # files
        (
            {**SMALL, "stars/village/other.yaml": "title: 另一颗"},
            [
                "stars/village/other.yaml:1: this file is not part of the scheme; "
                'name the star in "stars" of its kind in scheme.yaml, or remove the file'
            ],
        ),
        ({"scheme.yaml": ""}, ["scheme.yaml:1: the file is empty"]),
        ({}, ["scheme.yaml:1: the file is missing; every scheme begins with a scheme.yaml"]),
        # cases
        (changed(("cases.yaml", "branch: yes", "brunch: yes")), ['cases.yaml:2: case 得星: no such node "brunch"; did you mean "branch"?']),
        (changed(("cases.yaml", "lessons: 4", "lessons: [4]")), ['cases.yaml:3: case 得星: "lessons" must be a plain value, found a list']),
        (changed(("cases.yaml", "lessons: 4", "lessons: four")), ["cases.yaml:2: case 得星: lessons must be a number"]),
        (
            changed(("cases.yaml", "lessons: 4", "breach_on: 2025-02-30")),
            ['cases.yaml:2: case 得星: breach_on "2025-02-30" must be a day such as 2025-12-31'],
        ),
    ],
    ids=str,
)
def test_a_fault_says_where_it_is_and_what_would_be_right(files, faults):
    assert sorted(faults_of(files)) == sorted(faults)


X = "x: {title: 数, type: number, if_missing: stays}"


@pytest.mark.parametrize(
    ("nodes", "faults"),
    [
        (
            "result: {title: 甲, formula: other + x}\nother: {title: 乙, formula: result}",
            ["scheme.yaml:11: node result: it depends on itself: result → other → result"],
        ),
        ("result: {title: 甲, formula: result + x}", ["scheme.yaml:11: node result: it depends on itself: result → result"]),
        (
            "result: {title: 甲, steps: {of: x, at_least: {4: 6, 4.0: missing}, otherwise: 0}}",
            ['scheme.yaml:11: node result: steps: the threshold 4.0 stands twice in "at_least"; keep one'],
        ),
        (
            "result: {title: 甲, steps: {of: x, at_least: {4: [6]}, otherwise: 0}}",
            [
                'scheme.yaml:11: node result: steps: "at_least" must be a plain value, found a list',
            ],
        ),
        (
            "result: {title: 甲, steps: {of: x, at_least: {4: 6}, up_to: {4: 6}, otherwise: 0}}",
            [
                "scheme.yaml:11: node result: steps: write one of at_least, up_to, more_than, below, equals, found at_least and up_to",
            ],
        ),
        ("result: {title: 甲, each: {of: x, points: 1, per: 0}}", ['scheme.yaml:11: node result: each: "per" must be above 0']),
        ("result: {title: 甲, formula: x, round: 0}", ['scheme.yaml:11: node result: "round" must be a step above 0, such as 0.01']),
        ("result: {title: 甲, formula: x, least: 2, most: 1}", ["scheme.yaml:11: node result: least 2 is above most 1"]),
        (
            "result: {title: 甲, formula: x > 1, most: 1}",
            ["scheme.yaml:11: node result: least, most and full are for numbers, but it gives yes or no"],
        ),
        (
            "result: {title: 甲, scale: {of: x, from: [0, 1], to: [0]}}",
            [
                'scheme.yaml:11: node result: scale: "from" and "to" need the same number of points, at least two; they have 2 and 1',
            ],
        ),
        (
            "result: {title: 甲, scale: {of: x, from: [0, 2, 1], to: [0, 1, 2]}}",
            ['scheme.yaml:11: node result: scale: "from" must rise or fall from point to point'],
        ),
        (
            "result: {title: 甲, scale: {of: x, from: [0, 2], to: [0, 1], log: yes}}",
            ['scheme.yaml:11: node result: scale: on logarithms every point of "from" must be above 0'],
        ),
        (
            "result: {title: 甲, choose: [{give: 1}, {when: x > 1, give: 2}]}",
            [
                'scheme.yaml:11: node result: row: only the last row may stand without "when"; the rows below are never reached',
            ],
        ),
        (
            "result: {title: 甲, choose: [{when: x, give: 1}, {give: 0}]}",
            ['scheme.yaml:11: node result: "when" must be a condition, such as amount > 0, but it is a number'],
        ),
        (
            "result: {title: 甲, choose: [{when: x > 1, give: 1}, {give: 优}]}",
            ["scheme.yaml:11: node result: the values given must be alike, but there are a number and a text"],
        ),
        (
            "result: {title: 甲, sum: [x, x], weights: [1]}",
            ['scheme.yaml:11: node result: "weights" needs one number above 0 for each of the 2 parts'],
        ),
        (
            "result: {title: 甲, sum: [x, x], weights: [0, 1]}",
            ['scheme.yaml:11: node result: "weights" needs one number above 0 for each of the 2 parts'],
        ),
        ("result: {title: 甲, highest: [x, x], weights: [1, 1]}", ['scheme.yaml:11: node result: "highest" takes no weights']),
        ("result: {title: 甲, sum: [x], need: 2}", ['scheme.yaml:11: node result: "need" is 2, but there are 1 parts']),
        ("result: {title: 甲, sum: [x], missing: leave}", ['scheme.yaml:11: node result: "missing" is "leave"; did you mean "leave out"?']),
        (
            "result: {title: 甲, adjust: {start: x, steps: [{add: 1, set: 2}]}}",
            ['scheme.yaml:11: node result: adjust: step: a step has "add" or "set", not both'],
        ),
        (
            "result: {title: 甲, rank: {of: x, within: [county]}}",
            ['scheme.yaml:11: node result: no such name "county"; there are result, x'],
        ),
        (
            "result: {title: 甲, rank: {of: x, within: [x]}}",
            ['scheme.yaml:11: node result: "within" names texts such as a county, but "x" is a number'],
        ),
        ("result: {title: 甲, formula: x, if_missing: none}", ["scheme.yaml:11: node result: if_missing must be a number"]),
        (
            "result: {title: 甲, formula: x, labels: {1: [一]}}",
            ['scheme.yaml:11: node result: "labels" must be values and their words, found a list'],
        ),
        (
            "result: {title: 甲, formula: max(0, 4 - x)}",
            [
                "scheme.yaml:11: node result: cannot read \"max(0\": '(' was never closed at character 4; "
                "between { } a comma ends it, so put the whole in quotation marks",
                'scheme.yaml:11: node result: unknown key "4 - x)"',
            ],
        ),
        (
            "x: {title: 甲, formula: 1}\nresult: {title: 乙, formula: x}",
            ["scheme.yaml:11: node x: a fact has this id too, at scheme.yaml:9; choose another"],
        ),
    ],
)
def test_a_node_that_cannot_be_says_why(nodes, faults):
    assert faults_of(rules(X, nodes)) == faults


@pytest.mark.parametrize(
    "nodes",
    [
        "result: {title: 甲, sum: []}",
        "result: {title: 甲, choose: []}",
        "result: {title: 甲, count: stars}",
        "result: {title: 甲, steps: {}}",
        "result: {title: 甲, scale: x}",
        "result: []",
        "result:",
    ],
)
def test_a_node_left_unfinished_is_a_fault_and_no_crash(nodes):
    assert faults_of(rules(X, nodes)) != []


def test_a_text_compared_with_a_fact_that_has_choices_is_one_of_them():
    facts = "level: {title: 级别, type: text, choices: {city: 市级, county: 县级}, if_missing: stays}"
    steps = "result: {title: 甲, steps: {of: level, equals: {citty: 2, county: 1}, otherwise: 0}}"
    choose = "result: {title: 甲, choose: [{when: \"level in ('city', 'town')\", give: 1}, {give: 0}]}"
    assert faults_of(rules(facts, steps)) == ['scheme.yaml:11: node result: "citty" is none of the choices of level; did you mean "city"?']
    assert faults_of(rules(facts, choose)) == [
        'scheme.yaml:11: node result: "town" is none of the choices of level; there are city, county'
    ]
    assert faults_of(rules(facts.replace("stays", "town"), choose.replace("'town'", "'county'"))) == [
        'scheme.yaml:9: fact level: if_missing "town" is none of its choices; there are city, county'
    ]


def test_one_fault_does_not_make_others():
    nodes = "result: {title: 甲, sum: [part]}\npart: {title: 乙, each: {of: y, points: 1}}"
    assert faults_of(rules(X, nodes)) == [
        'scheme.yaml:12: node part: no such name "y"; there are part, result, x',
    ]


def test_a_fact_that_no_rule_reads_is_not_asked_for():
    assert faults_of(rules(f"{X}\ny: {{title: 另一个, type: number, if_missing: stays}}", "result: {title: 甲, formula: x}")) == [
        "scheme.yaml:10: fact y: no rule reads it; a fact is asked for only if it serves, so use it or leave it out"
    ]


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    (tmp_path / "scheme.yaml").write_bytes("scheme: x\ntitle: 村\n".encode("gb18030"))
    with pytest.raises(SchemeError) as caught:
        load(tmp_path)
    assert [str(fault) for fault in caught.value.faults] == ["scheme.yaml:2: this line is not UTF-8; save the file as UTF-8"]


def test_a_byte_order_mark_does_not_matter(tmp_path):
    for name, text in SMALL.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8-sig")
    assert load(tmp_path).title == "小方案"


def test_a_name_that_nobody_knows_offers_the_shipped_ones():
    with pytest.raises(SchemeError) as caught:
        load("five-stars")
    assert [str(fault) for fault in caught.value.faults] == [
        'five-stars:1: there is no such folder, and no shipped scheme of this name; did you mean "five-star"?'
    ]


def test_a_rule_knows_where_it_stands():
    kind = load_files(SMALL).kinds["village"]
    assert kind.nodes["branch_income"].place == Place(BRANCH_FILE, 14)
    assert kind.facts["households"].place == Place("scheme.yaml", 9)
    assert kind.star("branch").vetoes[0].place == Place(BRANCH_FILE, 18)


def test_facts_and_nodes_come_in_the_order_in_which_they_can_be_reckoned():
    kind = load_files(SMALL).kinds["village"]
    assert tuple(kind.nodes) == ("branch_lessons", "branch_income", "branch_joined", "branch_score", "branch", "tier")


def test_the_files_of_a_shipped_scheme_are_the_scheme():
    assert load_files(read_folder("food-hygiene")).id == "food-hygiene"


def test_a_shared_rule_that_reads_what_one_kind_has_says_where_it_belongs():
    files = in_scheme("kinds:\n", "nodes:\n  half: {title: 一半, formula: branch_score / 2}\nkinds:\n  town: {title: 镇, tier: half}\n")
    assert faults_of({**files, "cases.yaml": "cases: []"}) == [
        'scheme.yaml:6: node half: no such name "branch_score"; there are half, households; '
        'only kind village has it: write the rule under "nodes" there'
    ]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("length", "faults"), [(200, 0), (201, 1), (390, 1)])
def test_a_chain_of_rules_has_an_end(length, faults, backwards):
    nodes = ["n0: {title: 甲, formula: x}", *(f"n{number}: {{title: 甲, formula: n{number - 1}}}" for number in range(1, length))]
    nodes = [*(reversed(nodes) if backwards else nodes), "result: {title: 乙, formula: x}"]
    found = faults_of(rules(X, "\n".join(nodes)))
    assert len([one for one in found if one.endswith("it rests on more than 200 nodes, one on the other; take fewer steps")]) == faults
    assert len(found) == faults


def test_a_fault_is_one_line_however_much_it_quotes():
    assert faults_of(in_branch("pass: 20", "pass: |\n  twenty\n  " + "or more " * 20)) == [
        f'{BRANCH_FILE}:16: node branch: "pass" must be a number, found "twenty or more or more or more or more or more or more or mo…"'
    ]
