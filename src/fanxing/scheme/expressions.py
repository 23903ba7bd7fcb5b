"""Expressions: a whitelisted subset of Python's expression grammar, parsed with `ast`, type-checked, never evaluated by Python."""

import ast
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import inf

from fanxing.scheme.written import Written


class Type(Enum):
    """What a fact, a node or an expression is: the value is the word used in error messages."""

    NUMBER = "a number"
    TRUTH = "yes or no"
    TEXT = "a text"
    DATE = "a date"
    MISSING = "missing"


class ExpressionError(ValueError):
    """What is wrong with an expression, and what would be right."""


@dataclass(frozen=True)
class Const:
    """A literal: a float, a bool, a str, or None for `missing`."""

    value: float | bool | str | None


@dataclass(frozen=True)
class Name:
    """The value of a fact or node."""

    id: str


@dataclass(frozen=True)
class Not:
    part: "Expression"


@dataclass(frozen=True)
class All:
    """`and`, three-valued: no if any part is no, else missing if any part is missing, else yes."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Some:
    """`or`, three-valued: yes if any part is yes, else missing if any part is missing, else no."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Compare:
    """`left op right` with op one of `< <= > >= == !=`; missing in, missing out."""

    op: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class In:
    """`part in (a, b, …)` over literals."""

    part: "Expression"
    options: tuple[Const, ...]


@dataclass(frozen=True)
class Arithmetic:
    """`left op right` with op one of `+ - * /`; missing in, missing out; division by zero is missing."""

    op: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Negative:
    part: "Expression"


@dataclass(frozen=True)
class Call:
    """`min max` (missing in, missing out), `present` (is it there), `first` (the first that is there)."""

    function: str
    arguments: tuple["Expression", ...]


Expression = Const | Name | Not | All | Some | Compare | In | Arithmetic | Negative | Call

FUNCTIONS = ("min", "max", "present", "first")
LITERALS: Mapping[str, bool | None] = {"yes": True, "no": False, "missing": None}
RESERVED = frozenset({*FUNCTIONS, *LITERALS, "and", "or", "not", "in", "is", "if", "else", "stars"})

_COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMERAL = re.compile(r"(?<![\w.])\.?[0-9](?:[eE][-+]?[0-9]|[\w.])*")
_DECIMAL = re.compile(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
MAX_LENGTH = 2_000
MAX_DEPTH = 40


def parse(text: str, at: str = "") -> Expression:
    """Parse one expression; the numbers of one written at a place know theirs (see `written`). Raises ExpressionError, naming the part
    that is not part of the language."""
    source = source_of(text)
    if not source:
        raise ExpressionError("the expression is empty")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression is {len(source)} characters long; split it into nodes of at most {MAX_LENGTH}")
    _check_characters(source)
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError(f'cannot read "{_shortened(source)}": {_syntax(error)}') from None
    if at:
        for place, numeral in enumerate(_numerals(tree)):
            numeral.at = f"{at}.{place}"  # type: ignore[attr-defined]  # read again by _placed
    return _convert(tree.body, source, 0)


def source_of(text: str) -> str:
    """What is parsed of a text."""
    return " ".join(text.split("\n")).strip()


def numerals(source: str) -> list[tuple[int, int]]:
    """Where the numbers stand in an expression that was parsed: from which character to which, in the order written."""
    letters = source.encode()
    return [
        (len(letters[: one.col_offset].decode()), len(letters[: one.end_col_offset].decode()))
        for one in _numerals(ast.parse(source, mode="eval"))
    ]


def _numerals(tree: ast.AST) -> list[ast.expr]:
    """The numbers of an expression in the order written, each with the sign before it."""
    found: dict[ast.expr, ast.expr] = {}
    for one in ast.walk(tree):  # what holds a number comes before it
        match one:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as constant):
                found[constant] = one
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                found.setdefault(one, one)
    return sorted(found.values(), key=lambda one: one.col_offset)


def _check_characters(source: str) -> None:
    """What Python would read in its own way: \\ in texts, and numerals that are not plain decimals."""
    if "\\" in source:
        raise ExpressionError(f'"{_shortened(source)}": \\ is not part of the language')
    for numeral in _NUMERAL.findall(_QUOTED.sub("''", source)):
        if not _DECIMAL.fullmatch(numeral):
            raise ExpressionError(f'"{_shortened(numeral)}" is not a number; write decimal digits, such as 1000 or 0.5')


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"


