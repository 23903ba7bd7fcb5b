"""The numbers of a record: every amount of a message goes to the field it fits best, all of them together."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from fanxing.dictation.heard import Heard, clause_before, denial_before
from fanxing.dictation.numerals import Amount, fits, scaled
from fanxing.dictation.plain import SOFT, is_one_clause
from fanxing.dictation.reading import Doubt, Said, Span
from fanxing.scheme.model import Field, RecordKind

NUMBERS = ("count", "number", "money", "share")
ALL = re.compile(r"(?:都|全部|全|均|悉数|一个不少)(?:已经?|给|当场|按期|按时)?$")
# Those who did not come are not those who did.
ABSENT = re.compile(r"(?:请假|缺席|缺勤|未到|没到|未参加|外出)(?:的|了|有)?[:]?$")
# A name right before its amount, or right after it; what each character, gap and amount between them takes away.
NEAR, AFTER_IT, PER_LETTER, PER_GAP, PER_AMOUNT = 10.0, 8.0, 0.7, 1.5, 2.0
# What the unit alone gives; what is offered only; units that are as good as the same.
BY_UNIT, OFFERED, SAME = 3.5, 1.0, 2.0
# So many characters stand between a whole and the name of its part.
BEFORE_PART = 4
# Another field that fits nearly as well is told of.
CLOSE = 2.6
# More amounts than one sentence has.
GIVEN_OUT = 14


def numbers(kind: RecordKind, heard: Heard, doubts: list[Doubt]) -> list[Said]:
    """The numbers of the kind's fields."""
    said = _given(kind, heard, doubts)
    return [*said, *_zeros_and_alls(kind, heard, said, doubts)]


def left_over(kind: RecordKind, heard: Heard, said: Sequence[Said], doubts: list[Doubt]) -> tuple[Span, ...]:
    """The amounts that found no field; those that cannot be taken as they are become doubts."""
    left = [one for one in heard.amounts if _is_told(one) and not any(one.span.meets(other.span) for other in said)]
    doubts += [_question(kind, heard, one, [other.field for other in said]) for one in left if one.rough or one.each]
    return tuple(one.span for one in left if not one.rough and not one.each)


def _given(kind: RecordKind, heard: Heard, doubts: list[Doubt]) -> list[Said]:
    fields = [one for one in kind.fields if one.type in NUMBERS]
    exact = [one for one in heard.amounts if not one.rough and not ABSENT.search(clause_before(heard, one.span))][:GIVEN_OUT]
    named = {field.id: heard.spans(kind, field) for field in fields}
    scores = [[_fit(kind, field, amount, named[field.id], heard) for field in fields] for amount in exact]
    chosen = _best(scores)
    found = []
    for place, amount in enumerate(exact):
        if chosen[place] is None:
            continue
        field = fields[chosen[place] or 0]
        best = scores[place][chosen[place] or 0]
        taken = {fields[one].id for one in chosen if one is not None}
        others = [
            other.id
            for other, score in zip(fields, scores[place], strict=True)
            if score > 0 and best - score < CLOSE and other.id not in taken
        ]
        value = _value(field, amount)
        assert value is not None  # it would have no score
        found.append(Said(field.id, value, amount.span, tuple(others)))
        if others:
            titles = "、".join(f"“{one.title}”" for one in fields if one.id in others)
            doubts.append(Doubt(field.id, f"“{amount.span.of(heard.written)}”也可能是{titles}，请核对"))
    return found


def _fit(kind: RecordKind, field: Field, amount: Amount, named: Sequence[Span], heard: Heard) -> float:
    """How well an amount fits a field; 0: not at all."""
    if _value(field, amount) is None:
        return 0.0
    unit = "%" if field.type == "share" else field.unit
    measure = 3.0 if amount.unit and amount.unit in field.words else fits(scaled(amount, unit), unit)
    if not measure or amount.each:
        return 0.0
    if _whole(kind, field) and any(_is_everybody(one, amount, heard) for one in named):
        return 0.0
    near = max((_nearness(one, amount, heard) for one in named), default=0.0)
    if near <= 0:
        return _by_unit(kind, field, amount, heard) if amount.unit and measure >= SAME else 0.0
    if not amount.unit and amount.written == "chinese" and near < AFTER_IT:
        return 0.0
    return near + measure


def _by_unit(kind: RecordKind, field: Field, amount: Amount, heard: Heard) -> float:
    """How well an amount that nothing names fits a field of its unit: only where no other field has the unit, where the unit is a word
    of the field, or where it stands before the name of a part (五个委员到了四个). Elsewhere it is offered (OFFERED), not taken."""
    alone = sum(1 for one in kind.fields if one.type in NUMBERS and one.unit == field.unit) == 1
    meant = amount.unit in field.words or field.unit in field.words
    of_parts = any(
        _whole(kind, one) is field and any(_comes_before(span, amount, heard) for span in heard.spans(kind, one)) for one in kind.fields
    )
    return BY_UNIT if alone or meant or of_parts else OFFERED


