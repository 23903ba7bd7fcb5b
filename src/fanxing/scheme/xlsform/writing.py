"""A kind of record as a workbook: an XLSForm that other tools take, or the plain table that officials fill in."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from fanxing.scheme.model import PARTS_OF_THE_DATE, Field, RecordKind
from fanxing.scheme.xlsform.conditions import NO, YES, NotRead, condition, xpath
from fanxing.scheme.xlsform.surveys import MULTILINE
from fanxing.scheme.xlsform.words import (
    DAY,
    FIELD_COLUMNS,
    FIELD_OWN,
    KIND_OWN,
    KIND_ROWS,
    NATURE_TITLES,
    OWN,
    PERIOD_TITLES,
    TYPES,
    USUAL_DAY,
    Vocabulary,
)

LANGUAGE = "中文 (zh)"
YES_NO = "yes_no"
SURVEY_TYPES = {
    "count": "integer",
    "number": "decimal",
    "money": "decimal",
    "share": "decimal",
    "yes/no": f"select_one {YES_NO}",
    "date": "date",
    "photo": "image",
    "file": "file",
}
# Those that an XLSForm says by itself; others are named in a column of our own.
PLAIN_TYPES = ("count", "number", "yes/no", "choice", "text", "long text", "date", "photo", "file")
SURVEY = ("type", "name", f"label::{LANGUAGE}", f"hint::{LANGUAGE}", "required", "constraint", "appearance")
ROOM_BELOW = 200
OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
# The plain table's own settings of its columns.
WIDTHS = {"字段名称": 20, "选项": 28, "填写说明": 28}
TABLE_SHEET, KIND_SHEET = "填报项", "台账"
ALWAYS = ("title", "type", "unit", "required", "choices", "note", "least", "most")
KIND_ALWAYS = ("title", "note", "group", "day", "kinds", "recorded_by", "confirmed_by", "held_by", "nature", "times", "identity", "columns")


# ---- XLSForm


def as_xlsform(kind: RecordKind, *, version: str = "1") -> bytes:
    """The kind as an XLSForm (.xlsx). What XLSForm has no word for stands in columns of our own, which other tools pass over."""
    fields = {one.id: one for one in kind.fields}
    rows = [[*_note_row(kind)], [*_day_row(kind)], *([*_survey_row(one, kind, fields)] for one in kind.fields)]
    own = [key for key in FIELD_OWN if any(_own(one, kind, fields).get(key) for one in kind.fields)]
    widened = [[*row, *(_own(field, kind, fields).get(key, "") for key in own)] for field, row in zip(kind.fields, rows[2:], strict=True)]
    head = [*SURVEY, *(f"{OWN}{key}" for key in own)]
    said = _kind_values(kind)
    settings = {"form_title": kind.title, "form_id": kind.id, "version": version, "default_language": LANGUAGE}
    settings |= {f"{OWN}{key}": said[key] for key in KIND_OWN if said.get(key)}
    file = BytesIO()
    with Workbook(file, OPTIONS) as book:
        _write(book.add_worksheet("survey"), [head, *(row for row in rows[:2] if row), *widened])
        _write(book.add_worksheet("choices"), [["list_name", "name", f"label::{LANGUAGE}"], *_choices(kind)])
        _write(book.add_worksheet("settings"), [list(settings), list(settings.values())])
    return file.getvalue()


def _note_row(kind: RecordKind) -> Iterable[str]:
    return ("note", "fanxing_note", kind.note) if kind.note else ()


def _day_row(kind: RecordKind) -> Iterable[str]:
    return ("date", DAY, kind.day or USUAL_DAY, "", "yes")


def _survey_row(field: Field, kind: RecordKind, fields: Mapping[str, Field]) -> Iterable[str]:
    type_ = f"select_one {field.id}" if field.choices else SURVEY_TYPES.get(field.type, "text")
    required = "yes" if field.required else _native_condition(field, fields)
    appearance = MULTILINE if field.type == "long text" and not field.choices else ""
    return (type_, field.id, field.title, field.note, required, _constraint(field), appearance)


def _native_condition(field: Field, fields: Mapping[str, Field]) -> str:
    return xpath(field.required_when, fields) if field.required_when is not None else ""


def _constraint(field: Field) -> str:
    bounds = ((">=", field.least), ("<=", field.most))
    return " and ".join(f". {mark} {value:.12g}" for mark, value in bounds if value is not None)


def _own(field: Field, kind: RecordKind, fields: Mapping[str, Field]) -> dict[str, str]:
    """What a field says in columns of our own, by key."""
    plain = field.type in PLAIN_TYPES and not (field.choices and field.type != "choice") and not _looks_like_truth(field)
    said = _field_values(field, kind)
    kept = {key: said.get(key, "") for key in FIELD_OWN if key not in ("type", "required_if")}
    return {**kept, "type": "" if plain else field.type, "required_if": "" if _says_itself(field, fields) else field.required_if}


def _looks_like_truth(field: Field) -> bool:
    return field.type == "choice" and {value.lower() for value, _ in field.choices} in ({YES, NO}, {"是", "否"})


def _says_itself(field: Field, fields: Mapping[str, Field]) -> bool:
    """Whether the XPath of a condition is read back as the same words."""
    try:
        return not field.required_if or condition(_native_condition(field, fields), fields) == field.required_if
    except NotRead:
        return False


def _choices(kind: RecordKind) -> list[list[str]]:
    truth = [[YES_NO, YES, "是"], [YES_NO, NO, "否"]] if any(one.type == "yes/no" for one in kind.fields) else []
    return [*truth, *([field.id, value, word] for field in kind.fields for value, word in field.choices)]


def _write(page: Worksheet, rows: Sequence[Sequence[str]]) -> None:
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if text:
                page.write_string(row, column, text)
    page.freeze_panes(1, 0)
    page.set_column(0, len(rows[0]) - 1, 20)


# ---- what a kind says, as texts


def _field_values(field: Field, kind: RecordKind) -> dict[str, str]:
    """What a field says as the texts of columns, by key; ids where it names something."""
    return {
        "unit": field.unit,
        "every": field.every,
        "personal": "yes" if field.personal else "",
        "concept": field.concept,
        "reuse": field.reuse,
        "share_of": "、".join(field.share_of),
        "scope": field.scope,
        "unit_kinds": "、".join(field.unit_kinds),
        "links": field.links,
        "prefill": field.prefill,
        "words": "、".join(field.words),
        "choice_words": "；".join(f"{value}={'、'.join(words)}" for value, words in field.choice_words),
        "basis": "" if field.basis == kind.basis else field.basis,
        "owner": field.owner,
        "required_if": field.required_if,
    }


def _kind_values(kind: RecordKind) -> dict[str, str]:
    return {
        "id": kind.id,
        "title": kind.title,
        "note": kind.note,
        "group": kind.group,
        "day": kind.day,
        "kinds": "、".join(kind.kinds),
        "recorded_by": "、".join(kind.recorded_by),
        "confirmed_by": "、".join(kind.confirmed_by),
        "held_by": kind.held_by,
        "nature": kind.nature,
        "times": _number(kind.times),
        "identity": "、".join(kind.identity),
        "columns": "、".join(kind.columns),
        "late_after": _number(kind.late_after),
        "retention": _number(kind.retention),
        "expects": kind.expects.spelled() if kind.expects else "",
        "meets": kind.meets.spelled() if kind.meets else "",
        "words": "、".join(kind.words),
        "handling_faults": "、".join(kind.handling_faults),
        "basis": kind.basis,
        "owner": kind.owner,
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


# ---- the plain table


def as_table(kind: RecordKind, words: Vocabulary) -> bytes:
    """The kind as an official's plain table (.xlsx), with drop-downs; read back it gives the same kind."""
    return _table([field_texts(one, kind) for one in kind.fields], kind_texts(kind, words), words)


