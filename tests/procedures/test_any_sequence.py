"""Whatever verbs come in whatever order: every matter stays in a state of its table, no quorum is skipped, no record lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fanxing.audit.queries import rows_not_as_recorded
from fanxing.inbox.models import WorkItem
from fanxing.lib.refusals import Refused
from fanxing.procedures.actions.balloting import Papers, close_ballot, count_papers, tally_of
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.objecting import raise_objection, settle_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter, MatterRecord, MatterStep
from fanxing.public_notices.models import Objection
from fanxing.records.models import Record
from fanxing.scheme.model import Ballot, PublicNotice
from tests.cast import NOW, Cast

WHO = st.sampled_from(["secretary", "clerk", "colleague", "stranger"])
VERBS = ("accept", "refuse", "pause", "resume", "done", "pass", "redo", "rate", "reopen", "shortlist", "elect", "confirm", "nonsense")
ACT = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(["report", "elect"]), WHO),
    st.tuples(st.just("step"), st.integers(0, 5), st.sampled_from(VERBS), WHO),
    # A step that its state has, by whoever may.
    st.tuples(st.just("right"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("judge"), st.integers(0, 5), st.sampled_from(["for", "against", "abstain"]), WHO),
    # The papers are counted and the vote is closed.
    st.tuples(st.just("vote"), st.integers(0, 5), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("object"), st.integers(0, 5)),
    st.tuples(st.just("answer"), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 40)),
)
DATA = {
    "report": {"what": "road", "detail": "坑洼", "place": "村口"},
    "elect": {"name": "郑新宇", "members": 30, "from": "2026-07-01"},
}
FORMS = {"done": {"result": "好了"}, "rate": {"satisfied": True}}


@dataclass
class Walk:
    """Some matters on their way, and the moment."""

    cast: Cast
    at: datetime = NOW

    def take(self, act: tuple) -> None:
        """Do it; what is refused changes nothing."""
        before = self._state()
        try:
            with transaction.atomic():
                getattr(self, f"_{act[0]}")(*act[1:])
        except Refused:
            assert self._state() == before

    def _state(self) -> list[tuple]:
        turns = Matter.objects.order_by("pk").values_list("pk", "state", "turn")
        return [*turns, (MatterStep.objects.count(), Record.objects.count())]

    def _matter(self, number: int) -> Matter:
        found = list(Matter.objects.order_by("pk"))
        if not found:
            raise Refused("nothing is open")
        return found[number % len(found)]

    def _open(self, procedure: str, who: str) -> None:
        open_matter(unit=self.cast.village, procedure=procedure, data=DATA[procedure], by=getattr(self.cast, who), at=self.at)

    def _step(self, number: int, verb: str, who: str) -> None:
        matter, by = self._matter(number), getattr(self.cast, who)
        take_step(matter=matter, verb=verb, data=FORMS.get(verb, {}), reason="有原因", by=by, at=self.at)

    def _right(self, number: int, which: int) -> None:
        matter = self._matter(number)
        steps = [one for one in matter.procedure.steps_from(matter.state) if one.by]
        if steps:
            self._step(number, steps[which % len(steps)].id, "secretary")

    def _judge(self, number: int, choice: str, who: str) -> None:
        give_verdict(matter=self._matter(number), choice=choice, words="有看法", by=getattr(self.cast, who), at=self.at)

    def _vote(self, number: int, in_favour: int, against: int) -> None:
        matter = self._matter(number)
        count_papers(matter=matter, papers=Papers(in_favour, against), by=self.cast.secretary, at=self.at)
        close_ballot(matter=matter, by=self.cast.secretary, at=self.at)

    def _object(self, number: int) -> None:
        posted = self._matter(number).notices.order_by("-round").first()
        if posted:
            raise_objection(notice=posted.notice, text="不妥", at=self.at)

    def _answer(self, number: int, upheld: bool) -> None:
        objection = Objection.objects.filter(answered_at=None, notice__matter_notice__matter=self._matter(number)).first()
        if objection:
            settle_objection(objection=objection, answer="已核实", upheld=upheld, by=self.cast.secretary, at=self.at)

    def _wait(self, days: int) -> None:
        self.at += timedelta(days=days)
        wind(at=self.at)


def hold(walk: Walk) -> None:
    """What must be so whatever happened."""
    for matter in Matter.objects.whole():
        procedure = matter.procedure
        state = procedure.states[matter.state]
        steps = list(matter.steps.all())
        assert [one.number for one in steps] == list(range(1, matter.turn + 1))
        assert all(procedure.step(one.source, one.verb) for one in steps[1:])
        assert [one.source for one in steps[1:]] == [one.target for one in steps[:-1]], "a step begins where the one before led"
        assert (matter.ended_on is not None) == state.ends
        open_items = WorkItem.objects.filter(source="matter", key__startswith=f"{matter.pk}:").waiting()
        assert not (state.ends and open_items.exists())
        assert not (isinstance(state.step, PublicNotice) and not matter.notices.filter(round=matter.round).exists())
        _hold_votes(matter, steps)
        for left in MatterRecord.objects.filter(matter=matter):
            assert Record.objects.filter(pk=left.record_id).exists()
        closed = any(procedure.states[one.target].records for one in steps[1:] if one.target != one.source)
        assert closed == MatterRecord.objects.filter(matter=matter).exists()
    assert rows_not_as_recorded(MatterStep) == []


def _hold_votes(matter: Matter, steps: list[MatterStep]) -> None:
    """Nothing was adopted without its quorum and its majority."""
    for step in steps:
        ballot = matter.procedure.states[step.source].step if step.source else None
        if isinstance(ballot, Ballot) and step.verb == ballot.passes:
            tally = tally_of(matter, ballot, step.number - 1)
            assert tally.cast * 3 >= tally.eligible * 2
            assert tally.in_favour * 2 > tally.cast


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@example(shortlisted=True, acts=[("vote", 1, 12, 3)])
@example(shortlisted=True, acts=[("vote", 1, 15, 15), ("wait", 40)])
@given(st.booleans(), st.lists(ACT, min_size=3, max_size=25))
def test_no_sequence_leads_out_of_the_table(cast: Cast, procedures, shortlisted, acts):
    with transaction.atomic():
        walk = Walk(cast)
        walk.take(("open", "report", "secretary"))
        walk.take(("open", "elect", "secretary"))
        if shortlisted:
            for who in ("secretary", "clerk"):
                walk.take(("judge", 1, "for", who))
            walk.take(("wait", 8))
        for act in acts:
            walk.take(act)
        hold(walk)
        transaction.set_rollback(True)
