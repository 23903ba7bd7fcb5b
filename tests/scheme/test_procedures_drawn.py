"""A procedure draws itself: everything is there, nothing lies on anything else, and the same is always drawn alike."""

import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fanxing.cli import main
from fanxing.scheme import load_files
from fanxing.scheme.layered import BETWEEN, Arrow, Box, Layout, Spot, lay_out
from fanxing.scheme.procedure_drawing import draw_procedure
from tests.scheme.procedures import ELECT, REPORT, changed_text, with_procedures

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str, id: str = "report") -> str:
    scheme = load_files(with_procedures(**{id: text}))
    return draw_procedure(scheme.procedures[id], scheme)


def words(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 our own


@pytest.mark.parametrize(("id", "text"), [("report", REPORT), ("elect", ELECT)])
def test_every_state_and_step_stands_in_the_drawing(id: str, text: str):
    procedure = load_files(with_procedures(**{id: text})).procedures[id]
    said = words(drawn(text, id))
    assert {one.title for one in (*procedure.states.values(), *procedure.steps)} <= {*said}
    root = ET.fromstring(drawn(text, id))  # noqa: S314 our own
    states = [one.get("data-state") for one in root.iter(f"{SVG}g") if one.get("data-state")]
    assert sorted(map(str, states)) == sorted(procedure.states)


def test_arrows_say_who_and_how_long():
    said = words(drawn(REPORT))
    assert {"村，1 或 2 个工作日", "承办单位，5 个工作日", "村，2 个工作日，期满自动", "反映人，30 天内", "群众、村提出"} <= {*said}
    assert {"停止计时", "写入“群众反映”"} <= {*said}
    assert {"会商：党支部、乡镇", "公示 7 天", "任村民代表"} <= {*words(drawn(ELECT, "elect"))}


def test_the_same_is_always_drawn_alike():
    assert drawn(REPORT) == drawn(REPORT)


def test_a_drawing_has_no_styles_and_no_scripts_whatever_it_is_called():
    hostile = changed_text(REPORT, ("title: 待受理", 'title: "<script>alert(1)</script>&\\"]]>"'))
    root = ET.fromstring(drawn(hostile))  # noqa: S314 our own
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {"svg", "title", "rect", "path", "polygon", "g", "text"}
    assert not [one for one in root.iter() if one.get("style") or any(key.startswith("on") for key in one.attrib)]
    assert root.get("aria-label") == "随手拍办理流程图"


ARROWS = [Arrow("a", "b", 60, 30), Arrow("b", "c", 60, 30), Arrow("c", "a", 60, 30), Arrow("a", "c", 60, 30), Arrow("b", "b", 60, 30)]


def test_what_follows_stands_below_and_arrows_end_at_their_boxes():
    layout = lay_out([Box(id, 100, 40) for id in "abc"], ARROWS)
    assert [layout.boxes[id].y for id in "abc"] == sorted(layout.boxes[id].y for id in "abc")
    for arrow, line in zip(ARROWS[:4], layout.lines, strict=False):
        for id, end, below in ((arrow.source, line.points[0], arrow is not ARROWS[2]), (arrow.target, line.points[-1], arrow is ARROWS[2])):
            assert end.y == pytest.approx(layout.boxes[id].y + (20 if below else -20))
            assert abs(end.x - layout.boxes[id].x) <= 50


graphs = some.integers(1, 15).flatmap(
    lambda count: some.tuples(
        some.just(count), some.lists(some.tuples(some.integers(0, count - 1), some.integers(0, count - 1)), max_size=30)
    )
)


@given(graphs)
def test_nothing_lies_on_anything_else(graph: tuple[int, list[tuple[int, int]]]):
    count, ways = graph
    boxes = [Box(str(at), 90 + 7 * (at % 5), 40 + 9 * (at % 3), 30.0 * (at % 2)) for at in range(count)]
    arrows = [Arrow(str(one), str(other), 50 + 11 * (at % 4), 30) for at, (one, other) in enumerate(ways)]
    layout = lay_out(boxes, arrows)
    sheets = [_rectangle(layout.boxes[one.id], one.width, one.height, one.beside) for one in boxes]
    sheets += [
        _rectangle(line.label, arrow.width, arrow.height)
        for line, arrow in zip(layout.lines, arrows, strict=True)
        if arrow.source != arrow.target
    ]
    for one, other in combinations(sheets, 2):
        assert one[2] <= other[0] + 0.01 or other[2] <= one[0] + 0.01 or one[3] <= other[1] + 0.01 or other[3] <= one[1] + 0.01
    _within(sheets, layout)
    assert layout == lay_out(boxes, arrows)


def _rectangle(middle: Spot, width: float, height: float, beside: float = 0.0) -> tuple[float, float, float, float]:
    return middle.x - width / 2, middle.y - height / 2, middle.x + width / 2 + beside, middle.y + height / 2


def _within(sheets: list[tuple[float, float, float, float]], layout: Layout) -> None:
    assert min(one[0] for one in sheets) >= -0.01
    assert min(one[1] for one in sheets) >= -0.01
    assert max(one[2] for one in sheets) <= layout.width + 0.01
    assert max(one[3] for one in sheets) <= layout.height + BETWEEN


def test_the_command_line_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, text in with_procedures(report=REPORT).items():
        path = tmp_path / "scheme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    out = tmp_path / "report.svg"
    folder = str(tmp_path / "scheme")
    assert main(["scheme", "draw", folder, "report", "--out", str(out)]) == 0
    assert out.read_text("utf-8") == drawn(REPORT)
    assert capsys.readouterr().out == f"{out}: 随手拍, 6 states, 9 steps\n"
    assert main(["scheme", "draw", folder, "reports", "--out", str(out)]) == 1
    assert capsys.readouterr().err == '小方案: no procedure "reports"; did you mean "report"?\n'
    assert main(["scheme", "check", folder]) == 0
    assert ", 1 procedures, " in capsys.readouterr().out