def template(words: Vocabulary) -> bytes:
    """An empty plain table to be filled in, with three rows as an example."""
    rows = [
        {"title": "活动形式", "type": TYPES["choice"], "required": "是", "choices": "上门走访\n集中座谈\n其他"},
        {"title": "走访户数", "type": TYPES["count"], "unit": "户", "required": "是", "note": "当天走访的户数，不是累计数", "least": "0"},
        {"title": "情况说明", "type": TYPES["long text"], "required_if": "活动形式=其他"},
    ]
    kind = {
        "title": "入户走访",
        "group": "联系群众",
        "day": "走访日期",
        "kinds": next(iter(words.unit_kinds.values()), ""),
        "nature": NATURE_TITLES["activity"],
        "times": "12",
    }
    return _table(rows, kind, words)


def field_texts(field: Field, kind: RecordKind) -> dict[str, str]:
    """What a field says as the texts of a plain table, by key."""
    said = _field_values(field, kind)
    return {
        **said,
        "id": field.id,
        "title": field.title,
        "type": TYPES[field.type],
        "required": "是" if field.required else "",
        "choices": "\n".join(word if value == word else f"{value}={word}" for value, word in field.choices),
        "note": field.note,
        "least": _number(field.least),
        "most": _number(field.most),
        "personal": "是" if field.personal else "",
        "every": PERIOD_TITLES.get(field.every, ""),
    }


