"""Confidence: the probability that the first passages hold the answer.

A logistic regression over signals that ranking has computed anyway. Its coefficients were fitted by
`benchmarks/fit_confidence.py` and lie, with what they were fitted on, in `resources/confidence.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["ConfidenceModel", "load_confidence_model"]


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """`probability = 1 / (1 + exp(-(intercept + sum of coefficient * signal)))`."""

    intercept: float
    coefficients: Mapping[str, float]

    def probability(self, signals: Mapping[str, float]) -> float:
        """`signals` by name; every coefficient needs one."""
        z = self.intercept + math.fsum(weight * signals[name] for name, weight in self.coefficients.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, z))))


@cache
def load_confidence_model(name: str) -> ConfidenceModel:
    """The model fitted for embedder `name`; that of the packaged embedder for one that has none of its own."""
    models = json.loads(files("qa_service.resources").joinpath("confidence.json").read_text(encoding="utf-8"))["models"]
    chosen = models.get(name, models["default"])
    return ConfidenceModel(chosen["intercept"], chosen["coefficients"])
