"""The tree as its keepers see it, and every change of it: asked, foreseen, done."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.models import Event
from fanxing.organisations.models import Post, Unit, UnitSuccession
from fanxing.programme.models import Publication
from fanxing.scoring.models import Score
from tests.cast import Cast, appoint, found
from tests.web.conftest import income, lesson

Read = Callable[[User, str], str]


def change(client: Client, user: User, unit: Unit, which: str, step: str = "confirm", **data: object):
    client.force_login(user)
    return client.post(f"/tree/{unit.code}/{which}/", {"on": "2026-03-01", "key": "k", "step": step, **data})


def foreseen(client: Client, user: User, unit: Unit, which: str, **data: object) -> list[str]:
    """What the page says will happen; nothing has been written by it."""
    before = (list(Unit.objects.order_by("pk").values()), Event.objects.count())
    response = change(client, user, unit, which, "preview", **data)
    assert response.status_code == 200
    assert (list(Unit.objects.order_by("pk").values()), Event.objects.count()) == before
    block = re.search(r'<ul class="will">(.*?)</ul>', response.text, re.DOTALL)
    assert block, response.text
    return [unescape(one) for one in re.findall(r"<li>(.*?)</li>", block[1])]


def shown(page: str) -> list[str]:
    return re.findall(r'<span class="branch-name">(?:<a href="[^"]+">)?<b[^>]*>(.+?)</b>', page)


# The tree


def test_the_tree_opens_at_the_top_and_down_to_the_unit_asked_for(read: Read, cast: Cast):
    assert shown(read(cast.desk, "/tree/")) == ["云溪市", "石桥镇", "白沙镇"]
    assert shown(read(cast.desk, "/tree/?open=990101202")) == ["云溪市", "石桥镇", "柳河村", "青山村", "白沙镇"]
    assert shown(read(cast.desk, "/tree/?open=nowhere")) == ["云溪市", "石桥镇", "白沙镇"]


def test_a_branch_comes_by_itself(read: Read, cast: Cast):
    assert shown(read(cast.desk, "/tree/990101/below/")) == ["柳河村", "青山村"]
    assert 'hx-get="/tree/990101/below/"' in read(cast.desk, "/tree/")


def test_the_tree_is_searched_as_the_list_is(read: Read, cast: Cast):
    assert shown(read(cast.desk, "/tree/?q=lhc")) == ["柳河村"]
    assert shown(read(cast.desk, "/tree/?q=山")) == ["青山村"]
    assert "没有找到单位" in read(cast.desk, "/tree/?q=无")


def test_the_tree_is_for_its_keepers(client: Client, cast: Cast):
    for user in (cast.secretary, cast.reviewer, cast.clerk, cast.stranger):
        client.force_login(user)
        answers = [client.get(address).status_code for address in ("/tree/", "/tree/990101201/", "/tree/990101/below/")]
        assert answers == [403, 404, 404]
        assert client.get("/tree/990101201/rename/").status_code == 404
        assert "/tree/" not in client.get("/desk/", follow=True).text


def test_a_lower_level_keeps_its_own_subtree(client: Client, cast: Cast):
    Post.objects.create(id="town_desk", title="党建办", permission_set="city_desk")
    keeper = appoint("keeper", "郑华", cast.town, Post.objects.get(pk="town_desk"))
    client.force_login(keeper)
    assert shown(client.get("/tree/").text) == ["石桥镇", "柳河村", "青山村"]
    assert client.get("/tree/990102201/").status_code == 404
    response = change(client, keeper, cast.village, "move", "preview", parent="990102")
    assert (response.status_code, "没有您可以维护的" in response.text) == (422, True)


def test_the_tree_costs_the_same_for_one_unit_and_for_many(client: Client, cast: Cast, django_assert_num_queries):
    client.force_login(cast.desk)
    for code in ("990102", "990101"):
        found(f"{code}901", "新村", "village", cast.town if code == "990101" else cast.other_town)
        client.get(f"/tree/{code}/below/")
        with django_assert_num_queries(6):  # session, user, posts, unit, rules, what is below
            client.get(f"/tree/{code}/below/")


def test_a_unit_shows_what_hangs_on_it_and_its_history(client: Client, read: Read, cast: Cast, programme: Publication):
    lesson(cast.village)
    change(client, cast.desk, cast.village, "rename", name="柳溪村")
    page = read(cast.desk, "/tree/990101201/")
    assert re.findall(r"(下级单位|台账|人员|在任岗位)<b>(\d+)<small>", page) == [
        ("下级单位", "0"),
        ("台账", "1"),
        ("人员", "1"),
        ("在任岗位", "1"),
    ]
    rows = re.findall(r'<td class="num-date">(.+?)</td><td class="num-date">(.+?)</td><td class="head">(.+?)</td>', page)
    assert rows == [("2026年3月1日", "至今", "柳溪村"), ("2020年1月1日", "2026年3月1日", "柳河村")]
    assert "柳河村更名为柳溪村" in page


# Changes


def test_a_unit_is_founded(client: Client, cast: Cast):
    data = {"code": "990101203", "name": "红旗村", "kind": "village"}
    assert foreseen(client, cast.desk, cast.town, "found", **data) == [
        "自2026年3月1日起，在石桥镇之下设立红旗村（village，代码 990101203）。",
        "新单位还没有人员、任职和台账。",
    ]
    response = change(client, cast.desk, cast.town, "found", **data)
    assert response["Location"] == "/tree/990101203/"
    assert Unit.objects.get(code="990101203").parent == cast.town


def test_a_unit_is_renamed(client: Client, cast: Cast):
    assert foreseen(client, cast.desk, cast.village, "rename", name="柳溪村")[0] == "自2026年3月1日起，柳河村更名为柳溪村。"
    change(client, cast.desk, cast.village, "rename", name="柳溪村")
    cast.village.refresh_from_db()
    assert cast.village.name == "柳溪村"


def test_a_unit_moves_with_all_below_it(client: Client, cast: Cast):
    found("99010120101", "一组", "grid", cast.village)
    assert foreseen(client, cast.desk, cast.village, "move", parent="990102 白沙镇") == [
        "自2026年3月1日起，柳河村连同下级 1 个单位由石桥镇划归白沙镇。",
        "台账 0 条、人员 1 人、任职 1 项都不变。",
        "石桥镇一级的岗位不再看得到它，白沙镇一级的岗位从此看得到。",
    ]
    change(client, cast.desk, cast.village, "move", parent="990102")
    assert Unit.objects.get(code="99010120101").path == "/990000/990102/990101201/99010120101/"


def test_several_units_are_merged_and_the_score_follows(client: Client, cast: Cast, programme: Publication):
    lesson(cast.neighbour)
    income(cast.neighbour)
    assert foreseen(client, cast.desk, cast.village, "merge", units=["990101202"], others="990102201") == [
        "自2026年3月1日起，青山村、东湾村撤销，并入柳河村。",
        "它们的 2 条台账今后计入柳河村，柳河村的得分随之重算。",
        "人员 2 人转到柳河村。",
        "这些任职于当日结束：青山村支部书记 周志强、东湾村支部书记 吴建国。",
    ]
    change(client, cast.desk, cast.village, "merge", units=["990101202"], others="990102201")
    assert list(Unit.objects.exclude(closed_on=None).order_by("code").values_list("code", flat=True)) == ["990101202", "990102201"]
    assert Score.objects.get(unit=cast.village).stars["industry"]["held"] is True


def test_the_score_follows_the_records_of_a_unit_that_is_split(client: Client, cast: Cast, programme: Publication):
    income(cast.village)
    change(client, cast.desk, cast.village, "split", into=["990101202"], others="990102201", records_to="990101202")
    assert Score.objects.get(unit=cast.neighbour).stars["industry"]["points"] == 50


def test_a_unit_is_split(client: Client, cast: Cast):
    for code, name in (("e", "柳河东村"), ("w", "柳河西村")):
        found(code, name, "village", cast.town)
    data = {"into": ["e"], "others": "w", "records_to": "e"}
    assert foreseen(client, cast.desk, cast.village, "split", **data) == [
        "自2026年3月1日起，柳河村撤销，分设为柳河东村、柳河西村。",
        "原有的 0 条台账计入柳河东村。",
        "登记在它名下的 1 人不自动转移，请另行登记。",
        "这些任职于当日结束：柳河村支部书记 林秀英。",
    ]
    change(client, cast.desk, cast.village, "split", **data)
    rows = UnitSuccession.objects.order_by("successor__code").values_list("successor__code", "carries_records")
    assert list(rows) == [("e", True), ("w", False)]


def test_a_unit_is_of_another_kind(client: Client, cast: Cast, programme: Publication):
    found("c", "河畔社区", "community", cast.town)
    data = {"kind": "village"}
    said = foreseen(client, cast.desk, Unit.objects.get(code="c"), "kind", **data)
    assert said == ["自2026年3月1日起，河畔社区由community改为村。", "星级改按村的规则评；已有的 0 条台账不变，新规则用得到的照样计分。"]
    change(client, cast.desk, Unit.objects.get(code="c"), "kind", **data)
    assert (Unit.objects.get(code="c").kind, Score.objects.filter(unit__code="c").exists()) == ("village", True)


def test_a_unit_without_a_successor_is_closed(client: Client, cast: Cast):
    assert foreseen(client, cast.desk, cast.village, "close")[0] == "自2026年3月1日起，柳河村撤销，没有后继单位。"
    change(client, cast.desk, cast.village, "close")
    assert Unit.objects.get(code="990101201").closed_on
    client.force_login(cast.desk)
    assert client.get("/tree/990101201/rename/").status_code == 404
    assert "已于 2026年3月1日 撤销" in client.get("/tree/990101201/").text


@pytest.mark.parametrize(
    ("unit", "which", "data", "fault"),
    [
        ("town", "found", {"code": "990101201", "name": "红旗村", "kind": "village"}, "代码"),
        ("town", "found", {"code": "a/b", "name": "红旗村", "kind": "village"}, "字母、数字"),
        ("village", "rename", {"name": "柳河村"}, "和现在的名称一样"),
        ("village", "rename", {"name": "柳溪村", "on": "2019-01-01"}, "已有变更"),
        ("village", "rename", {"name": "柳溪村", "on": "2999-01-01"}, "不能晚于今天"),
        ("village", "rename", {"name": "柳溪村", "on": ""}, "请填写生效日期"),
        ("village", "move", {"parent": "nowhere"}, "没有您可以维护的"),
        ("town", "move", {"parent": "990101201"}, "不能作它的上级"),
        ("village", "merge", {}, "请选择被并入的单位"),
        ("village", "split", {"into": ["990101202"]}, "至少要有两个后继单位"),
        ("town", "close", {}, "请先将石桥镇的下级单位"),
    ],
)
def test_what_cannot_be_is_said_before_and_nothing_written(client: Client, cast: Cast, unit: str, which: str, data: dict, fault: str):
    before, logged = list(Unit.objects.order_by("pk").values()), Event.objects.count()
    for step in ("preview", "confirm"):
        response = change(client, cast.desk, getattr(cast, unit), which, step, **data)
        assert response.status_code == 422
        assert fault in response.text
    assert (list(Unit.objects.order_by("pk").values()), Event.objects.count()) == (before, logged)


def test_a_form_sent_twice_is_done_once(client: Client, cast: Cast):
    for _ in range(2):
        response = change(client, cast.desk, cast.town, "found", code="990101203", name="红旗村", kind="village")
        assert response["Location"] == "/tree/990101203/"
    assert Event.objects.filter(action="organisations.create_unit", subject="organisations.Unit:990101203").count() == 1


def test_one_goes_back_to_the_form_with_what_was_filled_in(client: Client, cast: Cast):
    response = change(client, cast.desk, cast.village, "rename", "edit", name="柳溪村")
    assert (response.status_code, 'value="柳溪村"' in response.text) == (200, True)


def test_the_topmost_unit_and_unknown_changes_have_no_page(client: Client, cast: Cast):
    client.force_login(cast.desk)
    assert [client.get(f"/tree/990000/{one}/").status_code for one in ("move", "split", "close", "burn")] == [404] * 4
