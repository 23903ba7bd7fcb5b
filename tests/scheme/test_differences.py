"""What changed between two versions, in sentences; nothing for layout, remarks, places or order."""

import pytest
from hypothesis import given, settings

from fanxing.scheme import load, load_files, shipped
from fanxing.scheme.differences import differences
from fanxing.scheme.digests import digest_of
from tests.rating.strategies import World, worlds
from tests.scheme.schemes import BRANCH_FILE, MEETING, SMALL, changed, in_branch, in_scheme, rules


def told(files: dict[str, str]) -> list[str]:
    """What changed from the small scheme."""
    return list(differences(load_files(SMALL), load_files(files)))


@pytest.mark.parametrize(
    ("files", "sentences"),
    [
        (in_branch("pass: 20", "pass: 25"), ["“支部过硬”：分数线由 20 分改为 25 分。"]),
        (in_branch("colour: red", "colour: blue"), ["“支部过硬”：颜色由“红”改为“蓝”。"]),
        (in_branch("title: 支部过硬\n", "title: 支部坚强\n"), ["“支部坚强”：名称由“支部过硬”改为“支部坚强”。"]),
        (in_branch("title: 收入,", "title: 集体收入,"), ["“支部过硬”：“集体收入”：名称由“收入”改为“集体收入”。"]),
        (in_branch("full: 30", "full: 30\n  least: 0"), ["“支部过硬”：“支部过硬星得分”：增加最低 0 分。"]),
        (in_branch("full: 30", "full: 30\n  round: 0.1"), ["“支部过硬”：“支部过硬星得分”：增加取整的单位 0.1。"]),
        # the programme
        (in_scheme("title: 村,", "title: 村, counted: no,"), ["单位类型“村”：改为不计入全市统计。"]),
        (in_scheme("title: 村,", "title: 村, group: 村和社区,"), ["单位类型“村”：增加合并统计的名称“村和社区”。"]),
        (in_scheme("title: 村,", "title: 村, counter: 座,"), ["单位类型“村”：量词由“个”改为“座”。"]),
        (changed(("scheme.yaml", "posts:", "levels: {township: 乡镇}\nposts:")), ["增加上级单位类型（township）“乡镇”。"]),
        # thresholds and points
        (in_branch("300000: 20", "350000: 20"), ["“支部过硬”：“收入”：一档由“30 万元以上 20 分”改为“35 万元以上 20 分”。"]),
        (in_branch("200000: 16", "200000: 15"), ["“支部过硬”：“收入”：20 万元以上由 16 分改为 15 分。"]),
        (in_branch("200000: 16}", "200000: 16, 50000: 2}"), ["“支部过硬”：“收入”：增加一档“5 万元以上 2 分”。"]),
        (in_branch("{4: 6, 2: 3}", "{4: 6}"), ["“支部过硬”：“上党课”：取消一档“2 次以上 3 分”。"]),
        (
            in_branch("2: 3}, otherwise: 0", "2: 3}, otherwise: 1"),
            ["“支部过硬”：“上党课”：其余由 0 分改为 1 分。"],
        ),
        (in_branch("from: [0, 0.5]", "from: [0, 0.6]"), ["“支部过硬”：“入社率”：得 4 分的界限由 50% 改为 60%。"]),
        (in_branch("to: [0, 4]", "to: [1, 4]"), ["“支部过硬”：“入社率”：0% 处由 0 分改为 1 分。"]),
        (
            in_branch(
                "scale: {of: joined / households, from: [0, 0.5], to: [0, 4]}", "each: {of: joined * 4 / households, points: 1}, most: 4"
            ),
            [
                "“支部过硬”：“入社率”：算法由“按入社户数 ÷ 常住户数，0% 得 0 分，50% 以上得 4 分，其间按比例计”"
                "改为“入社户数 × 4 ÷ 常住户数每满 100% 得 1 分”。",
                "“支部过硬”：“入社率”：增加最高 4 分。",
            ],
        ),
        # vetoes and needs
        (in_branch("lasts: 12 months", "lasts: 24 months"), ["“支部过硬”：否决“受处分”：期限由“12 个月”改为“2 年”。"]),
        (in_branch("title: 受处分", "title: 受重处分"), ["“支部过硬”：否决“受重处分”：名称由“受处分”改为“受重处分”。"]),
        (
            in_branch("vetoes:\n", "vetoes:\n  - {title: 没上党课, when: lessons == 0}\n"),
            ["“支部过硬”：增加否决“没上党课（党课次数为 0 次）”。"],
        ),
        (
            in_branch("pass: 20", "pass: 20\nneeds: [lessons > 1]"),
            ["“支部过硬”：增加条件“党课次数 > 1 次”。"],
        ),
        # facts
        (
            in_branch("title: 入社户数, type: count", "title: 入社的户数, type: count"),
            ["“支部过硬”：数据“入社的户数”：名称由“入社户数”改为“入社的户数”。"],
        ),
        (
            in_branch("unit: 元, if_missing: stays", "unit: 元, if_missing: 0"),
            ["“支部过硬”：数据“村集体收入”：没有数据时的处理由“按缺失处理”改为“按 0 元计”。"],
        ),
        (
            in_branch("unit: 元, if_missing: stays", "unit: 元, least: 0, if_missing: stays"),
            ["“支部过硬”：数据“村集体收入”：增加最小值 0 元。"],
        ),
        (
            in_branch("\"form == 'lesson'\"}", "\"form == 'lesson'\", within: 6 months}"),
            [
                "“支部过硬”：数据“党课次数”：来源由“「会议」记录中‘会议类型为党课’的条数，考评期内，由党员信息系统提供；没有数据按 0 次计”"
                "改为“「会议」记录中‘会议类型为党课’的条数，评定之日前 6 个月内，由党员信息系统提供；没有数据按 0 次计”。"
            ],
        ),
        (
            in_branch("unit: 元, if_missing: stays", "unit: 元, if_missing: stays, effort: 3, by: 10000, step: 发包, due: 12-20"),
            [
                "“支部过硬”：数据“村集体收入”：增加改进的工作量“每 1 万元 3 人天”。",
                "“支部过硬”：数据“村集体收入”：增加改进的做法“发包”。",
                "“支部过硬”：数据“村集体收入”：增加改进的期限“12 月 20 日”。",
            ],
        ),
        # around the rules
        (in_scheme("title: 小方案", "title: 大方案"), ["方案名称由“小方案”改为“大方案”。"]),
        (in_scheme("basis: example\nperiod", "basis: 某文件\nperiod"), ["方案依据由“example”改为“某文件”。"]),
        (in_scheme("to: 2025-12-31", "to: 2025-11-30"), ["考评期由“2025-01-01 至 2025-12-31”改为“2025-01-01 至 2025-11-30”。"]),
        (in_scheme("1: 一星", "1: 一颗星"), ["“星级”：称呼中“1”由“一星”改为“一颗星”。"]),
        (in_scheme("title: 村,", "title: 行政村,"), ["单位类型“行政村”：名称由“村”改为“行政村”。"]),
        (in_scheme("title: 支部书记", "title: 书记"), ["岗位“书记”：名称由“支部书记”改为“书记”。"]),
        (
            in_scheme("kinds: [village]}", "kinds: [village]}\n  clerk: {title: 经办员, permissions: clerk}"),
            ["增加岗位“经办员”。"],
        ),
        (changed(("cases.yaml", "tier: 1", "branch_income: 20")), ["1 个算例有改动。"]),
        (changed(("cases.yaml", "cases:", "cases:\n  - {title: 空, expect: {branch: missing}}")), ["算例由 1 个改为 2 个。"]),
        # records
        (changed(("records/meeting.yaml", "title: 会议\n", "title: 会\n")), ["记录“会”：名称由“会议”改为“会”。"]),
        (changed(("records/meeting.yaml", "unit: 人}", "unit: 人, required: yes}")), ["记录“会议”：栏目“到会人数”：改为必填。"]),
        (
            changed(("records/meeting.yaml", "lesson: 党课}", "lesson: 党课, day: 党日}")),
            ["记录“会议”：栏目“会议类型”：选项增加“day：党日”。"],
        ),
        (changed(("records/meeting.yaml", "nature: activity", "nature: outcome")), ["记录“会议”：性质由“活动”改为“成果”。"]),
        (
            changed(("records/meeting.yaml", "nature:", "kinds: [village]\nnature:")),
            ["记录“会议”：记录这类台账的单位由“各类单位”改为“村”。"],
        ),
        (changed(visit=MEETING.replace("title: 会议\n", "title: 走访\n")), ["增加记录“走访”。"]),
    ],
    ids=lambda value: "" if isinstance(value, dict) else (value or ["…"])[0][:40],
)
def test_a_change_is_one_sentence_under_its_star(files, sentences):
    assert told(files) == sentences


