"""A programme in which contracts promise sums, and what is received answers them."""

from datetime import date

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from tests.cast import NOW
from tests.programme.small import FILES

CONTRACT = """
title: 合同
nature: outcome
recorded_by: [secretary]
expects: {record: paid, by: contract, counted: amount, sum: yearly_sum, due: first_due, every: year, while: holds, ahead: 30, grace: 15}
fields:
  name: {title: 合同名称, type: text}
  yearly_sum: {title: 年保底收益, type: money, unit: 元}
  first_due: {title: 首次应付日期, type: date}
  holds: {title: 在履行, type: yes/no}
"""
PAID = """
title: 到账
nature: outcome
recorded_by: [secretary]
fields:
  amount: {title: 到账金额, type: money, unit: 元, required: yes}
  contract: {title: 所属合同, type: record, links: contract}
"""
KINDS = {"records/contract.yaml": CONTRACT, "records/paid.yaml": PAID}
PROMISING = {**FILES, **KINDS}


def contract(unit: Unit, *, yearly_sum: int = 60_000, first_due: str = "2026-06-20", holds: bool = True) -> Record:
    """A contract, whose first sum falls due five days after the cast's today."""
    data = {"name": "果园合同", "yearly_sum": yearly_sum, "first_due": first_due, "holds": holds}
    return add_record(unit=unit, kind="contract", occurred_on=date(2026, 2, 1), data=data, by=SYSTEM, at=NOW, beside=True)


def pay(contract: Record, amount: int, on: date = date(2026, 6, 10)) -> Record:
    """A sum received under it."""
    data = {"amount": amount, "contract": contract.reference}
    return add_record(unit=contract.unit, kind="paid", occurred_on=on, data=data, by=SYSTEM, at=NOW)
