"""Reading circulars: what one was sent, what one's units sent, whom a circular would reach, and how it stands."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from fanxing.accounts.models import User
from fanxing.circulars.models import Circular, Recipient
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import terms_of

VACANT = "无人任职"


@dataclass(frozen=True)
class Address:
    """The holders of some posts at a place, or in the units below it too, of one kind where it is named."""

    place: Unit
    posts: Sequence[str]
    below: bool = False
    kind: str = ""

    @property
    def units(self) -> QuerySet[Unit]:
        """The units addressed."""
        units = Unit.objects.filter(within(self.place.path) if self.below else Q(pk=self.place.pk), closed_on=None)
        return units.filter(kind=self.kind) if self.kind else units


@dataclass(frozen=True)
class Reached:
    """Whom a circular would reach: the first term of each person with an account; and (unit, post, why) of the posts it would not."""

    terms: tuple[Assignment, ...]
    unreached: tuple[tuple[str, str, str], ...]


def reached_by(address: Address, *, on: date) -> Reached:
    """Whom a circular so addressed reaches on a day."""
    held = terms_of(address.units, on=on).filter(post__in=address.posts)
    rows = list(held.select_related("unit", "post", "person__user").order_by("unit__path", "post__position", "pk"))
    terms: dict[int, Assignment] = {}
    for row in rows:
        if row.person.user and row.person.user.is_active:
            terms.setdefault(row.person_id, row)
    return Reached(tuple(terms.values()), tuple(_unreached(address, rows, {row.person_id for row in terms.values()})))


def _unreached(address: Address, rows: Iterable[Assignment], people: Collection[int]) -> list[tuple[str, str, str]]:
    held = {(row.unit_id, row.post_id) for row in rows}
    without = Counter((row.unit.name, row.post.title) for row in rows if row.person_id not in people)
    silent = [(unit, post, f"{count} 人没有账号") for (unit, post), count in without.items()]
    # A post that every kind of unit may have is not vacant where nobody holds it.
    posts = [post for post in Post.objects.filter(pk__in=address.posts).order_by("position", "pk") if post.kinds or not address.below]
    units = list(address.units.order_by("path")) if posts else []
    vacant = [(unit.name, post.title, VACANT) for unit in units for post in posts if post.fits(unit) and (unit.pk, post.pk) not in held]
    return silent + vacant


def received_by(user: User) -> QuerySet[Recipient]:
    """What somebody was sent, the last first."""
    mine = Recipient.objects.filter(person__user=user).select_related("circular__unit", "circular__replaced_by", "unit", "post", "record")
    return mine.order_by("-circular__sent_at", "-circular__pk")


def unread_count(user: User) -> int:
    """How many circulars that stand somebody has not opened yet."""
    return Recipient.objects.filter(person__user=user, read_at=None, circular__recalled_at=None).count()


def sent_by_units_of(authority: Authority) -> QuerySet[Circular]:
    """What was sent by the very units in which a post is held that plans their work, the last first, with how many it reached (`to`), who
    read it (`read`) and answered it (`answered`): nobody above sees how it stands, and nobody beside."""
    counts = {
        "to": Count("recipients"),
        "read": Count("recipients", filter=Q(recipients__read_at__isnull=False)),
        "answered": Count("recipients", filter=Q(recipients__answered_at__isnull=False)),
    }
    sent = Circular.objects.filter(unit__path__in=authority.seats("work.plan"))
    return sent.select_related("unit", "place", "replaced_by").annotate(**counts).order_by("-sent_at", "-pk")


@dataclass(frozen=True)
class State:
    """How a circular stands, for its sender: how many it reached, how many read and answered it, and how often each answer was given."""

    to: int
    read: int
    counts: Mapping[str, int]

    @property
    def answered(self) -> int:
        """How many have answered."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """The sum of answers that are numbers."""
        return sum(int(answer) * count for answer, count in self.counts.items() if answer.isdecimal())


def state_of(circular: Circular) -> State:
    """How a circular stands now."""
    read = Count("pk", filter=Q(read_at__isnull=False))
    answers = circular.recipients.exclude(answered_at=None).order_by().values_list("answer").annotate(Count("pk"))
    return State(**circular.recipients.aggregate(to=Count("pk"), read=read), counts=dict(answers))


def recipients_of(circular: Circular) -> QuerySet[Recipient]:
    """Whom it reached, by unit and post in the order of the tree: nobody is compared with anybody."""
    rows = circular.recipients.select_related("unit", "post", "person", "record")
    return rows.order_by("unit__path", "post__position", "pk")
