"""Joins words that a hyphen splits at the end of a line, as in printed columns.

A hyphen at the end of a line either splits a word ("Septem-" / "ber") or belongs to it ("well-" / "known"). A soft
hyphen always splits. For a hyphen, `_Words` weighs the document's words, the case of the letters, and how often the
parts and the whole occur in the language.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import regex

from qa_service.parsing.cleaning.characters import SOFT_HYPHEN
from qa_service.parsing.cleaning.traced import Lines
from qa_service.parsing.page_marks import remove_page_marks
from qa_service.text.basic.language import detect_language
from qa_service.text.basic.paragraphs import paragraphs
from qa_service.text.lexicon import words
from qa_service.text.lexicon.known_words import word_frequencies
from qa_service.text.lexicon.stop_words import listed_stop_words

__all__ = ["join_split_words"]

COMMON = 0.3
"""Minimum occurrences per million of a word that can be a part of a compound."""

LONGEST_TOKEN = 500
"""Code points of an address that are read."""

_MARKS = r"[\U000f0000-\U000ffffd]*"
_PART = r"[\p{L}\p{M}\p{N}]"
_BREAK = regex.compile(
    rf"(?<!{_PART})(?P<left>{_PART}{{1,40}})(?P<hyphen>[-\u2010\u00ad])[^\S\n]*+\n[^\S\n]*+{_MARKS}(?=(?P<right>{_PART}{{1,40}}))"
)
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:[-\u2010][\p{L}\p{M}]+)*")
_SENTENCE_START = regex.compile(r"^$|[.!?…:\"“„«(]\s*$|\n\s*\n$")
_FIRST_TOKEN = regex.compile(r"\S+\s*")
_ADDRESS = regex.compile(r"://|@|\bwww\.|/[^/\s]+/")
"""Such a token is an address, whose hyphens all belong to it."""
_AND = words("and or to und oder bis et ou y o e i и или en of og och eller oraz")
"""After these, a hyphen stands for the rest of a word: "short- and long-term"."""


class _Break(NamedTuple):
    left: str
    hyphen: str
    right: str
    is_name: bool
    """Whether the first part has a capital that no beginning of a sentence explains."""
    is_linked: bool
    """Whether another hyphen links a part to a third one, as in "editor-in-chief"."""
    is_address: bool


def join_split_words(lines: Lines) -> Lines:
    """Words that are split at the end of a line are joined."""
    text = lines.text
    found = list(_BREAK.finditer(text)) if "-\n" in text or "\u2010\n" in text or SOFT_HYPHEN in text else []
    if not found:
        return _without_soft_hyphens(lines)
    starts = list(accumulate((len(line) + 1 for line in lines.texts), initial=0))
    breaks = {
        bisect_right(starts, m.end("hyphen")) - 1: _break_at(text, m)
        for m in found
        if m["right"].casefold() not in _AND or text[m.end("right") : m.end("right") + 1] == "-"
    }
    return _joined(lines, breaks, _wrapped(text, starts, breaks), _Words(text, breaks))


def _break_at(text: str, found: regex.Match[str]) -> _Break:
    start, end = found.start("left"), found.end("right")
    token = text[max(0, start - LONGEST_TOKEN) : found.end("hyphen")].split()[-1]
    is_linked = "-" in (text[max(0, start - 1) : start], text[end : end + 1])
    is_address = _ADDRESS.search(token) is not None
    return _Break(found["left"], found["hyphen"], found["right"], _is_name(text, start), is_linked, is_address)


def _is_name(text: str, start: int) -> bool:
    return text[start].isupper() and not _SENTENCE_START.search(text[max(0, start - 4) : start])


def _wrapped(text: str, starts: list[int], breaks: dict[int, _Break]) -> set[int]:
    """The line ends, by index of the line before, inside the wrapped paragraphs that hold a split word."""
    inside: set[int] = set()
    for start, end in paragraphs(text):
        first, last = bisect_right(starts, start) - 1, bisect_right(starts, max(start, end - 1)) - 1
        ends = range(first, last)
        if any(i in breaks for i in ends):
            inside.update(ends)
    return inside


def _joined(lines: Lines, breaks: dict[int, _Break], wrapped: set[int], said: _Words) -> Lines:
    """A wrapped paragraph becomes one line. Elsewhere the joined word stands on the first of its two lines."""
    rest = list(lines.texts)
    texts: list[str] = []
    origins: list[int] = []
    changed: set[int] = set()
    pieces: list[str] = []
    for i in range(len(rest)):
        if not rest[i] and lines.texts[i]:
            continue  # its only word stands on the line above
        if not pieces:
            origins.append(i)
        here = breaks.get(i)
        if i in wrapped:
            changed |= {i, i + 1}
            pieces.append(_ended(rest[i], here, said) if here else rest[i].rstrip() + " ")
            rest[i + 1] = rest[i + 1].lstrip()
            continue
        if here and (here.hyphen == SOFT_HYPHEN or here.right[0].islower()):
            changed |= {i, i + 1}
            token = _FIRST_TOKEN.match(below := rest[i + 1].lstrip())
            rest[i] = _ended(rest[i], here, said) + (token[0].rstrip() if token else "")
            rest[i + 1] = below[token.end() :] if token else below
        texts.append("".join([*pieces, rest[i]]))
        pieces = []
    rule = join_split_words.__doc__ or ""
    return _without_soft_hyphens(lines.arranged(texts, origins, dict.fromkeys(changed, rule)))


def _ended(line: str, found: _Break, said: _Words) -> str:
    """The line up to the hyphen, with the hyphen if it belongs to the word."""
    line = line.rstrip()[:-1]
    return f"{line}{found.hyphen}" if said.has_hyphen(found) else line


def _without_soft_hyphens(lines: Lines) -> Lines:
    texts = [line.replace(SOFT_HYPHEN, "") for line in lines.texts]
    changed = {i: join_split_words.__doc__ or "" for i, line in enumerate(texts) if line != lines.texts[i]}
    return lines.with_texts(texts, changed) if changed else lines


class _Words:
    """What the document and its language say about the words beside a hyphen."""

    def __init__(self, text: str, breaks: dict[int, _Break]) -> None:
        self._text = text
        self._breaks = breaks

    @cached_property
    def _own(self) -> Counter[str]:
        """The document's words and compounds, without the parts of split words."""
        found = Counter(_plain(word) for word in _WORD.findall(self._text))
        found.subtract(part.casefold() for here in self._breaks.values() for part in (here.left, here.right))
        return found

    @cached_property
    def _language(self) -> str | None:
        return detect_language(remove_page_marks(self._text))

    def has_hyphen(self, found: _Break) -> bool:
        """Whether the hyphen belongs to the word."""
        left, right = found.left, found.right
        if found.hyphen == SOFT_HYPHEN:
            return False
        if found.is_address:
            return True
        joined, hyphenated = self._own[_plain(left + right)], self._own[_plain(f"{left}-{right}")]
        if joined != hyphenated:
            return hyphenated > joined
        if min(len(left), len(right)) == 1 or left[-1].isnumeric() or right[0].isnumeric():
            return True
        if left.isupper() != right.isupper() and (left.isupper() or right[0].isupper()):
            return True  # US-led, al-Qaeda
        if right[0].isupper() and not right.isupper():
            return True  # Africa-Corps
        if self._frequency(left + right):
            return False
        if (
            found.is_name and not found.is_linked
        ):  # a name is split, or it is as in "London-based" or in a compound of a name that stands alone
            is_compound = self._own[left.casefold()] > 0 or (right.endswith("ed") and self._frequency(left) > 0)
            return is_compound and self._is_word(right)
        return self._is_word(left) and self._is_word(right)

    def _frequency(self, word: str) -> float:
        return word_frequencies(self._language).get(word.casefold(), 0.0)

    def _is_word(self, word: str) -> bool:
        if self._own[word.casefold()] > 0 or self._frequency(word) >= COMMON:
            return True
        return self._language is not None and word.casefold() in listed_stop_words(self._language)


def _plain(word: str) -> str:
    return word.casefold().replace("\u2010", "-")
