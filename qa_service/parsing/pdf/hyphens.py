"""Joins words that a line end split, by the words of the document itself."""

from __future__ import annotations

from collections import Counter

import regex

from qa_service.parsing.pdf.lines import CAP
from qa_service.parsing.pdf.paragraphs import BREAK

__all__ = ["join_words"]

_MARKS = "\U000f0000-\U000ffffd"
_SPLIT = regex.compile(
    rf"(?P<before>[\p{{L}}\p{{M}}\d'’]+(?:-[\p{{L}}\p{{M}}\d'’]+)*){BREAK}(?P<mark>[{_MARKS}]?)(?P<after>[\p{{L}}\p{{M}}\d'’]+)"
)
_INITIAL = regex.compile(rf"(?P<cap>\p{{L}}){CAP}(?P<rest>[\p{{L}}\p{{M}}'’]+)")
_WORD = regex.compile(rf"[\p{{L}}\p{{M}}\d]+(?:['’\-][\p{{L}}\p{{M}}\d]+)*(?![\p{{L}}{BREAK}])")
_ALONE = frozenset("aioyéàuеиасвкоуя")
"""Letters that are words in some language, so that a drop cap may be a word."""


def join_words(text: str) -> str:
    """The text with its marks of line ends and drop caps resolved.

    The hyphen stays if the document has the word with a hyphen, or has both halves but never the whole; otherwise it
    goes. It also stays before a capital or a digit.
    """
    if BREAK not in text and CAP not in text:
        return text.replace("\u00ad", "")
    known = Counter(word.lower() for word in _WORD.findall(text.replace("\u00ad", "")))

    def joined(match: regex.Match[str]) -> str:
        before, mark, after = match["before"], match["mark"], match["after"]
        whole, kept = f"{before}{after}".lower(), f"{before}-{after}".lower()
        if known[kept] != known[whole]:
            keep = known[kept] > known[whole]
        elif not after[0].islower() or before[-1].isdigit():
            keep = not before.isupper() or not after.isupper()
        else:
            halves = known[before.lower().rpartition("-")[2]] and known[after.lower()]
            keep = (bool(halves) and len(before) > 2 and len(after) > 2) or "-" in before
        return f"{before}-{mark}{after}" if keep else f"{before}{mark}{after}"

    def with_cap(match: regex.Match[str]) -> str:
        cap, rest = match["cap"], match["rest"]
        apart = cap.lower() in _ALONE and known[rest.lower()] and not known[(cap + rest).lower()]
        return f"{cap} {rest}" if apart else cap + rest

    text = _INITIAL.sub(with_cap, text)
    text = _SPLIT.sub(joined, text)
    return text.replace(BREAK, "-").replace(CAP, "").replace("\u00ad", "")
