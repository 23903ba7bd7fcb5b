"""What a programme's rules can say, as frozen values. A Scheme made by the loader has been checked; see `checking`."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Literal

from fanxing.scheme.expressions import Expression, Name, Type, names, parse

Value = float | bool | str | None


@dataclass(frozen=True)
class Place:
    """Where a rule stands in its source: for error messages, never part of what the rule says."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What everything in a scheme carries: an id that stays, a title in the users' language, and the ground it stands on."""

    id: str
    title: str = ""
    basis: str = ""
    note: str = ""
    owner: str = ""
    place: Place = field(default=Place(), compare=False, repr=False)


# ---- records: what is written down -------------------------------------------------------------------------------

FIELD_TYPES: Mapping[str, Type] = {
    "count": Type.NUMBER,
    "number": Type.NUMBER,
    "money": Type.NUMBER,
    "share": Type.NUMBER,
    "yes/no": Type.TRUTH,
    "text": Type.TEXT,
    "long text": Type.TEXT,
    "choice": Type.TEXT,
    "date": Type.DATE,
    "period": Type.TEXT,
    "place": Type.TEXT,
    "unit": Type.TEXT,
    "record": Type.TEXT,
    "photo": Type.TEXT,
    "file": Type.TEXT,
}


PERIODS = ("year", "quarter", "month")
# What a date gives beside a kind's own fields, where its `identity` says what makes two records the same.
PARTS_OF_THE_DATE = {"day": "日期", "month": "月份", "quarter": "季度", "year": "年度"}
IDENTITY_DAYS = tuple(PARTS_OF_THE_DATE)
LAST = "last"
# What the accounts of a branch's members give a form: how many have one, and how many of them reach the mark. Never what one of them has.
FROM_POINTS = ("points.members", "points.qualified")
FROM_DEVICE = "device.position"


@dataclass(frozen=True, kw_only=True)
class Field(Rule):
    """One thing a record of a kind says. `choices` are (value, word) pairs; bounds are inclusive.

    share_of     (part, whole): a share only states what these two fields give, and is held against them; `scope` says what the whole covers
    every        of a period: the length it has, one of PERIODS; written 2025, 2025-Q1 or 2025-03
    unit_kinds   of a unit (its code): the kinds of unit it may be of (empty: any)
    links        of a record (`CODE-POSITION`, see the ledger): the kind of record it names, of the same unit
    required_if  a condition over the other fields under which it is required; as it was written
    prefill      what the form proposes: `last` (as the newest record of the kind has it), KIND.FIELD (the newest of another kind), or
                 one of FROM_POINTS, or FROM_DEVICE: where the device is, each time only when its user asks for it
    personal     about a person: kept apart from the record, masked, never counted
    words, choice_words  what messages call the field, and its (value, words) choices, beside their titles
    """

    type: str
    unit: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None
    concept: str = ""
    reuse: str = ""
    share_of: tuple[str, ...] = ()
    scope: str = ""
    every: str = ""
    unit_kinds: tuple[str, ...] = ()
    links: str = ""
    required_if: str = ""
    prefill: str = ""
    personal: bool = False
    words: tuple[str, ...] = ()
    choice_words: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def required_when(self) -> Expression | None:
        """The condition under which it is required, or None."""
        return parse(self.required_if) if self.required_if else None


@dataclass(frozen=True, kw_only=True)
class Expects:
    """What a record of a kind lets one expect: that records of another kind answer it, once or again and again.

    record   the kind whose records answer; `by` its field that names what it answers, `counted` the one that counts towards the sum
    sum      the own field with the sum that falls due each time (empty, with `counted`: one answer is enough)
    due      the own field with the day on which it first falls due
    every    year, quarter or month: how often it falls due again (empty: only once)
    until    the own field with the last day on which it may (empty: no end)
    while_   the own yes/no field without which nothing falls due (empty: always)
    fill     (field, value) pairs of what an answer says besides, for the form
    ahead    days before the day on which it is announced; `grace` days after it until it is overdue
    """

    record: str
    by: str
    due: str
    counted: str = ""
    sum: str = ""
    every: str = ""
    until: str = ""
    while_: str = ""
    fill: tuple[tuple[str, str], ...] = ()
    ahead: int = 0
    grace: int = 0

    def spelled(self) -> str:
        """All that it says on one line, by the keys of the language: record=income；by=contract；…；fill.source=contract."""
        said = [(one.name.rstrip("_"), getattr(self, one.name)) for one in fields(self) if one.name != "fill"]
        filled = [(f"fill.{id}", value) for id, value in self.fill]
        return "；".join(f"{key}={value}" for key, value in [*said, *filled] if value)


