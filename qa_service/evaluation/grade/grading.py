"""Grades an answer against the gold of its question: the run and qrels for TREC measures, and our own measures.

Our own measures, each from 0 to 1 except the number of outlets:

- `evidence_hit`: 1 if a returned evidence sentence overlaps a gold span.
- `evidence_F1`: F1 over code points, as SQuAD's F1 is over words. The best pair of a passage's evidence and a gold span
  counts, as SQuAD takes the best gold answer. Pooled evidence would count repeated passages as mistakes.
- `answer_in_passages`, `answer_in_evidence`: share of the gold answers that occur in a returned passage, or in its
  evidence sentences.
- those of `answer_measures`.
- `distinct_outlets@n`: number of outlets among the first n passages; an article without an outlet counts separately. It
  is left out for a collection without outlets, where it would only count articles (`outlets`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa_service.evaluation.grade.answer_measures import (
    LENGTH,
    Shown,
    answer_measures,
    is_right,
    quoted_spans,
)
from qa_service.evaluation.grade.relevance import covers
from qa_service.evaluation.sets.answer_strings import Readings, contained, normalise
from qa_service.evaluation.sets.evaluation_question import NO_GRADES, Asked, Span
from qa_service.records import RankedPassage, outlet_key

__all__ = ["OUTLET_DEPTH", "Graded", "best_f1", "falling", "grade"]

OUTLET_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Graded:
    """A question's run (document -> strictly falling score) and qrels (document -> grade).

    Documents are articles for relevance by article, else passages. `grades` has one number per returned passage;
    `first_relevant` is the rank of the first relevant one, from 1. `own` holds our measures that the gold allows.
    `right` is whether the given answer is right (`answer_measures.is_right`).
    """

    run: Mapping[str, float]
    qrels: Mapping[str, int]
    grades: tuple[int, ...]
    first_relevant: int | None
    own: Mapping[str, float] = field(default_factory=dict)
    right: bool | None = None


def grade(
    asked: Asked,
    kind: str,
    spans: Sequence[Span] = (),
    gold_passages: Mapping[str, int] = NO_GRADES,
    overlap: float = 1.0,
    *,
    outlets: bool = True,
    reader: bool = True,
) -> Graded:
    """Grade the answer to one question.

    Args:
        kind: one of `gold_kinds.KINDS`, or `none` where no question of the set names anything relevant.
        spans: the question's gold spans in the collection.
        gold_passages: for relevance by evidence, all relevant passages of the collection
            (`relevance.relevant_passages`); for relevance by passage, by default those of the question.
        overlap: share of a gold span that a passage must cover.
        outlets: whether the collection has articles of any outlet.
        reader: whether answers have spans.
    """
    question, passages = asked.question, asked.answer.passages
    ids = [ranked.passage.passage_id for ranked in passages]
    texts = [normalise(ranked.passage.text) for ranked in passages] if question.answers else []
    if kind == "article":
        qrels = {article: max(0, number) for article, number in question.articles.items()}
        ids = [ranked.passage.article_id for ranked in passages]
        grades = [qrels.get(article, 0) for article in ids]
    elif kind == "passage":
        qrels = {passage: max(0, number) for passage, number in (gold_passages or question.passages).items()}
        grades = [qrels.get(passage, 0) for passage in ids]
    elif kind == "evidence":
        grades = [int(_covers_one(ranked, spans, overlap)) for ranked in passages]
        qrels = {**gold_passages, **{passage: 1 for passage, number in zip(ids, grades, strict=True) if number}}
    elif kind == "answer":
        grades = [int(any(contained(question.answers, text))) for text in texts] or [0] * len(ids)
        qrels = dict(zip(ids, grades, strict=True))
    elif kind == "none":  # a set of unanswerable questions
        grades, qrels = [0] * len(ids), {}
    else:
        raise ValueError(f"no relevance by {kind!r}")
    first = next((rank for rank, number in enumerate(grades, 1) if number > 0), None)
    own = _own(asked, spans, texts, outlets=outlets, reader=reader)
    right = is_right(own, answered=asked.answer.answer is not None, answerable=question.answerable)
    return Graded(falling(ids), qrels, tuple(grades), first, own, right)


def falling(ids: Sequence[str]) -> dict[str, float]:
    """Each document once, at its best rank, with scores n, n-1, … 1. TREC tools sort by 32-bit scores, in which two
    close scores could become equal."""
    once = list(dict.fromkeys(ids))
    return {document: float(len(once) - place) for place, document in enumerate(once)}


def _overlap(one: Span, other: Span) -> bool:
    return one.article_id == other.article_id and one.start < other.end and other.start < one.end


def _covers_one(ranked: RankedPassage, spans: Sequence[Span], overlap: float) -> bool:
    passage = ranked.passage
    return any(
        span.article_id == passage.article_id and covers(passage.start, passage.end, span, overlap) for span in spans
    )


def _own(
    asked: Asked, spans: Sequence[Span], texts: Sequence[Readings], *, outlets: bool, reader: bool
) -> dict[str, float]:
    passages, answers = asked.answer.passages, asked.question.answers
    own: dict[str, float] = {}
    shown = Shown.of(asked.answer)
    if spans:
        best = max((_evidence_f1(ranked, spans) for ranked in passages), default=0.0)
        own |= {"evidence_hit": float(best > 0), "evidence_F1": best}
        own["answer_hit"] = float(any(_overlap(quote, gold) for quote in quoted_spans(asked.answer) for gold in spans))
    if answers:
        evidence = [normalise(" ".join(sentence.text for sentence in ranked.evidence)) for ranked in passages]
        own |= {"answer_in_passages": _share_found(answers, texts)}
        own |= {"answer_in_evidence": _share_found(answers, evidence)} | answer_measures(
            answers, shown, texts, reader=reader
        )
    if (spans or answers) and shown is not None:
        own[LENGTH] = float(shown.characters)
    if outlets and (spans or answers or asked.question.articles or asked.question.passages):
        first = passages[:OUTLET_DEPTH]
        different = {_publisher(ranked) for ranked in first}
        own[f"distinct_outlets@{OUTLET_DEPTH}"] = float(len(different))
    return own


def _publisher(ranked: RankedPassage) -> tuple[str, str]:
    outlet = ranked.citation.meta.outlet
    return ("outlet", outlet_key(outlet)) if outlet else ("article", ranked.passage.article_id)


def _evidence_f1(ranked: RankedPassage, spans: Sequence[Span]) -> float:
    evidence = _merged([(sentence.start, sentence.end) for sentence in ranked.evidence])
    return best_f1(evidence, [(s.start, s.end) for s in spans if s.article_id == ranked.passage.article_id])


def best_f1(evidence: Sequence[tuple[int, int]], gold: Sequence[tuple[int, int]]) -> float:
    """F1 of the evidence with its best gold span: 2 |common| / (|evidence| + |gold|), in code points. Spans of evidence
    must not overlap."""
    length = sum(end - start for start, end in evidence)
    best = 0.0
    for first, last in gold:
        common = sum(max(0, min(end, last) - max(start, first)) for start, end in evidence)
        best = max(best, 2 * common / (length + last - first))
    return best


def _merged(pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same code points in pieces that do not overlap, so that each counts once."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _share_found(answers: Sequence[str], texts: Sequence[Readings]) -> float:
    found = [contained(answers, text) for text in texts]
    return sum(map(any, zip(*found, strict=True))) / len(answers) if found else 0.0
