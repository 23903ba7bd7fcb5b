"""The route that the demo's first walk leads by."""

from fanxing.demo.drawn import Drawn
from fanxing.demo.plan import Story
from fanxing.demo.tuning import rating_of
from fanxing.demo.writing import Written
from fanxing.rating import route, what_if


def test_the_least_work_of_the_village_one_mark_short_is_a_lesson_of_its_secretary(drawn: Drawn, villages: Written):
    rating, code = rating_of(villages.scheme, villages.crowd, villages.tables), drawn.telling(Story.ONE_MARK_SHORT).code
    way = route(rating, code, "party_branch")
    assert way.best
    assert [(one.fact, one.before, one.after) for one in way.best.improvements] == [("secretary_lessons", 0.0, 1.0)]
    assert (way.feasible, way.exact) == (True, True)
    assert what_if(rating, code, way.best.changes).values(code)["tier"] == 5.0