@dataclass(frozen=True, kw_only=True)
class Meets:
    """Which offers meet a need: records of a need's kind stand beside those of another that are about the same.

    record     the kind whose records are offers; `giver` its field that names who gives
    about      the choice that both have
    claimed    the own yes/no field that somebody took it on; `by` the own text that names who
    confirmed  the own yes/no field that it was done, as the one who needed it says
    until      the offer's field with its last day (empty: no end)
    teams      the kind whose records are those who may take it on (empty: none are registered)
    """

    record: str
    giver: str
    about: str
    claimed: str
    by: str
    confirmed: str
    until: str = ""
    teams: str = ""

    def spelled(self) -> str:
        """All that it says on one line, by the keys of the language: record=partner_offer；giver=partner；…."""
        return "；".join(f"{one.name}={value}" for one in fields(self) if (value := getattr(self, one.name)))


# What the dues of a record that expects answers add to its fields for the facts: title, by id. Of what fell due in the period.
PROMISED = {"fell_due": "已到期", "met_in_time": "按期收齐", "met_late": "晚于约定收齐", "overdue": "逾期未收齐"}
# What the same are called where one answer is enough and no sum is due.
PROMISED_ONCE = {"fell_due": "已到期", "met_in_time": "按期完成", "met_late": "晚于计划完成", "overdue": "逾期未完成"}

NATURES = {
    "activity": "work done: a meeting, a patrol",
    "outcome": "what came of it: a job found, a dispute settled",
    "figure": "a figure that a body supplies",
    "judgement": "a mark or ruling that somebody answers for",
    "voice": "somebody speaks up: a report, a dispute, an objection",
}


@dataclass(frozen=True, kw_only=True)
class RecordKind(Rule):
    """A kind of record.

    nature           one of NATURES
    kinds            the kinds of unit that keep such records (empty: every kind)
    recorded_by      the posts that may write one
    confirmed_by     the posts one of which must confirm what somebody else entered for the unit, before it counts (empty: nobody)
    held_by          who already holds the fact and imports it (empty: the unit types it)
    handling_faults  the yes/no fields that tell a late or reopened handling (only these may cost points where the nature is `voice`)
    group            the heading under which it is listed; `day` what its date is called (empty: 日期)
    identity         fields, and parts of the date (IDENTITY_DAYS), that are alike in two records only if they are the same one
    columns          the fields that lists show (empty: those that fit)
    times            how often a unit records it in a year, as far as one can say
    late_after       days after which an entry is marked as late; it costs nothing
    retention        years after which its personal fields and evidence are erased (None: those after one, this with the ledger)
    words            what messages call it beside its title
    expects          what answers such a record, and when it falls due (None: nothing is expected)
    meets            which offers such a need stands beside (None: it is no need)
    """

    fields: tuple[Field, ...]
    nature: str
    kinds: tuple[str, ...] = ()
    recorded_by: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    held_by: str = ""
    handling_faults: tuple[str, ...] = ()
    group: str = ""
    day: str = ""
    identity: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    times: float | None = None
    late_after: int | None = None
    retention: int | None = None
    words: tuple[str, ...] = ()
    expects: Expects | None = None
    meets: Meets | None = None

    def field(self, id: str) -> Field | None:
        """The field of that id, or None; also of what its dues add."""
        return next((one for one in (*self.fields, *self.promised) if one.id == id), None)

    @property
    def promised(self) -> tuple[Field, ...]:
        """What the dues of such a record add for the facts, in the unit of the sum (without one: a number of dues); nobody enters it."""
        if self.expects is None:
            return ()
        sums = next((one for one in self.fields if one.id == self.expects.sum), None)
        type_, unit = (sums.type, sums.unit) if sums else ("number", "项")
        titles = PROMISED if sums else PROMISED_ONCE
        return tuple(Field(id=id, title=title, type=type_, unit=unit) for id, title in titles.items())

    def called(self, id: str) -> str:
        """The title of a field, or of a part of the date; the id itself where it is neither."""
        found = self.field(id)
        return found.title if found else PARTS_OF_THE_DATE.get(id, id)

    def kept_in(self, unit_kind: str) -> bool:
        """Whether units of that kind keep such records."""
        return not self.kinds or unit_kind in self.kinds

    def kept_beside(self, other: "RecordKind") -> bool:
        """Whether one unit may keep records of both."""
        return not self.kinds or not other.kinds or not {*self.kinds}.isdisjoint(other.kinds)


