"""Puts drawn photos beside the activities of the units that the demo shows to others."""

from collections.abc import Iterator
from datetime import date

from fanxing.audit.actors import SYSTEM, System
from fanxing.demo.chronicle import years
from fanxing.demo.drawn import Drawn
from fanxing.demo.neighbourhood import flagship
from fanxing.demo.pictures import again, scene
from fanxing.demo.plan import FLAGSHIPS, Story
from fanxing.evidence.actions import add_evidence, explain_likeness, make_ready
from fanxing.evidence.attaching import Sent
from fanxing.evidence.models import Evidence, Likeness
from fanxing.lib import clock
from fanxing.records.models import Record

KIND, FIELD = "activity", "scene"
PHOTOS_A_UNIT = 4
# The village that sent one photo twice, and what it said of it.
TWICE, BECAUSE = Story.LOTS, "两次活动在同一处，补登时误选了上次的照片，已和村里核对。"


def add_photos(drawn: Drawn) -> int:
    """Photos of the last activities of the flagships, one of them sent a second time; return how many."""
    begin = date(years(drawn.scheme)[1], 1, 1)
    twice = drawn.telling(TWICE).code
    count = 0
    for code in photographed(drawn):
        ledger = Record.objects.standing().filter(unit__code=code, kind=KIND, occurred_on__gte=begin, awaits=False)
        records = list(ledger.select_related("unit", "kind_version").order_by("-occurred_on", "-pk")[:PHOTOS_A_UNIT])
        pictures = [scene(str(record.data["form"]), count + number) for number, record in enumerate(records)]
        if code == twice and len(records) > 1:
            pictures[0] = again(pictures[1])
        # The earlier activity had the photo first.
        for record, picture in zip(reversed(records), reversed(pictures), strict=True):
            _add(record, picture)
        count += len(records)
    for likeness in Likeness.objects.all():
        explain_likeness(likeness=likeness, answer=BECAUSE, by=SYSTEM, at=clock.now())
    return count


def photographed(drawn: Drawn) -> Iterator[str]:
    """The codes of the units of which photos are shown: the villages that tell a story, and the flagships."""
    yield from dict.fromkeys(place.code for story in Story if story not in FLAGSHIPS for place in drawn.told(story)[:1])
    yield from (flagship(drawn, story) for story in FLAGSHIPS)


def _add(record: Record, picture: bytes) -> Evidence:
    by = System("demo", record.recorded_by_title or record.recorded_by)
    (evidence,) = add_evidence(record=record, sent=[Sent(FIELD, "现场照片.jpg", picture)], by=by, at=record.recorded_at)
    make_ready.call(evidence.pk)
    return evidence