def test_a_rule_that_comes_or_goes_is_said_in_full_with_where_it_stands():
    added = changed(
        (BRANCH_FILE, "  full: 30", "  full: 35"),
        (
            BRANCH_FILE,
            "    - {id: branch_lessons",
            "    - {id: branch_held, title: 开会, each: {of: held, points: 1}, most: 5}\n    - {id: branch_lessons",
        ),
        (BRANCH_FILE, "facts:\n", "facts:\n  held: {title: 会议数, type: count, from: {count: meeting}, if_missing: 0}\n"),
    )
    assert told(added) == [
        "“支部过硬”：增加数据“会议数”：「会议」记录的条数，考评期内，由党员信息系统提供；没有数据按 0 计。",
        "“支部过硬”：增加“支部过硬星得分”中的“开会”：会议数每 1 得 1 分，最高 5 分。",
        "“支部过硬”：“支部过硬星得分”：满分由 30 分改为 35 分。",
    ]
    assert list(differences(load_files(added), load_files(SMALL))) == [
        "“支部过硬”：取消数据“会议数”。",
        "“支部过硬”：“支部过硬星得分”：满分由 35 分改为 30 分。",
        "“支部过硬”：取消“支部过硬星得分”中的“开会”：会议数每 1 得 1 分，最高 5 分。",
    ]


