"""A gate for continuous integration: conditions on a summary's figures, and no measure significantly worse than before.

nDCG@10>=0.72                       the mean of a measure
nDCG@10.low>=0.70                   the lower bound of its interval
declining.ece<=0.05, times.p95_ms<50   any other figure of summary.json by its path
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.comparison import ALPHA, Difference, compare_runs
from qa_service.evaluation.significance import holm

__all__ = ["Check", "GateResult", "check_gate", "no_worse_than"]

CONDITION = re.compile(r"\s*(?P<name>[^<>=]+?)\s*(?P<operator>>=|<=|==|>|<)\s*(?P<value>[^<>=\s]+)\s*")
OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": lambda value, wanted: math.isclose(value, wanted, rel_tol=0, abs_tol=5e-7),
}
"""Figures are rounded to six decimals on disk."""
NEITHER_GOOD_NOR_BAD = ("Judged@", "distinct_outlets@")
"""Measures of which less is not worse."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, whether it holds, and a line that says so with the figures."""

    condition: str
    passed: bool
    line: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """Passed when every check is; `warnings` are what a reader of the figures should know."""

    checks: tuple[Check, ...]
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def lines(self) -> tuple[str, ...]:
        """A line a check, for a terminal."""
        return tuple(f"{'pass' if check.passed else 'FAIL'}  {check.line}" for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "checks": [asdict(check) for check in self.checks],
            "warnings": list(self.warnings),
        }


def check_gate(expression: str, summary: Mapping[str, Any]) -> GateResult:
    """Holds a summary against one or several conditions, separated by commas.

    A figure that the run does not have (null) fails its condition.

    Raises:
        InvalidInput: a condition cannot be read, or names nothing that is in the summary; the message lists what is.
    """
    return GateResult(tuple(_check(part, summary) for part in expression.split(",")))


def no_worse_than(baseline: Path, current: Path, alpha: float = ALPHA, seed: int = 0) -> GateResult:
    """Fails where a measure of the folder `current` is significantly lower than that of `baseline`: paired
    randomisation tests, Holm's correction over the measures.

    Raises:
        InvalidInput: they cannot be compared, or were judged by different kinds of relevance.
    """
    compared = compare_runs([baseline, current], seed=seed)
    before, after = (run.relevance for run in compared.runs.values())
    if before != after:
        raise InvalidInput(
            f"{baseline} was judged by {before}, {current} by {after}; their figures do not compare.",
            param="no-worse-than",
        )
    rows = [row for row in compared.differences if not row.measure.startswith(NEITHER_GOOD_NOR_BAD)]
    if not rows:
        raise InvalidInput(f"{baseline} and {current} share no measure of which more is better.", param="no-worse-than")
    corrected = holm([row.paired.p for row in rows])
    old, new = compared.runs.values()
    lost = len(old.figures.keys() - new.figures.keys())
    kept = Check(
        "every question with gold is still there",
        not lost,
        f"{lost} of {len(old.figures)} questions with gold of {baseline} are not measured any more",
    )
    return GateResult(
        (kept, *(_no_worse(row, p, alpha) for row, p in zip(rows, corrected, strict=True))), compared.warnings
    )


def _no_worse(row: Difference, p: float, alpha: float) -> Check:
    worse = row.paired.difference < 0 and p < alpha
    return Check(
        f"{row.measure} no worse than before",
        not worse,
        f"{row.measure} {row.paired.difference:+.4f} [{row.paired.low:+.4f}, {row.paired.high:+.4f}], "
        f"p {p:.4f} after Holm's correction: {'significantly worse' if worse else 'not significantly worse'}",
    )


def _check(part: str, summary: Mapping[str, Any]) -> Check:
    condition = CONDITION.fullmatch(part)
    try:
        wanted = float(condition["value"]) if condition else math.nan
    except ValueError:
        wanted = math.nan
    if condition is None or not math.isfinite(wanted):
        raise InvalidInput(
            f"{part.strip()!r} is no condition; write a measure, one of {' '.join(OPERATORS)}, and a number, "
            "such as nDCG@10>=0.72.",
            param="gate",
        )
    name, sign = condition["name"], condition["operator"]
    figures = dict(_figures(summary))
    if name not in figures:
        known = ", ".join(figure for figure in figures if not figure.startswith("slices."))
        raise InvalidInput(f"The summary has no figure {name!r}; it has {known}, and slices.….", param="gate")
    value = figures[name]
    passed = value is not None and OPERATORS[sign](value, wanted)
    shown = "has no value in this run" if value is None else f"is {value:.6g}"
    return Check(part.strip(), passed, f"{name} {shown}, wanted {sign} {condition['value']}")


def _figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Everything that a condition can name: measures by their own names, the rest by its path."""
    for name, measure in (summary.get("measures") or {}).items():
        yield name, measure.get("mean")
        yield from ((f"{name}.{part}", measure[part]) for part in ("low", "high", "n") if part in measure)
    yield from _paths({name: value for name, value in summary.items() if name != "measures"}, "")


def _paths(tree: Mapping[str, Any], before: str) -> Iterator[tuple[str, float | None]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{before}{name}.")
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield f"{before}{name}", value
