"""Conditions: the part of XPath that XLSForm needs for `relevant`, `required` and `constraint`, to the language's own and back."""

import re
from collections.abc import Iterator, Mapping

from fanxing.scheme.expressions import All, Compare, Const, Expression, In, Name, Not, Some
from fanxing.scheme.model import Field

TOKEN = re.compile(
    r"\s*(?:\$\{\s*(?P<name>[^}\s]+)\s*\}|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[a-zA-Z]+)|(?P<mark>!=|<=|>=|[=<>(),.]))"
)
COMPARISONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
WRITTEN = {ours: theirs for theirs, ours in COMPARISONS.items()}
LONGEST = 500
SHOWN = 80
MOST_PARTS = 50
YES, NO = "yes", "no"
BOUND = re.compile(r"\.\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)")


def _shown(text: str) -> str:
    """As much of a condition as a message needs."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


class NotRead(ValueError):
    """A condition that is not part of the subset; the text says why, in Chinese."""


def bounds(text: str) -> tuple[float | None, float | None]:
    """The least and the most of a constraint such as `. >= 0 and . <= 100`. Raises NotRead."""
    least = most = None
    for part in re.split(r"\s+and\s+", text.strip().strip("()")):
        found = BOUND.fullmatch(part.strip().strip("()").strip())
        if not found:
            raise NotRead(f"“{_shown(text)}”读不了；只认上下限，如 . >= 0 and . <= 100")
        least, most = (float(found[2]), most) if found[1] == ">=" else (least, float(found[2]))
    return least, most


def condition(text: str, fields: Mapping[str, Field]) -> str:
    """An XPath condition in the language's own words, over fields by the names the workbook gives them. Raises NotRead."""
    if len(text) > LONGEST:
        raise NotRead(f"条件超过 {LONGEST} 个字，请简化")
    return _Reader(text, fields).whole()


class _Reader:
    """Reads `a or b and not(c)` over comparisons of a field with a value."""

    def __init__(self, text: str, fields: Mapping[str, Field]) -> None:
        self.text, self.fields, self.asked = text, fields, 0
        self.tokens = list(self._tokens())

    def whole(self) -> str:
        found = self._some()
        if self.tokens:
            raise self._unreadable()
        return found

    def _tokens(self) -> Iterator[tuple[str, str]]:
        at = 0
        while self.text[at:].strip():
            found = TOKEN.match(self.text, at)
            if not found or not found.lastgroup:
                raise self._unreadable()
            yield found.lastgroup, found[found.lastgroup]
            at = found.end()

    def _unreadable(self) -> NotRead:
        return NotRead(f"条件“{_shown(self.text)}”读不了；只认某一项等于、大于、小于某个值，用 and、or、not() 连接")

    def _take(self, kind: str, *values: str) -> str | None:
        if self.tokens and self.tokens[0][0] == kind and (not values or self.tokens[0][1] in values):
            return self.tokens.pop(0)[1]
        return None

    def _needed(self, kind: str, *values: str) -> str:
        found = self._take(kind, *values)
        if found is None:
            raise self._unreadable()
        return found

    def _some(self) -> str:
        parts = [self._all()]
        while self._take("word", "or"):
            parts.append(self._all())
        return " or ".join(parts)

    def _all(self) -> str:
        parts = [self._one()]
        while self._take("word", "and"):
            parts.append(self._one())
        return " and ".join(f"({one})" if len(parts) > 1 and " or " in one and not one.startswith("(") else one for one in parts)

    def _one(self) -> str:
        self.asked += 1
        if self.asked > MOST_PARTS:
            raise self._unreadable()
        if self._take("mark", "("):
            inner = self._some()
            self._needed("mark", ")")
            return f"({inner})"
        if word := self._take("word"):
            return self._call(word)
        field, mark = self._field(), self._needed("mark", *COMPARISONS)
        return self._compared(field, COMPARISONS[mark])

    def _call(self, word: str) -> str:
        self._needed("mark", "(")
        if word == "not":
            inner = self._some()
            self._needed("mark", ")")
            return f"not ({inner})" if " " in inner else f"not {inner}"
        if word != "selected":
            raise self._unreadable()
        field = self._field()
        self._needed("mark", ",")
        value = self._needed("text")[1:-1]
        self._needed("mark", ")")
        return self._said(field, "==", value)

    def _field(self) -> Field:
        name = self._needed("name")
        if name not in self.fields:
            raise NotRead(f"条件“{_shown(self.text)}”用到的“{name}”不在这张表里")
        return self.fields[name]

    def _compared(self, field: Field, operator: str) -> str:
        text = self._take("text")
        if text is not None:
            return self._said(field, operator, text[1:-1])
        number = self._needed("number")
        return self._said(field, operator, number) if field.type in ("choice", "yes/no") else f"{field.id} {operator} {number}"

    def _said(self, field: Field, operator: str, value: str) -> str:
        if operator not in ("==", "!="):
            raise self._unreadable()
        if value == "":
            return f"not present({field.id})" if operator == "==" else f"present({field.id})"
        if field.type == "yes/no":
            return field.id if (value == YES) is (operator == "==") else f"not {field.id}"
        if "'" in value:
            raise self._unreadable()
        return f"{field.id} {operator} '{value}'"


def xpath(expression: Expression, fields: Mapping[str, Field]) -> str:
    """A condition as XPath; empty where it says more than the subset can."""
    match expression:
        case Name(id) if id in fields and fields[id].type == "yes/no":
            return f"${{{id}}} = '{YES}'"
        case Not(Name(id)) if id in fields and fields[id].type == "yes/no":
            return f"${{{id}}} = '{NO}'"
        case Not(part):
            inner = xpath(part, fields)
            return f"not({inner})" if inner else ""
        case Compare(op, Name(id), Const(value)) if id in fields and not isinstance(value, bool) and value is not None:
            said = _literal(value)
            return f"${{{id}}} {WRITTEN[op]} {said}" if said else ""
        case In(Name(id), options) if id in fields:
            literals = [_literal(one.value) if isinstance(one.value, str) else "" for one in options]
            return "(" + " or ".join(f"${{{id}}} = {one}" for one in literals) + ")" if all(literals) else ""
        case All(parts) | Some(parts):
            inside = [xpath(one, fields) for one in parts]
            word = " and " if isinstance(expression, All) else " or "
            bracketed = [f"({one})" if isinstance(part, Some) and word == " and " else one for part, one in zip(parts, inside, strict=True)]
            return word.join(bracketed) if all(inside) else ""
        case _:
            return ""


def _literal(value: str | float) -> str:
    """A text or number as XPath writes it, which knows no escapes: empty where a text has quotation marks of both sorts."""
    if not isinstance(value, str):
        return f"{value:.12g}"
    mark = "'" if "'" not in value else '"'
    return "" if mark in value else f"{mark}{value}{mark}"
