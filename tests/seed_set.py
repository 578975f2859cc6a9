"""The project's question set over the seed articles: reading it, and scoring a ranking against it.

A passage is right when it contains one whole evidence span, white space collapsed. Nothing here knows how a ranking
was made: it takes passage texts, best first, so that tests and benchmarks can score any retriever. The format is
described in `sets/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput

__all__ = [
    "DEPTH",
    "EXTRA_TAGS",
    "SEEDS_SET",
    "TYPE_TAGS",
    "UNANSWERABLE_TAGS",
    "EvidenceSpan",
    "Scores",
    "SeedQuestion",
    "contains",
    "first_right",
    "load",
    "score",
]

SEEDS_SET = Path(__file__).parent / "sets" / "seeds.jsonl"

TYPE_TAGS = frozenset({"factoid", "number", "who", "when", "where", "why", "how", "comparison"})
"""What is asked for: every question has exactly one of these."""
EXTRA_TAGS = frozenset({"paraphrase", "multi", "outlet", "joined"})
"""What is special about an answerable question: any number of these."""
UNANSWERABLE_TAGS = frozenset({"off-topic", "same-region", "near-miss"})
"""Why the collection has no answer: exactly one, on unanswerable questions only."""

DEPTH = 10
"""Passages of a ranking that count; a right passage further down counts as none."""


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A place that answers by itself: `text` stands verbatim within one line of the seed file `source`."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class SeedQuestion:
    """A question, its answers in words, and every place in the seeds that answers it; no place if unanswerable."""

    id: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[EvidenceSpan, ...]
    answerable: bool
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of `questions` between 0 and 1, and the same by tag (whose own `by_tag` is empty)."""

    questions: int
    first: float
    """Share whose first passage is right."""
    first_three: float
    """Share with a right passage among the first three."""
    mrr: float
    """Mean reciprocal rank of the first right passage, 0 where the first ten hold none (MRR@10; Voorhees, TREC-8)."""
    by_tag: Mapping[str, Scores] = field(default_factory=dict)


def load(path: Path = SEEDS_SET) -> list[SeedQuestion]:
    """Reads a question set from JSON Lines, in file order.

    Raises:
        InvalidInput: a line is not such a question, or an id occurs twice. The message names file and line.
    """
    questions: list[SeedQuestion] = []
    seen: set[str] = set()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                question = _question(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                message = f"{path.name}, line {number} is not a question ({error!r}); see sets/README.md for the format"
                raise InvalidInput(message, param=path.name) from error
            if question.id in seen:
                message = f"{path.name}, line {number}: the id {question.id!r} occurs twice; give each question its own"
                raise InvalidInput(message, param=path.name)
            seen.add(question.id)
            questions.append(question)
    return questions


def contains(passage_text: str, span: str) -> bool:
    """Whether the whole of `span` stands in `passage_text`, every run of white space counted as one space.

    Raises:
        InvalidInput: `span` is blank, and so would stand in any text.
    """
    wanted = " ".join(span.split())
    if not wanted:
        raise InvalidInput("an evidence span is blank; quote the words that answer", param="span")
    return wanted in " ".join(passage_text.split())


def first_right(question: SeedQuestion, ranking: Sequence[str]) -> int | None:
    """1-based rank of the first right passage among the first ten of `ranking` (texts, best first), or None."""
    for rank, text in enumerate(ranking[:DEPTH], 1):
        if any(contains(text, span.text) for span in question.evidence):
            return rank
    return None


def score(rankings: Mapping[str, Sequence[str]], questions: Iterable[SeedQuestion] | None = None) -> Scores:
    """Scores passage texts, best first, given by question id.

    Args:
        rankings: a ranking for each answerable question, which may be empty. Those of unanswerable questions are
            passed over: what matters there is whether the service declines.
        questions: the set that is scored; the seed set if not given.

    Raises:
        InvalidInput: an answerable question has no ranking, a ranking belongs to no question, or nothing is left.
    """
    asked = list(load() if questions is None else questions)
    unknown = rankings.keys() - {question.id for question in asked}
    if unknown:
        raise InvalidInput(
            f"no question has the id {min(unknown)!r}; score a run against its own set", param="rankings"
        )
    ranks: list[tuple[SeedQuestion, int | None]] = []
    for question in asked:
        if question.answerable:
            if question.id not in rankings:
                message = f"question {question.id!r} has no ranking; give an empty one if nothing was found"
                raise InvalidInput(message, param="rankings")
            ranks.append((question, first_right(question, rankings[question.id])))
    if not ranks:
        raise InvalidInput("no question is answerable, so there is nothing to score", param="questions")
    tags = sorted({tag for question, _ in ranks for tag in question.tags})
    by_tag = {tag: _scores([rank for question, rank in ranks if tag in question.tags]) for tag in tags}
    return _scores([rank for _, rank in ranks], by_tag)


def _scores(ranks: Sequence[int | None], by_tag: Mapping[str, Scores] | None = None) -> Scores:
    found = [rank for rank in ranks if rank is not None]
    return Scores(
        questions=len(ranks),
        first=sum(rank == 1 for rank in found) / len(ranks),
        first_three=sum(rank <= 3 for rank in found) / len(ranks),
        mrr=sum(1 / rank for rank in found) / len(ranks),
        by_tag=by_tag or {},
    )


def _question(raw: dict[str, Any]) -> SeedQuestion:
    """Raises ValueError, KeyError or TypeError where a field is missing, unknown or of another type."""
    row = SeedQuestion(
        **{
            **raw,
            "answers": tuple(raw["answers"]),
            "evidence": tuple(EvidenceSpan(**span) for span in raw["evidence"]),
            "tags": tuple(raw["tags"]),
        }
    )
    words = (
        row.id,
        row.question,
        *row.answers,
        *row.tags,
        *(part for s in row.evidence for part in (s.source, s.text)),
    )
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError("every text must be a string that is not blank")
    if not isinstance(row.answerable, bool):
        raise ValueError("answerable must be true or false")
    if row.answerable != bool(row.evidence) or row.answerable != bool(row.answers):
        raise ValueError("answers and evidence are given exactly where answerable is true")
    return row
