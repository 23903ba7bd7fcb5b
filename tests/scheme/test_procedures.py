"""A procedure is read from its file, with every fault of form at once."""

import pytest

from fanxing.scheme import load_files
from fanxing.scheme.digests import procedure_digest, rating_digest, record_kind_digest
from fanxing.scheme.expressions import parse
from fanxing.scheme.model import Appoints, Ballot, Committee, Party, PublicNotice, Route, Share, Step, Term, Yield
from tests.scheme.procedures import ELECT, REPORT, changed_text, faults_in, loaded, with_procedures
from tests.scheme.schemes import SMALL


def test_a_procedure_is_read_with_all_it_says():
    report = loaded(REPORT)
    assert (report.id, report.title, report.group, report.titled, report.place_field) == ("report", "随手拍", "群众反映", "what", "place")
    assert (report.begins, report.opened_by, report.retention, report.within) == ("reported", ("resident", "staff"), 6, (Term(15),))
    assert report.urgent == parse("danger == yes")
    assert report.parties["handler"] == Party(id="handler", title="承办单位", posts=("secretary",), at="assigned")
    assert report.routes == (Route("compound", parse("what == 'facility'")), Route("village"))
    assert report.states["reported"].within == (Term(1, when=parse("danger == yes")), Term(2))
    assert report.states["checking"].then == "pass"
    assert report.step("closed", "reopen") == Step(
        id="reopen",
        title="要求重办",
        basis="example",
        source="closed",
        target="handling",
        by=("reporter",),
        reason=True,
        sets=(("reopened", True),),
        times=1,
        open_for=30,
    )
    values = {"about": "what", "place": "place", "closed": "yes", "overdue": "late", "reopened": "times_reopened > 0"}
    assert report.states["closed"].records == (Yield("report", tuple((id, parse(text)) for id, text in values.items())),)


def test_committees_notices_ballots_and_appointments_are_read():
    states = loaded(ELECT, "elect").states
    assert states["judging"].step == Committee(("branch", "town"), passes="shortlist", fails="drop")
    assert states["noticed"].step == PublicNotice(Term(7, working=False), Term(3), "confirm", "back", ("name", "work"))
    assert states["voting"].step == Ballot("members", Share(2, 3), Share(1, 2, more=True), passes="elect", fails="lose", voters="member")
    assert states["elected"].appoints == Appoints("name", "delegate", "from", 36)


def test_procedures_change_no_digest_of_anything_else():
    without, beside = load_files(SMALL), load_files({**with_procedures(elect=ELECT), "scheme.yaml": with_procedures()["scheme.yaml"]})
    assert rating_digest(without) == rating_digest(beside)
    assert record_kind_digest(without.records["meeting"]) == record_kind_digest(beside.records["meeting"])
    assert without.procedures == {}


def test_the_digest_of_a_procedure_knows_what_it_says_and_nothing_of_its_layout():
    assert procedure_digest(loaded(REPORT)) == procedure_digest(loaded(f"# a comment\n{REPORT}"))
    assert procedure_digest(loaded(REPORT)) != procedure_digest(loaded(changed_text(REPORT, ("{working_days: 15}", "{working_days: 16}"))))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("working_days: 15", "working_days: 0", '"working_days" must be a whole number from 1 upwards'),
        ("working_days: 15", "working_days: 99999", "a term has at most 3650 days"),
        ("working_days: 15", "days: 15", "write how long: working_days: 5, or calendar_days: 7"),
        ("retention: 6 months", "retention: 6", '"retention" must be a length such as 12 months'),
        ("times: 1, open_for: 30 days}", "times: 1, open_for: 30}", '"open_for" must be a length such as 30 days, found "30"'),
        ("urgent: danger == yes", "urgent: danger = yes", "cannot read"),
        ("at: assigned", "at: there", '"at" is "there"'),
        ("begins: reported\n", "", '"begins" is missing'),
        ("titled: what\n", "title_field: what\n", 'unknown key "title_field"'),
        ("resident: {title", "Resident: {title", 'party "Resident": use lower-case letters'),
    ],
)
def test_what_is_written_wrongly_is_told_with_its_line(old: str, new: str, fault: str):
    found = faults_in(REPORT, (old, new))
    assert [one for one in found if fault in one]
    assert found[0].startswith("procedures/report.yaml:")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("quorum: 2/3", "quorum: 3/2", '"quorum" must be a part that can be reached'),
        ("quorum: 2/3", "quorum: 0.66", '"quorum" must be a part that can be reached, such as 2/3 or more than 1/2, found "0.66"'),
        ("majority: more than 1/2", "majority: more than 1/1", '"majority" must be a part that can be reached'),
        ("days: {calendar_days: 7}, ", "", '"days" is missing: how long'),
        ("decide: all", "decide: most", '"decide" is "most"'),
        ("lasts: 36 months", "lasts: long", '"lasts" must be a length'),
        ("committee: {", "notice: {}, committee: {", "it has committee and notice; a state has one of"),
    ],
)
def test_what_is_written_wrongly_in_a_step_is_told(old: str, new: str, fault: str):
    assert [one for one in faults_in(ELECT, (old, new), id="elect") if fault in one]
