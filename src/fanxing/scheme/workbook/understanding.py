"""From a workbook to a draft: which kind of unit and star each row is for, what its words say, and what has to be asked."""

import re
from collections.abc import Mapping
from dataclasses import replace

from fanxing.scheme.model import Scheme
from fanxing.scheme.workbook.draft import Decision, Reading, Row, SheetDraft, StarHead
from fanxing.scheme.workbook.forbidden import refusals
from fanxing.scheme.workbook.measures import Measure, likely, measures
from fanxing.scheme.workbook.patterns import Scoring, read_scoring
from fanxing.scheme.workbook.plain import key, mark, plain, without_mark
from fanxing.scheme.workbook.points import Points, read_words
from fanxing.scheme.workbook.rows import Line, Table, full_in, pass_in, tables
from fanxing.scheme.workbook.sheets import Book

STARS_SHEET = "星和分数线"
OF_SHEET, OF_STAR = "工作表", "星"
DECIDED = "已定"
_NUMBERED = re.compile(r"^第?[（(]?[一二三四五六七八九十\d]+[)）.、:：颗\s]+")
_TABLE_NAME = re.compile(r"(考核|考评|评分|评价|创建|评定)?(细则|标准|办法|评分表|考核表|考评表|明细表?|表)$")
_NAMELESS = re.compile(r"(sheet|工作表|表)\d*", re.IGNORECASE)
_PERCENT = re.compile(r"\d%|百分点")
_MONEY = re.compile(r"\d(?:万|亿)?元")
_NOT = re.compile(r"未(?!发生|出现)|没|不(?!超过)|缺")
_PERIODS = {"季度": 4, "月": 12, "周": 52}


def understand(book: Book, document: str, base: Scheme, kinds: Mapping[str, str] | None = None) -> SheetDraft:
    """What a workbook says, beside the programme in force. `kinds` are kinds of unit by sheet where somebody chose them."""
    read = [table for table in tables(book) if table.sheet.name != STARS_SHEET]
    told = {**_kinds_back(book, base), **(kinds or {})}
    chosen = {table.sheet.name: told.get(table.sheet.name) or _kind(table, base) for table in read}
    reader = _Stars(base)
    known = {kind: measures(base, kind) for kind in base.kinds}
    rows: list[Row] = []
    decisions: dict[str, Decision] = {}
    for table in read:
        for line in table.lines:
            kind = _kind_of(line.kind, base) or chosen[table.sheet.name]
            as_it_came = replace(line, read="", measure="", state="")
            row = _row(as_it_came, kind, reader.star(line.star, kind, table), known[kind])
            rows.append(row)
            if decision := _decision(line, kind, known[kind], base):
                decisions[row.id] = decision
    return SheetDraft(
        document=document,
        sheets=tuple((table.sheet.name, chosen[table.sheet.name]) for table in read if table.lines),
        stars=tuple(reader.found.values()),
        rows=tuple(rows),
        unread=tuple((table.sheet.name, _why_unread(table)) for table in read if not table.lines),
        decisions=decisions,
        passes=_passes_back(book, reader.found),
    )


def _why_unread(table: Table) -> str:
    return "没有认出表头：请在第一行写明“评分内容”“分值”“评分标准”等列名" if table.head is None else "表头下面没有内容"


# ---- kinds of unit


def _kind(table: Table, base: Scheme) -> str:
    """The kind of unit a sheet speaks of, by its name, then by the words above its table; else the scheme's first."""
    return next((kind for text in (table.sheet.name, *table.above) if (kind := _kind_of(text, base))), next(iter(base.kinds)))


def _kind_of(text: str, base: Scheme) -> str:
    """The kind whose title stands in a text, or else, of those that count, its last two characters; a longer title goes first."""
    words = key(text)
    titles = sorted(((kind.title, id) for id, kind in base.kinds.items()), key=lambda one: -len(one[0]))
    whole = next((id for title, id in titles if title in words), "")
    # “五星”支部创建 speaks of no kind that is called 机关所属支部.
    short = next((id for title, id in titles if base.kinds[id].counted and title[-2:] in words), "")
    return short if whole and len(base.kinds[whole].title) < 2 and short else whole or short


