"""Many people at posts at once."""

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.appointing import AppointmentRow, appoint
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Person
from fanxing.organisations.queries import holders
from tests.cast import NOW, TODAY, Cast

ROWS = [AppointmentRow("穆青禾", "990101201", "secretary"), AppointmentRow("简小满", "990101", "clerk")]


def test_everybody_on_the_list_is_entered_and_holds_a_post(cast: Cast):
    assert appoint(rows=ROWS, valid_from=TODAY, by=SYSTEM, at=NOW) == 2
    assert ("简小满", "clerk") in [(one.person.name, one.post_id) for one in holders(cast.town, on=TODAY)]
    person = Person.objects.get(name="穆青禾")
    assert (person.unit, person.user) == (cast.village, None)


def test_it_is_one_event_without_names(cast: Cast):
    appoint(rows=ROWS, valid_from=TODAY, by=SYSTEM, at=NOW)
    event = Event.objects.latest("id")
    assert (event.action, event.summary, event.details) == ("organisations.appoint", "批量任命 2 人", {"count": 2, "from": "2026-06-15"})


def test_every_fault_is_told_and_nobody_appointed(cast: Cast):
    merge_units(units=[cast.other_village], into=cast.neighbour, on=TODAY, by=SYSTEM, at=NOW)
    people = Person.objects.count()
    rows = [
        *ROWS,
        AppointmentRow(" ", "990101201", "secretary"),
        AppointmentRow("某人", "nowhere", "mayor"),
        AppointmentRow("某人", "990101", "secretary"),
        AppointmentRow("某人", "990102201", "secretary"),
    ]
    with pytest.raises(ListRefused) as refused:
        appoint(rows=rows, valid_from=TODAY, by=SYSTEM, at=NOW)
    assert refused.value.faults == [
        "第 3 行：姓名为 1 至 50 个字",
        "第 4 行：没有代码为“nowhere”的单位",
        "第 4 行：没有标识为“mayor”的岗位",
        "第 5 行：石桥镇不设“支部书记”",
        "第 6 行：东湾村已撤销",
    ]
    assert Person.objects.count() == people


def test_nobody_appoints_where_they_may_not_or_gives_what_they_do_not_have(cast: Cast):
    with pytest.raises(NotAllowed, match="您不能管理柳河村的人员"):
        appoint(rows=ROWS[:1], valid_from=TODAY, by=cast.secretary, at=NOW)
    with pytest.raises(NotAllowed, match="您不能管理云溪市的人员"):
        appoint(rows=[AppointmentRow("某人", "990000", "desk")], valid_from=TODAY, by=cast.clerk, at=NOW)
    with pytest.raises(NotAllowed, match="“审核员”的权限超出您在石桥镇的权限"):
        appoint(rows=[AppointmentRow("某人", "990101", "reviewer")], valid_from=TODAY, by=cast.clerk, at=NOW)