@pytest.mark.parametrize(
    "files",
    [
        in_branch("pass: 20", "# a remark\npass: 20.0"),
        in_branch("{title: 村集体收入, type: money", "{type: money, title: 村集体收入"),
        in_branch("at_least: {300000: 20, 200000: 16}", "at_least: {200000: 16, 300000: 20}"),
        in_branch("facts:\n", "facts:\n  households: {title: 常住户数, type: count, unit: 户, if_missing: stays}\n") | {},
    ],
    ids=range(4),
)
def test_layout_and_place_are_no_change(files):
    moved = dict(files)
    if "households" in moved[BRANCH_FILE].split("score:")[0]:  # the fact moves from scheme.yaml into the star's own file
        moved["scheme.yaml"] = moved["scheme.yaml"].replace(
            "facts:\n  households: {title: 常住户数, type: count, unit: 户, if_missing: stays}\n", ""
        )
    assert told(moved) == []


X = "x: {title: 甲数, type: number, if_missing: stays}\ny: {title: 乙数, type: number, if_missing: stays}"


def between(old: str, new: str) -> list[str]:
    return list(differences(*(load_files(rules(X, nodes)) for nodes in (old, new))))


def test_parts_that_change_places_are_no_change():
    assert between("result: {title: 和, sum: [x, y]}", "result: {title: 和, sum: [y, x]}") == []
    assert between("result: {title: 和, sum: [x, y], weights: [1, 2]}", "result: {title: 和, sum: [y, x], weights: [2, 1]}") == []
    parts = ["{title: 一, each: {of: x, points: 1}}", "{each: {of: y, points: 2}}"]
    assert between(f"result: {{title: 和, sum: [{', '.join(parts)}]}}", f"result: {{title: 和, sum: [{', '.join(parts[::-1])}]}}") == []


def test_a_part_written_in_place_before_others_does_not_make_them_new():
    """The ids of parts without ids of their own are counted, and shift."""
    one, two = "{title: 一, each: {of: x, points: 1}}", "{title: 二, each: {of: y, points: 2}}"
    new = "{title: 零, each: {of: x, points: 3}}"
    assert between(f"result: {{title: 和, sum: [{one}, {two}]}}", f"result: {{title: 和, sum: [{new}, {one}, {two}]}}") == [
        "增加“和”中的“零”：甲数每满 1 为 3；没有数据的不评。"
    ]


def test_a_rule_moved_out_of_the_one_it_stood_in_is_no_change():
    inside = "result: {title: 和, sum: [{id: part, title: 一, each: {of: x, points: 1}}, y]}"
    outside = "part: {title: 一, each: {of: x, points: 1}}\nresult: {title: 和, sum: [part, y]}"
    assert between(inside, outside) == []


