"""All that is tried, measured: on the collection itself, then on each copy of it that other settings need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.tune.candidate_judging import Figures, Judging
from qa_service.evaluation.tune.candidates import Changes, Space
from qa_service.evaluation.tune.crew import Crew
from qa_service.evaluation.tune.cross_validation import DEFAULT, best_candidate
from qa_service.evaluation.tune.folds import Folds
from qa_service.evaluation.tune.rebuilt import rebuilt
from qa_service.evaluation.tune.search import first_candidates, refined
from qa_service.records import IngestProgress
from qa_service.service import Service

__all__ = ["Candidate", "Trials", "TuneProgress"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values for all the settings of the space but the threshold. `origin` is `default`, `grid`, `random` or `refined`;
    `collection` counts from 0, the collection itself."""

    changes: Changes
    collection: int
    origin: str


@dataclass(frozen=True, slots=True)
class TuneProgress:
    """`stage` says what is being done, such as `collection 2 of 5, 30 settings`; `done` of `total` are questions, or
    articles while a copy is built."""

    stage: str
    done: int
    total: int
    noun: str


class Trials:
    """`candidates` are the columns of `figures`; `allowed` bool (folds + 1, c) says which each fold may choose among,
    and, in its last line, which the winner is taken from: all."""

    def __init__(
        self,
        service: Service,
        collection: str,
        questions: QuestionSet,
        judging: Judging,
        space: Space,
        folds: Folds,
        crew: Crew,
        tell: Callable[[TuneProgress], None],
    ) -> None:
        self._service, self._collection, self._questions = service, collection, questions
        self._judging, self._space, self._folds, self._crew, self._tell = judging, space, folds, crew, tell
        self.candidates: list[Candidate] = []
        self._parts: list[Figures] = []
        self._allowed: list[npt.NDArray[np.bool_]] = []

    @property
    def figures(self) -> Figures:
        return Figures.joined(self._parts, 1)

    @property
    def allowed(self) -> npt.NDArray[np.bool_]:
        return np.concatenate(self._allowed, axis=1)

    def measure(self, trials: int, seed: int) -> None:
        """
        Args:
            trials: settings measured on each collection, the default among them.
        """
        settings, space = self._service.settings, self._space
        default = {dimension.name: getattr(settings, dimension.name) for dimension in space.cheap}
        own = {dimension.name: getattr(settings, dimension.name) for dimension in space.costly}
        wanted = space.collections()
        copies = [costly for costly in wanted if costly != own]
        here = f"collection 1 of {len(copies) + 1}"
        # Where the space leaves the collection's own chunking out, the default is all that is measured on it.
        self._search(self._service, own, default, trials if own in wanted else 1, seed, 0, here)
        for number, costly in enumerate(copies, 1):
            stage = f"collection {number + 1} of {len(copies) + 1}"

            def built(now: IngestProgress, stage: str = stage) -> None:
                self._tell(TuneProgress(f"{stage}, building", now.done_files, now.total_files, "articles"))

            with rebuilt(self._service, self._collection, costly, built) as copy:
                self._search(copy, costly, default, trials, seed, number, stage)

    def _search(
        self, service: Service, costly: Changes, default: Changes, trials: int, seed: int, collection: int, stage: str
    ) -> None:
        """The default and the first candidates in one pass over the questions, neighbours of the best in another."""
        first, left = first_candidates(self._space, default, trials, seed) if trials > 1 else ([], 0)
        tried = [default, *first]
        kind = "random" if left else "grid"
        names = ["default" if not collection else kind, *[kind] * len(first)]
        everyone = np.ones((self._folds.count + 1, len(tried)), np.bool_)
        figures = self._pass(service, tried, stage)
        self._add(costly, collection, tried, names, figures, everyone)
        if left:
            further = refined(self._space, self._bests(tried, figures), tried, left, seed)
            if further:
                allowed = np.array([[f in whose for _, whose in further] for f in range(self._folds.count + 1)])
                allowed[-1] = True  # the winner is chosen on all questions anyway
                more = [changes for changes, _ in further]
                figures = self._pass(service, more, stage)
                self._add(costly, collection, more, ["refined"] * len(more), figures, allowed)

    def _bests(self, tried: list[Changes], figures: Figures) -> list[Changes]:
        """The best on each fold's training part, and on all questions."""
        gold = ~np.isnan(figures.values[:, DEFAULT])
        parts = [self._folds.train(fold) & gold for fold in range(self._folds.count)] + [gold]
        everyone = np.ones(len(tried), np.bool_)
        return [tried[best_candidate(figures.values, rows, everyone) if rows.any() else DEFAULT] for rows in parts]

    def _pass(self, service: Service, variants: list[Changes], stage: str) -> Figures:
        total = self._questions.total
        named = f"{stage}, {len(variants)} setting{'' if len(variants) == 1 else 's'}"

        def tell(done: int) -> None:
            self._tell(TuneProgress(named, done, total, "questions"))

        return self._crew.sweep(service, self._collection, self._judging, variants, self._questions, tell)

    def _add(
        self,
        costly: Changes,
        collection: int,
        variants: list[Changes],
        origins: list[str],
        figures: Figures,
        allowed: npt.NDArray[np.bool_],
    ) -> None:
        for changes, origin in zip(variants, origins, strict=True):
            self.candidates.append(Candidate({**changes, **costly}, collection, origin))
        self._parts.append(figures)
        self._allowed.append(allowed)
