"""How a step of an explanation is written on a page."""

from collections.abc import Iterator
from datetime import date

from fanxing.lib.spreadsheets import Cell
from fanxing.scheme.wording import amount, value_word
from fanxing.scoring.queries import Explanation, Step
from fanxing.web.formats import day, number

FIGURES_SHOWN = 2
MISSING = "缺"
POINTS = "得分"


def said_value(step: Step) -> str:
    """The value as it is read: 10 个月, 30 万元, 是, 国家级; points without their word, since they stand beside the full mark."""
    value = step.value
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return step.word
    if step.form == "fact" or step.unit:
        return amount(value, step.unit)
    return number(value) if step.word.replace(".", "").lstrip("-").isdigit() else step.word


def whence(step: Step) -> str:
    """What the way to the figures below a rule is called: 这 3 分从哪里来."""
    is_points = step.full is not None and step.value is not None
    return f"这 {said_value(step)} 分从哪里来" if is_points else "这个结果从哪里来"


def counts_as(step: Step) -> str:
    """What a missing figure is taken for."""
    return "不按任何数计" if step.counts_as is None else f"按 {value_word(step.counts_as, step.unit)} 计"


def sentence(step: Step) -> str:
    """The rule without the title, which already stands above it."""
    return step.sentence.removeprefix(f"{step.title}：").removeprefix(f"“{step.title}”：")


def basis(text: str) -> str:
    """The ground of a rule; a number that only shows how it could be is called an example."""
    return text.replace("example", "示例")


def share(value: float, full: float) -> str:
    """A part of a whole in percent, for the width of a bar."""
    return f"{min(max(value / full, 0), 1) * 100:.4g}"


def facts(step: Step) -> Iterator[Step]:
    """The figures below a step, those of another star left out."""
    for part in step.parts:
        if part.form == "fact":
            yield part
        elif part.form != "star":
            yield from facts(part)


def inputs(step: Step, told: Explanation) -> list[Step]:
    """The figures that a step rests on, each once; also those of a rule that is told in full elsewhere."""
    return list({one.id: one for one in _inputs(step, told)}.values())


def _inputs(step: Step, told: Explanation) -> Iterator[Step]:
    full = told.find(step.id) or step if step.again else step
    for part in full.parts:
        if part.form == "fact":
            yield part
        elif part.form != "star":
            yield from _inputs(part, told)


def figures(step: Step) -> str:
    """The first figures a rule rests on, in a line: 开展主题党日的月数 10 个月."""
    found = list({part.id: part for part in facts(step)}.values())
    said = [f"{part.title} {MISSING if part.value is None else said_value(part)}" for part in found[:FIGURES_SHOWN]]
    return " · ".join(said) + (" …" if len(found) > FIGURES_SHOWN else "")


def rules(step: Step) -> Iterator[Step]:
    """The rules below a step that give points by themselves: the lowest with a full mark, or that are missing."""
    below = [part for part in step.parts if part.form not in ("fact", "star") and not part.again]
    for part in below:
        inner = [one for one in part.parts if one.form not in ("fact", "star")]
        if part.form == "combine" and inner:
            yield from rules(part)
        else:
            yield part


def shortfalls(step: Step, most: int) -> list[Step]:
    """The rules below a step that lose most points, most first."""
    losing = [one for one in rules(step) if one.lost]
    return sorted(losing, key=lambda one: -(one.lost or 0))[:most]


def lacking(step: Step) -> list[Step]:
    """The figures below a step that are missing and stay so: without them there are no points."""
    return list({one.id: one for one in facts(step) if one.value is None and one.counts_as is None and not one.again}.values())


def ways(step: Step, id: str) -> Iterator[tuple[Step, ...]]:
    """Every way from a step down to a fact or node, other stars left out; each from the step itself to what was sought."""
    if step.id == id:
        yield (step,)
    for part in step.parts:
        if part.form != "star":
            yield from ((step, *way) for way in ways(part, id))


def sheet(explanation: Explanation) -> Iterator[list[Cell]]:
    """An explanation as rows of a workbook: title, value, unit, full mark, points lost, rule, basis, owner."""
    for result in explanation.results:
        yield _sheet_row(result, 0)
        for part in result.parts:
            # Told in full further down where another star asks for it.
            yield from _sheet_rows(explanation.find(part.id) or part, 1)


def _sheet_rows(step: Step, depth: int) -> Iterator[list[Cell]]:
    yield _sheet_row(step, depth)
    for part in step.parts:
        if part.form != "star":
            yield from _sheet_rows(part, depth + 1)


def _sheet_row(step: Step, depth: int) -> list[Cell]:
    is_number = isinstance(step.value, int | float) and not isinstance(step.value, bool)
    value: Cell = step.value if is_number or isinstance(step.value, date) else step.word
    return ["　" * depth + (step.title or POINTS), value, step.unit, step.full, step.lost, sentence(step), basis(step.basis), step.owner]
