"""Reading what stands in public."""

from datetime import date

from fanxing.lib.receipts import receipt_digest
from fanxing.public_notices.models import Notice, NoticeQuerySet, Objection


def standing_on(day: date) -> NoticeQuerySet:
    """What stands in public on a day, what was put up last first; for everybody to see."""
    return Notice.objects.standing(day).select_related("unit")


def unanswered(notice: Notice) -> int:
    """How many objections to it nobody has answered yet."""
    return Objection.objects.filter(notice=notice, answered_at=None).count()


def objection_by_receipt(receipt: str) -> Objection | None:
    """The objection that was given a code, or None."""
    return Objection.objects.filter(receipt=receipt_digest(receipt)).select_related("notice__unit").first()
