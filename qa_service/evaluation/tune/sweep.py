"""A set of questions asked under many settings: one pass over the set, and of each question once what is shared.

Processes may share the pass; figures come from what `Service.ask_under` gives, which is what `ask` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from qa_service.errors import Conflict
from qa_service.evaluation.run.batch import Asking
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import cap_for
from qa_service.evaluation.tune.candidate_judging import Figures, Judge, Judging
from qa_service.evaluation.tune.candidates import Changes
from qa_service.records import CollectionInfo
from qa_service.service import Service

__all__ = ["TOGETHER", "Sweep", "chunks", "sweep_here"]

TOGETHER = 8
"""Questions judged at once."""


class Sweep:
    """Asks one collection under several settings, in this process."""

    def __init__(self, service: Service, collection: str, judging: Judging, variants: Sequence[Changes]) -> None:
        self._service = service
        self._collection = collection
        self._judging = judging
        self._asking = Asking(collection, judging.top_k, max_per_article=cap_for(judging.kind))
        self._contents = service.contents(collection)
        self._judge = Judge(self._contents, judging)
        own = service.settings
        self._variants = [type(own).model_validate(own.model_dump() | dict(changes)) for changes in variants]
        self._info = self._contents.info()

    def figures(self, questions: Sequence[EvaluationQuestion]) -> Figures:
        """
        Raises:
            Conflict: the collection is not what it was when this began.
        """
        answers = []
        for asked in questions:
            question = self._asking.question(asked)
            answers.append(self._service.ask_under(question, self._variants, compare=False))
            check_standing(self._info, answers[-1][0].collection)
        found = self._judge.figures(questions, answers)
        check_standing(self._info, self._contents.info())
        return found


def check_standing(before: CollectionInfo, now: CollectionInfo) -> None:
    """
    Raises:
        Conflict: the collection was changed.
    """
    if (before.generation, before.fingerprint) != (now.generation, now.fingerprint):
        raise Conflict(
            f"Collection {before.name!r} was changed while it was being tuned (generation {before.generation}, now "
            f"{now.generation}). Figures of both are of neither; start again when nothing writes to it.",
            param="collection",
        )


def chunks(questions: Iterable[EvaluationQuestion]) -> Iterator[list[EvaluationQuestion]]:
    """Some at a time, fit to be sent to another process."""
    waiting = (replace(q, articles=dict(q.articles), passages=dict(q.passages)) for q in questions)
    while chunk := list(islice(waiting, TOGETHER)):
        yield chunk


def sweep_here(
    sweep: Sweep, questions: Iterable[EvaluationQuestion], tell: Callable[[int], None] = lambda done: None
) -> Figures:
    """All the questions, in this process alone; `tell` hears how many are done."""
    parts, done = [], 0
    for chunk in chunks(questions):
        parts.append(sweep.figures(chunk))
        done += len(chunk)
        tell(done)
    return Figures.joined(parts, 0)
