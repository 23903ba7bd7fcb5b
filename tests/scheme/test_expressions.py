"""Expressions: what is part of the language, and that nothing else is ever run."""

import pytest

from fanxing.scheme.expressions import (
    All,
    Arithmetic,
    Call,
    Compare,
    Const,
    ExpressionError,
    In,
    Name,
    Negative,
    Not,
    Some,
    Type,
    did_you_mean,
    names,
    parse,
    type_of,
)

A, B, ONE = Name("a"), Name("b"), Const(1.0)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", ONE),
        ("-1.5", Const(-1.5)),
        ("1e3", Const(1000.0)),
        ("'党课'", Const("党课")),
        ('"党课"', Const("党课")),
        ("yes", Const(True)),
        ("no", Const(False)),
        ("missing", Const(None)),
        ("a", A),
        ("not a", Not(A)),
        ("-a", Negative(A)),
        ("a and b and a", All((A, B, A))),
        ("a or b", Some((A, B))),
        ("a or b and not a", Some((A, All((B, Not(A)))))),
        ("a >= 1", Compare(">=", A, ONE)),
        ("1 <= a < b", All((Compare("<=", ONE, A), Compare("<", A, B)))),
        ("a in ('x', 'y')", In(A, (Const("x"), Const("y")))),
        ("a not in ['x']", Not(In(A, (Const("x"),)))),
        ("a + b * 1", Arithmetic("+", A, Arithmetic("*", B, ONE))),
        ("a / b - 1", Arithmetic("-", Arithmetic("/", A, B), ONE)),
        ("min(a, b)", Call("min", (A, B))),
        ("present(a)", Call("present", (A,))),
        ("first(a, b, 1)", Call("first", (A, B, ONE))),
        ("a\n  + b", Arithmetic("+", A, B)),
        ("grade == 'C#'", Compare("==", Name("grade"), Const("C#"))),
    ],
)
def test_an_expression_means_what_it_says(text, meaning):
    assert parse(text) == meaning


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "the expression is empty"),
        ("a +", 'cannot read "a +": invalid syntax at its end'),
        ("a if b else 1", '"x if c else y" is not part of the language; write a choose with when and give'),
        ("True", '"True": write yes, no or missing'),
        ("a is b", '"a is b": write == or !=, not is'),
        ("a in 'xy'", "in needs a list of values in brackets, such as kind in ('a', 'b')"),
        ("a in ()", "in needs a list of values in brackets, such as kind in ('a', 'b')"),
        ("a in (b, 1)", "in compares with plain values only"),
        ("sum(a, b)", 'no such function "sum"; there are min, max, present, first'),
        ("min(a)", "min takes two values or more"),
        ("present(a, b)", "present takes one value, such as present(income)"),
        ("0x10", '"0x10" is not a number; write decimal digits, such as 1000 or 0.5'),
        ("1_000", '"1_000" is not a number; write decimal digits, such as 1000 or 0.5'),
        ("1or a", '"1or" is not a number; write decimal digits, such as 1000 or 0.5'),
        ("'\\x41'", "\"'\\x41'\": \\ is not part of the language"),
    ],
)
def test_a_fault_says_what_would_be_right(text, error):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "lambda: 1",
        "a.b",
        "a.__class__",
        "a[0]",
        "10**10**10",
        "a // b",
        "a % b",
        "a @ b",
        "a & b",
        "~a",
        "+a",
        "f'{a}'",
        "b'x'",
        "[a for a in b]",
        "{1: 2}",
        "(a, b)",
        "*a",
        "(a := 1)",
        "await a",
        "(yield a)",
        "min(*a)",
        "present(a=1)",
        "a(b)",
        "...",
        "1j",
        "a; b",
        "import os",
        "a\0",
        "\ud800",
        "\uff19",  # a full-width 9
        "9" * 400,
        "1e999",
        "(" * 900 + "1" + ")" * 900,
        "not " * 400 + "a",
        "-" * 1900 + "a",
        "a" + ".b" * 900,
        "a" + " + a" * 400,
        "a" + "(a" * 600,
        "a" * 2001,
    ],
    ids=lambda text: text[:20].encode("ascii", "backslashreplace").decode(),
)
def test_nothing_else_is_part_of_the_language(text):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert len(str(caught.value)) < 300


TYPES = {"n": Type.NUMBER, "m": Type.NUMBER, "t": Type.TRUTH, "w": Type.TEXT, "d": Type.DATE, "e": Type.DATE}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("n + m / 2", Type.NUMBER),
        ("-n", Type.NUMBER),
        ("max(n, m, 1)", Type.NUMBER),
        ("n >= 1 and t", Type.TRUTH),
        ("d < e", Type.TRUTH),
        ("w == 'x' or w in ('y', 'z')", Type.TRUTH),
        ("t == yes", Type.TRUTH),
        ("present(w)", Type.TRUTH),
        ("not present(d)", Type.TRUTH),
        ("first(w, 'x')", Type.TEXT),
        ("first(n, missing)", Type.NUMBER),
        ("missing", Type.MISSING),
        ("n + missing", Type.NUMBER),
    ],
)
def test_every_expression_has_a_type(text, found):
    assert type_of(parse(text), TYPES) is found


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("o + 1", 'no such name "o"; there are d, e, m, n, t, w'),
        ("n + w", '"+" works on a number, but "w" is a text'),
        ("-t", '"-" works on a number, but "t" is yes or no'),
        ("n and t", '"and" works on yes or no, but "n" is a number'),
        ("not (n + 1)", '"not" works on yes or no, but there is a number'),
        ("n == w", '"==" compares a number with a text; both sides must be alike'),
        ("w < 'x'", '"<" does not order a text; write == or !='),
        ("t > no", '">" does not order yes or no; write == or !='),
        ("n == missing", "nothing can be compared with missing; write present(…) or not present(…)"),
        ("d < '2025-01-01'", '"<" compares a date with a text; both sides must be alike'),
        ("min(n, w)", '"min" works on a number, but "w" is a text'),
        ("first(n, w)", "first takes values that are alike, but there are a number and a text"),
        ("w in (1, 2)", '"==" compares a text with a number; both sides must be alike'),
    ],
)
def test_what_does_not_fit_together_is_refused(text, error):
    with pytest.raises(ExpressionError) as caught:
        type_of(parse(text), TYPES)
    assert str(caught.value) == error


def test_names_come_once_each_in_the_order_read():
    assert names(parse("b + a * b > min(c, a)")) == ("b", "a", "c")


def test_the_nearest_word_is_offered_or_a_few_to_choose_from():
    assert did_you_mean("incom", ("income", "outcome")) == '; did you mean "income"?'
    assert did_you_mean("x", ("income", "outcome")) == "; there are income, outcome"
    assert did_you_mean("x", [f"name{number}" for number in range(13)]) == ""
