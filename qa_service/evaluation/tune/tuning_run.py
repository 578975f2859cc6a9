"""`tune`: a space of settings searched for a question set, by cross-validation; what came of it in a folder.

Nothing is written to the collection. The same set, collection, space and seed give the same files.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service import __version__
from qa_service.errors import InvalidInput
from qa_service.evaluation.grade.gold_spans import GoldPlaces
from qa_service.evaluation.grade.missing_gold import notes_on
from qa_service.evaluation.run.batch import workers_for
from qa_service.evaluation.run.result_files import rounded
from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import NONE, choose_kind, has_gold
from qa_service.evaluation.tune.candidate_judging import Judging
from qa_service.evaluation.tune.candidates import default_space, read_space
from qa_service.evaluation.tune.crew import Crew
from qa_service.evaluation.tune.cross_validation import DEFAULT, cross_validate
from qa_service.evaluation.tune.folds import make_folds
from qa_service.evaluation.tune.threshold import tune_threshold
from qa_service.evaluation.tune.trials import Trials, TuneProgress
from qa_service.evaluation.tune.tuning_files import check_folder, write_tuning
from qa_service.evaluation.tune.tuning_outcome import told_of, warnings_of
from qa_service.service import Service
from qa_service.service.contents import Contents

__all__ = ["KEEP", "TAKE", "TuneProgress", "tune"]

KEEP, TAKE = "keep the defaults", "take winner.toml"


def tune(
    service: Service,
    questions: QuestionSet,
    out: Path,
    *,
    collection: str = "default",
    measure: str | None = None,
    space: Path | None = None,
    folds: int = 5,
    trials: int = 50,
    seed: int = 0,
    restart: bool = False,
    top_k: int = 10,
    relevance: str | None = None,
    overlap: float = 1.0,
    workers: int | None = None,
    progress: Callable[[TuneProgress], None] = lambda now: None,
) -> dict[str, Any]:
    """Search, judge and write. Returns what `tuning.json` says.

    The defaults are the service's settings as they are, which are always a candidate.

    Args:
        measure: a name of ir-measures or of ours; None takes the first that suits the relevance, mostly nDCG@10.
        space: a TOML file (`space.read_space`); None takes the default space.
        folds: 2 or more; fewer are made where one would have less than two questions.
        restart: replace what an earlier search left in `out`.
        trials: settings measured on each collection, the defaults among them.
        relevance: one of `gold.KINDS`; None takes the one that the most questions have gold for.
        workers: processes that ask; None: as many as cores, where there are questions enough.

    Raises:
        InvalidInput: the space, the measure or the gold cannot be what is meant.
        Conflict: `out` holds an earlier search or something else, or the collection is changed meanwhile.
    """
    kind = choose_kind(questions.gold, relevance)
    if kind == NONE:
        message = "No question of the set has an answer; settings are tuned by questions that have one."
        raise InvalidInput(message, param="relevance")
    judging = Judging.of(kind, measure, top_k, overlap)
    wanted = default_space(service) if space is None else read_space(space, service)
    if judging.kind == "passage" and wanted.costly:
        raise InvalidInput(
            f"Gold passages are those of one chunking, so {wanted.costly[0].name} cannot be tuned by them. "
            "Use relevance by evidence or by article.",
            param="relevance",
        )
    check_folder(out, restart=restart)
    service.collection(collection)  # one that is missing or built otherwise is said before processes are started
    contents = service.contents(collection)
    info = contents.info()
    keys, possible = _read_gold(contents, questions, judging)
    notes = notes_on(service, collection, questions, kind)
    parts = make_folds(keys, folds, seed, possible)
    with Crew(workers_for(service, questions.total, workers)) as crew:
        tried = Trials(service, collection, questions, judging, wanted, parts, crew, progress)
        tried.measure(trials, seed)
    figures = tried.figures
    chosen = cross_validate(figures.values, parts, tried.allowed, seed)
    adopted = chosen.winner if chosen.better else DEFAULT
    threshold = tune_threshold(
        figures.confidence[:, adopted],
        figures.right[:, adopted],
        possible,
        wanted.thresholds,
        service.settings.answerable_threshold,
        parts,
        seed,
    )
    means = figures.values[~np.isnan(figures.values[:, DEFAULT])].mean(axis=0, dtype=np.float64)
    outcome = rounded(
        {
            "format": 1,
            "program": f"qa-service {__version__}",
            "collection": {
                "name": info.name,
                "generation": info.generation,
                "fingerprint": info.fingerprint,
                "articles": info.articles,
                "passages": info.passages,
            },
            "model": service.embedder.model_id,
            "question_set": {
                "name": questions.name,
                "format": questions.format,
                "sha256": questions.sha256,
                "questions": questions.total,
            },
            "relevance": judging.kind,
            "measure": judging.measure,
            "top_k": top_k,
            "overlap": overlap,
            "seed": seed,
            "space": wanted.as_dict(),
            **told_of(tried.candidates, chosen, parts, means.tolist(), wanted),
            "threshold": threshold,
            "verdict": TAKE if chosen.better or threshold["better"] else KEEP,
            "warnings": [*notes, *warnings_of(chosen, parts, folds, threshold)],
        }
    )
    write_tuning(out, outcome, service, [candidate.changes for candidate in tried.candidates])
    return outcome  # type: ignore[no-any-return]


def _read_gold(
    contents: Contents, questions: QuestionSet, judging: Judging
) -> tuple[list[frozenset[Hashable]], npt.NDArray[np.bool_]]:
    """Of each question the articles that answer it, and whether anything does. Gold that stands nowhere is said here,
    before anything is asked."""
    places = GoldPlaces(contents)
    places.check(questions)
    keys: list[set[Hashable]] = []
    possible: list[bool] = []
    passages: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        keys.append(_articles_of(question) | {span.article_id for span in places.of(question)})
        possible.append(has_gold(question, judging.kind))
        for passage in [passage for passage, grade in question.passages.items() if grade > 0]:
            passages.setdefault(passage, []).append(number)
    if passages:
        for article in contents.articles():
            for found in contents.passages_of(article.article_id):
                for number in passages.get(found.passage_id, ()):
                    keys[number].add(article.article_id)
    return [frozenset(own) for own in keys], np.array(possible, np.bool_)


def _articles_of(question: EvaluationQuestion) -> set[Hashable]:
    return {article for article, grade in question.articles.items() if grade > 0}
