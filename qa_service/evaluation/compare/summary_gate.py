"""The gate of `--gate`: conditions on the figures of a summary. `regression_gate` has the gate of `--no-worse-than`.

nDCG@10>=0.72                       the mean of a measure
nDCG@10.low>=0.70                   the lower bound of its interval; slices.tag.who.nDCG@10.low: of a part
declining.ece<=0.05, times.p95_ms<50   any other figure of summary.json by its path
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.evaluation.grade.bootstrap import tells, why_not

__all__ = ["Check", "GateResult", "check_gate", "refuse_unknown_figures"]

CONDITION = re.compile(r"\s*(?P<name>[^<>=]+?)\s*(?P<operator>>=|<=|==|>|<)\s*(?P<value>[^<>=\s]+)\s*")
OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": lambda value, wanted: math.isclose(value, wanted, rel_tol=0, abs_tol=5e-7),
}
"""`==` allows for figures that are rounded to six decimals on disk."""


@dataclass(frozen=True, slots=True)
class Check:
    """A condition, whether it holds, and a line with the figures."""

    condition: str
    passed: bool
    line: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """The checks of a gate and warnings about their figures."""

    checks: tuple[Check, ...]
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def lines(self) -> tuple[str, ...]:
        """A line per check, for a terminal."""
        return tuple(f"{'pass' if check.passed else 'FAIL'}  {check.line}" for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        checks = [asdict(check) for check in self.checks]
        return {"passed": self.passed, "checks": checks, "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class _Condition:
    text: str
    name: str
    operator: str
    wanted: str


def check_gate(expression: str, summary: Mapping[str, Any]) -> GateResult:
    """Check one or more conditions, separated by commas. A figure without a value (null) fails its condition.

    Raises:
        InvalidInput: a condition is malformed, or names an unknown figure; the message lists the known figures.
    """
    figures = dict(_figures(summary))
    conditions = list(_conditions(expression))
    for condition in conditions:
        if condition.name not in figures:
            raise _unknown(condition.name, figures)
    checks = tuple(_check(condition, figures[condition.name]) for condition in conditions)
    return GateResult(checks, tuple(_doubts(conditions, figures)))


def refuse_unknown_figures(expressions: Iterable[str], planned: Mapping[str, Any]) -> None:
    """Check, before anything is asked, that the evaluation will have the figures of the conditions.

    Args:
        planned: the summary as far as it is known (`planned_summary`).

    Raises:
        InvalidInput: a condition is malformed, or names a figure that the evaluation will not have.
    """
    figures = dict(_figures(planned))
    for expression in expressions:
        for condition in _conditions(expression):
            if condition.name not in figures:
                raise _unknown(condition.name, figures)
            if figures[condition.name] is None:
                raise InvalidInput(
                    f"{condition.name} has no value on this question set: it needs questions marked as answerable "
                    "or unanswerable, or gold answers.",
                    param="gate",
                )


def _conditions(expression: str) -> Iterator[_Condition]:
    for part in expression.split(","):
        found = CONDITION.fullmatch(part)
        try:
            wanted = float(found["value"]) if found else math.nan
        except ValueError:
            wanted = math.nan
        if found is None or not math.isfinite(wanted):
            raise InvalidInput(
                f"{part.strip()!r} is no condition; write a figure, one of {' '.join(OPERATORS)}, and a number, "
                "such as nDCG@10>=0.72.",
                param="gate",
            )
        yield _Condition(part.strip(), found["name"], found["operator"], found["value"])


def _check(condition: _Condition, value: float | None) -> Check:
    passed = value is not None and OPERATORS[condition.operator](value, float(condition.wanted))
    shown = "has no value in this run" if value is None else f"is {value:.6g}"
    line = f"{condition.name} {shown}, wanted {condition.operator} {condition.wanted}"
    return Check(condition.text, passed, line)


def _doubts(conditions: Iterable[_Condition], figures: Mapping[str, float | None]) -> Iterator[str]:
    """A warning for each bound of an interval that is not informative (`bootstrap.tells`)."""
    for name in dict.fromkeys(condition.name for condition in conditions):
        figure, _, part = name.rpartition(".")
        if part not in ("low", "high") or figures[name] is None:
            continue
        n = figures.get(f"{figure}.n", figures.get(f"{figure.rpartition('.')[0]}.n"))
        if not tells(n, figures[f"{figure}.low"], figures[f"{figure}.high"]):
            yield f"{name} is a bound of an interval that says nothing: {why_not(n)}. Hold the mean instead."


def _unknown(name: str, figures: Mapping[str, float | None]) -> InvalidInput:
    parts = name.split(".")
    if parts[0] == "slices" and figures.get(".".join([*parts[:3], "n"])) == 0:
        return InvalidInput(
            f"There is no figure {name!r}: the set has questions of {'.'.join(parts[:3])}, but none of them has gold "
            "that is measured.",
            param="gate",
        )
    # Bounds are not listed beside their measure.
    listed = (figure for figure in figures if figure.rpartition(".")[0] not in figures)
    known = [figure for figure in listed if not figure.startswith("slices.")]
    return InvalidInput(
        f"There is no figure {name!r}{did_you_mean(name, figures)} There are {', '.join(known)}; of a measure .low, "
        ".high and .n; and those under slices., such as slices.type.who.n and slices.type.who.nDCG@10.low.",
        param="gate",
    )


def _figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Every figure that a condition can name: measures by their names, other figures by their paths."""
    for name, measure in (summary.get("measures") or {}).items():
        yield name, measure.get("mean")
        yield from ((f"{name}.{part}", measure[part]) for part in ("low", "high", "n") if part in measure)
    yield from _paths({name: value for name, value in summary.items() if name not in ("measures", "slices")}, "")
    for by, slices in (summary.get("slices") or {}).items():
        for value, figures in slices.items():
            path = f"slices.{by}.{value}"
            yield from ((f"{path}.{name}", mean) for name, mean in figures.items() if not isinstance(mean, Mapping))
            for part in ("low", "high"):
                yield from ((f"{path}.{name}.{part}", bound) for name, bound in (figures.get(part) or {}).items())


def _paths(tree: Mapping[str, Any], before: str) -> Iterator[tuple[str, float | None]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{before}{name}.")
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield f"{before}{name}", value
