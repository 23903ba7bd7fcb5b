"""What a matter says, in the words of people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from fanxing.lib.personal import HIDDEN, PersonalText
from fanxing.organisations.models import Unit
from fanxing.procedures.models import Matter
from fanxing.scheme.model import Field, Procedure, Value


def field_words(field: Field, value: object, units: Mapping[str, str] | None = None) -> str:
    """A value as it is read: the word of a choice, yes and no, a number with its unit; a unit by its name where `units` has it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return dict(field.choices).get(str(value), str(value))
    if field.type == "unit":
        return (units or {}).get(str(value), str(value))
    if field.type == "date":
        return day_words(date.fromisoformat(str(value)))
    if field.every == "year":
        return f"{value}年"
    if field.type == "share" and isinstance(value, int | float):
        return f"{value * 100:.4g}%"
    if isinstance(value, float | int):
        return f"{value:,.12g} {field.unit}".rstrip()
    return str(value)


def day_words(day: date) -> str:
    """2025年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def personal_words(procedure: Procedure, one: PersonalText) -> str:
    """A personal value as it is read."""
    field = procedure.field(one.field)
    return field_words(field, one.value) if field else one.value


def personal_masked(procedure: Procedure, one: PersonalText) -> str:
    """As much of a personal value as may stand on a page: of a choice nothing, since its first sign would tell it, nor of a long text."""
    field = procedure.field(one.field)
    return HIDDEN if field and (field.choices or field.type == "long text") else one.masked


def said_in(procedure: Procedure, data: Mapping[str, Value]) -> Iterator[tuple[Field, Value]]:
    """The fields that have a value, in the order of the procedure."""
    return ((field, data[field.id]) for field in procedure.fields if field.id in data)


def unit_names(procedure: Procedure, datas: Iterable[Mapping[str, Value]]) -> dict[str, str]:
    """The names of the units that some matters name, by code; one query."""
    ids = [field.id for field in procedure.fields if field.type == "unit"]
    codes = {str(data[id]) for data in datas for id in ids if id in data}
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def title_of(procedure: Procedure, data: Mapping[str, Value]) -> str:
    """What a matter is called in lists: the words of the field that the procedure names, and of its place; or the procedure itself."""
    named = [(field, data.get(id)) for id in (procedure.titled, procedure.place_field) if (field := procedure.field(id))]
    return " · ".join(field_words(field, value) for field, value in named if value is not None) or procedure.title


def open_title(matter: Matter) -> str:
    """What everybody may call a matter: as much of its title as the procedure shows."""
    procedure = matter.procedure
    return title_of(procedure, {id: value for id, value in matter.data.items() if id in procedure.shows})
