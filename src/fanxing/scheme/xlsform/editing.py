"""A kind of record changed by texts, as a plain table has them: one field, or what it says as a whole."""

from collections.abc import Mapping
from dataclasses import replace

from fanxing.scheme.model import RecordKind
from fanxing.scheme.xlsform.building import MOST_FIELDS, Builder, Reading, Written, choices_of, type_named
from fanxing.scheme.xlsform.words import Vocabulary
from fanxing.scheme.xlsform.writing import field_texts, kind_texts

HERE = "表单"
Texts = Mapping[str, str]


def with_texts(kind: RecordKind, words: Vocabulary, *, whole: Texts | None = None, field: str = "", said: Texts | None = None) -> Reading:
    """The kind with other texts for what it says as a whole, or for one of its fields (`field` names none: for a new one at the end).

    Texts that are not given stay. What cannot be read is noted, and is not in the kind.
    """
    builder = Builder(words)
    for one in kind.fields:
        texts = field_texts(one, kind)
        _add(builder, {**texts, **(said or {})} if one.id == field else texts, one.id)
    if said is not None and not field:
        _add(builder, {"type": "text", "basis": kind.basis, **said}, "")
    return builder.kind({**kind_texts(kind, words), **(whole or {})}, HERE)


def _add(builder: Builder, texts: Texts, id: str) -> None:
    values = {key: text.strip() for key, text in texts.items() if key not in ("id", "title", "type", "choices")}
    type_ = type_named(texts["type"]) or "text"
    choices = choices_of(f"{texts.get('choices', '')}\n") if type_ in ("choice", "text", "long text") else ()
    builder.add(Written(HERE, id, texts.get("title", "").strip(), type_, values, choices))


def without_field(kind: RecordKind, id: str) -> RecordKind:
    """The kind without one of its fields, wherever it names it."""

    def left(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one for one in ids if one != id)

    fields = tuple(one for one in kind.fields if one.id != id)
    return replace(
        kind, fields=fields, identity=left(kind.identity), columns=left(kind.columns), handling_faults=left(kind.handling_faults)
    )


def with_field_up(kind: RecordKind, id: str) -> RecordKind:
    """The kind with one of its fields before the one that it follows."""
    fields = list(kind.fields)
    place = next((number for number, one in enumerate(fields) if one.id == id), 0)
    if place:
        fields[place - 1 : place + 1] = [fields[place], fields[place - 1]]
    return replace(kind, fields=tuple(fields))


def may_grow(kind: RecordKind) -> bool:
    """Whether one more field can be added."""
    return len(kind.fields) < MOST_FIELDS
