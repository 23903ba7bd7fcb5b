"""The eight units that the city shows to others, and the figures in their records; no database."""

from datetime import date

import numpy as np
import polars as pl

from fanxing.demo.chronicle import years
from fanxing.demo.drawn import Drawn
from fanxing.demo.plan import Story
from fanxing.demo.tuning import rating_of
from fanxing.demo.writing import Written


def kept(ledger: Written, story: Story, kind: str, *, rated_year: bool = True) -> pl.DataFrame:
    """The records of a kind of the unit that tells a story, of the rated year or of all."""
    [row] = np.flatnonzero(ledger.crowd.has(story)).tolist()
    own = ledger.tables[kind].filter(pl.col("row") == row)
    return own.filter(pl.col("occurred_on").dt.year() == years(ledger.scheme)[1]) if rated_year else own


def test_three_villages_are_known_for_income_lots_and_honours(villages: Written):
    earned = kept(villages, Story.INCOME, "income").filter(pl.col("source") != "subsidy")
    contracts = kept(villages, Story.INCOME, "contract", rated_year=False)
    assert earned["amount"].sum() == 1_500_000
    assert (contracts["yearly_sum"].max(), contracts["land"].max()) == (200_000, 1_500)

    profile = kept(villages, Story.LOTS, "village_profile").row(0, named=True)
    lots = kept(villages, Story.LOTS, "contract", rated_year=False).filter(pl.col("form") == "lot")
    assert (profile["sorting_points"], profile["lots_used"], lots["land"].to_list()) == (18, 36, [24])

    honoured = kept(villages, Story.HONOURS, "honour", rated_year=False)
    assert (honoured["people"].sum(), honoured["occurred_on"].min().year) == (443, 2018)


def test_two_communities_have_four_and_six_grids_one_of_them_32_shops_and_160_jobs(drawn: Drawn):
    communities = drawn.ledgers["community"]
    assert kept(communities, Story.FOUR_GRIDS, "grid_figures")["grids"].unique().to_list() == [4]
    assert kept(communities, Story.SIX_GRIDS, "grid_figures")["grids"].unique().to_list() == [6]
    assert kept(communities, Story.SIX_GRIDS, "market_figures")["shops_in_association"].unique().to_list() == [32]
    assert kept(communities, Story.SIX_GRIDS, "job")["hired"].sum() == 160


def test_an_organ_had_43_activities_and_came_second_in_the_province(drawn: Drawn):
    organs = drawn.ledgers["organ"]
    assert len(kept(organs, Story.IN_THE_PROVINCE, "activity")) == 43
    praise = kept(organs, Story.IN_THE_PROVINCE, "commendation").filter(pl.col("level") == "province")
    assert "全省系统年度综合考核第二名" in praise["name"].to_list()


def test_two_companies_are_known_for_pioneers_and_for_what_suggestions_were_worth(drawn: Drawn):
    companies = drawn.ledgers["enterprise"]
    profile = kept(companies, Story.PIONEERS, "enterprise_profile").row(0, named=True)
    given = kept(companies, Story.PIONEERS, "task")
    teams, projects = (given.filter(pl.col("about") == about) for about in ("team", "pioneer"))
    assert [profile[one] for one in ("pioneer_posts", "pioneer_zones", "studio_results")] == [46, 6, 1]
    assert (len(projects), len(teams)) == (4, 8)
    assert projects["closed"].all()
    assert projects["value_confirmed"].all()
    suggestions = kept(companies, Story.PIONEERS, "suggestion")
    assert (suggestions["adopted"].sum(), suggestions["put_right"].sum(), suggestions["value"].sum()) == (430, 300, 14_000_000)
    assert kept(companies, Story.IMPROVERS, "suggestion")["value"].sum() == 86_000_000


def test_the_flagships_outside_the_villages_hold_all_their_stars(drawn: Drawn):
    for kind, stories in {
        "community": (Story.FOUR_GRIDS, Story.SIX_GRIDS),
        "organ": (Story.IN_THE_PROVINCE,),
        "enterprise": (Story.PIONEERS, Story.IMPROVERS),
    }.items():
        ledger = drawn.ledgers[kind]
        rating = rating_of(ledger.scheme, ledger.crowd, ledger.tables)
        assert {rating.values(ledger.crowd.telling(story).code)["tier"] for story in stories} == {5.0}


def test_nothing_is_known_of_days_to_come(drawn: Drawn):
    last = max(one["occurred_on"].max() for ledger in drawn.ledgers.values() for one in ledger.tables.values() if len(one))
    assert last < date(years(drawn.scheme)[1], 12, 1)


def test_a_village_built_a_corridor_after_a_decision_and_another_patrols_with_twenty(drawn: Drawn, villages: Written):
    works = kept(villages, Story.LOTS, "public_work").filter(pl.col("cost") == 150_000)
    decided = kept(villages, Story.LOTS, "decision").filter(pl.col("label") == works["decision"][0])
    assert (works["name"].to_list(), decided["matter"].to_list()) == (["村史文化长廊"], ["村史文化长廊"])
    grids, police = (kept(villages, Story.HONOURS, kind) for kind in ("grid_figures", "police_figures"))
    assert (grids["patrol_people"].unique().to_list(), police["cameras"].unique().to_list()) == ([20], [30])
    teams = kept(drawn.ledgers["community"], Story.SIX_GRIDS, "grid_figures")
    assert teams["patrol_people"].unique().to_list() == [200]


def test_a_secretary_has_part_of_a_yearly_sum_still_to_collect(villages: Written):
    contract = kept(villages, Story.ONE_MARK_SHORT, "contract", rated_year=False).row(0, named=True)
    paid = kept(villages, Story.ONE_MARK_SHORT, "income").filter(pl.col("contract") == contract["label"])
    assert contract["first_due"].endswith("-12-05")
    assert 0 < paid["amount"].sum() < contract["yearly_sum"]
