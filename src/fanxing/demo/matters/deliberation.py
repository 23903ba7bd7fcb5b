"""What the courses of decisions share: what was proposed, resolved and done, and votes as they come out."""

from collections.abc import Mapping
from datetime import date, timedelta

from fanxing.demo.matters.courses import Went
from fanxing.records.models import Record
from fanxing.scheme.model import Value

CHOICES = ("month", "quarter", "half_year")
WORDING = ("按预算办，钱从集体收入里出", "先公开预算再动工，由监督委员会全程看着", "分两步办，先易后难", "三家比价，最低的办")
RESULTS = ("已办完，花费在预算之内", "已办完，验收合格", "已按决议落实，账目已公开")
NOTICE_DAYS = 8


def days_to_do(dice: int) -> int:
    """How long it took until it was done."""
    return 6 + dice // 3 % 20


def is_over(record: Record, dice: int, today: date) -> bool:
    """Whether both notices of what was resolved on the day of a record are over today."""
    return record.occurred_on + timedelta(days=1 + 2 * NOTICE_DAYS + days_to_do(dice)) <= today


def votes(dice: int, eligible: int) -> tuple[int, int, int]:
    """In favour, against and abstaining of so many: enough were there, and most agreed."""
    there = eligible - dice % (eligible // 6 + 1)
    against, abstaining = dice // 5 % (there // 6 + 1), dice // 11 % 3
    return there - against - abstaining, against, abstaining


def afterwards(record: Record, dice: int, own: str, call: Went, resolved: Went) -> tuple[Went, ...]:
    """From the vote to the published result."""
    matter = str(record.data["matter"])
    decision: dict[str, Value] = {
        "voted_on": record.occurred_on.isoformat(),
        "decision": f"同意“{matter}”，{WORDING[dice % len(WORDING)]}",
        "owner": "村（居）委会主任",
        "term": CHOICES[dice % len(CHOICES)],
    }
    return (
        call,
        resolved,
        Went("publish", 1, own, decision),
        Went("stood", NOTICE_DAYS, "系统"),
        Went("finish", days_to_do(dice), own, {"result": RESULTS[dice % len(RESULTS)]}),
        Went("published", NOTICE_DAYS, "系统"),
    )


def proposal(record: Record, day: date) -> Mapping[str, Value]:
    """What a matter of the ledger was when it was proposed."""
    matter, about = str(record.data["matter"]), str(record.data["about"])
    return {"matter": matter, "about": about, "wording": f"提议办理“{matter}”，预算和办法见会议材料", "raised_on": day.isoformat()}
