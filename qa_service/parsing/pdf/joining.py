"""Joins words that a line end splits, and drop caps to their words, by the words of the document."""

from __future__ import annotations

import regex

from qa_service.parsing.cleaning.split_words import join_split_words
from qa_service.parsing.cleaning.traced import Lines
from qa_service.parsing.pdf.lines import CAP
from qa_service.parsing.pdf.paragraphs import REST

__all__ = ["join_words"]

_NOT_JOINED = regex.compile(rf"\n(?P<word>[^\s{REST}]*){REST}")
_INITIAL = regex.compile(rf"(?P<cap>\p{{L}}){CAP}(?P<rest>[\p{{L}}\p{{M}}'’]+)")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_ALONE = frozenset("aioyéàuеиасвкоуя")
"""Letters that are words in some language, so that a drop cap may be a word."""


def join_words(text: str) -> str:
    """The text of a document with its split words joined, see `split_words`, and its drop caps."""
    return _with_caps(_with_whole_words(text))


def _with_whole_words(text: str) -> str:
    if REST not in text:
        return text
    text = join_split_words(Lines.of(text.split("\n"))).text

    def apart(match: regex.Match[str]) -> str:
        # "short-" and "and long-term" are two words; "Africa-" and "Corps" are not, and keep the hyphen.
        return (" " if match["word"][:1].islower() else "") + match["word"] + REST

    return regex.sub(rf"{REST}\s?", " ", _NOT_JOINED.sub(apart, text)).replace(" \n", "\n").rstrip()


def _with_caps(text: str) -> str:
    """Resolves the marks after drop caps: "T" and "he" are a word, "A" and "harbour" are two."""
    if CAP not in text:
        return text
    known = {word.lower() for word in _WORD.findall(text)}

    def joined(match: regex.Match[str]) -> str:
        cap, rest = match["cap"], match["rest"]
        apart = cap.lower() in _ALONE and rest.lower() in known and (cap + rest).lower() not in known - {rest.lower()}
        return f"{cap} {rest}" if apart else cap + rest

    return _INITIAL.sub(joined, text).replace(CAP, "")
