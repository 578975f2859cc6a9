"""The plots, as inline SVG with the colours of the page.

Classes style them, because the page's policy forbids style attributes. A screen reader sees each drawing as one image
with a label; the template shows the figures in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from qa_service.evaluation.report.axes import HEIGHT, WIDTH, PlotArea, Scale, across, counts, line, scale, wide
from qa_service.evaluation.report.measure_words import number, percent

__all__ = ["Bin", "bins_of", "histogram", "reliability", "risk_coverage", "wilson"]

SHARE = Scale(0.2, 1.0)
MOST_BINS = 30
MARK, ROW = 11, 14
"""Font size of a mark's label, and height of its row."""
Z = 1.959964
"""Quantile of the normal distribution for a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions that took `low` to `high` milliseconds; `high` is infinite in the last bin."""

    low: float
    high: float
    n: int


def reliability(bins: Sequence[Mapping[str, Any]]) -> Markup:
    """Confidence against the share of right questions, with Wilson intervals; on the diagonal both are equal."""
    frame = PlotArea(SHARE, SHARE)
    parts = [frame.axes("Confidence", "Share that was right"), frame.line("ideal", (0, 0), (1, 1))]
    parts.append(frame.curve([(b["confidence"], b["right"]) for b in bins]))
    for b in bins:
        low, high = wilson(b["right"], b["n"])
        told = f"{number(b['n'])} questions: confidence {percent(b['confidence'])}, right {percent(b['right'])}"
        parts.append(frame.line("error", (b["confidence"], low), (b["confidence"], high)))
        parts.append(_dot("point", frame.at(b["confidence"], b["right"]), 4, told))
    return _image("Reliability diagram: confidence against the share that was right, table below", parts)


def risk_coverage(points: Sequence[Sequence[float]], here: tuple[float, float] | None) -> Markup:
    """Share of wrong answers among the most confident questions, from few to all.

    Args:
        points: (coverage, risk), rising coverage.
        here: coverage and risk at the threshold of the service.
    """
    frame = PlotArea(SHARE, scale(max([*(risk for _, risk in points), here[1] if here else 0, 0.05]), most=5))
    parts = [frame.axes("Coverage: share of questions answered", "Risk: share of them wrong")]
    parts.append(frame.curve([(coverage, risk) for coverage, risk in points]))
    if here:
        told = f"At the threshold: coverage {percent(here[0])}, risk {percent(here[1])}"
        parts.append(_dot("here", frame.at(*here), 5, told))
    return _image("Risk-coverage curve: share wrong among the most confident questions, table below", parts)


def bins_of(took: Sequence[float]) -> list[Bin]:
    """Milliseconds in equal bins from 0 to beyond the 99th percentile, and a bin for longer times. The width is 1, 2 or
    5 times a power of ten."""
    if not len(took):
        return []
    ordered = sorted(took)
    reach = scale(ordered[min(len(ordered) - 1, math.ceil(0.99 * len(ordered)))], MOST_BINS)
    edges = reach.ticks
    found = [0] * len(edges)
    for value in ordered:
        found[min(len(edges) - 1, int(value / reach.step + 1e-9))] += 1
    return [Bin(low, high, n) for low, high, n in zip(edges, (*edges[1:], math.inf), found, strict=True)]


def histogram(bins: Sequence[Bin], marks: Mapping[str, float]) -> Markup:
    """Questions by their time; `marks` are named times in milliseconds, each with a row for its name."""
    end, width = bins[-1].low, bins[0].high
    inside = {name: value for name, value in marks.items() if value <= end}
    frame = PlotArea(across(end), counts(max(b.n for b in bins)), above=ROW * len(inside), beyond=width)
    parts = [frame.axes("Milliseconds", "Questions")]
    for b in bins:
        (x, y), (right, bottom) = frame.at(b.low, b.n), frame.at(b.low + width, 0)
        over = math.isinf(b.high)
        told = f"over {number(b.low, 1)} ms" if over else f"{number(b.low, 1)} to {number(b.high, 1)} ms"
        bar = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>')
        shape = (round(max(0.5, right - x - 1), 2), round(bottom - y, 2))
        parts.append(bar.format("column over" if over else "column", x, y, *shape, told, number(b.n)))
    return _image("Histogram of the time a question took, table below", [*parts, *_marks(frame, inside)])


def _marks(frame: PlotArea, marks: Mapping[str, float]) -> list[Markup]:
    """A line for each mark, up to the row of its name.

    Names stand to the right of their lines if all fit there, else to the left; if neither side fits all, each name
    takes the side with room. A line ends below the names of other marks on its side.
    """
    places = [(frame.at(value, 0), name) for name, value in marks.items()]
    left = [(place, name) for place, name in places if place[0] + 4 + wide(name, MARK) > WIDTH]
    if left and all(x - 4 - wide(name, MARK) >= frame.left for (x, _), name in places):
        left = places
    right = sorted(one for one in places if one not in left)
    lines, names = [], []
    for row, ((x, bottom), name) in enumerate([*right, *sorted(left, reverse=True)]):
        base = frame.top - frame.above + ROW * row + MARK - 6
        side, anchor = (4, "start") if row < len(right) else (-4, "end")
        lines.append(line("mark", (x, bottom), (x, round(base - MARK + 3, 2))))
        label = Markup('<text class="label" x="{}" y="{}" text-anchor="{}">{}</text>')
        names.append(label.format(round(x + side, 2), round(base, 2), anchor, name))
    return [*lines, *names]


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n (Wilson, 1927); it stays within 0 to 1."""
    if n == 0:
        return 0.0, 1.0
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def _dot(kind: str, place: tuple[float, float], radius: int, told: str) -> Markup:
    shape = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>')
    return shape.format(kind, *place, radius, told)


def _image(label: str, parts: Sequence[Markup]) -> Markup:
    head = '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return Markup(head).format(WIDTH, HEIGHT, label, Markup().join(parts))
