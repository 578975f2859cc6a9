"""The answer text: the best evidence sentences word for word, each followed by the `[n]` of its citation.

A line for each part of the question without an answer follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.records import Annotation, AnswerText, Evidence, QuestionPart, RankedPassage, SourceMention
from qa_service.text.question.parts import unanswered_lines

__all__ = ["compose_answer"]

MOST_SENTENCES = 3
NEAR_BEST = 0.95
"""Share of the best sentence's strength that a further sentence needs to be quoted."""


def compose_answer(
    passages: Sequence[RankedPassage], parts: Sequence[QuestionPart] = (), sources: Sequence[SourceMention] = ()
) -> AnswerText | None:
    """Quote the strongest evidence of the passages, strongest first; None if there is no evidence.

    Strength is the mean of the sentence's and its passage's score, each as a share of the best score.

    - The question has `parts`: the best sentence of each part comes first, in the question's order.
    - The question names `sources`: if some have evidence, only they are quoted, the best sentence of each first.
    - Passages overlap and outlets copy each other: a sentence is quoted once, from the best passage that has it.
    """
    of_source = {p.rank: at for p in passages if p.evidence and (at := _source_of(p, sources)) is not None}
    if of_source:
        passages = [passage for passage in passages if passage.rank in of_source]
    best_passage = max((p.score for p in passages if p.evidence), default=0.0)
    best_sentence = max((e.score for p in passages for e in p.evidence), default=0.0)
    found: list[_Quotable] = []
    seen: set[str] = set()
    for passage in passages:
        for evidence in passage.evidence:
            said = " ".join(evidence.text.split()).casefold()
            if said not in seen:
                seen.add(said)
                strength = _share(passage.score, best_passage) / 2 + _share(evidence.score, best_sentence) / 2
                asked = evidence.part, of_source.get(passage.rank, 0)
                found.append(_Quotable(asked, strength, passage.citation.number, evidence))
    if not found:
        return None
    found.sort(key=lambda one: (-one.strength, one.number, one.evidence.start))
    best = {one.asked: one.strength for one in reversed(found)}
    near = [one for one in found if one.strength >= NEAR_BEST * best[one.asked]]
    first = [next(one for one in near if one.asked == asked) for asked in sorted(best)]
    text, annotations = "", []
    for one in [*first, *(one for one in near if one not in first)][:MOST_SENTENCES]:
        text += " " if text else ""
        annotations.append(Annotation(len(text), len(text) + len(one.evidence.text), one.number))
        text += f"{one.evidence.text} [{one.number}]"
    return AnswerText("\n".join([text, *unanswered_lines(parts)]), tuple(annotations))


@dataclass(frozen=True, slots=True)
class _Quotable:
    """`asked` is the number of the question's part, and of the source that says it."""

    asked: tuple[int, int]
    strength: float
    number: int
    evidence: Evidence


def _source_of(passage: RankedPassage, sources: Sequence[SourceMention]) -> int | None:
    """The number of the first source that published the passage or a copy of it; None if no source did."""
    for at, source in enumerate(sources):
        for citation in (passage.citation, *passage.also_in):
            if citation.meta.outlet in source.outlets or citation.meta.author in source.authors:
                return at
    return None


def _share(score: float, best: float) -> float:
    return score / best if best > 0 else 1.0
