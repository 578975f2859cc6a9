"""The threshold of confidence with the highest F1 of answered and right questions.

    precision = answered and right / answered        recall = answered and right / questions that have an answer
    F1 = 2 * answered and right / (answered + questions that have an answer)

A question is right when a relevant passage is among its first five. Without unanswerable questions F1 always favours
the lowest threshold, so the threshold stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.evaluation.grade.bootstrap import LEVEL, RESAMPLES
from qa_service.evaluation.tune.folds import Folds

__all__ = ["tune_threshold"]

Floats = npt.NDArray[np.float64]
NEAR = 0.01
"""An F1 this much below the best counts as equally good: half a question of a hundred."""
NOW = 0
"""The position of the current threshold among those tried."""


def tune_threshold(
    confidence: Floats,
    right: npt.NDArray[np.int8],
    possible: npt.NDArray[np.bool_],
    thresholds: Sequence[float],
    now: float,
    folds: Folds,
    seed: int,
) -> dict[str, Any]:
    """The result, ready for JSON. `threshold` is the best on all questions; `better` says whether such a choice beats
    the current threshold on held-out questions by more than chance.

    Args:
        confidence: (n,).
        right: (n,) 1, 0, or below 0 where it is unknown.
        possible: bool (n,), whether the question has an answer.
        thresholds: the values to try beside `now`.
    """
    judged = right >= 0
    tried = np.array([now, *(value for value in thresholds if value != now)], np.float64)
    answered = ((confidence[:, None] >= tried) & judged[:, None]).astype(np.float64)
    good = answered * (right == 1)[:, None]
    wanted = (possible & judged).astype(np.float64)
    total = int(judged.sum())
    curve = [_point(float(tried[n]), good[:, n], answered[:, n], wanted, total) for n in np.argsort(tried)]
    impossible = int((judged & ~possible).sum())
    found: dict[str, Any] = {"now": now, "unanswerable": impossible, "answerable": int(wanted.sum())}
    found |= {"curve": curve, "as_good": _as_good(curve)}
    if not (impossible and wanted.any()) or len(tried) < 2:
        return found | {"threshold": now, "better": False, "held_out_f1": None, "now_f1": None, "train_f1": None}
    ours, trained = np.zeros((2, len(confidence))), []
    for fold in range(folds.count):
        train, test = folds.train(fold), folds.test(fold)
        scores = _f1(train.astype(np.float64), good, answered, wanted)
        chosen = int(np.argmax(np.round(scores, 9)))
        trained.append(float(scores[chosen]))
        ours[:, test] = good[test, chosen], answered[test, chosen]
    low, high = _interval(ours, np.stack([good[:, NOW], answered[:, NOW]]), wanted, seed)
    everything = np.ones(len(confidence))
    best = int(np.argmax(np.round(_f1(everything, good, answered, wanted), 9)))
    held_out, before = (_score(g, a, wanted) for g, a in ((ours[0], ours[1]), (good[:, NOW], answered[:, NOW])))
    return found | {
        "threshold": float(tried[best]),
        "better": bool(best != NOW and low > 0),
        "train_f1": float(np.mean(trained)),
        "held_out_f1": held_out,
        "now_f1": before,
        "difference": {"mean": held_out - before, "low": low, "high": high},
    }


def _as_good(curve: Sequence[dict[str, float | None]]) -> dict[str, float | int]:
    """The range of thresholds around the best whose F1 is within `NEAR` of it, and their number."""
    f1 = [point["f1"] or 0.0 for point in curve]
    low = high = int(np.argmax(np.round(f1, 9)))
    least = f1[low] - NEAR - 1e-9
    while low > 0 and f1[low - 1] >= least:
        low -= 1
    while high + 1 < len(f1) and f1[high + 1] >= least:
        high += 1
    bounds = {"low": curve[low]["threshold"] or 0.0, "high": curve[high]["threshold"] or 0.0}
    return bounds | {"count": high - low + 1, "of": len(f1)}


def _f1(weights: Floats, good: Floats, answered: Floats, wanted: Floats) -> Floats:
    """F1 of each threshold: (t,)."""
    total = weights @ answered + weights @ wanted
    f1: Floats = 2 * (weights @ good) / np.maximum(total, 1)
    return f1


def _score(good: Floats, answered: Floats, wanted: Floats) -> float:
    return float(2 * good.sum() / max(answered.sum() + wanted.sum(), 1))


def _point(threshold: float, good: Floats, answered: Floats, wanted: Floats, judged: int) -> dict[str, float | None]:
    number, needed, right = float(answered.sum()), float(wanted.sum()), float(good.sum())
    return {
        "threshold": threshold,
        "f1": _score(good, answered, wanted),
        "precision": right / number if number else None,
        "recall": right / needed if needed else None,
        "answered": number / judged if judged else None,
    }


def _interval(ours: Floats, before: Floats, wanted: Floats, seed: int) -> tuple[float, float]:
    """Bootstrap percentile interval of the difference of two F1, over questions."""
    rng = np.random.default_rng(seed)
    columns = np.stack([ours[0], ours[1] + wanted, before[0], before[1] + wanted], axis=1)
    differences = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        drawn = np.bincount(rng.integers(len(columns), size=len(columns)), minlength=len(columns)) @ columns
        differences[number] = 2 * (drawn[0] / max(drawn[1], 1) - drawn[2] / max(drawn[3], 1))
    low, high = np.quantile(differences, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
