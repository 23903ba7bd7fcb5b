"""An XLSForm, as far as it is read: docs/xlsform.md names what is, and what is refused. See https://xlsform.org."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fanxing.scheme.model import FIELD_TYPES
from fanxing.scheme.workbook.sheets import Sheet
from fanxing.scheme.xlsform.building import NUMBERS, Builder, Reading, Written
from fanxing.scheme.xlsform.conditions import NotRead, bounds
from fanxing.scheme.xlsform.words import DAY, FIELD_OWN, KIND_OWN, OWN, USUAL_DAY, Vocabulary

CHINESE = re.compile(r"中文|汉语|chinese|\bzh\b|zh-", re.IGNORECASE)
TRANSLATED = ("label", "hint", "constraint_message", "required_message", "guidance_hint")
OTHER_NAMES = {
    "relevance": "relevant",
    "bind::relevant": "relevant",
    "bind::required": "required",
    "bind::constraint": "constraint",
    "bind::unit": f"{OWN}unit",
    "bind::readonly": "read_only",
    "readonly": "read_only",
    "read only": "read_only",
    "list name": "list_name",
    "calculate": "calculation",
}
# Columns that change nothing of what a record says.
HARMLESS = frozenset(
    {"constraint_message", "required_message", "guidance_hint", "appearance", "disabled", "parameters", "autoplay", "$given_name"}
)
READ = frozenset(
    {"type", "name", "label", "hint", "required", "relevant", "constraint", "read_only", "calculation", "choice_filter", "default"}
)
SETTINGS_READ = {
    "form_title": "title",
    "title": "title",
    "form_id": "id",
    "id_string": "id",
    "set form title": "title",
    "set form id": "id",
}
MULTILINE = "multiline"
UNIT_IN_LABEL = re.compile(r"(.+?)\s*[(（]([^()（）]{1,6})[)）]")
UNIT_IN_HINT = re.compile(r"单位[:：]\s*([^\s，,；;。]{1,6})")

TYPES = {
    "text": "text",
    "string": "text",
    "integer": "count",
    "int": "count",
    "decimal": "number",
    "date": "date",
    "today's date": "date",
    "image": "photo",
    "photo": "photo",
    "file": "file",
}
# What is not read: what to do instead, and the type that is proposed ("": the row is left out).
NO_TRACE = "系统自己会记登记人和登记时间，请删去这一行"
NO_PLACE = "不采集定位；请用文字写明地点"
REFUSED: Mapping[str, tuple[str, str]] = {
    "select_multiple": ("一项只能选一个；请把每个选项改成一个“是否”项", "choice"),
    "select_one_from_file": ("选项要写在 choices 工作表里", "text"),
    "select_multiple_from_file": ("选项要写在 choices 工作表里，且一项只能选一个", "text"),
    "select_one_external": ("选项要写在 choices 工作表里", "text"),
    "rank": ("台账不排序；请改成单选，或每个选项一项", "choice"),
    "geopoint": (NO_PLACE, "place"),
    "geotrace": (NO_PLACE, "place"),
    "geoshape": (NO_PLACE, "place"),
    "start-geopoint": (NO_PLACE, ""),
    "background-geopoint": (NO_PLACE, ""),
    "barcode": ("不扫条码；请改成文字", "text"),
    "audio": ("不收录音；请写成文字，或作为文件附上", "file"),
    "background-audio": ("不收录音，请删去这一行", ""),
    "video": ("不收视频；请写成文字，或作为文件附上", "file"),
    "time": ("台账只记日期；确需钟点时请用文字", "text"),
    "datetime": ("台账只记日期", "date"),
    "acknowledge": ("不收“我已知晓”；请改成“是否”项", "yes/no"),
    "calculate": ("台账不算数；能由别的项算出的不用填，请删去", ""),
    "hidden": ("台账没有看不见的项，请删去这一行", ""),
    "xml-external": ("不读外部数据，请删去这一行", ""),
    "csv-external": ("不读外部数据，请删去这一行", ""),
    "entity": ("不用实体，请删去这一行", ""),
    **dict.fromkeys(
        ("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit"), (NO_TRACE, "")
    ),
}
NO_REPEAT = "台账一条只记一件事，没有重复组；请把这一组另立一种台账，每件登记一条"
OTHER = ("or_other", "or other")


@dataclass
class _Lines:
    """The rows of a sheet below its head, each as texts by the name of their column."""

    sheet: Sheet
    names: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken: dict[str, int] = {}
        for place, text in enumerate(self.sheet.line(0)):
            name, chinese = _column(text)
            # Of several languages the Chinese one is read, else the first.
            if name and (name not in taken or chinese):
                if name in taken:
                    self.names.pop(taken[name])
                taken[name] = place
                self.names[place] = name

    def __iter__(self) -> Iterator[tuple[str, dict[str, str]]]:
        for row in range(1, len(self.sheet.rows)):
            texts = self.sheet.rows[row]
            if any(texts):
                yield f"{self.sheet.name} 第 {row + 1} 行", {name: texts[place] for place, name in self.names.items()}


def _column(text: str) -> tuple[str, bool]:
    """What a column is called, and whether it is the Chinese one of several."""
    name = re.sub(r"\s+", " ", text.strip())
    head, _, language = name.partition("::") if "::" in name else name.partition(":")
    if head.strip().lower() in TRANSLATED:
        return head.strip().lower(), bool(CHINESE.search(language))
    lower = name.lower()
    return OTHER_NAMES.get(lower, lower), False


def read_survey(survey: Sheet | None, choices: Sheet | None, settings: Sheet | None, *, words: Vocabulary) -> Reading:
    """The kind that the sheets of an XLSForm describe."""
    assert survey is not None  # the caller has found it
    return _Survey(survey, choices, settings, words).reading()


class _Survey:
    """One XLSForm on the way to a kind."""

    def __init__(self, survey: Sheet, choices: Sheet | None, settings: Sheet | None, words: Vocabulary) -> None:
        self.builder = Builder(words)
        self.lines, self.name = _Lines(survey), survey.name
        self.own_units = f"{OWN}unit" in self.lines.names.values()
        self.lists = self._lists(choices)
        self.settings = settings
        self.notes: list[str] = []
        self.day: str | None = None
        # The groups that are open: of which sort, and where each begins.
        self.open: list[tuple[str, str]] = []

    def reading(self) -> Reading:
        self._note_unknown()
        for where, row in self.lines:
            self._row(where, row)
        for _, where in self.open:
            self.builder.note(where, "组没有结束（缺 end group 或 end repeat）")
        values = self._kind_values()
        if self.day not in (None, USUAL_DAY):
            values["day"] = self.day or ""
        return self.builder.kind(values, self.settings.name if self.settings else self.name, "\n".join(self.notes))

    def _lists(self, sheet: Sheet | None) -> dict[str, tuple[tuple[str, str], ...]]:
        found: dict[str, dict[str, str]] = {}
        for where, row in _Lines(sheet) if sheet else ():
            value = row.get("name") or row.get("value", "")
            if row.get("list_name") and value:
                words = found.setdefault(row["list_name"], {})
                if value in words:
                    self.builder.note(where, f"选项表 {row['list_name']} 里“{value}”写了两遍")
                words.setdefault(value, row.get("label") or value)
        return {name: tuple(words.items()) for name, words in found.items()}

    def _note_unknown(self) -> None:
        own = {f"{OWN}{key}" for key in FIELD_OWN}
        for name in self.lines.names.values():
            if name not in READ | HARMLESS | own:
                self.builder.note(f"{self.name} 第 1 行", f"不认识的列“{name}”，没有读", blocks=False)

    # ---- rows

    def _row(self, where: str, row: Mapping[str, str]) -> None:
        word = re.sub(r"\s+", " ", row.get("type", "").strip())
        if not word or row.get("disabled", "").lower() in ("yes", "true", "是"):
            if word or row.get("name") or row.get("label"):
                self.builder.note(where, "没有写类型（type），没有读" if not word else "已停用（disabled），没有读", blocks=not word)
            return
        first = word.split(" ")[0].lower()
        group = re.fullmatch(r"(begin|end)[ _](group|repeat)", word.lower())
        if group:
            self._group(where, group[1], group[2], row)
        elif first == "note":
            if text := row.get("label") or row.get("hint", ""):
                self.notes.append(text)
        elif row.get("name") == DAY and first == "date":
            self.day = row.get("label", "")
        else:
            self._field(where, row, word, first)

    def _group(self, where: str, edge: str, what: str, row: Mapping[str, str]) -> None:
        if edge == "begin":
            self.open.append((what, where))
            if what == "repeat":
                self.builder.note(where, f"重复组“{row.get('label') or row.get('name', '')}”不收：{NO_REPEAT}")
            elif row.get("relevant"):
                self.builder.note(where, "组上的条件不收；请把条件写到组里要必填的每一项")
        elif not self.open or self.open[-1][0] != what:
            self.builder.note(where, f"end {what} 前面没有对应的 begin {what}")
        else:
            self.open.pop()

    def _field(self, where: str, row: Mapping[str, str], word: str, first: str) -> None:
        type_, told, choices = self._type(row, word, first)
        if told and not type_:
            self.builder.note(where, told)
            return
        values = {key: row.get(f"{OWN}{key}", "") for key in FIELD_OWN}
        values |= {"note": row.get("hint", ""), "required": row.get("required", ""), "relevant": row.get("relevant", "")}
        written = Written(where, row.get("name", ""), row.get("label", ""), type_, values, choices)
        if not written.name and not written.title:
            self.builder.note(where, "没有名称（name、label），没有读")
            return
        if type_ in NUMBERS and not self.own_units:
            _guess_unit(written)
        id = self.builder.add(written)
        if told:
            self.builder.note(where, told, id)
        self._bounds(written, row, first)
        self._not_read(written, row)

    def _type(self, row: Mapping[str, str], word: str, first: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """The type of ours, what is wrong with it, and the choices."""
        own = row.get(f"{OWN}type", "").strip()
        named = re.sub(r"\s+(or_other|or other)$", "", word).split(" ", 1)
        choices = self.lists.get(named[1], ()) if len(named) > 1 else ()
        if first == "select_one" and len(named) > 1:
            if not choices:
                return "choice", f"choices 工作表里没有选项表“{named[1]}”", ()
            if word.endswith(OTHER):
                return "choice", "or_other 不收；请在选项表里加一个“其他”，另加一项文字说明", choices
            truth = {value.lower() for value, _ in choices} in ({"yes", "no"}, {"是", "否"})
            return (own if own in FIELD_TYPES else "yes/no" if truth else "choice"), "", () if truth and own != "choice" else choices
        if own:
            told = "" if own in FIELD_TYPES else f"{OWN}type 里没有“{own}”这种类型"
            return (own if own in FIELD_TYPES else "text"), told, choices
        if first in TYPES:
            long = TYPES[first] == "text" and MULTILINE in row.get("appearance", "")
            return "long text" if long else TYPES[first], "", ()
        if first == "range":
            return "count" if "." not in row.get("parameters", "") else "number", "", ()
        if first in REFUSED:
            advice, proposal = REFUSED[first]
            return proposal, f"类型“{word}”不收：{advice}", choices
        return "text", f"不认识的类型“{word}”；能收的有 text、integer、decimal、date、select_one、range、image、file、note", ()

    def _bounds(self, written: Written, row: Mapping[str, str], first: str) -> None:
        values = written.values
        if first == "range":
            said = dict(re.findall(r"(start|end|step)\s*=\s*(-?\d+(?:\.\d+)?)", row.get("parameters", "")))
            values["least"], values["most"] = said.get("start", "0"), said.get("end", "10")
        text = row.get("constraint", "")
        if not text:
            return
        try:
            least, most = bounds(text)
        except NotRead as error:
            self.builder.note(written.where, f"限制条件{error}", written.id)
            return
        values |= {key: f"{one:.12g}" for key, one in (("least", least), ("most", most)) if one is not None}

    def _not_read(self, written: Written, row: Mapping[str, str]) -> None:
        if row.get("read_only", "").lower() in ("yes", "true", "true()", "是"):
            self.builder.note(written.where, "只读的项没有人能填；请删去，或改为说明（note）", written.id)
        if row.get("calculation"):
            self.builder.note(written.where, "台账不算数（calculation）；能由别的项算出的不用填，请删去", written.id)
        if row.get("choice_filter"):
            self.builder.note(written.where, "不按别的项筛选选项（choice_filter）；请拆成几项，或列出全部选项", written.id)
        if row.get("default"):
            self.builder.note(written.where, f"默认值“{row['default']}”没有读；需要时可选“预填上次的内容”", written.id, blocks=False)

    # ---- settings

    def _kind_values(self) -> dict[str, str]:
        if self.settings is None:
            return {}
        found: dict[str, str] = {}
        for _, row in _Lines(self.settings):
            for name, text in row.items():
                key = SETTINGS_READ.get(name) or (name.removeprefix(OWN) if name.startswith(OWN) else "")
                if text and (key in KIND_OWN or key in SETTINGS_READ.values()):
                    found.setdefault(key, text)
        return found


def _guess_unit(written: Written) -> None:
    """The unit of measure that stands in brackets after a title, or in the hint."""
    if in_title := UNIT_IN_LABEL.fullmatch(written.title):
        written.title, written.values["unit"] = in_title[1], in_title[2]
    elif in_hint := UNIT_IN_HINT.search(written.values["note"]):
        written.values["unit"] = in_hint[1]
