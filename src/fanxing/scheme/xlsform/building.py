"""From what a workbook writes, whatever its shape, to a kind of record; everything that cannot be read is noted, and reading goes on."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fanxing.scheme.expressions import RESERVED, Const, ExpressionError, parse
from fanxing.scheme.model import FIELD_TYPES, IDENTITY_DAYS, LAST, NATURES, PARTS_OF_THE_DATE, PERIODS, Expects, Field, Meets, RecordKind
from fanxing.scheme.xlsform.conditions import NotRead, condition
from fanxing.scheme.xlsform.words import KIND_ROWS, NATURE_TITLES, PERIOD_TITLES, TYPE_WORDS, Vocabulary, pieces

YES = frozenset({"yes", "true", "true()", "是", "√", "必填", "1", "y"})
NO = frozenset({"", "no", "false", "false()", "否", "×", "选填", "0", "n"})
NUMBERS = ("count", "number", "money", "share")
MOST_FIELDS = 100
LONGEST_TITLE = 100
MOST_NOTES = 200
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Note:
    """Something in a workbook that is not read as it stands: where it is, of which field (its id, or empty), and what to do, in Chinese.
    One that does not `block` only tells what was made of it."""

    where: str
    words: str
    field: str = ""
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.where}：{self.words}"


@dataclass(frozen=True)
class Reading:
    """What was read of a workbook: the kind as far as it goes, and what is to be mended first."""

    kind: RecordKind
    notes: tuple[Note, ...]


@dataclass
class Written:
    """A field as a workbook writes it: its type is one of ours already; `values` are the texts of its other columns by key."""

    where: str
    name: str
    title: str
    type: str
    values: dict[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    id: str = ""


class Builder:
    """Makes a kind of what a workbook writes; `notes` collects what it cannot."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.notes: list[Note] = []
        self.rows: list[Written] = []
        self.full = False

    def note(self, where: str, words: str, field: str = "", *, blocks: bool = True) -> None:
        """Note one thing; past the most that anybody would read, only that there is more."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(where, words[:LONGEST_NOTE], field, blocks))
        elif len(self.notes) == MOST_NOTES:
            self.notes.append(Note(where, f"从这里起还有读不了的，没有一一列出；请先改好前面 {MOST_NOTES} 处，再上传一次"))

    def add(self, row: Written) -> str:
        """Take a field, and give it its id."""
        if len(self.rows) >= MOST_FIELDS:
            if not self.full:
                self.note(row.where, f"一种台账最多 {MOST_FIELDS} 项，从这里起的没有读；请拆成几种")
            self.full = True
            return ""
        row.id = self._id(row)
        if not row.title:
            self.note(row.where, "没有名称（label）", row.id)
        if len(row.title) > LONGEST_TITLE:
            self.note(row.where, f"名称超过 {LONGEST_TITLE} 个字，请把说明写到填写说明里", row.id)
            row.title = row.title[:LONGEST_TITLE]
        self.rows.append(row)
        return row.id

    def _id(self, row: Written) -> str:
        """The name as an id; a number where it is none, a number after it where it stands twice."""
        plain = re.sub(r"[^a-z0-9]+", "_", row.name.strip().lower()).strip("_")
        if not plain or not plain[0].isalpha():
            plain = f"item_{len(self.rows) + 1}"
        if plain in RESERVED or plain in IDENTITY_DAYS or plain in ("occurred_on", "unit", "kind", "reason"):
            plain = f"{plain}_value"
        taken = {one.id for one in self.rows}
        if plain in taken:
            if row.name:
                self.note(row.where, f"标识“{row.name}”前面已经用过；已改名，请看是不是同一项写了两遍", blocks=False)
            plain = next(id for number in range(2, MOST_FIELDS + 3) if (id := f"{plain}_{number}") not in taken)
        return plain

    # ---- the kind

    def kind(self, values: Mapping[str, str], where: str, note: str = "") -> Reading:
        """The kind, whole. `values` are what the workbook says of it as a whole, by key."""
        basis = values.get("basis", "")
        fields = tuple(self._field(row, basis) for row in self.rows)
        if not fields:
            self.note(where, "没有一项可填；至少要有一项")
        kind = RecordKind(
            id=self._kind_id(values.get("id", ""), where),
            title=values.get("title", "").strip()[:LONGEST_TITLE],
            basis=basis,
            note=values.get("note", "") or note,
            owner=values.get("owner", ""),
            fields=fields,
            nature=self._word("nature", values, {**{id: id for id in NATURES}, **NATURE_TITLES}, where) or "activity",
            kinds=self._named(values.get("kinds", ""), self.words.unit_kinds, "类单位", where),
            recorded_by=self._named(values.get("recorded_by", ""), self.words.posts, "个岗位", where),
            confirmed_by=self._named(values.get("confirmed_by", ""), self.words.posts, "个岗位", where),
            held_by=values.get("held_by", ""),
            handling_faults=self._fields_named(values.get("handling_faults", ""), where),
            group=values.get("group", ""),
            day=values.get("day", ""),
            identity=self._fields_named(values.get("identity", ""), where, PARTS_OF_THE_DATE),
            columns=self._fields_named(values.get("columns", ""), where),
            times=self._number("times", values, where, ""),
            late_after=self._whole("late_after", values, where),
            retention=self._whole("retention", values, where),
            words=tuple(pieces(values.get("words", ""))),
            expects=self._expects(values.get("expects", ""), where),
            meets=self._meets(values.get("meets", ""), where),
        )
        return Reading(kind, tuple(self.notes))

    def _expects(self, text: str, where: str) -> Expects | None:
        """What answers such a record, as `Expects.spelled` writes it; noted where it cannot be read."""
        if not text.strip():
            return None
        said = {key.strip(): value.strip() for key, _, value in (piece.partition("=") for piece in text.split("；"))}
        fill = tuple((key.removeprefix("fill."), value) for key, value in said.items() if key.startswith("fill."))
        plain = {key: value for key, value in said.items() if not key.startswith("fill.")}
        days = {key: plain.pop(key, "0") for key in ("ahead", "grace")}
        known = {"record", "by", "due", "counted", "sum", "every", "until", "while"}
        if not {"record", "by", "due"} <= plain.keys() <= known or not all(one.isdecimal() for one in days.values()):
            self.note(where, f"到期约定“{text}”读不懂；应如 record=income；by=contract；due=first_due")
            return None
        own = {"while_" if key == "while" else key: value for key, value in plain.items()}
        return Expects(**own, fill=fill, ahead=int(days["ahead"]), grace=int(days["grace"]))

    def _meets(self, text: str, where: str) -> Meets | None:
        """Which offers such a need stands beside, as `Meets.spelled` writes it; noted where it cannot be read."""
        if not text.strip():
            return None
        said = {key.strip(): value.strip() for key, _, value in (piece.partition("=") for piece in text.split("；"))}
        if said.keys() - {"until", "teams"} != {"record", "giver", "about", "claimed", "by", "confirmed"}:
            self.note(where, f"供需对接“{text}”读不懂；应写明 record、giver、about、claimed、by、confirmed，如 record=partner_offer；…")
            return None
        return Meets(**said)

    def _kind_id(self, text: str, where: str) -> str:
        plain = re.sub(r"[^a-z0-9-]+", "_", text.strip().lower()).strip("_-")
        if text and plain != text:
            self.note(where, f"标识“{text}”只能用小写字母、数字、_ 和 -，已改为“{plain}”" if plain else f"标识“{text}”不能用", blocks=False)
        return plain if plain and plain[0].isalpha() else ""

    # ---- a field

    def _field(self, row: Written, basis: str) -> Field:
        said, where = row.values, row.where
        required, condition_text = self._required(row)
        return Field(
            id=row.id,
            title=row.title,
            basis=said.get("basis", "") or basis,
            note=said.get("note", ""),
            owner=said.get("owner", ""),
            type=row.type,
            unit=said.get("unit", ""),
            required=required and not condition_text,
            choices=row.choices,
            least=self._number("least", said, where, row.id),
            most=self._number("most", said, where, row.id),
            concept=said.get("concept", ""),
            reuse=said.get("reuse", ""),
            share_of=self._fields_named(said.get("share_of", "").replace("÷", "、").replace("/", "、"), where, of=row.id),
            scope=said.get("scope", ""),
            every=self._word("every", said, {**{one: one for one in PERIODS}, **PERIOD_TITLES}, where, row.id),
            unit_kinds=self._named(said.get("unit_kinds", ""), self.words.unit_kinds, "类单位", where, row.id),
            links=next(iter(self._named(said.get("links", ""), self.words.records, "种台账", where, row.id)), ""),
            required_if=condition_text,
            prefill=LAST if said.get("prefill", "") in (LAST, "上次") else said.get("prefill", ""),
            personal=self._flag("personal", said, where, row.id),
            words=tuple(pieces(said.get("words", ""))),
            choice_words=self._choice_words(row),
        )

    def _required(self, row: Written) -> tuple[bool, str]:
        """Whether a field is always required, and the condition under which it is otherwise."""
        text = row.values.get("required", "").strip()
        always, condition_text = text.lower() in YES, row.values.get("required_if", "").strip()
        if condition_text:
            return False, self._own_condition(condition_text, row)
        if not always and text.lower() not in NO:
            return False, self._condition(text, row)
        relevant = row.values.get("relevant", "").strip()
        if not relevant:
            return always, ""
        found = self._condition(relevant, row)
        if found and not always:
            self.note(row.where, f"“{row.title}”原只在条件 {relevant} 时出现；台账的表单总是显示它，可以不填", row.id, blocks=False)
        return False, found if always else ""

    def _condition(self, text: str, row: Written) -> str:
        """A condition in XPath, in the language's own words; noted where it cannot be read."""
        names = {one.name: one for one in self.rows}
        fields = {name: Field(id=one.id, type=one.type) for name, one in names.items()}
        try:
            return condition(text, fields)
        except NotRead as error:
            self.note(row.where, str(error), row.id)
            return ""

    def _own_condition(self, text: str, row: Written) -> str:
        """A condition in the language's own words, or in the simplest of an official's: 活动形式=其他."""
        title, mark, value = text.partition("=")
        named = next((one for one in self.rows if one.title == title.strip()), None)
        if named is not None and mark and not value.startswith("="):
            return self._equal(named, value.strip(), row)
        try:
            if parse(text) != Const(None):
                return text
        except ExpressionError:
            pass
        self.note(row.where, f"“何时必填”读不了：{text}；请写成 某一项=某个选项，如 活动形式=其他", row.id)
        return ""

    def _equal(self, named: Written, value: str, row: Written) -> str:
        if named.type == "yes/no" and value.lower() in YES | NO - {""}:
            return named.id if value.lower() in YES else f"not {named.id}"
        by_word = {word: id for id, word in named.choices}
        if named.type == "choice" and value in by_word:
            return f"{named.id} == '{by_word[value]}'"
        if named.type in NUMBERS and (number := _as_number(value)) is not None:
            return f"{named.id} == {number:g}"
        self.note(row.where, f"“何时必填”里“{named.title}”没有“{value}”这个选项", row.id)
        return ""

    def _choice_words(self, row: Written) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """`members=党员大会、支部大会；lesson=上党课`."""
        by_word = {**{word: value for value, word in row.choices}, **{value: value for value, _ in row.choices}}
        found = []
        for part in re.split(r"[;；\n]+", row.values.get("choice_words", "")):
            choice, mark, words = part.partition("=")
            if not part.strip():
                continue
            if not mark or choice.strip() not in by_word:
                self.note(row.where, f"“选项别名”应写成 选项=别名、别名，找到“{part.strip()}”", row.id)
            else:
                found.append((by_word[choice.strip()], tuple(pieces(words))))
        return tuple(found)

    # ---- texts

    def _number(self, key: str, said: Mapping[str, str], where: str, of: str) -> float | None:
        text = said.get(key, "").strip()
        found = _as_number(text)
        if text and found is None:
            self.note(where, f"“{text}”应为数字", of)
        return found

    def _whole(self, key: str, said: Mapping[str, str], where: str) -> int | None:
        found = self._number(key, said, where, "")
        if found is not None and (found != int(found) or found < 1):
            self.note(where, f"“{KIND_ROWS[key]}”应为不小于 1 的整数，找到“{said[key]}”")
            return None
        return None if found is None else int(found)

    def _flag(self, key: str, said: Mapping[str, str], where: str, of: str) -> bool:
        text = said.get(key, "").strip().lower()
        if text not in YES | NO:
            self.note(where, f"“{text}”应为是或否", of)
        return text in YES

    def _word(self, key: str, said: Mapping[str, str], known: Mapping[str, str], where: str, of: str = "") -> str:
        """One of a few words, by its id or its title; empty where there is none."""
        text = said.get(key, "").strip()
        if not text:
            return ""
        found = text if text in known else next((id for id, title in known.items() if title == text), "")
        if not found:
            self.note(where, f"没有“{text}”，应为下列之一：{'、'.join(dict.fromkeys(known.values()))}", of)
        return found

    def _named(self, text: str, known: Mapping[str, str], what: str, where: str, of: str = "") -> tuple[str, ...]:
        """Ids, by ids or titles."""
        by_title = {title: id for id, title in known.items()}
        found = []
        for word in pieces(text):
            parts = [word] if word in known or word in by_title else word.split()
            for part in parts:
                if part not in known and part not in by_title:
                    self.note(where, f"没有“{part}”这{what}，现有：{'、'.join(known.values())}", of)
                else:
                    found.append(part if part in known else by_title[part])
        return tuple(dict.fromkeys(found))

    def _fields_named(self, text: str, where: str, also: Mapping[str, str] | None = None, of: str = "") -> tuple[str, ...]:
        known = {**{one.id: one.title for one in self.rows}, **(also or {})}
        by_name = {one.name: one.id for one in self.rows if one.name}
        words = "、".join(by_name.get(word, word) for word in pieces(text))
        return self._named(words, known, "一项", where, of)


def _as_number(text: str) -> float | None:
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    return float(plain) if re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", plain) else None


def type_named(text: str) -> str:
    """The type that a word of a plain table means; empty where there is none."""
    word = re.sub(r"\s+", "", text)
    if word in FIELD_TYPES:
        return word
    return next((type_ for type_, words in TYPE_WORDS.items() if word in words), "")


def choices_of(text: str) -> tuple[tuple[str, str], ...]:
    """The choices of a cell: one a line, or with 、 between them; `value=word` where a choice has a value of its own."""
    parts: Sequence[str] = [one.strip() for one in text.split("\n")] if "\n" in text else re.split(r"[、,，;；|]", text)
    found: dict[str, str] = {}
    for part in parts:
        value, mark, word = part.strip().partition("=")
        if part.strip():
            found.setdefault(value.strip(), (word if mark else value).strip())
    return tuple(found.items())
