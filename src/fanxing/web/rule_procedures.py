"""A draft of a procedure as its page shows it: sentences, drawing, rows to be edited, what changed, what it would have changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from fanxing.lib import clock
from fanxing.procedures.clock import last_day
from fanxing.procedures.models import MatterStep
from fanxing.programme.models import ProcedureDraft
from fanxing.programme.procedure_drafting import faults_of_procedure
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.scheme import Scheme
from fanxing.scheme.model import Procedure
from fanxing.scheme.procedure_drawing import draw_procedure
from fanxing.scheme.procedure_rehearsal import Lateness, Stay, rehearse_deadlines
from fanxing.scheme.procedure_sentences import SaidProcedure, procedure_differences, say_procedure
from fanxing.scheme.procedure_tables import COLUMNS, FIELDS, STATES, STEPS, WHOLE, procedure_tables, read_procedure_tables
from fanxing.scheme.xlsform.words import TYPES
from fanxing.workdays.queries import calendar

LOOKED_BACK = timedelta(days=31)
MOST_STEPS = 20_000
LONG = ("期限", "全程期限", "选项", "说明")
FLAGS = ("写明理由", "停计时限", "结束", "必填", "个人信息")
HINTS = {
    "期限": "一行一个，如 5 个工作日、7 天；有条件的照原样写在括号里",
    "全程期限": "如 15 个工作日；空着就是没有",
    "轮到谁": "几个的用、隔开",
    "由谁办": "几个的用、隔开",
    "填写": "填报项的名称，用、隔开",
    "标识": "小写字母和数字，只给系统用",
    "选项": "一行一个：标识=名称",
    "确定承办": "按分办表，或一个单位项；空着就是不变",
}
NOUNS = {STATES: "环节", STEPS: "步骤", FIELDS: "填报项"}


@dataclass(frozen=True)
class EditedRow:
    """A row of a table to be edited: its place (that of one to be added comes after the last), what it is called, its cells, its faults."""

    table: str
    at: int
    title: str
    summary: str
    cells: Mapping[str, str]
    faults: tuple[str, ...] = ()
    new: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return COLUMNS[self.table]


@dataclass
class ProcedurePage:
    """A draft laid open; `sent` are cells that were sent and not saved, of the row `sent_row` of `sent_table`."""

    draft: ProcedureDraft
    sent: Mapping[str, str] = field(default_factory=dict)
    sent_table: str = ""
    sent_row: int = -1
    sent_faults: tuple[str, ...] = ()

    @cached_property
    def procedure(self) -> Procedure:
        """The procedure as it is saved."""
        return self.draft.procedure

    @cached_property
    def scheme(self) -> Scheme:
        """The programme within which it stands; an empty one where that is gone."""
        publication = programme_for(self.draft.unit)
        return scheme_of(publication) if publication else Scheme(id="", kinds={})

    @cached_property
    def said(self) -> SaidProcedure:
        """The procedure in sentences."""
        return say_procedure(self.procedure, self.scheme)

    @cached_property
    def drawing(self) -> SafeString:
        """Its drawing; only of one that begins somewhere."""
        return drawing_of(self.procedure, self.scheme)

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """What it changes."""
        return procedure_differences(self.draft.base.procedure, self.procedure, self.scheme, self.scheme) if self.draft.base else ()

    @cached_property
    def faults(self) -> list[str]:
        """All that stands in the way of submitting it."""
        return faults_of_procedure(self.draft, clock.now())

    @cached_property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """Its tables."""
        return procedure_tables(self.procedure, self.scheme)

    @property
    def whole(self) -> EditedRow:
        """What it says as a whole."""
        return self._row(WHOLE, 0, self.tables[WHOLE][0])

    def rows(self, table: str) -> list[EditedRow]:
        """The rows of a table."""
        return [self._row(table, at, cells) for at, cells in enumerate(self.tables[table])]

    def new_row(self, table: str) -> EditedRow:
        """One to be added."""
        return self._row(table, len(self.tables[table]), dict.fromkeys(COLUMNS[table], ""))

    def _row(self, table: str, at: int, cells: Mapping[str, str]) -> EditedRow:
        sent = (table, at) == (self.sent_table, self.sent_row)
        new = table != WHOLE and at == len(self.tables[table])
        title = f"加一个{NOUNS[table]}" if new else cells["名称"]
        return EditedRow(table, at, title, _summary(table, cells), self.sent if sent else cells, self.sent_faults if sent else (), new)

    def changed(self, table: str, at: int, cells: Mapping[str, str] | None) -> tuple[Procedure, tuple[str, ...]]:
        """The procedure with a row said otherwise (None: left out), and what is wrong with the cells."""
        rows: list[Mapping[str, str]] = [*self.tables[table]]
        rows[at : at + 1] = [] if cells is None else [cells]
        found, faults = read_procedure_tables(self.procedure, self.scheme, {**self.tables, table: rows})
        return found, tuple(f"{one.column}：{one.words}" if (one.table, one.row) == (table, at + 1) else str(one) for one in faults)

    @cached_property
    def lateness(self) -> list[tuple[str, Lateness]]:
        """What its deadlines would have changed for the stays that ended in the last month, by the titles of states."""
        days = calendar()
        found = rehearse_deadlines(_stays(self.draft), self.procedure, lambda term, begins: last_day(term, begins, days), clock.today())
        return [(self.procedure.states[one.state].title, one) for one in found]


def drawing_of(procedure: Procedure, scheme: Scheme) -> SafeString:
    """The drawing of a procedure for a page; empty where it begins nowhere."""
    whole = {*procedure.states} >= {procedure.begins, *(id for one in procedure.steps for id in (one.source, one.target))}
    return mark_safe(draw_procedure(procedure, scheme) if whole else "")  # noqa: S308 its words are escaped there


def _stays(draft: ProcedureDraft) -> list[Stay]:
    """The stays in states that ended in the last month, of such matters in the unit and below it."""
    since = clock.now() - LOOKED_BACK
    steps = MatterStep.objects.filter(
        matter__procedure_id=draft.procedure.id,
        matter__unit__path__startswith=draft.unit.path,
        taken_at__gte=since,
        entered_on__isnull=False,
    )
    rows = steps.order_by("-taken_at").values_list("source", "entered_on", "taken_at", "due_on", "matter__data")[:MOST_STEPS]
    return [Stay(state, entered, timezone.localdate(left), due, data) for state, entered, left, due, data in rows]


def _summary(table: str, cells: Mapping[str, str]) -> str:
    """A row in a few words."""
    if table == STATES:
        parts = [cells["轮到谁"], cells["期限"].replace("\n", "，"), "结束" if cells["结束"] == "是" else ""]
    elif table == STEPS:
        parts = [f"{cells['从']} → {cells['转入']}" if cells["从"] else "", cells["由谁办"]]
    elif table == FIELDS:
        parts = [cells["类型"], "必填" if cells["必填"] == "是" else ""]
    else:
        parts = [cells["全程期限"]]
    return " · ".join(one for one in parts if one)


TYPE_WORDS = tuple(TYPES.values())
