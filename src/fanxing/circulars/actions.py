"""Sending a circular, opening and answering it, putting it right and recalling it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from fanxing.accounts.models import User
from fanxing.audit.actions import record_event, written_once
from fanxing.circulars.models import ANSWER_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Circular, Recipient
from fanxing.circulars.queries import Address, Reached, reached_by
from fanxing.circulars.templates import leaves
from fanxing.circulars.wording import CHOICES, answer_words
from fanxing.inbox.actions import NewItem, release_terms, remind_terms
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Unit
from fanxing.records.actions.entries import SameRecord, add_record
from fanxing.records.models import Record
from fanxing.records.queries import recordable_kinds
from fanxing.records.validation import RecordError

SOURCE = "circular"
# In which what asks nothing should have been read.
READ_WITHIN = timedelta(days=3)


class CircularFaulty(Refused):
    """A circular without words or posts, for a place outside the unit, or one that reaches nobody."""


class NotCurrent(Refused):
    """The circular was recalled or put right by another meanwhile, or its time for answers is over."""


class AnswerFaulty(Refused):
    """An answer that is none of those asked for."""


@dataclass(frozen=True)
class Said:
    """What a circular says and asks; see `Circular`."""

    title: str
    text: str
    spoken: str = ""
    asks: str = ""
    question: str = ""
    due_on: date | None = None
    urgent: bool = False
    record: Mapping[str, Any] = field(default_factory=dict)


def send_circular(
    *, unit: Unit, said: Said, address: Address, replaces: Circular | None = None, by: Doer, at: datetime, key: str | None = None
) -> Circular:
    """Send a circular to those who hold the posts today and have an account; they stay its recipients. It waits for each of them until
    it is opened, or answered where it asks for an answer.

    One that `replaces` another recalls it; the old one stays to be read as replaced. With a `key`, the same form sent again gives the
    first circular. Raises NotAllowed, CircularFaulty, NotCurrent.
    """
    today = timezone.localdate(at)
    require(by, "work.plan", unit, on=today)
    said = _sound(said, today)
    if not address.place.path.startswith(unit.path):
        raise CircularFaulty("只能发给本单位和所辖的单位")
    reached = reached_by(address, on=today)
    if not reached.terms:
        raise CircularFaulty("这些岗位上没有人有账号，通知发不到任何人")

    def write() -> Circular:
        if replaces:
            _end(replaces, unit, "已更正", at)
        circular = _write(unit, said, address, reached, replaces, by, at)
        due_on = said.due_on or today + READ_WITHIN
        item = NewItem(f"通知：{said.title}", due_on, about={"circular": circular.pk}, key=str(circular.pk), urgent=said.urgent)
        remind_terms(terms=reached.terms, item=item, source=SOURCE, by=by, at=at)
        summary = f"{unit.name}发出通知“{said.title}”，送达 {len(reached.terms)} 人"
        _record("send_circular", circular, summary, by, at, replaces=replaces and replaces.pk)
        return circular

    content = {**asdict(said), "unit": unit.code, "place": address.place.code, "posts": [*address.posts], "kind": address.kind}
    return written_once(key=key, content=content | {"below": address.below}, by=by, at=at, model=Circular, write=write)


@transaction.atomic
def recall_circular(*, circular: Circular, reason: str = "", by: Doer, at: datetime) -> None:
    """Take a circular back, with a reason or without; it stays to be read as recalled. Raises NotAllowed, NotCurrent."""
    require(by, "work.plan", circular.unit, on=timezone.localdate(at))
    _end(circular, circular.unit, reason.strip()[:ANSWER_LENGTH], at)
    _record("recall_circular", circular, f"{circular.unit.name}撤回通知“{circular.title}”", by, at, reason=reason)


@transaction.atomic
def open_circular(*, recipient: Recipient, by: User, at: datetime) -> None:
    """Note that its recipient has opened a circular, the first time; what asks for an answer waits on. No event tells it: it is for the
    sender alone. Raises NotAllowed."""
    if recipient.person.user_id != by.pk:
        raise NotAllowed("这条通知不是发给您的")
    if Recipient.objects.filter(pk=recipient.pk, read_at=None).update(read_at=at):
        recipient.read_at = at
        if not recipient.circular.asks:
            _release(recipient)


@transaction.atomic
def answer_circular(*, recipient: Recipient, answer: str, note: str = "", by: User, at: datetime) -> Recipient:
    """Answer a circular as its recipient; answering again says something else (能到, later 已到). The answer to a warning is entered in the
    ledger of the recipient's unit, once, where the post writes that kind.

    Raises NotAllowed, AnswerFaulty, NotCurrent.
    """
    circular = recipient.circular
    if recipient.person.user_id != by.pk:
        raise NotAllowed("这条通知不是发给您的")
    said = _answer(circular, answer)
    # Locked, so that it is not recalled while somebody answers.
    if not Circular.objects.select_for_update().get(pk=circular.pk).is_answerable(timezone.localdate(at)):
        raise NotCurrent("通知已更正、撤回或过了回复期限，不再收回复")
    recipient = Recipient.objects.select_for_update(of=("self",)).select_related("unit", "record").get(pk=recipient.pk)
    recipient.answer, recipient.note, recipient.answered_at = said, note.strip()[:ANSWER_LENGTH], at
    recipient.read_at = recipient.read_at or at
    recipient.record = recipient.record or _entered(circular, recipient.unit, said, by, at)
    recipient.save(update_fields=["answer", "note", "answered_at", "read_at", "record"])
    _release(recipient)
    summary = f"{recipient.unit.name}回复通知“{circular.title}”：{answer_words(circular, said)}"
    _record("answer_circular", circular, summary, by, at, unit=recipient.unit)
    return recipient


def _sound(said: Said, today: date) -> Said:
    said = replace(said, title=said.title.strip(), text=said.text.strip(), spoken=said.spoken.strip(), question=said.question.strip())
    if not said.title or len(said.title) > TITLE_LENGTH:
        raise CircularFaulty(f"标题为 1 至 {TITLE_LENGTH} 个字")
    if not said.text or len(said.text) > TEXT_LENGTH or len(said.spoken) > TEXT_LENGTH:
        raise CircularFaulty(f"内容为 1 至 {TEXT_LENGTH} 个字，广播稿不超过 {TEXT_LENGTH} 个字")
    if said.asks not in Circular.Asks.values or len(said.question) > TITLE_LENGTH:
        raise CircularFaulty(f"请选择回复方式，问题不超过 {TITLE_LENGTH} 个字")
    if said.due_on and said.due_on < today:
        raise CircularFaulty(f"期限不能早于今天（{today}）")
    return said


def _write(unit: Unit, said: Said, address: Address, reached: Reached, replaces: Circular | None, by: Doer, at: datetime) -> Circular:
    circular = Circular.objects.create(
        unit=unit,
        title=said.title,
        text=said.text,
        spoken=said.spoken,
        place=address.place,
        below=address.below,
        kind=address.kind,
        posts=list(address.posts),
        asks=said.asks,
        question=said.question,
        due_on=said.due_on,
        is_urgent=said.urgent,
        record=dict(said.record),
        unreached=[list(one) for one in reached.unreached],
        sent_at=at,
        sent_by=by.username,
        sent_by_title=by.display_name,
        replaces=replaces,
    )
    rows = (Recipient(circular=circular, person=term.person, unit=term.unit, post=term.post, assignment=term.pk) for term in reached.terms)
    Recipient.objects.bulk_create(rows, batch_size=500)
    return circular


def _end(circular: Circular, unit: Unit, reason: str, at: datetime) -> None:
    """Let it be current no longer; of two who do so one is told."""
    standing = Circular.objects.filter(pk=circular.pk, unit=unit, recalled_at=None)
    if not standing.update(recalled_at=at, recall_reason=reason):
        raise NotCurrent("这条通知已经更正或撤回，请刷新后查看")
    circular.refresh_from_db()
    release_terms(key=str(circular.pk), source=SOURCE)


def _release(recipient: Recipient) -> None:
    release_terms(key=str(recipient.circular_id), source=SOURCE, terms=[recipient.assignment])


def _answer(circular: Circular, answer: str) -> str:
    said = answer.strip()
    if circular.asks in CHOICES and said not in CHOICES[circular.asks]:
        raise AnswerFaulty("请选一个回复")
    if circular.asks == Circular.Asks.NUMBER and not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise AnswerFaulty("应为不小于 0 的整数")
    if not said or len(said) > ANSWER_LENGTH:
        raise AnswerFaulty(f"回复为 1 至 {ANSWER_LENGTH} 个字")
    return said


def _entered(circular: Circular, unit: Unit, answer: str, by: User, at: datetime) -> Record | None:
    """The record that an answer leaves in the ledger of the unit; None where the circular leaves none, or the post does not write it."""
    left = leaves(circular.record) if circular.asks == Circular.Asks.NUMBER else None
    today = timezone.localdate(at)
    if left is None or left.kind not in {kind.id for kind in recordable_kinds(by, unit, on=today)}:
        return None
    try:
        return add_record(unit=unit, kind=left.kind, occurred_on=today, data=left.says(circular.title, int(answer)), by=by, at=at)
    except SameRecord as same:
        return same.record
    except RecordError as fault:
        raise AnswerFaulty(f"记入台账时：{fault}") from fault


def _record(action: str, circular: Circular, summary: str, by: Doer, at: datetime, *, unit: Unit | None = None, **details: object) -> None:
    code = (unit or circular.unit).code
    record_event(by=by, at=at, action=f"circulars.{action}", subject=circular, unit_code=code, summary=summary, details=details)