def _syntax(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{error.msg} at {f'character {error.offset}' if error.offset else 'its end'}"
    return str(error) or "too deeply nested"


def _convert(node: ast.expr, source: str, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"the expression is nested more than {MAX_DEPTH} deep; split it into nodes")

    def part(child: ast.expr) -> Expression:
        return _convert(child, source, depth + 1)

    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=None):
            raise ExpressionError(f'"{node.value!r}": write yes, no or missing')
        case ast.Constant(value=int() | float() as value):
            return Const(_placed(_number(value), node))
        case ast.Constant(value=str() as value):
            return Const(value)
        case ast.Name(id=name) if name in LITERALS:
            return Const(LITERALS[name])
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(part(operand))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = part(operand)
            return Const(_placed(-inner.value, node)) if isinstance(inner, Const) and isinstance(inner.value, float) else Negative(inner)
        case ast.BoolOp(op=ast.And(), values=values):
            return All(tuple(part(value) for value in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return Some(tuple(part(value) for value in values))
        case ast.Compare():
            return _comparison(node, source, part)
        case ast.BinOp(op=op) if type(op) in _OPERATORS:
            return Arithmetic(_OPERATORS[type(op)], part(node.left), part(node.right))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return _call(name, tuple(part(argument) for argument in arguments))
        case ast.Call(func=ast.Name(id=name)):
            raise ExpressionError(f'no such function "{name}"; there are {", ".join(FUNCTIONS)}')
        case ast.IfExp():
            raise ExpressionError('"x if c else y" is not part of the language; write a choose with when and give')
    piece = _shortened(ast.get_source_segment(source, node) or source)
    raise ExpressionError(f'"{piece}" is not part of the language: names, numbers, quoted text, and or not, comparisons, + - * /')


def _placed(value: float, node: ast.expr) -> float:
    """A number, with its place where it was given one."""
    at = getattr(node, "at", "")
    return Written.of(value, at) if at else value


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if number == inf:
        raise ExpressionError(f'"{_shortened(str(value))}" is too large a number')
    return number


def _comparison(node: ast.Compare, source: str, part: Callable[[ast.expr], Expression]) -> Expression:
    pairs: list[Expression] = []
    left = node.left
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            options = _options(right, part)
            inside = In(part(left), options)
            pairs.append(inside if isinstance(op, ast.In) else Not(inside))
        elif type(op) in _COMPARISONS:
            pairs.append(Compare(_COMPARISONS[type(op)], part(left), part(right)))
        else:
            raise ExpressionError(f'"{ast.get_source_segment(source, node)}": write == or !=, not is')
        left = right
    return pairs[0] if len(pairs) == 1 else All(tuple(pairs))


def _options(node: ast.expr, part: Callable[[ast.expr], Expression]) -> tuple[Const, ...]:
    if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
        raise ExpressionError("in needs a list of values in brackets, such as kind in ('a', 'b')")
    options = tuple(part(element) for element in node.elts)
    for option in options:
        if not isinstance(option, Const) or option.value is None:
            raise ExpressionError("in compares with plain values only")
    return options  # type: ignore[return-value]  # every element was just checked to be a Const


def _call(name: str, arguments: tuple[Expression, ...]) -> Call:
    if name == "present" and len(arguments) != 1:
        raise ExpressionError("present takes one value, such as present(income)")
    if name != "present" and len(arguments) < 2:
        raise ExpressionError(f"{name} takes two values or more")
    return Call(name, arguments)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression."""
    match expression:
        case Const() | Name():
            return ()
        case Not(part) | Negative(part) | In(part, _):
            return (part,)
        case All(parts) | Some(parts):
            return parts
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything below it, outermost first."""
    yield expression
    for child in children(expression):
        yield from walk(child)


def names(expression: Expression) -> tuple[str, ...]:
    """The names used, each once, in the order they are first read."""
    return tuple(dict.fromkeys(part.id for part in walk(expression) if isinstance(part, Name)))


def did_you_mean(word: str, known: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """The end of an error sentence: the nearest known word, or what there is."""
    options = list(known)
    near = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; there are {', '.join(sorted(options)[:12])}" if 0 < len(options) <= 12 else ""


def type_of(expression: Expression, types: Mapping[str, Type]) -> Type:
    """The type of an expression over names of known types. Raises ExpressionError for an unknown name or a mismatch."""
    match expression:
        case Const(value):
            return _type_of_value(value)
        case Name(id):
            if id not in types:
                raise ExpressionError(f'no such name "{id}"{did_you_mean(id, list(types))}')
            return types[id]
        case Not(part):
            _expect(part, Type.TRUTH, "not", types)
            return Type.TRUTH
        case All(parts) | Some(parts):
            for part in parts:
                _expect(part, Type.TRUTH, "and" if isinstance(expression, All) else "or", types)
            return Type.TRUTH
        case Compare(op, left, right):
            _comparable(op, type_of(left, types), type_of(right, types))
            return Type.TRUTH
        case In(part, options):
            kind = type_of(part, types)
            for option in options:
                _comparable("==", kind, type_of(option, types))
            return Type.TRUTH
        case Arithmetic(op, left, right):
            _expect(left, Type.NUMBER, op, types)
            _expect(right, Type.NUMBER, op, types)
            return Type.NUMBER
        case Negative(part):
            _expect(part, Type.NUMBER, "-", types)
            return Type.NUMBER
        case Call(function, arguments):
            return _type_of_call(function, arguments, types)


def _type_of_value(value: float | bool | str | None) -> Type:
    if value is None:
        return Type.MISSING
    if isinstance(value, bool):
        return Type.TRUTH
    return Type.TEXT if isinstance(value, str) else Type.NUMBER


def _expect(part: Expression, wanted: Type, where: str, types: Mapping[str, Type]) -> None:
    found = type_of(part, types)
    if found not in (wanted, Type.MISSING):
        subject = f'"{part.id}" is' if isinstance(part, Name) else "there is"
        raise ExpressionError(f'"{where}" works on {wanted.value}, but {subject} {found.value}')


def _comparable(op: str, left: Type, right: Type) -> None:
    if Type.MISSING in (left, right):
        raise ExpressionError("nothing can be compared with missing; write present(…) or not present(…)")
    if left is not right:
        raise ExpressionError(f'"{op}" compares {left.value} with {right.value}; both sides must be alike')
    if op not in ("==", "!=") and left in (Type.TEXT, Type.TRUTH):
        raise ExpressionError(f'"{op}" does not order {left.value}; write == or !=')


def _type_of_call(function: str, arguments: tuple[Expression, ...], types: Mapping[str, Type]) -> Type:
    found = [type_of(argument, types) for argument in arguments]
    if function == "present":
        return Type.TRUTH
    known = [kind for kind in found if kind is not Type.MISSING]
    if function in ("min", "max"):
        for argument in arguments:
            _expect(argument, Type.NUMBER, function, types)
        return Type.NUMBER
    if len(set(known)) > 1:
        raise ExpressionError(f"first takes values that are alike, but there are {' and '.join(sorted(k.value for k in set(known)))}")
    return known[0] if known else Type.MISSING
