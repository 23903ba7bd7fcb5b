"""What fell due under contracts and whether it was met in time, as facts."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.records.actions.entries import correct_record
from fanxing.records.models import Record
from fanxing.scheme import SchemeError, load_files
from fanxing.scoring.ledger import counted, facts_of_units
from fanxing.scoring.queries import records_behind
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import INDUSTRY
from tests.records.promising import PROMISING, contract, pay

FACTS = """facts:
  due: {title: 到期, type: money, unit: 元, from: {sum: contract.fell_due, within: 10 years}, if_missing: 0}
  in_time: {title: 按期, type: money, unit: 元, from: {sum: contract.met_in_time, within: 10 years}, if_missing: 0}
  late: {title: 晚收, type: money, unit: 元, from: {sum: contract.met_late, within: 10 years}, if_missing: 0}
  owed: {title: 逾期合同, type: count, unit: 份, from: {count: contract, where: overdue > 0, within: 10 years}, if_missing: 0}
"""
READ = "nodes:\n  all_read: {title: 合计, formula: due + in_time + late + owed}\nscore:\n"
STAR = INDUSTRY.replace("score:\n", READ)
FILES = {**PROMISING, "stars/village/industry.yaml": STAR.replace("facts:\n", FACTS)}


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> None:
    publish(files=FILES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def told(unit: Unit, on: date) -> tuple[float, ...]:
    scheme = load_files(FILES)
    [row] = facts_of_units(scheme, counted([unit]), Record.objects.filter(unit=unit).counting(), on).frame(scheme).to_dicts()
    return tuple(row[id] or 0 for id in ("due", "in_time", "late", "owed"))


def test_sums_met_in_time_late_and_not_at_all_are_told_apart(cast: Cast):
    for yearly, paid, on in ((60_000, 60_000, date(2026, 5, 20)), (40_000, 40_000, date(2026, 5, 25)), (30_000, 10_000, date(2026, 5, 1))):
        pay(contract(cast.village, yearly_sum=yearly, first_due="2026-05-20"), paid, on)
    assert told(cast.village, date(2026, 5, 19)) == (0, 0, 0, 0)
    assert told(cast.village, date(2026, 5, 30)) == (100_000, 60_000, 40_000, 0)
    assert told(cast.village, date(2026, 6, 5)) == (130_000, 60_000, 40_000, 1)


def test_what_fell_due_outside_the_period_or_no_longer_is_not_counted(cast: Cast):
    contract(cast.village, first_due="2027-01-01")
    contract(cast.village, first_due="2026-03-01", holds=False)
    assert told(cast.village, date(2026, 12, 31)) == (0, 0, 0, 0)


def test_a_corrected_contract_keeps_what_was_received_for_it(cast: Cast):
    first = contract(cast.village, yearly_sum=60_000)
    pay(first, 50_000)
    data = {**first.data, "yearly_sum": 50_000}
    correct_record(record=first, occurred_on=first.occurred_on, data=data, reason="重签", by=SYSTEM, at=NOW)
    assert told(cast.village, date(2026, 6, 30)) == (50_000, 50_000, 0, 0)


def test_the_figure_leads_to_the_contracts_behind_it(cast: Cast, settings):
    settings.TODAY = date(2026, 7, 6)
    met, owing = contract(cast.village), contract(cast.village, first_due="2026-06-01")
    pay(met, 60_000)
    contract(cast.village, first_due="2027-06-01")
    assert [*records_behind(cast.village, "due")] == [met, owing]
    assert [*records_behind(cast.village, "owed")] == [owing]


def test_what_falls_due_is_of_the_present_period(cast: Cast):
    for wrong, fault in (
        ("within: 10 years}, if_missing: 0}\n  in_time", "years_ago"),
        ("contract.fell_due", "has no field"),
    ):
        changed = FACTS.replace(wrong, wrong.replace("within: 10 years", "years_ago: 1").replace("fell_due", "fell"))
        with pytest.raises(SchemeError, match=fault):
            load_files({**FILES, "stars/village/industry.yaml": STAR.replace("facts:\n", changed)})
