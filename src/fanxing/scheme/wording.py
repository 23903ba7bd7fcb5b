"""Words for numbers, names and expressions, as an official reads them: 30 万元, 95%, 满意人数 ÷ 受访人数 ≥ 60%."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from fanxing.scheme.expressions import All, Arithmetic, Call, Compare, Const, Expression, In, Name, Negative, Not, Some
from fanxing.scheme.model import RecordKind, Value
from fanxing.scheme.written import MARKS, mark

PERCENT = "%"
POINTS = "分"
_TEN_THOUSAND = Decimal(10_000)
_OPERATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_ARITHMETIC = {"+": "+", "-": "−", "*": "×", "/": "÷"}
# How tightly a piece holds together; a looser piece inside a tighter one stands in brackets.
_OR, _AND, _COMPARE, _ADD, _TIMES, _ATOM = range(6)
_NEEDS_QUOTES = "，、；：。 "


@dataclass(frozen=True)
class Term:
    """What a name is called: its title, its unit of measure, words for its values; `star` where it says that a star is held,
    `whole` where the title is not a title but all that the rule says, in brackets."""

    title: str
    unit: str = ""
    words: Mapping[Value, str] = field(default_factory=dict)
    star: bool = False
    whole: bool = False


def join(*pieces: str) -> str:
    """Pieces of a sentence, with a space beside a digit or a Latin letter, as Chinese is set."""
    text = ""
    for piece in pieces:
        left, right = text[-1:], piece[:1]
        apart = (_latin(left) and (_latin(right) or _chinese(right))) or (_chinese(left) and _latin(right))
        text += f" {piece}" if apart else piece
    return text


def _latin(letter: str) -> bool:
    return letter in ("%", "#", "−", *MARKS) or (letter.isascii() and letter.isalnum())


def _chinese(letter: str) -> bool:
    return "一" <= letter <= "鿿"


def number(value: float) -> str:
    """A number in plain digits."""
    if words := mark(value):
        return words
    if value and not 1e-9 <= abs(value) < 1e16:
        return f"{value:g}".replace("-", "−")
    return _plain(_exact(value))


def amount(value: float, unit: str) -> str:
    """A number with its unit: 300000 元 is 30 万元, and a share of 0.95 is 95%."""
    if words := mark(value, percent=unit == PERCENT):
        return f"{words}%" if unit == PERCENT else f"{words} {unit}".strip()
    exact = _exact(value)
    if unit == PERCENT:
        return f"{_plain(exact * 100)}%"
    if unit and not _chinese(unit[0]):  # a Latin letter, a digit: no 万 before it
        return f"{number(value)}（{unit}）" if unit[0].isdigit() else f"{number(value)} {unit}"
    for size, word in ((_TEN_THOUSAND**2, "亿"), (_TEN_THOUSAND, "万")):
        if size <= abs(exact) < _TEN_THOUSAND**4 and exact / size == round(exact / size, 2):
            return f"{_plain(exact / size)} {word}{unit}"
    return f"{number(value)} {unit}".strip()


def points(value: float) -> str:
    """Points given, or taken: 20 分, 扣 2 分."""
    return f"扣 {amount(-value, POINTS)}" if value < 0 else amount(value, POINTS)


def months(count: int) -> str:
    """A length of time: 24 months are 2 年."""
    if words := mark(count):
        return f"{words} 个月"
    return f"{count // 12} 年" if count % 12 == 0 and count > 12 else f"{count} 个月"


def quoted(words: str) -> str:
    """Words in quotation marks; those inside become the inner kind."""
    return f"“{words.replace('“', '‘').replace('”', '’')}”"


def value_word(value: Value, unit: str = "", words: Mapping[Value, str] | None = None) -> str:
    """A plain value in words."""
    if words and value in words:
        return words[value]
    if value is None:
        return "缺失"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, str) else amount(value, unit)


def _exact(value: float) -> Decimal:
    """The twelve digits that count."""
    return Decimal(f"{value:.12g}")


def _plain(value: Decimal) -> str:
    text = f"{value.normalize():f}"
    return text.replace("-", "−") if value else "0"


class Wording:
    """Says expressions, given what each name is called."""

    def __init__(self, term: Callable[[str], Term]) -> None:
        self.term = term

    def say(self, expression: Expression) -> str:
        """An expression in words."""
        return self._say(expression)[0]

    def name(self, id: str) -> str:
        """What a name is called within a sentence."""
        term = self.term(id)
        return quoted(term.title) if not term.whole and any(one in term.title for one in _NEEDS_QUOTES) else term.title

    def list(self, expressions: tuple[Expression, ...]) -> str:
        """Expressions one after the other."""
        return "、".join(self._at(_AND, one) for one in expressions)

    def unit(self, expression: Expression) -> str:
        """The unit of measure of a value, % for a share, empty where there is none."""
        return self._unit(expression) or ""

    def _at(self, level: int, expression: Expression, unit: str = "") -> str:
        if isinstance(expression, Const):
            return value_word(expression.value, unit)
        words, own = self._say(expression)
        return words if own >= level else f"（{words}）"

    def _say(self, expression: Expression) -> tuple[str, int]:
        match expression:
            case Const(value):
                return value_word(value), _ATOM
            case Name(id):
                return (f"获得{quoted(self.term(id).title)}" if self.term(id).star else self.name(id)), _ATOM
            case Not(part):
                return self._not(part)
            case All(parts):
                return self._all(parts), _AND
            case Some(parts):
                return " 或 ".join(self._at(_AND, one) for one in parts), _OR
            case Compare():
                return self._compare(expression), _COMPARE
            case In(part, options):
                return self._in(part, options, "为"), _COMPARE
            case Arithmetic(op, left, right):
                return self._arithmetic(op, left, right)
            case Negative(part):
                return f"−{self._at(_ATOM, part)}", _TIMES
            case Call(function, arguments):
                return self._call(function, arguments), _OR

    def _all(self, parts: tuple[Expression, ...]) -> str:
        stars = [self.term(one.id).title for one in parts if isinstance(one, Name) and self.term(one.id).star]
        if len(stars) == len(parts):
            return f"{''.join(quoted(star) for star in stars)}均已获得"
        return " 且 ".join(self._at(_AND, one) for one in parts)

    def _not(self, part: Expression) -> tuple[str, int]:
        if isinstance(part, Name):
            title = quoted(self.term(part.id).title)
            return (f"未获得{title}" if self.term(part.id).star else f"{title}为否"), _COMPARE
        if isinstance(part, In):
            return self._in(part.part, part.options, "不是"), _COMPARE
        if isinstance(part, Call) and part.function == "present":
            return f"没有{quoted(self.say(part.arguments[0]))}的数据", _COMPARE
        return f"非（{self.say(part)}）", _COMPARE

    def _compare(self, compare: Compare) -> str:
        left, right = compare.left, compare.right
        if isinstance(right, Const) and compare.op in ("==", "!="):
            return join(self._at(_ADD, left), "为" if compare.op == "==" else "不是", self._word(right, left))
        unit = self.unit(left) or self.unit(right)
        return f"{self._at(_ADD, left, unit)} {_OPERATORS[compare.op]} {self._at(_ADD, right, unit)}"

    def _word(self, const: Const, of: Expression) -> str:
        words = self.term(of.id).words if isinstance(of, Name) else {}
        return value_word(const.value, self.unit(of), words)

    def _in(self, part: Expression, options: tuple[Const, ...], is_: str) -> str:
        words = "、".join(self._word(one, part) for one in options)
        return join(self._at(_ADD, part), is_, words, "之一" if len(options) > 1 else "")

    def _arithmetic(self, op: str, left: Expression, right: Expression) -> tuple[str, int]:
        level = _ADD if op in "+-" else _TIMES
        unit = (self._unit(left) or self._unit(right) or "") if op in "+-" else ""
        # a − (b − c) and a ÷ (b × c) keep their brackets
        after = self._at(level + 1 if op in "-/" else level, right, unit)
        return f"{self._at(level, left, unit)} {_ARITHMETIC[op]} {after}", level

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> str:
        if function == "present":
            return f"有{quoted(self.say(arguments[0]))}的数据"
        which = {"min": "最小的", "max": "最大的", "first": "第一个有数据的"}[function]
        return join(self.list(arguments), "中", which)

    def _unit(self, expression: Expression) -> str | None:
        """None for a bare number, which takes the unit of whatever stands beside it."""
        match expression:
            case Name(id):
                return self.term(id).unit
            case Negative(part):
                return self._unit(part)
            case Call(_, arguments):
                return next((unit for one in arguments if (unit := self._unit(one))), "")
            case Arithmetic("*", left, right):
                return _times(self._unit(left), self._unit(right))
            case Arithmetic("/", left, right):
                return _over(self._unit(left), self._unit(right))
            case Arithmetic(_, left, right):
                return self._unit(left) or self._unit(right)
            case _:
                return None


def _times(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        unit = right if left is None else left
        return "" if unit == PERCENT else unit  # 95% × 100 is 95, not a share
    if PERCENT in (left, right):
        return right if left == PERCENT else left
    return ""


def _over(left: str | None, right: str | None) -> str | None:
    if right is None:
        return left
    if not left or not right:
        return ""
    return PERCENT if left == right else f"{left}/{right}"


def record_wording(kind: RecordKind) -> Wording:
    """The wording of conditions over the records of a kind."""
    fields = (*kind.fields, *kind.promised)
    terms = {field.id: Term(field.title, PERCENT if field.type == "share" else field.unit, dict(field.choices)) for field in fields}
    return Wording(lambda id: Term("日期") if id == "occurred_on" else terms.get(id, Term(id)))
