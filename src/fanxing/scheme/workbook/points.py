"""How one row gives points: the forms of the language that a row of a sheet can take, and the same in plain words."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from fanxing.scheme.wording import number

Form = Literal["steps", "each", "scale", "yes_no", "judged", "veto", "left_out"]
FORMS: tuple[Form, ...] = get_args(Form)
Comparison = Literal["at_least", "more_than", "up_to", "below"]
Side = Literal["", "below", "above"]
MEASURED: tuple[Form, ...] = ("steps", "each", "scale", "yes_no")
COMPARED: dict[Comparison, str] = {"at_least": "达到", "more_than": "超过", "up_to": "不超过", "below": "低于"}
SIDES: dict[Side, str] = {"below": "低于", "above": "高于"}
USUAL_TERM = 12


@dataclass(frozen=True)
class Points:
    """The rule of one row. Which fields speak depends on `form`.

    steps     `rows` of (threshold, points) under `comparison`, else `otherwise`
    each      `points` for every full `per` of the measure, of what it lies `side` of `beyond` where that is said; points below
              zero are taken from the full mark; `cap` is the most that is given or taken
    scale     straight lines through `rows` of (value, points)
    yes_no    the full mark when the measure is yes (or above zero), else `otherwise`
    judged    somebody gives a mark; with `grades` of (word, points) they choose a word
    veto      takes the star for `lasts` months from the day of a ruling; with a measure, when that is yes (or above zero)
    left_out  gives nothing

    `measure` is the id of a Measure, empty where none is chosen; `mark` the full mark. Numbers of a share are in percent.
    """

    form: Form
    measure: str = ""
    mark: float | None = None
    rows: tuple[tuple[float, float], ...] = ()
    comparison: Comparison = "at_least"
    otherwise: float = 0.0
    points: float = 0.0
    per: float = 1.0
    beyond: float | None = None
    side: Side = ""
    cap: float | None = None
    grades: tuple[tuple[str, float], ...] = ()
    lasts: int = USUAL_TERM

    @property
    def measured(self) -> bool:
        """Does it read a measure?"""
        return self.form in MEASURED


def words(rule: Points) -> str:
    """A rule in plain words, the measure aside, from which `read_words` makes it again."""
    told = _FORMS[rule.form](rule)
    return f"{told}；满分 {_n(rule.mark)}" if rule.mark is not None and rule.form not in ("veto", "left_out") else told


def _steps(rule: Points) -> str:
    rows = "；".join(f"{COMPARED[rule.comparison]} {_n(threshold)} 得 {_n(given)}" for threshold, given in rule.rows)
    return f"分档：{rows}；其余得 {_n(rule.otherwise)}"


def _each(rule: Points) -> str:
    told = f"按量：每 {_n(rule.per)} {'得' if rule.points >= 0 else '扣'} {_n(abs(rule.points))}"
    if rule.side and rule.beyond is not None:
        told += f"；只计{SIDES[rule.side]} {_n(rule.beyond)} 的部分"
    elif rule.side:
        told += f"；只计{SIDES[rule.side]}要求的部分"
    return told + (f"；最多 {_n(rule.cap)}" if rule.cap is not None else "")


def _scale(rule: Points) -> str:
    return "按比例：" + "；".join(f"{_n(value)} 得 {_n(given)}" for value, given in rule.rows)


def _yes_no(rule: Points) -> str:
    return f"有无：有得满分；无得 {_n(rule.otherwise)}"


def _judged(rule: Points) -> str:
    return "评等次：" + "；".join(f"{word} {_n(given)}" for word, given in rule.grades) if rule.grades else "评分"


def _veto(rule: Points) -> str:
    return f"一票否决：{rule.lasts} 个月"


def _left_out(rule: Points) -> str:
    return "不计分"


_FORMS = {
    "steps": _steps,
    "each": _each,
    "scale": _scale,
    "yes_no": _yes_no,
    "judged": _judged,
    "veto": _veto,
    "left_out": _left_out,
}
_N = r"([−-]?\d+(?:\.\d+)?)"
_ROW = re.compile(rf"({'|'.join(COMPARED.values())}) {_N} 得 {_N}")
_POINT = re.compile(rf"(?:^|；|：){_N} 得 {_N}")
_EACH = re.compile(rf"每 {_N} ([得扣]) {_N}")
_BEYOND = re.compile(rf"只计(低于|高于)(?: {_N} 的部分|要求的部分)")
_GRADE = re.compile(rf"(?:^|；|：)([^；：\s]+) {_N}(?=；|$)")


def _n(value: float) -> str:
    return number(value)


def _f(text: str) -> float:
    return float(text.replace("−", "-"))


def read_words(text: str) -> Points | None:
    """The rule that `words` told; None for words that are not its own."""
    body, _, full = text.strip().partition("；满分 ")
    mark = _f(full) if re.fullmatch(_N, full) else None
    head, _, rest = body.partition("：")
    match head:
        case "分档":
            return _read_steps(rest, mark)
        case "按量":
            return _read_each(rest, mark)
        case "按比例":
            rows = tuple((_f(value), _f(given)) for value, given in _POINT.findall(rest))
            return Points("scale", mark=mark, rows=rows) if len(rows) > 1 else None
        case "有无":
            none = re.search(rf"无得 {_N}", rest)
            return Points("yes_no", mark=mark, otherwise=_f(none[1])) if none else None
        case "评等次":
            return Points("judged", mark=mark, grades=tuple((word, _f(given)) for word, given in _GRADE.findall(rest)))
        case "评分":
            return Points("judged", mark=mark)
        case "一票否决":
            term = re.match(r"(\d+) 个月", rest)
            return Points("veto", lasts=int(term[1])) if term else None
        case "不计分":
            return Points("left_out")
    return None


def _read_steps(rest: str, mark: float | None) -> Points | None:
    rows, other = _ROW.findall(rest), re.search(rf"其余得 {_N}", rest)
    if not rows or not other:
        return None
    comparison = next(one for one, word in COMPARED.items() if word == rows[0][0])
    pairs = tuple((_f(threshold), _f(given)) for _, threshold, given in rows)
    return Points("steps", mark=mark, rows=pairs, comparison=comparison, otherwise=_f(other[1]))


def _read_each(rest: str, mark: float | None) -> Points | None:
    each, cap = _EACH.search(rest), re.search(rf"最多 {_N}", rest)
    if not each:
        return None
    beyond = _BEYOND.search(rest)
    side: Side = "" if not beyond else "below" if beyond[1] == "低于" else "above"
    return Points(
        "each",
        mark=mark,
        points=_f(each[3]) if each[2] == "得" else -_f(each[3]),
        per=_f(each[1]),
        side=side,
        beyond=_f(beyond[2]) if beyond and beyond[2] else None,
        cap=_f(cap[1]) if cap else None,
    )