def _comes_before(word: Span, amount: Amount, heard: Heard) -> bool:
    """Whether the amount stands right before the word."""
    between = _between(word, amount, heard)
    return between is not None and amount.span < word and len(between) <= BEFORE_PART


def _nearness(word: Span, amount: Amount, heard: Heard) -> float:
    """How close a field's name stands to an amount in the same clause; before it is better than after."""
    between = _between(word, amount, heard)
    if between is None:
        return 0.0
    first = min(word, amount.span)
    crossed = sum(1 for one in heard.amounts if first.end <= one.span.start < max(word, amount.span).start)
    near = NEAR if first == word else AFTER_IT
    return near - PER_LETTER * len(between) - PER_GAP * len(SOFT.findall(between)) - PER_AMOUNT * crossed


def _is_everybody(word: Span, amount: Amount, heard: Heard) -> bool:
    """Whether the amount is the whole, of which all did what the word says: 9名党员都到了."""
    between = _between(word, amount, heard)
    return between is not None and amount.span < word and ALL.search(between) is not None


def _between(word: Span, amount: Amount, heard: Heard) -> str | None:
    """What stands between a word and an amount of one clause; None where they are not in one."""
    if word.meets(amount.span):
        return None
    first, second = sorted((word, amount.span))
    between = heard.text[first.end - heard.span.start : second.start - heard.span.start]
    return between if is_one_clause(between) else None


def _value(field: Field, amount: Amount) -> float | int | None:
    unit = "%" if field.type == "share" else field.unit
    value = scaled(amount, unit).value
    if field.type == "share":
        if amount.unit != "%" or not 0 <= value <= 100:
            return None
        return round(value / 100, 6)
    if amount.unit == "%" or (field.type == "count" and value != int(value)):
        return None
    if (field.least is not None and value < field.least) or (field.most is not None and value > field.most):
        return None
    return int(value) if value == int(value) else value


def _best(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """One field for each amount, or none, so that the sum of the fits is highest; no field twice."""

    @cache
    def best(place: int, used: int) -> tuple[float, tuple[int | None, ...]]:
        if place == len(scores):
            return 0.0, ()
        rest, choice = best(place + 1, used)
        found: tuple[float, tuple[int | None, ...]] = (rest, (None, *choice))
        for field, score in enumerate(scores[place]):
            if score > OFFERED and not used >> field & 1:
                rest, choice = best(place + 1, used | 1 << field)
                if rest + score > found[0] + 1e-9:
                    found = (rest + score, (field, *choice))
        return found

    return list(best(0, 0)[1])


def _whole(kind: RecordKind, field: Field) -> Field | None:
    """The field of which this one is a part: 其中…, 已…, 实… after a field of the same type and unit."""
    before = None
    for one in kind.fields:
        if one is field:
            break
        if one.type == field.type and one.unit == field.unit:
            before = one
    is_part = field.title.startswith(("其中", "已", "实"))
    return before if is_part and field.type == "count" else None


def _zeros_and_alls(kind: RecordKind, heard: Heard, said: Sequence[Said], doubts: list[Doubt]) -> Iterator[Said]:
    """没有发现隐患 is 0; 都已整改 is as many as were found; of none found none is open."""
    have = {one.field: one for one in said}
    for field in kind.fields:
        if field.type != "count" or field.id in have:
            continue
        whole = _whole(kind, field)
        of = have.get(whole.id) if whole else None
        found = next(_none(kind, field, heard), None) or (next(_all(kind, field, heard, of), None) if of else None)
        if found is None and of and of.value == 0:
            found = Said(field.id, 0, of.span)
        if found:
            have[field.id] = found
            if found.value:
                doubts.append(Doubt(field.id, f"按“{found.span.of(heard.written)}”计为 {found.value}，请核对"))
            yield found


def _none(kind: RecordKind, field: Field, heard: Heard) -> Iterator[Said]:
    for span in heard.spans(kind, field):
        denied = denial_before(heard, span)
        if denied and len(span.of(heard.written)) > 1:
            yield Said(field.id, 0, denied)


def _all(kind: RecordKind, field: Field, heard: Heard, of: Said) -> Iterator[Said]:
    for span in heard.spans(kind, field):
        every = ALL.search(clause_before(heard, span))
        if every:
            yield Said(field.id, of.value, Span(span.start - len(every.group()), span.end))


def _question(kind: RecordKind, heard: Heard, amount: Amount, have: Sequence[str]) -> Doubt:
    """What to ask of an amount that is only rough, or of one of several."""
    words = amount.span.of(heard.written)
    if amount.each:
        return Doubt("", f"“{words}”是每人、每户的数，请填合计")
    fitting = [one for one in kind.fields if one.type in NUMBERS and one.id not in have and fits(amount, one.unit) >= 1]
    best = max(fitting, key=lambda one: (one.unit in one.words, one.required), default=None)
    return Doubt(best.id if best else "", f"“{words}”是约数，请填准数")


def _is_told(amount: Amount) -> bool:
    """Whether an amount that found no field is worth telling of: 一次 and 一场 only introduce the thing."""
    return bool(amount.unit) and (amount.value > 1 or amount.unit in ("元", "%") or amount.written == "arabic")
