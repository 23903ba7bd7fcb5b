"""Recording, sealing and verifying the log in the database."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from fanxing.audit.actions import record_event, seal
from fanxing.audit.actors import SYSTEM
from fanxing.audit.chain import verify_lines
from fanxing.audit.models import AppendOnlyError, Event
from fanxing.audit.queries import (
    events_about,
    export_lines,
    rows_not_as_recorded,
    sealed_events,
    unsealed_count,
    verify,
)
from fanxing.audit.tasks import seal_events
from fanxing.organisations.models import Post, Unit
from tests.cast import NOW, Cast
from tests.race import race

pytestmark = pytest.mark.django_db


def note(summary: str, **more: object) -> Event:
    arguments = {"by": SYSTEM, "at": NOW, "action": "tests.note", "subject": "tests.Thing:1"} | more
    return record_event(summary=summary, **arguments)  # type: ignore[arg-type]


def summaries() -> list[str]:
    return [event.summary for event in sealed_events()]


def tamper(sql: str, *values: object) -> None:
    """What someone with the database's password could do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_event_says_who_did_what_to_what(cast: Cast):
    event = record_event(
        by=cast.secretary,
        at=NOW,
        action="tests.rename",
        subject=cast.village,
        summary="更名",
        unit_code=cast.village.code,
        details={"on": date(2026, 6, 15), "share": Decimal("0.50")},
    )
    event.refresh_from_db()
    assert event.content() == {
        "at": "2026-06-15T04:00:00+00:00",
        "actor": "secretary",
        "actor_title": "柳河村支部书记",
        "action": "tests.rename",
        "subject": "organisations.Unit:990101201",
        "unit_code": "990101201",
        "summary": "更名",
        "details": {"on": "2026-06-15", "share": "0.5"},
        "rows": {},
        "sealed_at": None,
    }


def test_events_about_a_row_are_found_by_the_row(cast: Cast):
    note("另一件事", subject="organisations.Unit:9901012011")
    assert [event.action for event in events_about(cast.village)] == ["organisations.create_unit"]


def test_an_event_is_gone_when_its_transaction_is():
    with transaction.atomic():
        note("没有发生")
        transaction.set_rollback(True)
    assert Event.objects.count() == 0