def kind_texts(kind: RecordKind, words: Vocabulary) -> dict[str, str]:
    """What a kind says as a whole as the texts of a plain table, by key; titles in the place of ids."""
    return {
        **_kind_values(kind),
        "nature": NATURE_TITLES[kind.nature],
        "kinds": "、".join(words.unit_kinds.get(id, id) for id in kind.kinds),
        "recorded_by": "、".join(words.posts.get(id, id) for id in kind.recorded_by),
        "confirmed_by": "、".join(words.posts.get(id, id) for id in kind.confirmed_by),
        "identity": "、".join(PARTS_OF_THE_DATE.get(id, id) for id in kind.identity),
    }


def _table(rows: Sequence[Mapping[str, str]], kind: Mapping[str, str], words: Vocabulary) -> bytes:
    keys = [key for key in FIELD_COLUMNS if key in ALWAYS or any(row.get(key) for row in rows)]
    file = BytesIO()
    with Workbook(file, OPTIONS) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EAF1FE", "bottom": 1, "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        page = book.add_worksheet(TABLE_SHEET)
        for column, key in enumerate(keys):
            page.write_string(0, column, FIELD_COLUMNS[key], bold)
            page.set_column(column, column, WIDTHS.get(FIELD_COLUMNS[key], 12), wrapped)
            for row, said in enumerate(rows, start=1):
                if said.get(key):
                    page.write_string(row, column, said[key], wrapped)
            if drop_down := _drop_down(key):
                page.data_validation(1, column, ROOM_BELOW, column, {"validate": "list", "source": drop_down})
        page.freeze_panes(1, 1)
        _kind_page(book.add_worksheet(KIND_SHEET), kind, words, bold, wrapped)
    return file.getvalue()


def _drop_down(key: str) -> list[str]:
    return {"type": list(TYPES.values()), "required": ["是", "否"], "personal": ["是", "否"], "every": list(PERIOD_TITLES.values())}.get(
        key, []
    )


def _kind_page(page: Worksheet, kind: Mapping[str, str], words: Vocabulary, bold: object, wrapped: object) -> None:
    """What the record is as a whole: a name and its value in each row, and what may stand there."""
    told = {
        "kinds": f"多个用顿号隔开；不填即各类单位都登记。可选：{'、'.join(words.unit_kinds.values())}",
        "recorded_by": f"多个用顿号隔开。可选：{'、'.join(words.posts.values())}",
        "confirmed_by": "别人代录的要由这些岗位确认才算数；不填即不用确认",
        "held_by": "已由哪个部门或平台掌握；填了就由它导入，单位不再填",
        "times": "大约每年登记几次，用来算填报负担",
        "identity": "写字段名称，或 日期、月份、季度、年度",
    }
    for column, (title, width) in enumerate((("项目", 22), ("内容", 36), ("怎么填", 60))):
        page.write_string(0, column, title, bold)
        page.set_column(column, column, width, wrapped)
    shown = [key for key in KIND_ROWS if key in KIND_ALWAYS or kind.get(key)]
    for row, key in enumerate(shown, start=1):
        page.write_string(row, 0, KIND_ROWS[key], bold)
        if kind.get(key):
            page.write_string(row, 1, kind[key])
        if key in told:
            page.write_string(row, 2, told[key])
        if key == "nature":
            page.data_validation(row, 1, row, 1, {"validate": "list", "source": list(NATURE_TITLES.values())})
