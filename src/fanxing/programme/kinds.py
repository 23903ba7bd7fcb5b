"""Kinds of record between versions: read back from what was stored, and compared, since kinds only grow."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fanxing.scheme.model import Expects, Field, Meets, RecordKind, plain
from fanxing.scheme.xlsform.words import NATURE_TITLES, TYPES


def definition(kind: RecordKind) -> object:
    """The kind as plain JSON data, from which `record_kind` makes it again."""
    return plain(kind)


def record_kind(definition: Mapping[str, Any]) -> RecordKind:
    """The kind that `definition` describes."""
    values = {key: value for key, value in definition.items() if key}
    for key in ("kinds", "recorded_by", "confirmed_by", "handling_faults", "identity", "columns", "words"):
        # A definition stored before there was such a key has none: of `kinds` that means that every kind of unit kept such records.
        values[key] = tuple(values.get(key, ()))
    values["expects"] = _expects(values.get("expects"))
    values["meets"] = _meets(values.get("meets"))
    return RecordKind(**{**values, "fields": tuple(_field(one) for one in values["fields"])})


def _expects(definition: Mapping[str, Any] | None) -> Expects | None:
    if definition is None:
        return None
    values = {key: value for key, value in definition.items() if key}
    return Expects(**{**values, "fill": tuple((field, value) for field, value in values["fill"])})


def _meets(definition: Mapping[str, Any] | None) -> Meets | None:
    return Meets(**{key: value for key, value in definition.items() if key}) if definition else None


def _field(definition: Mapping[str, Any]) -> Field:
    values = {key: value for key, value in definition.items() if key}
    values["choices"] = tuple((value, word) for value, word in values["choices"])
    values["choice_words"] = tuple((value, tuple(words)) for value, words in values.get("choice_words", ()))
    for key in ("share_of", "unit_kinds", "words"):
        values[key] = tuple(values.get(key, ()))
    for key in ("least", "most"):
        # A database may hand a whole float back as an integer.
        values[key] = None if values[key] is None else float(values[key])
    return Field(**values)


def shrinkings(old: RecordKind, new: RecordKind) -> Iterator[str]:
    """What the new version would take from the old, in Chinese: records written under the old must stay valid, and mean the same."""
    if new.nature != old.nature:
        yield f"记录类型“{old.title}”的性质（nature）原为{_nature(old)}，不能改为{_nature(new)}；请另立一种记录类型"
    yield from _kinds_shrinkings(old, new)
    for field in old.fields:
        found = new.field(field.id)
        if found is None:
            yield f"{_called(old, field)}不能删去；不再使用的填报项请保留，可改为不必填"
        else:
            yield from (f"{_called(old, field)}{fault}" for fault in _field_shrinkings(field, found))
    for field in new.fields:
        if (field.required or field.required_if) and old.field(field.id) is None:
            yield f"{_called(new, field)}是新增的，不能必填：已有的记录没有这一项"


def shrinkings_since(definition: Mapping[str, Any], new: RecordKind) -> Iterator[str]:
    """What the new version would take from a stored definition. One of before there were `kinds` did not say which units keep such
    records, so that naming them takes nothing away."""
    old = record_kind(definition)
    return shrinkings(old if "kinds" in definition else replace(old, kinds=new.kinds), new)


def _kinds_shrinkings(old: RecordKind, new: RecordKind) -> Iterator[str]:
    if new.kinds and not old.kinds:
        yield f"记录类型“{old.title}”原来各类单位都登记，不能改为只由几类单位登记"
    elif new.kinds and (gone := [kind for kind in old.kinds if kind not in new.kinds]):
        yield f"记录类型“{old.title}”的登记单位（kinds）不能去掉 {'、'.join(gone)}：这类单位的台账里可能已有这类记录"


def _field_shrinkings(old: Field, new: Field) -> Iterator[str]:
    if new.type != old.type:
        yield f"的类型原为{_type(old)}，不能改为{_type(new)}；请另立一项"
    if new.unit != old.unit:
        yield f"的计量单位原为“{old.unit}”，不能改为“{new.unit}”；请另立一项"
    if (new.required and not old.required) or (new.required_if and new.required_if != old.required_if and not old.required):
        yield "原来可以不填，不能改为必填"
    if new.personal != old.personal:
        yield "是否为个人信息不能改变：个人信息另外存放"
    if new.every != old.every or new.links != old.links:
        yield "的时段长度和关联的记录类型不能改变；请另立一项"
    if (new.unit_kinds and not {*old.unit_kinds} <= {*new.unit_kinds}) or (new.unit_kinds and not old.unit_kinds):
        yield "可选的单位类型不能减少"
    words = dict(new.choices)
    if gone := [word for value, word in old.choices if value not in words]:
        yield f"不能删去选项“{'”“'.join(gone)}”"
    if new.choices and not old.choices:
        yield "原来可以任意填写，不能改为只能选择"
    if new.least is not None and (old.least is None or new.least > old.least):
        yield f"的下限不能提高到 {new.least:g}"
    if new.most is not None and (old.most is None or new.most < old.most):
        yield f"的上限不能降低到 {new.most:g}"


def _nature(kind: RecordKind) -> str:
    return f"“{NATURE_TITLES[kind.nature]}”（{kind.nature}）"


def _type(field: Field) -> str:
    return f"{TYPES[field.type]}（{field.type}）"


def _called(kind: RecordKind, field: Field) -> str:
    return f"记录类型“{kind.title}”的“{field.title}”"
