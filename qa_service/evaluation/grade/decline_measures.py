"""Measures of confidence and declining: does high confidence go with answerable and right questions?

A question is *right* when a relevant passage is among the first five. The answers that were given are measured apart;
an answer is right as `answer_measures` says. Items of equal confidence share their figures, so their order has no
effect.

- AUROC: probability that a good question has a higher confidence than a bad question; ties count half (Mann & Whitney,
  1947).
- Risk and coverage: share of wrong questions among the most confident x %; AURC is its mean over all x (Geifman, Uziel
  & El-Yaniv, ICLR 2019).
- Brier score (1950): mean squared difference of confidence and right. ECE over ten bins of equal mass: mean distance of
  confidence from the share of right questions (Nguyen & O'Connor, EMNLP 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["RIGHT_DEPTH", "auroc", "summarise_answers", "summarise_declining"]

RIGHT_DEPTH = 5
BINS = 10
POINTS = 101

Floats = npt.NDArray[np.float64]


def summarise_declining(
    confidences: Sequence[float],
    answerable: Sequence[bool | None],
    right: Sequence[bool | None],
    threshold: float,
    declined: Sequence[bool] | None = None,
) -> dict[str, Any]:
    """All figures about declining, ready for JSON; None where a class has no question.

    Args:
        confidences: one per question, 0 to 1.
        answerable: whether the collection answers the question; None where the set does not say.
        right: whether a relevant passage is among the first five; False for an unanswerable question. None where the
            set names nothing relevant; figures that need it then leave the question out.
        threshold: the service declines below it.
        declined: whether the service declined; by default confidence below the threshold.
    """
    confidence = np.asarray(confidences, np.float64)
    if not len(confidence) == len(answerable) == len(right) or (declined is not None and len(declined) != len(right)):
        raise ValueError("one confidence, answerable, right and declined a question")
    refused = confidence < threshold if declined is None else np.asarray(declined, bool)
    yes, no = (np.array([value is which for value in answerable], bool) for which in (True, False))
    judged = np.array([value is not None for value in right], bool)
    sure, good = confidence[judged], np.array([bool(value) for value in right], np.float64)[judged]
    answered = ~refused[judged]
    return {
        "answerable": int(yes.sum()),
        "unanswerable": int(no.sum()),
        "declined_answerable": _mean(refused[yes]),
        "declined_unanswerable": _mean(refused[no]),
        "auroc_answerable": auroc(confidence[yes], confidence[no]),
        "precision_at_threshold": _mean(good[answered]),
        "coverage_at_threshold": _mean(answered),
        "threshold": threshold,
        "right_depth": RIGHT_DEPTH,
    } | _calibration(sure, good)


def summarise_answers(
    confidences: Sequence[float], right: Sequence[bool | None], characters: Sequence[int]
) -> dict[str, Any]:
    """All figures about the answers that were given, ready for JSON; None where no answer can be judged.

    Args:
        confidences: one per answer, 0 to 1.
        right: whether the answer is right; None where the gold does not say.
        characters: length of each answer.
    """
    judged = np.array([value is not None for value in right], bool)
    good = np.array([bool(value) for value in right], np.float64)[judged]
    return {
        "given": len(right),
        "judged": int(judged.sum()),
        "precision": _mean(good),
        "median_characters": float(np.median(characters)) if len(characters) else None,
    } | _calibration(np.asarray(confidences, np.float64)[judged], good)


def auroc(good: Floats, bad: Floats) -> float | None:
    """Area under the ROC curve of the values of good and bad questions; None where either is empty."""
    if not (len(good) and len(bad)):
        return None
    from sklearn.metrics import roc_auc_score  # half a second, only when a summary is made

    labels = np.repeat([1, 0], [len(good), len(bad)])
    return float(roc_auc_score(labels, np.concatenate([good, bad])))


def _calibration(sure: Floats, good: Floats) -> dict[str, Any]:
    """How well confidence separates right from wrong, and how near it is to the share that is right."""
    ranked = {"auroc_right": auroc(sure[good == 1], sure[good == 0]), "brier": _mean((sure - good) ** 2)}
    return ranked | _curves(sure, good)


def _curves(sure: Floats, good: Floats) -> dict[str, Any]:
    """The reliability diagram with its ECE, and the risk-coverage curve with its area."""
    if not len(sure):
        return {"ece": None, "reliability": [], "risk_coverage": [], "aurc": None}
    _, group, sizes = np.unique(-sure, return_inverse=True, return_counts=True)
    shared = (np.bincount(group, good) / sizes)[group]
    order = np.argsort(-sure, kind="stable")
    sure, shared = sure[order], shared[order]
    bins = [places for places in np.array_split(np.arange(len(sure))[::-1], BINS) if len(places)]
    reliability = [
        {"low": float(own.min()), "high": float(own.max()), "n": len(own), "confidence": float(own.mean())}
        | {"right": float(shared[places].mean())}
        for places in bins
        for own in [sure[places]]
    ]
    risk = 1 - np.cumsum(shared) / np.arange(1, len(sure) + 1)
    # A threshold takes all questions of equal confidence or none.
    ends = np.cumsum(sizes) - 1
    if len(ends) > POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, POINTS).round().astype(int))]
    return {
        "ece": sum(one["n"] * abs(one["confidence"] - one["right"]) for one in reliability) / len(sure),
        "reliability": reliability,
        "risk_coverage": [[float((end + 1) / len(sure)), float(max(0.0, risk[end]))] for end in ends],
        "aurc": float(risk.mean()),
    }


def _mean(values: npt.NDArray[Any]) -> float | None:
    return float(values.mean()) if len(values) else None
