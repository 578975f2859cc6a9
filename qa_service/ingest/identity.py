"""Gives the articles of a file the ids of the stored articles that they correct.

An id is derived once, when an article is first added. If the text is corrected later, the id stays. A stored article
and a new one are the same article if, in this order:

1. text, outlet and URL are equal, or the text alone;
2. their ids are equal;
3. URL or title is equal, and no other article of the file has it;
4. the texts share much (`SAME`), or something (`RELATED`) if each is the only article of its file.

Ids that the file gives are never changed. `docs/explanation/identity.md` says what a user sees.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from qa_service.records import Article

__all__ = ["Settled", "free_id", "settle", "similarity"]

SAME = 0.3
"""Smallest similarity of a corrected text to the text before."""
RELATED = 0.1
"""Smallest similarity of two versions of one file. Unrelated news texts of 400 words share less than 0.02."""
FEWEST_SHARED = 2
"""Shingles that two versions of one file share."""
SHINGLE = 3
FEWEST_WORDS = 6
"""Of a shorter text nobody can tell whether it is a correction."""
MOST_PAIRS = 2500
"""Pairs of texts to compare for one file."""
LONGEST_COMPARED = 20_000
"""Characters of a text that are compared."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Settled:
    """The articles of a file with their final ids."""

    articles: tuple[Article, ...]
    beside: frozenset[str]
    """Ids of stored articles of an unrelated file with the same name, which stay."""
    unrelated: bool
    """Whether the file has nothing in common with what is stored under its name."""


def settle(
    articles: Sequence[Article], stored: Sequence[Article], *, bare: bool, free: Callable[[str], str]
) -> Settled:
    """The articles of a file with the ids of those in `stored`, which have the same source, that they correct.

    Args:
        bare: the name does not tell the file from other files. Stored articles of an unrelated file stay then.
        free: returns its argument if no other article has this id, else a new id.
    """
    if not stored:
        taken: set[str] = {a.article_id for a in articles if not a.derived_id}
        return Settled(tuple(_with_free_id(a, taken, free) for a in articles), frozenset(), False)
    given = {a.article_id for a in articles if not a.derived_id}
    waiting = [a for a in articles if a.derived_id]
    left = {s.article_id: s for s in stored if s.article_id not in given}
    match: dict[int, str] = {}

    def pair(key: Callable[[Article], Hashable], *, unique: bool) -> None:
        _pair([a for a in waiting if id(a) not in match], left, key, match, unique=unique)

    if waiting and left:
        pair(lambda a: (a.text, a.meta.outlet, a.meta.url), unique=False)
        pair(lambda a: a.text, unique=False)
        pair(lambda a: a.article_id, unique=False)
        pair(lambda a: a.meta.url, unique=True)
        if not bare:
            pair(lambda a: _folded(a.meta.title), unique=True)
        _pair_similar([a for a in waiting if id(a) not in match], left, match)
    beside, unrelated = _beside(articles, stored, match, given)
    rest = [a for a in waiting if id(a) not in match]
    corrected = [i for i in left if i not in beside]
    if len(articles) == len(rest) == len(corrected) == 1:
        match[id(rest[0])] = corrected[0]
    kept = beside if bare else frozenset[str]()
    taken = given | set(match.values()) | kept
    final = []
    for article in articles:
        if id(article) in match:
            final.append(replace(article, article_id=match[id(article)]))
        else:
            final.append(_with_free_id(article, taken, free))
    return Settled(tuple(final), kept, unrelated)


def free_id(article_id: str, is_taken: Callable[[str], bool]) -> str:
    """`article_id` if it is free, else the first free id that follows from it."""
    found, number = article_id, 1
    while is_taken(found):
        number += 1
        found = hashlib.sha256(f"{article_id}\0{number}".encode()).hexdigest()[:16]
    return found


def similarity(one: str, other: str) -> float:
    """Share of the shorter text's shingles of 3 words that the other text has, from 0 to 1."""
    return _overlap(_shingles(one), _shingles(other))


def _overlap(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


def _related(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    """Whether the texts share more than a phrase such as "of Holm was", which is much of a short text."""
    return _overlap(one, other) >= RELATED and len(one & other) >= FEWEST_SHARED


def _with_free_id(article: Article, taken: set[str], free: Callable[[str], str]) -> Article:
    if not article.derived_id:
        return article
    found = free_id(free(article.article_id), lambda wanted: wanted in taken)
    taken.add(found)
    return article if found == article.article_id else replace(article, article_id=found)


def _pair(
    new: Sequence[Article],
    left: dict[str, Article],
    key: Callable[[Article], Hashable],
    match: dict[int, str],
    *,
    unique: bool,
) -> None:
    """Match articles with the same key, in order; with `unique` only keys that one article on each side has."""
    old: dict[Hashable, list[str]] = {}
    for article_id, article in left.items():
        old.setdefault(key(article), []).append(article_id)
    counts = Counter(key(a) for a in new)
    for article in new:
        wanted = key(article)
        ids = old.get(wanted)
        if wanted is None or not ids or (unique and (len(ids) > 1 or counts[wanted] > 1)):
            continue
        match[id(article)] = ids.pop(0)
        del left[match[id(article)]]


def _pair_similar(new: Sequence[Article], left: dict[str, Article], match: dict[int, str]) -> None:
    """Match the most similar texts first, as long as they are similar."""
    if not new or not left or len(new) * len(left) > MOST_PAIRS:
        return
    old = {article_id: _shingles(article.text) for article_id, article in left.items()}
    shingles = [_shingles(article.text) for article in new]
    found = [(-_overlap(s, o), at, i) for at, s in enumerate(shingles) for i, o in old.items()]
    for score, at, article_id in sorted(found):
        if -score >= SAME and article_id in left and id(new[at]) not in match:
            match[id(new[at])] = article_id
            del left[article_id]


def _beside(
    articles: Sequence[Article], stored: Sequence[Article], match: dict[int, str], given: set[str]
) -> tuple[frozenset[str], bool]:
    """The stored articles of unrelated versions of the file, and whether all stored versions are unrelated."""
    matched = set(match.values()) | given
    current = {a.meta.source_sha256 for a in articles}
    related: set[str | None] = set()
    versions: dict[str | None, list[Article]] = {}
    for article in stored:
        versions.setdefault(article.meta.source_sha256, []).append(article)
        if article.article_id in matched or article.meta.source_sha256 in current:
            related.add(article.meta.source_sha256)
    new = [_shingles(a.text) for a in articles[:MOST_COMPARED]]
    short = sum(len(s) for s in new) < FEWEST_WORDS - SHINGLE + 1
    for version, members in versions.items():
        if version in related:
            continue
        old = [_shingles(a.text) for a in members[:MOST_COMPARED]]
        if (
            short
            or sum(len(o) for o in old) < FEWEST_WORDS - SHINGLE + 1
            or any(_related(s, o) for s in new for o in old)
        ):
            related.add(version)
    beside = frozenset(a.article_id for v, members in versions.items() if v not in related for a in members)
    return beside, not related


MOST_COMPARED = 20
"""Articles of a file that are compared to find out whether two files are related."""


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text[:LONGEST_COMPARED].casefold())
    return frozenset(zip(*(words[at:] for at in range(SHINGLE)), strict=False))


def _folded(title: str | None) -> str | None:
    return " ".join(title.split()).casefold() if title else None
