"""`tune`: measures candidate settings on a question set by cross-validation and writes the result into a folder.

The collection is only read. The same set, collection, candidates and seed give the same files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service import __version__
from qa_service.errors import InvalidInput
from qa_service.evaluation.grade.gold_spans import GoldPlaces
from qa_service.evaluation.grade.missing_gold import notes_on
from qa_service.evaluation.grade.summary import rounded
from qa_service.evaluation.run.batch import workers_for
from qa_service.evaluation.run.manifest import describe_collection, describe_set
from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.gold_kinds import NONE, choose_kind, has_gold
from qa_service.evaluation.tune.candidate_scores import Judging
from qa_service.evaluation.tune.candidates import NamedCandidates, named_candidates
from qa_service.evaluation.tune.cross_validation import DEFAULT, CrossValidation, cross_validate
from qa_service.evaluation.tune.folds import LEAST, Folds, make_folds
from qa_service.evaluation.tune.sweep import sweep
from qa_service.evaluation.tune.threshold import tune_threshold
from qa_service.evaluation.tune.tuning_results import check_folder, write_tuning
from qa_service.service import Service
from qa_service.service.contents import Contents

__all__ = ["TuneProgress", "tune"]

KEEP, TAKE = "keep the defaults", "take winner.toml"
FEW, FEW_IN_A_FOLD, FEW_UNANSWERABLE = 50, 10, 10


@dataclass(frozen=True, slots=True)
class TuneProgress:
    """How many questions were asked, under all the candidates."""

    done: int
    total: int


def tune(
    service: Service,
    questions: QuestionSet,
    out: Path,
    *,
    collection: str = "default",
    tries: Sequence[str] = (),
    candidates: Path | None = None,
    measure: str | None = None,
    folds: int = 5,
    seed: int = 0,
    restart: bool = False,
    top_k: int = 10,
    relevance: str | None = None,
    overlap: float = 1.0,
    workers: int | None = None,
    progress: Callable[[TuneProgress], None] = lambda now: None,
) -> dict[str, Any]:
    """Measure, judge and write. Returns the content of `tuning.json`.

    The defaults are the service's settings; they are always a candidate. Without named candidates only the threshold
    is tuned.

    Args:
        tries: texts `NAME=V1,V2`, see `candidates`.
        candidates: a TOML file of candidates, see `candidates`.
        measure: a name of ir-measures or of ours; None takes the first that suits the relevance, mostly nDCG@10.
        folds: 2 or more; fewer are made where a fold would have less than two questions.
        restart: replace an earlier result in `out`.
        relevance: one of `gold_kinds.KINDS`; None takes the kind that most questions have gold for.
        workers: processes that ask; None: one for each core, where there are enough questions.

    Raises:
        InvalidInput: a candidate, the measure or the gold does not fit.
        Conflict: `out` holds an earlier result or other files, or the collection changes meanwhile.
    """
    kind = choose_kind(questions.gold, relevance)
    if kind == NONE:
        message = "No question of the set has an answer; settings are tuned by questions that have one."
        raise InvalidInput(message, param="relevance")
    judging = Judging.of(kind, measure, top_k, overlap)
    named = named_candidates(service, tries, candidates)
    check_folder(out, restart=restart)
    service.check_collection(collection)  # an absent collection or a mismatch is an error before processes start
    contents = service.contents(collection)
    info = contents.info()
    keys, possible = _read_gold(contents, questions, judging)
    notes = notes_on(service, collection, questions, kind)
    parts = make_folds(keys, folds, seed, possible)
    processes = workers_for(service, questions.total, workers)

    def tell(done: int) -> None:
        progress(TuneProgress(done, questions.total))

    scores = sweep(service, collection, judging, named.changes, questions, processes, tell)
    chosen = cross_validate(scores.values, parts, seed)
    adopted = chosen.winner if chosen.better else DEFAULT
    now = service.settings.answerable_threshold
    judged = scores.confidence[:, adopted], scores.right[:, adopted], possible
    threshold = tune_threshold(*judged, named.thresholds, now, parts, seed)
    means = scores.values[~np.isnan(scores.values[:, DEFAULT])].mean(axis=0, dtype=np.float64)
    outcome: dict[str, Any] = rounded(
        {
            "format": 2,
            "program": f"qa-service {__version__}",
            "collection": describe_collection(info),
            "model": service.embedder.model_id,
            "question_set": {"name": questions.name, **describe_set(questions)},
            "relevance": judging.kind,
            "measure": judging.measure,
            "top_k": top_k,
            "overlap": overlap,
            "seed": seed,
            **_choice(named, chosen, parts, means.tolist()),
            "threshold": threshold,
            "verdict": TAKE if chosen.better or threshold["better"] else KEEP,
            "warnings": [*notes, *_warnings(chosen, parts, folds, threshold)],
        }
    )
    write_tuning(out, outcome, service)
    return outcome


def _read_gold(
    contents: Contents, questions: QuestionSet, judging: Judging
) -> tuple[list[frozenset[Hashable]], npt.NDArray[np.bool_]]:
    """For each question the articles that answer it, and whether it has gold. Gold that is not in the collection is
    refused here, before any question is asked."""
    places = GoldPlaces(contents)
    places.check(questions)
    keys: list[set[Hashable]] = []
    possible: list[bool] = []
    passages: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        articles = {article for article, grade in question.articles.items() if grade > 0}
        keys.append({*articles, *(span.article_id for span in places.of(question))})
        possible.append(has_gold(question, judging.kind))
        for passage in [passage for passage, grade in question.passages.items() if grade > 0]:
            passages.setdefault(passage, []).append(number)
    if passages:
        for article in contents.articles():
            for found in contents.passages_of(article.article_id):
                for number in passages.get(found.passage_id, ()):
                    keys[number].add(article.article_id)
    return [frozenset(own) for own in keys], np.array(possible, np.bool_)


def _choice(named: NamedCandidates, chosen: CrossValidation, folds: Folds, means: Sequence[float]) -> dict[str, Any]:
    """The part of `tuning.json` that is about the candidates."""
    won = Counter(fold.chosen for fold in chosen.folds)
    return {
        "candidates": [
            {"settings": dict(changes), "mean": mean, "won": won[number]}
            for number, (changes, mean) in enumerate(zip(named.changes, means, strict=True))
        ],
        "questions_with_gold": sum(fold.test for fold in chosen.folds),
        "groups": {"count": folds.groups, "largest": folds.largest, "folds_by": folds.by},
        "folds": [asdict(fold) for fold in chosen.folds],
        "train_mean": chosen.train_mean,
        "held_out_mean": chosen.held_out_mean,
        "default_mean": chosen.default_mean,
        "against_default": asdict(chosen.against_default),
        "winner": {"candidate": chosen.winner, "mean": chosen.winner_mean, "better": chosen.better},
    }


def _warnings(chosen: CrossValidation, folds: Folds, wanted: int, threshold: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each reason to doubt the result."""
    questions, smallest = sum(fold.test for fold in chosen.folds), min(fold.test for fold in chosen.folds)
    if folds.count < wanted:
        yield (
            f"{folds.count} folds instead of {wanted}: with more, a fold would have less than {LEAST} questions with "
            "gold, because questions that share articles stay together."
        )
    if questions < FEW:
        why = "so a single question can decide the result"
        yield f"Only {questions} questions have gold, {why}. Use {FEW} questions or more."
    if smallest < FEW_IN_A_FOLD:
        yield f"The smallest fold has {smallest} questions with gold, so the figures of single folds mean little."
    if 0 < threshold["unanswerable"] < FEW_UNANSWERABLE and threshold["held_out_f1"] is not None:
        yield f"Only {threshold['unanswerable']} unanswerable questions judge the threshold."
