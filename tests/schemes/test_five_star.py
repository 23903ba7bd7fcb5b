"""What the programme of the five stars promises the people who live with it, beyond its worked cases."""

from collections import Counter

import pytest

from fanxing.rating import Facts, rate
from fanxing.scheme import load
from fanxing.scheme.burden import facts_a_record
from fanxing.scheme.expressions import Name
from fanxing.scheme.model import Combine, RecordKind, UnitKind, Value, reads
from fanxing.scheme.origins import origin

SCHEME = load("five-star")
RATED = {id: kind for id, kind in SCHEME.kinds.items() if kind.counted}
STARS = [(kind.id, star) for kind in SCHEME.kinds.values() for star in kind.stars]

# How many records of each typed kind an average unit enters in a year: an assumption, made on the high side.
RECORDS_A_YEAR = {
    "village": {"village_profile": 1, "activity": 19, "decision": 5, "honour": 4},
    "community": {"community_profile": 1, "activity": 12, "decision": 4, "honour": 4, "joint_meeting": 6, "partner_project": 5},
    "organ": {"activity": 12, "honour": 4, "partner_project": 8, "both_sides": 2},
    "enterprise": {"enterprise_profile": 1, "activity": 12, "decision": 4, "honour": 4, "improvement": 8, "both_sides": 2},
    "compound": {"compound_profile": 1, "activity": 10, "honour": 4, "joint_meeting": 6},
    "organ_branch": {},
}
FACTS_A_YEAR = 120
# What a unit says of its party work and its business, for readers alone.
IN_WORDS = "both_sides"


def full(kind: str) -> dict[str, Value]:
    """The facts of the worked case of a unit with full marks."""
    case = next(case for case in SCHEME.cases if case.title == f"满分{FULL_UNITS[kind]}")
    return dict(case.given[""])


FULL_UNITS = {
    "village": "村",
    "community": "社区",
    "organ": "机关",
    "enterprise": "企业",
    "compound": "小区",
    "organ_branch": "机关支部",
}


def scores(kind: str, given: dict[str, Value]) -> dict[str, float]:
    rating = rate(SCHEME, Facts.from_rows(SCHEME, [{"unit": "v", "kind": kind, **given}]))
    return {star: float(str(rating.value("v", f"{star}_score"))) for star in SCHEME.kinds[kind].stars}


def test_each_kind_of_unit_has_five_stars_of_its_own() -> None:
    titles = {kind.title: [kind.nodes[star].title for star in kind.stars] for kind in RATED.values()}
    assert titles == {
        "村": ["支部过硬", "产业兴旺", "生态宜居", "平安法治", "文明幸福"],
        "城市社区": ["支部过硬", "共建共享", "平安法治", "幸福和谐", "宜业兴业"],
        "机关": ["业务突出", "服务高效", "文明和谐", "廉洁法治", "支部过硬"],
        "企业": ["效益突出", "制度规范", "平安法治", "文明和谐", "支部过硬"],
    }


@pytest.mark.parametrize("kind", SCHEME.kinds)
def test_full_marks_are_reached_in_every_star(kind: str) -> None:
    assert scores(kind, full(kind)) == dict.fromkeys(SCHEME.kinds[kind].stars, 100)


@pytest.mark.parametrize("kind", SCHEME.kinds)
def test_each_star_has_a_colour_of_its_own(kind: str) -> None:
    colours = [SCHEME.kinds[kind].star(star).colour for star in SCHEME.kinds[kind].stars]
    assert len(set(colours) - {""}) == len(colours)
    assert [star for star in SCHEME.kinds[kind].stars if SCHEME.kinds[kind].star(star).colour == "red"] in (["party_branch"], [])


@pytest.mark.parametrize(("kind", "star"), STARS)
def test_a_star_has_four_to_eight_criteria_worth_a_hundred_points(kind: str, star: str) -> None:
    nodes = SCHEME.kinds[kind].nodes
    score = nodes[f"{star}_score"]
    assert isinstance(score.form, Combine)
    parts = [nodes[part.id] for part in score.form.parts if isinstance(part, Name)]
    criteria = [one.full for one in parts if one.full and not one.extra]
    assert 4 <= len(criteria) <= 8
    assert sum(criteria) == score.full == 100


@pytest.mark.parametrize(("kind", "star"), STARS)
def test_a_veto_gives_its_ground_and_ends(kind: str, star: str) -> None:
    vetoes = SCHEME.kinds[kind].star(star).vetoes
    assert vetoes
    for veto in vetoes:
        assert veto.basis
        assert veto.note
        assert veto.lasts is not None or veto.if_undecided == "no"


