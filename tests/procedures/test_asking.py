"""Whoever is asked in person has it in the inbox until they have spoken or it is over; nothing is left to tell who spoke when."""

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import PERSONAL, visible_items, waiting_at
from fanxing.organisations.actions.terms import hand_over as hand_over_posts
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, Post
from fanxing.procedures.actions.balloting import cast_vote, close_ballot
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.walking import hand_over, locked
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from tests.cast import TODAY, Cast, appoint
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


def test_whoever_takes_a_post_over_is_asked_instead(cast: Cast, delegates):
    voting(cast)
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


LASTS = ("    ballot: {eligible: members", "    within: [{calendar_days: 5}]\n    ballot: {eligible: members")


def test_a_vote_whose_time_is_over_asks_nobody(cast: Cast, delegates):
    ruled(cast, elect=changed_text(ELECT, LASTS))
    voting(cast)
    assert waits(delegates[0]) == ["公开选拔：表决"]
    assert wind(at=later(30)) == 1
    assert (waits(delegates[0]), Matter.objects.get().state) == ([], "dropped")
