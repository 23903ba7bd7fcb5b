"""The people of some units as the address asks for them: by place, name, post and how their terms stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Assignment, Person, Post, Unit, in_force
from fanxing.organisations.paths import within
from fanxing.organisations.queries import ending_soon, people_matching, posts_on_both_sides
from fanxing.web.formats import day
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in

VIEW = "person.view"
# A term that ends within this time is said to end soon.
SOON = timedelta(days=60)
NOW, ENDING, STAND_INS, BOTH, TURNS, COMING, PAST, NONE = "now", "ending", "stand-ins", "both", "turns", "coming", "past", "none"
STATES = {
    NOW: "在任",
    ENDING: "将到期",
    STAND_INS: "代行",
    BOTH: "交叉任职",
    TURNS: "轮值",
    COMING: "未到任",
    PAST: "已卸任",
    NONE: "没有岗位",
}


@dataclass(frozen=True)
class People:
    """What the list shows: `units` are those that are looked at, under `node` where the address or the person's posts name one."""

    authority: Authority
    node: Unit | None
    units: QuerySet[Unit]
    asked: Mapping[str, str]
    today: date

    @property
    def state(self) -> str:
        """How the terms stand that are asked for: one of STATES."""
        return self.asked["state"] if self.asked["state"] in STATES else NOW

    @cached_property
    def terms(self) -> QuerySet[Assignment]:
        """The terms found, in the order of the tree and of the posts."""
        terms = Assignment.objects.filter(unit__in=self.units)
        terms = self._standing(terms)
        if self.asked["q"].strip():
            terms = terms.filter(person__in=people_matching(Person.objects.all(), self.asked["q"]))
        if self.asked["post"]:
            terms = terms.filter(post=self.asked["post"])
        order = ("valid_from", "pk") if self.state == TURNS else ("unit__path", "post__position", "post", "valid_from", "pk")
        return terms.select_related("person", "unit", "post", "stands_in_for__person").order_by(*order)

    def _standing(self, terms: QuerySet[Assignment]) -> QuerySet[Assignment]:
        now = terms.filter(in_force(self.today))
        match self.state:
            case "ending":
                return ending_soon(terms, on=self.today, within=SOON)
            case "stand-ins":
                return now.exclude(stands_in_for=None)
            case "both":
                return posts_on_both_sides(now)
            case "turns":
                return terms.exclude(rota=None).filter(valid_to__gt=self.today)
            case "coming":
                return terms.filter(valid_from__gt=self.today, rota=None)
            case "past":
                return terms.filter(valid_to__lte=self.today, rota=None)
            case _:
                return now.filter(rota=None)

    @cached_property
    def idle(self) -> QuerySet[Person]:
        """People kept here who hold no post today nor will."""
        lasting = Assignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=self.today), person=OuterRef("pk"))
        people = Person.objects.filter(~Exists(lasting), unit__in=self.units).select_related("unit")
        return people_matching(people, self.asked["q"]).order_by("unit__path", "pk")

    def posts(self) -> list[tuple[str, str]]:
        """(id, title) of the posts held here today, to choose from."""
        held = Assignment.objects.filter(in_force(self.today), unit__in=self.units).values("post")
        return list(Post.objects.filter(pk__in=held).order_by("position", "pk").values_list("pk", "title"))


def people_in(request: SignedInRequest, *, permission: str = VIEW) -> People:
    """What the address asks for: `under` is the code of a unit above, `q` searches names, `post` and `state` filter.

    A page that is not there where the unit is not the person's to see; NotAllowed where they see no people at all.
    """
    authority = authority_in(request)
    if not authority.holds_anywhere(permission):
        raise NotAllowed("您的岗位不查看人员")
    asked = {name: request.GET.get(name, "") for name in ("under", "q", "post", "state")}
    reach = Unit.objects.filter(authority.reach("unit.view") & authority.reach(permission))
    tops = authority.tops(permission)
    code = asked["under"] or (tops[0].rstrip("/").rpartition("/")[2] if len(tops) == 1 else "")
    node = reach.filter(code=code).select_related("parent").first()
    if asked["under"] and node is None:
        raise Http404
    # What lies under a unit that one may see, one may see.
    units = Unit.objects.filter(within(node.path)) if node else reach
    return People(authority, node, units, asked, clock.today())


def person_of(request: SignedInRequest, id: int) -> Person:
    """A person kept by a unit whose people one may see, or who holds or held a post in one; else a page that is not there."""
    reach = Unit.objects.filter(authority_in(request).reach(VIEW))
    person = Person.objects.filter(pk=id).select_related("unit", "user").first()
    seen = person and (reach.filter(pk=person.unit_id).exists() or Assignment.objects.filter(person=person, unit__in=reach).exists())
    if person is None or not seen:
        raise Http404
    return person


def span(term: Assignment) -> str:
    """2025年3月1日起；2025年3月1日至2026年8月31日."""
    return f"{day(term.valid_from)}至{day(term.last_day)}" if term.valid_to else f"{day(term.valid_from)}起"
