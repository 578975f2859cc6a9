"""Suggestions for a name or a text that is not in the collection: the closest names, the closest place."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from qa_service.records import Article

__all__ = ["Names", "Nearly", "closest_names", "closest_place"]

MOST_NAMES = 5
COMPARED = 200
"""Names that are compared letter by letter: a million comparisons would take minutes."""
ALIKE = 0.6
"""Least similarity (`SequenceMatcher.ratio`) of a place that is shown."""
SHOWN = 200
WINDOWS = 5
MOST_WORDS = 200
"""Words of a text that are searched for. Time grows with the square of their letters."""

_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"\w+")


class Names:
    """The sources and article ids of a collection, read at first use."""

    def __init__(self, articles: Callable[[], Iterable[Article]]) -> None:
        self._articles = articles

    def sources_like(self, wanted: str) -> str:
        """A sentence about the sources, without its full stop."""
        sources = sorted({source for source, _ in self._all if source is not None})
        return _listed("source", sources, wanted) if sources else "None of its articles was read from a file"

    def articles_like(self, wanted: str) -> str:
        ids = [article_id for _, article_id in self._all]
        return _listed("article", ids, wanted) if ids else "It holds no article"

    @cached_property
    def _all(self) -> list[tuple[str | None, str]]:
        return [(article.meta.source, article.article_id) for article in self._articles()]


def closest_names(wanted: str, names: Sequence[str], most: int = MOST_NAMES) -> list[str]:
    """The closest names, best first; equally close names in alphabetical order."""
    parts = _parts(wanted)
    likely = heapq.nsmallest(COMPARED, names, key=lambda name: (-len(parts & _parts(name)), name))
    matcher = SequenceMatcher(b=wanted.lower(), autojunk=False)

    def distance(name: str) -> tuple[float, str]:
        matcher.set_seq1(name.lower())
        return -matcher.ratio(), name

    return heapq.nsmallest(most, likely, key=distance)


@dataclass(frozen=True, slots=True)
class Nearly:
    """A place that almost matches the text; `ours` and `theirs` are the first words that differ, or empty."""

    article_id: str
    start: int
    end: int
    text: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= SHOWN else f"{self.text[:SHOWN]}…"
        where = f"{shown!r} (article {self.article_id!r}, code points {self.start} to {self.end})"
        if self.ours and self.theirs:
            return f"{where}, which has {self.ours!r} where the set has {self.theirs!r}"
        return where


def closest_place(sought: str, articles: Iterable[tuple[str, str]]) -> Nearly | None:
    """The most similar place, or None if no place is similar enough.

    A place has as many words as the text and shares most words at the same distances. Words are compared without case
    and punctuation; places are then compared letter by letter.
    """
    wanted = [match[0] for match in _WORD.finditer(sought)][:MOST_WORDS]
    at: dict[str, list[int]] = {}
    for number, word in enumerate(wanted):
        at.setdefault(_plain(word), []).append(number)
    matcher = SequenceMatcher(b=" ".join(wanted), autojunk=False)
    best: tuple[float, Nearly] | None = None
    for article_id, text in articles:
        words = [match.span() for match in _WORD.finditer(text)]
        beginnings = Counter(
            max(0, place - number)
            for place, (start, end) in enumerate(words)
            for number in at.get(_plain(text[start:end]), ())
        )
        # The first of equally good beginnings: the sorted order makes the place deterministic.
        for first, _ in heapq.nsmallest(WINDOWS, beginnings.items(), key=lambda item: (-item[1], item[0])):
            spans = words[first : first + len(wanted)]
            found = [text[start:end] for start, end in spans]
            matcher.set_seq1(" ".join(found))
            alike = matcher.ratio()
            if alike >= ALIKE and (best is None or alike > best[0]):
                best = alike, Nearly(article_id, spans[0][0], spans[-1][1], " ".join(found), *_differing(found, wanted))
    return best and best[1]


def _differing(found: Sequence[str], wanted: Sequence[str]) -> tuple[str, str]:
    for tag, a, b, c, d in SequenceMatcher(None, found, wanted, autojunk=False).get_opcodes():
        if tag != "equal":
            return " ".join(found[a:b]), " ".join(wanted[c:d])
    return "", ""


def _listed(noun: str, names: Sequence[str], wanted: str) -> str:
    if len(names) == 1:
        return f"Its only {noun} is {names[0]!r}"
    shown = ", ".join(map(repr, closest_names(wanted, names)))
    return f"It has {len(names)} {noun}s, the closest first: {shown}{', …' if len(names) > MOST_NAMES else ''}"


def _parts(name: str) -> set[str]:
    low = name.lower()
    return {low[at : at + 3] for at in range(max(1, len(low) - 2))}


def _plain(word: str) -> str:
    return "".join(_LETTERS.findall(word)).casefold() or word
