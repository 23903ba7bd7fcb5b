"""Tasks with milestones, and brands with what rests on them: who sees them, and what is marked."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Unit
from fanxing.records.actions.entries import add_record, correct_record
from fanxing.records.models import Record
from fanxing.scheme import SchemeError, load_files
from fanxing.scheme.differences import differences
from tests.cast import NOW, TODAY, Cast
from tests.programme.small import FILES
from tests.web.conftest import published

HEAD = "basis: example\nnature: outcome\nheld_by: 交办单位\nrecorded_by: [secretary]\n"
TASK = f"""
title: 专项任务
{HEAD}day: 交办日期
fields:
  about: {{title: 类别, type: choice, choices: {{urgent: 急难险重任务, pioneer: 先锋工程}}}}
  name: {{title: 任务名称, type: text}}
  due_on: {{title: 完成时限, type: date}}
  closed: {{title: 已办结, type: yes/no}}
  overdue: {{title: 超期, type: yes/no}}
  value: {{title: 价值, type: money, unit: 元}}
  confirmed: {{title: 已经财务核定, type: yes/no}}
  method: {{title: 用到的做法, type: record, links: method}}
"""
MILESTONE = f"""
title: 任务节点
{HEAD}expects: {{record: reached, by: milestone, due: planned_on, ahead: 7}}
fields:
  task: {{title: 所属任务, type: record, links: task}}
  name: {{title: 节点, type: text}}
  planned_on: {{title: 计划日期, type: date}}
"""
REACHED = f"""
title: 节点完成
{HEAD}fields:
  milestone: {{title: 节点, type: record, links: milestone}}
"""
METHOD = f"""
title: 品牌
{HEAD}fields:
  name: {{title: 名称, type: text}}
  practice: {{title: 怎么做, type: long text}}
  proved: {{title: 成效已核实, type: yes/no}}
"""
SHARED = f"""
title: 共建项目
{HEAD}fields:
  partner: {{title: 共建一方, type: text}}
  done: {{title: 已办结, type: yes/no}}
"""
PAGES = """
title: 任务和品牌页
basis: example
tasks:
  shared: {name: partner, done: done}
  task: {name: name, about: about, due: due_on, done: closed, late: overdue, value: value, confirmed: confirmed, milestone: milestone.task}
brands:
  method: {name: name, practice: practice, proved: proved}
