"""How well the labelled messages are read: no figure falls below what was reached."""

import pytest

from tests.dictation.labelled import Score, messages, read, score

# The shares reached when they were last measured (docs/benchmarks.md), less what one message in a hundred takes away: a new kind of
# record with the same words may cost that much, and no more.
FLOORS = {
    "tuned on": Score(records=147, kind_first=0.98, kind_in_three=0.99, day=0.98, precision=0.98, recall=0.98, whole=0.97),
    "held out": Score(records=62, kind_first=0.98, kind_in_three=0.98, day=0.98, precision=0.95, recall=0.96, whole=0.87),
}


@pytest.mark.parametrize("name", FLOORS)
def test_no_figure_falls_below_what_was_reached(name: str):
    found, floor = score([(one, read(one)) for one in messages(name)]), FLOORS[name]
    assert found.records == floor.records
    below = {figure: getattr(found, figure) for figure in vars(floor) if getattr(found, figure) < getattr(floor, figure)}
    assert below == {}


def test_there_are_two_hundred_messages_and_sixty_of_them_are_held_out():
    told = {name: {one.said for one in messages(name)} for name in FLOORS}
    assert (len(told["tuned on"]), len(told["held out"])) == (140, 60)
    assert told["tuned on"] & told["held out"] == set()


def test_the_same_message_gives_the_same_proposals():
    for one in messages("tuned on"):
        assert read(one) == read(one)


def test_every_value_names_the_stretch_that_gave_it():
    for message in [*messages("tuned on"), *messages("held out")]:
        for part in read(message).parts:
            for proposal in part.proposals:
                spans = [one.span for one in proposal.values] + [*proposal.why, *proposal.unread]
                assert all(part.span.start <= one.start < one.end <= part.span.end for one in spans), message.said
