"""Questions divided into folds, so that a choice made on some questions is measured on others.

Questions that share a gold article go into the same fold. Otherwise a setting that suits the article would seem to suit
unseen questions. If more than half of the questions are connected this way, no balanced folds exist. Then questions are
divided one by one, and the result says so.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.errors import InvalidInput

__all__ = ["Folds", "make_folds"]

LEAST = 2
"""Questions with gold that a fold needs: a single question is either found or not, whatever the setting."""


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """`of` int (n,): the fold of each question, from 0. `groups` counts the groups of questions that share articles; a
    group stays in one fold unless `by` is `question`."""

    of: npt.NDArray[np.int64]
    count: int
    groups: int
    largest: int
    """Questions in the largest group."""
    by: str = "article"
    """`article` or `question`."""

    def train(self, fold: int) -> npt.NDArray[np.bool_]:
        rows: npt.NDArray[np.bool_] = self.of != fold
        return rows

    def test(self, fold: int) -> npt.NDArray[np.bool_]:
        rows: npt.NDArray[np.bool_] = self.of == fold
        return rows


def make_folds(
    keys: Sequence[Collection[Hashable]], wanted: int, seed: int, counted: npt.NDArray[np.bool_] | None = None
) -> Folds:
    """Args:
        keys: the gold articles of each question; questions that share a key, also through others, stay together.
        wanted: the number of folds; fewer are made where a fold would have less than `LEAST` questions.
        counted: bool (n,), which of the questions have gold; None: all.

    Raises:
        InvalidInput: not even two folds would have that many.
    """
    number_of = len(keys) if counted is None else int(counted.sum())
    if number_of < 2 * LEAST:
        raise _too_few(f"{number_of} questions with gold are not enough to part them into two folds")
    groups = _groups(keys)
    number, largest = len(groups), max(map(len, groups))
    together = 2 * largest <= sum(1 for own in keys if own) or largest == 1
    if not together:
        groups = [[question] for question in range(len(keys))]
    random.Random(seed).shuffle(groups)
    groups.sort(key=len, reverse=True)  # stable: groups of equal size stay shuffled
    for count in range(min(wanted, len(groups)), 1, -1):
        of = _dealt(groups, count)
        if np.bincount(of if counted is None else of[counted], minlength=count).min() >= LEAST:
            return Folds(of, count, number, largest, "article" if together else "question")
    raise _too_few(
        f"{number_of} questions with gold, of which those that share articles stay together, cannot be parted into "
        f"two folds of {LEAST} or more"
    )


def _dealt(groups: Sequence[Sequence[int]], count: int) -> npt.NDArray[np.int64]:
    """The fold of each question: each group goes to the smallest fold."""
    sizes = [0] * count
    of = np.zeros(sum(map(len, groups)), np.int64)
    for group in groups:
        fold = sizes.index(min(sizes))
        sizes[fold] += len(group)
        of[group] = fold
    return of


def _too_few(what: str) -> InvalidInput:
    return InvalidInput(
        f"{what}: what is chosen on some is measured on others. Add questions; from some fifty on figures mean "
        "something.",
        param="questions",
    )


def _groups(keys: Sequence[Collection[Hashable]]) -> list[list[int]]:
    """Numbers of the questions in each connected group, in order; keys connect questions."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    numbers: dict[Hashable, int] = {}
    rows = [question for question, own in enumerate(keys) for _ in own]
    columns = [numbers.setdefault(key, len(keys) + len(numbers)) for own in keys for key in own]
    size = len(keys) + len(numbers)
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, label_of = connected_components(links, directed=False)
    found: dict[int, list[int]] = {}
    for question in range(len(keys)):
        found.setdefault(int(label_of[question]), []).append(question)
    return list(found.values())
