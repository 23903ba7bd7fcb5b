"""Who answers for a unit, as its page tells it: to everybody, to those who may open it, to those who may see its people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, takewhile

from fanxing.lib import clock
from fanxing.lib.personal import masked
from fanxing.organisations.authority import NOTHING, Authority
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.organisations.queries import answering_for
from fanxing.web.listing import Words


@dataclass(frozen=True)
class Answer:
    """One post of a unit and who holds it, as far as the reader may know.

    name, instead_of  empty where names are not told; `instead_of` is whom the holder stands in for
    phone             the number, or what is told of it; `is_hidden` where the reader may ask for the whole
    person            the number of the person, where the reader may open their page
    """

    assignment: int
    post: str
    name: str
    is_stand_in: bool
    instead_of: str
    phone: str
    is_hidden: bool
    hours: str
    scope: str
    last_day: date | None
    person: int | None


@dataclass(frozen=True)
class Answering:
    """A unit, or a place it divides into, with those who answer for it."""

    code: str
    name: str
    is_here: bool
    answers: tuple[Answer, ...]

    @property
    def first(self) -> tuple[Answer, ...]:
        """Those who are told at once: all of the unit itself, of a place whoever comes first and stands in for them."""
        following = takewhile(lambda answer: answer.is_stand_in, self.answers[1:])
        return self.answers if self.is_here else (self.answers[0], *following)

    @property
    def rest(self) -> tuple[Answer, ...]:
        """The others."""
        return self.answers[len(self.first) :]


def answering(unit: Unit, words: Words, authority: Authority) -> list[Answering]:
    """Who answers for the unit first, then for each place it divides into."""
    rows = list(answering_for(unit, words.places, on=clock.today()))
    shown = [_group(unit, rows_of_one, authority) for rows_of_one in _by_unit(rows)]
    return sorted(shown, key=lambda one: (not one.is_here, one.code))


def answering_openly(unit: Unit, words: Words) -> list[Answering]:
    """The same for everybody: every post, names and numbers only of posts for which the scheme says so."""
    return answering(unit, words, NOTHING)


def _by_unit(rows: Sequence[Assignment]) -> Iterator[list[Assignment]]:
    for _, some in groupby(rows, key=lambda row: row.unit_id):
        yield list(some)


def _group(unit: Unit, rows: list[Assignment], authority: Authority) -> Answering:
    here = rows[0].unit
    # 柳河社区第一网格 is 第一网格 on the page of 柳河社区.
    name = here.name.removeprefix(unit.name) or here.name
    return Answering(here.code, name, here.pk == unit.pk, tuple(dict.fromkeys(_answer(row, authority) for row in rows)))


def _answer(row: Assignment, authority: Authority) -> Answer:
    sees_people = authority.may("person.view", row.unit)
    named = sees_people or row.post.is_named
    phone, is_hidden = phone_for(row, authority)
    other = row.stands_in_for
    return Answer(
        # Of posts without names and numbers one line is enough.
        assignment=row.pk if is_hidden else 0,
        post=row.post.title,
        name=row.person.name if named else "",
        is_stand_in=other is not None,
        instead_of=other.person.name if other and named else "",
        phone=phone,
        is_hidden=is_hidden,
        hours=row.hours,
        scope=row.scope if named else "",
        last_day=row.last_day,
        person=row.person_id if sees_people else None,
    )


def phone_for(row: Assignment, authority: Authority) -> tuple[str, bool]:
    """(what is told of the number, whether the whole may be asked for): whole for everybody where the post is public, else masked for
    those who may open the unit, and nothing for others."""
    if not row.phone or row.post.phone == Post.Phone.PUBLIC:
        return row.phone, False
    if not authority.may("unit.view", row.unit):
        return "", False
    asks = row.post.phone == Post.Phone.COLLEAGUES or authority.may("person.view", row.unit)
    return masked(row.phone), asks
