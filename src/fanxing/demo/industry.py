"""The collective's income and contracts, land, co-operative and work."""

from collections.abc import Iterator
from datetime import date

from fanxing.demo.calendar import month, next_workday, open_days
from fanxing.demo.ecology import toilets
from fanxing.demo.life import Event, Year
from fanxing.demo.words import CONTRACT_NAMES, RULING_BODIES
from fanxing.scheme.model import Value

STAR = "industry"
CONTRACT_FORMS = ("land", "lot", "project")
BRANDS = ("none", "none", "county", "county", "city", "province")


def contracts(year: Year) -> Iterator[Event]:
    """What is in force, signed up to three years before; told once, with the first year."""
    if year.is_rated:
        return
    luck = year.lasting_luck("contracts")
    for number in range(_contract_count(year)):
        form = CONTRACT_FORMS[number]
        day = luck.choice(open_days(year.year - luck.randint(1, 3), 2, 11))
        values: dict[str, Value] = {"name": luck.choice(CONTRACT_NAMES[form]), "form": form, "yearly_sum": _yearly_sum(year, number)}
        if form == "land":
            values["land"] = round(year.village.farmland * year.rate(STAR, "transfer", 0.08, 0.55))
        yield Event("contract", day, {**values, "in_force": True})


def _contract_count(year: Year) -> int:
    return year.lasting_luck("contract_count").choice((2, 2, 3, 3))


def _yearly_sum(year: Year, number: int) -> float:
    """What one contract guarantees each year: it goes by what the village makes of its means in the long run."""
    lasting = min(max(year.levels[STAR] + year.lasting_luck("operating").uniform(-0.1, 0.1), 0.0), 1.0)
    return _thousands(9_000 * 9**lasting * (1.0, 0.55, 0.8)[number])


def incomes(year: Year) -> Iterator[Event]:
    """Every payment that reached the collective's account."""
    for number in range(_contract_count(year)):
        yield from _paid(year, number)
    yearly = 14_000 * 11 ** year.level(STAR, "operating") * (1.0 if year.is_rated else 1 / year.rate(STAR, "growth", 0.99, 1.1))
    for quarter, share in ((3, 0.11), (6, 0.13), (9, 0.11), (12, 0.13)):
        yield _income(year, "rent", quarter, yearly * share)
    for number in (5, 8, 11):
        yield _income(year, "service", number, yearly * 0.09)
    yield _income(year, "cooperative", 12, yearly * 0.25)
    yield _income(year, "subsidy", year.luck("subsidy").randint(4, 10), 20_000 + 30_000 * year.luck("subsidy").random())


def _paid(year: Year, number: int) -> Iterator[Event]:
    """The halves of a contract's yearly sum: after the wheat, and at the end of the year if the other side keeps its word."""
    half = _yearly_sum(year, number) / 2
    yield _income(year, "contract", 7, half, exactly=True, of=number)
    yield _income(year, "contract", 12, half * min(1.0, year.rate(STAR, f"paid.{number}", 0.2, 1.3)), exactly=True, of=number)


def _income(year: Year, source: str, number: int, amount: float, *, exactly: bool = False, of: int = 0) -> Event:
    luck = year.luck(f"income.{source}.{number}.{of}")
    amount *= 1 if exactly else luck.uniform(0.85, 1.15)
    return Event("income", luck.choice(open_days(year.year, number)), {"source": source, "amount": _hundreds(amount)})


def agriculture_figures(year: Year) -> Iterator[Event]:
    """Once a year: income a head, land, co-operative, brand, toilets."""
    village = year.village
    values: dict[str, Value] = {
        "income_head": _hundreds(year.rate(STAR, "income_head", 15_500, 28_500) * (1.0 if year.is_rated else 0.95)),
        "farmland": village.farmland,
        "farmland_high_standard": year.part(STAR, "high_standard", village.farmland, 0.25, 0.9),
        "coop_led": year.level(STAR, "coop_led") > 0.5,
        "coop_households": year.part(STAR, "coop", village.households, 0.1, 0.6),
        "brand_level": BRANDS[round(year.level(STAR, "brand") * (len(BRANDS) - 1))],
        **toilets(year),
    }
    # Whether anyone fell back into poverty is asked in the year that is rated, and not every village's answer has come.
    if not year.is_rated or year.lasting_luck("relapsed").random() > 0.1:
        values["relapsed"] = 0
    yield Event("agriculture_figures", next_workday(date(year.year, 12, 11)), values)


def labour_figures(year: Year) -> Iterator[Event]:
    """Once a year: who looked for work, and who found it."""
    seekers = 6 + year.village.residents // 90
    placed = year.part(STAR, "placed", seekers, 0.45, 0.9)
    yield Event("labour_figures", next_workday(date(year.year, 12, 5)), {"job_seekers": seekers, "placed": placed})


def idle_land(year: Year) -> Iterator[Event]:
    """A notice about land left idle, where industry is weak."""
    luck = year.luck("idle_land")
    day = luck.choice([day for number in (4, 5, 7, 8) for day in month(year.year, number)])
    if year.level(STAR, "idle_land") < 0.5:
        yield Event("ruling", next_workday(day), {"about": "idle_land", "severe": False, "body": RULING_BODIES["idle_land"]})


def _hundreds(amount: float) -> float:
    return round(amount / 100) * 100


def _thousands(amount: float) -> float:
    return round(amount / 1000) * 1000
