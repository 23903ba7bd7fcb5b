"""Many people on one queue: every step is taken once, by one of them, and none is lost."""

from collections import Counter
from itertools import count
from random import Random
from threading import Lock

import pytest

from fanxing.accounts.models import User
from fanxing.inbox.models import WorkItem
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.organisations.models import Post
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter, MatterRecord, MatterStep
from fanxing.records.models import Record
from tests.cast import Cast, appoint
from tests.race import race

MATTERS, PEOPLE, ROUNDS = 12, 10, 30
FORMS = {"done": {"result": "好了"}}
WAY = ("accept", "done", "pass")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_no_step_is_lost_or_taken_twice(cast: Cast, procedures):
    matters = [_opened(cast) for _ in range(MATTERS)]
    post = Post.objects.get(pk="secretary")
    people = [appoint(f"colleague{number}", f"同事{number}", cast.village, post) for number in range(PEOPLE)]
    won, lost, lock, seeds = Counter[tuple[int, str]](), count(), Lock(), count()

    def work(person: User) -> None:
        dice = Random(next(seeds))
        for _ in range(ROUNDS):
            # As from a page that was looked at some time ago: the turn may be over.
            matter = Matter.objects.get(pk=dice.choice(matters).pk)
            verb = next((one for one in WAY if matter.procedure.step(matter.state, one)), "accept")
            try:
                take_step(matter=matter, verb=verb, data=FORMS.get(verb, {}), by=person, at=clock.now(), turn=matter.turn)
            except Refused:
                next(lost)
            else:
                with lock:
                    won[(matter.pk, verb)] += 1

    assert [one for one in race(*(lambda one=one: work(one) for one in people)) if one is not None] == []
    taken = Counter(MatterStep.objects.exclude(verb="open").values_list("matter", "verb"))
    assert taken == won
    assert set(won.values()) <= {1}
    for matter in Matter.objects.all():
        assert matter.turn == matter.steps.count()
    closed = Matter.objects.filter(state="closed").count()
    assert closed
    assert (MatterRecord.objects.count(), Record.objects.filter(kind="report").count()) == (closed, closed)
    waiting = WorkItem.objects.filter(source="matter").waiting().count()
    assert waiting == Matter.objects.open().count()


def _opened(cast: Cast) -> Matter:
    data = {"what": "road", "detail": "坑洼", "place": "村口"}
    return open_matter(unit=cast.village, procedure="report", data=data, by=cast.secretary, at=clock.now())