def test_events_are_never_changed_or_deleted():
    event = note("设立柳河村")
    event.summary = "撤销柳河村"
    for change in (
        event.save,
        event.delete,
        lambda: Event.objects.update(summary="撤销"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
        lambda: Event.objects.bulk_update([event], ["summary"]),
    ):
        with pytest.raises(AppendOnlyError):
            change()
    assert list(Event.objects.values_list("summary", flat=True)) == ["设立柳河村"]


def test_sealing_links_what_waits_and_then_nothing():
    for summary in ("一", "二", "三"):
        note(summary)
    assert (unsealed_count(), seal(at=NOW), unsealed_count(), seal(at=NOW)) == (3, 3, 0, 0)
    assert (summaries(), verify().count, verify().holds) == (["一", "二", "三"], 3, True)


def test_the_chain_goes_on_where_it_ended():
    note("一")
    seal(at=NOW)
    note("二")
    seal(at=NOW + timedelta(minutes=1))
    first, second = sealed_events()
    assert (second.position, second.previous, verify().holds) == (2, first.digest, True)


def test_a_backlog_is_sealed_to_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fanxing.audit.actions.SEALED_AT_ONCE", 2)
    for number in range(5):
        note(str(number))
    seal_events(at=NOW)
    assert (summaries(), verify().holds) == (["0", "1", "2", "3", "4"], True)


def test_details_of_every_shape_survive_the_database():
    note("数字", details={"whole": 1e5, "huge": 1e16, "tiny": 1.5e-7, "tenth": 0.1, "nested": [{"甲": None}, True]})
    seal(at=NOW)
    assert verify().holds


@pytest.mark.parametrize(
    ("column", "value"),
    [("summary", "假"), ("actor", "someone"), ("details", '{"a": 1}'), ("at", "2020-01-01 00:00:00+00:00")],
)
def test_a_changed_row_is_found(column: str, value: str):
    for summary in ("一", "二", "三"):
        note(summary)
    seal(at=NOW)
    tamper(f"UPDATE audit_event SET {column} = %s WHERE position = 2", value)  # noqa: S608
    assert verify().fault == "第 2 条的内容被改动"


def test_a_deleted_row_is_found():
    for summary in ("一", "二", "三"):
        note(summary)
    seal(at=NOW)
    tamper("DELETE FROM audit_event WHERE position = 2")
    assert verify().fault == "缺少第 2 条"


def test_half_a_seal_is_refused_by_the_database():
    note("一")
    with pytest.raises(IntegrityError), transaction.atomic():
        tamper("UPDATE audit_event SET position = 7")


def test_an_export_verifies_without_the_database():
    for summary in ("一", "二"):
        note(summary)
    seal(at=NOW)
    note("尚未封存")
    lines = list(export_lines())
    assert (len(lines), verify_lines(lines)) == (2, verify())


def test_the_command_verifies_and_gives_a_head_to_note_down():
    for summary in ("一", "二"):
        note(summary)
    seal(at=NOW)
    said = StringIO()
    call_command("audit_verify", stdout=said)
    head = verify().head
    assert said.getvalue() == f"完好：2 条，待封存 0 条\n请将此行记在系统之外：2:{head}\n"
    tamper("DELETE FROM audit_event WHERE position = 2")
    call_command("audit_verify", stdout=StringIO())
    with pytest.raises(CommandError, match="末尾被截去"):
        call_command("audit_verify", f"--head=2:{head}")
    with pytest.raises(CommandError, match="应写作"):
        call_command("audit_verify", "--head=2")


def test_the_command_exports_line_by_line():
    note("一")
    seal(at=NOW)
    said = StringIO()
    call_command("audit_export", stdout=said)
    assert said.getvalue().splitlines() == list(export_lines())


def test_rows_written_join_the_chain_and_are_held_against_the_table():
    kept = Post.objects.create(id="clerk", title="干事", permission_set="township_clerk", kinds=["township"])
    changed = Post.objects.create(id="head", title="网格长", permission_set="no_access")
    gone = Post.objects.create(id="guide", title="导办", permission_set="no_access")
    note("设定岗位", rows=[kept, changed, gone])
    assert rows_not_as_recorded(Post) == []
    tamper("UPDATE organisations_post SET permission_set = %s WHERE id = %s", "city_desk", "head")
    tamper("DELETE FROM organisations_post WHERE id = %s", "guide")
    Post.objects.create(id="added", title="后添", permission_set="city_desk")
    assert rows_not_as_recorded(Post) == [
        "organisations.Post:added",
        "organisations.Post:guide",
        "organisations.Post:head",
    ]
    assert rows_not_as_recorded(Unit) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_sealers_at_once_one_links_each_event():
    for turn in range(5):
        for number in range(20):
            note(f"{turn}-{number}")
        assert sorted(race(lambda: seal(at=NOW), lambda: seal(at=NOW))) == [0, 20]
    assert (verify().count, verify().holds) == (100, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite lets one writer in at a time")
def test_an_event_committed_after_later_ones_were_sealed_is_sealed_next():
    with transaction.atomic():
        early = note("早写，晚提交")

        def write_and_seal() -> None:
            note("晚写，早提交")
            seal(at=NOW)
            connection.close()

        other = Thread(target=write_and_seal)
        other.start()
        # It ends while we are still writing: neither waits for the other.
        other.join(timeout=10)
        assert (other.is_alive(), early.pk < Event.objects.get(summary="晚写，早提交").pk) == (False, True)
    seal(at=NOW)
    assert (summaries(), verify().holds) == (["晚写，早提交", "早写，晚提交"], True)