@pytest.mark.parametrize(("kind", "star"), STARS)
def test_a_star_says_who_answers_for_it_and_on_what_ground(kind: str, star: str) -> None:
    node = SCHEME.kinds[kind].nodes[star]
    assert node.owner
    assert node.basis


def test_compounds_and_branches_of_organs_stand_outside_the_counts() -> None:
    assert [id for id, kind in SCHEME.kinds.items() if not kind.counted] == ["compound", "organ_branch"]
    assert sum(len(kind.stars) for kind in RATED.values()) == 20


def test_an_organ_gives_its_branches_stars_by_one_mark() -> None:
    kind = SCHEME.kinds["organ_branch"]
    assert (kind.stars, kind.total, kind.nodes["tier"].labels) == ((), "mark", SCHEME.kinds["organ"].nodes["tier"].labels)
    assert {fact.source.kind for fact in kind.facts.values() if fact.source} == {
        "appraisal",
        "meeting",
        "member_points",
        "own_method",
        "ruling",
        "milestone",
        "study",
        "supervision",
        "task",
    }
    assert [field.id for field in SCHEME.records["member_points"].fields] == ["members", "qualified"]


def test_only_the_capstone_of_villages_asks_for_other_stars() -> None:
    asking = {(kind, star): [need.basis for need in SCHEME.kinds[kind].star(star).needs] for kind, star in STARS}
    assert {place: bases for place, bases in asking.items() if bases} == {("village", "party_branch"): ["example"]}


@pytest.mark.parametrize("kind", SCHEME.kinds)
def test_what_is_counted_and_reckoned_bears_a_name_of_its_own(kind: str) -> None:
    """In the words that people read: no title says which of two is meant."""
    rules = (*SCHEME.kinds[kind].facts.values(), *SCHEME.kinds[kind].nodes.values())
    assert [title for title, times in Counter(rule.title for rule in rules).items() if times > 1] == []


def test_a_village_that_is_called_a_community_is_rated_as_a_village() -> None:
    units = [
        {"unit": "u1", "name": "东关社区", "kind": "village", **full("village")},
        {"unit": "u2", "name": "东关村", "kind": "community", **full("community")},
    ]
    rating = rate(SCHEME, Facts.from_rows(SCHEME, units))
    assert (rating.value("u1", "industry"), rating.value("u2", "shared_governance")) == (True, True)


MATTERS = (
    ("requests_due", "requests_in_time"),
    ("requests_answered", "requests_satisfied"),
    ("disputes_due", "disputes_settled"),
    ("reports_due", "reports_in_time"),
    ("hazards_found", "hazards_fixed"),
    ("grid_matters", "grid_matters_in_time"),
    ("help_due", "help_done"),
    ("shops_faulty", "shops_put_right"),
    ("works_done", "works_kept"),
    ("works", "works_decided"),
    ("findings", "findings_fixed"),
    ("proposals", "proposals_done"),
    ("meeting_matters", "meeting_settled"),
    ("needs", "needs_met"),
    ("supervised_found", "supervised_fixed"),
    ("families_to_help", "families_helped"),
    ("milestones_due", "milestones_in_time"),
)


@pytest.mark.parametrize("handled", [0, 1, 7])
@pytest.mark.parametrize(
    ("kind", "due", "well"), [(id, *pair) for id, one in SCHEME.kinds.items() for pair in MATTERS if pair[0] in one.facts]
)
def test_one_more_matter_that_is_handled_well_never_costs_a_point(kind: str, due: str, well: str, handled: int) -> None:
    before = {**full(kind), due: 10.0, well: float(handled)} if handled else {**full(kind), due: 0.0, well: 0.0}
    after = {**before, due: float(str(before[due])) + 1, well: float(str(before[well])) + 1}
    was, now = scores(kind, before), scores(kind, after)
    lost = {star: points for star, points in was.items() if now[star] < points}
    assert lost == {}


@pytest.mark.parametrize("kind", SCHEME.kinds)
def test_a_unit_types_at_most_120_facts_a_year(kind: str) -> None:
    """Every field counted as filled, and the date; the kinds that somebody else holds are imported."""
    typed = {one.id: facts_a_record(one) for one in SCHEME.records.values() if not one.held_by and one.kept_in(kind)}
    assert set(typed) == set(RECORDS_A_YEAR[kind])
    assert sum(RECORDS_A_YEAR[kind][one] * facts for one, facts in typed.items()) <= FACTS_A_YEAR


