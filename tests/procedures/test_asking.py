"""Whoever is asked in person has it in the inbox until they have spoken or it is over; nothing is left to tell who spoke when."""

from datetime import date, datetime

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import PERSONAL, visible_items, waiting_at
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.terms import hand_over as hand_over_posts
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, Post
from fanxing.procedures.actions.balloting import cast_vote, close_ballot
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.walking import hand_over, locked
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from tests.cast import FOUNDED, TODAY, Cast, appoint
from tests.procedures.test_secrecy import BOTH, EACH, delegate_above, ruled
from tests.procedures.test_walking import NOW, fresh, later, nominated, voting
from tests.scheme.procedures import ELECT, changed_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]


def waits(user: User) -> list[str]:
    """What waits for somebody of matters."""
    return list(waiting_at(authority_of(user, on=TODAY)).filter(source="matter").values_list("title", flat=True))


def items() -> list[tuple[str, str, str]]:
    """All that ever was put before anybody as a body: (posts, state, outcome)."""
    rows = WorkItem.objects.exclude(PERSONAL).filter(source="matter").order_by("pk")
    return [(one.posts.strip(), one.state, one.outcome) for one in rows]


def test_whoever_may_vote_online_is_asked_until_they_have_voted(cast: Cast, delegates):
    above = delegate_above(cast)
    matter = voting(cast)
    assert [waits(one) for one in (*delegates, above)] == [["公开选拔：表决"]] * 12 + [[]]
    assert waits(cast.secretary) == ["公开选拔：表决"]  # who counts
    cast_vote(matter=matter, choice="for", by=delegates[3], at=later(8))
    assert [waits(one) for one in delegates] == [[] if number == 3 else ["公开选拔：表决"] for number in range(12)]


def test_nobody_else_sees_who_is_asked_and_nothing_is_left_of_it(cast: Cast, delegates):
    matter = voting(cast)
    events = Event.objects.count()
    for one in delegates[:3]:
        cast_vote(matter=matter, choice="for", by=one, at=later(8))
    assert Event.objects.count() == events
    for one in (cast.secretary, cast.clerk, cast.desk):
        assert not visible_items(authority_of(one, on=TODAY)).filter(PERSONAL).exists()
    assert WorkItem.objects.filter(PERSONAL).count() == 9
    close_ballot(matter=matter, by=cast.secretary, at=later(9))
    assert (WorkItem.objects.filter(PERSONAL).count(), [waits(one) for one in delegates]) == (0, [[]] * 12)


def test_a_vote_that_is_put_off_to_others_asks_nobody_twice(cast: Cast, delegates):
    matter = voting(cast)
    cast_vote(matter=matter, choice="for", by=delegates[0], at=later(8))
    held = locked(matter)
    hand_over(held, held.procedure, held.procedure.states[held.state], "换了计票人", cast.secretary, later(8))
    assert [waits(delegates[0]), waits(delegates[1])] == [[], ["公开选拔：表决"]]


def test_whoever_may_vote_opens_it_from_the_inbox(client: Client, cast: Cast, delegates, settings):
    settings.DEMO, settings.TODAY = True, TODAY
    matter = voting(cast)
    client.force_login(delegates[0])
    page = client.get("/inbox/").content.decode()
    assert "公开选拔：表决" in page
    assert f'href="/matters/{matter.pk}/"' in page
    assert "我来办" not in page
    client.force_login(delegates[0])
    client.post(f"/matters/{matter.pk}/vote/cast/", {"choice": "for"})
    assert "公开选拔：表决" not in client.get("/inbox/").content.decode()


def test_a_body_that_has_spoken_is_asked_no_more(cast: Cast):
    matter = nominated(cast)
    assert (waits(cast.secretary), waits(cast.clerk)) == (["公开选拔：会商"], ["公开选拔：会商"])
    give_verdict(matter=matter, choice="for", by=cast.secretary, at=NOW)
    assert (waits(cast.secretary), waits(cast.clerk)) == ([], ["公开选拔：会商"])
    give_verdict(matter=matter, choice="for", by=cast.clerk, at=NOW)
    assert items()[:2] == [
        ("secretary", "done", "已给出意见（柳河村支部书记）"),
        ("clerk", "done", f"已给出意见（{cast.clerk.display_name}）"),
    ]


def test_of_two_bodies_of_one_post_the_second_is_still_asked(cast: Cast):
    ruled(cast, elect=BOTH)
    matter = nominated(cast)
    give_verdict(matter=matter, choice="for", member="branch", by=cast.secretary, at=NOW)
    assert waits(cast.secretary) == ["公开选拔：会商"]
    give_verdict(matter=matter, choice="for", member="board", by=cast.secretary, at=NOW)
    assert (waits(cast.secretary), fresh(matter).state) == (["公开选拔：公示"], "noticed")


def test_where_heads_are_counted_each_is_asked_until_they_have_spoken(cast: Cast, delegates):
    ruled(cast, elect=EACH)
    matter = nominated(cast)
    give_verdict(matter=matter, choice="for", by=delegates[0], at=NOW)
    assert [waits(one) for one in delegates] == [[]] + [["公开选拔：会商"]] * 11
    for one in delegates[1:7]:
        give_verdict(matter=matter, choice="for", by=one, at=NOW)
    assert [waits(one) for one in delegates] == [[]] * 12
    assert Matter.objects.get().state == "noticed"


def in_office_from(cast: Cast, day: date) -> User:
    """Another delegate of the village, with an account, since a day."""
    late = appoint("late", "新到任的代表", cast.village, Post.objects.get(pk="delegate"))
    Assignment.objects.filter(person__user=late).update(valid_from=day)
    return late


