"""The bars in table rows: a share with its interval, and a difference with its interval.

Classes style them, because the page's policy forbids style attributes.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

__all__ = ["difference_bar", "interval_bar"]


def interval_bar(mean: float | None, low: float | None = None, high: float | None = None) -> Markup:
    """A share from 0 to 1 as a bar, with its interval as a line; empty for a value outside, which has another unit."""
    if mean is None or not 0 <= mean <= 1:
        return Markup()
    bar = [_rect("track", 0, 2, 100, 8), _rect("bar", 0, 2, 100 * mean, 8)]
    if low is not None and high is not None:
        bar.append(_rect("whisker", 100 * low, 4.5, max(0.6, 100 * (high - low)), 3))
    return _strip(bar)


def difference_bar(difference: float, low: float, high: float, span: float, kind: str) -> Markup:
    """A difference with its interval on a scale from -span to span, 0 in the middle.

    Args:
        kind: "good", "poor", or "" for a difference that is neither.
    """
    scale = 50 / (span or 1)
    start, end = sorted((50.0, 50 + scale * difference))
    bar = [_rect("track", 0, 2, 100, 8), _rect(f"bar {kind}".strip(), start, 2, end - start, 8)]
    bar.append(_rect("whisker", 50 + scale * low, 4.5, max(0.6, scale * (high - low)), 3))
    return _strip([*bar, _rect("middle", 49.8, 0, 0.4, 12)])


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
    return shape.format(kind, round(x, 2), y, round(width, 2), height)


def _strip(shapes: Sequence[Markup]) -> Markup:
    inside = Markup().join(shapes)
    head = '<svg class="strip" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    return Markup(head + "{}</svg>").format(inside)
