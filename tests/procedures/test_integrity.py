"""What is kept apart of a matter is held against the log."""

import pytest
from django.core.management import CommandError, call_command

from fanxing.audit.actors import SYSTEM
from fanxing.procedures.actions.reading import erase_personal
from fanxing.procedures.integrity import personal_not_as_logged
from fanxing.procedures.models import Matter, MatterPersonal
from fanxing.programme.actions import publish
from tests.cast import FOUNDED, NOW, Cast
from tests.procedures.conftest import PROCEDURES
from tests.procedures.test_walking import later, reported, step
from tests.scheme.procedures import REPORT, changed_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]


def row_of(matter: Matter) -> MatterPersonal:
    return MatterPersonal.objects.get(matter=matter)


def test_what_is_written_and_erased_in_time_holds(cast: Cast, capsys: pytest.CaptureFixture[str]):
    matter = reported(cast, contact="000-1234")
    assert personal_not_as_logged() == []
    step(matter, "refuse", cast, reason="重复")
    assert erase_personal(at=later(190)) == 1
    assert personal_not_as_logged() == []
    call_command("ledger_verify")
    assert "完好" in capsys.readouterr().out


def test_a_text_that_made_room_for_a_newer_one_holds(cast: Cast):
    asking_again = changed_text(REPORT, ("asks: [body]", "asks: [body, contact]"))
    files = {**PROCEDURES, "procedures/report.yaml": asking_again}
    publish(files=files, document_number="云组〔2026〕4号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    matter = step(reported(cast, contact="000-1234"), "accept", cast, data={"contact": "000-5678"})
    assert [one.value for one in MatterPersonal.objects.filter(matter=matter).order_by("pk")] == ["", "000-5678"]
    assert personal_not_as_logged() == []


def test_what_is_changed_or_taken_away_behind_the_log_is_found(cast: Cast):
    changed, erased, gone, moved = (row_of(reported(cast, contact=f"000-123{number}")) for number in range(4))
    MatterPersonal.objects.filter(pk=changed.pk).update(value="000-9999")
    MatterPersonal.objects.filter(pk=erased.pk).update(value="", salt="", erased_at=NOW, erased_why="悄悄")
    MatterPersonal.objects.filter(pk=moved.pk).update(field="detail")
    MatterPersonal.objects.filter(pk=gone.pk).delete()
    assert personal_not_as_logged() == sorted(one.digest for one in (changed, erased, gone, moved))
    with pytest.raises(CommandError, match="事项里的个人信息与操作日志不符"):
        call_command("ledger_verify")


def test_what_was_never_logged_is_found(cast: Cast):
    matter = reported(cast)
    row = MatterPersonal(matter=matter, field="contact", written_at=NOW).put("000-1234", "别的事项")
    row.save()
    assert personal_not_as_logged() == [row.digest]
