"""The plots, as SVG that stands in the page and takes its colours from it.

No attribute styles anything (the page's policy forbids that): classes do. Each drawing is one image to a screen
reader, with its gist as the label; the template sets the figures beside it as a table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from qa_service.evaluation.report.words import number, percent

__all__ = ["Bin", "bins_of", "difference_bar", "histogram", "interval_bar", "reliability", "risk_coverage", "wilson"]

WIDTH, HEIGHT = 380, 300
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 12, 44
BINS = 24
Z = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions that took `low` to `high` milliseconds; `high` is infinite in the last."""

    low: float
    high: float
    n: int


def interval_bar(mean: float | None, low: float | None = None, high: float | None = None) -> Markup:
    """A share from 0 to 1 as a bar, its interval as a line; nothing for a value outside, which has another unit."""
    if mean is None or not 0 <= mean <= 1:
        return Markup()
    bar = [_rect("track", 0, 2, 100, 8), _rect("bar", 0, 2, 100 * mean, 8)]
    if low is not None and high is not None:
        bar.append(_rect("whisker", 100 * low, 4.5, max(0.6, 100 * (high - low)), 3))
    return _strip(bar)


def difference_bar(difference: float, low: float, high: float, span: float) -> Markup:
    """A difference with its interval on a scale from -span to span, 0 in the middle."""
    scale = 50 / (span or 1)
    start, end = sorted((50.0, 50 + scale * difference))
    kind = "gain" if difference > 0 else "loss"
    return _strip(
        [
            _rect("track", 0, 2, 100, 8),
            _rect(f"bar {kind}", start, 2, end - start, 8),
            _rect("whisker", 50 + scale * low, 4.5, max(0.6, scale * (high - low)), 3),
            _rect("middle", 49.8, 0, 0.4, 12),
        ]
    )


def reliability(bins: Sequence[Mapping[str, Any]]) -> Markup:
    """Confidence against the share that was right, with Wilson intervals; on the diagonal confidence keeps its word."""
    parts = [_axes("Confidence", "Share that was right"), _line("ideal", (0, 0), (1, 1))]
    points = [(b["confidence"], b["right"]) for b in bins]
    parts.append(_path("curve", points))
    for b in bins:
        low, high = wilson(b["right"], b["n"])
        told = f"{number(b['n'])} questions: confidence {percent(b['confidence'])}, right {percent(b['right'])}"
        parts.append(_line("error", (b["confidence"], low), (b["confidence"], high)))
        x, y = _at(b["confidence"], b["right"])
        parts.append(
            Markup('<circle class="point" cx="{}" cy="{}" r="4"><title>{}</title></circle>').format(x, y, told)
        )
    return _image("Reliability diagram: confidence against the share that was right, table below", parts)


