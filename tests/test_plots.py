"""The plots of the report: ticks, labels that do not touch, bars as long as their figures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from qa_service.evaluation.report import bars, plots
from qa_service.evaluation.report.axes import HEIGHT, WIDTH, Scale, counts, scale

TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
SIZES = {"tick": 12, "axis": 12, "label": 11}
"""As base.css has them."""
LETTER = 0.64
"""Of its size: a digit of DejaVu Sans, the widest of the fonts that the page names."""


def boxes(svg: str) -> Iterator[tuple[str, float, float, float, float]]:
    """What each text of a drawing covers: text, left, top, right, bottom."""
    for attributes, text in TEXT.findall(svg):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        size = SIZES[found["class"]]
        length = LETTER * size * len(text)
        before = {"start": 0.0, "middle": length / 2, "end": length}[found["text-anchor"]]
        if "transform" in found:  # turned by a quarter, so that it reads upwards
            x, y = map(float, re.findall(r"-?[\d.]+", found["transform"])[:2])
            yield text, x - 0.8 * size, y - before, x + 0.25 * size, y + before
        else:
            x, y = float(found["x"]), float(found["y"])
            yield text, x - before, y - 0.8 * size, x - before + length, y + 0.25 * size


def collisions(svg: str) -> list[str]:
    """Texts that touch another, or leave the drawing."""
    drawn = list(boxes(svg))
    assert drawn
    outside = [t for t, left, top, right, low in drawn if left < 0 or top < 0 or right > WIDTH or low > HEIGHT]
    touching = [
        f"{one[0]} / {other[0]}"
        for one, other in combinations(drawn, 2)
        if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
    ]
    return [*outside, *touching]


def test_two_texts_at_one_place_are_seen() -> None:
    one = '<text class="tick" x="50" y="50" text-anchor="end">0.5</text>'
    assert collisions(one) == []
    assert collisions(one + one.replace('x="50"', 'x="60"')) == ["0.5 / 0.5"]
    assert collisions(one.replace('x="50"', 'x="20"')) == ["0.5"]
    turned = '<text class="axis" transform="translate(40 50) rotate(-90)" text-anchor="middle">Risk</text>'
    assert collisions(one + turned) == ["0.5 / Risk"]


@pytest.mark.parametrize(
    ("top", "most", "step", "end"),
    [
        (1, 6, 0.2, 1.0),
        (0.21, 5, 0.05, 0.25),  # 0.02 would need 11 of them
        (0.30, 5, 0.1, 0.3),  # 0.05 would need 6
        (0.05, 5, 0.01, 0.05),
        (22.6, 30, 1, 23),
        (100, 5, 20, 100),
        (101, 5, 50, 150),
        (7.5e6, 5, 2e6, 8e6),
        (3e-4, 5, 1e-4, 3e-4),
        (0, 5, 0.2, 1.0),
    ],
)
def test_ticks_are_one_two_or_five_apart(top: float, most: int, step: float, end: float) -> None:
    found = scale(top, most)
    assert (found.step, found.end) == (pytest.approx(step), pytest.approx(end))
    assert found.ticks[0] == 0
    assert found.ticks[-1] == pytest.approx(end)
    gaps = [b - a for a, b in zip(found.ticks, found.ticks[1:], strict=False)]
    assert gaps == pytest.approx([step] * len(gaps))


def test_labels_of_ticks_have_the_decimals_of_their_step() -> None:
    assert scale(0.21, 5).labels == ("0.00", "0.05", "0.10", "0.15", "0.20", "0.25")
    assert scale(1.0).labels == ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")
    assert scale(12_000, 5).labels == ("0", "5\u202f000", "10\u202f000", "15\u202f000")
    # an axis may end between two ticks
    assert Scale(10, 43).labels == ("0", "10", "20", "30", "40")


def test_what_is_counted_has_whole_ticks() -> None:
    assert counts(1) == Scale(1, 1)
    assert counts(3) == Scale(1, 3)
    assert counts(62) == Scale(20, 80)


@pytest.mark.parametrize("risk", [0.0, 0.004, 0.05, 0.21, 0.3, 0.77, 1.0])
def test_no_label_of_the_risk_curve_touches_another(risk: float) -> None:
    drawn = plots.risk_coverage([(0.1, 0.0), (1.0, risk)], (0.5, risk / 2))
    assert collisions(drawn) == []


def test_no_label_of_the_reliability_diagram_touches_another() -> None:
    assert collisions(plots.reliability([{"confidence": 0.9, "right": 1.0, "n": 4}])) == []


TIMES: list[tuple[float, float, float]] = [
    (17.4, 20.3, 22.6),
    (20.0, 20.1, 20.2),
    (0.3, 0.31, 98.0),
    (0.3, 90.0, 98.0),
    (40.0, 41.0, 98.0),
    (14.5, 17.4, 19.3),
    (1000.0, 10_000.0, 99_000.0),
    (0.001, 0.002, 0.003),
    (5.0, 5.0, 5.0),
]


@pytest.mark.parametrize("many", [1, 40, 3000])
@pytest.mark.parametrize("times", TIMES)
def test_no_label_of_the_times_touches_another_or_is_cut(times: tuple[float, float, float], many: int) -> None:
    p50, p95, p99 = times
    took = [p50] * (96 * many) + [p95] * (3 * many) + [p99] * many + [3 * p99]
    marks = {f"{name} {value:.1f} ms": value for name, value in zip(("p50", "p95", "p99"), times, strict=True)}
    drawn = plots.histogram(plots.bins_of(took), marks)
    assert collisions(drawn) == []
    assert [name for name in marks if name in drawn] == list(marks)
    # no line runs through a name
    drawn_lines = re.findall(r'<line class="mark" x1="([\d.]+)" y1="([\d.]+)" x2="[\d.]+" y2="([\d.]+)"', drawn)
    for text, left, _, right, low in boxes(drawn):
        assert not [x for x, _, end in drawn_lines if text in marks and left < float(x) < right and float(end) < low]
    # names stand over the columns, not in them
    highest = min(float(y) for y in re.findall(r'<line class="grid" [^>]*y1="([\d.]+)"', drawn))
    assert [text for text, _, _, _, low in boxes(drawn) if text in marks and low > highest] == []


def test_a_mark_past_the_scale_has_no_line() -> None:
    assert "p99" not in plots.histogram(plots.bins_of([1.0, 2.0]), {"p50": 1.0, "p99": 2.5})


def test_wilson() -> None:
    # 8 of 10, z = 1.959964, z^2 = 3.841459: centre (.8 + .19207) / 1.384146 = .71674;
    # half 1.959964 * sqrt(.016 + .0096036) / 1.384146 = .22658.
    assert plots.wilson(0.8, 10) == pytest.approx((0.49016, 0.94332), abs=2e-5)
    assert plots.wilson(1.0, 10)[1] == pytest.approx(1.0)
    assert plots.wilson(0.0, 10)[0] == 0.0
    assert plots.wilson(0.5, 0) == (0.0, 1.0)


def test_the_last_bin_takes_what_is_slower_than_the_scale() -> None:
    # 199 questions of 0.1 to 19.9 ms and one of 500; the 99th percentile is the 199th, 19.9: the scale ends at 20, in
    # bins of 1 ms (of 0.5 there would be 40).
    found = plots.bins_of([n / 10 for n in range(1, 200)] + [500.0])
    assert len(found) == 21
    assert (found[0].low, found[-2].high, found[-1].low) == (0.0, 20.0, 20.0)
    assert math.isinf(found[-1].high)
    assert sum(b.n for b in found) == 200
    assert found[-1].n == 1
    assert (found[0].n, found[1].n) == (9, 10)  # .1 to .9; 1.0 to 1.9
    assert plots.bins_of([]) == []


def test_all_at_once_takes_no_time_and_is_still_drawn() -> None:
    found = plots.bins_of([0.0, 0.0])
    assert found[0].n == 2
    assert "<rect" in plots.histogram(found, {"p50": 0.0})


def test_bars_are_as_long_as_their_figures() -> None:
    assert '<rect class="bar" x="0" y="2" width="73.0" height="8"/>' in bars.interval_bar(0.73)
    assert '<rect class="whisker" x="70.0" y="4.5" width="6.0" height="3"/>' in bars.interval_bar(0.73, 0.7, 0.76)
    assert bars.interval_bar(3.2) == ""
    assert bars.interval_bar(None) == ""


@pytest.mark.parametrize(
    ("difference", "kind", "shape"),
    [
        # -.02 on a scale of .04 to each side is half of the left half: from 25 to 50.
        (-0.02, "poor", 'class="bar poor" x="25.0" y="2" width="25.0"'),
        (0.02, "good", 'class="bar good" x="50.0" y="2" width="25.0"'),
        (0.02, "", 'class="bar" x="50.0" y="2" width="25.0"'),
    ],
)
def test_a_difference_is_drawn_from_the_middle(difference: float, kind: str, shape: str) -> None:
    row: dict[str, Any] = {"low": min(0, difference), "high": max(0, difference), "span": 0.04}
    assert shape in bars.difference_bar(difference, **row, kind=kind)
