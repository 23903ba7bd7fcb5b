"""A circular as it is written on a page, and as its recipient and its sender see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from fanxing.accounts.models import User
from fanxing.circulars.actions import CircularFaulty, Said
from fanxing.circulars.models import Circular
from fanxing.circulars.queries import Address, State
from fanxing.circulars.templates import Template, leaves, templates
from fanxing.circulars.wording import CHOICES, HERE
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Post, Unit
from fanxing.organisations.named import Places
from fanxing.organisations.paths import within
from fanxing.organisations.queries import terms_of
from fanxing.records.queries import recordable_kinds
from fanxing.web.listing import words_everywhere

TEXTS = ("title", "text", "spoken", "asks", "question", "due_on", "kind", "place")
YES = "yes"


@dataclass(frozen=True)
class Draft:
    """A circular being written: what the form says, as text, and what it began as."""

    texts: Mapping[str, str]
    posts: Sequence[str] = ()
    below: bool = False
    urgent: bool = False
    template: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)

    def said(self) -> Said:
        """The words and questions. Raises CircularFaulty for a day that is none."""
        due_on: date | None = None
        if self.texts["due_on"] and (due_on := read_day(self.texts["due_on"])) is None:
            raise CircularFaulty("期限应为日期，如 2025-12-20")
        words = {name: self.texts[name] for name in ("title", "text", "spoken", "asks", "question")}
        return Said(**words, due_on=due_on, urgent=self.urgent, record=self.record)

    def address(self, unit: Unit) -> Address:
        """Whom it is for; where no place is named, the unit itself. Raises CircularFaulty."""
        if not self.posts:
            raise CircularFaulty("请勾选发给哪些岗位")
        return Address(self._place(unit), self.posts, self.below, self.texts["kind"])

    def _place(self, unit: Unit) -> Unit:
        if not self.texts["place"]:
            return unit
        named = ("", self.texts["place"])
        places = Places([named], unit)
        if named not in places.found:
            raise CircularFaulty(places.faults[named])
        return places.found[named]


def draft_from(template: Template) -> Draft:
    """A circular that begins as a template."""
    texts = {
        "title": template.title,
        "text": template.text,
        "spoken": template.spoken,
        "asks": template.asks,
        "question": template.question,
    }
    return Draft(_whole(texts), below=True, urgent=template.urgent, template=template.id, record=template.record)


def draft_like(circular: Circular) -> Draft:
    """A circular that begins as another one."""
    names = ("title", "text", "spoken", "asks", "question", "kind")
    place = circular.place.code if circular.place_id != circular.unit_id else ""
    due_on = circular.due_on.isoformat() if circular.due_on else ""
    texts = {name: getattr(circular, name) for name in names} | {"place": place, "due_on": due_on}
    return Draft(_whole(texts), circular.posts, circular.below, circular.is_urgent, record=circular.record)


def draft_sent(sent: QueryDict, like: Circular | None) -> Draft:
    """A circular as the form was sent; what it leaves in the ledger is that of what it began as."""
    template = templates().get(sent.get("template", ""))
    record = like.record if like else template.record if template else {}
    texts = {name: sent.get(name, "").strip() for name in TEXTS}
    return Draft(
        texts, sent.getlist("posts"), YES in sent.get("below", ""), YES in sent.get("urgent", ""), sent.get("template", ""), record
    )


def _whole(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts.get(name, "") for name in TEXTS}


def posts_below(unit: Unit, on: date) -> list[Post]:
    """The posts that somebody holds in a unit or below it."""
    held = terms_of(Unit.objects.filter(within(unit.path)), on=on)
    return list(Post.objects.filter(pk__in=held.values("post")).order_by("position", "pk"))


def kinds_below(unit: Unit) -> list[tuple[str, str]]:
    """(id, title) of the kinds of unit that lie in a unit."""
    words = words_everywhere()
    kinds = Unit.objects.filter(within(unit.path), closed_on=None).order_by().values_list("kind", flat=True).distinct()
    return sorted(((kind, words.kind(kind)) for kind in kinds), key=lambda pair: pair[1])


def answers_given(circular: Circular, state: State) -> list[tuple[str, int]]:
    """(answer in words, how often it was given): of one tap each of those offered, of other answers none."""
    return [(words, state.counts.get(answer, 0)) for answer, words in CHOICES.get(circular.asks, {}).items()]


def way_to_round(circular: Circular, state: State, user: User) -> tuple[str, str]:
    """(what it is called, where) the round of a team that was called up is entered in the ledger, filled in as far as the answers tell;
    empty where there is none, or the person does not write that kind."""
    left = leaves(circular.record) if circular.asks == Circular.Asks.CALL else None
    kind = next((one for one in recordable_kinds(user, circular.unit) if one.id == left.kind), None) if left else None
    if left is None or kind is None:
        return "", ""
    says = left.says(circular.title, state.counts.get(HERE, 0)) | {"next": reverse("circular", args=[circular.pk])}
    return kind.title, f"{reverse('record_new', args=[circular.unit.code, kind.id])}?{urlencode(says)}"