# ---- stars


class _Stars:
    """The stars met so far, told apart by kind and name."""

    def __init__(self, base: Scheme) -> None:
        self.base = base
        self.found: dict[str, StarHead] = {}
        self.names: dict[tuple[str, str], str] = {}

    def star(self, words: str, kind: str, table: Table) -> str:
        """The id of the star that a line names, or else its sheet."""
        name = self._name(words, kind, table)
        if (kind, name) not in self.names:
            self.names[kind, name] = self._enter(name, words, kind, table)
        return self.names[kind, name]

    def _name(self, words: str, kind: str, table: Table) -> str:
        if words:
            return _star_name(words)
        titles = [self.base.kinds[kind].nodes[id].title for id in self.base.kinds[kind].stars]
        told = (table.sheet.name, *table.above)
        if known := next((title for text in told for title in titles if key(title) in key(text)), ""):
            return known
        name = _TABLE_NAME.sub("", _star_name(table.sheet.name))
        return name if name and not _NAMELESS.fullmatch(table.sheet.name) else "评分"

    def _enter(self, name: str, words: str, kind: str, table: Table) -> str:
        nodes, stars = self.base.kinds[kind].nodes, self.base.kinds[kind].stars
        known = next((id for id in stars if key(nodes[id].title) == key(name)), "")
        known = known or next((id for id in stars if key(nodes[id].title) in key(name)), "")
        id = known or self._new(kind)
        head = StarHead(
            kind=kind,
            id=id,
            title=nodes[id].title if known else name,
            full=full_in(words) or _stated(table, words),
            pass_mark=pass_in((words, *table.above, *table.notes)),
            owner=nodes[id].owner if known else "",
        )
        self.found.setdefault(head.key, head)
        return id

    def _new(self, kind: str) -> str:
        taken = {head.id for head in self.found.values() if head.kind == kind}
        return next(id for number in range(1, 1_000) if (id := f"own_star_{number}") not in taken)


def _star_name(words: str) -> str:
    """一、“产业兴旺”星（20分） is 产业兴旺."""
    text = _NUMBERED.sub("", without_mark(words).replace("\n", "")).strip()
    text = re.sub(r"[“”\"'‘’《》【】\s]", "", text)
    text = re.sub(r"[(（].*?[)）]$", "", text)
    return (text[:-1] if text.endswith("星") and len(text) > 2 else text)[:20] or "评分"


def _stated(table: Table, words: str) -> float | None:
    """The full mark a sheet states: in the total under a star, or above a table of one star."""
    if found := next((value for star, value in table.totals if star == words), None):
        return found
    alone = len({line.star for line in table.lines}) == 1
    return next((value for text in table.above if (value := full_in(text))), None) if alone else None


# ---- one row


def _row(line: Line, kind: str, star: str, known: dict[str, Measure]) -> Row:
    broken = refusals(line.title, f"{line.item}\n{line.standard}", line.scoring, takes=line.standing == "veto")
    refused = tuple(map(str, broken))
    if refused:
        return Row(line, kind, star, Reading(Points("left_out", mark=line.mark), "refused", why="违反减负规定，不计分"), refused)
    return Row(line, kind, star, _reading(line, known))