# ---- facts: what comes in ----------------------------------------------------------------------------------------

Verb = Literal["count", "sum", "latest", "any", "distinct", "weeks", "months", "quarters"]
PERIOD_VERBS = ("weeks", "months", "quarters")


@dataclass(frozen=True)
class Source:
    """How a fact is counted from records.

    verb       `count` records; `sum`, `latest`, `distinct` of a field; `any` record (yes/no); `weeks months quarters` of the
               period that have at least `at_least` records
    kind       the record kind; `field` its field where the verb needs one
    where      a condition over the record's fields, or None
    window     look-back in months that ends on the day of rating, or None for the scheme's period
    years_ago  shifts the window back by whole years
    """

    verb: Verb
    kind: str
    field: str = ""
    where: Expression | None = None
    at_least: int = 1
    window: int | None = None
    years_ago: int = 0


FACT_TYPES = {kind: FIELD_TYPES[kind] for kind in ("count", "number", "money", "share", "yes/no", "text", "date")}


@dataclass(frozen=True)
class Period:
    """The first and last day whose records count."""

    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What it takes to better a fact. It rates nothing: it serves the route to the next star.

    days  of one person's work for every `by` by which a number changes; of a yes/no or a word for the whole change
    step  what to do, in words
    due   the last (month, day) on which it can still be done; None: the last day of the period
    """

    days: float
    by: float = 1.0
    step: str = ""
    due: tuple[int, int] | None = None

    def until(self, period: Period | None) -> date | None:
        """The last day of a period on which it can be done; None where there is no such day, or no period."""
        if period is None or self.due is None:
            return period.end if period else None
        month, day = self.due
        years = range(period.end.year, period.start.year - 1, -1)
        days = (date(year, month, min(day, monthrange(year, month)[1])) for year in years)
        return next((one for one in days if period.start <= one <= period.end), None)


@dataclass(frozen=True, kw_only=True)
class Fact(Rule):
    """What comes in: one column of the facts table. `if_missing` is None where a missing fact stays missing."""

    type: str
    unit: str = ""
    source: Source | None = None
    if_missing: Value = None
    least: float | None = None
    most: float | None = None
    choices: tuple[tuple[str, str], ...] = ()
    concept: str = ""
    reuse: str = ""
    effort: Effort | None = None

    @property
    def value_type(self) -> Type:
        return FACT_TYPES[self.type]


# ---- nodes: what is computed -------------------------------------------------------------------------------------

Comparison = Literal["at_least", "up_to", "more_than", "below", "equals"]
MissingParts = Literal["not rated", "leave out", "zero"]


@dataclass(frozen=True)
class Steps:
    """Thresholds on one value: the row that fits best gives its points (`at_least`/`more_than`: the highest threshold reached;
    `up_to`/`below`: the lowest that still holds; `equals`: the same value), else `otherwise`. Rows are (threshold, gives)."""

    of: Expression
    comparison: Comparison
    rows: tuple[tuple[float | str, Value], ...]
    otherwise: Value


@dataclass(frozen=True)
class Each:
    """`points` for every full `per` of a value; none for a value below zero."""

    of: Expression
    points: float
    per: float = 1.0


@dataclass(frozen=True)
class Scale:
    """Proportional between the points (`from_`, `to`), straight line by straight line, clipped at both ends; on logarithms with `log`."""

    of: Expression
    from_: tuple[float, ...]
    to: tuple[float, ...]
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """One row of a choose: `give` when `when` holds; a row without `when` always holds."""

    when: Expression | None
    give: Expression


@dataclass(frozen=True)
class Choose:
    """The first row that holds; missing when a row above it cannot be judged, or when none holds."""

    rows: tuple[Choice, ...]


@dataclass(frozen=True)
class Formula:
    """A number or a condition computed from others."""

    of: Expression


@dataclass(frozen=True)
class Combine:
    """Parts put together. `how`: sum mean geometric lowest highest (numbers) or count (how many are yes).

    weights  one a part; a sum multiplies by them, a mean and a geometric mean divide by their sum
    missing  what a missing part does: `not rated` the whole is missing; `leave out` the weights of the others are re-spread;
             `zero` it counts as 0 (no). All parts missing is missing unless `zero`.
    need     at least so many parts must be there, else missing
    """

    how: Literal["sum", "mean", "geometric", "lowest", "highest", "count"]
    parts: tuple[Expression, ...]
    weights: tuple[float, ...] = ()
    missing: MissingParts = "not rated"
    need: int = 0


@dataclass(frozen=True)
class Adjustment:
    """One step of an adjust: when `when` holds (or there is none) add or set, then keep within `least` … `most`."""

    when: Expression | None = None
    add: Expression | None = None
    set: Expression | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Adjust:
    """A start, then steps in order. A missing start is missing; a step that cannot be judged is skipped if `skip`, else all is missing."""

    start: Expression
    steps: tuple[Adjustment, ...]
    skip: bool = False


@dataclass(frozen=True)
class Rank:
    """The place of a unit (1 is the first; equals share the better place) among units of its kind with the same values of `within`,
    counting only those for which `only` is yes; as a `place`, or as a `share`: place ÷ number ranked."""

    of: Expression
    within: tuple[str, ...] = ()
    only: Expression | None = None
    first: Literal["highest", "lowest"] = "highest"
    as_: Literal["place", "share"] = "place"


@dataclass(frozen=True, kw_only=True)
class Need(Rule):
    """What a star asks beside its points."""

    when: Expression


@dataclass(frozen=True, kw_only=True)
class Veto(Rule):
    """What takes one star: a condition `when` (its facts look back for as long as it `lasts`), or a date fact `since` from which
    it applies for `lasts` months. `if_undecided`: a `when` that cannot be judged does not apply (`no`) or the star waits (`hold`)."""

    when: Expression | None = None
    since: str = ""
    lasts: int | None = None
    if_undecided: Literal["no", "hold", ""] = ""


@dataclass(frozen=True)
class Star:
    """Earned or not: score (the name of a fact or node) ≥ pass, and every need, and no veto; three-valued, so that what is missing
    decides nothing it could change."""

    score: Name
    pass_mark: float
    needs: tuple[Need, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    colour: str = ""


Form = Steps | Each | Scale | Choose | Formula | Combine | Adjust | Rank | Star


@dataclass(frozen=True, kw_only=True)
class Node(Rule):
    """A computed column: exactly one form, then the tail `least`, `most`, `round` (to a step, half away from zero), `if_missing`.

    `full` is the full mark (checked against what the parts can reach), `extra` marks points outside the full mark,
    `labels` give words to values, `parent` is the node in which this one was written in place.
    """

    form: Form
    unit: str = ""
    full: float | None = None
    extra: bool = False
    labels: tuple[tuple[Value, str], ...] = ()
    least: float | None = None
    most: float | None = None
    round: float | None = None
    if_missing: Value = None
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Guide(Rule):
    """Wished shares of a node's values: shown, binding nothing."""

    of: str
    shares: tuple[tuple[Value, float], ...]


