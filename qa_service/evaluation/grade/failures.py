"""Why a question with gold failed: where its gold stands, its rank at each stage of the ranking, and what was lost.

`lost` is the first of these that holds:

- `collection`: no passage with the gold was found in the collection. For gold answers alone, the first passages of each
  stage are searched (`stage_ranks.FIRST`).
- `passage`: no passage with the gold is among the first five.
- `decision`: one is, but the question was declined.
- `sentence`: one is, but the answer does not quote the gold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa_service.evaluation.grade.answer_measures import READ_DEPTH
from qa_service.evaluation.grade.grading import Graded
from qa_service.evaluation.sets.answer_strings import contained, normalise
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion, Span
from qa_service.records import Evidence, Passage
from qa_service.service.contents import Contents
from qa_service.service.stage_ranks import FIRST, StageRanks

__all__ = ["FailureFinder", "failed"]

SHOWN = 3
"""Gold passages that are told, the best ones."""
LONGEST = 300
"""Characters of a sentence that are told."""

Stages = Callable[[EvaluationQuestion], StageRanks]


def failed(asked: Asked, graded: Graded) -> bool:
    """Whether a question that has gold was not answered rightly. Where the gold does not judge the answer, a relevant
    passage must be among the first five."""
    if asked.answer.answer is None or graded.right is False:
        return True
    return graded.right is None and (graded.first_relevant is None or graded.first_relevant > READ_DEPTH)


@dataclass(frozen=True, slots=True)
class FailureFinder:
    """Explains failed questions. `stages` ranks a question again, so it costs as much as the question."""

    kind: str
    contents: Contents
    stages: Stages

    def explain(self, asked: Asked, spans: Sequence[Span], gold_passages: Mapping[str, int]) -> dict[str, Any]:
        """The reason, ready for JSON: `lost`, `why` in words, and under `gold` the best passages with gold, each with
        its `ranks` by stage, the sentence that has the gold, and whether it was marked as evidence."""
        stages = self.stages(asked.question)
        returned = {ranked.passage.passage_id: ranked for ranked in asked.answer.passages}
        found = []
        for passage in self._with_gold(asked, spans, gold_passages, stages):
            one = returned.get(passage.passage_id)
            ranks = stages.of(passage.passage_id) | {"returned": None if one is None else one.rank}
            sentence = self._sentence(asked.question, passage, spans)
            marked = sentence is not None and one is not None and _touches(one.evidence, sentence)
            found.append((ranks, passage, sentence, marked))
        found.sort(key=lambda each: ([rank or 1 << 40 for rank in reversed(each[0].values())], each[1].passage_id))
        lost, why = self._lost(asked, [(ranks["returned"], marked) for ranks, _, _, marked in found])
        return {"lost": lost, "why": why, "gold": [self._told(*each) for each in found[:SHOWN]]}

    def _with_gold(
        self, asked: Asked, spans: Sequence[Span], gold_passages: Mapping[str, int], stages: StageRanks
    ) -> list[Passage]:
        """The passages that have the gold, each once."""
        question = asked.question
        if self.kind == "evidence":
            of_spans = (
                passage for article in sorted({span.article_id for span in spans}) for passage in self._of(article)
            )
            found = [passage for passage in of_spans if gold_passages.get(passage.passage_id, 0) > 0]
        elif self.kind == "article":
            relevant = sorted(article for article, grade in question.articles.items() if grade > 0)
            found = [passage for article in relevant for passage in self._of(article)]
            # of a long article, the passages that answer
            found = [passage for passage in found if _holds(question, passage.text)] or found
        else:
            known = {ranked.passage.passage_id: ranked.passage for ranked in asked.answer.passages}
            known |= {passage.passage_id: passage for passage in stages.first}
            relevant_ids = {identity for identity, grade in gold_passages.items() if grade > 0}
            found = [
                passage
                for identity, passage in sorted(known.items())
                if (identity in relevant_ids if self.kind == "passage" else _holds(question, passage.text))
            ]
        return found

    def _of(self, article_id: str) -> tuple[Passage, ...]:
        return self.contents.passages_of(article_id)

    def _sentence(
        self, question: EvaluationQuestion, passage: Passage, spans: Sequence[Span]
    ) -> tuple[int, int] | None:
        """The first sentence of the passage that has the gold; its offsets are in the article."""
        for start, end in passage.sentences:
            text = passage.text[start - passage.start : end - passage.start]
            own = (span for span in spans if span.article_id == passage.article_id)
            if _holds(question, text) or any(span.start < end and start < span.end for span in own):
                return start, end
        return None

    def _lost(self, asked: Asked, found: Sequence[tuple[int | None, bool]]) -> tuple[str, str]:
        """What was lost, from the rank and the mark of each passage with gold, best first."""
        if not found:
            searched = "" if self.kind in ("evidence", "article") else f" among the first {FIRST} of any stage"
            return "collection", f"No passage with the gold was found{searched}."
        best, _ = found[0]
        if best is None:
            return "passage", "The passage was lost: none with the gold was returned."
        if best > READ_DEPTH:
            return "passage", f"The passage was lost: the best one with the gold has rank {best}."
        if asked.answer.answer is None:
            return "decision", f"The passage was found (rank {best}), but the question was declined."
        marked = any(mark for rank, mark in found if rank is not None and rank <= READ_DEPTH)
        how = "was marked as evidence, but not quoted" if marked else "was not marked as evidence"
        return "sentence", f"The sentence was lost: the passage was found (rank {best}), but its gold {how}."

    def _told(
        self, ranks: Mapping[str, int | None], passage: Passage, sentence: tuple[int, int] | None, marked: bool
    ) -> dict[str, Any]:
        start, end = sentence or (passage.start, passage.end)
        text = passage.text[start - passage.start : end - passage.start]
        return {
            "passage_id": passage.passage_id,
            "article_id": passage.article_id,
            "title": self.contents.article(passage.article_id).meta.title,
            "ranks": dict(ranks),
            "sentence": text if len(text) <= LONGEST else f"{text[:LONGEST]}…",
            "marked": marked,
        }


def _holds(question: EvaluationQuestion, text: str) -> bool:
    return any(contained(question.answers, normalise(text)))


def _touches(evidence: Sequence[Evidence], sentence: tuple[int, int]) -> bool:
    return any(one.start < sentence[1] and sentence[0] < one.end for one in evidence)
