"""A county's sheet as pages show it: its rows beside what was made of them, and the form in which a row is decided."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from fanxing.programme.models import Draft
from fanxing.programme.sheets import base_files, base_scheme, came, scheme_of_files
from fanxing.scheme import Scheme
from fanxing.scheme.model import Star
from fanxing.scheme.sentences import Sentences, say_veto
from fanxing.scheme.wording import number
from fanxing.scheme.workbook import FORMS, STATES, Decision, Measure, Points, Row, SheetDraft, StarHead, State, measures, scheme_files
from fanxing.scheme.workbook.files import pass_mark
from fanxing.scheme.workbook.plain import key, without_mark
from fanxing.scheme.workbook.points import COMPARED, Comparison
from fanxing.scoring.sheet_trials import RowTrial, alone, row_trial

FORM_WORDS = {
    "steps": ("分档", "数据达到几档给几分"),
    "each": ("按量加扣", "每多少加几分，或每少多少扣几分"),
    "scale": ("按比例", "在两头之间按比例给分"),
    "yes_no": ("有无", "有得满分，无得几分"),
    "judged": ("由人评分", "由责任单位打分或评等次"),
    "veto": ("一票否决", "出现这种情况，一定时间内不授这颗星"),
    "left_out": ("不计分", "这一行不进评分"),
}
TONES: Mapping[State, str] = {"ask": "alarm", "read": "good", "judged": "", "decided": "blue", "refused": "alarm"}
PAIRS = 8
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_GRADE = re.compile(r"^\s*(\S+?)[\s,，:：]*(-?\d+(?:\.\d+)?)\s*分?\s*$")


@dataclass(frozen=True)
class Shown:
    """A row as it is shown: its words as they came, what was made of them in a sentence, and what is still asked."""

    row: Row
    state: State
    word: str
    tone: str
    star: str
    mark: str
    sentence: str
    measure: str
    questions: tuple[str, ...]

    @property
    def about(self) -> str:
        """The row's words without its title."""
        line = self.row.line
        said = {key(line.title), key(f"{line.title}{line.scoring}"), key(line.scoring)}
        return "\n".join(text for text in (line.item, line.standard) if key(without_mark(text)) not in said)


@dataclass(frozen=True)
class StarLine:
    """A star of the sheet: marks counted and stated, its pass mark and whether somebody decided it, and what does not add up."""

    head: StarHead
    colour: str
    kind: str
    counted: float
    pass_mark: float | None
    decided: bool
    rows: int
    open: int
    faults: tuple[str, ...]


class Page:
    """Everything about a draft's sheet that its pages show; the scheme is loaded once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        kept = came(draft)
        self.sheet: SheetDraft = kept.sheet
        self.period = kept.period
        self.base: Scheme = base_scheme(draft.base)
        self.scheme: Scheme = scheme_of_files(draft.files)
        self.known = {kind: measures(self.base, kind) for kind in self.sheet.kinds()}
        self._sentences = {id: Sentences(kind, self.scheme.records) for id, kind in self.scheme.kinds.items()}

    def counts(self) -> list[tuple[State, str, int]]:
        """(state, its word, how many rows) of the states that occur."""
        counts = self.sheet.counts()
        return [(state, word, counts[state]) for state, word in STATES.items() if counts[state]]

    def rows(self, state: str = "", star: str = "") -> list[Shown]:
        """The rows, of one state or of one star."""
        kept = [row for row in self.sheet.rows if not state or self.sheet.state(row) == state]
        return [self.shown(row) for row in kept if not star or f"{row.kind}/{self.sheet.star_of(row)}" == star]

    def shown(self, row: Row) -> Shown:
        """A row as it is shown."""
        state, rule = self.sheet.state(row), self.sheet.rule(row)
        measure = self.known[row.kind].get(rule.measure)
        return Shown(
            row=row,
            state=state,
            word=STATES[state],
            tone=TONES[state],
            star=self.star_title(row),
            mark="" if rule.mark is None else number(rule.mark),
            sentence=self.sentence(row),
            measure=measure.title if measure else "",
            questions=row.reading.questions if state == "ask" else (),
        )

    def star_title(self, row: Row) -> str:
        """The star a row counts for."""
        star = self.sheet.star_of(row)
        return next((one.title for one in self.sheet.stars if (one.kind, one.id) == (row.kind, star)), star)

    def sentence(self, row: Row) -> str:
        """What the draft makes of a row, in the language's own words; without the title, which stands beside it."""
        return sentence(row, self.sheet, self.scheme, self._sentences)

    def stars(self) -> list[StarLine]:
        """The stars of the sheet."""
        return [self._star(star) for star in self.sheet.stars]

    def lost(self) -> list[tuple[str, list[str]]]:
        """(kind of unit, its stars) of the stars in force that the sheet does not have: what it publishes rates them no more."""
        named = {(star.kind, star.id) for star in self.sheet.stars}
        kinds = [self.base.kinds[id] for id in self.sheet.kinds() if id in self.base.kinds]
        found = [(kind, [star for star in kind.stars if (kind.id, star) not in named]) for kind in kinds]
        return [(kind.title, [kind.nodes[star].title for star in stars]) for kind, stars in found if stars]

    def _star(self, star: StarHead) -> StarLine:
        rules = self.scheme.kinds[star.kind]
        form = rules.nodes[star.id].form if star.id in rules.nodes else None
        held = form if isinstance(form, Star) and star.id in rules.stars else None
        rows = list(self.sheet.rows_of(star))
        counted = self.sheet.full_of(star)
        return StarLine(
            head=star,
            colour=held.colour if held else "",
            kind=rules.title,
            counted=counted,
            pass_mark=pass_mark(self.sheet, star, self.base, counted) if held else None,
            decided=star.key in self.sheet.passes,
            rows=len(rows),
            open=sum(self.sheet.state(row) == "ask" for row in rows),
            faults=tuple(self._star_faults(star, counted, rows)),
        )

    def _star_faults(self, star: StarHead, counted: float, rows: list[Row]) -> Iterator[str]:
        if not counted:
            yield "没有一行能计分，这颗星暂不进草案"
        if star.full is not None and number(star.full) != number(counted):
            out = [row for row in rows if self.sheet.settled(row).form == "left_out"]
            left = f"，其中 {len(out)} 行不计分" if out else ""
            yield f"写明满分 {number(star.full)} 分，各行相加 {number(counted)} 分{left}"
        said = self.sheet.passes.get(star.key, star.pass_mark)
        if said is not None and said > counted > 0:
            yield f"得星分数 {number(said)} 分高于能得的 {number(counted)} 分，暂按同样比例折算"

    def next_open(self, row: Row) -> Row | None:
        """The next row that waits for an answer, after this one or else from the top."""
        place = self.sheet.rows.index(row)
        order = (*self.sheet.rows[place + 1 :], *self.sheet.rows[:place])
        return next((one for one in order if self.sheet.state(one) == "ask"), None)

    def beside(self, row: Row) -> tuple[Row | None, Row | None]:
        """The rows above and below."""
        place, rows = self.sheet.rows.index(row), self.sheet.rows
        return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)


