"""From a ranking to the passages returned: greedy, one by one, so scores never rise and a smaller k is a prefix.

Passages come best first, or as they are offered in another order that lowers them for the sake of outlets or diversity.
What the caps refuse, and what is a copy of a passage taken before, is passed over.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa_service.ranking.near_duplicates import NearDuplicates
from qa_service.storage.local.snapshot import Snapshot

__all__ = ["Caps", "Choice", "Offers", "owners", "select"]

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


class Offers(Protocol):
    """Offers the first passages of a ranking in an order of its own, each once."""

    def offer(self) -> tuple[int, float] | None:
        """The next passage's position and score; None where none is left."""

    def answer(self, taken: bool) -> None:
        """Whether the passage at hand was taken."""


@dataclass(frozen=True, slots=True)
class Caps:
    """None means no cap. An article without an outlet is an outlet of its own."""

    per_article: int | None = None
    per_outlet: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The passage at `position` in the ranking, with its copies, positions too."""

    position: int
    score: float
    copies: tuple[int, ...] = ()


def select(
    snapshot: Snapshot,
    rows: Rows,
    scores: Scores,
    *,
    top_k: int,
    caps: Caps | None = None,
    offers: Offers | None = None,
    duplicates: NearDuplicates | None = None,
) -> list[Choice]:
    """The passages to show, of `rows` (n,) with `scores` (n,), which fall.

    One that does not fit into the tokens left is passed over for the next that does. A passage's score becomes the
    lower one it was offered at, and falls below that of the passage before.
    """
    counted = _Counted(snapshot, rows, caps) if caps is not None else None
    own: list[float] = scores.tolist()
    chosen: list[Choice] = []
    for position, offered in _offered(own, offers, chosen):
        if duplicates is not None and duplicates.said(position):
            continue
        if counted is not None and not counted.admit(position):
            continue
        score = min(offered, own[position])
        if chosen and score >= (before := chosen[-1]).score:
            # Equal scores stand in the order of ids, as in the ranking; where one was lowered, ids would say otherwise.
            level = score == own[position] == own[before.position] == before.score and position > before.position
            score = score if level else math.nextafter(before.score, -math.inf)
        copies = duplicates.take(position) if duplicates is not None else ()
        chosen.append(Choice(position, score, tuple(copies)))
        if len(chosen) == top_k:
            break
    return chosen


def owners(snapshot: Snapshot, rows: Rows) -> list[tuple[str, int]]:
    """Whose each passage is: its outlet's, however that is written, else its article's."""
    outlets, articles = snapshot.column("outlet", rows).tolist(), snapshot.column("article", rows).tolist()
    one = snapshot.same_outlets
    return [("outlet", one.get(o, o)) if o else ("article", a) for o, a in zip(outlets, articles, strict=True)]


def _offered(own: list[float], offers: Offers | None, chosen: list[Choice]) -> Iterator[tuple[int, float]]:
    """Every position with the score that it is offered at: first what `offers` has, then the rest as it stands, scaled
    to lie below. Whether one was taken is seen by `chosen` having grown."""
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
    """What the caps have admitted so far."""

    def __init__(self, snapshot: Snapshot, rows: Rows, caps: Caps) -> None:
        self._caps = caps
        self._articles: list[int] = snapshot.column("article", rows).tolist()
        self._owners = owners(snapshot, rows)
        self._sizes: list[int] = snapshot.column("token_count", rows).tolist()
        self._per_article: Counter[int] = Counter()
        self._per_outlet: Counter[tuple[str, int]] = Counter()
        self._tokens = 0

    def admit(self, position: int) -> bool:
        """Whether the caps leave room for the passage; then it has it."""
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