# ---- procedures: what has a life -----------------------------------------------------------------------------------

SEATS = {
    "here": "the unit of the matter",
    "above": "a unit above that of the matter",
    "assigned": "the unit that is responsible for it now (before one is: the unit of the matter)",
    "opener": "whoever opened it: an account, or the holder of its code",
    "named": "the one whom it names: who bears the name that its first form said, and holds one of the posts in the unit of the matter",
    "anyone": "everybody, signed in or not",
}
# In the place of a field that names who is responsible: the table says it.
ROUTE = "route"
CLOCK_WORDS = ("late", "days_open", "times_reopened", "paired")


@dataclass(frozen=True, kw_only=True)
class Party(Rule):
    """Who takes a step: whoever holds one of `posts` at a place (one of SEATS). `opener` and `anyone` need no posts; `named` also says the
    personal field with the name (`person`), and is one person, whoever else holds such a post."""

    posts: tuple[str, ...] = ()
    at: str = "here"
    person: str = ""


@dataclass(frozen=True)
class Term:
    """How long something may take: `days` after the day on which it begins, working days or calendar days; `when` a condition over
    what the matter says, or None. Of several the first whose condition holds is the one."""

    days: int
    working: bool = True
    when: Expression | None = None


@dataclass(frozen=True)
class Share:
    """A part of a whole kept exact, such as 2/3; `more` asks for more than it, not for at least it."""

    part: int
    whole: int
    more: bool = False

    def reached(self, count: int, of: int) -> bool:
        """Whether so many out of the whole are enough. Of none nothing is reached."""
        have, need = count * self.whole, of * self.part
        return of > 0 and (have > need if self.more else have >= need)