def sentence(row: Row, sheet: SheetDraft, scheme: Scheme, sentences: Mapping[str, Sentences]) -> str:
    """What a scheme makes of a row of its sheet."""
    rule, kind = sheet.settled(row), scheme.kinds[row.kind]
    if rule.form == "left_out":
        return "不计分。"
    if rule.form == "veto":
        form = kind.nodes[star].form if (star := sheet.star_of(row)) in kind.nodes else None
        veto = next((one for one in form.vetoes if one.id == f"{row.id}_veto"), None) if isinstance(form, Star) else None
        return say_veto(kind, veto) if veto else "这颗星还没有计分的行，否决暂不生效。"
    if rule.form == "judged" and not rule.grades:
        body = row.line.owner or next((one.owner for one in sheet.stars if one.id == sheet.star_of(row) and one.owner), "") or "责任单位"
        return f"由{body.replace(chr(10), '、')}评分，0 至 {number(rule.mark or 0)} 分。"
    if row.id not in kind.nodes:
        return "这颗星还没有计分的行。"
    said = sentences[row.kind].say(row.id)
    title = kind.nodes[row.id].title
    return said.removeprefix(f"{title}：") if said.startswith(f"{title}：") else said


# ---- the form of a row


@dataclass(frozen=True)
class RowForm:
    """What was typed about a row, by field; as texts, so that nothing is lost where something is wrong."""

    texts: Mapping[str, str]

    @classmethod
    def sent(cls, data: QueryDict) -> "RowForm":
        """The form as it was sent."""
        return cls({name: str(value) for name, value in data.items()})

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


def form_of(rule: Points, star: str, measure: Measure | None) -> RowForm:
    """The form filled with a rule."""
    texts = {
        "how": rule.form,
        "measure": measure.title if measure else "",
        "mark": _said(rule.mark),
        "star": star,
        "comparison": rule.comparison,
        "otherwise": _said(rule.otherwise),
        "way": "add" if rule.points >= 0 else "take",
        "points": _said(abs(rule.points)) if rule.points else "",
        "per": _said(rule.per),
        "side": rule.side,
        "beyond": _said(rule.beyond),
        "cap": _said(rule.cap),
        "grades": "\n".join(f"{word} {number(given)}" for word, given in rule.grades),
        "lasts": str(rule.lasts),
    }
    for place, (value, given) in enumerate(rule.rows[:PAIRS]):
        texts |= {f"value_{place}": _said(value), f"gives_{place}": _said(given)}
    return RowForm(texts)


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