def asked_at(user: User, at: datetime) -> int:
    """How many items of matters wait for somebody in person on a day."""
    return waiting_at(authority_of(user, on=at.date())).filter(PERSONAL, source="matter").count()


def test_whoever_comes_into_office_while_a_vote_goes_on_has_none_and_is_told_why(cast: Cast, delegates):
    matter = voting(cast)
    late = in_office_from(cast, later(9).date())
    wind(at=later(10))
    assert (asked_at(late, later(10)), asked_at(delegates[0], later(10))) == (0, 1)
    with pytest.raises(NotAllowed, match="2026年6月23日开始，应到人数是那天定的；您在那以后才到任"):
        cast_vote(matter=matter, choice="for", by=late, at=later(10))


def test_whoever_was_in_office_and_gets_an_account_while_a_vote_goes_on_is_asked_once(cast: Cast, delegates):
    matter = voting(cast)
    cast_vote(matter=matter, choice="for", by=delegates[0], at=later(8))
    late = in_office_from(cast, FOUNDED)
    for _ in range(2):
        wind(at=later(10))
        assert [asked_at(one, later(10)) for one in (late, delegates[0], delegates[1])] == [1, 0, 1]
    cast_vote(matter=matter, choice="for", by=late, at=later(10))
    wind(at=later(10))
    assert asked_at(late, later(10)) == 0


def test_whoever_comes_into_a_committee_that_counts_heads_is_asked_and_speaks(cast: Cast, delegates):
    ruled(cast, elect=EACH)
    matter = nominated(cast)
    late = in_office_from(cast, later(1).date())
    wind(at=later(0))
    assert asked_at(late, later(2)) == 0
    wind(at=later(1))
    assert asked_at(late, later(2)) == 1
    give_verdict(matter=matter, choice="for", by=late, at=later(2))
    assert asked_at(late, later(2)) == 0


def test_the_page_of_a_vote_says_who_may_vote_and_to_the_others_why_not(client: Client, cast: Cast, delegates, settings):
    settings.DEMO, settings.TODAY = True, later(10).date()
    matter = voting(cast)
    late = in_office_from(cast, later(9).date())
    said = {}
    for one in (delegates[0], late, cast.secretary):
        client.force_login(one)
        said[one.username] = client.get(f"/matters/{matter.pk}/").content.decode()
    assert all("2026年6月23日表决开始时在任的村民代表可以在线投票" in text for text in said.values())
    told = [("您在那以后才到任" in text, "投票</button>" in text) for text in said.values()]
    assert told == [(False, True), (True, False), (False, False)]


def test_whoever_takes_a_post_over_in_a_committee_is_asked_instead(cast: Cast, delegates):
    ruled(cast, elect=EACH)
    nominated(cast)
    post = Post.objects.get(pk="delegate")
    successor = appoint("successor", "接任的人", cast.village, post)
    Assignment.objects.filter(person__user=successor).delete()
    hand_over_posts(person=delegates[0].person, to=successor.person, on=later(9).date(), by=SYSTEM, at=later(8))
    wind(at=later(9))
    on = later(9).date()
    still = WorkItem.objects.filter(PERSONAL).values_list("posts", flat=True)
    assert len(still) == 12
    assert waiting_at(authority_of(successor, on=on)).filter(source="matter").exists()
    assert not waiting_at(authority_of(delegates[0], on=on)).filter(source="matter").exists()
    before = set(still)
    wind(at=later(9))
    assert set(WorkItem.objects.filter(PERSONAL).values_list("posts", flat=True)) == before


def test_whoever_takes_a_post_over_while_a_vote_goes_on_is_not_asked_and_nobody_else_is(cast: Cast, delegates):
    voting(cast)
    successor = in_office_from(cast, later(9).date())
    Assignment.objects.filter(person__user=successor).delete()
    hand_over_posts(person=delegates[0].person, to=successor.person, on=later(9).date(), by=SYSTEM, at=later(8))
    wind(at=later(9))
    assert [asked_at(one, later(9)) for one in (successor, *delegates[:2])] == [0, 0, 1]
    assert WorkItem.objects.filter(PERSONAL).count() == 11


def test_where_nobody_can_be_asked_anew_the_clock_goes_on_for_the_others_and_tries_again(cast: Cast, delegates, caplog):
    ruled(cast, elect=EACH)
    first, second = nominated(cast), nominated(cast)
    gone = WorkItem.objects.filter(PERSONAL, about__matter=first.pk)
    gone.update(about={"matter": 0})
    successor = in_office_from(cast, later(1).date())
    Assignment.objects.filter(person__user=successor).delete()
    hand_over_posts(person=delegates[0].person, to=successor.person, on=later(1).date(), by=SYSTEM, at=later(0))
    wind(at=later(1))
    assert asked_at(successor, later(1)) == 2
    assert asked_at(delegates[0], later(0)) == 1
    assert "matter 0 stays where it is" in caplog.text
    WorkItem.objects.filter(PERSONAL, about__matter=0).update(about={"matter": first.pk})
    wind(at=later(1))
    assert asked_at(delegates[0], later(0)) == 0
    assert {fresh(one).state for one in (first, second)} == {"judging"}


LASTS = ("    ballot: {eligible: members", "    within: [{calendar_days: 5}]\n    ballot: {eligible: members")


def test_a_vote_whose_time_is_over_asks_nobody(cast: Cast, delegates):
    ruled(cast, elect=changed_text(ELECT, LASTS))
    voting(cast)
    assert waits(delegates[0]) == ["公开选拔：表决"]
    assert wind(at=later(30)) == 1
    assert (waits(delegates[0]), Matter.objects.get().state) == ([], "dropped")