"""
KINDS = {
    "records/task.yaml": TASK,
    "records/milestone.yaml": MILESTONE,
    "records/reached.yaml": REACHED,
    "records/method.yaml": METHOD,
    "records/shared.yaml": SHARED,
    "party_work.yaml": PAGES,
}
TERM = "2099-01-01"


@pytest.fixture(autouse=True)
def pages(cast: Cast, settings) -> None:
    settings.TODAY = TODAY
    published(cast, **KINDS)


def enter(unit: Unit, kind: str, on: date = date(2026, 3, 2), **data: object) -> Record:
    return add_record(unit=unit, kind=kind, occurred_on=on, data=data, by=SYSTEM, at=NOW, beside=True)


def task(unit: Unit, name: str = "防汛", **data: object) -> Record:
    said = {"about": "urgent", "name": name, "due_on": TERM, "closed": False, "overdue": False}
    return enter(unit, "task", **{**said, **data})


def milestone(of: Record, name: str, planned_on: str, done_on: date | None = None) -> Record:
    found = enter(of.unit, "milestone", task=of.reference, name=name, planned_on=planned_on)
    if done_on:
        enter(of.unit, "reached", done_on, milestone=found.reference)
    return found


def address(record: Record) -> str:
    return f"/units/{record.unit.code}/tasks/{record.position}/"


def test_a_task_shows_its_milestones_with_their_days_and_marks_the_late_ones(cast: Cast, read):
    of = task(cast.village)
    milestone(of, "摸底", "2026-03-20", date(2026, 3, 19))
    milestone(of, "推进", "2026-04-20", date(2026, 4, 25))
    milestone(of, "巡堤", "2026-06-01")
    open_ = milestone(of, "验收", "2026-07-01")
    text = unescape(read(cast.secretary, address(of)))
    shown = re.findall(r'<a href="/records/\d+/">(\w\w)</a> <span class="pill[^"]*">([^<]+)</span>', text)
    assert shown == [("摸底", "按时完成"), ("推进", "晚于计划"), ("巡堤", "逾期未完成"), ("验收", "未完成")]
    assert ("计划 2026年4月20日 · 完成 2026年4月25日" in text, "完成 2 / 4，晚 2 个" in text) == (True, True)
    way = re.findall(r'href="(/units/\d+/records/new/reached/[^"]+)"', text)[-1]
    assert re.search(rf'<option value="{open_.reference}" selected', read(cast.secretary, way))
    assert "登记完成" not in read(cast.reviewer, address(of))


def test_what_has_no_term_is_closed_and_not_in_time(cast: Cast, read):
    of = enter(cast.village, "shared", partner="云溪一中", done=True)
    assert re.findall(r"<dt>状态</dt><dd><span[^>]*>([^<]+)<", read(cast.reviewer, address(of))) == ["已办结"]
    closed = task(cast.village, closed=True, overdue=False)
    assert re.findall(r"<dt>状态</dt><dd><span[^>]*>([^<]+)<", read(cast.reviewer, address(closed))) == ["按时办结"]


def test_the_reminder_of_a_milestone_leads_to_its_task_and_goes_when_it_is_reached(cast: Cast, read):
    of = task(cast.village)
    one = milestone(of, "摸底", "2026-06-18")
    text = read(cast.secretary, "/inbox/")
    assert ("摸底：2026年6月18日到期，待落实" in text, f'href="{address(of)}"' in text, "看到期收款" in text) == (True, True, False)
    enter(cast.village, "reached", date(2026, 6, 14), milestone=one.reference)
    assert "摸底：" not in read(cast.secretary, "/inbox/")
    assert WorkItem.objects.get(unit=cast.village).outcome == "已完成，或不再到期"


def test_a_value_says_who_confirmed_it(cast: Cast, read):
    of = task(cast.village, about="pioneer", value=50_000, confirmed=False)
    assert "待财务核定" in read(cast.reviewer, address(of))
    correct_record(record=of, occurred_on=of.occurred_on, data={**of.data, "confirmed": True}, reason="已核", by=SYSTEM, at=NOW)
    text = read(cast.reviewer, address(of))
    assert ("已核定" in text, f"{SYSTEM.display_name}于" in text, "待财务核定" in text) == (True, True, False)


def test_the_list_of_a_township_is_filtered_and_taken_away(cast: Cast, read, client):
    milestone(task(cast.village, "防汛"), "摸底", "2026-03-20")
    task(cast.neighbour, "修渠", about="pioneer", closed=True)
    task(cast.neighbour, "除雪", due_on="2026-05-01")
    task(cast.other_village, "外镇的任务")
    where = f"/units/{cast.town.code}/tasks/"
    filters = {"": [1, 1, 1], "?state=overdue": [0, 0, 1], "?state=done": [0, 1, 0], "?late=1": [1, 0, 0], "?sort=先锋工程": [0, 1, 0]}
    for query, shown in filters.items():
        text = read(cast.reviewer, where + query)
        assert [f">{name}</a>" in text for name in ("防汛", "修渠", "除雪")] == [bool(one) for one in shown], query
        assert "外镇的任务" not in text
    rows = list(load_workbook(BytesIO(client.get(f"/units/{cast.town.code}/tasks.xlsx?late=1").content)).active.values)
    assert [(row[1], row[5], row[6:9]) for row in rows[1:]] == [("防汛", "办理中", (1, 0, 1))]


def test_a_brand_is_a_card_with_what_rests_on_it_year_by_year(cast: Cast, read):
    brand = enter(cast.village, "method", date(2025, 3, 2), name="3310", practice="每月三次", proved=True)
    enter(cast.village, "method", name="流动讲堂")
    task(cast.village, method=brand.reference)
    text = read(cast.reviewer, f"/units/{cast.village.code}/brands/")
    assert re.findall(r"<summary>(\d+ 年 · \d+ 条)</summary>", text) == ["2026 年 · 1 条", "2025 年 · 1 条", "2026 年 · 1 条"]
    assert ("专项任务：急难险重任务，防汛" in text, "每月三次" in text) == (True, True)
    some = read(cast.reviewer, f"/units/{cast.town.code}/brands/?state=proved")
    assert (">3310</a>" in some, "流动讲堂" in some) == (True, False)


def test_what_is_told_under_the_name_of_a_brand_stands_on_its_card_though_nobody_linked_it(cast: Cast, read):
    enter(cast.village, "method", date(2025, 3, 2), name="麦浪先锋")
    enter(cast.village, "meeting", form="lesson", attended=20, topic="麦浪先锋：帮缺劳力户收麦")
    enter(cast.village, "meeting", form="lesson", attended=21, topic="先锋做好麦浪里的防火")
    enter(cast.neighbour, "meeting", form="lesson", attended=22, topic="学麦浪先锋")
    text = read(cast.reviewer, f"/units/{cast.village.code}/brands/")
    assert re.findall(r"<summary>(\d+ 年 · \d+ 条)</summary>", text) == ["2026 年 · 1 条", "2025 年 · 1 条"]
    assert ("帮缺劳力户收麦" in text, "防火" in text, "学麦浪" in text) == (True, False, False)


def test_nobody_else_sees_them(cast: Cast, client):
    of = task(cast.village)
    for user in (cast.stranger, cast.outsider, cast.colleague):
        client.force_login(user)
        for page in ("tasks/", "tasks.xlsx", f"tasks/{of.position}/", "brands/", "brands.xlsx"):
            assert client.get(f"/units/{cast.village.code}/{page}").status_code == 404, page


@pytest.mark.parametrize("page", ["tasks/", "brands/"])
def test_a_page_asks_as_much_for_one_as_for_many(cast: Cast, client, django_assert_max_num_queries, page: str):
    client.force_login(cast.reviewer)
    counts = []
    for unit in (cast.village, cast.neighbour):
        for name in ("一", "二"):
            brand = enter(unit, "method", name=name)
            milestone(task(unit, name, method=brand.reference), "摸底", "2026-03-20", date(2026, 3, 19))
        client.get(f"/units/{cast.town.code}/{page}")
        with django_assert_max_num_queries(40) as asked:
            client.get(f"/units/{cast.town.code}/{page}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("due: due_on", "due: name", "due of task must be a field that is"),
        ("milestone: milestone.task", "milestone: reached.milestone", "a link to task"),
        ("  method: {", "  methods: {", "no such kind of record"),
    ],
)
def test_a_page_of_fields_that_are_not_there_is_refused(old: str, new: str, fault: str):
    with pytest.raises(SchemeError, match=fault):
        load_files({**FILES, **KINDS, "party_work.yaml": PAGES.replace(old, new)})


def test_a_change_of_the_pages_is_said():
    new = {**FILES, **KINDS, "party_work.yaml": PAGES.replace(", proved: proved", "")}
    assert differences(load_files({**FILES, **KINDS}), load_files(new)) == ("任务和品牌页：列出的台账或填报项有改动。",)
