"""Who has a part in a matter: the seats of a party, and whether somebody takes one of them."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import QuerySet

from fanxing.audit.actors import Public, System
from fanxing.organisations.authority import Asker, Authority
from fanxing.organisations.models import Assignment, Unit, UnitSuccession, in_force
from fanxing.procedures.models import Matter, MatterPersonal
from fanxing.scheme.model import Party, Procedure

PlaceOfPost = tuple[Unit, str]


def unit_of(party: Party, matter: Matter) -> Unit | None:
    """The unit at which the posts of a party are held; None where it has none, or above the highest unit."""
    match party.at:
        case "here" | "named":
            return heir_of(matter.unit)
        case "assigned":
            return heir_of(matter.responsible)
        case "above":
            above = _heir_of(matter.unit).parent
            return heir_of(above) if above else None
    return None


def heir_of(unit: Unit) -> Unit:
    """The unit that does the work of one that is closed: the one that took its records over, else the nearest above that is open."""
    unit = _heir_of(unit)
    while unit.closed_on is not None and unit.parent is not None:
        unit = unit.parent
    return unit


def _heir_of(unit: Unit) -> Unit:
    while unit.closed_on is not None:
        heirs = UnitSuccession.objects.filter(predecessor=unit, carries_records=True).select_related("successor__parent")
        heir = heirs.first()
        if heir is None:
            break
        unit = heir.successor
    return unit


def seats_of(procedure: Procedure, parties: Iterable[str], matter: Matter) -> Iterator[PlaceOfPost]:
    """The posts of some parties and the units at which they are held, each once."""
    seen: set[tuple[int, str]] = set()
    for party in (one for id in parties if (one := procedure.parties[id]).at != "named"):
        unit = unit_of(party, matter)
        for post in party.posts if unit else ():
            assert unit is not None  # otherwise there are no posts
            if (unit.pk, post) not in seen:
                seen.add((unit.pk, post))
                yield unit, post


def holders_of(procedure: Procedure, parties: Iterable[str], matter: Matter, on: date) -> list[Assignment]:
    """The terms of those people with an account who hold a seat of some parties in its very unit on a day."""
    seats = {(unit.pk, post) for unit, post in seats_of(procedure, parties, matter)}
    units, posts = {unit for unit, _ in seats}, {post for _, post in seats}
    terms = Assignment.objects.filter(in_force(on), unit__in=units, post__in=posts, person__user__is_active=True)
    return [one for one in terms.select_related("unit", "person__user").order_by("pk") if (one.unit_id, one.post_id) in seats]


def terms_named(party: Party, matter: Matter) -> QuerySet[Assignment]:
    """The terms, of whatever time, in which the one whom a matter names holds a post of the party; none where several bear the name, or
    once the name is erased. None of any other party."""
    name = MatterPersonal.objects.kept().filter(matter=matter, field=party.person).values("value") if party.person else ()
    found = Assignment.objects.filter(unit=unit_of(party, matter), post__in=party.posts, person__name__in=name)
    return found if found.values("person").distinct().count() == 1 else found.none()


def terms_in(procedure: Procedure, parties: Iterable[str], matter: Matter, today: date) -> list[Assignment]:
    """The terms in force in which those of some parties whom a matter names hold their posts, one a post."""
    named = [party for id in dict.fromkeys(parties) if (party := procedure.parties[id]).at == "named"]
    held = (terms_named(party, matter).filter(in_force(today)).select_related("unit", "person") for party in named)
    found = (term for terms in held for term in terms)
    return list({(term.unit_id, term.post_id): term for term in found}.values())


def takes_part(party: Party, matter: Matter, *, by: Asker, authority: Authority, is_holder: bool = False) -> bool:
    """Whether somebody is of a party: `is_holder` has shown the code of whoever opened the matter without an account.

    The system takes part everywhere. A post reaches the units below, as everywhere.
    """
    if isinstance(by, System) or party.at == "anyone":
        return True
    if party.at == "opener":
        return has_opened(matter, by, is_holder=is_holder)
    if party.at == "named":
        return terms_named(party, matter).filter(pk__in=[grant.term for grant in authority.grants]).exists()
    unit = unit_of(party, matter)
    return unit is not None and authority.holds(party.posts, unit)


def acting_for(parties: Iterable[Party], matter: Matter, *, by: Asker, authority: Authority) -> Assignment | None:
    """The term by which somebody who is of some parties stands in for another; None where they are of them by a post of their own, or
    without any."""
    terms = set[int]()
    for one in parties:
        unit = unit_of(one, matter) if one.posts else None
        if unit is not None:
            terms |= {grant.term for grant in authority.grants if grant.post in one.posts and unit.path.startswith(grant.path)}
        elif takes_part(one, matter, by=by, authority=authority):
            return None
    held = list(Assignment.objects.filter(pk__in=terms).select_related("post"))
    return held[0] if held and all(one.stands_in_for_id for one in held) else None


def has_opened(matter: Matter, by: Asker, *, is_holder: bool = False) -> bool:
    """Whether somebody opened a matter: signed in, or without an account and has shown the code of it, which is what `is_holder` says."""
    return is_holder or (not isinstance(by, Public) and matter.receipt is None and by.username == matter.opened_by)


def sits_in(party: Party, matter: Matter, authority: Authority) -> bool:
    """Whether somebody holds a post of a party in its very unit: who is counted by heads is not joined by those above."""
    unit = unit_of(party, matter)
    return unit is not None and any(grant.post in party.posts and grant.path == unit.path for grant in authority.grants)


def may_open(procedure: Procedure, unit: Unit, *, by: Asker, authority: Authority) -> bool:
    """Whether somebody may open a matter of this procedure in a unit."""
    unopened = Matter(unit=unit, opened_by=by.username)
    openers = (procedure.parties[id] for id in procedure.opened_by)
    return procedure.kept_in(unit.kind) and any(
        takes_part(one, unopened, by=by, authority=authority) for one in openers if one.at not in ("opener", "named")
    )
