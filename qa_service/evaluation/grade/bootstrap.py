"""Bootstrap percentile intervals of means over questions (Efron & Tibshirani, 1993, ch. 13).

Columns of equal length (the measures of one set of questions) share their resamples, which saves time and changes no
figure. Memory does not grow with the number of resamples. `scipy.stats.bootstrap` draws other resamples from the same
seed, so it would change reported figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput

__all__ = ["FEW", "LEVEL", "RESAMPLES", "bootstrap_interval", "bootstrap_intervals", "tells", "why_not"]

RESAMPLES = 2000
LEVEL = 0.95
FEW = 10
"""With fewer values a bootstrap interval is far too narrow (Hesterberg, The American Statistician, 2015)."""


def tells(n: float | None, low: float | None, high: float | None) -> bool:
    """Whether an interval is informative. It is not with few values, nor with equal values: each resample of equal
    values has the same mean, whatever other questions would give."""
    return n is not None and n >= FEW and low is not None and high is not None and low < high


def why_not(n: float | None) -> str:
    """The reason why an interval is not informative."""
    return f"it rests on less than {FEW} questions" if n is None or n < FEW else "all its questions score alike"


def bootstrap_interval(
    values: Sequence[float] | npt.NDArray[np.float64], seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float, float]:
    """The mean and the bounds of its 95 % interval.

    Raises:
        InvalidInput: there are no values.
    """
    return bootstrap_intervals({"values": values}, seed, resamples)["values"]


def bootstrap_intervals(
    columns: Mapping[str, Sequence[float] | npt.NDArray[np.float64]], seed: int = 0, resamples: int = RESAMPLES
) -> dict[str, tuple[float, float, float]]:
    """Mean, low and high of each column. Columns of equal length are resampled together.

    Raises:
        InvalidInput: a column has no values.
    """
    by_length: dict[int, list[str]] = {}
    for name, values in columns.items():
        if not len(values):
            raise InvalidInput(f"There are no values of {name!r} to take a mean of.", param=name)
        by_length.setdefault(len(values), []).append(name)
    found: dict[str, tuple[float, float, float]] = {}
    for names in by_length.values():
        matrix = np.column_stack([np.asarray(columns[name], np.float64) for name in names])
        means = _resampled_means(matrix, seed, resamples)
        bounds = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        for column, name in enumerate(names):
            found[name] = (float(matrix[:, column].mean()), float(bounds[0, column]), float(bounds[1, column]))
    return {name: found[name] for name in columns}


def _resampled_means(matrix: npt.NDArray[np.float64], seed: int, resamples: int) -> npt.NDArray[np.float64]:
    """The means (resamples, columns) of a matrix (n, columns). A resample is a vector of n counts: how often each row
    was drawn."""
    rng = np.random.default_rng(seed)
    rows = len(matrix)
    means = np.empty((resamples, matrix.shape[1]))
    for number in range(resamples):
        counts = np.bincount(rng.integers(rows, size=rows, dtype=np.int32), minlength=rows)
        means[number] = counts @ matrix / rows
    return means
