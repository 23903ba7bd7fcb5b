"""What stands in the side bar and, on a phone, in the bottom bar; and the way to a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from fanxing.organisations.models import Unit
from fanxing.programme.queries import awaiting_publication
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit
from fanxing.web.waiting import due_soon


@dataclass(frozen=True)
class Entry:
    """One place in the console; `pages` are the url names shown under it, the first is where it leads. A place `for_all` is the
    same for everyone, not the page of one's own unit; one with a `permission` is for those who hold it somewhere. It is work for
    a desk, and stands on a phone under what is more."""

    label: str
    icon: str
    pages: tuple[str, ...]
    for_all: bool = False
    permission: str = ""


SCORES = ("unit", "unit_star", "points_behind", "unit_route", "fact_records")
LEDGER = (
    "records",
    "record",
    "record_correct",
    "record_withdraw",
    "dues",
    "both_sides",
    "needs",
    "party_tasks",
    "party_task",
    "party_brands",
    "party_sheet",
    "records_confirm",
    "confirmations",
    "likenesses",
    "points",
    "points_account",
    "register",
)
ENTERING = ("record_kinds", "record_new", "record_many", "say")
INBOX = Entry(
    "待办", "clipboard-check", ("inbox", "inbox_new", "inbox_state", "workdays", "circulars", "circular", "circular_new"), for_all=True
)
MATTERS = Entry(
    "事项",
    "arrow-right",
    ("matters", "matters_board", "matter", "matter_procedures", "matter_new", "matter_sheet", "place_codes", "pairs"),
    for_all=True,
)
TREE = ("unit_tree", "unit_keeping", "unit_change", "unit_lists", "unit_list_preview")
KEEPING = Entry("单位维护", "list-tree", TREE, permission="unit.manage")
PEOPLE = Entry(
    "人员",
    "users-group",
    (
        "people",
        "person",
        "person_act",
        "term_act",
        "appoint",
        "vacancies",
        "placed",
        "rota",
        "rota_new",
        "rota_stop",
        "people_lists",
        "people_list_preview",
    ),
    for_all=True,
    permission="person.view",
)
RULES = Entry(
    "评分细则",
    "list-details",
    (
        "drafts",
        "burden",
        "draft_new",
        "draft",
        "draft_unit",
        "draft_annex",
        "sheet_new",
        "sheet",
        "sheet_row",
        "own_kinds",
        "own_kind_new",
        "own_kind",
        "rule_procedures",
        "rule_procedure",
        "procedure_draft",
    ),
    for_all=True,
    permission="programme.publish",
)

IMPORTING = Entry(
    "导入台账", "upload", ("imports", "import_new", "import_preview", "figures", "figures_lacking"), for_all=True, permission="record.add"
)

# For those who answer for several units, and for those who answer for one.
ENTRIES = (
    Entry("工作台", "home", ("home", "near", "missing", "doubts")),
    Entry("单位", "building-community", ("units", "overview", *SCORES, *ENTERING)),
    Entry("台账", "notebook", ("ledger", *LEDGER)),
    INBOX,
    MATTERS,
    IMPORTING,
    PEOPLE,
    RULES,
    KEEPING,
)
OWN_ENTRIES = (
    Entry("工作台", "home", SCORES),
    Entry("台账", "notebook", LEDGER),
    INBOX,
    MATTERS,
    Entry("记一笔", "plus", ENTERING),
    IMPORTING,
    PEOPLE,
)


def navigation(request: HttpRequest) -> Iterator[dict[str, object]]:
    """The entries as plain rows, the present one marked."""
    match = request.resolver_match
    here = match.url_name if match else None
    signed_in = cast(SignedInRequest, request)
    code, authority = own_unit(signed_in), authority_in(signed_in)
    entries = OWN_ENTRIES if code else ENTRIES
    for entry in (one for one in entries if not one.permission or authority.holds_anywhere(one.permission)):
        yield {
            "label": entry.label,
            "icon": entry.icon,
            "href": reverse(entry.pages[0], args=[code] if code and not entry.for_all else []),
            "here": here in entry.pages,
            "is_desk": bool(entry.permission),
            "count": due_soon(signed_in) if entry is INBOX else awaiting_publication(signed_in.user) if entry is RULES else 0,
            "waits": "件待您发布" if entry is RULES else "件将到期",
        }


def way_to(request: HttpRequest, unit: Unit) -> list[tuple[str, str]]:
    """(label, address) of the pages above those of a unit."""
    of_unit = (unit.name, reverse("unit", args=[unit.code]))
    return [of_unit] if own_unit(cast(SignedInRequest, request)) == unit.code else [("单位", reverse("units")), of_unit]


def query(request: HttpRequest, **changes: object) -> str:
    """The present address's query with some parameters set, or taken out where None; filters stay in the address."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return "?" + parameters.urlencode()
