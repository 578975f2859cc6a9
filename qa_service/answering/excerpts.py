"""Chooses what the reader reads of each passage, within a number of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.reader import Excerpt
from qa_service.records import Passage

__all__ = ["PassageExcerpt", "choose_excerpts"]


@dataclass(frozen=True, slots=True)
class PassageExcerpt:
    """An excerpt of a passage. `first` is the number, in the passage, of the excerpt's first sentence."""

    excerpt: Excerpt
    first: int


def choose_excerpts(
    passages: Sequence[Passage], titles: Sequence[str | None], matches: Sequence[Sequence[float]], tokens: int
) -> list[PassageExcerpt]:
    """One excerpt of each passage, together at most about `tokens` tiktoken tokens.

    The first passages get most, since they answer most often. A passage that does not fit is cut to a run of sentences
    around the best one by `matches`, the late interaction of each sentence. That one is always part of the excerpt.
    """
    shares = _shares([passage.token_count for passage in passages], tokens)
    return [
        _excerpt(passage, title, found, share)
        for passage, title, found, share in zip(passages, titles, matches, shares, strict=True)
    ]


def _shares(sizes: Sequence[int], tokens: int) -> list[int]:
    """The tokens for each passage, best first: each gets half of what is left, and the first take what others leave."""
    shares, left = [], tokens
    for size in sizes:
        shares.append(min(size, -(-left // 2)))
        left -= shares[-1]
    for at, size in enumerate(sizes):
        more = min(size - shares[at], left)
        shares[at] += more
        left -= more
    return shares


def _excerpt(passage: Passage, title: str | None, matches: Sequence[float], share: int) -> PassageExcerpt:
    sentences = passage.sentences
    if not sentences:
        return PassageExcerpt(Excerpt(title, passage.text, ()), 0)
    first, last = 0, len(sentences) - 1
    if passage.token_count > share:
        per_character = passage.token_count / max(1, len(passage.text))
        sizes = [(end - start) * per_character for start, end in sentences]
        first = last = max(range(len(sentences)), key=lambda i: (matches[i], -i))
        used = sizes[first]
        while ways := [i for i in (first - 1, last + 1) if 0 <= i < len(sizes) and used + sizes[i] <= share]:
            best = max(ways, key=lambda i: (matches[i], -i))
            used += sizes[best]
            first, last = min(first, best), max(last, best)
    begin, end = sentences[first][0], sentences[last][1]
    own = tuple((start - begin, stop - begin) for start, stop in sentences[first : last + 1])
    text = passage.text[begin - passage.start : end - passage.start]
    return PassageExcerpt(Excerpt(title, text, own), first)