class Typed:
    """A form as it was sent: the decision it makes, or what is wrong with it by field."""

    def __init__(self, sent: QueryDict, row: Row, known: Mapping[str, Measure]) -> None:
        self.form = RowForm.sent(sent)
        self.row, self.known = row, known
        self.faults: dict[str, str] = {}
        self.decision = self._decision()

    def _decision(self) -> Decision:
        form = self.form["how"] if self.form["how"] in FORMS else "judged"
        rule = getattr(self, f"_{form}")()
        star = self.form["star"] if self.form["star"] != self.row.star else ""
        return Decision(rule, star)

    def _number(self, name: str, what: str, *, needed: bool = True, least: float | None = None) -> float | None:
        text = self.form[name].strip().replace("，", "").replace(",", "")
        if not text and not needed:
            return None
        if not _NUMBER.fullmatch(text):
            self.faults[name] = f"{what}要填数字" if text else f"请填{what}"
            return None
        value = float(text)
        if least is not None and value < least:
            self.faults[name] = f"{what}不能小于 {number(least)}"
        return value

    def _mark(self) -> float | None:
        value = self._number("mark", "满分")
        if value is not None and value <= 0:
            self.faults["mark"] = "满分要大于 0；不想计分请选“不计分”"
        return value

    def _measure(self, *, needed: bool = True) -> str:
        words = self.form["measure"].strip()
        found = next((id for id, one in self.known.items() if one.title == words), "")
        if not found and (words or needed):
            self.faults["measure"] = "没有这项数据，请从列表里选" if words else "请选用哪个数据；没有合适的数据，请选“由人评分”"
        return found

    def _pairs(self, least: int) -> tuple[tuple[float, float], ...]:
        pairs: list[tuple[float, float]] = []
        for place in range(PAIRS):
            if self.form[f"value_{place}"].strip() or self.form[f"gives_{place}"].strip():
                value = self._number(f"value_{place}", f"第 {place + 1} 档的数")
                given = self._number(f"gives_{place}", f"第 {place + 1} 档的分")
                if value is not None and given is not None:
                    pairs.append((value, given))
        if len(pairs) < least and not self.faults:
            self.faults["value_0"] = f"至少填 {least} 档"
        if len({value for value, _ in pairs}) < len(pairs):
            self.faults["value_0"] = "有两档的数相同"
        return tuple(pairs)

    def _steps(self) -> Points:
        said: dict[str, Comparison] = {one: one for one in COMPARED}
        comparison = said.get(self.form["comparison"], "at_least")
        otherwise = self._number("otherwise", "其余得分", needed=False) or 0.0
        return Points("steps", self._measure(), self._mark(), self._pairs(1), comparison=comparison, otherwise=otherwise)

    def _scale(self) -> Points:
        return Points("scale", self._measure(), self._mark(), self._pairs(2))

    def _each(self) -> Points:
        points = self._number("points", "每份的分", least=0) or 0.0
        per = self._number("per", "一份的量")
        if per is not None and per <= 0:
            self.faults["per"] = "一份的量要大于 0"
        side = next((one for one in ("below", "above") if one == self.form["side"]), "")
        return Points(
            "each",
            self._measure(),
            self._mark(),
            points=-points if self.form["way"] == "take" else points,
            per=per or 1.0,
            side=side,  # type: ignore[arg-type]  # one of the sides
            beyond=self._number("beyond", "要求的数") if side else None,
            cap=self._number("cap", "最多加扣的分", needed=False, least=0),
        )

    def _yes_no(self) -> Points:
        return Points("yes_no", self._measure(), self._mark(), otherwise=self._number("otherwise", "无的得分", needed=False) or 0.0)

    def _judged(self) -> Points:
        grades = []
        for line in self.form["grades"].splitlines():
            found = _GRADE.match(line)
            if found:
                grades.append((found[1], float(found[2])))
            elif line.strip():
                self.faults["grades"] = f"“{line.strip()}”没有看懂；一行一个等次，写成：优秀 10"
        if len({word for word, _ in grades}) < len(grades):
            self.faults["grades"] = "有两个等次同名"
        return Points("judged", mark=self._mark(), grades=tuple(grades))

    def _veto(self) -> Points:
        lasts = self._number("lasts", "否决的月数", least=1)
        return Points("veto", self._measure(needed=False), lasts=min(120, int(lasts or 1)))

    def _left_out(self) -> Points:
        return Points("left_out", mark=self.row.line.mark)


def previewed(page: Page, row: Row, decision: Decision) -> tuple[str, RowTrial | None]:
    """What a row would say, and give, if it were decided so: only its own star is made anew."""
    sheet = page.sheet.decide(row.id, decision)
    star = next((one for one in sheet.stars if (one.kind, one.id) == (row.kind, sheet.star_of(row))), None)
    if star is None:
        return "", None
    # A veto takes what other rows give.
    is_veto = sheet.settled(row).form == "veto"
    small = replace(sheet, stars=(star,), rows=tuple(sheet.rows_of(star))) if is_veto else alone(sheet, row, star)
    scheme = scheme_of_files(scheme_files(small, base_files(page.draft.base), period=page.period))
    said = sentence(row, small, scheme, {id: Sentences(kind, scheme.records) for id, kind in scheme.kinds.items()})
    return said, row_trial(page.draft, sheet, row)
