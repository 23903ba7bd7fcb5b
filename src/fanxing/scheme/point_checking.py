"""Whether the rules of members' points hold together, and ask for nothing that they may not."""

from collections.abc import Iterator

from fanxing.scheme.expressions import ExpressionError, Type, did_you_mean, names, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import MemberPoints, PointRule, RecordKind, Scheme
from fanxing.scheme.record_checking import field_types
from fanxing.scheme.wordlists import TRACES

EVIDENCE_TYPES = ("photo", "file")


def check_points(points: MemberPoints, scheme: Scheme, faults: Faults) -> None:
    """Note a fault for everything that does not hold in the rules of members' points."""
    for post in points.kept_by:
        if post not in scheme.posts:
            faults.add(points.place, f'points: no such post "{post}"{did_you_mean(post, list(scheme.posts))}')
    if not points.kept_by:
        faults.add(points.place, 'points: "kept_by" is missing: the posts of a branch that keep the points of its members')
    if points.retention is not None and points.retention <= 0:
        faults.add(points.place, 'points: "retention" must be above 0: the years for which entries are kept')
    for rule in points.rules.values():
        kind = scheme.records.get(rule.record)
        if kind is None:
            near = did_you_mean(rule.record, list(scheme.records))
            faults.add(rule.place, f'point rule {rule.id}: no such kind of record "{rule.record}"{near}')
            continue
        for fault in (*_sums(rule), *_reading(rule, kind)):
            faults.add(rule.place, f"point rule {rule.id}: {fault}")


def refuse_points(points: MemberPoints, scheme: Scheme, faults: Faults) -> None:
    """Note a fault for every rule that gives points for speaking up, for traces left in a system, or by what is personal."""
    for rule in points.rules.values():
        if kind := scheme.records.get(rule.record):
            for fault in _refused(rule, kind):
                faults.add(rule.place, f"point rule {rule.id}: {fault}")


def _sums(rule: PointRule) -> Iterator[str]:
    if rule.points <= 0:
        yield '"points" must be above 0: points are given for what was done, and taken back only by a reversal'
    if rule.per <= 0:
        yield '"per" must be above 0'
    for key, most in (("most_a_month", rule.most_a_month), ("most_a_year", rule.most_a_year)):
        if most is not None and most <= 0:
            yield f'"{key}" must be above 0'


def _reading(rule: PointRule, kind: RecordKind) -> Iterator[str]:
    known = field_types(kind)
    if rule.of and known.get(rule.of) is not Type.NUMBER:
        yield f'"of" must be a field of {kind.id} that is a number, found "{rule.of}"{did_you_mean(rule.of, list(known))}'
    if rule.where is None:
        return
    try:
        if type_of(rule.where, known) is not Type.TRUTH:
            yield '"where" must be a condition, such as confirmed'
    except ExpressionError as error:
        yield f"where: {error}"


def _refused(rule: PointRule, kind: RecordKind) -> Iterator[str]:
    if kind.nature == "voice":
        yield f'"{kind.id}" is somebody speaking up (rule 9: it is neither rewarded nor punished); leave the rule out'
    read = (rule.of, *(names(rule.where) if rule.where is not None else ()))
    fields = [field for id in read if (field := kind.field(id))]
    for field in fields:
        if field.personal:
            yield f'"{field.id}" is personal (rule 6: what is about a person is never counted)'
        if field.type in EVIDENCE_TYPES:
            yield f'"{field.id}" is a {field.type} (rule 3: nothing is given for photos and files)'
    words = (rule.id, rule.title, kind.id, kind.title, *(word for one in fields for word in (one.id, one.title)))
    for trace in TRACES:
        if word := trace.found_in(*words):
            yield f'"{word}" counts {trace.subject} (rule 3: nothing is given for log-ins, likes or check-ins)'
