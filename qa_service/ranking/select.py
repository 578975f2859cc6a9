"""Selects the returned passages of a ranking, greedily. So scores never rise, and a smaller k returns a prefix.

Passages come best first, or in an order of offers that lowers scores for balance of outlets or diversity. Passages that
the caps refuse, and copies of passages taken before, are skipped.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qa_service.ranking.diversity import Offers
from qa_service.ranking.near_duplicates import NearDuplicates
from qa_service.ranking.pipeline import Positions, Scores
from qa_service.records import outlet_key
from qa_service.storage.features import Features, hash_terms

__all__ = ["Caps", "Choice", "owners", "select"]


@dataclass(frozen=True, slots=True)
class Caps:
    """None means no cap. Each article without an outlet counts as a separate outlet."""

    per_article: int | None = None
    per_outlet: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The passage at `position` in the ranking, with the positions of its copies."""

    position: int
    score: float
    copies: tuple[int, ...] = ()


def select(
    features: Features,
    at: Positions,
    scores: Scores,
    outlets: tuple[str, ...],
    *,
    top_k: int,
    caps: Caps | None = None,
    offers: Offers | None = None,
    duplicates: NearDuplicates | None = None,
) -> list[Choice]:
    """The passages to show, of the passages `at` (n,) with falling `scores` (n,). `outlets` are the collection's.

    A passage that does not fit into the remaining tokens is skipped for the next one that does. A passage's score
    becomes the lower one of its offer, and falls below that of the passage before.
    """
    counted = _Counted(features, at, outlets, caps) if caps is not None else None
    own: list[float] = scores.tolist()
    chosen: list[Choice] = []
    for position, offered in _offered(own, offers, chosen):
        if duplicates is not None and duplicates.is_claimed(position):
            continue
        if counted is not None and not counted.admit(position):
            continue
        score = min(offered, own[position])
        if chosen and score >= (before := chosen[-1]).score:
            # Equal scores keep the order of ids, as in the ranking; a lowered score must be lower than the one before.
            level = score == own[position] == own[before.position] == before.score and position > before.position
            score = score if level else math.nextafter(before.score, -math.inf)
        copies = duplicates.take(position) if duplicates is not None else ()
        chosen.append(Choice(position, score, tuple(copies)))
        if len(chosen) == top_k:
            break
    return chosen


def owners(features: Features, at: Positions, outlets: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """The outlet of each passage as a number, int64 (n,). All spellings of an outlet have the same number.

    A passage without an outlet has a negative number of its article. `outlets` are the outlets of the collection.
    """
    of_article = -1 - features.article[at]
    if not outlets:
        return of_article
    outlet = features.outlet[at]
    hashes, numbers = _numbered_outlets(outlets)
    return np.where(outlet == 0, of_article, numbers[np.searchsorted(hashes, outlet) % len(hashes)])


@lru_cache(maxsize=8)
def _numbered_outlets(outlets: tuple[str, ...]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The outlets as hashes, ascending, and the number of the first spelling of each."""
    first: dict[str, int] = {}
    numbers = np.array([first.setdefault(outlet_key(outlet), at) for at, outlet in enumerate(outlets)], np.int64)
    hashes = hash_terms(outlets)
    rising = np.argsort(hashes)
    return hashes[rising], numbers[rising]


def _offered(own: list[float], offers: Offers | None, chosen: list[Choice]) -> Iterator[tuple[int, float]]:
    """Every position with the score of its offer: first those of `offers`, then the rest in their order, scaled to lie
    below. The caller takes an offer by appending to `chosen`."""
    first = 0
    while offers is not None and (offer := offers.offer()) is not None:
        length = len(chosen)
        yield offer
        offers.answer(len(chosen) > length)
        first += 1
    share = 1.0
    if first and first < len(own) and chosen and own[first] > chosen[-1].score > 0:
        share = chosen[-1].score / own[first]
    for position in range(first, len(own)):
        yield position, own[position] * share


class _Counted:
    """Counts the passages that the caps have admitted."""

    def __init__(self, features: Features, at: Positions, outlets: tuple[str, ...], caps: Caps) -> None:
        self._caps = caps
        self._articles: list[int] = features.article[at].tolist()
        self._owners: list[int] = owners(features, at, outlets).tolist()
        self._sizes: list[int] = features.token_count[at].tolist()
        self._per_article: Counter[int] = Counter()
        self._per_outlet: Counter[int] = Counter()
        self._tokens = 0

    def admit(self, position: int) -> bool:
        """Whether the caps leave room for the passage. If so, count it."""
        article, owner, size = self._articles[position], self._owners[position], self._sizes[position]
        caps = self._caps
        if caps.per_article is not None and self._per_article[article] >= caps.per_article:
            return False
        if caps.per_outlet is not None and self._per_outlet[owner] >= caps.per_outlet:
            return False
        if caps.tokens is not None and self._tokens + size > caps.tokens:
            return False
        self._per_article[article] += 1
        self._per_outlet[owner] += 1
        self._tokens += size
        return True
