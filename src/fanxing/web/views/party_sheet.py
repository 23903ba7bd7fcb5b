"""The part of a branch in the yearly appraisal of its company: one page to print, all of it from the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Assignment, in_force
from fanxing.organisations.paths import within
from fanxing.procedures.measuring import facts_by_title
from fanxing.procedures.models import Matter
from fanxing.procedures.queries import visible_matters
from fanxing.procedures.wording import field_words
from fanxing.programme.queries import scheme_of
from fanxing.scheme.model import GOAL_ROLES, BranchSheet, Scheme
from fanxing.scoring.queries import Account, Step, account
from fanxing.web.downloads import excel
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, sight_of
from fanxing.web.steps import MISSING, said_value

GOALS = 100
COLUMNS = [Column("栏目", 14), Column("项目", 36), Column("数值", 18), Column("说明", 50)]


@dataclass(frozen=True)
class Goal:
    """A goal: by what it is measured, where it began and its target, what it came to, or where it stands today by the ledger."""

    matter: Matter
    now: Step | None
    measure: str
    before: str
    target: str
    value: str
    met: str

    @property
    def state(self) -> str:
        """How far it is."""
        return self.matter.procedure.states[self.matter.state].title

    @property
    def came_to(self) -> str:
        """What it came to, or where it stands today."""
        return self.value or (f"现在 {said_value(self.now)}" if self.now else "")


@dataclass(frozen=True)
class Sheet:
    """All that stands on the page."""

    sight: Sight
    year: int
    figures: list[Step]
    goals: list[Goal]
    posts: list[tuple[str, int]]

    @property
    def met(self) -> int:
        """How many goals were reached."""
        return sum(one.met == "是" for one in self.goals)


@require_GET
def party_sheet(request: SignedInRequest, code: str) -> HttpResponse:
    """The figures, the goals and the holders of posts; each figure leads to its records."""
    sheet = _sheet(request, code)
    return render(request, "party_sheet.html", {"unit": sheet.sight.unit, "sheet": sheet, "missing": MISSING})


@require_GET
def party_sheet_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The same, a row each."""
    sheet = _sheet(request, code)
    return excel(f"{sheet.sight.unit.name}{sheet.year}年度党建绩效", COLUMNS, _rows(sheet))


def _sheet(request: SignedInRequest, code: str) -> Sheet:
    sight = sight_of(request, code, "score.view")
    found = account(sight.unit)
    scheme = scheme_of(found.publication) if found else None
    rule = scheme.party_work.sheets.get(sight.unit.kind) if scheme and scheme.party_work else None
    if found is None or scheme is None or rule is None:
        raise Http404
    year = scheme.period.end.year if scheme.period else clock.today().year
    return Sheet(sight, year, _figures(found, rule), list(_goals(request, sight, scheme, found)), _posts(sight, scheme, rule))


def _figures(found: Account, rule: BranchSheet) -> list[Step]:
    steps = (found.explanation.find(id) for id in rule.facts) if found.explanation else ()
    return [one for one in steps if one is not None]


def _goals(request: SignedInRequest, sight: Sight, scheme: Scheme, found: Account) -> Iterator[Goal]:
    """The goals of the unit that were under way in the period, the newest first."""
    roles = scheme.party_work.goals if scheme.party_work else {}
    rows = visible_matters(request.user, sight.authority).filter(unit=sight.unit, procedure_id__in=list(roles)).whole()
    if scheme.period:
        rows = rows.filter(opened_on__lte=scheme.period.end).exclude(ended_on__lt=scheme.period.start)
    facts = facts_by_title(sight.unit)
    for one in rows.order_by("-opened_on", "-pk")[:GOALS]:
        words = {role: _words(one, field) for role, field in roles[one.procedure_id].items()}
        fact = facts.get(words.get("measure", "")) if one.ended_on is None else None
        now = found.explanation.find(fact) if fact and found.explanation else None
        yield Goal(one, now, **{role: words.get(role, "") for role in GOAL_ROLES})


def _words(matter: Matter, id: str) -> str:
    field, value = matter.procedure.field(id), matter.data.get(id)
    return field_words(field, value) if field and value is not None else ""


def _posts(sight: Sight, scheme: Scheme, rule: BranchSheet) -> list[tuple[str, int]]:
    """How many hold each post of the sheet today, in the unit and below it; posts that nobody holds are left out."""
    held = Assignment.objects.filter(in_force(clock.today()), within(sight.unit.path, field="unit__path"), post__in=rule.posts)
    counts = dict(held.order_by().values_list("post").annotate(Count("person", distinct=True)))
    return [(scheme.posts[id].title, counts[id]) for id in rule.posts if id in counts]


def _rows(sheet: Sheet) -> Iterator[list[Cell]]:
    for step in sheet.figures:
        number = step.value if isinstance(step.value, int | float) else None
        yield ["指标", step.title, number, step.unit or None]
    for goal in sheet.goals:
        said = (f"{goal.measure}：{goal.before or '—'} → {goal.target}", goal.state, f"达到：{goal.met}" if goal.met else "")
        yield ["支部目标", goal.matter.title, goal.came_to or None, "，".join(filter(None, said))]
    for title, count in sheet.posts:
        yield ["先锋作用", title, count, "人"]
