"""The collective's income and contracts, land, co-operative and work."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from fanxing.demo.calendar import month, next_workday, open_days
from fanxing.demo.dice import Numbers, Whole, picked
from fanxing.demo.ecology import toilets
from fanxing.demo.figures import handed_on
from fanxing.demo.life import Happening, Year
from fanxing.demo.plan import Story
from fanxing.demo.words import CONTRACT_NAMES, CONTRACT_PARTNERS, PRODUCTS, RULING_BODIES

STAR = "industry"
CONTRACT_FORMS = ("land", "lot", "project")
# What two villages of the demo are known for: their income, the sum guaranteed by contract, land and lots (mu).
INCOME, GUARANTEED, LAND, LOTS_LAND = 1_500_000, 200_000, 1_500, 24
# Yearly sums fall due when the year's business is done; one village's secretary has part of one still to collect.
DUE_DAYS = ((11, 30), (12, 5), (12, 10), (12, 20), (12, 25))
SOON, STILL_TO_COME = (12, 5), 0.4
TERMS = (6, 8, 10, 15)
BRANDS = ("none", "none", "county", "county", "city", "province")


def contracts(year: Year) -> Iterator[Happening]:
    """What is in force, signed up to three years before; told once, with the first year."""
    if year.is_rated:
        return
    for number, form in enumerate(CONTRACT_FORMS):
        topic = f"contract.{number}"
        before = year.crowd.dice.whole(f"{topic}.before", 1, 3)
        on = np.choose(before - 1, [year.day(topic, open_days(year.year - back, 2, 11)) for back in (1, 2, 3)])
        values: dict[str, object] = {
            "name": year.word(topic, CONTRACT_NAMES[form]),
            "form": form,
            "yearly_sum": _yearly_sum(year, number),
            "in_force": True,
            "partner": year.word(f"{topic}.partner", CONTRACT_PARTNERS),
            **_terms(year, topic, before),
        }
        if form == "land":
            land = np.round(year.size("farmland") * year.rate(STAR, "transfer", 0.08, 0.55))
            values["land"] = np.where(year.crowd.has(Story.INCOME), LAND, land)
        elif form == "lot":
            values["land"] = np.where(year.crowd.has(Story.LOTS), LOTS_LAND, np.nan)
        yield Happening("contract", number < _contract_count(year), on, values, label=_label(number))


def _label(number: int) -> str:
    return f"contract.{number}"


def _terms(year: Year, topic: str, before: Whole) -> dict[str, object]:
    """When the yearly sum first falls due, in the year of signing, and when the contract ends."""
    due = year.crowd.dice.whole(f"{topic}.due", 0, len(DUE_DAYS) - 1)
    soon = year.crowd.has(Story.ONE_MARK_SHORT)
    term = year.crowd.dice.pick(f"{topic}.term", TERMS)
    first, last = [], []
    for back, number, years, told in zip(before.tolist(), due.tolist(), term.tolist(), soon.tolist(), strict=True):
        signed = year.year - back
        first.append(date(signed, *(SOON if told else DUE_DAYS[number])).isoformat())
        last.append(date(signed + years, 12, 31).isoformat())
    return {"first_due": np.array(first, object), "ends_on": np.array(last, object)}


def _contract_count(year: Year) -> Numbers:
    return year.crowd.dice.pick("contract_count", (2, 2, 3, 3)).astype(np.float64)


def _yearly_sum(year: Year, number: int) -> Numbers:
    """What one contract guarantees each year: it goes by what the village makes of its means in the long run."""
    lasting = np.clip(year.levels[STAR] + year.lasting("operating.contract", -0.1, 0.1), 0.0, 1.0)
    usual = _thousands(9_000 * 9**lasting * (1.0, 0.55, 0.8)[number])
    return np.where(year.crowd.has(Story.INCOME) & (number == 0), GUARANTEED, usual)


def incomes(year: Year) -> Iterator[Happening]:
    """Every payment that reached the collective's account; of the year before the first only the sum."""
    yearly = 14_000 * 11 ** year.level(STAR, "operating") * (1.0 if year.is_rated else 1 / year.rate(STAR, "growth", 0.99, 1.1))
    earned = [paid for number in range(len(CONTRACT_FORMS)) for paid in _paid(year, number)]
    earned += [_income(year, "rent", number, yearly * share) for number, share in ((3, 0.22), (8, 0.26))]
    earned += [_income(year, "service", number, yearly * 0.135) for number in (5, 10)]
    yield from earned
    dividend = _income(year, "cooperative", 11, yearly * 0.25)
    others = sum(np.where(one.happens, one.values["amount"], 0) for one in earned)
    told = np.where(year.has(Story.INCOME), INCOME - others, dividend.values["amount"])
    yield replace(dividend, values={**dividend.values, "amount": told})
    grants = [year.day("income.subsidy", open_days(year.year, number)) for number in range(4, 11)]
    on = np.choose(year.crowd.dice.whole(f"subsidy/{year.year}", 0, 6), grants)
    amount = _hundreds(20_000 + 30_000 * year.share("subsidy"))
    yield Happening("income", year.everywhere, on, {"source": "subsidy", "amount": amount})
    if not year.is_rated:
        of_before = {"source": "other", "amount": _hundreds(yearly * 1.3)}
        yield Happening("income", year.everywhere, year.on(date(year.year - 1, 12, 29)), of_before)


