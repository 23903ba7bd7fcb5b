"""Lists of records: found by words, a page after another, whatever the number of units."""

from datetime import date
from io import StringIO

from django.core.management import call_command
from django.db.models import Q

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.models import Publication
from fanxing.programme.queries import scheme_of
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.actions.taking_over import PastRow, take_over_records
from fanxing.records.lists import FEW, Found, Span, has_choice, saying
from fanxing.records.models import Record, RecordText
from tests.cast import NOW, Cast, found
from tests.records.rows import MAY_DAY, enter

TOPIC = "学党史"


def spans(cast: Cast) -> dict[str, Span]:
    """Few units, many, and all there are."""
    for number in range(FEW + 1):
        found(f"9901012{number:02}9", f"新设{number}村", "village", cast.town)
    under = Unit.objects.filter(within(cast.town.path))
    return {"few": Span(Unit.objects.filter(pk=cast.village.pk)), "many": Span(under), "all": Span(Unit.objects.all(), everywhere=True)}


def listed(records: Span) -> Found:
    return Found([records.of(Record.objects.standing())], [records.of(Record.objects.standing(), walking=False)])


def said(text: str) -> list[int]:
    return list(saying(Record.objects.standing(), text).order_by("pk").values_list("pk", flat=True))


def test_pages_follow_each_other_forth_and_back_whatever_the_number_of_units(cast: Cast, programme: Publication):
    days = [date(2026, 5, day) for day in (1, 2, 2, 2, 3, 4, 4)]
    records = [enter(cast, on=day) for day in days]
    wanted = [one.pk for one in sorted(records, key=lambda one: (one.occurred_on, one.pk), reverse=True)]
    for span in spans(cast).values():
        listing = listed(span)
        first, more = listing.page(3)
        assert (first, more) == (wanted[:3], True)
        last = Record.objects.get(pk=first[-1])
        second, more = listing.page(3, after=(last.occurred_on, last.pk))
        assert (second, more) == (wanted[3:6], True)
        begins = Record.objects.get(pk=second[0])
        assert listing.page(3, before=(begins.occurred_on, begins.pk)) == (wanted[:3], False)
        ends = Record.objects.get(pk=wanted[-1])
        assert listing.page(3, after=(ends.occurred_on, ends.pk)) == ([], False)
        assert listing.counted == len(wanted)
        assert listing.by_day() == {day: days.count(day) for day in sorted(set(days))}
        assert listing.by_unit_and_kind() == {(cast.village.pk, "meeting"): len(wanted)}


def test_a_short_list_is_in_the_same_order(cast: Cast, programme: Publication):
    for day in (3, 1, 2):
        enter(cast, on=date(2026, 5, day))
    walked = Found([Record.objects.standing()], [])
    read = Found([Record.objects.standing()], [], is_short=True)
    assert [read.page(2), read.page(2, after=(date(2026, 5, 2), 0))] == [walked.page(2), walked.page(2, after=(date(2026, 5, 2), 0))]
    assert read.page(2, before=(date(2026, 5, 1), 0)) == walked.page(2, before=(date(2026, 5, 1), 0))


def test_few_units_and_many_list_what_lies_in_them_alone(cast: Cast, programme: Publication):
    enter(cast)
    enter(cast, unit=cast.other_village, by="outsider")
    mine = Record.objects.get(unit=cast.village).pk
    found = spans(cast)
    assert [listed(found[name]).page(9)[0] for name in ("few", "many")] == [[mine], [mine]]
    assert len(listed(found["all"]).page(9)[0]) == 2
    assert [one.row_count for one in found.values()] == [1, 1, 2]


def test_a_record_is_found_by_its_words_however_it_came_in(cast: Cast, programme: Publication):
    data = {"form": "lesson", "topic": TOPIC}
    entered = enter(cast, data=data)
    load_records(rows=[RecordRow("990101201", "meeting", MAY_DAY, data)], by=SYSTEM, at=NOW, source="typed")
    past, without = (PastRow("990101201", "meeting", MAY_DAY, one, "typed", NOW, "x", "某人") for one in (data, {"form": "lesson"}))
    take_over_records(rows=[past, without], by=SYSTEM, at=NOW)
    assert len(said("党史")) == len(said("xds")) == 3
    assert (said("党课"), said("史学"), RecordText.objects.count()) == ([], [], 3)
    corrected = correct_record(
        record=entered, occurred_on=MAY_DAY, data={"form": "lesson", "topic": "安全生产"}, reason="写错了", by=SYSTEM, at=NOW
    )
    assert said("aqsc") == [corrected.pk]
    assert len(said("党史")) == 2
    withdraw_record(record=corrected, reason="重复", by=SYSTEM, at=NOW)
    assert said("安全") == []


def test_the_index_can_be_made_anew(cast: Cast, programme: Publication):
    enter(cast, data={"form": "lesson", "topic": TOPIC})
    enter(cast)
    before = list(RecordText.objects.values_list("record", "search_text"))
    RecordText.objects.all().delete()
    assert said("党史") == []
    output = StringIO()
    call_command("index_records", stdout=output)
    assert output.getvalue() == "已重建 1 条记录的检索词\n"
    assert list(RecordText.objects.values_list("record", "search_text")) == before
    assert Record.objects.filter(Q(text=None)).count() == 1


def test_a_word_may_stand_in_a_choice_where_the_kind_is_known(cast: Cast, programme: Publication):
    kind = scheme_of(programme).records["meeting"]
    lesson = enter(cast, on=MAY_DAY, data={"form": "lesson", "topic": TOPIC}).pk
    about = enter(cast, on=MAY_DAY, data={"form": "members", "topic": "怎样上党课"}).pk
    sought = {"党课": [lesson, about], "dk": [lesson, about], "党课 党史": [lesson], "党课 路灯": [], "党史": [lesson], "、": []}
    told = {text: list(saying(Record.objects.standing(), text, kind).order_by("pk").values_list("pk", flat=True)) for text in sought}
    assert told == sought
    assert {text: has_choice(kind, text) for text in ("党课", "dk", "d", "党课 党史", "党史", "")} == {
        "党课": True,
        "dk": True,
        "d": False,
        "党课 党史": True,
        "党史": False,
        "": False,
    }
