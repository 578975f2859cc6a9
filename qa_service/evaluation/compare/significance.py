"""Tests whether a difference between two systems over the same questions is more than chance.

- Paired randomisation test, two-sided. Under the null hypothesis either system could have given either figure, so the
  signs of the differences are flipped at random (Smucker, Allan & Carterette, "A Comparison of Statistical Significance
  Tests for Information Retrieval Evaluation", CIKM 2007). All flips are tried if there are at most as many as draws.
  `scipy.stats.permutation_test(permutation_type="samples")` computes the same. It draws other flips from the same seed,
  which would change reported p-values, and its memory grows with the draws.
- Holm's correction for several tests ("A Simple Sequentially Rejective Multiple Test Procedure", 1979); SciPy lacks it.
- Effect size: Cohen's d of paired differences, d_z = mean / standard deviation (Lakens, 2013).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.evaluation.grade.bootstrap import bootstrap_interval

PERMUTATIONS = 10_000
EQUAL = 1e-9
"""Differences up to this are ties, because figures are rounded to six decimals on disk."""
CELLS = 4_000_000
"""Number of signs in memory at once."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """B minus A over n common questions; `low` to `high` is the 95 % bootstrap interval of the mean."""

    n: int
    difference: float
    low: float
    high: float
    p: float
    effect: float | None
    wins: int
    losses: int
    ties: int


def paired_difference(
    baseline: Sequence[float] | Floats, other: Sequence[float] | Floats, seed: int = 0
) -> PairedDifference:
    """The difference of two columns of figures of the same questions; positive where `other` is higher.

    Raises:
        InvalidInput: the columns are empty.
        ValueError: the columns differ in length.
    """
    first, second = np.asarray(baseline, np.float64), np.asarray(other, np.float64)
    if first.shape != second.shape:
        raise ValueError(f"{first.size} figures against {second.size}")
    differences = second - first
    differences[np.abs(differences) <= EQUAL] = 0.0
    mean, low, high = bootstrap_interval(differences, seed)
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    p, effect, n = randomisation_p(differences, seed), effect_size(differences), len(differences)
    return PairedDifference(n, mean, low, high, p, effect, wins, losses, n - wins - losses)


def randomisation_p(differences: Sequence[float] | Floats, seed: int = 0, permutations: int = PERMUTATIONS) -> float:
    """Share of sign flips whose sum is at least as far from 0 as the sum of the differences. It is exact for few
    questions, else (hits + 1) / (draws + 1), which is never 0."""
    values = np.asarray(differences, np.float64)
    # The sign of a difference of 0 has no effect; without zeros, more sets are small enough to try all flips.
    values = values[values != 0]
    if not values.size:
        return 1.0
    # Sums in another order may differ in the last bits.
    observed = abs(float(values.sum())) - 1e-12 * float(np.abs(values).sum())
    exact = _all_tried(values.size, permutations)
    draws = 2**values.size if exact else permutations
    rng = np.random.default_rng(seed)
    hits, step = 0, max(1, CELLS // values.size)
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        flipped = _all_flips(start, rows, values.size) if exact else _random_flips(rng, rows, values.size)
        # The sum of signed values is the total minus twice the flipped values.
        hits += int((np.abs(values.sum() - 2 * (flipped @ values)) >= observed).sum())
    return hits / draws if exact else (hits + 1) / (draws + 1)


def smallest_p(differing: int, permutations: int = PERMUTATIONS) -> float:
    """The smallest possible `randomisation_p` for so many differences other than 0. With equal signs only two flips
    reach as far: none and all."""
    if not differing:
        return 1.0
    return 2 / 2**differing if _all_tried(differing, permutations) else 1 / (permutations + 1)


def _all_tried(differing: int, permutations: int) -> bool:
    return differing < 63 and 2**differing <= permutations


def _all_flips(start: int, rows: int, columns: int) -> Floats:
    """The binary digits of the numbers from `start`: shape (rows, columns), 0 or 1."""
    numbers = np.arange(start, start + rows)[:, None]
    return ((numbers >> np.arange(columns)) & 1).astype(np.float64)


def _random_flips(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    width = math.ceil(columns / 8)
    drawn = np.frombuffer(rng.bytes(rows * width), np.uint8).reshape(rows, width)
    return np.unpackbits(drawn, axis=1, count=columns).astype(np.float64)


def holm(p_values: Sequence[float]) -> list[float]:
    """The corrected p-values, in the same order. Rejecting those below alpha keeps the chance of any false rejection
    below alpha."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for done, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - done) * p_values[place]))
        corrected[place] = highest
    return corrected


def effect_size(differences: Sequence[float] | Floats) -> float | None:
    """Cohen's d_z; None for fewer than two differences, or if all are equal."""
    values = np.asarray(differences, np.float64)
    if values.size < 2:
        return None
    spread = float(values.std(ddof=1))
    return float(values.mean()) / spread if spread > EQUAL else None
