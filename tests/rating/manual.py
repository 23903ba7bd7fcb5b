"""The examples in spec/: a table in, a rule, a table out. Read here, tested by test_spec, printed as docs/rating.md."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from fanxing.scheme.model import Value

FOLDER = Path(__file__).parent / "spec"
ARROW = "→"  # what comes in stands left of it, what comes out right
NUMBER = re.compile(r"-?\d+(\.\d+)?(e\d+)?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One rule with its tables. `facts` and `rule` are YAML as it stands in a scheme; undeclared facts are what their column holds."""

    title: str
    about: str
    rule: str
    table: str
    facts: str = ""
    kinds: Sequence[str] = ("village",)
    stars: Sequence[str] = ()
    as_of: date | None = None

    @property
    def cells(self) -> list[list[str]]:
        """The table, its header first."""
        return [[cell.strip() for cell in line.split("|")] for line in self.table.strip().splitlines()]

    def files(self) -> dict[str, str]:
        """A whole scheme around the rule."""
        declared = yaml.safe_load(self.facts or "{}")
        columns = [(id, type_) for id, type_ in self._columns() if id not in declared]
        facts = self.facts + "".join(f"{id}: {{title: {id}, type: {type_}, if_missing: stays}}\n" for id, type_ in columns)
        kinds = "".join(f"{kind}: {{title: {kind}, stars: [{', '.join(self.stars)}]}}\n" for kind in self.kinds)
        head = "scheme: example\ntitle: example\nbasis: example\nperiod: {from: 2025-01-01, to: 2025-12-31}\n"
        blocks = {"kinds": kinds, "facts": facts, "nodes": self.rule}
        body = "".join(f"{key}:\n{_indented(text)}" for key, text in blocks.items())
        return {"scheme.yaml": f"{head}{body}tier: {list(yaml.safe_load(self.rule))[-1]}\n"}

    def given(self) -> list[dict[str, Value]]:
        """The rows that come in."""
        return [{"kind": self.kinds[0], **row} for row, _ in self._rows()]

    def expected(self) -> dict[str, dict[str, Value]]:
        """Unit → node (or `reason`: why it is not rated) → the value that comes out."""
        return {str(row["unit"]): out for row, out in self._rows()}

    def _rows(self) -> Iterator[tuple[dict[str, Value], dict[str, Value]]]:
        header, *rows = self.cells
        middle = header.index(ARROW)
        for row in rows:
            values = [value_of(cell) for cell in row]
            yield (
                dict(zip(header[:middle], values[:middle], strict=True)),
                dict(zip(header[middle + 1 :], values[middle + 1 :], strict=True)),
            )

    def _columns(self) -> Iterator[tuple[str, str]]:
        rows = [row for row, _ in self._rows()]
        for id in rows[0]:
            if id not in ("unit", "kind"):
                yield id, _type_of([row[id] for row in rows])


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Examples on one subject."""

    chapter: str
    about: str
    examples: Sequence[Example] = field(default=())


def chapters() -> list[Chapter]:
    """All chapters, in order."""
    contents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return [Chapter(**{**content, "examples": [Example(**example) for example in content["examples"]]}) for content in contents]


def value_of(cell: str) -> Value:
    """What a cell of a table means."""
    if cell in ("missing", "yes", "no"):
        return {"missing": None, "yes": True, "no": False}[cell]
    return float(cell) if NUMBER.fullmatch(cell) else cell


def _type_of(values: Sequence[Value]) -> str:
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, bool) for value in there):
        return "yes/no"
    if there and all(isinstance(value, str) for value in there):
        return "date" if all(DAY.fullmatch(value) for value in there) else "text"
    return "number"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


# ---- printing ----------------------------------------------------------------------------------------------------

INTRODUCTION = """\
# What rules compute · 规则如何计算

Every example here is a test: a table of facts, a rule as it stands under `nodes` in a scheme, and the values that come out. Both
the engine and a slow one in decimal arithmetic must give exactly these. The language itself is described in
[scheme-language.md](scheme-language.md). This page is printed from `tests/rating/spec/` by `tools/print_rating_manual.py`.

Unless an example declares its facts, a missing fact stays missing. The columns left of **→** come in, those right of it come out.
`missing` is a value that is not there; for a star or a tier it reads *not rated* (不评).
"""


def printed() -> str:
    """The whole manual as Markdown."""
    contents = "\n".join(f"- [{one.chapter}](#{_anchor(one.chapter)})" for one in chapters())
    return f"{INTRODUCTION}\n{contents}\n" + "".join(_chapter(one) for one in chapters())


def _chapter(chapter: Chapter) -> str:
    return f"\n## {chapter.chapter}\n\n{chapter.about.strip()}\n" + "".join(_example(one) for one in chapter.examples)


def _example(example: Example) -> str:
    settings = [
        f"Day of rating: {example.as_of}." if example.as_of else "",
        f"Kinds: {', '.join(example.kinds)}." if len(example.kinds) > 1 else "",
        f"Stars of the kind: {', '.join(example.stars)}." if example.stars else "",
    ]
    facts = f"facts:\n{_indented(example.facts)}" if example.facts else ""
    nodes = f"nodes:\n{_indented(example.rule)}"
    about = " ".join([example.about.strip(), *filter(None, settings)])
    return f"\n### {example.title}\n\n{about}\n\n```yaml\n{facts}{nodes}```\n\n{_table(example)}"


def _table(example: Example) -> str:
    header, *rows = example.cells
    rule = [":-:" if cell == ARROW else "---" for cell in header]
    body = [["" if cell == ARROW else cell for cell in row] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (header, rule, *body))


def _anchor(title: str) -> str:
    """The address that Markdown viewers give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
