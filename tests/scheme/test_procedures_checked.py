"""What must hold of a procedure: each fault by one change of a procedure that holds."""

import pytest

from fanxing.scheme import load_files
from tests.scheme.procedures import ELECT, REPORT, changed_text, faults_in, with_procedures
from tests.scheme.schemes import faults_of

LAST_FIELD = "  reopened: {title: 重新办理, type: yes/no}\n"
LAST_STEP = "  - {verb: redo, "


def field(text: str) -> tuple[str, str]:
    """One more field."""
    return LAST_FIELD, f"{LAST_FIELD}  {text}\n"


def step(text: str) -> tuple[str, str]:
    """One more step."""
    return LAST_STEP, f"  - {{{text}}}\n{LAST_STEP}"


def state(text: str) -> tuple[str, str]:
    """One more state."""
    return "steps:\n", f"  {text}\nsteps:\n"


def test_procedures_that_hold_have_no_faults():
    assert (faults_in(REPORT), faults_in(ELECT, id="elect")) == ([], [])


UNKNOWN = [
    (("kinds: [village]", "kinds: [vilage]"), 'no such kind of unit "vilage"; did you mean "village"?'),
    (("opened_by: [resident,", "opened_by: [residents,"), '"opened_by": no such party "residents"; did you mean "resident"?'),
    (("danger, photo, contact]", "danger, photos, contact]"), '"asks": no such field "photos"; did you mean "photo"?'),
    (("begins: reported", "begins: report"), 'no such state "report"; did you mean "reported"?'),
    (("titled: what", "titled: title"), '"titled": no such field "title"'),
    (("shows: [what,", "shows: [which,"), '"shows": no such field "which"'),
    (("place_field: place", "place_field: what"), '"place_field" must be a field that is a place, found "what"'),
    (("group: 群众反映", "seen_by: [town]"), '"seen_by": no such party "town"'),
    (("posts: [clerk], at", "posts: [clark], at"), 'party township: no such post "clark"; did you mean "clerk"?'),
    (("{kind: village}", "{kind: hamlet}"), 'no such kind of unit "hamlet"'),
    (("{title: 待受理, waits_for: [staff]", "{title: 待受理, waits_for: [team]"), 'state reported: "waits_for": no such party "team"'),
    (("within: [{working_days: 5}], late_to: township", "within: [{working_days: 5}], late_to: town"), '"late_to": no such party "town"'),
    (("then: pass}", "then: passed}"), 'state checking: no such step from here "passed"; did you mean "pass"?'),
    (("kind: report\n", "kind: reports\n"), 'state closed: record reports: no such record kind "reports"; did you mean "report"?'),
    (("values: {about: what", "values: {abaut: what"), 'record report: no such field "abaut"; did you mean "about"?'),
    (("from: reported, to: handling", "from: reported, to: handled"), 'no such state "handled"'),
    (("from: handling, to: paused, by: [handler]", "from: handling, to: paused, by: [handlers]"), '"by": no such party "handlers"'),
    (("by: [handler], asks: [result]", "by: [handler], asks: [outcome]"), '"asks": no such field "outcome"'),
    (("sets: {reopened: yes}", "sets: {opened_again: yes}"), 'no such field "opened_again"'),
    (("assigns: route", "assigns: table"), '"assigns" must be route, or a field that is a unit, found "table"'),
    (("urgent: danger == yes", "urgent: dangerous == yes"), '"urgent": no such name "dangerous"; did you mean "danger"?'),
    (field("unit_of: {title: 单位, type: unit, unit_kinds: [town]}"), 'report.unit_of: no such kind of unit "town"'),
]
WAYS = [
    (state("lost: {title: 挂起, ends: yes}"), "state lost: no way leads here from the beginning"),
    (("refused: {title: 不予受理, ends: yes}", "refused: {title: 不予受理}"), "state refused: it does not end and no step leads on"),
    (("to: closed, by: [staff]}", "to: reported, by: [staff]}"), "state closed: no way leads here from the beginning"),
    (
        ("from: paused, to: handling, by: [handler]}", "from: paused, to: handling}"),
        "state paused: nobody can take any step that leads on (resume)",
    ),
    (
        ("from: paused, to: handling, by: [handler]}", "from: paused, to: handling}"),
        "step resume from paused: nobody may take it, and nothing in its state",
    ),
    (("from: paused, to: handling, by", "from: paused, to: paused, by"), "state paused: it does not end and no step leads on"),
    (
        step("verb: done, title: 办结, from: handling, to: closed, by: [handler]"),
        "step done from handling: there is another step of this verb",
    ),
    (
        ("paused: {title: 暂停, waits_for: [handler], ", "paused: {title: 暂停, "),
        "state paused: it waits for nobody, though only somebody's step leads on",
    ),
    (
        ("paused: {title: 暂停, waits_for: [handler]", "paused: {title: 暂停, waits_for: [staff]"),
        "state paused: it waits for staff, who may take no step from it",
    ),
    (
        ("from: checking, to: closed, by: [staff]", "from: checking, to: closed, reason: yes, by: [staff]"),
        "pass follows by itself, but asks for a reason",
    ),
    (("begins: reported", "begins: refused"), '"begins" names refused, where a matter is over already'),
    (("within: [{working_days: 2}], then: pass", "then: pass"), '"then" goes with "within": without a time it is never late'),
    (("waits_for: [handler], stopped: yes", "waits_for: [handler], late_to: township"), '"late_to" goes with "within"'),
    (
        ("refused: {title: 不予受理, ", "refused: {title: 不予受理, waits_for: [staff], "),
        'state refused: it ends, so "waits_for" has no place in it',
    ),
    (
        ("refused: {title: 不予受理, ", "refused: {title: 不予受理, stopped: yes, "),
        'state refused: it ends, so "stopped" has no place in it',
    ),
    (
        ("paused: {title: 暂停, ", "paused: {title: 暂停, records: [{kind: report}], "),
        'state paused: "records" is what comes of a state that ends',
    ),
    (
        ("from: handling, to: paused, by: [handler],", "from: handling, to: paused, by: [handler], open_for: 9 days,"),
        '"open_for" counts from the end',
    ),
    (
        ("[{when: danger == yes, working_days: 1}, {working_days: 2}]", "[{working_days: 2}, {when: danger == yes, working_days: 1}]"),
        '"within" has a length after the one that always holds',
    ),
]
PARTIES = [
    (
        ("resident: {title: 群众, at: anyone}", "resident: {title: 群众, posts: [clerk], at: anyone}"),
        'party resident: whoever is "anyone" needs no "posts"',
    ),
    (("handler: {title: 承办单位, posts: [secretary], ", "handler: {title: 承办单位, "), 'party handler: "posts" is missing'),
    (
        ("staff: {title: 村, posts: [secretary]", "staff: {title: 村, posts: [clerk]"),
        "party staff: none of its posts can be held at a village",
    ),
    (("parties:\n", "parties:\n  guest: {title: 来宾, at: anyone}\n"), "party guest: nothing names it; leave it out"),
    (("opened_by: [resident,", "opened_by: [reporter,"), '"opened_by" names reporter, which is opener'),
    (
        (
            "handler: {title: 承办单位, posts: [secretary], at: assigned}",
            "handler: {title: 承办单位, posts: [secretary], at: named, person: what}",
        ),
        'party handler: "person" must be a personal text that the first form asks for, found "what"',
    ),
    (
        ("handler: {title: 承办单位, posts: [secretary], at: assigned}", "handler: {title: 承办单位, posts: [secretary], person: contact}"),
        'party handler: "person" goes with at: named; leave it out',
    ),
    (("group: 群众反映", "seen_by: [resident]"), '"seen_by" names resident, which is everybody'),
    (("opened_by: [resident, staff]", "opened_by: [resident, staff, staff]"), '"opened_by" names staff twice'),
]
FIELDS = [
    (field("spare: {title: 备用, type: text}"), "report.spare: no form asks for it and no step sets it"),
    (("photo: {title: 照片, type: photo}", "photo: {title: 照片, type: photo, required: yes}"), "a photo cannot be required"),
    (("photo: {title: 照片, type: photo}", "photo: {title: 照片, type: file, required_if: danger}"), "a file is never required"),
    (("place: {title: 地点, type: place}", "place: {title: 地点, type: place, personal: yes}"), '"personal" goes with a text'),
    (("retention: 6 months\n", ""), '"retention" is missing: how long after its end personal fields are kept'),
    (
        ("retention: 6", "named: {person: detail, consent: danger}\nretention: 6"),
        'named: "person" must be a personal field, found "detail"',
    ),
    (("retention: 6", "named: {person: contact, consent: what}\nretention: 6"), 'named: "consent" must be a field that is yes/no'),
    (
        ("retention: 6", "named: {person: contact, consent: danger, until: place}\nretention: 6"),
        'named: "until" must be a field that is a date',
    ),
    (("retention: 6", "register: {record: reprt, title: about, count: about}\nretention: 6"), 'did you mean "report"?'),
    (("retention: 6", "register: {record: report, title: about, count: about}\nretention: 6"), '"count" must be a field of report'),
    (("retention: 6", "measures: [income, income]\nretention: 6"), '"measures" names income twice'),
    (("shows: [what,", "shows: [contact, what,"), '"shows" names contact, which is personal and is never shown'),
    (("shows: [what,", "shows: [photo, what,"), '"shows" names photo, which is a photo'),
    (("titled: what", "titled: contact"), '"titled" names contact, which is personal'),
    (("titled: what", "titled: reopened"), '"titled" names reopened, which no form asks for'),
    (("urgent: danger == yes", "urgent: contact == '12345'"), '"urgent": no such name "contact"'),
    (("urgent: danger == yes", "urgent: what"), '"urgent": it must be a condition, such as danger == yes'),
    (("urgent: danger == yes", "urgent: late"), '"urgent": late is known only when a matter ends; its record may read it'),
    (("urgent: danger == yes", "urgent: what == 'rode'"), '"rode" is none of the choices of what; did you mean "road"?'),
    (("when: what == 'facility', kind", "when: what == 'facilities', kind"), '"routes": "facilities" is none of the choices of what'),
    (("sets: {reopened: yes}", "sets: {reopened: 1}"), '"sets": reopened is yes or no, but it is set to a number'),
    (("sets: {reopened: yes}", "sets: {what: bridge}"), '"sets": "bridge" is none of the choices of what'),
    (("sets: {reopened: yes}", "sets: {contact: '1'}"), '"sets" cannot say "contact"'),
    (("times_reopened > 0", "times_reopend > 0"), 'no such name "times_reopend"; did you mean "times_reopened"?'),
    (field("late: {title: 迟到, type: yes/no}"), "report.late: the word says something of every matter"),
    (field("route: {title: 路线, type: unit}"), "report.route: the word says something of every matter"),
    (
        ("what: {title: 类别, type: choice, required: yes", "what: {title: 类别, type: choice, required: yes, least: 3, most: 1"),
        "least 3 is above most 1",
    ),
    (("assigns: route", "assigns: body"), '"routes" say who is responsible, but no step says assigns: route'),
    (
        ("routes:\n  - {when: what == 'facility', kind: compound}\n  - {kind: village}\n", ""),
        'it assigns by the table, but the procedure has no "routes"',
    ),
]
RECORDS = [
    (("values: {about: what, ", "values: {"), "record report: about must be given, but it has no value"),
    (("closed: yes, overdue", "closed: danger, overdue"), "record report: closed must be given, but it may be missing"),
    (("values: {about: what", "values: {about: place"), "about: place is none of what a choice may say (facility, road, other)"),
    (("values: {about: what", "values: {about: \"'bridge'\""), 'about: "bridge" is none of what a choice may say'),
    (("overdue: late", "overdue: days_open"), "overdue: it is a number, but yes or no is asked for"),
    (("place: place, closed", "place: detail, closed"), "place: detail is none of what a place may say"),
    (("place: place, closed", "place: contact, closed"), 'place: no such name "contact"'),
    (("kind: report\n", "kind: report\n        day: result\n"), '"day" must be opened, closed or a field that is a date, found "result"'),
    (("kind: report\n", "kind: report\n        when: what\n"), '"when": it is a text, but yes or no is asked for'),
]
STEPS = [
    (("members: [branch, town],", "members: [branch, county],"), '"members": no such party "county"'),
    (("members: [branch, town],", "members: [],"), 'committee: "members" is missing'),
    (("town: {title: 乡镇, posts: [clerk], at: above}", "town: {title: 群众, at: anyone}"), "committee: town holds no post"),
    (("decide: all,", "decide: number,"), 'committee: "number" is missing'),
    (("decide: all,", "decide: majority, number: 2,"), 'committee: "number" goes with decide: number'),
    (("decide: all,", "decide: number, number: 3,"), "committee: 3 must be in favour, but it has 2 members"),
    (("passes: shortlist, fails: drop", "passes: drop, fails: drop"), "committee: drop follows whatever the outcome"),
    (("passes: shortlist", "passes: list"), 'state judging: no such step from here "list"; did you mean "shortlist"?'),
    (
        ("verb: drop, title: 不同意, from: judging, to: dropped", "verb: drop, title: 不同意, from: judging, to: dropped, by: [branch]"),
        "it follows as the committee decides",
    ),
    (
        ("verb: lose, title: 未通过, from: voting, to: dropped", "verb: lose, title: 未通过, from: voting, to: dropped, asks: [note]"),
        '"asks": no such field "note"',
    ),
    (("shows: [name, work]", "shows: [name, works]"), '"notice": no such field "works"; did you mean "work"?'),
    (("days: {calendar_days: 7}", "days: {calendar_days: 7, when: members > 3}"), 'notice: "days" is one length, without a condition'),
    (("    title: 公示\n    waits_for: [branch]\n", "    title: 公示\n"), "notice: nobody answers objections"),
    (("    title: 表决\n    waits_for: [branch]\n", "    title: 表决\n"), "ballot: nobody counts the votes and closes it"),
    (("upheld: back", "upheld: confirm"), "notice: confirm follows whatever the outcome"),
    (("eligible: members", "eligible: name"), 'ballot: "eligible" must be a field that is a count, found "name"'),
    (
        ("members: {title: 应到会人数, type: count, required: yes}", "members: {title: 应到会人数, type: count}"),
        "ballot: members may be missing when it begins",
    ),
    (("voters: member", "voters: members"), 'voters": no such party "members"'),
    (
        ("member: {title: 村民代表, posts: [delegate]}", "member: {title: 村民, at: anyone}"),
        "ballot: member is anyone, so nobody knows who has voted",
    ),
    (("person: name", "person: work"), 'appoints: "person" must be a field that is a text, found "work"'),
    (("begins: from, lasts", "begins: members, lasts"), 'appoints: "begins" must be a field that is a date, found "members"'),
    (("from: {title: 任职之日, type: date, required: yes}", "from: {title: 任职之日, type: date}"), "appoints: from may be missing"),
    (("post: delegate, begins", "post: elder, begins"), 'appoints: no such post "elder"'),
    (("post: delegate, begins", "post: clerk, begins"), "appoints: the post clerk cannot be held at a village"),
]


