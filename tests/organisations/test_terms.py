"""Terms: their ends, what is said of them, who stands in, what is handed over."""

from datetime import date, timedelta

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import events_about
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.people import (
    InvalidPerson,
    WrongTerm,
    assign,
    create_person,
    define_posts,
    end_assignment,
    move_person,
    rename_person,
)
from fanxing.organisations.actions.rotas import Rhythm, make_rota, stop_rota
from fanxing.organisations.actions.terms import (
    HandedOver,
    NobodyElse,
    describe_term,
    give_turn,
    hand_over,
    read_phone,
    renew_term,
    stand_in,
)
from fanxing.organisations.authority import may
from fanxing.organisations.models import Assignment, Person, Post, Rota, Unit
from fanxing.organisations.particulars import Particulars, ParticularsFaulty
from fanxing.organisations.queries import answering_for, ending_soon, holders, people_matching, posts_on_both_sides, vacancies
from tests.cast import NOW, TODAY, Cast, found
from tests.race import race

TOMORROW = TODAY + timedelta(1)
AUTUMN = date(2026, 9, 1)
WINTER = date(2026, 12, 1)


def log_of(person: Person) -> list[tuple[str, str, str]]:
    return [(event.action, event.actor, event.summary) for event in events_about(person)]


def term(name: str) -> Assignment:
    return Assignment.objects.select_related("person", "unit", "post").get(person__name=name)


def held(unit: Unit, on: date = TODAY) -> list[str]:
    return [f"{one.post.title}{'（代）' if one.stands_in_for else ''} {one.person.name}" for one in holders(unit, on=on)]


@pytest.fixture
def posts(cast: Cast) -> dict[str, Post]:
    wanted = [
        Post(id="grid_head", title="网格长", permission_set="no_access", kinds=["grid"], establishment={"grid": 1}, phone="public"),
        Post(id="grid_staff", title="网格员", permission_set="no_access", kinds=["grid"], position=1, establishment={"grid": 2}),
        Post(id="duty", title="值班员", permission_set="no_access", position=2, phone="colleagues"),
        Post(id="chair", title="主任", permission_set="no_access", kinds=["village"], position=3, side="management"),
    ]
    define_posts(posts=wanted, by=SYSTEM, at=NOW)
    return Post.objects.in_bulk()


@pytest.fixture
def wang(cast: Cast) -> Person:
    return create_person(name="王芳", unit=cast.village, by=SYSTEM, at=NOW)


@pytest.fixture
def li(cast: Cast) -> Person:
    return create_person(name="李小满", unit=cast.village, by=SYSTEM, at=NOW)


# Ends


def test_a_term_ends_on_the_day_that_was_set_for_it(cast: Cast, posts: dict[str, Post], wang: Person):
    given = assign(person=wang, unit=cast.village, post=posts["secretary"], valid_from=TODAY, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    assert given.last_day == date(2026, 8, 31)
    assert "支部书记 王芳" in held(cast.village, on=date(2026, 8, 31))
    assert "支部书记 王芳" not in held(cast.village, on=AUTUMN)
    with pytest.raises(WrongTerm, match="止期不能早于起期"):
        assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=TODAY, by=cast.clerk, at=NOW)


def test_terms_at_one_post_do_not_overlap(cast: Cast, posts: dict[str, Post], wang: Person):
    def give(begins: date, ends: date | None) -> Assignment:
        return assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=begins, valid_to=ends, by=cast.clerk, at=NOW)

    give(TODAY, AUTUMN)
    for begins, ends in ((TODAY, None), (date(2026, 8, 31), WINTER), (date(2026, 1, 1), TOMORROW)):
        with pytest.raises(WrongTerm, match="此人自 2026-06-15 起已任柳河村值班员"):
            give(begins, ends)
    give(AUTUMN, None)
    assert wang.assignments.count() == 2