def test_an_id_given_by_hand_that_changes_is_told():
    assert between(
        "a: {title: 一, formula: x}\nresult: {title: 和, sum: [a, y]}", "b: {title: 一, formula: x}\nresult: {title: 和, sum: [b, y]}"
    ) == ["“一”：编号由“a”改为“b”。"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("sum: [x, y]", "sum: [x]", "“果”：取消一项“乙数”。"),
        ("sum: [x, y], weights: [1, 2]", "sum: [x, y], weights: [1, 3]", "“果”：“乙数”的权重由 2 改为 3。"),
        ("sum: [100, x]", "sum: [110, x]", "“果”：增加一项“110”。"),
        ("mean: [x, y]", "mean: [x, y], missing: leave out", "“果”：缺项的处理由“缺一项即不评”改为“缺的不计”。"),
        ("mean: [x, y], need: 1", "mean: [x, y], need: 2", "“果”：至少要有的项数由 1 改为 2。"),
        ("mean: [x, y]", "highest: [x, y]", "“果”：算法由“取平均：甲数、乙数”改为“取最高的一项：甲数、乙数”。"),
        ("formula: x / y", "formula: y / x", "“果”：算法由“取甲数 ÷ 乙数”改为“取乙数 ÷ 甲数”。"),
        ("each: {of: x, points: 1}", "each: {of: x, points: 2}", "“果”：由“甲数每满 1 为 1”改为“甲数每满 1 为 2”。"),
        ("each: {of: x, points: 1}", "each: {of: y, points: 1}", "“果”：所看的数由“甲数”改为“乙数”。"),
        (
            "choose: [{when: x > 1, give: 1}, {give: 0}]",
            "choose: [{when: x > 1, give: 2}, {give: 0}]",
            "“果”：“甲数 > 1”的由“为 1”改为“为 2”。",
        ),
        ("choose: [{when: x > 1, give: 1}, {give: 0}]", "choose: [{when: x > 1, give: 1}, {give: 3}]", "“果”：其余由“为 0”改为“为 3”。"),
        (
            "choose: [{when: x > 1, give: 1}, {give: 0}]",
            "choose: [{when: x > 2, give: 1}, {give: 0}]",
            "“果”：算法由“甲数 > 1 的，为 1；其余为 0”改为“甲数 > 2 的，为 1；其余为 0”。",
        ),
        (
            "adjust: {start: x, steps: [{when: y > 1, add: 1}]}",
            "adjust: {start: x, steps: [{when: y > 1, add: 2}]}",
            "“果”：第 1 步由“乙数 > 1 的加 1”改为“乙数 > 1 的加 2”。",
        ),
        ("adjust: {start: x, steps: [{add: 1}]}", "adjust: {start: y, steps: [{add: 1}]}", "“果”：起点由“甲数”改为“乙数”。"),
        (
            "adjust: {start: x, steps: [{add: 1}]}",
            "adjust: {start: x, steps: [{add: 1}]}, missing: skip",
            "“果”：无法判断的步骤由“整项不评”改为“跳过”。",
        ),
        (
            "rank: {of: x}",
            "rank: {of: x, first: lowest}",
            "“果”：算法由“按甲数从高到低排名次，并列的取靠前的名次，没有数据的不参加排名”"
            "改为“按甲数从低到高排名次，并列的取靠前的名次，没有数据的不参加排名”。",
        ),
        ("formula: x", "formula: x, if_missing: 0", "“果”：得不出结果时由“不评”改为“0”。"),
        ("formula: x", "formula: x, unit: 分", "“果”：增加计量单位“分”。"),
        ("formula: x, note: 旧", "formula: x, note: 新", "“果”：说明由“旧”改为“新”。"),
        ("formula: x, owner: 甲局", "formula: x", "“果”：取消责任单位“甲局”。"),
        ("formula: x, labels: {1: 一}", "formula: x, labels: {1: 一, 2: 二}", "“果”：称呼增加“2：二”。"),
    ],
)
def test_every_form_says_what_changed_in_it(old, new, sentence):
    rest = "rest: {title: 余, sum: [result, x, y]}"
    assert sentence in between(f"result: {{title: 果, {old}}}\n{rest}", f"result: {{title: 果, {new}}}\n{rest}")


def test_titles_that_say_too_little_are_followed_by_their_ids():
    same = "a: {title: 一, formula: x}\nb: {title: 一, formula: y}\n"
    assert between(
        f"{same}result: {{title: 和, formula: a}}\nrest: {{title: 余, formula: b}}",
        f"{same}result: {{title: 和, formula: b}}\nrest: {{title: 余, formula: b}}",
    ) == ["“和”：算法由“取一（a）”改为“取一（b）”。"]


def test_with_several_kinds_of_unit_the_kind_is_named():
    two = in_scheme("  village: {title: 村, stars: [branch]}", "  village: {title: 村, stars: [branch]}\n  organ: {title: 机关, tier: o}")
    two = {**two, "scheme.yaml": two["scheme.yaml"] + "nodes:\n  o: {title: 果, formula: households}\n"}
    other = {**two, BRANCH_FILE: two[BRANCH_FILE].replace("pass: 20", "pass: 21")}
    assert list(differences(load_files(two), load_files(other))) == ["村“支部过硬”：分数线由 20 分改为 21 分。"]
    assert differences(load_files(two), load_files(SMALL))[-1] == "取消单位类型“机关”。"


@pytest.mark.parametrize("name", shipped())
def test_a_scheme_does_not_differ_from_itself(name):
    assert differences(load(name), load(name)) == ()


@settings(max_examples=40)
@given(worlds(), worlds())
def test_two_schemes_with_different_rules_differ_in_words(world: World, other: World):
    old, new = world.scheme, other.scheme
    assert differences(old, old) == ()
    assert (differences(old, new) == ()) == (digest_of(old) == digest_of(new))
