"""The area and axes of a plot: ticks in steps of 1, 2 or 5, and room for the labels.

Label widths are estimated from their letters, rather too wide. A browser draws narrower labels, so labels that do not
touch here do not touch there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["HEIGHT", "WIDTH", "PlotArea", "Scale", "across", "counts", "line", "scale", "wide"]

WIDTH, HEIGHT = 380, 300
EDGE, TITLE, GAP = 4, 16, 8
"""Free space at the edges, height of an axis title, and gap between a label and its mark."""
LETTER = 0.66
"""Width of a letter relative to the font size; DejaVu Sans, the widest font of the page, has digits of 0.64."""
TICK = 12
"""Font size of tick labels."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from 0 to `end` with ticks every `step`; the last tick is at or before `end`."""

    step: float
    end: float

    @property
    def ticks(self) -> tuple[float, ...]:
        return tuple(round(n * self.step, 12) for n in range(int(self.end / self.step + 1e-9) + 1))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the ticks, with the decimals that the step needs and narrow spaces between thousands."""
        digits = max(0, -math.floor(math.log10(self.step) + 1e-9))
        return tuple(f"{tick:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}") for tick in self.ticks)


def scale(top: float, most: int = 6) -> Scale:
    """A scale up to the first tick at or above `top`; up to 1 if `top` is not above 0.

    The step is the smallest of 1, 2 or 5 times a power of ten that needs at most `most` ticks.
    """
    if top <= 0:
        return Scale(0.2, 1.0)
    power = math.floor(math.log10(top / most))
    steps = (float(f"{m}e{power + more}") for more in (0, 1) for m in (1, 2, 5))
    step = next(s for s in steps if s * most >= top * (1 - 1e-9))
    return Scale(step, round(math.ceil(top / step - 1e-9) * step, 12))


def counts(top: int, most: int = 5) -> Scale:
    """A scale for counts, with ticks at whole numbers only."""
    found = scale(top, most)
    return found if found.step >= 1 else Scale(1, max(1, top))


def across(end: float) -> Scale:
    """A scale for an x axis that ends at `end`: at most six ticks, and room for each label."""
    room = 0.65 * WIDTH
    tried = (Scale(scale(end, most).step, end) for most in range(6, 0, -1))
    fitting = (s for s in tried if room * s.step / end >= max(wide(label, TICK) for label in s.labels) + GAP)
    return next(fitting, Scale(end, end))


def wide(text: str, size: float) -> float:
    """The estimated width of a text, rather too large."""
    return LETTER * size * len(text)


@dataclass(frozen=True, slots=True)
class PlotArea:
    """Maps figures to coordinates of the drawing, whose y axis points down. `above` is free space for labels."""

    x: Scale
    y: Scale
    above: float = 0
    beyond: float = 0
    """Width beyond the end of the x axis, in its unit."""

    @property
    def left(self) -> float:
        return EDGE + TITLE + GAP + max(wide(label, TICK) for label in self.y.labels) + GAP

    @property
    def right(self) -> float:
        """Leaves room for the label of the last tick, which is centred below it."""
        return WIDTH - EDGE - wide(self.x.labels[-1], TICK) / 2

    @property
    def top(self) -> float:
        return EDGE + TICK / 2 + self.above

    @property
    def bottom(self) -> float:
        return HEIGHT - EDGE - TITLE - GAP - TICK - GAP - 2

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The coordinates of two figures."""
        share_x, share_y = x / (self.x.end + self.beyond), y / self.y.end
        across, up = share_x * (self.right - self.left), share_y * (self.bottom - self.top)
        return round(self.left + across, 2), round(self.bottom - up, 2)

    def axes(self, name_x: str, name_y: str) -> Markup:
        """Lines, ticks and titles."""
        tick = Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>')
        parts = []
        for value, label in zip(self.y.ticks, self.y.labels, strict=True):
            _, y = self.at(0, value)
            parts.append(line("grid", (round(self.left, 2), y), (round(self.right, 2), y)))
            parts.append(tick.format(round(self.left - GAP, 2), round(y + 4, 2), "end", label))
        for value, label in zip(self.x.ticks, self.x.labels, strict=True):
            x, bottom = self.at(value, 0)
            parts.append(line("grid", (x, bottom), (x, bottom + 4)))
            parts.append(tick.format(x, bottom + GAP + TICK, "middle", label))
        names = '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
        names += '<text class="axis" transform="translate({} {}) rotate(-90)" text-anchor="middle">{}</text>'
        across, up = round((self.left + self.right) / 2, 2), round((self.top + self.bottom) / 2, 2)
        return Markup().join([*parts, Markup(names).format(across, HEIGHT - EDGE - 4, name_x, EDGE + 11, up, name_y)])

    def line(self, kind: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
        """A line between two points given as figures."""
        return line(kind, self.at(*start), self.at(*end))

    def curve(self, points: Sequence[tuple[float, float]]) -> Markup:
        places = " ".join(f"{x},{y}" for x, y in (self.at(*point) for point in points))
        return Markup('<polyline class="curve" points="{}"/>').format(places)


def line(kind: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
    """A line between two points given as coordinates."""
    shape = Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
    return shape.format(kind, *start, *end)