def test_what_a_unit_types_it_may_type_itself() -> None:
    assert {kind.id for kind in SCHEME.records.values() if not kind.held_by and "branch_secretary" not in kind.recorded_by} == set()


def test_a_marks_giver_marks_no_village_of_whose_records_it_is_the_author() -> None:
    """Marks and rulings are never written by the village or by the clerk who enters for it."""
    judged = {kind.id: set(kind.recorded_by) for kind in SCHEME.records.values() if kind.nature == "judgement"}
    assert judged == {
        "appraisal": {"city_desk", "organ_committee", "star_team"},
        "joint_visit": {"star_team"},
        "organ_review": {"organ_reviewer"},
        "ruling": {"city_desk", "star_team"},
        "township_review": {"township_reviewer"},
    }


def read_by(kind: UnitKind, id: str) -> set[str]:
    """The facts that a fact or node rests on."""
    return {id} if id in kind.facts else set().union(*(read_by(kind, name) for name in reads(kind.nodes[id])))


@pytest.mark.parametrize(("kind", "star"), STARS)
def test_every_star_can_be_come_nearer_by_work_that_the_unit_can_do(kind: str, star: str) -> None:
    facts = SCHEME.kinds[kind].facts
    steps = [effort.step for id in read_by(SCHEME.kinds[kind], star) if (effort := facts[id].effort)]
    assert steps
    assert all(steps)


def test_what_people_bring_forward_is_no_step_of_a_route() -> None:
    """Nobody is to go and look for disputes, reports or requests for the sake of points."""
    bettered = {fact.id: fact.source.kind for kind in SCHEME.kinds.values() for fact in kind.facts.values() if fact.source and fact.effort}
    assert {id for id, record in bettered.items() if SCHEME.records[record].nature == "voice"} == set()


@pytest.mark.parametrize("kind", [id for id, kind in SCHEME.kinds.items() if "commended" in kind.facts or "praised_city" in kind.facts])
def test_no_second_plaque_is_worth_a_point(kind: str) -> None:
    praised = [
        id for id in ("commended", "own_methods", "praised_national", "praised_province", "praised_city") if id in SCHEME.kinds[kind].facts
    ]
    few = {**full(kind), **dict.fromkeys(praised, 1.0), **({"reserve": 0} if kind == "village" else {"joined": 0.0})}
    assert scores(kind, {**few, **dict.fromkeys(praised, 9.0)}) == scores(kind, few)


def test_what_is_said_of_both_sides_is_in_words_and_counts_nowhere() -> None:
    assert {
        fact.id for kind in SCHEME.kinds.values() for fact in kind.facts.values() if fact.source and fact.source.kind == IN_WORDS
    } == set()
    assert {field.type for field in SCHEME.records[IN_WORDS].fields} == {"period", "choice", "long text"}


def test_what_falls_due_is_told_in_words() -> None:
    facts = {kind: SCHEME.kinds[kind].facts for kind in ("organ", "village")}
    told = [origin(facts["organ"]["milestones_in_time"], SCHEME.records), origin(facts["village"]["contracts_in_time"], SCHEME.records)]
    assert ["“按期完成”合计" in told[0], "“按期收齐”合计" in told[1]] == [True, True]


# What people look up, and no rule reads.
GUIDES = {"service_item"}


@pytest.mark.parametrize("record", sorted(set(SCHEME.records) - {IN_WORDS} - GUIDES))
def test_a_kind_of_record_is_kept_only_by_the_units_that_it_serves(record: str) -> None:
    promising = {kind.id for kind in SCHEME.records.values() if kind.expects and kind.expects.record == record}
    counted = {kind.id: {fact.source.kind for fact in kind.facts.values() if fact.source} for kind in SCHEME.kinds.values()}
    reading = {kind for kind, some in counted.items() if some & {record, *promising}}
    assert set(SCHEME.records[record].kinds) == reading | beside_others(record)


def beside_others(record: str) -> set[str]:
    """Where records that a star reads name such records or stand beside them: offers beside needs, teams beside what they did."""
    others = (one for one in SCHEME.records.values() if any(field.links == record for field in one.fields) or is_met_by(one, record))
    return {kind for one in others for kind in one.kinds} if record in ("partner_offer", "volunteer_team") else set()


def is_met_by(kind: RecordKind, record: str) -> bool:
    return kind.meets is not None and kind.meets.record == record
