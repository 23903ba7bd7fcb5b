"""What only an urban community keeps: grids, compounds, shops, the window, joint meetings, partners, volunteers, jobs."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from fanxing.demo.calendar import month, open_days
from fanxing.demo.dice import Numbers
from fanxing.demo.figures import handed_on
from fanxing.demo.free_time import free_day
from fanxing.demo.judged import surveyed
from fanxing.demo.life import Happening, Year, filled_where
from fanxing.demo.places import PARTNERS_EACH, partners
from fanxing.demo.plan import Story
from fanxing.demo.safety import patrol_team
from fanxing.demo.words import JOINT_TOPICS, NEEDS, PARTNERS, TEAMS

GOVERNANCE, HAPPINESS, EMPLOYMENT = "shared_governance", "happiness", "employment"
PARTY, SAFETY = "party_branch", "safety"
SHOPS, JOBS, CALLS_FOR_STAFF = 32, 160, 8
PARTNERS_GIVE = ("funds", "space", "talent", "service", "jobs", "other")
SERVICES = ("elders", "children", "order", "environment", "visits", "other")
# Partner → what it is about, and what it can give.
OFFERS = {
    "第一中学": ("children", ("科学实验课", "假期作业辅导")),
    "人民医院": ("elders", ("上门体检", "陪诊")),
    "供电所": ("repair", ("用电检修", "楼道换灯")),
    "图书馆": ("children", ("周末阅读课", "放学后看护")),
    "消防救援站": ("skill", ("消防演练指导", "急救课程")),
    "律师事务所": ("skill", ("法律咨询", "法律课堂")),
    "便民超市": ("elders", ("送菜上门", "助餐送餐")),
    "邮政支局": ("environment", ("清运杂物的人手和车", "绿地认养")),
}
AMOUNTS = ("每月一次", "每月两次，每次 10 人", "每季度一次", "随叫随到，每周限两件")
MERGED = ("物业服务队、楼栋长队", "共建单位志愿队、物业服务队", "退休党员队、青年志愿队")
TEAM, REGISTERED_FROM = "team", 3
EMPLOYERS = ("shop", "shop", "firm", "public", "other")


def profile(year: Year) -> Iterator[Happening]:
    """Once a year, in spring."""
    buildings = 8 + year.size("households") // 45
    values = {
        "households": year.size("households"),
        "residents": year.size("residents"),
        "buildings": buildings,
        "buildings_with_chief": year.part(GOVERNANCE, "chiefs", buildings, 0.55, 1.05),
        "rooms": np.round(year.size("residents") / 1000 * year.rate(GOVERNANCE, "rooms", 0.2, 1.15)),
    }
    yield Happening("community_profile", year.everywhere, year.day("profile", open_days(year.year, 2, 3)), values)


def _grids(year: Year) -> Numbers:
    grids = np.clip(np.round(year.size("households") / 500), 3, 10)
    return np.where(year.crowd.has(Story.FOUR_GRIDS), 4, np.where(year.crowd.has(Story.SIX_GRIDS), 6, grids))


def grid_figures(year: Year) -> Iterator[Happening]:
    """Grids, their branches and people, and what was handled in them."""
    grids, matters = _grids(year), 60 + year.size("households") // 12
    known = year.crowd.has(Story.FOUR_GRIDS) | year.crowd.has(Story.SIX_GRIDS)
    values = {
        "grids": grids,
        "grids_with_branch": np.where(known, grids, year.part(PARTY, "grid_branches", grids, 0.5, 1.08)),
        "grids_staffed": np.where(known, grids, year.part(PARTY, "grid_staff", grids, 0.6, 1.08)),
        **patrol_team(year),
        "matters": matters,
        "matters_in_time": year.part(GOVERNANCE, "grid_matters", matters, 0.7, 0.98),
    }
    yield from handed_on(year, "grid_figures", 6, values, grows=("matters", "matters_in_time"))


def housing_figures(year: Year) -> Iterator[Happening]:
    """Compounds, and who looks after them."""
    compounds = 5 + year.size("households") // 260
    due = np.floor(compounds / 3)
    values = {
        "compounds": compounds,
        "compounds_with_property": year.part(GOVERNANCE, "property", compounds, 0.5, 1.02),
        "compounds_with_committee": year.part(GOVERNANCE, "committees", compounds, 0.3, 0.9),
        "renewal_due": due,
        "renewed": year.part(GOVERNANCE, "renewed", due, 0.3, 1.05),
    }
    yield from handed_on(year, "housing_figures", 7, values)


def market_figures(year: Year) -> Iterator[Happening]:
    """Shops, their association and their safety, and the help that firms asked for."""
    before = np.where(year.crowd.has(Story.SIX_GRIDS), SHOPS - 1, 24 + year.size("households") // 25)
    shops = before if not year.is_rated else np.round(before * year.rate(EMPLOYMENT, "shops", 0.95, 1.06))
    shops = np.where(year.has(Story.SIX_GRIDS), SHOPS, shops)
    help_due = 12 + shops // 6
    values = {
        "shops": shops,
        "shops_in_association": np.where(year.has(Story.SIX_GRIDS), shops, year.part(EMPLOYMENT, "association", shops, 0.3, 0.9)),
        "shops_safe": year.part(SAFETY, "shops", shops, 0.7, 1.02),
        "shops_empty": np.round(shops * year.rate(EMPLOYMENT, "empty", 0.26, 0.02)),
        "help_due": help_due,
        "help_done": year.part(EMPLOYMENT, "help", help_due, 0.6, 1.0),
    }
    yield from handed_on(year, "market_figures", 14, values, grows=("help_due", "help_done"), compared=True)
    if not year.is_rated:
        shops_before = {"shops": np.round(before * year.between("shops before", 0.94, 1.03))}
        yield Happening("market_figures", year.everywhere, year.on(open_days(year.year - 1, 11)[9]), shops_before)


def shop_checks(year: Year) -> Iterator[Happening]:
    """Shops held against their safety ledgers, every other month."""
    for number in (2, 4, 6, 8, 10, 11):
        topic = f"shop_check.{number}"
        checked = np.round((24 + year.size("households") // 25) * year.between(f"{topic}.checked", 0.15, 0.35))
        faulty = np.round(checked * year.between(f"{topic}.faulty", 0.1, 0.3))
        values = {"checked": checked, "faulty": faulty, "put_right": year.part(SAFETY, "shop_faults", faulty, 0.55, 1.02)}
        yield Happening("shop_check", year.everywhere, year.day(topic, open_days(year.year, number)), values)


def window_figures(year: Year) -> Iterator[Happening]:
    """What the one window took in, how soon it was done, and what people thought of it."""
    accepted = 300 + year.size("households") // 2
    rated = np.round(accepted * year.lasting("window.rated", 0.3, 0.6))
    values = {
        "accepted": accepted,
        "in_time": year.part(HAPPINESS, "window", accepted, 0.8, 0.995),
        "rated": rated,
        "pleased": year.part(HAPPINESS, "pleased", rated, 0.8, 0.995),
    }
    yield from handed_on(year, "window_figures", 4, values, grows=tuple(values))


def labour_figures(year: Year) -> Iterator[Happening]:
    """Who looked for work, who found it, who was trained."""
    seekers, trained = 20 + year.size("residents") // 110, 15 + year.size("residents") // 150
    values = {
        "job_seekers": seekers,
        "placed": year.part(EMPLOYMENT, "placed", seekers, 0.45, 0.88),
        "trained": trained,
        "certified": year.part(EMPLOYMENT, "certified", trained, 0.4, 0.88),
    }
    yield from handed_on(year, "labour_figures", 5, values, grows=tuple(values))


def joint_meetings(year: Year) -> Iterator[Happening]:
    """Community, property managers and owners at one table: topics, and what was settled."""
    for number in (2, 4, 5, 7, 8, 10, 11):
        topic = f"joint.{number}"
        matters = year.whole(f"{topic}.matters", 2, 5)
        settled = year.part(GOVERNANCE, "settled", matters, 0.45, 1.0)
        often = 0.9 if number in (2, 5, 8, 11) else 0.5
        values = {"topic": year.word(topic, JOINT_TOPICS), "matters": matters, "settled": settled}
        happens = year.share(topic) < often * year.rate(GOVERNANCE, "joint", 0.6, 1.1)
        yield Happening("joint_meeting", happens, year.day(topic, open_days(year.year, number)), values)


def partner_projects(year: Year) -> Iterator[Happening]:
    """What partner units take on, and whether it was done."""
    yield from partnered(year, 8, GOVERNANCE)


def partnered(year: Year, most: int, star: str) -> Iterator[Happening]:
    """Joint projects of a year, up to so many."""
    for number in range(most):
        topic = f"project.{number}"
        values = {
            "about": year.word(f"{topic}.about", PARTNERS_GIVE),
            "partner": year.word(topic, PARTNERS[year.crowd.kind]),
            "done": year.share(f"{topic}.done") < year.rate(star, "projects_done", 0.4, 1.02),
        }
        happens = year.share(topic) < year.rate(star, "projects", 0.3, 0.95)
        yield Happening("partner_project", happens, year.day(topic, open_days(year.year, 2, 11)), values)


def partner_offers(year: Year) -> Iterator[Happening]:
    """What each partner unit can give in the year of the period: one list, handed in at its beginning."""
    if not year.is_rated:
        return
    known = [partners(place.code, place.name) for place in year.crowd.places]
    for number in range(PARTNERS_EACH):
        topic = f"offer.{number}"
        given = [next(OFFERS[one] for one in OFFERS if some[number].endswith(one)) for some in known]
        second = year.share(topic) < 0.5
        values = {
            "about": np.array([about for about, _ in given], object),
            "partner": np.array([some[number] for some in known], object),
            "offer": np.where(second, *np.array([[offers[1], offers[0]] for _, offers in given], object).T),
            "amount": year.word(f"{topic}.amount", AMOUNTS),
            "until": date(year.year, 12, 31).isoformat(),
        }
        yield Happening("partner_offer", year.everywhere, year.day(topic, open_days(year.year, 1)), values)


def services(year: Year) -> Iterator[Happening]:
    """Volunteers' doings, confirmed by those who were helped."""
    yield from volunteered(year, range(1, 13), GOVERNANCE, year.size("members"))