def risk_coverage(points: Sequence[Sequence[float]], here: tuple[float, float] | None) -> Markup:
    """Share wrong among the most confident questions, from few to all.

    Args:
        points: (coverage, risk), rising coverage.
        here: coverage and risk at the service's threshold.
    """
    top = _nice(max([*(risk for _, risk in points), here[1] if here else 0, 0.05]))
    scaled = [(coverage, risk / top) for coverage, risk in points]
    parts = [_axes("Coverage: share of questions answered", "Risk: share of them wrong", top_y=top)]
    parts.append(_path("curve", scaled))
    if here:
        x, y = _at(here[0], here[1] / top)
        told = f"At the threshold: coverage {percent(here[0])}, risk {percent(here[1])}"
        parts.append(Markup('<circle class="here" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(x, y, told))
    return _image("Risk-coverage curve: share wrong among the most confident questions, table below", parts)


def bins_of(took: Sequence[float]) -> list[Bin]:
    """Milliseconds in equal bins from 0 to past the 99th percentile, and one for what took longer."""
    if not len(took):
        return []
    ordered = sorted(took)
    end = _nice(ordered[min(len(ordered) - 1, math.ceil(0.99 * len(ordered)))])
    width = end / BINS
    counts = [0] * (BINS + 1)
    for value in ordered:
        counts[min(BINS, int(value / width))] += 1
    return [Bin(i * width, (i + 1) * width if i < BINS else math.inf, n) for i, n in enumerate(counts)]


def histogram(bins: Sequence[Bin], marks: Mapping[str, float]) -> Markup:
    """Questions by how long they took; `marks` are named places in milliseconds."""
    end = bins[-1].low
    most = 4 * math.ceil(max(b.n for b in bins) / 4)  # so that each of the four steps is a whole number
    step = 1 / len(bins)
    shrink = 1 - step  # the last bin, what took longer, stands past the end of the scale
    parts = [_axes("Milliseconds", "Questions", top_x=end, top_y=most, shrink=shrink)]
    for i, b in enumerate(bins):
        (x, y), (_, bottom) = _at(i * step, b.n / most), _at(0, 0)
        told = f"{number(b.low, 1)} to {number(b.high, 1)} ms" if b.high < math.inf else f"over {number(b.low, 1)} ms"
        bar = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>')
        kind = "column" if b.high < math.inf else "column over"
        width = round(step * (WIDTH - LEFT - RIGHT) - 1, 2)
        parts.append(bar.format(kind, x, y, width, round(bottom - y, 2), told, number(b.n)))
    for place, (name, value) in enumerate(marks.items()):
        if value <= end:
            at = shrink * value / end
            (x, y), near = _at(at, 1), at > 0.85
            parts.append(_line("mark", (at, 0), (at, 1)))
            label = Markup('<text class="label" x="{}" y="{}" text-anchor="{}">{}</text>')
            parts.append(label.format(x + (-4 if near else 4), y + 10 + 14 * place, "end" if near else "start", name))
    return _image("Histogram of the time a question took, table below", parts)


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n (Wilson, 1927): stays within 0 to 1, also at the ends."""
    if n == 0:
        return 0.0, 1.0
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def _nice(value: float) -> float:
    """The least of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not below `value`."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((float(f"{m * power:.6g}") for m in (1, 1.5, 2, 3, 4, 5, 6, 8) if m * power >= value), 10 * power)


def _at(x: float, y: float) -> tuple[float, float]:
    """Shares of the drawing's width and height -> its coordinates, y upwards."""
    return round(LEFT + x * (WIDTH - LEFT - RIGHT), 2), round(HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM), 2)


def _axes(name_x: str, name_y: str, top_x: float = 1.0, top_y: float = 1.0, shrink: float = 1.0) -> Markup:
    parts = []
    for step in range(5):
        share = step / 4
        (x, bottom), (left, y) = _at(share * shrink, 0), _at(0, share)
        parts.append(_line("grid", (0, share), (1, share)))
        tick = Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>')
        parts.append(tick.format(x, bottom + 15, "middle", _tick(share * top_x)))
        parts.append(tick.format(left - 6, y + 4, "end", _tick(share * top_y)))
    names = '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
    names += '<text class="axis" transform="translate(11 {}) rotate(-90)" text-anchor="middle">{}</text>'
    (x, bottom), (_, y) = _at(0.5, 0), _at(0, 0.5)
    return Markup().join([*parts, Markup(names).format(x, bottom + 34, name_x, y, name_y)])


def _tick(value: float) -> str:
    return number(value, 0) if value >= 100 else f"{value:.3g}"


def _line(kind: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
    (x1, y1), (x2, y2) = _at(*start), _at(*end)
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(kind, x1, y1, x2, y2)


def _path(kind: str, points: Sequence[tuple[float, float]]) -> Markup:
    places = " ".join(f"{x},{y}" for x, y in (_at(*point) for point in points))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, places)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
    return shape.format(kind, round(x, 2), y, round(width, 2), height)


def _strip(shapes: Sequence[Markup]) -> Markup:
    inside = Markup().join(shapes)
    head = '<svg class="strip" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    return Markup(head + "{}</svg>").format(inside)


def _image(label: str, parts: Sequence[Markup]) -> Markup:
    head = '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return Markup(head).format(WIDTH, HEIGHT, label, Markup().join(parts))
