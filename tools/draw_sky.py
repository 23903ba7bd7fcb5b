"""Draw the mark and the sky of the sign-in page: points on a sunflower spiral, some ringed by arcs."""

import math
import random
from pathlib import Path

IMG = Path(__file__).parent.parent / "src/fanxing/web/static/img"
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
COLOURS = ("#ff7a7a", "#b69cff", "#5fd39b", "#7db2ff", "#ffb166")


def spiral(index: int, spread: float) -> tuple[float, float]:
    """The place of a point on the spiral, from its middle."""
    radius, angle = spread * math.sqrt(index + 0.5), index * GOLDEN_ANGLE
    return radius * math.cos(angle), radius * math.sin(angle)


def mark(ink: str, spark: str) -> str:
    """A round swarm of points that grow outwards; one of them is alight."""
    dots = []
    for index in range(22):
        x, y = spiral(index, 2.95)
        size = 0.8 + 0.24 * math.sqrt(index)
        dots.append(f'<circle cx="{16 + x:.2f}" cy="{16 + y:.2f}" r="{size:.2f}"/>')
    dots[16] = dots[16].replace("/>", f' fill="{spark}"/>')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="{ink}">{"".join(dots)}</svg>\n'


def arc(x: float, y: float, radius: float, part: int) -> str:
    """One fifth of a ring, with a gap on either side."""
    start, end = (math.tau * (part + shift) / 5 - math.pi / 2 for shift in (0.07, 0.93))
    from_x, from_y = x + radius * math.cos(start), y + radius * math.sin(start)
    to_x, to_y = x + radius * math.cos(end), y + radius * math.sin(end)
    shape = f"M{from_x:.1f} {from_y:.1f}A{radius} {radius} 0 0 1 {to_x:.1f} {to_y:.1f}"
    return f'<path d="{shape}" stroke="{COLOURS[part]}"/>'


def sky(seed: int) -> str:
    """Many equal points, each ringed by none to five arcs; drawn at random, it shows no place."""
    rng = random.Random(seed)  # noqa: S311 - a picture
    dots, arcs = [], []
    for index in range(230):
        x, y = spiral(index, 31)
        x, y = 400 + x + rng.uniform(-5, 5), 450 + y + rng.uniform(-5, 5)
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>')
        held = rng.choices(range(6), weights=(30, 20, 18, 16, 10, 6))[0]
        arcs += [arc(x, y, 8.5, part) for part in sorted(rng.sample(range(5), held))]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 900" preserveAspectRatio="xMidYMid slice">'
        f'<g fill="#dbe7ff">{"".join(dots)}</g>'
        f'<g fill="none" stroke-width="2" stroke-linecap="round">{"".join(arcs)}</g></svg>\n'
    )


def main() -> None:
    """Write the pictures."""
    (IMG / "mark.svg").write_text(mark("#0052d9", "#f59e0b"), encoding="utf-8")
    (IMG / "mark-white.svg").write_text(mark("#ffffff", "#ffc24d"), encoding="utf-8")
    (IMG / "sky.svg").write_text(sky(seed=7), encoding="utf-8")


if __name__ == "__main__":
    main()
