"""Runs an evaluation, from the question set to the folder of results.

All errors of the question set are reported before the first question is asked. Answers go into a journal, so that an
interrupted evaluation can continue. The results are made from the journal at the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from qa_service.evaluation.grade.failures import FailureFinder, failed
from qa_service.evaluation.grade.gold_spans import GoldPlaces
from qa_service.evaluation.grade.grading import grade
from qa_service.evaluation.grade.measures import measures_for, per_questions, valid_citations
from qa_service.evaluation.grade.missing_gold import notes_on
from qa_service.evaluation.grade.relevance import relevant_passages
from qa_service.evaluation.grade.summary import summarise
from qa_service.evaluation.report.junit import junit_lines
from qa_service.evaluation.run.batch import Asking, AskingPool, workers_for
from qa_service.evaluation.run.manifest import Options, describe
from qa_service.evaluation.run.result_files import journal_line, write_files
from qa_service.evaluation.run.resume import Journal, check_folder
from qa_service.evaluation.run.unchanged_collection import UnchangedCollection
from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import cap_for, choose_kind, has_gold
from qa_service.files.atomic import write_file
from qa_service.service import Service
from qa_service.service.contents import Contents
from qa_service.service.stage_ranks import StageRanks, stage_ranks

__all__ = ["EvaluationProgress", "evaluate"]

GRADED_TOGETHER = 16
"""Questions graded at once; an interruption loses at most so many."""


@dataclass(frozen=True, slots=True)
class EvaluationProgress:
    """`resumed` of the `done` questions come from an earlier, interrupted run; `seconds` is the time of this run."""

    done: int
    total: int
    resumed: int
    seconds: float


Progress = Callable[[EvaluationProgress], None]


def evaluate(
    service: Service,
    questions: QuestionSet,
    out: Path,
    *,
    collection: str = "default",
    top_k: int = 10,
    relevance: str | None = None,
    overlap: float = 1.0,
    max_per_article: int | None = None,
    retriever: str = "hybrid",
    workers: int | None = None,
    overrides: Sequence[str] = (),
    restart: bool = False,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda note: None,
) -> dict[str, Any]:
    """Ask every question, grade the answers, and write the results into the folder `out`. Returns the summary.

    Args:
        relevance: one of `gold_kinds.KINDS`; None: the kind that most questions have gold for.
        overlap: share of a gold evidence span that a passage must cover to be relevant, above 0 and at most 1.
        max_per_article: most passages of one article, 0 for any number; None: `gold_kinds.cap_for` the relevance.
        workers: processes that ask; None: one per core, if there are enough questions.
        overrides: names of the settings that were given for this run alone, for the manifest.
        restart: discard the content of `out`.
        tell: receives each note on questions that the figures leave out, before anything is asked.

    Raises:
        InvalidInput: there is no gold of that kind, or evidence is not in the collection.
        Conflict: `out` holds something else, or the collection changes during the evaluation.
    """
    kind = choose_kind(questions.gold, relevance)
    asking = Asking(collection, top_k, retriever, cap_for(kind, max_per_article))
    options = Options(asking, kind, overlap, tuple(overrides))
    service.status(collection)  # a missing collection is an error before `out` is touched
    check_folder(out, restart=restart)
    with AskingPool(service, asking, workers_for(service, questions.total, workers)) as batch:
        service.check_collection(collection)  # a mismatch is an error before anything is written
        standing = UnchangedCollection(service, collection)
        grader = _Grader(service, standing.contents, options, outlets=bool(standing.info.outlets))
        grader.places.check(questions)
        notes = notes_on(service, collection, questions, kind)
        for note in notes:
            tell(note)
        now = _now()
        described = describe(service, standing.info, questions, options, batch.size, now)
        with Journal(out, described) as journal:
            left = islice(questions, journal.done, None)
            began, resumed, before = time.monotonic(), journal.done, journal.seconds
            answers = batch.ask_all(left, standing)
            while asked := list(islice(answers, GRADED_TOGETHER)):
                seconds = time.monotonic() - began
                lines = list(grader.lines(asked, journal, before + seconds))
                standing.look()  # the citations were checked against the state that answered
                journal.append(lines)
                if progress is not None:
                    progress(EvaluationProgress(journal.done, questions.total, resumed, seconds))
            return _finish(journal, questions, out, service.settings.answerable_threshold, notes)


class _Grader:
    """Grades answers by the gold of their questions and checks their citations."""

    def __init__(self, service: Service, contents: Contents, options: Options, *, outlets: bool) -> None:
        def stages(question: EvaluationQuestion) -> StageRanks:
            return stage_ranks(options.asking.question(question), contents, service.embedder, service.settings)

        self._failures = FailureFinder(options.relevance, contents, stages)
        self._contents = contents
        self._outlets, self._reader = outlets, service.settings.chosen_reader != "none"
        self.places = GoldPlaces(contents)
        self._options = options
        self._names = measures_for(options.relevance, options.asking.top_k)

    def lines(self, asked: Sequence[Asked], journal: Journal, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield a line of the journal for each answer."""
        kind, overlap, contents = self._options.relevance, self._options.overlap, self._contents
        spans = [self.places.of(one.question) for one in asked]
        by_evidence = [relevant_passages(places, contents.passages_of, overlap) for places in spans]
        gold = by_evidence if kind == "evidence" else [one.question.passages for one in asked]
        graded = [
            grade(one, kind, places, passages, overlap, outlets=self._outlets, reader=self._reader)
            for one, places, passages in zip(asked, spans, gold, strict=True)
        ]
        told = [one for one, each in zip(graded, asked, strict=True) if has_gold(each.question, kind)]
        measured = iter(per_questions(told, self._names))
        new = set[int]()
        for one, places, passages, result in zip(asked, spans, gold, graded, strict=True):
            found = [int(ranked.passage.passage_id, 16) for ranked in one.answer.passages]
            fresh = frozenset(found) - journal.passages - new
            new |= fresh
            fails = has_gold(one.question, kind) and failed(one, result)
            yield journal_line(
                one,
                result,
                next(measured) if has_gold(one.question, kind) else {},
                relevance=kind,
                spans=places,
                gold_passages=passages,
                failure=self._failures.explain(one, places, passages) if fails else None,
                citations=valid_citations(one.answer, contents.article),
                fresh=fresh,
                seconds=seconds,
            )


def _finish(
    journal: Journal, questions: QuestionSet, out: Path, threshold: float, notes: Sequence[str]
) -> dict[str, Any]:
    """Write the results from the journal and finish the folder."""
    from qa_service.evaluation.report import write_report  # imports Jinja

    def records() -> Iterator[dict[str, Any]]:
        return (line["record"] for line in journal.lines())

    write_files(journal.lines(), out)
    summary = summarise(
        records(),
        (line["took_ms"] for line in journal.lines()),
        journal.manifest,
        name=questions.name,
        threshold=threshold,
        seconds=journal.seconds,
        notes=notes,
    )
    write_file(out / "junit.xml", (line + "\n" for line in junit_lines(questions.name, records)))
    for name, values in (("manifest.json", journal.manifest | {"finished": _now()}), ("summary.json", summary)):
        write_file(out / name, json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1) + "\n")
    write_report(out)
    journal.finish()
    return summary


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