def test_a_running_term_is_renewed(cast: Cast, posts: dict[str, Post], wang: Person):
    given = assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    renew_term(assignment=given, valid_to=WINTER, by=cast.clerk, at=NOW)
    assert Assignment.objects.get(pk=given.pk).valid_to == WINTER
    assert log_of(wang)[-1] == ("organisations.renew_term", "clerk", f"人员 {wang.pk} 号续任柳河村值班员")
    with pytest.raises(WrongTerm, match="晚于原来的"):
        renew_term(assignment=given, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    renew_term(assignment=given, valid_to=None, by=cast.clerk, at=NOW)
    with pytest.raises(WrongTerm):
        renew_term(assignment=given, valid_to=WINTER, by=cast.clerk, at=NOW)


def test_a_term_is_not_renewed_into_another_nor_by_who_may_not_give_it(cast: Cast, posts: dict[str, Post], wang: Person):
    given = assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=WINTER, by=cast.clerk, at=NOW)
    with pytest.raises(WrongTerm, match="不能重叠"):
        renew_term(assignment=given, valid_to=None, by=cast.clerk, at=NOW)
    for user in (cast.secretary, cast.outsider, cast.stranger):
        with pytest.raises(NotAllowed):
            renew_term(assignment=given, valid_to=date(2026, 10, 1), by=user, at=NOW)


def test_a_term_with_an_end_may_end_earlier_but_not_once_it_is_over(cast: Cast, posts: dict[str, Post], wang: Person):
    given = assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    end_assignment(assignment=given, valid_to=TODAY, by=cast.clerk, at=NOW)
    assert Assignment.objects.get(pk=given.pk).valid_to == TODAY
    with pytest.raises(WrongTerm, match="已经结束"):
        end_assignment(assignment=given, valid_to=TODAY, by=cast.clerk, at=NOW)


def test_what_ends_soon_is_found(cast: Cast, posts: dict[str, Post], wang: Person, li: Person):
    assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=TODAY + timedelta(20), by=SYSTEM, at=NOW)
    assign(person=li, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=AUTUMN, by=SYSTEM, at=NOW)
    soon = ending_soon(Assignment.objects.all(), on=TODAY, within=timedelta(30))
    assert [one.person for one in soon] == [wang]


# What is said of a post


def test_how_somebody_is_reached_is_said_anew_and_the_number_stays_out_of_the_log(cast: Cast, posts: dict[str, Post], wang: Person):
    first = Particulars(phone="0374-1234567", hours="工作日 8:00—18:00", scope="3、4 号楼")
    given = assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, particulars=first, by=cast.clerk, at=NOW)
    describe_term(assignment=given, particulars=Particulars(phone="13800001234", scope="3、4 号楼"), by=cast.clerk, at=NOW)
    kept = Assignment.objects.get(pk=given.pk)
    assert (kept.phone, kept.hours, kept.scope) == ("13800001234", "", "3、4 号楼")
    event = events_about(wang).last()
    assert (event.action, event.details) == ("organisations.describe_term", {"post": "duty", "changed": ["phone", "hours"]})
    assert not any(number in str(one.content()) for one in events_about(wang) for number in ("1234567", "13800001234"))
    with pytest.raises(NotAllowed):
        describe_term(assignment=given, particulars=first, by=cast.outsider, at=NOW)


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (Particulars(phone="打我手机"), "电话：写成 0374-1234567 或 13800001234 这样"),
        (Particulars(hours="时" * 101), "值守时间：不超过 100 个字"),
        (Particulars(scope="信教户 12 家"), "负责的范围：不写“信教”这类个人情况"),
        (Particulars(duty="照看残疾人"), "职责：不写“残疾”这类个人情况"),
    ],
)
def test_what_cannot_be_said_of_a_post_is_refused(cast: Cast, posts: dict[str, Post], wang: Person, told: Particulars, fault: str):
    with pytest.raises(ParticularsFaulty, match=fault):
        assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, particulars=told, by=SYSTEM, at=NOW)
    assert not wang.assignments.exists()


def test_a_street_may_be_called_what_a_person_may_not():
    assert Particulars(scope="民族路 1 至 9 号", phone="0374-1234567转801").faults() == {}


