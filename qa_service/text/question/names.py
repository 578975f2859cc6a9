"""Finds names of outlets and authors in a question.

The rules favour precision, since a name changes the ranking. `TechCrunch` is a name in any case. `AFP`, `Fortune` and
`The Age` need their capitals. In a question all in lower or upper case, they need words such as "according to" before
them.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS
from qa_service.text.question.name_shapes import WORD, Alias, aliases_of

__all__ = ["NameIndex", "NamedSpan"]

_SENTENCE_END = regex.compile(r"[.?!…]\s+$")
_CUES = {"by", "did", "do", "does", "has", "per", "to", "via"}
_SAYS = regex.compile(
    r"['’]s\b|\s*:|['’”»\"]|\s+(?:reports?|reported|says?|said|writes?|wrote|claims?|claimed|quotes?|quoted|publish\w*)\b"
)
_MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}]\p{Mn}*)\p{Mn}")


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """`text[start:end]` is a spelling of each of `names`."""

    start: int
    end: int
    names: tuple[str, ...]


class NameIndex:
    """Finds names in a text. The cost depends on the text, not on the number of names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._aliases: dict[tuple[str, ...], list[Alias]] = defaultdict(list)
        for name in names:
            for key, alias in _keyed_aliases(name):
                self._aliases[key].append(alias)
        self._longest = max(map(len, self._aliases), default=0)

    def find(self, text: str) -> list[NamedSpan]:
        """The names in `text`, in order. Of overlapping names the longer wins."""
        if not self._longest:
            return []
        words = [_Word(m.start(), m.end(), m[0], _folded(m[0])) for m in WORD.finditer(text)]
        cased_text = _CasedText(text, words)
        found: list[NamedSpan] = []
        at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                known = self._aliases.get(tuple(w.key for w in words[at : at + size]), ())
                names = sorted({alias.name for alias in known if cased_text.means(alias, at, size)})
                if names:
                    found.append(NamedSpan(words[at].start, words[at + size - 1].end, tuple(names)))
                    at += size
                    break
            else:
                at += 1
        return found


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    written: str
    key: str


class _CasedText:
    """The words of a text, and whether their capitals distinguish names."""

    def __init__(self, text: str, words: list[_Word]) -> None:
        self._text, self._words = text, words
        cased = [w.written for w in words if w.written.upper() != w.written.lower()]
        large = sum(w[0].isupper() for w in cased)
        self._case_matters = large - bool(cased and cased[0][0].isupper()) > 0 and (
            len(cased) < 4 or large < 0.8 * len(cased)
        )
        if not cased or len(words) < 2:
            self._case_matters = True  # a script without capitals, or a single word

    def means(self, alias: Alias, at: int, size: int) -> bool:
        """Whether the words from `at` are the name. They equal the alias, ignoring case and accents."""
        words = self._words[at : at + size]
        if alias.mixed:
            return True
        if not self._case_matters:
            stop = size == 1 and words[0].key in ENGLISH_STOP_WORDS
            said = self._opens(at) and words[0].written[0].isupper() and self._says(at + size - 1)
            return (self._cued(at) or said) and not stop
        if not all(_as_large(own, w.written) for own, w in zip(alias.words, words, strict=True)):
            return False
        own = [w.written for w in words if w.key != "the"]
        if len(own) > 1 or alias.capitals:
            return True
        if self._within_a_name(at, size):
            return False
        cased = any(w.upper() != w.lower() for w in own)
        return len(own) < size or not cased or not self._opens(at) or self._says(at + size - 1)

    def _cued(self, at: int) -> bool:
        """Whether words such as "according to" precede."""
        before = [w.key for w in self._words[max(0, at - 3) : at]]
        if before and before[-1] == "the":
            before.pop()
        if not before or before[-1] not in _CUES:
            return False
        return before[-1] != "to" or before[-2:-1] == ["according"]

    def _opens(self, at: int) -> bool:
        """Whether a sentence begins here, so that the capital does not mark a name."""
        before = self._text[: self._words[at].start]
        return not WORD.search(before) or _SENTENCE_END.search(before) is not None

    def _says(self, at: int) -> bool:
        return _SAYS.match(self._text, self._words[at].end) is not None

    def _within_a_name(self, at: int, size: int) -> bool:
        """Whether a neighbouring word is capitalised too, as in `the Atlantic Ocean` or `Senator Hill`."""
        sides = []
        if at and not self._opens(at - 1) and self._words[at - 1].key != "the":
            sides.append((self._words[at - 1], self._words[at]))
        if at + size < len(self._words):
            sides.append((self._words[at + size], self._words[at + size - 1]))
        for neighbour, own in sides:
            first, last = sorted((neighbour, own), key=lambda w: w.start)
            if self._text[first.end : last.start] in (" ", "-") and neighbour.written[0].isupper():
                return True
        return False


def _as_large(own: str, written: str) -> bool:
    """Whether a word has the capitals of the name, or all capitals. `the` may have any case."""
    if own.casefold() == "the" or own.upper() == own.lower():
        return True
    if own.isupper() and len(own) > 1:
        return written.isupper()
    return written[0].isupper() and (written[1:].islower() == own[1:].islower() or written.isupper() or len(own) == 1)


@lru_cache(maxsize=200_000)
def _keyed_aliases(name: str) -> tuple[tuple[tuple[str, ...], Alias], ...]:
    return tuple((tuple(_folded(w) for w in alias.words), alias) for alias in sorted(aliases_of(name)))


@lru_cache(maxsize=1 << 14)
def _folded(word: str) -> str:
    """The word without case and, in Latin, Greek and Cyrillic, without accents."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", word)).casefold()
