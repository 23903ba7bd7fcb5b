"""Which of several people of one name is meant: what is offered to choose from, and what tells them apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django import forms

from fanxing.lib import clock
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Assignment, Person
from fanxing.organisations.namesakes import NEW, OFFERED, Meant, Namesake, terms_told, the_one
from fanxing.web.answering import phone_for
from fanxing.web.formats import day

SOMEBODY_NEW = "不是以上任何一位，是另一位同名的人（先登记）"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who may be meant, to choose: the number, or other words, and what tells them from the others."""

    value: str
    title: str
    told: str = ""


@dataclass(frozen=True)
class Question:
    """Which person of a name is meant: `found` are those who may be, `sent` is what was chosen.

    What is chosen bears the name that was `typed`, so that it does not outlive one that is typed anew; a name that is kept apart and
    was not typed here stands nowhere on the page. `legend` is what is asked.
    """

    id: str
    name: str
    found: Sequence[Namesake]
    sent: str
    takes_new: bool
    authority: Authority
    legend: str
    typed: str

    @property
    def is_open(self) -> bool:
        """Whether there is more than one answer, of which somebody known is one."""
        return len(self.found) > (0 if self.takes_new else 1)

    @property
    def are_more(self) -> bool:
        """Whether there may be others who are too many to list."""
        return len(self.found) == OFFERED

    @property
    def new(self) -> str:
        """The choice of somebody new."""
        return f"{NEW}:{self.typed}"

    @property
    def value(self) -> str:
        """What is chosen: what was sent where it is one of the choices of this name, else who is meant without a question; or nothing."""
        if self.sent and self.sent.partition(":")[2] == self.typed:
            return self.sent if self.sent in self._by_value or (self.takes_new and self.sent == self.new) else ""
        if self.takes_new and not self.found:
            return self.new
        only = the_one(self.found) if self.takes_new else self.found[0].person if len(self.found) == 1 else None
        return self._value(only) if only else ""

    @cached_property
    def offered(self) -> list[Candidate]:
        """What there is to choose from."""
        more = [Candidate(self.new, SOMEBODY_NEW)] if self.takes_new else []
        return [*self._candidates(), *more]

    @property
    def meant(self) -> Meant | None:
        """Who was chosen; None where nobody was."""
        return NEW if self.takes_new and self.value == self.new else self._by_value.get(self.value)

    def answered(self) -> Person | None:
        """Who is meant; None where it is somebody new, or where there is nobody. Raises ValidationError where it is not said."""
        if self.value in self._by_value:
            return self._by_value[self.value]
        if not self.value and self.found:
            many = f"登记了 {len(self.found)} 位" if len(self.found) > 1 else "已登记有一位"
            raise forms.ValidationError(f"{many}“{self.name}”，请在下面选定是哪一位")
        if not self.value and self.sent:
            raise forms.ValidationError("刚才选定的人有了变动，请核对后再提交")
        return None

    @cached_property
    def _by_value(self) -> dict[str, Person]:
        return {self._value(one.person): one.person for one in self.found}

    def _value(self, person: Person) -> str:
        return f"{person.pk}:{self.typed}"

    def _candidates(self) -> Iterator[Candidate]:
        """Each told apart as far as the one who asks may see: number, unit, posts since when, as much of the phone as is shown."""
        people = [one.person for one in self.found]
        terms = terms_told(people, authority=self.authority, on=clock.today())
        for one in people:
            told = "；".join(_said(row, self.authority) for row in terms.get(one.pk, ())) or "没有查到在任的岗位"
            yield Candidate(self._value(one), f"编号 {one.pk}，登记在{one.unit.name}", told)


def _said(row: Assignment, authority: Authority) -> str:
    return "，".join(_parts(row, authority))


def _parts(row: Assignment, authority: Authority) -> Iterator[str]:
    yield f"{row.unit.name}{row.post.title}{'（代行）' if row.stands_in_for_id else ''}"
    yield f"{day(row.valid_from)}起"
    if phone := phone_for(row, authority)[0]:
        yield f"电话 {phone}"