def test_reading_a_number_is_for_whom_the_post_says_and_is_logged(cast: Cast, posts: dict[str, Post], wang: Person):
    told = Particulars(phone="13800005678")
    given = assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, particulars=told, by=SYSTEM, at=NOW)
    assert read_phone(assignment=given, by=cast.secretary, at=NOW) == "13800005678"
    assert log_of(wang)[-1] == ("organisations.read_phone", "secretary", f"查看人员 {wang.pk} 号任柳河村值班员的电话")
    for user in (cast.colleague, cast.outsider, cast.stranger):
        with pytest.raises(NotAllowed):
            read_phone(assignment=given, by=user, at=NOW)
    Post.objects.update(phone="public")
    given = Assignment.objects.get(pk=given.pk)
    before = events_about(wang).count()
    assert read_phone(assignment=given, by=cast.stranger, at=NOW) == "13800005678"
    assert events_about(wang).count() == before


# Standing in


def test_who_stands_in_may_do_what_the_post_permits_for_that_time(cast: Cast):
    away, other = term("林秀英"), cast.stranger.person
    given = stand_in(assignment=away, person=other, valid_from=TODAY, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    assert (given.unit, given.post_id, given.stands_in_for) == (cast.village, "secretary", away)
    assert held(cast.village) == ["支部书记 林秀英", "支部书记（代） 何伟"]
    assert may(cast.stranger, "record.add", cast.village, on=TODAY)
    assert not may(cast.stranger, "record.add", cast.village, on=AUTUMN)
    assert log_of(other)[-1] == ("organisations.stand_in", "clerk", f"任命人员 {other.pk} 号代行柳河村支部书记")


def test_nobody_stands_in_twice_at_once_for_themselves_or_beyond_the_term(cast: Cast, posts: dict[str, Post], wang: Person, li: Person):
    away = assign(person=wang, unit=cast.village, post=posts["duty"], valid_from=TODAY, valid_to=AUTUMN, by=SYSTEM, at=NOW)

    def replace(person: Person, begins: date, ends: date, assignment: Assignment = away) -> Assignment:
        return stand_in(assignment=assignment, person=person, valid_from=begins, valid_to=ends, by=cast.clerk, at=NOW)

    with pytest.raises(NobodyElse):
        replace(wang, TODAY, TOMORROW)
    with pytest.raises(WrongTerm, match="原任期之内"):
        replace(li, TODAY, WINTER)
    given = replace(li, TODAY, TOMORROW)
    with pytest.raises(WrongTerm, match="已有人代行"):
        replace(cast.clerk.person, TODAY, TOMORROW)
    with pytest.raises(WrongTerm, match="不能再由别人代行"):
        replace(cast.clerk.person, TODAY, TOMORROW, given)
    with pytest.raises(NotAllowed):
        stand_in(assignment=away, person=li, valid_from=AUTUMN - timedelta(2), valid_to=AUTUMN, by=cast.secretary, at=NOW)


def test_standing_in_ends_with_the_term_and_needs_a_day(cast: Cast, li: Person):
    away = term("林秀英")
    given = stand_in(assignment=away, person=li, valid_from=TODAY, valid_to=AUTUMN, by=cast.clerk, at=NOW)
    with pytest.raises(WrongTerm, match="写明到哪一天"):
        renew_term(assignment=given, valid_to=None, by=cast.clerk, at=NOW)
    end_assignment(assignment=away, valid_to=TOMORROW, by=cast.clerk, at=NOW)
    assert Assignment.objects.get(pk=given.pk).valid_to == TOMORROW


# Handing over


def test_everything_goes_to_the_other_in_one_go(cast: Cast, posts: dict[str, Post], wang: Person):
    leaving = cast.secretary.person
    chair = assign(
        person=leaving,
        unit=cast.village,
        post=posts["chair"],
        valid_from=TODAY,
        valid_to=WINTER,
        particulars=Particulars(phone="0374-1234567", scope="全村"),
        by=SYSTEM,
        at=NOW,
    )
    done = hand_over(person=leaving, to=wang, on=AUTUMN, by=cast.clerk, at=NOW)
    assert (len(done.terms), done.turns, done.ended) == (2, 0, 0)
    assert (held(cast.village, on=date(2026, 8, 31)), held(cast.village, on=AUTUMN)) == (
        ["支部书记 林秀英", "主任 林秀英"],
        ["支部书记 王芳", "主任 王芳"],
    )
    gone = wang.assignments.get(post="chair")
    assert (gone.valid_from, gone.valid_to, gone.phone, gone.scope) == (AUTUMN, WINTER, chair.phone, "全村")
    assert log_of(leaving)[-1] == ("organisations.hand_over", "clerk", f"人员 {leaving.pk} 号的岗位移交给人员 {wang.pk} 号")


def test_a_post_that_the_other_holds_already_just_ends_and_stand_ins_go_over(cast: Cast, posts: dict[str, Post], wang: Person, li: Person):
    for one in (wang, li):
        assign(person=one, unit=cast.village, post=posts["duty"], valid_from=TODAY, by=SYSTEM, at=NOW)
    stand_in(assignment=term("林秀英"), person=wang, valid_from=TODAY, valid_to=AUTUMN, by=SYSTEM, at=NOW)
    done = hand_over(person=wang, to=li, on=TOMORROW, by=cast.clerk, at=NOW)
    assert (len(done.terms), done.ended) == (1, 1)
    assert held(cast.village, on=TOMORROW) == ["支部书记 林秀英", "支部书记（代） 李小满", "值班员 李小满"]


def test_a_hand_over_is_all_or_nothing_and_by_who_may_give_each_post(cast: Cast, posts: dict[str, Post], wang: Person):
    leaving = cast.secretary.person
    assign(person=leaving, unit=cast.other_village, post=posts["chair"], valid_from=TODAY, by=SYSTEM, at=NOW)
    with pytest.raises(NotAllowed):
        hand_over(person=leaving, to=wang, on=TOMORROW, by=cast.clerk, at=NOW)
    assert not wang.assignments.exists()
    with pytest.raises(NobodyElse):
        hand_over(person=leaving, to=leaving, on=TOMORROW, by=cast.desk, at=NOW)
    with pytest.raises(WrongTerm, match="没有要移交的岗位"):
        hand_over(person=wang, to=leaving, on=TOMORROW, by=cast.desk, at=NOW)


# People


def test_a_person_moves_and_is_called_otherwise(cast: Cast, wang: Person):
    rename_person(person=wang, name=" 王方 ", by=cast.clerk, at=NOW)
    move_person(person=wang, unit=cast.neighbour, by=cast.clerk, at=NOW)
    wang.refresh_from_db()
    assert (wang.name, wang.unit) == ("王方", cast.neighbour)
    assert [one[2] for one in log_of(wang)[-2:]] == [f"更正人员 {wang.pk} 号的姓名", f"人员 {wang.pk} 号由柳河村转到青山村"]
    told = [[name for name in ("王芳", "王方") if name in str(one.content())] for one in events_about(wang)]
    assert told == [[], [], []]
    for user, unit in ((cast.clerk, cast.other_village), (cast.secretary, cast.village)):
        with pytest.raises(NotAllowed):
            move_person(person=wang, unit=unit, by=user, at=NOW)
    with pytest.raises(InvalidPerson):
        rename_person(person=wang, name=" ", by=cast.clerk, at=NOW)


def test_nobody_takes_a_person_of_more_power_to_themselves(cast: Cast):
    chief = create_person(name="郑刚", unit=cast.village, by=SYSTEM, at=NOW)
    assign(person=chief, unit=cast.city, post=Post.objects.get(pk="desk"), valid_from=TODAY, by=SYSTEM, at=NOW)
    with pytest.raises(NotAllowed, match="超出您的权限"):
        move_person(person=chief, unit=cast.neighbour, by=cast.clerk, at=NOW)


def test_a_person_is_found_by_characters_and_initials(cast: Cast, wang: Person, li: Person):
    def found_by(text: str) -> list[str]:
        return [one.name for one in people_matching(Person.objects.order_by("pk"), text)]

    assert (found_by("小满"), found_by("lxm"), found_by("王芳"), found_by("?")) == (["李小满"], ["李小满"], ["王芳"], [])
    rename_person(person=wang, name="汪方", by=SYSTEM, at=NOW)
    assert (found_by("王芳"), found_by("汪")) == ([], ["汪方"])
    assert [one.person.name for one in Assignment.objects.filter(person__search_text__holds=("lxy",))] == ["林秀英"]


# Who answers, and what is vacant


@pytest.fixture
def grids(cast: Cast) -> list[Unit]:
    return [found(f"990101201W{number}", f"第{number}网格", "grid", cast.village) for number in (1, 2)]


def test_who_answers_for_a_unit_and_the_places_it_divides_into(
    cast: Cast, posts: dict[str, Post], grids: list[Unit], wang: Person, django_assert_num_queries
):
    assign(person=wang, unit=grids[0], post=posts["grid_head"], valid_from=TODAY, by=cast.clerk, at=NOW)
    with django_assert_num_queries(1):
        told = [(one.unit.name, one.post.title, one.person.name) for one in answering_for(cast.village, ["grid"], on=TODAY)]
    assert told == [("柳河村", "支部书记", "林秀英"), ("第1网格", "网格长", "王芳")]


def test_posts_that_should_be_held_and_are_not_are_vacant(
    cast: Cast, posts: dict[str, Post], grids: list[Unit], wang: Person, li: Person, django_assert_num_queries
):
    head = assign(person=wang, unit=grids[0], post=posts["grid_head"], valid_from=date(2026, 1, 1), by=SYSTEM, at=NOW)
    assign(person=li, unit=grids[0], post=posts["grid_staff"], valid_from=TODAY, by=SYSTEM, at=NOW)

    def vacant() -> list[tuple[object, ...]]:
        rows = vacancies(Unit.objects.filter(pk__in=[one.pk for one in grids]), on=TODAY)
        return [tuple(row[name] for name in ("name", "post_id", "wanted", "held", "since")) for row in rows]

    with django_assert_num_queries(2):
        assert vacant() == [
            ("第1网格", "grid_staff", 2, 1, None),
            ("第2网格", "grid_head", 1, 0, None),
            ("第2网格", "grid_staff", 2, 0, None),
        ]
    stand_in(assignment=head, person=li, valid_from=TODAY, valid_to=AUTUMN, by=SYSTEM, at=NOW)
    end_assignment(assignment=head, valid_to=TODAY, by=SYSTEM, at=NOW)
    assert vacant()[0] == ("第1网格", "grid_head", 1, 0, TODAY)
    assert list(vacancies(Unit.objects.none(), on=TODAY)) == []


def test_one_person_in_posts_of_both_sides_is_shown_together(cast: Cast, posts: dict[str, Post]):
    Post.objects.filter(pk="secretary").update(side="party")
    everything = Assignment.objects.all()
    assert list(posts_on_both_sides(everything)) == []
    assign(person=cast.secretary.person, unit=cast.village, post=posts["chair"], valid_from=TODAY, by=SYSTEM, at=NOW)
    both = [(one.person.name, one.post.title) for one in posts_on_both_sides(everything).order_by("pk")]
    assert both == [("林秀英", "支部书记"), ("林秀英", "主任")]


# Rotas


def turns(rota: Rota) -> list[tuple[date, str]]:
    rows = rota.turns.order_by("valid_from")
    return [(one.valid_from, one.person.name) for one in rows if one.valid_to != one.valid_from]


@pytest.fixture
def rota(cast: Cast, posts: dict[str, Post], wang: Person, li: Person) -> Rota:
    """Monday 15 June to Monday 22 June, on workdays."""
    rhythm = Rhythm(TODAY, date(2026, 6, 22), workdays=True)
    return make_rota(
        unit=cast.village, post=posts["duty"], title="两委轮值", people=[wang, li], rhythm=rhythm, hours="8:00—18:00", by=cast.clerk, at=NOW
    )


def test_people_take_turns_in_their_order(cast: Cast, rota: Rota):
    assert turns(rota) == [
        (date(2026, 6, 15), "王芳"),
        (date(2026, 6, 16), "李小满"),
        (date(2026, 6, 17), "王芳"),
        (date(2026, 6, 18), "李小满"),
        (date(2026, 6, 19), "王芳"),
        (date(2026, 6, 22), "李小满"),
    ]
    assert (held(cast.village)[1:], held(cast.village, on=date(2026, 6, 20))[1:]) == (["值班员 王芳"], [])
    event = events_about(rota).get()
    assert (event.action, event.actor, event.summary) == ("organisations.make_rota", "clerk", "柳河村排定轮值：两委轮值，6 班")


def test_turns_of_a_week_end_with_the_last_day():
    rhythm = Rhythm(TODAY, date(2026, 6, 24), days=7)
    assert list(rhythm.spans()) == [(TODAY, date(2026, 6, 22)), (date(2026, 6, 22), date(2026, 6, 25))]


def test_a_turn_goes_to_somebody_else(cast: Cast, rota: Rota, wang: Person, li: Person):
    first, second = rota.turns.order_by("valid_from")[:2]
    with pytest.raises(WrongTerm, match="本来就是此人的"):
        give_turn(turn=second, to=li, by=cast.clerk, at=NOW)
    give_turn(turn=second, to=wang, by=cast.clerk, at=NOW)
    assert turns(rota)[1] == (date(2026, 6, 16), "王芳")
    with pytest.raises(NotAllowed):
        give_turn(turn=first, to=li, by=cast.secretary, at=NOW)


def test_the_turns_of_who_hands_over_go_along(cast: Cast, rota: Rota, wang: Person):
    done = hand_over(person=wang, to=cast.clerk.person, on=date(2026, 6, 17), by=cast.clerk, at=NOW)
    assert done == HandedOver((), 2, 0)
    assert [name for _, name in turns(rota)] == ["王芳", "李小满", "赵敏", "李小满", "赵敏", "李小满"]


def test_turns_to_come_are_called_off(cast: Cast, rota: Rota):
    assert stop_rota(rota=rota, on=date(2026, 6, 18), by=cast.clerk, at=NOW) == 3
    assert [day for day, _ in turns(rota)] == [date(2026, 6, 15), date(2026, 6, 16), date(2026, 6, 17)]
    with pytest.raises(WrongTerm, match="没有排班"):
        stop_rota(rota=rota, on=date(2026, 6, 18), by=cast.clerk, at=NOW)
    with pytest.raises(WrongTerm, match="明天以后"):
        stop_rota(rota=rota, on=TODAY, by=cast.clerk, at=NOW)
    with pytest.raises(NotAllowed):
        stop_rota(rota=rota, on=TOMORROW, by=cast.outsider, at=NOW)


def test_a_rota_that_cannot_be_is_refused(cast: Cast, posts: dict[str, Post], rota: Rota, wang: Person, li: Person):
    def make(people: list[Person], rhythm: Rhythm, title: str = "轮值", post: str = "duty", by=cast.clerk) -> Rota:
        return make_rota(unit=cast.village, post=posts[post], title=title, people=people, rhythm=rhythm, by=by, at=NOW)

    july = Rhythm(date(2026, 7, 1), date(2026, 7, 31))
    for people, rhythm, words in (
        ([wang], july, "至少要有两个人"),
        ([wang, wang], july, "每人只列一次"),
        ([wang, li], Rhythm(july.last, july.first), "这里有 0 班"),
        ([wang, li], Rhythm(july.first, date(2028, 7, 1)), "这里有 732 班"),
        ([wang, li], Rhythm(TODAY, july.last), "请先结束"),
        ([wang, li], Rhythm(july.first, july.last, days=30), "1 至 28 天"),
    ):
        with pytest.raises(WrongTerm, match=words):
            make(people, rhythm)
    with pytest.raises(WrongTerm, match="名称"):
        make([wang, li], july, title=" ")
    with pytest.raises(NotAllowed):
        make([wang, li], july, by=cast.secretary)
    assert Rota.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_stand_in_at_once_one_does(transactional_db: None, cast: Cast):
    away = term("林秀英")

    def replace(user):
        def act() -> str:
            stand_in(assignment=away, person=user.person, valid_from=TODAY, valid_to=AUTUMN, by=SYSTEM, at=NOW)
            return "stands in"

        return act

    results = race(replace(cast.stranger), replace(cast.colleague))
    assert sorted(one if isinstance(one, str) else type(one).__name__ for one in results) == ["WrongTerm", "stands in"]