@dataclass(frozen=True)
class Committee:
    """Several bodies or persons give a verdict each: in favour, against or abstaining, with words.

    members  parties: with `each: body` every party gives one verdict, with `each: person` every holder of its posts
    decide   `all` of them in favour; `majority`: more than half; or at least `number`
    passes, fails  the verbs that follow by themselves as soon as nothing can change the outcome
    """

    members: tuple[str, ...]
    passes: str
    fails: str
    each: Literal["body", "person"] = "body"
    decide: Literal["all", "majority", "number"] = "all"
    number: int = 0


@dataclass(frozen=True)
class PublicNotice:
    """Something stands in public for so many days; whoever objects is answered.

    shows   the fields that stand there (never personal ones)
    days    how long; `answer` in which time an objection is to be answered
    passes  the verb that follows by itself once the days are over and every objection is answered; `upheld` the one that follows where
            an objection was right (empty: none; the notice goes on)
    """

    days: Term
    answer: Term
    passes: str
    upheld: str = ""
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ballot:
    """A vote of many, on paper and online together.

    eligible  the field that says how many may vote; `voters` the party that may vote online (empty: only on paper)
    quorum    the part of the eligible that must take part; `majority` the part that must be in favour, of those `of`
    secret    no list of who voted how is kept; the count is shown from ten voters up
    passes, fails  the verbs that follow when it is closed
    """

    eligible: str
    quorum: Share
    majority: Share
    passes: str
    fails: str
    of: Literal["cast", "eligible"] = "cast"
    voters: str = ""
    secret: bool = True


@dataclass(frozen=True)
class Yield:
    """The record that an end state writes: its `kind`, the `day` (a field, or `closed` or `opened`), and an expression over what the
    matter says, and over CLOCK_WORDS, for each field; `when` a condition or None. Reopened and ended again, a matter corrects its
    record, or withdraws it where its new end writes none."""

    kind: str
    values: tuple[tuple[str, Expression], ...]
    day: str = "closed"
    when: Expression | None = None


@dataclass(frozen=True)
class Appoints:
    """The assignment that an end state makes: fields with the name of the person and the first day; the post; and how long it lasts."""

    person: str
    post: str
    begins: str
    months: int | None = None


@dataclass(frozen=True, kw_only=True)
class State(Rule):
    """Where a matter can be.

    waits_for   the parties whose turn it is (empty where it ends, or where only the days count)
    within      how long it may stay; `late_to` the party that is told when it is late
    then        the verb that follows by itself when the time is over (empty: it is late)
    stopped     the clock of the whole matter stands still while it is here
    ends        the matter is over; `records` and `appoints` what comes of it
    step        a committee, a public notice or a ballot, where it is not only forms
    """

    waits_for: tuple[str, ...] = ()
    within: tuple[Term, ...] = ()
    late_to: str = ""
    then: str = ""
    stopped: bool = False
    ends: bool = False
    records: tuple[Yield, ...] = ()
    appoints: Appoints | None = None
    step: Committee | PublicNotice | Ballot | None = None

    @property
    def by_itself(self) -> tuple[str, ...]:
        """The verbs that follow by themselves: as its step decides, or when the time is over."""
        match self.step:
            case Committee(passes=passes, fails=fails) | Ballot(passes=passes, fails=fails):
                decided = (passes, fails)
            case PublicNotice(passes=passes, upheld=upheld):
                decided = (passes, upheld)
            case None:
                decided = ("", "")
        return tuple(verb for verb in (*decided, self.then) if verb)


@dataclass(frozen=True, kw_only=True)
class Step(Rule):
    """A way from a state to another: `id` is the verb, `by` the parties that may take it (empty: it follows by itself).

    asks      the fields of its form, required ones as the field says; `reason` whether a reason must be given
    sets      (field, value) pairs that it says by itself
    assigns   the unit field that names who is responsible from now on, or `route`: by the table of the procedure; empty: as before
    when      a condition over what the matter says under which it is offered, or None
    times     how often it may be taken in one matter (None: any number); `open_for` days after the matter ended in which it may be
    joins     whoever takes it names another open matter of the same procedure and unit, which goes on for both
    """

    source: str
    target: str
    by: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    reason: bool = False
    sets: tuple[tuple[str, Value], ...] = ()
    assigns: str = ""
    when: Expression | None = None
    times: int | None = None
    open_for: int | None = None
    joins: bool = False


