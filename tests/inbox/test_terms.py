"""Terms that end soon wait in the inbox of the unit above."""

from datetime import timedelta

from fanxing.inbox.announcing import announce_terms
from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Assignment
from tests.cast import NOW, TODAY, Cast


def ends(cast: Cast, days: int) -> None:
    Assignment.objects.filter(unit=cast.village).update(valid_to=TODAY + timedelta(days=days))


def waiting() -> list[tuple[str, str, object]]:
    return [(item.unit.name, item.title, item.due_on) for item in WorkItem.objects.waiting()]


def test_a_term_that_ends_soon_is_told_to_the_unit_above_once(cast: Cast):
    ends(cast, 20)
    assert (announce_terms(at=NOW), announce_terms(at=NOW)) == (1, 0)
    assert waiting() == [("石桥镇", "柳河村支部书记的任期到2026年7月4日为止", TODAY + timedelta(days=19))]


def test_a_term_without_an_end_or_far_from_it_is_not_told(cast: Cast):
    ends(cast, 31)
    assert (announce_terms(at=NOW), waiting()) == (0, [])


def test_it_no_longer_waits_when_the_term_was_renewed(cast: Cast):
    ends(cast, 20)
    announce_terms(at=NOW)
    ends(cast, 400)
    assert (announce_terms(at=NOW), waiting()) == (1, [])
    assert [item.outcome for item in WorkItem.objects.all()] == ["已续任、免任或任期已满"]