def needs(year: Year) -> Iterator[Happening]:
    """What residents asked for, who took it on, and whether those who were helped say it was done."""
    yield from needed(year, GOVERNANCE)


def needed(year: Year, star: str) -> Iterator[Happening]:
    """Six a year."""
    for number in range(1, 12, 2):
        topic = f"need.{number}"
        about = list(NEEDS)[number // 2 % len(NEEDS)]
        claimed = year.share(f"{topic}.claimed") < year.rate(star, "claimed", 0.7, 1.05)
        values = {
            "about": about,
            "wanted": year.word(topic, NEEDS[about]),
            "claimed": claimed,
            "team": filled_where(claimed, year.crowd.dice.pick("team", TEAMS[year.crowd.kind])),
            "confirmed": claimed & (year.share(f"{topic}.confirmed") < year.rate(star, "needs_confirmed", 0.6, 1.05)),
        }
        yield Happening("need", year.share(topic) < 0.9, year.day(topic, month(year.year, number)), values)


def volunteered(year: Year, months: range, star: str, hours: Numbers) -> Iterator[Happening]:
    """About one a month, of some hours each, by a team that was registered once."""
    called = year.crowd.dice.pick("team", TEAMS[year.crowd.kind])
    if not year.is_rated:
        members = np.maximum(np.round(hours / 4), 6)
        team = {"name": called, "about": "other", "members": members, "merged_from": year.word("merged", MERGED), "active": True}
        yield Happening("volunteer_team", year.everywhere, year.day("team", open_days(year.year - 1, 10)), team, label=TEAM)
    for number in months:
        topic = f"service.{number}"
        share = year.rate(star, "service_hours", 0.25, 1.15) * year.between(f"{topic}.hours", 0.7, 1.3)
        people = np.maximum(np.round(hours * share / 3), 2)
        values = {
            "about": year.word(topic, SERVICES),
            "people": people,
            "hours": np.maximum(np.round(hours * share), 4),
            "confirmed": year.share(f"{topic}.confirmed") < year.rate(star, "confirmed", 0.62, 1.02),
            "team": called,
            # The register came with the first import.
            "registered": TEAM if year.is_rated or number >= REGISTERED_FROM else None,
        }
        yield Happening("volunteer_service", year.share(topic) < 0.9, free_day(year, topic, number), values)


def jobs(year: Year) -> Iterator[Happening]:
    """Vacancies of shops and firms, and how many were filled."""
    yield from called_for_staff(year, EMPLOYMENT, year.whole("jobs", 4, 7))


def called_for_staff(year: Year, star: str, count: Numbers) -> Iterator[Happening]:
    """Vacancies told, so many times in a year."""
    known = year.has(Story.SIX_GRIDS)
    for number in range(CALLS_FOR_STAFF):
        topic = f"job.{number}"
        wanted = year.whole(f"{topic}.wanted", 2, 9)
        hired = year.part(star, "hired", wanted, 0.25, 0.85)
        values = {
            "employer": year.word(topic, EMPLOYERS if year.crowd.kind == "community" else ("firm",)),
            "wanted": np.where(known, JOBS // CALLS_FOR_STAFF + 4, wanted),
            "hired": np.where(known, JOBS // CALLS_FOR_STAFF, hired),
        }
        yield Happening("job", known | (number < count), year.day(topic, open_days(year.year, 2, 11)), values)


def review(year: Year) -> Iterator[Happening]:
    """The street's mark, in spring and in autumn."""
    marks = {"team_mark": year.mark("township_review", "team_mark", PARTY, 0.55)}
    for number in (3, 11) if year.is_rated else (11,):
        yield Happening("township_review", year.everywhere, year.day(f"review.{number}", open_days(year.year, number)[:12]), marks)


def visit(year: Year) -> Iterator[Happening]:
    """One visit of all star teams together, from March to June."""
    marks = {
        "site_mark": year.mark("joint_visit", "site_mark", PARTY, 0.5),
        "plan_mark": year.mark("joint_visit", "plan_mark", EMPLOYMENT, 0.3),
        "grid_mark": year.mark("joint_visit", "grid_mark", SAFETY, 0.5),
        "culture_mark": year.mark("joint_visit", "culture_mark", HAPPINESS, 0.5),
    }
    yield Happening("joint_visit", year.everywhere, year.day("visit", open_days(year.year, 3, 6)), marks)


def survey(year: Year) -> Iterator[Happening]:
    """Some residents asked over the telephone; one community still waits for the autumn's answers, and had none in spring."""
    asked = 80 + year.size("households") // 25
    values = {
        "asked": asked,
        "satisfied": year.part(HAPPINESS, "satisfied", asked, 0.72, 0.98),
        "felt_safe": year.part(SAFETY, "felt_safe", asked, 0.8, 0.98),
    }
    for one in surveyed(year, values):
        yield Happening(one.kind, one.happens & ~year.has(Story.WAITING), one.on, one.values)
