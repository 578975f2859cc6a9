"""Fits the logistic regression of the confidence, and measures it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks.confidence_questions import SignalRow
from qa_service.evaluation.grade import decline_measures
from qa_service.ranking.signals import FEATURES

UNANSWERED = {"article removed": 0.6, "passage removed": 0.1, "unanswerable": 0.2, "off topic": 0.1}
"""Shares of the conditions among the questions without an answer, which are half of all."""
SMALL = 0.3
"""Weight of a question asked of a small collection."""
TOPICS = 0.25
"""Weight of a set of claims or topics: unjudged articles may answer too, and stay when the gold article is removed."""
REGULARISATION = 0.3
"""Inverse strength of the L2 penalty, on standardised features."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model. `questions` is the number of questions of each set in the fit."""

    intercept: float
    coefficients: Mapping[str, float]
    questions: Mapping[str, int]

    def probabilities(self, rows: Sequence[SignalRow]) -> npt.NDArray[np.float64]:
        z = self.intercept + _matrix(rows) @ np.array([self.coefficients[name] for name in FEATURES])
        p: npt.NDArray[np.float64] = 1 / (1 + np.exp(-z))
        return p


def fit(sets: Mapping[str, Sequence[SignalRow]]) -> Fitted:
    """Fit a model. Every set has the same weight, and so have its questions with and without an answer."""
    rows = [row for own in sets.values() for row in own]
    weights = np.concatenate([_weights(own) for own in sets.values()])
    x, y = _matrix(rows), np.array([row.right for row in rows])
    mean, deviation = np.average(x, axis=0, weights=weights), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=REGULARISATION, max_iter=1000)
    model.fit((x - mean) / deviation, y, sample_weight=weights * len(y) / weights.sum())
    coefficients = model.coef_[0] / deviation
    return Fitted(
        float(model.intercept_[0] - coefficients @ mean),
        dict(zip(FEATURES, coefficients.tolist(), strict=True)),
        {name: len({row.question_id for row in own if row.condition != "off topic"}) for name, own in sets.items()},
    )


def auroc(positive: npt.NDArray[np.float64], negative: npt.NDArray[np.float64]) -> float | None:
    """Area under the ROC curve; None for fewer than five positives or negatives."""
    if min(len(positive), len(negative)) < 5:
        return None
    return decline_measures.auroc(positive, negative)


def calibration_error(p: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins with equal counts (Naeini, Cooper & Hauskrecht, AAAI 2015)."""
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(len(part) / len(p) * abs(p[part].mean() - right[part].mean()) for part in parts if len(part)))


def _matrix(rows: Sequence[SignalRow]) -> npt.NDArray[np.float64]:
    return np.array([[row.signals[name] for name in FEATURES] for row in rows])


def _weights(rows: Sequence[SignalRow]) -> npt.NDArray[np.float64]:
    count = Counter((row.condition, row.small) for row in rows)
    there = {condition for condition, _ in count}
    half = sum(share for condition, share in UNANSWERED.items() if condition in there)

    def weight(row: SignalRow) -> float:
        share = 0.5 if row.condition == "answerable" else 0.5 * UNANSWERED[row.condition] / half
        return share * (SMALL if row.small else 1.0) / count[row.condition, row.small]

    asked = [row.text for row in rows if row.condition == "answerable"]
    questions = sum(text.rstrip().endswith(("?", "\u061f")) for text in asked)  # the Arabic one too
    return np.array([weight(row) for row in rows]) * (1.0 if 2 * questions >= len(asked) else TOPICS)
