"""`tune`: a space of settings searched for a question set, by cross-validation; what came of it in a folder.

Nothing is written to the collection. The same set, collection, space and seed give the same files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service import __version__
from qa_service.errors import Conflict, InvalidInput
from qa_service.evaluation.batch import workers_for
from qa_service.evaluation.outputs import rounded
from qa_service.evaluation.reading import QuestionSet
from qa_service.evaluation.records import EvaluationQuestion
from qa_service.evaluation.relevance import choose_kind, has_gold
from qa_service.evaluation.tuning.choosing import DEFAULT, CrossValidation, cross_validate
from qa_service.evaluation.tuning.crew import Crew
from qa_service.evaluation.tuning.files import FILES, write_tuning
from qa_service.evaluation.tuning.folds import Folds, make_folds
from qa_service.evaluation.tuning.judging import Judge, Judging
from qa_service.evaluation.tuning.space import THRESHOLD, Space, default_space, read_space
from qa_service.evaluation.tuning.threshold import tune_threshold
from qa_service.evaluation.tuning.trials import Candidate, Trials, TuneProgress
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
        folds: 2 or more.
        trials: settings measured on each collection, the defaults among them.
        relevance: one of `relevance.KINDS`; None takes the most specific that the questions have gold for.
        workers: processes that ask; None: as many as cores, where there are questions enough.

    Raises:
        InvalidInput: the space, the measure or the gold cannot be what is meant.
        Conflict: `out` holds something else, or the collection is changed meanwhile.
    """
    judging = Judging.of(choose_kind(questions.kinds, relevance), measure, top_k, overlap)
    wanted = default_space(service) if space is None else read_space(space, service)
    if judging.kind == "passage" and wanted.costly:
        raise InvalidInput(
            f"Gold passages are those of one chunking, so {wanted.costly[0].name} cannot be tuned by them. "
            "Use relevance by evidence or by article.",
            param="relevance",
        )
    _check_folder(out)
    service.collection(collection)  # one that is missing or built otherwise is said before processes are started
    contents = service.contents(collection)
    info = contents.info()
    keys, possible = _read_gold(contents, questions, judging)
    parts = make_folds(keys, folds, seed)
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
            **_told(tried.candidates, chosen, parts, means.tolist(), wanted),
            "threshold": threshold,
            "verdict": TAKE if chosen.better or threshold["better"] else KEEP,
        }
    )
    write_tuning(out, outcome, service, [candidate.changes for candidate in tried.candidates])
    return outcome  # type: ignore[no-any-return]


def _told(
    candidates: Sequence[Candidate], chosen: CrossValidation, folds: Folds, means: Sequence[float], space: Space
) -> dict[str, Any]:
    """The part of the outcome that is about the search."""
    won = Counter(fold.chosen for fold in chosen.folds)
    names = [name for name in space.as_dict() if name != THRESHOLD]
    return {
        "trials": [
            {"origin": c.origin, "settings": dict(c.changes), "mean": mean, "won": won[number]}
            for number, (c, mean) in enumerate(zip(candidates, means, strict=True))
        ],
        "questions_with_gold": sum(fold.test for fold in chosen.folds),
        "groups": {"count": folds.groups, "largest": folds.largest, "folds_by": folds.by},
        "folds": [asdict(fold) for fold in chosen.folds],
        "chosen": {
            name: {
                str(value): number
                for value, number in sorted(Counter(candidates[f.chosen].changes[name] for f in chosen.folds).items())
            }
            for name in names
        },
        "train_mean": chosen.train_mean,
        "held_out_mean": chosen.held_out_mean,
        "default_mean": chosen.default_mean,
        "against_default": asdict(chosen.against_default),
        "winner": {"trial": chosen.winner, "mean": chosen.winner_mean, "better": chosen.better},
    }


def _read_gold(
    contents: Contents, questions: QuestionSet, judging: Judging
) -> tuple[list[frozenset[Hashable]], npt.NDArray[np.bool_]]:
    """Of each question the articles that answer it, and whether anything does. Gold that stands nowhere is said here,
    before anything is asked."""
    judge = Judge(contents, judging)
    keys: list[set[Hashable]] = []
    possible: list[bool] = []
    passages: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        keys.append(_articles_of(question) | {span.article_id for span in judge.spans(question)})
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


def _check_folder(out: Path) -> None:
    """
    Raises:
        Conflict: it holds something other than the results of an earlier search.
    """
    if out.exists() and not out.is_dir():
        raise Conflict(f"{out} is a file; give a folder for the results.", param="out")
    if out.is_dir() and (strange := sorted(p.name for p in out.iterdir() if p.name not in FILES)):
        raise Conflict(f"{out} holds {strange[0]}, which is no result of tune; give another folder.", param="out")
