"""A procedure draws itself: states as boxes, steps as arrows with who takes them and how long they have, as SVG."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from fanxing.scheme.layered import Arrow, Box, Spot, lay_out
from fanxing.scheme.model import Ballot, Committee, Procedure, PublicNotice, Scheme, State, Step
from fanxing.scheme.procedure_wording import ProcedureWording, days_of, share_words

FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
LARGE, SMALL = 15.0, 12.0
LINE = 1.35  # the height of a line, in the size of its letters
PADDING, MARGIN = 14.0, 24.0
# Words go on in the next line after so many Chinese letters.
LONGEST = 14
_PIECES = re.compile(r"[^，、；：]{1,14}[，、；：]?|[，、；：]")
LOOP = 26.0
HEAD = 8.0
INK, PALE, ACCENT, PAPER = "#1f2933", "#52606d", "#1d4ed8", "#ffffff"


def draw_procedure(procedure: Procedure, scheme: Scheme) -> str:
    """The procedure as an SVG picture, always the same for the same procedure. It has classes to be coloured by, and no styles."""
    return _Drawing(procedure, ProcedureWording(procedure, scheme)).svg()


@dataclass(frozen=True)
class _Text:
    """Words in lines, the first of them large where they are a title."""

    lines: tuple[tuple[str, float], ...]

    @property
    def width(self) -> float:
        return max((_width(words, size) for words, size in self.lines), default=0.0)

    @property
    def height(self) -> float:
        return sum(size * LINE for _, size in self.lines)

    def svg(self, middle: Spot, kind: str) -> Iterator[str]:
        """The lines around a point."""
        y = middle.y - self.height / 2
        for at, (words, size) in enumerate(self.lines):
            y += size * LINE
            weight = ' font-weight="600"' if size == LARGE else ""
            ink = INK if at == 0 else PALE
            yield (
                f'<text class="{kind}-{"title" if at == 0 else "more"}" x="{_n(middle.x)}" y="{_n(y - size * 0.35)}" font-size="{size:g}"'
                f'{weight} fill="{ink}" text-anchor="middle">{escape(words)}</text>'
            )


class _Drawing:
    """One drawing in the making."""

    def __init__(self, procedure: Procedure, words: ProcedureWording) -> None:
        self.procedure, self.words = procedure, words
        begins = procedure.states[procedure.begins]
        self.states = [begins, *(one for one in procedure.states.values() if one is not begins)]
        self.steps = [one for one in procedure.steps if one.source != one.target]
        self.inside = {one.id: _Text(self._state_lines(one)) for one in self.states}
        self.loops = {one.id: _Text(self._loop_lines(one)) for one in self.states}
        self.labels = [_Text(self._step_lines(one)) for one in self.steps]
        self.opening = _Text(_wrapped(f"{words.parties(procedure.opened_by)}提出", SMALL))

    # ---- words

    def _state_lines(self, state: State) -> tuple[tuple[str, float], ...]:
        lines = _wrapped(state.title, LARGE)
        match state.step:
            case Committee(members):
                lines += _wrapped(f"会商：{self.words.parties(members)}", SMALL)
            case PublicNotice(days):
                lines += _wrapped(f"公示 {days_of(days)}", SMALL)
            case Ballot() as ballot:
                lines += _wrapped(f"表决：参加{share_words(ballot.quorum)}，赞成{share_words(ballot.majority)}", SMALL)
        if state.stopped:
            lines += _wrapped("停止计时", SMALL)
        if state.ends:
            lines += _wrapped("、".join(self._outcomes(state)) or "结束", SMALL)
        return lines

    def _outcomes(self, state: State) -> Iterator[str]:
        yield from (f"写入{self.words.record(kind)}" for kind in dict.fromkeys(one.kind for one in state.records))
        if state.appoints is not None:
            yield f"任{self.words.posts([state.appoints.post])}"

    def _step_lines(self, step: Step) -> tuple[tuple[str, float], ...]:
        state = self.procedure.states[step.source]
        who = self.words.parties(step.by)
        waited = any(party in state.waits_for for party in step.by)
        limits = [_days(state)] if waited and state.within else []
        if step.open_for:
            limits.append(f"{step.open_for} 天内")
        if step.id == state.then:
            limits.append("期满自动")
        elif not step.by:
            limits.append("自动")
        return _wrapped(step.title, SMALL + 1) + _wrapped("，".join(one for one in (who, *limits) if one), SMALL)

    def _loop_lines(self, state: State) -> tuple[tuple[str, float], ...]:
        loops = [one for one in self.procedure.steps_from(state.id) if one.target == state.id]
        return tuple(line for step in loops for line in self._step_lines(step))

    # ---- shapes

    def svg(self) -> str:
        """The whole picture."""
        layout = lay_out(
            [self._box(one) for one in self.states],
            [Arrow(one.source, one.target, label.width + 8, label.height + 6) for one, label in zip(self.steps, self.labels, strict=True)],
        )
        top = MARGIN + self.opening.height + 30
        shift = Spot(MARGIN, top)
        width, height = layout.width + 2 * MARGIN, layout.height + top + MARGIN
        body: list[str] = []
        for step, line in zip(self.steps, layout.lines, strict=True):
            body += _arrow(_moved(line.points, shift), "automatic" if not step.by else "taken")
        for step, line, label in zip(self.steps, layout.lines, self.labels, strict=True):
            body += self._label(label, _moved([line.label], shift)[0], step)
        for state in self.states:
            body += self._state(state, _moved([layout.boxes[state.id]], shift)[0])
        body += self._beginning(_moved([layout.boxes[self.procedure.begins]], shift)[0])
        left, right = min(0.0, self._overhang(layout.boxes[self.procedure.begins])), width
        title = escape(f"{self.procedure.title}办理流程图")
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="procedure" role="img" aria-label="{title}" '
                f'viewBox="{_n(left)} 0 {_n(right - left)} {_n(height)}" width="{_n(right - left)}" height="{_n(height)}" '
                f'font-family="{FONT}">',
                f"<title>{title}</title>",
                f'<rect class="procedure-paper" x="{_n(left)}" y="0" width="{_n(right - left)}" height="{_n(height)}" fill="{PAPER}"/>',
                *body,
                "</svg>\n",
            ]
        )

    def _overhang(self, begins: Spot) -> float:
        """How far the words above the beginning reach beyond the left edge."""
        return begins.x + MARGIN - self.opening.width / 2 - 8

    def _box(self, state: State) -> Box:
        inside, loop = self.inside[state.id], self.loops[state.id]
        beside = LOOP + loop.width + 8 if loop.lines else 0.0
        return Box(state.id, max(inside.width + 2 * PADDING, 96), max(inside.height + PADDING, loop.height + 4), beside)

    def _state(self, state: State, middle: Spot) -> Iterator[str]:
        box = self._box(state)
        left, top = middle.x - box.width / 2, middle.y - box.height / 2
        kind = "end" if state.ends else "stopped" if state.stopped else "decides" if state.step else "waits"
        dash = ' stroke-dasharray="6 4"' if state.stopped else ""
        stroke = ACCENT if state.step else INK
        yield f'<g class="procedure-state {kind}" data-state="{escape(state.id)}">'
        yield (
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(box.width)}" height="{_n(box.height)}" rx="10" fill="{PAPER}" '
            f'stroke="{stroke}" stroke-width="1.5"{dash}/>'
        )
        if state.ends:
            yield (
                f'<rect x="{_n(left + 4)}" y="{_n(top + 4)}" width="{_n(box.width - 8)}" height="{_n(box.height - 8)}" rx="7" '
                f'fill="none" stroke="{stroke}" stroke-width="1"/>'
            )
        yield from self.inside[state.id].svg(middle, "state")
        yield "</g>"
        if loop := self.loops[state.id]:
            yield from self._loop(loop, Spot(middle.x + box.width / 2, middle.y), box.height)

    def _loop(self, words: _Text, edge: Spot, height: float) -> Iterator[str]:
        if not words.lines:
            return
        half = min(height / 2 - 6, 14)
        out, top, bottom = _n(edge.x + LOOP), _n(edge.y - half), _n(edge.y + half)
        path = f"M{_n(edge.x)} {top} C{out} {top} {out} {bottom} {_n(edge.x + HEAD)} {bottom}"
        yield f'<path class="procedure-arrow taken" d="{path}" fill="none" stroke="{PALE}" stroke-width="1.3"/>'
        yield _head(Spot(edge.x, edge.y + half), (-1, 0))
        yield from words.svg(Spot(edge.x + LOOP + words.width / 2, edge.y), "step")

    def _label(self, label: _Text, middle: Spot, step: Step) -> Iterator[str]:
        width, height = label.width + 8, label.height + 2
        yield f'<g class="procedure-step" data-step="{escape(step.id)}">'
        yield (
            f'<rect class="procedure-paper" x="{_n(middle.x - width / 2)}" y="{_n(middle.y - height / 2)}" width="{_n(width)}" '
            f'height="{_n(height)}" fill="{PAPER}"/>'
        )
        yield from label.svg(middle, "step")
        yield "</g>"

    def _beginning(self, begins: Spot) -> Iterator[str]:
        top = begins.y - self._box(self.states[0]).height / 2
        start = MARGIN + self.opening.height
        yield from self.opening.svg(Spot(begins.x, MARGIN + self.opening.height / 2 - 4), "opening")
        yield from _arrow([Spot(begins.x, start), Spot(begins.x, top)], "taken")


def _days(state: State) -> str:
    """How long a state has, on an arrow: 1 或 2 个工作日."""
    days = list(dict.fromkeys(days_of(one) for one in state.within))
    if len(days) > 1 and len({one.working for one in state.within}) == 1:
        days = [one.split(" ")[0] for one in days[:-1]] + days[-1:]
    return " 或 ".join(days)


def _arrow(points: Sequence[Spot], kind: str) -> Iterator[str]:
    """A line through points, straight up or down at each, with a head at its end."""
    down = points[-1].y > points[-2].y
    last = Spot(points[-1].x, points[-1].y - HEAD if down else points[-1].y + HEAD)
    path = [f"M{_n(points[0].x)} {_n(points[0].y)}"]
    for one, other in pairwise([*points[:-1], last]):
        if abs(one.x - other.x) < 0.05:
            path.append(f"L{_n(other.x)} {_n(other.y)}")
        else:
            half = (one.y + other.y) / 2
            path.append(f"C{_n(one.x)} {_n(half)} {_n(other.x)} {_n(half)} {_n(other.x)} {_n(other.y)}")
    dash = ' stroke-dasharray="5 4"' if kind == "automatic" else ""
    yield f'<path class="procedure-arrow {kind}" d="{" ".join(path)}" fill="none" stroke="{PALE}" stroke-width="1.3"{dash}/>'
    yield _head(points[-1], (0, 1 if down else -1))


def _head(tip: Spot, towards: tuple[int, int]) -> str:
    x, y = towards
    back = Spot(tip.x - x * HEAD, tip.y - y * HEAD)
    side = HEAD * 0.45
    corners = [tip, Spot(back.x + y * side, back.y + x * side), Spot(back.x - y * side, back.y - x * side)]
    return f'<polygon class="procedure-head" points="{" ".join(f"{_n(one.x)},{_n(one.y)}" for one in corners)}" fill="{PALE}"/>'


def _moved(points: Iterable[Spot], by: Spot) -> list[Spot]:
    return [Spot(one.x + by.x, one.y + by.y) for one in points]


def _wrapped(words: str, size: float) -> tuple[tuple[str, float], ...]:
    """Words in lines of one size, none much longer than LONGEST Chinese letters; a line ends after a comma where it can."""
    lines, line = [], ""
    for piece in _PIECES.findall(words):
        if line and _width(line + piece, 1.0) > LONGEST:
            lines.append(line)
            line = ""
        line += piece
    return tuple((one.strip(), size) for one in [*lines, line] if one.strip())


def _width(words: str, size: float) -> float:
    """About how wide words are: Chinese letters are square, others half as wide."""
    return size * sum(0.56 if letter.isascii() else 1.0 for letter in words)


def _n(value: float) -> str:
    """A number as SVG has it."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")
