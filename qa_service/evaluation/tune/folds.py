"""Questions parted into folds, so that what is chosen on some is measured on others.

Questions that share a gold article go into the same fold: else a setting that suits the article would look as if it
suited questions never seen. Only where more than half of them hang together so (a handful of articles), no balanced
folds could be made: then questions are parted singly, and whoever reads the figures is told.
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
"""Questions with gold in a fold: a single one is either found or not, whatever the setting."""


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """`of` int (n,): the fold of each question, from 0. `groups` are those of questions that share articles, which stay
    together unless `by` is `question`."""

    of: npt.NDArray[np.int64]
    count: int
    groups: int
    largest: int
    """Questions of the largest group."""
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
        keys: of each question; questions that have one in common, also by way of others, stay together.
        wanted: how many folds; fewer where one would have less than `LEAST` questions.
        counted: bool (n,), which of the questions say something; None: all.

    Raises:
        InvalidInput: not even two folds would have so many.
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
    groups.sort(key=len, reverse=True)  # stable: those of equal size stay shuffled
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
    """Numbers of the questions that hang together (union by the first question that has a key), in order."""
    above = list(range(len(keys)))

    def root(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    first: dict[Hashable, int] = {}
    for number, own in enumerate(keys):
        for key in own:
            one, other = root(first.setdefault(key, number)), root(number)
            above[max(one, other)] = min(one, other)
    found: dict[int, list[int]] = {}
    for number in range(len(keys)):
        found.setdefault(root(number), []).append(number)
    return list(found.values())
