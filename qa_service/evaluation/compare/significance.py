"""Whether a difference between two systems over the same questions is more than chance.

- Paired randomisation test, two-sided: under the null hypothesis either system could have given either figure, so the
  signs of the differences are flipped at random (Smucker, Allan & Carterette, "A Comparison of Statistical Significance
  Tests for Information Retrieval Evaluation", CIKM 2007). All flips are tried where there are at most as many as draws.
  Equal to `scipy.stats.permutation_test(permutation_type="samples")`, in memory that does not grow with the draws.
- Holm's correction over several tests ("A Simple Sequentially Rejective Multiple Test Procedure", 1979).
- Effect size: Cohen's d of paired differences, d_z = mean / standard deviation (Lakens, 2013).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.evaluation.grade.bootstrap import bootstrap_interval

__all__ = [
    "PERMUTATIONS",
    "PairedDifference",
    "effect_size",
    "holm",
    "paired_difference",
    "randomisation_p",
    "smallest_p",
]

PERMUTATIONS = 10_000
EQUAL = 1e-9
"""Differences up to this are ties: figures of one question are rounded to six decimals on disk."""
CELLS = 4_000_000
"""Signs in memory at once."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """B minus A over n questions that both answered; `low` to `high` is the 95 % bootstrap interval of the mean."""

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
    """Everything about two columns of figures of the same questions, in the same order; positive where `other` is
    higher.

    Raises:
        InvalidInput: there are none.
        ValueError: the columns differ in length.
    """
    first, second = np.asarray(baseline, np.float64), np.asarray(other, np.float64)
    if first.shape != second.shape:
        raise ValueError(f"{first.size} figures against {second.size}")
    differences = second - first
    differences[np.abs(differences) <= EQUAL] = 0.0
    mean, low, high = bootstrap_interval(differences, seed)
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    p, effect = randomisation_p(differences, seed), effect_size(differences)
    return PairedDifference(
        len(differences), mean, low, high, p, effect, wins, losses, len(differences) - wins - losses
    )


def randomisation_p(differences: Sequence[float] | Floats, seed: int = 0, permutations: int = PERMUTATIONS) -> float:
    """Share of sign flips whose sum is at least as far from 0 as that of the differences; exact for few questions,
    else (hits + 1) / (draws + 1), which is never 0."""
    values = np.asarray(differences, np.float64)
    # A difference of 0 adds nothing whichever its sign; without them, more sets are small enough to be counted out.
    values = values[values != 0]
    if not values.size:
        return 1.0
    # Sums of the same numbers in another order may differ in the last bits.
    observed = abs(float(values.sum())) - 1e-12 * float(np.abs(values).sum())
    exact = _counted_out(values.size, permutations)
    draws = 2**values.size if exact else permutations
    rng = np.random.default_rng(seed)
    hits, step = 0, max(1, CELLS // values.size)
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        flipped = _all_flips(start, rows, values.size) if exact else _random_flips(rng, rows, values.size)
        # Flipped ones leave the sum and join the other side: the sum of signed values is total - 2 * flipped.
        hits += int((np.abs(values.sum() - 2 * (flipped @ values)) >= observed).sum())
    return hits / draws if exact else (hits + 1) / (draws + 1)


def smallest_p(differing: int, permutations: int = PERMUTATIONS) -> float:
    """The least that `randomisation_p` can give for so many differences that are not 0: all signs alike, so that of all
    the flips only two, none and all, reach as far."""
    if not differing:
        return 1.0
    return 2 / 2**differing if _counted_out(differing, permutations) else 1 / (permutations + 1)


def _counted_out(differing: int, permutations: int) -> bool:
    return differing < 63 and 2**differing <= permutations


def _all_flips(start: int, rows: int, columns: int) -> Floats:
    """The binary digits of the numbers from `start` on: shape (rows, columns), 0 or 1."""
    numbers = np.arange(start, start + rows)[:, None]
    return ((numbers >> np.arange(columns)) & 1).astype(np.float64)


def _random_flips(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    width = math.ceil(columns / 8)
    drawn = np.frombuffer(rng.bytes(rows * width), np.uint8).reshape(rows, width)
    return np.unpackbits(drawn, axis=1, count=columns).astype(np.float64)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being several, in their order: reject those below alpha, and the chance of a single
    false rejection stays below alpha."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for done, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - done) * p_values[place]))
        corrected[place] = highest
    return corrected


def effect_size(differences: Sequence[float] | Floats) -> float | None:
    """Cohen's d_z; None for fewer than two differences, or where they are all equal."""
    values = np.asarray(differences, np.float64)
    if values.size < 2:
        return None
    spread = float(values.std(ddof=1))
    return float(values.mean()) / spread if spread > EQUAL else None
