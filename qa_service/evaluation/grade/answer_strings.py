"""Answer strings made comparable, and whether a text contains one, as SQuAD's own script compares them.

Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016, `evaluate-v1.1.py`: lower
case, no punctuation, no articles a/an/the, single spaces. Beyond ASCII two things are added: the punctuation of every
script goes, and each character of a script that is written without spaces is a word of its own (as for MLQA, Lewis et
al., ACL 2020), since otherwise no Chinese or Thai answer would ever stand as whole words in a text.
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
    """Lower case, without punctuation and articles, its words parted by single spaces; empty where nothing is left."""
    bare = PUNCTUATION.sub("", unicodedata.normalize("NFC", text).lower())
    return " ".join(ARTICLES.sub(" ", UNSPACED.sub(r" \1 ", bare)).split())


def contained(answers: Iterable[str], normalised: str) -> tuple[bool, ...]:
    """For each answer whether it stands, as whole words, in a text that `normalise` has been through.

    An answer of which nothing is left (such as "the") is nowhere.
    """
    padded = f" {normalised} "
    return tuple(bool(bare) and f" {bare} " in padded for bare in map(normalise, answers))
