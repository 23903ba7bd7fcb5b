"""A field of a kind of record or of a procedure, read."""

from fanxing.scheme.expressions import Const
from fanxing.scheme.model import FIELD_TYPES, PERIODS, Field
from fanxing.scheme.section import Section, check_id


def read_field(id: str, section: Section, basis: str) -> Field:
    """A field as it is written; what its type does not allow is a matter of the checks."""
    check_id(id, section.place, section.faults, "field")
    field = Field(
        id=id,
        title=section.text("title", required=True),
        basis=section.text("basis") or basis,
        note=section.text("note"),
        owner=section.text("owner"),
        type=section.word("type", tuple(FIELD_TYPES), "text", required=True),
        unit=section.text("unit"),
        required=section.flag("required"),
        choices=read_choices(section),
        least=section.number("least"),
        most=section.number("most"),
        concept=section.text("concept"),
        reuse=section.text("reuse"),
        share_of=section.texts("share_of"),
        scope=section.text("scope"),
        every=section.word("every", PERIODS),
        unit_kinds=section.texts("unit_kinds"),
        links=section.text("links"),
        required_if=section.text("required_if") if section.expression("required_if") != Const(None) else "",
        prefill=section.text("prefill"),
        personal=section.flag("personal"),
        words=section.texts("words"),
        choice_words=_choice_words(section),
        place=section.place,
    )
    if field.type == "choice" and not field.choices:
        section.fault('"choices" is missing: a choice needs the values it may take')
    section.finish()
    return field


def read_choices(section: Section) -> tuple[tuple[str, str], ...]:
    """The (value, word) pairs of a choice: a mapping, or a list of words that are values too."""
    item = section.item("choices")
    if item is not None and item.entries is None:
        return tuple((word, word) for word in section.texts("choices"))
    return tuple((value.text, word) for value, word in section.words("choices"))


def _choice_words(section: Section) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What messages call each choice: one word, or a list of them."""
    found = []
    for value, words in section.pairs("choice_words"):
        items = (words,) if words.items is None else words.items
        if not all(one.is_scalar and one.text for one in items):
            section.fault('"choice_words" must be values, each with a list of words', words)
        found.append((value.text, tuple(one.text for one in items)))
    return tuple(found)