def test_a_matter_that_can_only_go_round_is_trapped():
    never = (LAST_STEP, f"  - {{verb: again, title: 再办, from: looping, to: handling, by: [staff]}}\n{LAST_STEP}")
    into = ("from: handling, to: checking,", "from: handling, to: looping,")
    found = faults_in(REPORT, never, into, state("looping: {title: 反复, waits_for: [staff]}"))
    assert [one.split(": ", 1)[1] for one in found if "never ends" in one] == [
        f"procedure report: state {id}: whatever is done from here, a matter never ends; let a step lead to a state that ends"
        for id in ("handling", "paused", "looping")
    ]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (REPORT, [("asks: [body], assigns: route}", "asks: [body], assigns: route, when: danger}")]),
        (REPORT, [("checking, to: closed, by: [staff]", "checking, to: closed, asks: [satisfied], by: [staff]")]),
        (REPORT, [("about: what", "about: \"first(what, 'other')\"")]),
        (REPORT, [("times_reopened > 0", "late or times_reopened + 1 > 2")]),
        (REPORT, [("kind: report\n", "kind: report\n        day: opened\n        when: not late\n")]),
    ],
)
def test_what_is_allowed_is_no_fault(text: str, changes: list[tuple[str, str]]):
    assert faults_in(text, *changes) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("title: 随手拍\n", "title: 信访事项办理\n"), 'procedure report: "信访" is about petitions'),
        (("paused: {title: 暂停", "paused: {title: 重点人员稳控"), 'state paused: "重点人员" is about persons under watch'),
        (("title: 要求重办", "title: 核对身份证"), 'step reopen: "身份证" is about ID numbers'),
        (("contact: {title: 联系电话", "contact: {title: 身份证号"), 'report.contact: "身份证" is about ID numbers'),
        (("other: 其他}}\n  detail", "other: 宗教}}\n  detail"), 'report.what: "宗教" is about belief'),
        (("handler: {title: 承办单位, posts", "handler: {title: 病人家属, posts"), 'party handler: "病人" is about health'),
    ],
)
def test_the_guard_reads_everything_that_a_procedure_calls_by_name(change: tuple[str, str], fault: str):
    told(faults_in(REPORT, change), fault)