def _paid(year: Year, number: int) -> Iterator[Happening]:
    """The halves of a contract's yearly sum: after the wheat, and after the autumn harvest if the other side keeps its word."""
    there = number < _contract_count(year)
    half = _yearly_sum(year, number) / 2
    share = np.minimum(1.0, year.rate(STAR, f"paid.{number}", 0.2, 1.3))
    share = np.where(year.has(Story.ONE_MARK_SHORT) & (number == 0), STILL_TO_COME, share)
    for month_, amount in ((7, half), (11, half * share)):
        on = year.day(f"income.contract.{number}.{month_}", open_days(year.year, month_))
        yield Happening("income", there, on, {"source": "contract", "amount": _hundreds(amount), "contract": _label(number)})


def _income(year: Year, source: str, number: int, amount: Numbers) -> Happening:
    topic = f"income.{source}.{number}"
    return Happening(
        "income",
        year.everywhere,
        year.day(topic, open_days(year.year, number)),
        {"source": source, "amount": _hundreds(amount * year.between(topic, 0.85, 1.15))},
    )


def agriculture_figures(year: Year) -> Iterator[Happening]:
    """Income a head, land, co-operative, brand, toilets."""
    farmland = year.size("farmland")
    joined = year.part(STAR, "coop", year.size("households"), 0.1, 0.6)
    values: dict[str, object] = {
        "income_head": _hundreds(year.rate(STAR, "income_head", 15_500, 28_500) * (1.0 if year.is_rated else 0.95)),
        "farmland": farmland,
        "farmland_high_standard": year.part(STAR, "high_standard", farmland, 0.25, 0.9),
        "coop_led": year.level(STAR, "coop_led") > 0.5,
        "coops": year.crowd.dice.pick("coops", (1, 1, 1, 2, 2, 3)).astype(np.float64),
        "coop_households": joined,
        "linked_households": np.minimum(joined, year.part(STAR, "linked", year.size("households"), 0.02, 0.3)),
        "leading_firms": year.crowd.dice.pick("leading_firms", (0, 1, 1, 2)).astype(np.float64),
        "brand_level": picked(year.level(STAR, "brand") * 0.999, BRANDS),
        **toilets(year),
    }
    # Whether anyone fell back into poverty is asked in the year that is rated, and not every village's answer has come.
    asked = ~year.everywhere if not year.is_rated else year.lasting("relapsed") > 0.1
    values["relapsed"] = np.where(asked, 0.0, np.nan)
    yield from handed_on(year, "agriculture_figures", 12, values)


def labour_figures(year: Year) -> Iterator[Happening]:
    """Who looked for work, and who found it."""
    seekers = 6 + year.size("residents") // 90
    values = {"job_seekers": seekers, "placed": year.part(STAR, "placed", seekers, 0.45, 0.9)}
    values["local_jobs"] = np.round(year.size("households") * year.rate(STAR, "local_jobs", 0.003, 0.023))
    yield from handed_on(year, "labour_figures", 5, values, grows=tuple(values))


def product_lines(year: Year) -> Iterator[Happening]:
    """What a village is known to grow and make, told in November: one line, in a third of them two."""
    households = year.part(STAR, "lines", year.size("households"), 0.04, 0.36)
    second = year.lasting("lines.second") < 1 / 3
    for number, (form, products) in enumerate(PRODUCTS.items()):
        share = np.where(second, (0.65, 0.35)[number], (1.0, 0.0)[number])
        people = np.maximum(np.round(households * share), 1)
        values: dict[str, object] = {
            "product": year.crowd.dice.pick(f"lines.{number}", products),
            "form": form,
            "households": people,
            "output_value": _thousands(people * year.lasting(f"lines.{number}.worth", 9_000, 26_000)),
        }
        if form == "crop":
            values["area"] = np.round(people * year.lasting("lines.area", 1.5, 4.5))
        there = year.everywhere if number == 0 else second
        yield Happening("product_line", there, year.on(next_workday(date(year.year, 11, 10))), values)


def tourism_figures(year: Year) -> Iterator[Happening]:
    """Visitors, of the quarter of the villages that have any."""
    visitors = _hundreds(year.rate(STAR, "visitors", 500, 26_000) * year.lasting("visited", 0.3, 1.2))
    values = {"visitors": visitors, "homestays": np.floor(visitors / 3_000)}
    yield from handed_on(year, "tourism_figures", 8, values, grows=("visitors",), came=year.lasting("visitors") < 0.25)


def idle_land(year: Year) -> Iterator[Happening]:
    """A notice about land left idle, where industry is weak."""
    working = sorted({next_workday(day) for number in (4, 5, 7, 8) for day in month(year.year, number)})
    values = {"about": "idle_land", "severe": False, "body": RULING_BODIES["idle_land"]}
    yield Happening("ruling", year.level(STAR, "idle_land") < 0.5, year.day("idle_land", working), values)


def _hundreds(amount: Numbers) -> Numbers:
    return np.round(amount / 100) * 100


def _thousands(amount: Numbers) -> Numbers:
    return np.round(amount / 1000) * 1000
