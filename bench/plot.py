"""Lines over a logarithmic axis, as SVG that any browser shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 40, 50
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b")
STEPS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A name, and the points that it goes through."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """A title, what stands at the axes, and the lines. The first axis is logarithmic, the second begins at 0."""

    title: str
    across: str
    up: str
    lines: Sequence[Line]

    def svg(self) -> str:
        """The picture."""
        parts = [self._frame(), *self._ticks(), *self._drawn()]
        style = "font-family:sans-serif;font-size:12px"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="{style}">'
        return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>\n"])

    @property
    def _xs(self) -> list[float]:
        return sorted({x for line in self.lines for x, _ in line.points})

    @property
    def _highest(self) -> float:
        """A round number that no point is above."""
        most = max(y for line in self.lines for _, y in line.points) or 1
        step = math.pow(10, math.floor(math.log10(most)))
        return next(step * times for times in (1, 2, 2.5, 5, 10) if step * times >= most)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        low, high = math.log(self._xs[0]), math.log(self._xs[-1])
        share = (math.log(x) - low) / ((high - low) or 1)
        across = LEFT + share * (WIDTH - LEFT - RIGHT)
        return across, HEIGHT - BOTTOM - y / self._highest * (HEIGHT - TOP - BOTTOM)

    def _frame(self) -> str:
        middle = (LEFT + WIDTH - RIGHT) / 2
        return "\n".join(
            [
                text(middle, 22, self.title, "middle"),
                text(middle, HEIGHT - 10, self.across, "middle"),
                text(8, TOP - 12, self.up, "start"),
            ]
        )

    def _ticks(self) -> list[str]:
        parts = [text(self._at(x, 0)[0], HEIGHT - BOTTOM + 18, f"{x:,.0f}", "middle") for x in self._xs]
        for step in range(STEPS + 1):
            y = self._highest * step / STEPS
            height = self._at(self._xs[0], y)[1]
            parts.append(f'<path d="M{LEFT} {height:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
            parts.append(text(LEFT - 8, height + 4, f"{y:,.4g}", "end"))
        return parts

    def _drawn(self) -> list[str]:
        parts = []
        for line, colour in zip(self.lines, COLOURS, strict=False):
            places = [self._at(x, y) for x, y in line.points]
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            x, y = places[-1]
            parts.append(text(x + 8, y + 4, line.name, "start", colour))
        return parts


def text(x: float, y: float, words: str, anchor: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