@dataclass(frozen=True)
class Route:
    """One row of the table that says who is responsible: the nearest unit of a kind (the unit itself, one above, or the only one below),
    under a condition or always. Where there is none the next row counts; after the last the unit itself."""

    kind: str
    when: Expression | None = None


@dataclass(frozen=True)
class Named:
    """Whose name may stand in public: the personal field `person`, where the yes/no field `consent` says yes; on the notices of the matter,
    and on the register until the day of the field `until` (empty: on notices alone)."""

    person: str
    consent: str
    until: str = ""


@dataclass(frozen=True)
class Register:
    """The page that adds up the records of a kind over the years: their fields for what was given, to how many, and until when it holds."""

    record: str
    title: str
    count: str
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class Procedure(Rule):
    """A way of working, as a flat table: everything of its kind that has a life follows it.

    kinds      the kinds of unit whose matters these are (empty: every kind)
    fields     all that a matter can say; forms ask for some of them
    parties    who has a part in it; `opened_by` those that may open one, which `asks` for fields and begins in the state `begins`
    titled     the field whose words are the matter's title in lists; `place_field` the one that a code on a wall fills in
    clash      fields in which no two open matters of a unit may agree, such as a room, a day and an hour (empty: none)
    guide      the kind of record that tells what may be asked for, how and where; what both have under one id is filled in (empty: none)
    within     how long the whole may take
    urgent     the condition under which a matter is urgent, or None
    seen_by    where only those in the case may see it: the parties beside those that have acted or whose turn it is; None: whoever may
               see the matters of the unit
    shows      the fields that the public page of a matter shows (empty: there is none)
    routes     who is responsible, by kind and place
    minutes    what its course is called when it is printed, such as 议事记录 (empty: it is not)
    retention  months after its end from which personal fields are erased; of what nobody ends, after so long a silence, a year at least
    named      whose name may stand in public, or None; `register` the page of what was given, or None
    measures   facts and nodes of the unit that stand on the sheet of a matter, as they are reckoned
    group      the heading under which it is listed
    """

    fields: tuple[Field, ...]
    parties: Mapping[str, Party]
    states: Mapping[str, State]
    steps: tuple[Step, ...]
    begins: str
    opened_by: tuple[str, ...]
    asks: tuple[str, ...]
    titled: str
    kinds: tuple[str, ...] = ()
    place_field: str = ""
    clash: tuple[str, ...] = ()
    guide: str = ""
    within: tuple[Term, ...] = ()
    urgent: Expression | None = None
    seen_by: tuple[str, ...] | None = None
    shows: tuple[str, ...] = ()
    minutes: str = ""
    routes: tuple[Route, ...] = ()
    retention: int | None = None
    named: Named | None = None
    register: Register | None = None
    measures: tuple[str, ...] = ()
    group: str = ""

    def field(self, id: str) -> Field | None:
        """The field of that id, or None."""
        return next((one for one in self.fields if one.id == id), None)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that begin in a state, in the order written."""
        return tuple(one for one in self.steps if one.source == state)

    def step(self, state: str, verb: str) -> Step | None:
        """The step of that verb from a state, or None."""
        return next((one for one in self.steps if one.source == state and one.id == verb), None)

    def kept_in(self, unit_kind: str) -> bool:
        """Whether units of that kind have such matters."""
        return not self.kinds or unit_kind in self.kinds


# ---- the scheme --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class UnitKind(Rule):
    """A kind of unit with its whole rule set. `nodes` are in an order in which each follows what it reads. A kind that is not
    `counted` is rated for its own sake and stands outside the counts of the programme; kinds with the same `group` are also
    counted together, under that name. `counter` is the measure word with which its units are counted."""

    facts: Mapping[str, Fact]
    nodes: Mapping[str, Node]
    tier: str
    total: str = ""
    stars: tuple[str, ...] = ()
    counted: bool = True
    group: str = ""
    counter: str = "个"

    def star(self, id: str) -> Star:
        """The form of one of the kind's stars."""
        form = self.nodes[id].form
        assert isinstance(form, Star)
        return form

    def rule(self, id: str) -> Fact | Node:
        """The fact or node of that id."""
        return self.facts[id] if id in self.facts else self.nodes[id]


