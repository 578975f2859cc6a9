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


def make_folds(keys: Sequence[Collection[Hashable]], wanted: int, seed: int) -> Folds:
    """Args:
        keys: of each question; questions that have one in common, also by way of others, stay together.
        wanted: how many folds; fewer where there are fewer groups.

    Raises:
        InvalidInput: there are fewer than two questions.
    """
    if len(keys) < 2:
        raise InvalidInput(
            "One question is not enough: what is chosen on some is measured on others.", param="questions"
        )
    groups = _groups(keys)
    number, largest = len(groups), max(map(len, groups))
    together = 2 * largest <= sum(1 for own in keys if own) or largest == 1
    if not together:
        groups = [[question] for question in range(len(keys))]
    count = min(wanted, len(groups))
    random.Random(seed).shuffle(groups)
    groups.sort(key=len, reverse=True)  # stable: those of equal size stay shuffled
    sizes = [0] * count
    of = np.zeros(len(keys), np.int64)
    for group in groups:
        fold = sizes.index(min(sizes))
        sizes[fold] += len(group)
        of[group] = fold
    return Folds(of, count, number, largest, "article" if together else "question")


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
