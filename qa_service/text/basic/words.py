"""Finds the words of a text, and normalises their spelling."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

__all__ = ["UNSPACED", "normalise_word", "word_spans"]

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々〆"
"""Scripts without spaces between words, and Korean, whose particles join their words. For use in a regex set."""

_JOINERS = r"\u00ad\u200c\u200d\u2060"
_APOSTROPHES = r"'’‘‛ʼʻʿʾ＇`´′"
_FIRST = rf"[[\p{{L}}\p{{N}}]--[{UNSPACED}{_APOSTROPHES}]]"
_NEXT = rf"[[\p{{L}}\p{{N}}\p{{M}}{_JOINERS}]--[{UNSPACED}{_APOSTROPHES}]]"

# Possessive or bounded repetitions give linear time on any text.
_WORD = regex.compile(
    rf"""
    (?<!{_NEXT})\p{{L}}\p{{M}}*+(?:\.\p{{L}}\p{{M}}*+){{1,11}}+(?!{_NEXT})     # U.S.
    | \p{{N}}++(?:[.,٫٬]\p{{N}}++){{1,11}}+(?!{_NEXT})                         # 2,400 and 3.5
    | {_FIRST}{_NEXT}*+(?:[{_APOSTROPHES}]{_FIRST}{_NEXT}*+)*+          # Mali's, Jama'at, 8, d'Ivoire
    | [{UNSPACED}][\p{{M}}{_JOINERS}]*+                                 # one letter of an unspaced script
    """,
    regex.VERBOSE | regex.VERSION1,
)
_APOSTROPHE = regex.compile(rf"[{_APOSTROPHES}]")
_CLITIC = regex.compile(rf"(?:n[{_APOSTROPHES}]t|[{_APOSTROPHES}](?:s|m|d|re|ve|ll))$")
_THOUSANDS = regex.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}+")
_DIGIT = regex.compile(r"\p{Nd}")
# Optional marks: accents that do not compose, Hebrew points, Arabic vowels and tatweel.
_OPTIONAL_MARKS = regex.compile(
    r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}])\p{Mn}+|[\u0591-\u05c7\u0610-\u061a\u064b-\u0652\u0670\u06d6-\u06ed\u0640]"
)
_LETTERS = str.maketrans("ёیک", "еيك")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word, in order, without overlaps.

    A word is a run of letters, digits and marks as in UAX 29. It may contain an apostrophe between letters, a stop or
    comma between digits, and the stops of an acronym. Other signs, such as hyphens, separate words. In scripts without
    spaces each letter is a word. Emoji and punctuation are no words.
    """
    return [m.span() for m in _WORD.finditer(text)]


@lru_cache(maxsize=1 << 16)
def normalise_word(word: str) -> str:
    """The word in lower case and NFKC, without possessive, apostrophes, soft hyphens and optional marks.

    `Mali’s` gives `mali`, `Jama'at` `jamaat`, `U.S` `us`, `2,400` `2400`. Accents stay, since stemmers need them.
    """
    if word.isascii() and word.isalnum():
        return word.lower()
    word = _CLITIC.sub("", unicodedata.normalize("NFKC", word).lower())
    word = _IGNORABLE.sub("", _APOSTROPHE.sub("", word))
    if _THOUSANDS.fullmatch(word):
        word = word.replace(",", "")
    elif "." in word and not any(c.isnumeric() for c in word):
        word = word.replace(".", "")
    word = _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0], digit[0])), word)
    return _OPTIONAL_MARKS.sub("", word).translate(_LETTERS)
