"""Normalises answer strings and finds them in texts, as the script of SQuAD does.

Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016, `evaluate-v1.1.py`: lower
case, no punctuation, no articles a/an/the, single spaces. Two rules are added for other scripts. The punctuation of
every script is removed. Each character of a script without spaces becomes a word (as for MLQA, Lewis et al., ACL 2020);
otherwise no Chinese or Thai answer would match as whole words.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable

import regex

__all__ = ["contained", "normalise"]

PUNCTUATION = regex.compile(rf"[\p{{P}}{re.escape(string.punctuation)}]")
ARTICLES = re.compile(r"\b(a|an|the)\b")
UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
"""Thai, Lao, Burmese, Khmer, kana and Han characters."""


def normalise(text: str) -> str:
    """The text in lower case, without punctuation and articles, with single spaces between words; may be empty."""
    bare = PUNCTUATION.sub("", unicodedata.normalize("NFC", text).lower())
    return " ".join(ARTICLES.sub(" ", UNSPACED.sub(r" \1 ", bare)).split())


def contained(answers: Iterable[str], normalised: str) -> tuple[bool, ...]:
    """For each answer, whether it occurs as whole words in a text that `normalise` returned.

    An answer that normalises to nothing (such as "the") never occurs.
    """
    padded = f" {normalised} "
    return tuple(bool(bare) and f" {bare} " in padded for bare in map(normalise, answers))
