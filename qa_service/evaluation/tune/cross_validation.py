"""Cross-validation over questions: on each fold's training part the best setting is chosen, on its held-out part it is
measured. Every question is held out once, so the held-out figures pair up with the default's on the same questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.significance import PairedDifference, paired_difference
from qa_service.evaluation.tune.folds import Folds

__all__ = ["DEFAULT", "CrossValidation", "best_candidate", "cross_validate"]

DEFAULT = 0
"""The number of the candidate that changes nothing."""

Values = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FoldResult:
    """What one fold chose, and the means of the measure; `train` and `test` count questions with gold."""

    chosen: int
    train: int
    test: int
    trained: float
    held_out: float
    default_held_out: float


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """`train_mean` and `held_out_mean` weigh every question alike, whatever the sizes of the folds; their distance is
    the over-fitting, 0 where all folds chose the same.
    `against_default` pairs held-out figures with the default's. `winner` is the best on all questions, and
    `winner_mean` its mean there."""

    folds: tuple[FoldResult, ...]
    train_mean: float
    held_out_mean: float
    default_mean: float
    against_default: PairedDifference
    winner: int
    winner_mean: float

    @property
    def better(self) -> bool:
        """Whether choosing beats the default by more than chance."""
        return self.winner != DEFAULT and self.against_default.low > 0


def best_candidate(values: Values, rows: Mask, allowed: Mask) -> int:
    """The candidate of the highest mean over those rows; of equal ones the first, so the default before any other."""
    means = values[rows].mean(axis=0, dtype=np.float64)
    return int(np.argmax(np.where(allowed, np.round(means, 9), -np.inf)))


def cross_validate(values: Values, folds: Folds, allowed: Mask, seed: int) -> CrossValidation:
    """Args:
        values: (n, c), NaN for questions without gold, which count for nothing.
        allowed: bool (folds + 1, c), the candidates that each fold may choose among; the last line is for the winner.

    Raises:
        InvalidInput: no fold has questions with gold both in it and out of it.
    """
    gold = ~np.isnan(values[:, DEFAULT])
    tested, held_out = np.zeros(len(values), np.bool_), np.zeros(len(values))
    results: list[FoldResult] = []
    for fold in range(folds.count):
        train, test = folds.train(fold) & gold, folds.test(fold) & gold
        if not (train.any() and test.any()):
            continue
        chosen = best_candidate(values, train, allowed[fold])
        tested |= test
        held_out[test] = values[test, chosen]
        means = [_mean(values, train, chosen), _mean(values, test, chosen), _mean(values, test, DEFAULT)]
        results.append(FoldResult(chosen, int(train.sum()), int(test.sum()), *means))
    if not results:
        raise InvalidInput(
            "The questions with gold for this measure all fell into one fold, so nothing chosen on some can be "
            "measured on others. Add questions.",
            param="folds",
        )
    default = values[tested, DEFAULT].astype(np.float64)
    winner = best_candidate(values, gold, allowed[-1])
    return CrossValidation(
        tuple(results),
        sum(result.trained * result.train for result in results) / sum(result.train for result in results),
        float(held_out[tested].mean()),
        float(default.mean()),
        paired_difference(default, held_out[tested], seed),
        winner,
        _mean(values, gold, winner),
    )


def _mean(values: Values, rows: Mask, candidate: int) -> float:
    return float(values[rows, candidate].mean(dtype=np.float64))