def test_a_published_procedure_stays_whatever_the_guard_learns():
    files = with_procedures(report=changed_text(REPORT, ("title: 随手拍\n", "title: 信访事项办理\n")))
    assert load_files(files, guarded=False).procedures["report"].title == "信访事项办理"


HOSTILE = [
    "",
    "[]",
    "title",
    "fields: 1\nparties: [a]\nstates: x\nsteps: {a: b}",
    "title: {}\nfields: {a: 1, b: [], c: }\nparties: {p: }\nstates: {s: , t: {committee: 1, within: {}, records: {}}}\nsteps: [1, {}, []]",
    "states: {a: {ballot: {quorum: [], majority: {}}}, b: {notice: {days: 1, answer: [2]}}, c: {appoints: 3}}",
    f"urgent: {'(' * 300}\nroutes: [{{when: {'not ' * 500}x}}]",
    "within: [{working_days: 1e308}, {working_days: -1}, {calendar_days: 1.5}, {calendar_days: yes}]",
    "states:\n" + "".join(f"  s{i}: {{title: 环节}}\n" for i in range(3_000)),
    "steps:\n" + "".join(f"  - {{verb: v{i}, title: 步骤, from: a, to: b}}\n" for i in range(3_000)),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_file_says_there_are_faults_and_no_crash(text: str):
    assert faults_of(with_procedures(hostile=text))


@pytest.mark.parametrize(("change", "fault"), [*UNKNOWN, *WAYS, *PARTIES, *FIELDS, *RECORDS])
def test_what_does_not_hold_of_a_report_is_told(change: tuple[str, str], fault: str):
    told(faults_in(REPORT, change), fault)


@pytest.mark.parametrize(("change", "fault"), STEPS)
def test_what_does_not_hold_of_a_selection_is_told(change: tuple[str, str], fault: str):
    told(faults_in(ELECT, change, id="elect"), fault)


def told(found: list[str], fault: str) -> None:
    assert [one for one in found if fault in one], found
