"""A bar chart as an SVG file: groups of horizontal bars, each with its figure, in light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

__all__ = ["bars", "figure"]

WIDTH, LEFT, RIGHT = 640, 120, 90
"""Of the drawing, of the names before the bars, and of the figures after them."""
BAR, GAP, HEAD = 14, 12, 46
COLOURS = ("#2563eb", "#d97706", "#64748b", "#059669")
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2937}.title{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}}"
)


def bars(title: str, groups: Mapping[str, Mapping[str, float | None]], missing: str = "") -> str:
    """The SVG text.

    Args:
        groups: name of a group -> series -> value of at least 0. All groups have the same series.
        missing: stands for a value that is None.
    """
    series = list(next(iter(groups.values())))
    top = max((value for group in groups.values() for value in group.values() if value is not None), default=0) or 1
    parts = [f'<text class="title" x="0" y="14">{escape(title)}</text>', *_legend(series)]
    y = HEAD
    for name, group in groups.items():
        middle = y + BAR * len(series) / 2 + 4
        parts.append(f'<text x="{LEFT - 8}" y="{middle:g}" text-anchor="end">{escape(name)}</text>')
        for colour, value in zip(COLOURS, group.values(), strict=False):
            width = 0 if value is None else round(value / top * (WIDTH - LEFT - RIGHT), 1)
            shape = f'<rect x="{LEFT}" y="{y}" width="{width}" height="{BAR - 2}" fill="{colour}"/>'
            text = missing if value is None else figure(value)
            parts += [shape, f'<text x="{LEFT + width + 6:g}" y="{y + BAR - 4}">{escape(text)}</text>']
            y += BAR
        y += GAP
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>", ""])


def figure(value: float) -> str:
    """Three digits, all of those before the point, or three decimals below 0.1; `-` for what is not a number."""
    if math.isnan(value):
        return "-"
    if value == int(value) or abs(value) >= 99.5:
        return f"{value:.0f}"
    return f"{value:#.3g}" if abs(value) >= 0.1 else f"{value:.3f}"


def _legend(series: Sequence[str]) -> list[str]:
    parts, x = [], 0
    for colour, name in zip(COLOURS, series, strict=False):
        parts.append(f'<rect x="{x}" y="24" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="33">{escape(name)}</text>')
        x += 40 + 8 * len(name)
    return parts
