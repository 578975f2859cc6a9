"""The answer text: the best evidence sentences word for word, each followed by the `[n]` of its citation.

A line for each part of the question without an answer follows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_service.answering.reading import ENOUGH, LEAST_QUOTED
from qa_service.records import Annotation, AnswerSpan, AnswerText, Evidence, QuestionPart, RankedPassage, SourceMention
from qa_service.text.question.parts import unanswered_lines

__all__ = ["compose_answer"]

MOST_SENTENCES = 3
NEAR_BEST = 0.95
"""Share of the best sentence's strength that a further sentence needs to be quoted, if no reader chose it."""


def compose_answer(
    passages: Sequence[RankedPassage], parts: Sequence[QuestionPart] = (), sources: Sequence[SourceMention] = ()
) -> AnswerText | None:
    """Quote the strongest evidence of the passages, strongest first; None if there is no evidence.

    Strength is the probability that the sentence answers. Without a reader, it is the mean of the sentence's and its
    passage's score, each as a share of the best score. If the reader chose sentences, only those are quoted.

    - The question has `parts`: the best sentence of each part comes first, in the question's order.
    - The question names `sources`: if some have evidence, only they are quoted, the best sentence of each first.
    - Passages overlap and outlets copy each other: a sentence is quoted once, from the best passage that has it.
    """
    of_source = {p.rank: at for p in passages if p.evidence and (at := _source_of(p, sources)) is not None}
    if of_source:
        passages = [passage for passage in passages if passage.rank in of_source]
    read = any(e.read for p in passages for e in p.evidence)
    best_passage = max((p.score for p in passages if p.evidence), default=0.0)
    best_sentence = max((e.score for p in passages for e in p.evidence), default=0.0)
    found: list[_Quotable] = []
    seen: set[str] = set()
    for passage in passages:
        for evidence in passage.evidence:
            said = " ".join(evidence.text.split()).casefold()
            if said not in seen and evidence.read >= read:
                seen.add(said)
                strength = _share(passage.score, best_passage) / 2 + _share(evidence.score, best_sentence) / 2
                strength = evidence.score if read else strength
                asked = evidence.part, of_source.get(passage.rank, 0)
                found.append(_Quotable(asked, strength, passage.citation.number, evidence))
    if not found:
        return None
    found.sort(key=lambda one: (-one.strength, one.number, one.evidence.start))
    best = {one.asked: one for one in reversed(found)}
    first = [best[asked] for asked in sorted(best)]
    others = [one for one in found if one not in first]
    more = _until_enough(first, others) if read else _near_best(best, others)
    text, annotations = "", []
    for one in [*first, *more][:MOST_SENTENCES]:
        text += " " if text else ""
        annotations.append(Annotation(len(text), len(text) + len(one.evidence.text), one.number))
        text += f"{one.evidence.text} [{one.number}]"
    return AnswerText("\n".join([text, *unanswered_lines(parts)]), tuple(annotations), _span(first[0]))


@dataclass(frozen=True, slots=True)
class _Quotable:
    """`asked` is the number of the question's part, and of the source that says it."""

    asked: tuple[int, int]
    strength: float
    number: int
    evidence: Evidence


def _until_enough(first: Sequence[_Quotable], others: Sequence[_Quotable]) -> list[_Quotable]:
    """Further sentences, strongest first, while the probability that no quoted sentence answers is high."""
    chosen = []
    none_answers = math.prod(1 - one.strength for one in first)
    for one in others:
        if none_answers <= 1 - ENOUGH or one.strength < LEAST_QUOTED:
            break
        chosen.append(one)
        none_answers *= 1 - one.strength
    return chosen


def _near_best(best: Mapping[tuple[int, int], _Quotable], others: Sequence[_Quotable]) -> list[_Quotable]:
    """The sentences that are nearly as strong as the best one for the same part and source."""
    return [one for one in others if one.strength >= NEAR_BEST * best[one.asked].strength]


def _span(quoted: _Quotable) -> AnswerSpan | None:
    evidence = quoted.evidence
    if evidence.span is None:
        return None
    start, end = evidence.span
    return AnswerSpan(start, end, evidence.text[start - evidence.start : end - evidence.start], quoted.number)


def _source_of(passage: RankedPassage, sources: Sequence[SourceMention]) -> int | None:
    """The number of the first source that published the passage or a copy of it; None if no source did."""
    for at, source in enumerate(sources):
        for citation in (passage.citation, *passage.also_in):
            if citation.meta.outlet in source.outlets or citation.meta.author in source.authors:
                return at
    return None


def _share(score: float, best: float) -> float:
    return score / best if best > 0 else 1.0
