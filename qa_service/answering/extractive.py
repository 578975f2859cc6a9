"""The answer: the best evidence sentences, verbatim, each followed by the `[n]` of its citation; and which parts of the
question have none."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.records import Annotation, AnswerText, Evidence, QuestionPart, RankedPassage
from qa_service.text.parts import unanswered_lines

__all__ = ["compose_answer"]

MOST_SENTENCES = 3
NEAR_BEST = 0.95
"""A further sentence is quoted when it is at least this share as strong as the strongest."""


def compose_answer(passages: Sequence[RankedPassage], parts: Sequence[QuestionPart] = ()) -> AnswerText | None:
    """Quote the strongest evidence of the passages, the strongest first; None where there is no evidence. Where the
    question has parts, first the strongest of each in the question's order, then what is nearly as strong as its own,
    and at last a line for each part that is not answered.

    A sentence is as strong as it is itself and as its passage is: the mean of both scores, each as a share of the best.
    Passages overlap and outlets copy each other: the same sentence is quoted once, from the best passage that holds it.
    """
    best_passage = max((p.score for p in passages if p.evidence), default=0.0)
    best_sentence = max((e.score for p in passages for e in p.evidence), default=0.0)
    found: list[tuple[float, int, Evidence]] = []
    seen: set[str] = set()
    for passage in passages:
        for evidence in passage.evidence:
            said = " ".join(evidence.text.split()).casefold()
            if said not in seen:
                seen.add(said)
                strength = _share(passage.score, best_passage) / 2 + _share(evidence.score, best_sentence) / 2
                found.append((strength, passage.citation.number, evidence))
    if not found:
        return None
    found.sort(key=lambda item: (-item[0], item[1], item[2].start))
    best = {evidence.part: strength for strength, _, evidence in reversed(found)}
    near = [item for item in found if item[0] >= NEAR_BEST * best[item[2].part]]
    first = [next(item for item in near if item[2].part == part) for part in sorted(best)]
    text, annotations = "", []
    for _, number, evidence in [*first, *(item for item in near if item not in first)][:MOST_SENTENCES]:
        text += " " if text else ""
        annotations.append(Annotation(len(text), len(text) + len(evidence.text), number))
        text += f"{evidence.text} [{number}]"
    return AnswerText("\n".join([text, *unanswered_lines(parts)]), tuple(annotations))


def _share(score: float, best: float) -> float:
    return score / best if best > 0 else 1.0
