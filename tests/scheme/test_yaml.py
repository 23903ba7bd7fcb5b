"""YAML read plainly: few surprises, every value with its line, and no file that brings the reader down."""

import pytest

from fanxing.scheme.faults import Faults
from fanxing.scheme.model import Place
from fanxing.scheme.yaml import Item, read


def read_one(text: str) -> tuple[Item | None, list[str]]:
    faults = Faults()
    item = read(text, "f.yaml", faults)
    return item, [str(fault) for fault in faults.found]


def scalars(text: str) -> list[object]:
    item, faults = read_one(text)
    assert faults == []
    assert item is not None
    assert item.items is not None
    return [one.scalar for one in item.items]


def test_only_yes_and_no_are_yes_and_no_and_only_decimal_numbers_are_numbers():
    assert scalars("[yes, no, on, off, true, False, y, n]") == [True, False, "on", "off", "true", "False", "y", "n"]
    assert scalars("[1, -2.5, .5, 1e3, +4]") == [1.0, -2.5, 0.5, 1000.0, 4.0]
    assert scalars("[1:30, 2025-01-01, 0x10, 1_000, .inf, .nan, 1.2.3]") == [
        "1:30",
        "2025-01-01",
        "0x10",
        "1_000",
        ".inf",
        ".nan",
        "1.2.3",
    ]
    assert scalars("[\"yes\", '1', ~, null, '']") == ["yes", "1", None, None, ""]


def test_every_value_knows_its_line():
    item, _ = read_one("a: 1\nb:\n  - 2\n  - c: 3\n")
    assert item is not None
    assert item.entries is not None
    (_, a), (_, b) = item.entries
    assert b.items is not None
    assert b.items[1].entries is not None
    assert [a.place.line, b.items[0].place.line, b.items[1].entries[0][1].place.line] == [1, 3, 4]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "f.yaml:1: the file is empty"),
        ("# only a remark\n", "f.yaml:1: the file is empty"),
        ("a: [1, 2\nb: 3\n", "f.yaml:2: cannot read this as YAML: did not find expected ',' or ']'"),
        ("a: b: c\n", "f.yaml:1: cannot read this as YAML: mapping values are not allowed in this context"),
        ("a:\n\t- b\n", "f.yaml:2: cannot read this as YAML: found character that cannot start any token"),
        ("a: 1\nb: 2\na: 3\n", 'f.yaml:3: the key "a" stands twice; keep one'),
        ("a: &x 1\nb: *x\n", "f.yaml:1: anchors and aliases (& and *) are not part of the language; write the value out"),
        ("a: 1\nb: *x\n", "f.yaml:2: anchors and aliases (& and *) are not part of the language; write the value out"),
        ("[a]: 1\n", "f.yaml:1: a key must be a plain word or number"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: a second document begins here (---); keep one"),
        ("a: 1e999\n", 'f.yaml:1: "1e999" is too large a number'),
        ("a: \0\n", "f.yaml:1: this is not a text file; a scheme is written in YAML, as UTF-8"),
        ("a: \ud800\n", "f.yaml:1: this is not a text file; a scheme is written in YAML, as UTF-8"),
        ("a: 1\n" * 300_000, "f.yaml:1: the file has 1500000 characters; a scheme file has at most 1000000"),
    ],
    ids=lambda text: text[:30].encode("ascii", "backslashreplace").decode(),
)
def test_a_file_that_cannot_be_read_says_where_and_why(text, fault):
    _, faults = read_one(text)
    assert faults == [fault]


@pytest.mark.parametrize("opening", ["[", "- ", "? ", "{a: ", "[{a: "])
def test_a_file_nested_without_end_is_refused_before_it_exhausts_the_reader(opening):
    item, faults = read_one((opening * 500_000)[:1_000_000])
    assert (item, faults) == (None, ["f.yaml:1: nested more than 60 deep"])


def test_a_tag_is_text_and_makes_nothing():
    item, faults = read_one("!!python/object/apply:os.system ['true']")
    assert (item, faults) == (Item(Place("f.yaml", 1), items=(Item(Place("f.yaml", 1), "true"),)), [])