def _reading(line: Line, known: dict[str, Measure]) -> Reading:
    full = _share_of_mark(line)
    scoring = _scoring(line, full)
    rule = scoring.points
    if line.standing == "veto" or rule.form == "veto":
        term = rule.lasts if rule.form == "veto" else Points("veto").lasts
        return Reading(Points("veto", lasts=term), "ask", ("什么情况下否决，由谁认定？", "否决多长时间？"), "一票否决要写明条件和期限")
    questions = _questions(line, rule)
    if not rule.measured:
        return Reading(rule, "ask" if questions else "judged", questions, scoring.why)
    fitting = {id: one for id, one in known.items() if not one.truth or rule.form == "yes_no"}
    proposed, sure = likely(fitting, (line.item, line.standard, line.scoring))
    if not proposed:
        return Reading(rule, "ask" if questions else "judged", questions, "读懂了算法，但没有现成的数据")
    best = known[proposed[0]]
    rule = replace(rule, measure=best.id, beyond=_beyond(rule, best, scoring))
    if rule.side and rule.beyond is None:
        questions = (*questions, "要求达到多少？")
    if not sure or _counts_what_is_not(line, rule, best) or not _alike(line.scoring + line.standard, best):
        questions = ("这项用哪个数据？", *questions)
    return Reading(rule, "ask" if questions else "read", questions, proposed=proposed)


def _scoring(line: Line, full: float | None) -> Scoring:
    """What the scoring text says; where that is silent, what the standard says."""
    asked = f"{line.item}\n{line.standard}"
    found = read_scoring(line.scoring, full, asked)
    if found.points.form == "judged" and not found.points.grades and not line.scoring:
        for text in (line.standard, line.item):
            other = read_scoring(text, full, asked) if text else found
            if other.points.form != "judged" or other.points.grades:
                return other
    return found


def _share_of_mark(line: Line) -> float | None:
    """The mark of a row; of rows that have one together, an even share, to be decided."""
    return None if line.mark is None else round(line.mark / line.shared, 2)


def _questions(line: Line, rule: Points) -> tuple[str, ...]:
    if rule.mark is None:
        return ("这项多少分？",)
    if line.shared > 1:
        return (f"这 {line.shared} 行合计 {line.mark:g} 分，每行多少分？",)
    return ()


def _beyond(rule: Points, measure: Measure, scoring: Scoring) -> float | None:
    """What is asked for, in the measure's own unit: once a quarter is 4 of a number of quarters."""
    periods = next((count for word, count in _PERIODS.items() if word in measure.unit), 0)
    return float(periods) if rule.side == "below" and periods and periods == scoring.periods else rule.beyond


def _counts_what_is_not(line: Line, rule: Points, measure: Measure) -> bool:
    """Does a row take points for what was not done, where the measure counts what was? 未覆盖的每个网格扣10分."""
    takes = rule.form == "each" and rule.points < 0 and not rule.side
    return takes and bool(_NOT.search(line.scoring)) and not _NOT.search(measure.title)


def _alike(text: str, measure: Measure) -> bool:
    """Do the units that a text speaks of suit the measure?"""
    words = plain(text)
    if _PERCENT.search(words):
        return measure.unit in ("%", "分")
    return measure.unit == "元" if _MONEY.search(words) else measure.unit != "%"


# ---- a workbook that comes back


def _decision(line: Line, kind: str, known: dict[str, Measure], base: Scheme) -> Decision | None:
    """What was decided about a row before the workbook was taken out."""
    rule = read_words(line.read) if line.state.startswith(DECIDED) else None
    if rule is None:
        return None
    measure = next((id for id, one in known.items() if one.title == line.measure.strip()), "")
    star = re.search(r"记入(\S+)", line.state)
    return Decision(replace(rule, measure=measure), star[1] if star else "")


def _kinds_back(book: Book, base: Scheme) -> dict[str, str]:
    """The kinds of unit by sheet, from the sheet we add."""
    rows = (row for sheet in book.sheets if sheet.name == STARS_SHEET for row in sheet.rows)
    return {row[1]: row[2] for row in rows if len(row) > 2 and row[0] == OF_SHEET and row[2] in base.kinds}


def _passes_back(book: Book, stars: Mapping[str, StarHead]) -> dict[str, float]:
    """The pass marks that were decided, from the sheet we add."""
    rows = (row for sheet in book.sheets if sheet.name == STARS_SHEET for row in sheet.rows)
    found = {row[1]: mark(row[4]) for row in rows if len(row) > 4 and row[0] == OF_STAR and row[1] in stars}
    return {star: value for star, value in found.items() if value is not None}
