"""One pass over a question set under several settings. What the settings share is computed once for each question.

Scores come from `Service.ask_under`, whose answers equal those of `ask`. Processes may share the pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from qa_service.evaluation.run.batch import Asking
from qa_service.evaluation.run.unchanged_collection import UnchangedCollection
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import cap_for
from qa_service.evaluation.tune.candidate_scores import CandidateJudge, CandidateScores, Judging
from qa_service.evaluation.tune.candidates import Changes
from qa_service.jobs.pool import Pool
from qa_service.service import Service

__all__ = ["Sweep", "chunks", "sweep"]

CHANGED = (
    "Collection {name!r} was changed while it was being tuned (generation {before}, now {now}), so its scores do not "
    "compare. Start again when nothing writes to it."
)
TOGETHER = 8
"""Questions judged at once."""


class Sweep:
    """Asks one collection under several settings, in this process."""

    def __init__(self, service: Service, collection: str, judging: Judging, variants: Sequence[Changes]) -> None:
        self._service = service
        self._asking = Asking(collection, judging.top_k, max_per_article=cap_for(judging.kind))
        self._standing = UnchangedCollection(service, collection, CHANGED)
        self._judge = CandidateJudge(self._standing.contents, judging)
        settings = service.settings
        self._variants = [type(settings).model_validate(settings.model_dump() | dict(changes)) for changes in variants]

    def scores(self, questions: Sequence[EvaluationQuestion]) -> CandidateScores:
        """
        Raises:
            Conflict: the collection has changed since the sweep began.
        """
        answers = []
        for asked in questions:
            question = self._asking.question(asked)
            answers.append(self._service.ask_under(question, self._variants, compare=False))
            state = answers[-1][0].collection
            self._standing.check(state.generation, state.fingerprint)
        found = self._judge.scores(questions, answers)
        self._standing.look()
        return found


def sweep(
    service: Service,
    collection: str,
    judging: Judging,
    variants: Sequence[Changes],
    questions: Iterable[EvaluationQuestion],
    workers: int,
    tell: Callable[[int], None],
) -> CandidateScores:
    """The scores of all questions, in their order, from so many processes; `tell` hears how many are done."""
    arguments = (service.settings, collection, judging, variants)
    parts: list[CandidateScores] = []
    with Pool(workers - 1, _open_sweep, *arguments, doing="tuning") as pool:
        for part in pool.map(chunks(questions), Sweep(service, collection, judging, variants).scores):
            parts.append(part)
            tell(sum(len(one.values) for one in parts))
    return CandidateScores.joined(parts)


def _open_sweep(
    settings: Any, collection: str, judging: Judging, variants: Sequence[Changes]
) -> Callable[[Sequence[EvaluationQuestion]], CandidateScores]:
    """Open a service in another process and return the function that scores questions."""
    return Sweep(Service.open(settings), collection, judging, variants).scores


def chunks(questions: Iterable[EvaluationQuestion]) -> Iterator[list[EvaluationQuestion]]:
    """`TOGETHER` questions at a time, in a form that can be sent to another process."""
    waiting = (replace(q, articles=dict(q.articles), passages=dict(q.passages)) for q in questions)
    while chunk := list(islice(waiting, TOGETHER)):
        yield chunk
