"""The demo loaded into a database, by the actions that people use."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from fanxing.accounts.models import User
from fanxing.demo.burden import burden
from fanxing.demo.plan import Story
from fanxing.demo.township import Township
from fanxing.organisations.models import Assignment, Unit
from fanxing.records.actions.entries import add_record, withdraw_record
from fanxing.records.models import Record
from fanxing.scoring.models import Run, Score
from fanxing.scoring.queries import current
from fanxing.web.demo import ROLES
from tests.demo.tallies import STARS, TIERS


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker) -> Iterator[list[str]]:
    """What the command says while it loads the demo; loaded once for this module and gone afterwards."""
    out = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            call_command("load_demo", "--if-empty", stdout=out)
        yield out.getvalue().splitlines()
        transaction.set_rollback(True)


@pytest.fixture
def run(said: list[str], db: None) -> Run:
    """The run in which the loaded demo was rated."""
    return Run.objects.get()


def test_the_loaded_township_has_the_tallies(run: Run):
    scores = Score.objects.filter(run=run)
    held = Counter(star for score in scores for star, result in score.stars.items() if result["held"])
    assert (Counter(score.tier for score in scores), held) == (TIERS, STARS)


def test_every_row_is_in_the_ledger_and_those_withdrawn_do_not_count(run: Run, drawn: Township):
    changes = [row.change for row in drawn.rows if row.change]
    withdrawn = [change for change in changes if change.values is None]
    acts = Counter(Record.objects.values_list("act", flat=True))
    assert acts == {"entry": len(drawn.rows), "correction": len(changes) - len(withdrawn), "withdrawal": len(withdrawn)}
    assert Record.objects.standing().count() == len(drawn.rows) - len(withdrawn)


def test_only_the_three_roles_of_the_sign_in_page_have_accounts_and_no_password(run: Run):
    users = User.objects.order_by("username")
    assert [user.username for user in users] == sorted(role.username for role in ROLES)
    assert not any(user.has_usable_password() for user in users)


def test_everybody_is_at_a_post_and_the_merged_village_is_closed(run: Run, drawn: Township):
    posts = Counter(Assignment.objects.filter(valid_to=None).values_list("post", flat=True))
    assert posts == {"branch_secretary": 28, "township_reviewer": 2, "township_clerk": 1, "city_desk": 1, "star_team": 5}
    assert Unit.objects.exclude(closed_on=None).get().code == drawn.predecessor.code


def test_the_secretary_sees_the_fifth_star_come_with_one_record_and_go_with_it(run: Run, drawn: Township):
    now = timezone.now()
    village = Unit.objects.get(code=drawn.telling(Story.ONE_MARK_SHORT).code)
    secretary = User.objects.get(username="secretary")
    day = date(run.as_of.year, 11, 20)
    lesson = {"form": "lesson", "speaker": "secretary", "topic": "怎样做好群众工作"}
    before = current(village)
    record = add_record(unit=village, kind="meeting", occurred_on=day, data=lesson, by=secretary, at=now)
    entered = current(village)
    withdraw_record(record=record, reason="试一试", by=secretary, at=now)
    after = current(village)
    assert [score.tier for score in (before, entered, after) if score] == ["4", "5", "4"]


def test_the_terminal_tells_the_tallies_the_burden_and_who_can_sign_in(said: list[str], drawn: Township):
    assert said == [
        "正在生成演示数据 ……",
        "青穗镇 28 个村：五星 1 个，四星 1 个，三星 16 个，二星 9 个，零星 1 个",
        "各星：支部过硬 1，产业兴旺 4，生态宜居 24，平安法治 19，文明幸福 27",
        str(burden(drawn.rows, 28)),
        "登录页可一键进入：苇絮荡村支部书记（secretary）、繁溪市市级专班（desk）、青穗镇乡镇审核员（reviewer）",
    ]


def test_a_loaded_demo_is_not_loaded_again(run: Run, settings):
    settings.DEMO = True
    records = Record.objects.count()
    out = StringIO()
    call_command("load_demo", "--if-empty", stdout=out)
    assert "苇絮荡村支部书记（secretary）" in out.getvalue()
    with pytest.raises(CommandError, match="已有数据"):
        call_command("load_demo")
    assert Record.objects.count() == records
