"""The demo's township loaded into a database, by the actions that people use."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.circulars.models import Recipient
from fanxing.demo.burden import burden
from fanxing.demo.chronicle import today
from fanxing.demo.drawn import STREET, Drawn
from fanxing.demo.loading import spans
from fanxing.demo.matters.service_request import GUIDE
from fanxing.demo.milestones import MILESTONE, REACHED
from fanxing.demo.names import TOWNSHIP
from fanxing.demo.neighbourhood import away, beside, flagship
from fanxing.demo.plan import Story
from fanxing.demo.rosters import MEMBER, STUDIO
from fanxing.demo.writing import Written
from fanxing.evidence.models import Evidence, Likeness
from fanxing.organisations.actions.people import close_account, create_person
from fanxing.organisations.actions.terms import hand_over
from fanxing.organisations.models import Assignment, Person, Unit
from fanxing.organisations.queries import ending_soon, posts_on_both_sides, terms_of, vacancies
from fanxing.procedures.integrity import personal_not_as_logged as matters_not_as_logged
from fanxing.procedures.models import Matter, MatterPersonal, MatterRecord
from fanxing.procedures.naming import names_in_public
from fanxing.programme.queries import rulings
from fanxing.records.actions.entries import add_record, withdraw_record
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record
from fanxing.scheme import Scheme
from fanxing.scoring.models import Run, Score
from fanxing.scoring.queries import account, course, latest_run, records_behind, stale, trend, unscored
from fanxing.web.demo import ROLES
from tests.demo.tallies import STARS, TIERS

# All of them, that they run after one another: those without a database stand at the end of a run.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def said(scheme: Scheme, django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """What the command says while it loads the demo; loaded once for this module and gone afterwards."""
    out = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True, TODAY=today(scheme), MEDIA_ROOT=tmp_path_factory.mktemp("files")):
            call_command("load_demo", "--if-empty", "--township", stdout=out)
        connection.check_constraints()  # here once, else PostgreSQL does it for all rows again at the end of each test
        yield out.getvalue().splitlines()
        transaction.set_rollback(True)


@pytest.fixture
def run(said: list[str], db: None, settings, scheme: Scheme) -> Run:
    """The last run, in which the loaded demo was rated as it stands; and the day on which it stands."""
    settings.TODAY = today(scheme)
    run = latest_run()
    assert run
    return run


def test_the_loaded_township_has_the_tallies(run: Run):
    scores = Score.objects.filter(run=run, unit__kind="village")
    held = Counter(star for score in scores for star, result in score.stars.items() if result["held"])
    assert (Counter(score.tier for score in scores), held) == (TIERS, STARS)


def test_every_row_is_in_the_ledger_as_the_log_has_it(run: Run, drawn: Drawn):
    further = Record.objects.filter(kind__in=(MILESTONE, REACHED, GUIDE, MEMBER, STUDIO)).count()
    assert (Record.objects.count(), further > 0) == (drawn.row_count + further, True)
    acts = Counter(Record.objects.values_list("act", flat=True))
    assert (
        Record.objects.standing().count() - further == drawn.row_count - acts["correction"] - acts["confirmation"] - 2 * acts["withdrawal"]
    )
    assert rows_not_as_logged() == []


def test_all_units_were_rated_at_the_end_of_the_year_before_and_of_each_quarter(run: Run, scheme: Scheme):
    points = trend()
    assert [one.as_of for one in points] == [
        date(2024, 12, 31),
        *(day.date() for day in spans(scheme)[1:]),
    ]
    assert len({one.publication for one in points}) == 2
    rated = [sum(count for tier, count in one.tallies["village"].tiers.items() if tier) for one in points]
    assert rated[0] == rated[-1] == 28
    assert rated[1] < 28  # not every village was visited by the end of the first quarter


def test_a_run_of_the_year_gone_by_is_traced_to_the_records_that_counted_then(run: Run, drawn: Drawn):
    first = Run.objects.order_by("pk").first()
    village = Unit.objects.get(code=drawn.telling(Story.ONE_MARK_SHORT).code)
    days = [record.occurred_on.year for record in records_behind(village, "committee_months", run=first)]
    assert days
    assert set(days) == {2024}
    assert [one.as_of for one in course(village)] == [one.as_of for one in trend()]


def test_only_the_roles_of_the_sign_in_page_and_those_who_are_written_to_have_accounts_and_no_password(run: Run):
    users = User.objects.order_by("username")
    cards = {role.username for role in ROLES}
    assert cards <= {user.username for user in users}
    written_to = users.exclude(username__in=cards)
    assert set(written_to.values_list("person__assignments__post", flat=True)) >= {"branch_secretary", "flood_team"}
    assert Recipient.objects.filter(person__user__in=written_to).values("person").distinct().count() == written_to.count() == 30
    assert not any(user.has_usable_password() for user in users)


def test_everybody_is_at_a_post_and_the_merged_village_is_closed(run: Run, drawn: Drawn):
    posts = Counter(Assignment.objects.filter(valid_to=None, unit__kind__in=("city", "township", "village")).values_list("post", flat=True))
    towns = len(drawn.tree.of_kind("township"))
    ground = {"committee_head": 28, "patch_cadre": 28, "member_post": 5, "flood_team": 5}
    assert posts == {"branch_secretary": 28, "township_reviewer": towns + 1, "township_clerk": towns, "city_desk": 2} | ground
    assert Unit.objects.exclude(closed_on=None).get().code == drawn.tree.predecessor


def test_a_flagship_community_has_as_many_grids_with_branch_and_people_as_its_figures_say(run: Run, drawn: Drawn):
    for story, grids in ((Story.FOUR_GRIDS, 4), (Story.SIX_GRIDS, 6)):
        here = Unit.objects.get(code=flagship(drawn, story))
        assert Counter(here.children.values_list("kind", flat=True))["grid"] == grids
        assert here.children.filter(kind="party_branch").count() == grids
        for grid in here.children.filter(kind="grid"):
            held = Counter(grid.assignments.filter(stands_in_for=None).values_list("post", flat=True))
            assert (held["grid_head"], held["grid_staff"], held["household_contact"]) == (1, 2, 1)


def test_units_beside_the_rated_ones_are_neither_rated_nor_counted(run: Run, drawn: Drawn):
    places = {one.code for one in beside(drawn)}
    assert 60 <= len(places) <= 200
    assert not Score.objects.filter(unit__code__in=places).exists()
    assert not set(rulings().kinds) & {one.kind for one in beside(drawn)}


def test_posts_are_vacant_where_the_figures_say_so_and_one_head_of_a_street_is_sought(run: Run, drawn: Drawn):
    found = list(vacancies(Unit.objects.filter(path__contains=f"/{STREET}/"), on=run.as_of))
    staff = [row for row in found if row["post_id"] == "grid_staff"]
    assert all((row["wanted"], row["held"]) == (2, 1) for row in staff)
    streets = [row["code"] for row in found if row["post_id"] == "street_head"]
    assert streets == [f"{flagship(drawn, Story.FOUR_GRIDS)}L2"]
    assert {row["post_id"] for row in found} <= {"grid_staff", "street_head"}


def test_somebody_stands_in_terms_end_soon_and_some_hold_posts_on_both_sides(run: Run, drawn: Drawn):
    stand_in = Assignment.objects.exclude(stands_in_for=None).get()
    assert (stand_in.unit.code, stand_in.valid_from < run.as_of < stand_in.valid_to) == (away(drawn), True)
    everywhere = terms_of(Unit.objects.all(), on=run.as_of)
    ending = ending_soon(everywhere, on=run.as_of, within=timedelta(days=60)).filter(stands_in_for=None)
    assert set(ending.values_list("post", "valid_to")) == {("committee_head", date(2026, 1, 1))}
    both = posts_on_both_sides(everywhere)
    assert set(both.values_list("post", flat=True)) == {"branch_secretary", "committee_head"}
    assert both.filter(unit__parent__code=TOWNSHIP[0]).values("person").distinct().count() > 10


def test_telephone_numbers_are_of_an_area_that_does_not_exist(run: Run):
    numbers = set(Assignment.objects.exclude(phone="").values_list("phone", flat=True))
    assert len(numbers) > 100
    assert all(re.fullmatch(r"0099-\d{7}", number) for number in numbers)


def test_a_hand_over_moves_every_post_and_the_turns_to_come(run: Run, drawn: Drawn):
    unit = Unit.objects.get(code=flagship(drawn, Story.FOUR_GRIDS))
    clerk = User.objects.get(username="clerk")
    head = Person.objects.get(assignments__post="grid_head", assignments__unit__code=f"{unit.code}W01")
    before = set(head.assignments.filter(rota=None).values_list("post", "unit__code"))
    turns = head.assignments.exclude(rota=None).filter(valid_from__gte=run.as_of).count()
    other = create_person(name="接手人", unit=unit, by=clerk, at=run.made_at)
    done = hand_over(person=head, to=other, on=run.as_of, by=clerk, at=run.made_at)
    assert before == {("grid_head", f"{unit.code}W01"), ("branch_secretary", f"{unit.code}D01")}
    assert set(other.assignments.filter(rota=None).values_list("post", "unit__code")) == before
    assert (len(done.terms), done.turns, turns > 0) == (2, turns, True)
    assert head.assignments.filter(valid_to=None).count() == 0
    assert other.assignments.get(post="grid_head").phone.startswith("0099-")


def test_flagships_show_photos_of_their_activities_and_one_was_sent_twice_and_explained(run: Run, drawn: Drawn):
    photos = Evidence.objects.select_related("record__unit")
    assert {(one.state, one.record.kind) for one in photos} == {("ready", "activity")}
    assert 30 <= len(photos) <= 80
    assert drawn.telling(Story.ONE_MARK_SHORT).code in {one.record.unit.code for one in photos}
    (twice,) = Likeness.objects.all()
    assert (twice.evidence.record.unit_id == twice.other.record.unit_id, bool(twice.answer)) == (True, True)
    assert twice.other.record.occurred_on < twice.evidence.record.occurred_on


def test_every_score_is_of_what_the_unit_is(run: Run):
    assert unscored(run.publication, today=run.as_of) == stale(run.publication) == []


def test_the_secretary_sees_the_fifth_star_come_with_one_record_and_go_with_it(run: Run, drawn: Drawn):
    village = Unit.objects.get(code=drawn.telling(Story.ONE_MARK_SHORT).code)
    secretary = User.objects.get(username="secretary")
    lesson = {"form": "lesson", "speaker": "secretary", "topic": "怎样做好群众工作"}
    before = account(village)
    record = add_record(unit=village, kind="meeting", occurred_on=date(run.as_of.year, 11, 20), data=lesson, by=secretary, at=run.made_at)
    entered = account(village)
    withdraw_record(record=record, reason="试一试", by=secretary, at=run.made_at)
    after = account(village)
    assert [found.score.tier for found in (before, entered, after) if found] == ["4", "5", "4"]


def test_the_terminal_tells_the_tallies_the_burden_and_who_can_sign_in(said: list[str], villages: Written):
    assert said[0] == "正在生成演示数据 ……"
    assert "村 28 个：五星 1 个，四星 1 个，三星 16 个，二星 9 个，零星 1 个" in said
    assert "　各星：支部过硬 1，产业兴旺 4，生态宜居 24，平安法治 19，文明幸福 27" in said
    assert str(burden(villages)) in said
    assert said[-1].startswith("登录页可一键进入：繁溪市市级专班（desk）、繁溪市复核人（deputy）、青穗镇乡镇审核员（reviewer）")


def test_a_loaded_demo_is_not_loaded_again(run: Run, settings):
    settings.DEMO = True
    records = Record.objects.count()
    out = StringIO()
    call_command("load_demo", "--if-empty", stdout=out)
    assert "支部书记（secretary）" in out.getvalue()
    with pytest.raises(CommandError, match="已有数据"):
        call_command("load_demo")
    assert Record.objects.count() == records


def test_the_demo_of_an_earlier_version_is_told_what_to_do(run: Run, settings):
    settings.DEMO = True
    close_account(person=Person.objects.get(user__username="deputy"), by=SYSTEM, at=run.made_at)
    User.objects.filter(username="deputy").update(username="somebody")
    with pytest.raises(CommandError, match="旧版本的演示数据"):
        call_command("load_demo", "--if-empty")


def test_a_roster_of_shops_counts_as_many_as_the_figures_said_had_joined(run: Run, drawn: Drawn):
    for story in (Story.FOUR_GRIDS, Story.SIX_GRIDS):
        found = account(Unit.objects.get(code=flagship(drawn, story)))
        assert found
        listed, shops = (found.explanation.find(id).value for id in ("shops_listed", "shops"))
        told = Record.objects.filter(unit__code=flagship(drawn, story), kind="market_figures").order_by("occurred_on").last()
        assert 0 < listed == told.data["shops_in_association"] <= shops


def test_whoever_was_put_together_with_a_vacancy_names_it_and_nobody_is_hired_twice(run: Run):
    for left in MatterRecord.objects.filter(matter__procedure_id="vacancy").select_related("matter__unit", "record"):
        number = left.matter.number
        hired = Matter.objects.filter(procedure_id="job_seeker", data__vacancy=number).count()
        assert left.record.data["hired"] == hired + left.matter.data["others"]
    states = set(Matter.objects.filter(procedure_id="job_seeker").values_list("state", flat=True))
    assert {"open", "talking", "working", "stayed", "left"} <= states


def test_a_vacancy_that_is_over_names_those_who_were_put_together_with_it_before_its_end(run: Run):
    named = 0
    for matter in Matter.objects.filter(procedure_id="vacancy", state="closed").select_related("unit"):
        steps = list(matter.steps.order_by("number"))
        matched = [step for step in steps if step.verb == "match"]
        seekers = Matter.objects.filter(procedure_id="job_seeker", data__vacancy=matter.number).select_related("unit")
        assert {step.data["seeker"] for step in matched} == {one.number for one in seekers}
        assert [step.number for step in steps] == list(range(1, matter.turn + 1))
        assert [step.taken_at for step in steps] == sorted(step.taken_at for step in steps)
        assert matter.data.get("seeker") == (matched[-1].data["seeker"] if matched else None)
        named += len(matched)
    assert named


def test_honours_in_force_name_whom_they_honour_and_the_log_knows_the_names(run: Run, scheme: Scheme):
    on = today(scheme)
    over = list(Matter.objects.filter(procedure_id="honour_selection", state="honoured").whole())
    in_force = [one for one in over if one.data["valid_until"] >= on.isoformat()]
    names = names_in_public(over, on)
    assert 0 < len(names) < len(in_force) < len(over)
    assert all(0 < len(names[one.pk].split("、")) <= one.data["people"] for one in in_force if one.pk in names)
    assert {one.pk for one in in_force if one.data["may_name"]} == names.keys()
    assert matters_not_as_logged() == []
    assert MatterPersonal.objects.kept().filter(matter__in=[one for one in over if one.ended_on.year < on.year - 3]).count() == 0


def test_milestones_stand_in_some_units_of_each_kind_that_keeps_tasks_and_move_no_star(run: Run, drawn: Drawn):
    kinds = {*Record.objects.filter(kind=MILESTONE).values_list("unit__kind", flat=True)}
    assert kinds == {"organ", "organ_branch", "enterprise"}
    own = {flagship(drawn, story) for story in (Story.IN_THE_PROVINCE, Story.PIONEERS)}
    for unit in Unit.objects.filter(records__kind=MILESTONE, kind__in=("organ", "enterprise")).exclude(code__in=own).distinct():
        found = account(unit)
        assert found
        due, in_time = (found.explanation.find(id).value for id in ("milestones_due", "milestones_in_time"))
        assert due == in_time, unit
