"""Whatever is in the files: a scheme loads, or SchemeError says what is wrong. Never another exception."""

import re

from hypothesis import given
from hypothesis import strategies as st

from fanxing.scheme import Fault, Scheme, SchemeError, load_files, read_folder, shipped
from fanxing.scheme.differences import differences
from fanxing.scheme.guard import warnings
from fanxing.scheme.sentences import Sentences
from tests.scheme.schemes import SMALL

FOLDERS = [dict(SMALL), *(read_folder(name) for name in shipped())]
PIECES = sorted({piece for files in FOLDERS for text in files.values() for piece in re.findall(r"[^\s{}\[\],]+", text)})
ODD = (
    "", "0", "-1", "0.1", "1e999", "1e308", "1e-320", "9" * 400, "yes", "no", "missing", "null", "~", "[]", "{}", "[", "]", "{", "}", ":",
    "- ",
    "&a", "*a", "'", '"', "#", "|", ">", "? ", "%", "\t", "\0", "\ud800", "\ufffe", "\u2028", "!!python/object:os.system", "---", "...",
    "x/0", "10**10**10", "__import__('os')", "lambda: 1", "a.b", "not", "(", "stars", "unit", "sum: []", "choose: []", "count: stars",
    "round: 0", "per: 0", "weights: [0, 0]", "need: 99", "labels: {1: [2]}", "like: x", "period: {from: 1, to: 2}",
)  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, str]:
    """A valid scheme in which a few lines, words or numbers were lost, doubled, moved or replaced."""
    files = dict(draw(st.sampled_from(FOLDERS)))
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(files)))
        files[name] = draw(st.sampled_from((lines, words, numbers, letters)))(files[name], draw)
    return files


def lines(text: str, draw: st.DrawFn) -> str:
    rows = text.split("\n")
    at, other = (draw(st.integers(0, len(rows) - 1)) for _ in range(2))
    change = draw(st.sampled_from(("lose", "double", "move", "indent", "outdent")))
    if change == "lose":
        del rows[at]
    elif change in ("double", "move"):
        rows.insert(other, rows[at] if change == "double" else rows.pop(at))
    else:
        rows[at] = f"  {rows[at]}" if change == "indent" else rows[at][2:]
    return "\n".join(rows)


def words(text: str, draw: st.DrawFn) -> str:
    found = list(re.finditer(r"[^\s{}\[\],]+", text))
    return replaced(text, draw(st.sampled_from(found)), draw(st.sampled_from(PIECES) | st.sampled_from(ODD))) if found else text


def numbers(text: str, draw: st.DrawFn) -> str:
    found = list(re.finditer(r"\d+(\.\d+)?", text))
    return replaced(text, draw(st.sampled_from(found)), draw(st.sampled_from(ODD) | st.integers(-5, 400).map(str))) if found else text


def letters(text: str, draw: st.DrawFn) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(ODD) | st.text(max_size=5)) + text[at + draw(st.integers(0, 3)) :]


def replaced(text: str, match: re.Match[str], instead: str) -> str:
    return text[: match.start()] + instead + text[match.end() :]


@given(spoiled())
def test_a_spoiled_scheme_loads_or_says_what_is_wrong(files: dict[str, str]) -> None:
    scheme, faults = loaded(files)
    for fault in faults:
        assert fault.place.file in {*files, "scheme.yaml"}
        assert 1 <= fault.place.line <= files.get(fault.place.file, "").count("\n") + 2
        assert fault.message
    assert (scheme is None) == bool(faults)
    if scheme is not None:
        every_word_of(scheme)


def loaded(files: dict[str, str]) -> tuple[Scheme | None, tuple[Fault, ...]]:
    try:
        return load_files(files), ()
    except SchemeError as error:
        return None, error.faults


def every_word_of(scheme: Scheme) -> None:
    warnings(scheme)
    differences(scheme, scheme)
    for kind in scheme.kinds.values():
        sentences = Sentences(kind, scheme.records)
        assert all(sentences.say(id) for id in (*kind.facts, *kind.nodes))


@given(st.text())
def test_any_text_at_all_is_no_scheme(text: str) -> None:
    scheme, faults = loaded({"scheme.yaml": text})
    assert scheme is None
    assert faults
