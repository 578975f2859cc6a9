"""Confidence: the probability that the first passages hold the answer.

A logistic regression over signals that ranking has computed anyway (`ranking/signals.py`). Its coefficients were fitted
by `benchmarks/fit_confidence.py` and lie, with what they were fitted on, in `resources/confidence.json`: one model for
questions that the embedding model reads, one for those that are ranked by their words. Beside them stands one rule, of
questions that ask what an abbreviation stands for: what counts is whether the first passages spell it out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

__all__ = ["DEFINED", "UNDEFINED", "Confidence", "ConfidenceModel", "load_confidence"]

DEFINED = 0.95
"""At least so sure where a sentence spells out the abbreviation that was asked about: hardly any question that the
models were fitted on is such, and the sentence is hardly like it. Below what `python -m benchmarks.abbreviations`
measures."""
UNDEFINED = 0.4
"""Share of what the model gives that is left where no sentence does: it takes the abbreviation itself, which is most of
what the question says, for the answer."""


class HasSignals(Protocol):
    """`ranking.signals.Signals`, as far as this room reads them: these, and a number for each coefficient's name."""

    @property
    def read(self) -> bool: ...

    @property
    def defined(self) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """`probability = 1 / (1 + exp(-(intercept + sum of coefficient * signal)))`."""

    intercept: float
    coefficients: Mapping[str, float]

    def probability(self, signals: HasSignals) -> float:
        """`signals` has an attribute for every coefficient."""
        z = self.intercept + math.fsum(weight * getattr(signals, name) for name, weight in self.coefficients.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, z))))


@dataclass(frozen=True, slots=True)
class Confidence:
    """For questions that the embedding model reads, and for those that it does not."""

    tokens: ConfidenceModel
    words: ConfidenceModel

    def of(self, signals: HasSignals) -> float:
        fitted = (self.tokens if signals.read else self.words).probability(signals)
        if signals.defined is None:
            return fitted
        return max(DEFINED, fitted) if signals.defined else UNDEFINED * fitted


@cache
def load_confidence(name: str) -> Confidence:
    """The models fitted for embedder `name`; those of the packaged embedder for one that has none of its own."""
    models = json.loads(files("qa_service.resources").joinpath("confidence.json").read_text(encoding="utf-8"))["models"]
    chosen: dict[str, Any] = models.get(name, models["default"])
    tokens, words = (ConfidenceModel(m["intercept"], m["coefficients"]) for m in (chosen["tokens"], chosen["words"]))
    return Confidence(tokens, words)
