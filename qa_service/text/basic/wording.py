"""Detects copied text: the same words in the same order, or lightly edited."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import pairwise

import regex

from qa_service.text.basic.words import normalise_word, word_spans
from qa_service.text.lexicon import words
from qa_service.text.lexicon.number_words import CARDINALS

__all__ = ["DIRECTION", "FACT", "NAME", "PLAIN", "Wording", "without_dateline"]

PLAIN, NAME, DIRECTION, FACT = range(4)
"""Kinds of words. FACT: a number or negation. DIRECTION: a word such as `rose` or `fell`. NAME: a capitalised word."""

LEAST_ALIKE = 0.75
"""Minimum share of the words of an edited copy that its original has in the same order."""
AROUND = 4
"""Words before and after the original that are compared too, since the copy may omit words."""

_FACTS = words("""
hundred hundreds thousand thousands million millions
billion billions trillion dozen dozens half third quarter twice double triple
no not nor never neither none nobody nothing nowhere without cannot cant wont deny denies denied denying
nicht kein keine keinen keiner nie pas jamais aucun aucune sans non nunca sin ninguno нет не ни без لا لم لن ليس
""") | CARDINALS.keys() - {"zero"}
_DIRECTIONS = words("""
up down rise rises rose risen rising fall falls fell fallen falling increase increased increases increasing decrease
decreased decreases decreasing more less fewer higher lower above below over under before after since until
north south east west northern southern eastern western win wins won winning lose loses lost losing
first last second best worst least most
""")
_OPENINGS = words("""
a an the and but or as at by for from in into of on to with he she it they we i you his her its their our this that
these those there here when where while who what why how if after before since also however meanwhile moreover still
then now yet many some most several such both all each other another according despite although though because
""")
"""Words that are no names even with a capital at the start of a sentence."""

_NEGATED = regex.compile(r"n[’']t$", regex.IGNORECASE)
_DATELINE = regex.compile(
    r"""
    \s*\p{Lu}[\p{Lu}\p{M}'’.\- ]{2,40}+                     # N'DJAMENA
    (?:,\s\p{Lu}[\p{L}\p{M}. ]{0,20}+\d{0,2}){0,2}+         # , Chad, June 6
    \s?(?:\([^()\n]{1,30}+\)\s?)?+                          # (AFP)
    (?::|[-–—]{1,2}+)\s
    """,
    regex.VERBOSE,
)


MOST_PLACES = 16
"""Runs of three words in more places than this are too common to locate a copy."""


class Wording:
    """The normalised words of a text, comparable with another text."""

    def __init__(self, text: str) -> None:
        self._written = [text[start:end] for start, end in word_spans(text)]
        self.words = [_normalised(written) for written in self._written]
        self._joined = f" {' '.join(self.words)} "

    @cached_property
    def kinds(self) -> list[int]:
        """Kind of each word."""
        return [_kind(written) for written in self._written]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, other: Wording) -> bool:
        """Whether this text contains `other` word for word."""
        return other._joined in self._joined

    def differences(self, other: Wording) -> list[int] | None:
        """Kinds of the words by which `other`, an edited copy of a place here, differs. None if it is no copy."""
        threes = zip(other.words, other.words[1:], other.words[2:], strict=False)
        places = ((at, self._threes.get(three, [])) for at, three in enumerate(threes))
        votes = Counter(place - at for at, found in places if len(found) <= MOST_PLACES for place in found)
        if not votes:
            return None
        shift = min(votes, key=lambda shift: (-votes[shift], shift))
        begin, end = max(0, shift - AROUND), max(0, shift + len(other) + AROUND)
        matcher = SequenceMatcher(None, other.words, self.words[begin:end], autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        if sum(block.size for block in blocks) < LEAST_ALIKE * len(other):
            return None
        here = self.kinds[begin:end]
        differing = [*other.kinds[: blocks[0].a], *other.kinds[blocks[-1].a + blocks[-1].size :]]
        for before, after in pairwise(blocks):
            differing += other.kinds[before.a + before.size : after.a]
            differing += here[before.b + before.size : after.b]
        return differing

    @cached_property
    def _threes(self) -> dict[tuple[str, ...], list[int]]:
        """Positions of each run of three words."""
        places: dict[tuple[str, ...], list[int]] = {}
        for at, three in enumerate(zip(self.words, self.words[1:], self.words[2:], strict=False)):
            places.setdefault(three, []).append(at)
        return places


def without_dateline(sentence: str) -> str:
    """The sentence without its dateline: `DAKAR, June 6 (AFP) - The mine …` gives `The mine …`."""
    return _DATELINE.sub("", sentence, count=1) if _DATELINE.match(sentence) else sentence


@lru_cache(maxsize=1 << 14)
def _normalised(written: str) -> str:
    return normalise_word(written) + ("nt" if _NEGATED.search(written) else "")


@lru_cache(maxsize=1 << 14)
def _kind(written: str) -> int:
    word = _normalised(written)
    if word in _FACTS or _NEGATED.search(written) or any(c.isnumeric() for c in written):
        return FACT
    if word in _DIRECTIONS:
        return DIRECTION
    return NAME if written[0].isupper() and word not in _OPENINGS else PLAIN
