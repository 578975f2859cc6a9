"""Measures of the answer that is shown, for questions with gold answers. Each is from 0 to 1 but the length.

- `answer_recall`: 1 if a gold answer occurs in the quoted sentences, `first_sentence_recall`: in the first of them.
- `span_EM`, `span_F1`: exact match and F1 of the reader's span (`answer_strings.exact_and_f1`).
- `answer_found@5`: 1 if a gold answer occurs in the first five passages. Where it does, the two recalls stand again as
  `…_of_found@5`: what is read of what is found.
- `answer_hit`: for gold evidence, 1 if a quoted sentence overlaps it.
- `answer_characters`: length of the answer, for questions that were answered.

A declined question has no answer, so its recalls and its span score 0.

An answer is *right* if it holds a gold answer or quotes gold evidence. An answer to an unanswerable question is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_service.evaluation.sets.answer_strings import Readings, contained, exact_and_f1, normalise
from qa_service.evaluation.sets.evaluation_question import Span
from qa_service.records import Answer

__all__ = ["ANSWER_MEASURES", "READ_DEPTH", "Shown", "answer_measures", "answer_names", "is_right", "quoted_spans"]

READ_DEPTH = 5
"""The answer is read from so many first passages."""
FOUND = f"answer_found@{READ_DEPTH}"
RECALLS = ("answer_recall", "first_sentence_recall")
OF_FOUND = tuple(f"{name}_of_found@{READ_DEPTH}" for name in RECALLS)
LENGTH = "answer_characters"
SPAN = ("span_EM", "span_F1")
ANSWER_MEASURES = (*RECALLS, *OF_FOUND, FOUND, *SPAN, "answer_hit", LENGTH)

_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as it is shown: its length, its sentences, best first, and the reader's span."""

    characters: int
    sentences: tuple[str, ...]
    span: str | None = None

    @classmethod
    def of(cls, answer: Answer) -> Shown | None:
        """None if the question was declined."""
        told = answer.answer
        if told is None:
            return None
        quotes = tuple(told.text[one.start : one.end] for one in told.annotations)
        span = None if told.span is None else told.span.text
        return cls(len(told.text), quotes or (_MARKER.sub("", told.text),), span)


def answer_names(*, answers: bool, evidence: bool, reader: bool) -> tuple[str, ...]:
    """Names of the measures for a question with gold answers, with gold evidence, or with both."""
    by_answers = (*RECALLS, *OF_FOUND, FOUND, *(SPAN if reader else ())) if answers else ()
    return (*by_answers, *(("answer_hit",) if evidence else ()), *((LENGTH,) if answers or evidence else ()))


def answer_measures(
    answers: Sequence[str], shown: Shown | None, passages: Sequence[Readings], *, reader: bool = True
) -> dict[str, float]:
    """The measures by gold answers. `passages` are the normalised texts of the returned passages, best first. Without
    a `reader` there are no spans to measure."""
    found = any(any(contained(answers, text)) for text in passages[:READ_DEPTH])
    recalls = _recalls(answers, shown)
    measures = dict(zip(RECALLS, recalls, strict=True)) | {FOUND: float(found)}
    if found:
        measures |= dict(zip(OF_FOUND, recalls, strict=True))
    if reader:
        span = None if shown is None else shown.span
        measures |= dict(zip(SPAN, (0.0, 0.0) if span is None else exact_and_f1(span, answers), strict=True))
    return measures


def _recalls(answers: Sequence[str], shown: Shown | None) -> tuple[float, float]:
    if shown is None:
        return 0.0, 0.0
    texts = " ".join(shown.sentences), shown.sentences[0]
    whole, first = (float(any(contained(answers, normalise(text)))) for text in texts)
    return whole, first


def quoted_spans(answer: Answer) -> list[Span]:
    """The places of the quoted sentences in their articles."""
    if answer.answer is None:
        return []
    cited = {ranked.citation.number: ranked.passage for ranked in answer.passages}
    spans = []
    for one in answer.answer.annotations:
        passage, quote = cited[one.citation], answer.answer.text[one.start : one.end]
        if (at := passage.text.find(quote)) >= 0:
            spans.append(Span(passage.article_id, passage.start + at, passage.start + at + len(quote)))
    return spans


def is_right(measures: Mapping[str, float], *, answered: bool, answerable: bool | None) -> bool | None:
    """Whether the answer that was given is right; None if none was given, or if the gold does not say."""
    if not answered:
        return None
    if answerable is False:
        return False
    known = [measures[name] for name in ("answer_recall", "answer_hit") if name in measures]
    return any(known) if known else None
