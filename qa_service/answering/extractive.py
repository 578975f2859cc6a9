"""The answer: the best evidence sentences, verbatim, each followed by the `[n]` of its citation."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.records import Annotation, AnswerText, Evidence, RankedPassage

__all__ = ["compose_answer"]

MOST_SENTENCES = 3
NEAR_BEST = 0.95
"""A further sentence is quoted when its score is at least this share of the best one's."""


def compose_answer(passages: Sequence[RankedPassage]) -> AnswerText | None:
    """Quote the best evidence of the passages, the best first; None where there is no evidence.

    Passages overlap and outlets copy each other: the same sentence is quoted once, from the best passage that holds it.
    """
    found: list[tuple[int, Evidence]] = []
    seen: set[str] = set()
    for passage in passages:
        for evidence in passage.evidence:
            said = " ".join(evidence.text.split()).casefold()
            if said not in seen:
                seen.add(said)
                found.append((passage.citation.number, evidence))
    if not found:
        return None
    best = max(evidence.score for _, evidence in found)
    near = [item for item in found if item[1].score >= NEAR_BEST * best]
    near.sort(key=lambda item: (-item[1].score, item[0], item[1].start))
    text, annotations = "", []
    for number, evidence in near[:MOST_SENTENCES]:
        text += " " if text else ""
        annotations.append(Annotation(len(text), len(text) + len(evidence.text), number))
        text += f"{evidence.text} [{number}]"
    return AnswerText(text, tuple(annotations))
