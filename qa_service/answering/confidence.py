"""Confidence: the probability that one of the first passages contains the answer.

A logistic regression computes it from signals of the ranking (`ranking/signals.py`). `benchmarks/fit_confidence.py`
fits the coefficients; `resources/confidence.json` has them and their origin. There are two models: for questions in a
language that the embedding model reads, and for questions in other languages, which are ranked by words.

A question for the long form of an abbreviation has a rule of its own: confidence depends on whether the first passages
spell the abbreviation out.
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
"""Lowest confidence where a sentence spells out the abbreviation. The models saw few such questions, and the sentence
has few words of the question. The share of right answers was measured at .963."""
UNDEFINED = 0.3
"""Factor on the model's confidence where no sentence spells the abbreviation out. The model overrates such passages,
because they contain the abbreviation, which is most of the question."""


PARTS = ("tokens", "words", "answer", "sentence")
"""The regressions, in the order of the fields of `Confidence`."""


class HasSignals(Protocol):
    """The part of `ranking.signals.Signals` that this module reads."""

    @property
    def read(self) -> bool: ...

    @property
    def defined(self) -> bool | None: ...

    def named(self) -> dict[str, float]:
        """The signals by name."""
        ...


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """`probability = 1 / (1 + exp(-(intercept + sum of coefficient * signal)))`."""

    intercept: float
    coefficients: Mapping[str, float]

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability for `signals`, which have a value for every coefficient."""
        z = self.intercept + math.fsum(weight * signals[name] for name, weight in self.coefficients.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, z))))


@dataclass(frozen=True, slots=True)
class Confidence:
    """`tokens` is for questions that the embedding model reads, `words` for other questions: one of the first passages
    holds the answer. `answer`: the answer that the reader finds is right. `sentence`: a sentence that it read answers.
    """

    tokens: ConfidenceModel
    words: ConfidenceModel
    answer: ConfidenceModel
    sentence: ConfidenceModel

    def of(self, signals: HasSignals, read: Mapping[str, float] | None = None) -> float:
        """The confidence for `signals`, from 0 to 1. `read` are the signals of the reader, if it has read."""
        values = signals.named()
        if read is not None:
            fitted = self.answer.probability({**values, **read})
        else:
            fitted = (self.tokens if signals.read else self.words).probability(values)
        if signals.defined is None:
            return fitted
        return max(DEFINED, fitted) if signals.defined else UNDEFINED * fitted


@cache
def load_confidence(name: str) -> Confidence:
    """The models fitted for the embedder `name`, or else those fitted for the packaged embedder."""
    models = json.loads(files("qa_service.resources").joinpath("confidence.json").read_text(encoding="utf-8"))["models"]
    chosen: dict[str, Any] = models.get(name, models["default"])
    return Confidence(*(ConfidenceModel(m["intercept"], m["coefficients"]) for m in (chosen[part] for part in PARTS)))
