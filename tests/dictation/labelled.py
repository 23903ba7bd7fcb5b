"""Messages with the records they mean, and how many of them are read right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fanxing.dictation import Known, Part, Reading, propose
from fanxing.lib.pronunciation import syllable
from fanxing.scheme import load
from fanxing.scheme.model import RecordKind

HERE = Path(__file__).parent
SETS = {"tuned on": "messages.yaml", "held out": "held_out.yaml"}
# Whoever writes such messages; the more kinds they may enter, the harder the choice.
POSTS = frozenset({"branch_secretary", "compound_head", "township_clerk"})
FIRST = 3


@dataclass(frozen=True)
class Message:
    """What somebody writes in a kind of unit on a day, and the records it means: kind, day, values by field."""

    said: str
    unit: str
    today: date
    records: tuple[tuple[str, date, Mapping[str, object]], ...]


@dataclass(frozen=True)
class Score:
    """Shares of what is right; a record that was not told apart counts as wrong in everything."""

    records: int
    kind_first: float
    kind_in_three: float
    day: float
    precision: float
    recall: float
    whole: float

    def row(self) -> list[str]:
        return [
            str(self.records),
            *(f"{one:.1%}" for one in (self.kind_first, self.kind_in_three, self.day, self.precision, self.recall, self.whole)),
        ]


def messages(name: str) -> list[Message]:
    """The messages of a set."""
    data = yaml.safe_load((HERE / SETS[name]).read_text("utf-8"))
    return [_message(row, data["today"]) for row in data["messages"]]


def _message(row: Mapping[str, Any], today: date) -> Message:
    told = row["is"] if isinstance(row["is"], list) else [row["is"]]
    records = tuple(
        (one["kind"], one.get("day", today), {id: value for id, value in one.items() if id not in ("kind", "day")}) for one in told
    )
    return Message(row["say"], row["unit"], today, records)


@cache
def kinds_for(unit: str, scheme: str = "five-star") -> tuple[RecordKind, ...]:
    """The kinds of record that the writers may enter in a kind of unit."""
    return tuple(one for one in load(scheme).records.values() if one.kept_in(unit) and POSTS & {*one.recorded_by})


def read(message: Message) -> Reading:
    """What the rules make of it."""
    return propose(message.said, Known(kinds_for(message.unit), message.today, sound=syllable))


def score(read_messages: Sequence[tuple[Message, Reading]]) -> Score:
    """How many are right."""
    judged = [one for message, reading in read_messages for one in judge(message, reading)]
    count = len(judged)
    right, said, meant = (sum(one[place] for one in judged) for place in (3, 4, 5))
    shares = [sum(one[place] for one in judged) / count for place in (0, 1, 2, 6)]
    return Score(count, shares[0], shares[1], shares[2], right / said, right / meant, shares[3])


def judge(message: Message, reading: Reading) -> Iterator[tuple[bool, bool, bool, int, int, int, bool]]:
    """For every record: kind first, kind in the first three, day, fields right, fields proposed, fields meant, all of it.

    The fields are those of the right kind, where it was among the first three: that is what the form shows after one tap."""
    apart = len(reading.parts) == len(message.records)
    for place, (kind, day, fields) in enumerate(message.records):
        part = reading.parts[place] if apart else Part(reading.parts[0].span)
        ids = [one.kind.id for one in part.proposals[:FIRST]]
        found = next((one for one in part.proposals[:FIRST] if one.kind.id == kind), None)
        data = found.data() if found else {}
        right = sum(data.get(id) == value for id, value in fields.items())
        on = found is not None and found.on(message.today) == day
        yield ids[:1] == [kind], kind in ids, on, right, len(data), len(fields), ids[:1] == [kind] and on and data == dict(fields)


def wrong(message: Message, reading: Reading) -> Iterator[str]:
    """In words, what is not right."""
    if len(reading.parts) != len(message.records):
        yield f"{len(message.records)} records, read {[one.span.of(message.said) for one in reading.parts]}"
        return
    for part, (kind, day, fields) in zip(reading.parts, message.records, strict=True):
        ids = [(one.kind.id, one.score) for one in part.proposals[:FIRST]]
        if not ids or ids[0][0] != kind:
            yield f"is {kind}, read {ids}"
        found = next((one for one in part.proposals if one.kind.id == kind), None)
        if found is None:
            continue
        if found.on(message.today) != day:
            yield f"{day}, read {found.on(message.today)}"
        data = found.data()
        for id in dict.fromkeys([*fields, *data]):
            if data.get(id) != fields.get(id):
                yield f"{id} is {fields.get(id)!r}, read {data.get(id)!r}"