SORTS = {
    "place": "a part of the ground that somebody answers for: a grid, a street, a group of villagers",
    "party": "a party organisation: a committee, a general branch, a branch, a group",
    "department": "a department or a team",
    "partner": "a partner that gives something: a school, a bank, a shop",
}


@dataclass(frozen=True, kw_only=True)
class OtherKind(Rule):
    """A kind of unit that stands beside the rated ones or inside them; `sort` is one of SORTS."""

    sort: str


# Who reads the phone number of a post in full; everybody else sees it masked.
PHONES = {
    "public": "everybody: the number stands on the public page",
    "colleagues": "whoever may open the unit's page",
    "keepers": "whoever may see the people of the unit",
}
SIDES = ("party", "management", "members")


@dataclass(frozen=True, kw_only=True)
class Post(Rule):
    """A post and the permission set (code) it carries.

    kinds          the kinds of unit it can be held at (empty: any)
    establishment  how many people should hold it in each unit of a kind; what is missing is a vacancy
    phone          who reads its phone number in full: one of PHONES
    named          whether the public page names who holds it
    side           party or management (SIDES), where one person holding both is worth showing; members for what those without office
                   do; empty for others
    """

    permissions: str
    kinds: tuple[str, ...] = ()
    establishment: Mapping[str, int] = field(default_factory=dict)
    phone: str = "keepers"
    named: bool = False
    side: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A worked example: given facts a unit (missing where not said), expected values of nodes a unit (None: not rated)."""

    title: str
    kind: str
    given: Mapping[str, Mapping[str, Value]]
    expect: Mapping[str, Mapping[str, Value]]
    as_of: date | None = None
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PointRule(Rule):
    """What a member gets for taking part in what a record of a kind says; never part of a star.

    points        for the record; with `of`, for every `per` of what that field says
    where         a condition over the fields of the record, or None
    most_a_month  no more than so many by this rule in a month, and `most_a_year` in a year (None: no cap)
    lasts         months after which they expire (None: never)
    """

    record: str
    points: float
    where: Expression | None = None
    of: str = ""
    per: float = 1.0
    most_a_month: float | None = None
    most_a_year: float | None = None
    lasts: int | None = None


@dataclass(frozen=True, kw_only=True)
class MemberPoints(Rule):
    """The rules of members' points: `kept_by` the posts of a branch that keep them, `mark` what qualifies, or None, `retention` the
    years after which an entry is no longer kept, or None. A branch has none until it turns them on."""

    rules: Mapping[str, PointRule]
    kept_by: tuple[str, ...] = ()
    mark: float | None = None
    retention: int | None = None


# What a page of tasks, or of brands, knows a field of a record as.
TASK_ROLES = {
    "name": Type.TEXT,
    "about": Type.TEXT,
    "due": Type.DATE,
    "done": Type.TRUTH,
    "late": Type.TRUTH,
    "value": Type.NUMBER,
    "confirmed": Type.TRUTH,
    "confirmed_by": Type.TEXT,
}
BRAND_ROLES = {
    "name": Type.TEXT,
    "about": Type.TEXT,
    "practice": Type.TEXT,
    "result": Type.TEXT,
    "proved": Type.TRUTH,
    "in_use": Type.TRUTH,
}


# What the fields of a goal are: by which fact it is measured, where it began, its target, what it came to, and whether that is enough.
GOAL_ROLES = {"measure": Type.TEXT, "before": Type.NUMBER, "target": Type.NUMBER, "value": Type.NUMBER, "met": Type.TRUTH}


@dataclass(frozen=True)
class BranchSheet:
    """What stands on the page of a branch's part in the yearly appraisal: facts of the kind of unit in their order, and the posts whose
    holders are counted."""

    facts: tuple[str, ...]
    posts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PartyWork(Rule):
    """Which kinds of record are tasks and which are brands, and what each of their fields is on the page: kind → role → field. A task
    may say with `milestone` which kind's records are its milestones, and which field of them names it: KIND.FIELD. It rates nothing.

    goals    the procedures that set goals: procedure → role → field. A goal whose measure is a fact of its unit is not typed: where it
             begins, what it comes to and whether that is enough are taken from the ledger
    sheets   the part of the branch in the yearly appraisal, by kind of unit: the facts and posts that stand on its page
    """

    tasks: Mapping[str, Mapping[str, str]]
    brands: Mapping[str, Mapping[str, str]]
    goals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheets: Mapping[str, BranchSheet] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PairedSide:
    """One side of a pairing: matters of a `procedure` that wait for one of the other in the state `waits`. The step of that verb (`step`)
    puts two together: its form says in the text field `names` the number of the other. `last` is the field with the last day on which
    it waits (empty: none), `shows` the fields that tell the other side what it is (never personal)."""

    procedure: str
    waits: str
    step: str
    names: str
    last: str = ""
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pairing(Rule):
    """Which matters are put together, such as vacancies and those who seek work. It rates nothing.

    wanted, offered  the two sides; one that is wanted may be put together with several, one that is offered with one at a time
    same             choice fields that both have, by which two fit; the value `any` fits every other
    together         the states of what is offered in which the two belong together: each side may read how the other is reached
    done             the states of what is offered that count as `paired` for what is wanted
    """

    wanted: PairedSide
    offered: PairedSide
    same: tuple[str, ...]
    any: str
    together: tuple[str, ...]
    done: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Difference(Rule):
    """What is told as a difference of two sides: a condition over the facts and nodes of a kind of unit. It rates nothing."""

    when: Expression


@dataclass(frozen=True, kw_only=True)
class Sides:
    """What stands beside each other for one kind of unit: facts and nodes of its party work and of its business, and the differences."""

    party: tuple[str, ...]
    work: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class BothSides(Rule):
    """Party work and business held against each other, by kind of unit. Records of the kind `explained_by` explain a difference: the one
    whose id their choice field `told_by` says."""

    explained_by: str
    told_by: str
    sides: Mapping[str, Sides]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scheme(Rule):
    """A programme's rules, whole. Two schemes are compared by their digests, not with ==. `levels` are the kinds of unit that
    stand above the rated ones, id → title; `beside` those that stand beside or inside them."""

    kinds: Mapping[str, UnitKind]
    levels: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, OtherKind] = field(default_factory=dict)
    records: Mapping[str, RecordKind] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    guides: tuple[Guide, ...] = ()
    cases: tuple[Case, ...] = ()
    period: Period | None = None
    source: str = ""
    points: MemberPoints | None = None
    both_sides: BothSides | None = None
    party_work: PartyWork | None = None
    pairing: Pairing | None = None

    def title_of_kind(self, unit_kind: str) -> str:
        """What a kind of unit is called, rated or not; its id where the scheme does not know it."""
        rule = self.kinds.get(unit_kind) or self.beside.get(unit_kind)
        return rule.title if rule else self.levels.get(unit_kind, unit_kind)

    @property
    def unit_kinds(self) -> tuple[str, ...]:
        """The ids of all kinds of unit: those that are rated, those above and those beside."""
        return (*self.kinds, *self.levels, *self.beside)

    # Not those of Rule, by which two versions with one title would be the same.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def expressions_in(form: Form) -> tuple[Expression, ...]:
    """Every expression a form reads, in the order in which it is written."""
    match form:
        case Steps() | Each() | Scale() | Formula():
            return (form.of,)
        case Choose(rows):
            return tuple(one for row in rows for one in (row.when, row.give) if one is not None)
        case Combine():
            return form.parts
        case Adjust():
            steps = (one for step in form.steps for one in (step.when, step.add, step.set) if one is not None)
            return (form.start, *steps)
        case Rank():
            return (form.of, *(Name(one) for one in form.within), *((form.only,) if form.only is not None else ()))
        case Star():
            return (form.score, *(need.when for need in form.needs), *_veto_expressions(form.vetoes))


def _veto_expressions(vetoes: tuple[Veto, ...]) -> Iterator[Expression]:
    for veto in vetoes:
        if veto.when is not None:
            yield veto.when
        if veto.since:
            yield Name(veto.since)


def reads(node: Node) -> tuple[str, ...]:
    """The ids a node reads directly, each once, in the order written."""
    return tuple(dict.fromkeys(name for expression in expressions_in(node.form) for name in names(expression)))


def plain(value: object) -> object:
    """A scheme value as plain JSON data without places: what digests and differences are made from."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        content = {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name != "place"}
        return {"": type(value).__name__, **content}
    return value
