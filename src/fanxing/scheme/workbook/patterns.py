"""Scoring texts as officials write them, read into the forms of the language: an open list of patterns, tried in order."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fanxing.scheme.workbook.plain import MARK_IN_TEXT, NUMBER, UNIT, amount, plain
from fanxing.scheme.workbook.points import Points


@dataclass(frozen=True)
class Scoring:
    """What a scoring text says. `periods` are how many periods of a year it speaks of (4: each quarter), 0 where of none;
    `why` says in Chinese why a mark has to be given by somebody."""

    points: Points
    periods: int = 0
    why: str = ""


@dataclass(frozen=True)
class _Found:
    """A form, and the text that nobody has read yet."""

    scoring: Scoring
    rest: str


LONGEST = 600  # characters; a longer text is a document of its own, and matching takes its time
N = f"({NUMBER})"
U = f"({UNIT})?"
_PERIODS = {"每周": 52, "每月": 12, "每季度": 4, "每季": 4, "每半年": 2, "每年": 1, "全年": 1, "年度": 1}
_GIVES = re.compile(rf"(?:得|扣|加|减|计|记){NUMBER}分|不得分|不扣分|得满分|不计分")
_CAP = re.compile(rf"(?:最多|最高|累计|合计|上限|封顶)(?:不超过)?(?:可?[加扣得减]|为)?{N}分(?:封顶|为止|为限)?|(?:[加扣得]分?)?不超过{N}分")
_HARMLESS = re.compile(r"(?:扣|加|得|直至?)?[完满](?:本项分值?|分)?(?:为|而)?止|直至?扣完|以此类推|依此类推|未发生(?:的)?(?:得满分|不扣分)")
_BY_FEEL = re.compile(
    r"酌情|由[^,;]{1,12}(?:评定|评分|打分|评议)|综合(?:评定|评价|评判|打分|考量)|视(?:具体|完成|实际|工作)?[^,;]{0,6}情况|根据[^,;]{0,12}(?:情况|效果|质量)[^,;]{0,6}(?:打分|评分|赋分|给分|评定)|现场打分|集体评议"
)
_VETO = re.compile(r"[一1]票否决|取消[^,;]{0,8}(?:资格|星|评选)|不[得予](?:授星|评星|命名|参评)|直接摘星")
_TERM = re.compile(rf"{N}(年|个月)内?(?:不得|取消|否决|不予)|(?:期限|时限|有效期)(?:为)?{N}(年|个月)")
_GRADE = re.compile(
    rf"(优秀|优|良好|良|中等|一般|合格|较好|好|较差|差|不合格|不达标|达标|基本达标|[ABCD][等级档]|[一二三]等|[一二三]档)(?:等次|档次|等级|的)?[,:]?"
    rf"(?:得|计|记)?{N}(?:[-~]{NUMBER})?分"
)
_STEP = re.compile(
    rf"(达到|达|完成|不低于|不少于|≥|>=|高于|超过|大于|>|满)?(?:的|率)?{N}{U}(?:\(不?含[^)]*\))?(?:[-~至—]+{N}{U})?(?:\(不?含[^)]*\))?(及?以上|以内|以下)?"
    rf"(?:\((?:不?含)[^)]*\))?[^0-9,;扣每]{{0,6}}[,:]?(?:的)?(?:得|计|赋|加|记)(?:{N}分|满分|(?:分值)?全部分值)"
)
_TAIL = re.compile(
    rf"(?:低于|不足|少于|未达到?|不到|<)?(?:{N}{U})?(?:以下|及以下)?(?:其他|其余|否则|未达到[^,;]{{0,6}}|未完成|不达标)?(?:的)?[,:]?(?:不得分|(?:得|计|记){N}分|不计分)"
)
_TARGET = re.compile(
    rf"(达到|不低于|不少于|≥|>=|至少|须达|达|高于|不超过|控制在|≤|<=|低于|超过|大于|>){N}{U}(?:\(含\))?(?:及?以上|以内|以下)?"
)
_LACKING = re.compile(
    rf"每(?:少|缺|漏|低|降低|下降|差|欠|减少)(?:开展|召开|报|于[^,;0-9]{{0,4}})?[^0-9,;扣得]{{0,6}}{N}?{U}(?:[^0-9,;]{{0,6}})?,?扣{N}分"
)
_EXCESS = re.compile(rf"每(?:超过?|高于?|高出|多|上升)[^0-9,;扣得]{{0,6}}{N}?{U}(?:[^0-9,;]{{0,6}})?,?扣{N}分")
_EACH_LESS = re.compile(rf"(?:每[^0-9,;扣得]{{0,16}}|发现|发生|出现){N}?{U}[^0-9,;得]{{0,16}},?扣{N}分")
_ONE_LESS = re.compile(rf"(?:^|[,;])(1){U}(?:未|不|没|缺)[^,;0-9得]{{0,16}},?扣{N}分")
_EACH_MORE = re.compile(rf"每[^0-9,;扣]{{0,16}}?{N}?{U}[^0-9,;扣]{{0,16}},?(?:得|加|计|记|奖){N}分")
_SHARE = re.compile(
    r"按(?:完成|实际|实际完成)?(?:的)?(?:比例|百分比|完成率)(?:得分|计分|赋分|折算|给分|计算)|(?:得分|分值)[=×*x]|×(?:分值|满分|权重)"
)
_HAS = re.compile(
    rf"(?:^|[,;])(?:有|已|建立|设立|制定|成立|落实|达到|完成|符合|按要求|是|健全|配备|开展|达标|实现|建成|规范)[^,;0-9扣]{{0,24}},?(?:得|计|记)(?:{N}分|满分)"
)
_HAS_NOT = re.compile(
    rf"(?:^|[,;])?(?:没有|没|无|未|否则|不|缺)[^,;0-9得每]{{0,20}}(?:的)?,?(?:不得分|(?:得|计|记){N}分|扣{N}分|扣(?:完|除)?(?:全部|本项)?分值?)"
)
_ONCE_A_PERIOD = re.compile(rf"(每周|每月|每季度|每季|每半年)(?:至少|不少于|召开|开展|组织)[^,;0-9]{{0,10}}{N}?(?:次|场|期|项)?")


def read_scoring(text: str, mark: float | None = None, standard: str = "") -> Scoring:
    """What a scoring text says; `standard` is what the row asks for, where a target or a period may stand. Never fails: what is
    not understood is judged, and says so."""
    whole = MARK_IN_TEXT.sub("", plain(text)).replace("\n", ";")
    said = plain(standard).replace("\n", ";")[:LONGEST]
    if len(whole) > LONGEST:
        return _judged(mark, "计分办法写得太长，没有读")
    if _VETO.search(whole):
        return Scoring(Points("veto", mark=mark, lasts=_term(whole)))
    if not whole and not _ONCE_A_PERIOD.search(said):
        return _judged(mark, "没有写计分办法")
    grades = _grades(whole, mark, said)
    if grades and not _GIVES.search(grades.rest):
        return grades.scoring
    if _BY_FEEL.search(whole):
        return _judged(mark, "写明由人评定")
    for pattern in PATTERNS:
        found = pattern(_HARMLESS.sub("", whole), mark, said)
        if found and not _GIVES.search(found.rest):
            return found.scoring
        if found:
            return _judged(mark, "一格里写了几条计分办法，不止一种读法")
    return _judged(mark, "没有读懂计分办法")


def _judged(mark: float | None, why: str) -> Scoring:
    return Scoring(Points("judged", mark=mark), why=why)


def _term(text: str) -> int:
    found = _TERM.search(text)
    if not found:
        return Points("veto").lasts
    count, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
    return round(float(count) * (12 if unit == "年" else 1)) or Points("veto").lasts


def _grades(text: str, mark: float | None, said: str) -> _Found | None:
    """优秀10分，良好8分，一般5分."""
    found = _GRADE.findall(text)
    if len(found) < 2 or len({word for word, *_ in found}) < len(found):
        return None
    grades = tuple((word, float(given)) for word, given, *_ in found)
    rest = _TAIL.sub("", _GRADE.sub("", text))
    return _Found(Scoring(Points("judged", mark=_full(mark, grades), grades=grades), why="按等次评定"), rest)


def _steps(text: str, mark: float | None, said: str) -> _Found | None:
    """达到30万元得20分，20万元以上得16分，10万元以上得10分，其余不得分."""
    if "扣" in text or "每" in text:
        return None
    # 10万元以下得2分 is what remains, not a step.
    found = [one for one in _STEP.finditer(text) if one[6] not in ("以下", "以内")]
    if not found:
        return None
    rows: list[tuple[float, float]] = []
    unit = next((one[3] or one[5] for one in found if one[3] or one[5]), "")
    for one in found:
        given = one[7] or (mark and str(mark))
        if not given:
            return None
        # Of 16万元至20万元 and 80%-90% the lower end counts.
        rows.append((amount(one[2], one[3] or one[5] or unit), float(given)))
    rest = "".join(piece for piece in _between(text, found))
    tail = _TAIL.search(rest)
    otherwise = float(tail[3]) if tail and tail[3] else 0.0
    if tail:
        rest = rest[: tail.start()] + rest[tail.end() :]
    rows = sorted(dict(rows).items(), reverse=True)
    if len(rows) != len(found) or [given for _, given in rows] != sorted((given for _, given in rows), reverse=True):
        return None
    over = all(one[1] in ("超过", "大于", "高于", ">") and not one[6] for one in found)
    points = Points("steps", mark=_full(mark, rows), rows=tuple(rows), comparison="more_than" if over else "at_least", otherwise=otherwise)
    return _Found(Scoring(points), rest)


def _between(text: str, found: list[re.Match[str]]) -> Iterator[str]:
    """What stands before, between and after what was found."""
    place = 0
    for one in found:
        yield text[place : one.start()]
        place = one.end()
    yield text[place:]


def _lacking(text: str, mark: float | None, said: str) -> _Found | None:
    """完成率≥95%得满分，每低1个百分点扣0.5分; 每季度至少1次，每少一次扣2分."""
    return _beyond(_LACKING, "below", text, mark, said)


def _excess(text: str, mark: float | None, said: str) -> _Found | None:
    """平均年龄不超过48岁，每超1岁扣3分."""
    return _beyond(_EXCESS, "above", text, mark, said)


def _beyond(pattern: re.Pattern[str], side: str, text: str, mark: float | None, said: str) -> _Found | None:
    found = pattern.search(text)
    if not found:
        return None
    rest = text[: found.start()] + text[found.end() :]
    cap = _CAP.search(rest)
    rest = re.sub(rf"(?:得满分|得{NUMBER}分|不扣分)", "", _CAP.sub("", rest), count=1)
    periods = _periods(rest) or _periods(said)
    target = _TARGET.search(rest) or _TARGET.search(said)
    beyond = amount(target[2], target[3] or "") * (periods or 1) if target else float(periods) or None
    points = Points(
        "each",
        mark=mark,
        points=-float(found[3]),
        per=amount(found[1] or "1", found[2] or ""),
        side="below" if side == "below" else "above",
        beyond=beyond,
        cap=_cap(cap),
    )
    return _Found(Scoring(points, periods), rest)


def _periods(text: str) -> int:
    return next((count for word, count in _PERIODS.items() if word in text), 0)


def _cap(found: re.Match[str] | None) -> float | None:
    return float(found[1] or found[2]) if found else None


def _each_less(text: str, mark: float | None, said: str) -> _Found | None:
    """每发生一起扣5分，扣完为止."""
    return _each(_EACH_LESS, -1, text, mark)


def _each_more(text: str, mark: float | None, said: str) -> _Found | None:
    """每培育一个得2分，最高6分."""
    return _each(_EACH_MORE, 1, text, mark)


def _each(pattern: re.Pattern[str], sign: int, text: str, mark: float | None) -> _Found | None:
    found = pattern.search(text) or (_ONE_LESS.search(text) if sign < 0 else None)
    if not found or not ("每" in found[0] or found[1]):
        return None
    rest = text[: found.start()] + text[found.end() :]
    cap = _CAP.search(rest)
    points = Points("each", mark=mark, points=sign * float(found[3]), per=amount(found[1] or "1", found[2] or ""), cap=_cap(cap))
    return _Found(Scoring(points), _CAP.sub("", rest))


def _share(text: str, mark: float | None, said: str) -> _Found | None:
    """按完成比例得分; 达到80%得满分，不足的按比例得分."""
    if not _SHARE.search(text):
        return None
    target = _TARGET.search(text) or _TARGET.search(said)
    top = amount(target[2], target[3] or "") if target else 100.0
    rest = re.sub(rf"(?:得满分|得{NUMBER}分)", "", _SHARE.sub("", text), count=1)
    return _Found(Scoring(Points("scale", mark=mark, rows=((0.0, 0.0), (top, mark or 0.0)))), rest) if top else None


def _yes_no(text: str, mark: float | None, said: str) -> _Found | None:
    """有得3分，无不得分; 未建立的扣2分."""
    has, lacks = _HAS.search(text), _HAS_NOT.search(text)
    if not has and not (lacks and (mark is not None or lacks[1])):
        return None
    full = float(has[1]) if has and has[1] else mark
    if full is None:
        return None
    rest = text.replace(has[0], "", 1) if has else text
    lacks = _HAS_NOT.search(rest)
    otherwise = 0.0
    if lacks:
        rest = rest[: lacks.start()] + rest[lacks.end() :]
        otherwise = float(lacks[1]) if lacks[1] else max(0.0, full - float(lacks[2])) if lacks[2] else 0.0
    return _Found(Scoring(Points("yes_no", mark=full if mark is None else mark, otherwise=otherwise)), rest)


def _once_a_period(text: str, mark: float | None, said: str) -> _Found | None:
    """每季度至少1次: the mark shared out among the periods of the year."""
    found = _ONCE_A_PERIOD.search(text) or (_ONCE_A_PERIOD.search(said) if not text else None)
    if not found or mark is None:
        return None
    periods = _PERIODS[found[1]]
    return _Found(Scoring(Points("each", mark=mark, points=round(mark / periods, 4), cap=mark), periods), text.replace(found[0], ""))


def _full(mark: float | None, rows: object) -> float | None:
    """The mark of the row, or else the most that its rows give."""
    pairs = list(rows)  # type: ignore[call-overload]  # rows of (anything, points)
    return mark if mark is not None else max(float(given) for _, given in pairs)


Pattern = Callable[[str, float | None, str], _Found | None]
PATTERNS: tuple[Pattern, ...] = (_lacking, _excess, _share, _steps, _each_less, _each_more, _yes_no, _once_a_period)
