"""Finds gold answers in texts as whole words, and compares a span with them.

The rules begin with those of SQuAD's script (Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of
Text", EMNLP 2016, `evaluate-v1.1.py`): lower case, no punctuation, no articles a/an/the, single spaces. In all
readings of a text accents are folded, the separators of thousands go, and `4,5` is `4.5`. Each character of a script
without spaces is a word (as for MLQA, Lewis et al., ACL 2020). An answer occurs if one of three readings of it occurs
in the same reading of the text:

- as SQuAD's script reads: punctuation between letters joins them (`e-mail` is `email`);
- as words: all punctuation separates (`wood-and-bronze` holds `bronze`), dates have one form (`dates`), and spaces may
  separate thousands (`40 000`);
- the same, but with the month first in numeric dates (`11/5/2025`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import regex

from qa_service.evaluation.sets.dates import in_one_form

__all__ = ["contained", "exact_and_f1", "has_words", "normalise"]

INVISIBLE = regex.compile(r"\p{Cf}")
MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]\p{Mn}*)\p{Mn}")
"""Accents and vowel points. In other scripts (Devanagari, Thai) a mark is a letter's equal and stays."""
OTHER_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
"""Latin letters that Unicode does not decompose."""
DIGIT = regex.compile(r"[^\P{Nd}0-9]")
THOUSANDS = regex.compile(r"(?<![\d.,])\d{1,3}(?:([,.'\u2019\u066c])\d{3})(?:\1\d{3})*(?!\d)")
SPACED_THOUSANDS = regex.compile(r"(?<![\d.,]|\d\s)\d{1,3}(?:\s\d{3})+(?!\s?\d)")
DECIMAL_COMMA = regex.compile(r"(?<![\d.,])(\d+)[,\u066b](\d+)(?![\d,.]*\d)")
DOTTED_LETTERS = regex.compile(r"(?<![\p{L}\p{M}\p{N}])(?:\p{L}\.)+\p{L}(?![\p{L}\p{M}\p{N}])")
"""`U.S`, `p.m`."""
BETWEEN_LETTERS = regex.compile(r"(?<=[\p{L}\p{M}])[^\p{L}\p{M}\p{N}\s]+(?=\p{L})")
WORD = regex.compile(r"(?:\d+\.)+\d+|[\p{L}\p{M}\p{N}]+")
UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
"""Thai, Lao, Burmese, Khmer, kana and Han characters."""
ARTICLES = frozenset({"a", "an", "the"})

Readings = tuple[str, str, str]
KEPT_READINGS = 1 << 13
"""A question often finds the passages of the question before."""


@lru_cache(maxsize=KEPT_READINGS)
def normalise(text: str) -> Readings:
    """The three readings, each as words with single spaces between them; empty if nothing is left."""
    folded = _folded(text)
    spaced = SPACED_THOUSANDS.sub(lambda match: "".join(match[0].split()), folded)
    day_first, month_first = in_one_form(spaced)
    words = _words(day_first)
    return (
        _words(BETWEEN_LETTERS.sub("", folded)),
        words,
        words if month_first == day_first else _words(month_first),
    )


def has_words(answer: str) -> bool:
    """Whether anything is left to look for: of "the" and "…" nothing is."""
    return any(normalise(answer))


def contained(answers: Iterable[str], normalised: Readings) -> tuple[bool, ...]:
    """For each answer, whether it occurs as whole words in a text that `normalise` returned.

    An answer without words (`has_words`) never occurs.
    """
    padded = [f" {words} " for words in normalised]
    return tuple(
        any(own and f" {own} " in words for own, words in zip(normalise(answer), padded, strict=True))
        for answer in answers
    )


def exact_and_f1(span: str, answers: Iterable[str]) -> tuple[float, float]:
    """SQuAD's exact match and F1 of a span: F1 is over its words, and the best gold answer counts."""
    exact = f1 = 0.0
    for answer in answers:
        for own, gold in zip(normalise(span), normalise(answer), strict=True):
            common = (Counter(own.split()) & Counter(gold.split())).total()
            exact = max(exact, float(own == gold != ""))
            f1 = max(f1, 2 * common / (len(own.split()) + len(gold.split())) if common else 0.0)
    return exact, f1


def _folded(text: str) -> str:
    """The text in lower case without accents and invisible characters, its numbers in one form."""
    text = INVISIBLE.sub("", text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFD", text)))
        text = DIGIT.sub(lambda match: str(unicodedata.digit(match[0], match[0])), text.translate(OTHER_LETTERS))
    text = THOUSANDS.sub(lambda match: match[0].replace(match[1], ""), text)
    return DOTTED_LETTERS.sub(lambda match: match[0].replace(".", ""), DECIMAL_COMMA.sub(r"\1.\2", text))


def _words(text: str) -> str:
    words = [word for word in WORD.findall(text) if word not in ARTICLES]
    return " ".join(UNSPACED.sub(r" \1 ", " ".join(words)).split())
