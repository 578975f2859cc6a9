"""Answered questions made by hand, for tests of evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.records import (
    Answer,
    AnswerText,
    ArticleMeta,
    Citation,
    Evidence,
    Passage,
    RankedPassage,
    passage_id_of,
)
from tests.builders import info

__all__ = ["answered", "ranked"]


def ranked(
    article_id: str,
    text: str,
    *,
    start: int = 0,
    evidence: Sequence[tuple[int, int]] = (),
    outlet: str | None = None,
    passage_id: str | None = None,
    article: str | None = None,
    number: int = 1,
) -> RankedPassage:
    """A passage of `article_id` at `start`; evidence counts in the article, whose text is `article` or the passage."""
    end = start + len(text)
    identity = passage_id or passage_id_of(article_id, start, end)
    digest = hashlib.sha256((article or text).encode()).hexdigest()
    citation = Citation(number, article_id, ArticleMeta(outlet=outlet), start, end, digest)
    sentences = tuple(Evidence(first, last, text[first - start : last - start]) for first, last in evidence)
    return RankedPassage(1, Passage(identity, article_id, start, end, text, 1), 0.5, None, None, sentences, citation)


def answered(
    returned: Sequence[RankedPassage], confidence: float = 0.9, answer: AnswerText | None = None, **gold: Any
) -> Asked:
    """A question with this gold, these passages, best first, and this answer."""
    question = EvaluationQuestion(id=gold.pop("id", "q"), question="who?", **gold)
    return Asked(question, Answer("who?", answer is not None, confidence, answer, tuple(returned), info()), 1.0)
