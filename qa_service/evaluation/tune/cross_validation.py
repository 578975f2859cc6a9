"""Cross-validation over questions: each fold's training part chooses a candidate, its held-out part measures it.

Every question is held out once. So the held-out scores pair with the default's scores on the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.significance import PairedDifference, paired_difference
from qa_service.evaluation.tune.folds import Folds

__all__ = ["DEFAULT", "CrossValidation", "cross_validate"]

DEFAULT = 0
"""The number of the candidate that changes nothing."""

Values = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FoldResult:
    """The candidate that one fold chose, and the means of the measure; `train` and `test` count questions with gold."""

    chosen: int
    train: int
    test: int
    trained: float
    held_out: float
    default_held_out: float


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """`train_mean` and `held_out_mean` weigh every question alike; their difference is the over-fitting.

    `against_default` pairs the held-out scores with the default's. `winner` is the best candidate on all questions.
    """

    folds: tuple[FoldResult, ...]
    train_mean: float
    held_out_mean: float
    default_mean: float
    against_default: PairedDifference
    winner: int
    winner_mean: float

    @property
    def better(self) -> bool:
        """Whether the choice beats the default by more than chance."""
        return self.winner != DEFAULT and self.against_default.low > 0


def cross_validate(values: Values, folds: Folds, seed: int) -> CrossValidation:
    """Args:
        values: (n, c), NaN for questions without gold; they are left out.

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
        chosen = _best(values, train)
        tested |= test
        held_out[test] = values[test, chosen]
        means = [_mean(values, train, chosen), _mean(values, test, chosen), _mean(values, test, DEFAULT)]
        results.append(FoldResult(chosen, int(train.sum()), int(test.sum()), *means))
    if not results:
        raise InvalidInput(
            "All questions with gold for this measure fell into one fold, so no other questions are left to measure "
            "the choice on. Add questions.",
            param="folds",
        )
    default = values[tested, DEFAULT].astype(np.float64)
    winner = _best(values, gold)
    return CrossValidation(
        tuple(results),
        sum(result.trained * result.train for result in results) / sum(result.train for result in results),
        float(held_out[tested].mean()),
        float(default.mean()),
        paired_difference(default, held_out[tested], seed),
        winner,
        _mean(values, gold, winner),
    )


def _best(values: Values, rows: Mask) -> int:
    """The candidate with the highest mean over those rows; of equal candidates the first, so the default wins a tie."""
    return int(np.argmax(np.round(values[rows].mean(axis=0, dtype=np.float64), 9)))


def _mean(values: Values, rows: Mask, candidate: int) -> float:
    return float(values[rows, candidate].mean(dtype=np.float64))
