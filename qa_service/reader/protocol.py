"""What a reader gives: for each excerpt of a passage, how well each sentence answers, and where the answer stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Excerpt", "Reader", "Reading", "Span"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of whole sentences of a passage. Offsets count from the beginning of `text`."""

    title: str | None
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The most probable answer in a sentence: `text[start:end]`. `score` is in logits; above 0 it is better than "no
    answer in this excerpt"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in an excerpt. All scores are logits."""

    answers: float
    """Whether the excerpt answers the question."""
    sentences: tuple[float, ...]
    """Whether each sentence answers. A sentence beyond the reader's limit has -20."""
    spans: tuple[Span | None, ...]
    """The best span of each sentence; None for a sentence without words, or beyond the limit."""
    nothing: float
    """Score of "no sentence of this excerpt answers", comparable with `sentences`."""


class Reader(Protocol):
    """Reads excerpts, each alone, so that a result never depends on the others."""

    model_id: str
    languages: frozenset[str] | None
    """Languages that it reads (ISO 639-1); None means all."""

    def count_pieces(self, text: str) -> int:
        """Number of word pieces in `text`, the unit of the reader's cost."""
        ...

    def read(self, question: str, excerpt: Excerpt) -> Reading:
        """What the excerpt says about the question. Thread-safe."""
        ...
