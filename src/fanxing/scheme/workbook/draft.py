"""A county's sheet as a draft: its rows as read, what was decided about them, and what is still open."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from fanxing.scheme.workbook.points import Points
from fanxing.scheme.workbook.rows import Line
from fanxing.scheme.workbook.sheets import Area

# What is known of a row: read from the words; to be judged by somebody; waiting for an answer; decided; refused by a rule.
State = Literal["read", "judged", "ask", "decided", "refused"]
STATES: Mapping[State, str] = {"ask": "待定", "read": "已读出", "judged": "由人评分", "decided": "已定", "refused": "不计分"}


@dataclass(frozen=True)
class Reading:
    """What the system made of a row: its rule, how sure that is, what it asks, and the measures it thinks of, the best first."""

    points: Points
    state: State
    questions: tuple[str, ...] = ()
    why: str = ""
    proposed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a row: its rule, and the star it counts for where that is not the sheet's."""

    points: Points
    star: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the sheet with the kind of unit and the star it belongs to (ids), its reading, and the rules it breaks."""

    line: Line
    kind: str
    star: str
    reading: Reading
    refused: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.line.id


@dataclass(frozen=True)
class StarHead:
    """A star as the sheet has it: the full mark and the pass mark it states, None where it states none."""

    kind: str
    id: str
    title: str
    full: float | None = None
    pass_mark: float | None = None
    owner: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class SheetDraft:
    """A workbook as understood, and every decision about it.

    document   the name of the file
    sheets     (name of a sheet, kind of unit it is for), those that hold rows
    unread     (name of a sheet, why nothing was read there)
    decisions  by the id of the row
    passes     pass marks that were decided, by kind/star
    """

    document: str
    sheets: tuple[tuple[str, str], ...]
    stars: tuple[StarHead, ...]
    rows: tuple[Row, ...]
    unread: tuple[tuple[str, str], ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    passes: Mapping[str, float] = field(default_factory=dict)

    # ---- what holds

    def row(self, id: str) -> Row | None:
        """The row of that id."""
        return next((row for row in self.rows if row.id == id), None)

    def state(self, row: Row) -> State:
        """What is known of a row by now."""
        return "decided" if row.id in self.decisions else row.reading.state

    def rule(self, row: Row) -> Points:
        """The rule of a row: as decided, or else as read."""
        decided = self.decisions.get(row.id)
        return decided.points if decided else row.reading.points

    def settled(self, row: Row) -> Points:
        """The rule that the draft can work with now: without a measure, or what the measure is compared with, somebody judges; without
        a mark it gives nothing."""
        rule = self.rule(row)
        if rule.form in ("veto", "left_out"):
            return rule
        if rule.mark is None or rule.mark <= 0:
            return Points("left_out")
        lacks = rule.measured and (not rule.measure or (rule.form == "each" and rule.side != "" and rule.beyond is None))
        return Points("judged", mark=rule.mark) if lacks else rule

    def star_of(self, row: Row) -> str:
        """The id of the star a row counts for."""
        decided = self.decisions.get(row.id)
        return decided.star if decided and decided.star else row.star

    def rows_of(self, star: StarHead) -> Iterator[Row]:
        """The rows that count for a star, in the order of the sheet."""
        return (row for row in self.rows if row.kind == star.kind and self.star_of(row) == star.id)

    def kinds(self) -> tuple[str, ...]:
        """The kinds of unit that the sheets are for, each once."""
        return tuple(dict.fromkeys(row.kind for row in self.rows))

    def counts(self) -> Counter[State]:
        """How many rows are in which state."""
        return Counter(self.state(row) for row in self.rows)

    @property
    def open(self) -> int:
        """How many rows still wait for an answer."""
        return self.counts()["ask"]

    def full_of(self, star: StarHead) -> float:
        """The marks of the rows that count for a star, those outside the full mark aside."""
        return sum(
            (rule.mark or 0.0) * (1.0 if row.line.weight is None else row.line.weight)
            for row in self.rows_of(star)
            if row.line.standing == "item" and (rule := self.settled(row)).form not in ("veto", "left_out")
        )

    # ---- what changes

    def decide(self, id: str, decision: Decision | None) -> "SheetDraft":
        """The same with a decision about a row, or with that taken back."""
        others = {key: one for key, one in self.decisions.items() if key != id}
        return replace(self, decisions={**others, id: decision} if decision else others)

    def with_pass(self, star: StarHead, pass_mark: float | None) -> "SheetDraft":
        """The same with the pass mark of a star, or with that taken back."""
        others = {key: one for key, one in self.passes.items() if key != star.key}
        return replace(self, passes={**others, star.key: pass_mark} if pass_mark is not None else others)

    # ---- as JSON

    def plain(self) -> dict[str, Any]:
        """As plain JSON data, from which `of_plain` makes it again."""
        return asdict(self)


def of_plain(data: Mapping[str, Any]) -> SheetDraft:
    """The draft that `SheetDraft.plain` told."""
    return SheetDraft(
        document=data["document"],
        sheets=_pairs(data["sheets"]),
        stars=tuple(StarHead(**one) for one in data["stars"]),
        rows=tuple(_row(one) for one in data["rows"]),
        unread=_pairs(data["unread"]),
        decisions={id: Decision(_points(one["points"]), one["star"]) for id, one in data["decisions"].items()},
        passes={star: float(mark) for star, mark in data["passes"].items()},
    )


def _pairs(data: Any) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in data)


def _row(data: Mapping[str, Any]) -> Row:
    reading = data["reading"]
    return Row(
        line=Line(**{**data["line"], "area": Area(**data["line"]["area"])}),
        kind=data["kind"],
        star=data["star"],
        reading=Reading(
            _points(reading["points"]), reading["state"], tuple(reading["questions"]), reading["why"], tuple(reading["proposed"])
        ),
        refused=tuple(data["refused"]),
    )


def _points(data: Mapping[str, Any]) -> Points:
    rows = tuple((float(one), float(gives)) for one, gives in data["rows"])
    return Points(**{**data, "rows": rows, "grades": tuple((word, float(gives)) for word, gives in data["grades"])})
