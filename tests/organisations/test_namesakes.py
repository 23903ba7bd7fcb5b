"""People of one name, as seen from a unit."""

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.people import assign, create_person
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Person, Post, Unit
from fanxing.organisations.namesakes import Nearness, around, namesakes, terms_told, the_one
from tests.cast import FOUNDED, NOW, TODAY, Cast, found


def named(unit: Unit, name: str = "王芳") -> Person:
    return create_person(name=name, unit=unit, by=SYSTEM, at=NOW)


def test_the_nearest_come_first_and_who_held_a_post_here_is_here(cast: Cast):
    grid = found("990101201W1", "第一网格", "grid", cast.village)
    elsewhere, above, below, here = (named(unit) for unit in (cast.neighbour, cast.town, grid, cast.village))
    posted = named(cast.other_village)
    assign(person=posted, unit=cast.village, post=Post.objects.get(pk="secretary"), valid_from=FOUNDED, valid_to=TODAY, by=SYSTEM, at=NOW)
    named(cast.village, "王芳芳")
    seen = namesakes("王芳", cast.village, Person.objects.all())
    assert [(one.person, one.nearness.name) for one in seen] == [
        (here, "HERE"),
        (posted, "HERE"),
        (above, "ABOVE"),
        (below, "BELOW"),
        (elsewhere, "ELSEWHERE"),
    ]
    assert elsewhere not in {one.person for one in namesakes("王芳", cast.village, around(cast.village))}


def test_only_who_is_alone_and_near_is_meant_without_a_question(cast: Cast):
    def meant(**more: Nearness) -> Person | None:
        return the_one(namesakes("王芳", cast.village, Person.objects.all()), **more)

    assert meant() is None
    above = named(cast.town)
    assert (meant(), meant(up_to=Nearness.ABOVE)) == (None, above)
    above.delete()
    here = named(cast.village)
    assert meant() == here
    named(cast.other_village)
    assert (meant(), meant(up_to=Nearness.ABOVE)) == (None, None)


def test_posts_are_told_to_whom_may_see_their_holders(cast: Cast):
    secretary = cast.secretary.person
    told = {
        user.username: terms_told([secretary], authority=authority_of(user, on=TODAY), on=TODAY) for user in (cast.clerk, cast.outsider)
    }
    assert [[row.post_id for row in told[name].get(secretary.pk, [])] for name in ("clerk", "outsider")] == [["secretary"], []]
