"""A text as lines: line ends of every kind made one, and what can be said of a line by itself."""

from __future__ import annotations

import regex

from qa_service.text.basic.spaces import is_blank

__all__ = ["collapse_gaps", "ends_with_stop", "normalise_line_ends", "tidy_lines", "word_count"]

_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{M}\p{N}’'\-]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LETTER = regex.compile(r"\p{L}")
_STOP = regex.compile(r"[.!?…؟۔।॥。！？።။។][\s\p{Pe}\p{Pf}\p{Pi}\"'*]*$")
_LOOK_BACK = 32
_GAP = regex.compile(r"\n{3,}")
_LETTERS_PER_UNSPACED_WORD = 2


def normalise_line_ends(text: str) -> str:
    """Every line end that `str.splitlines` knows (CRLF, CR, form feed, U+2028…) becomes one LF."""
    lines = text.splitlines()
    if text and text[-1:].splitlines() == [""]:
        lines.append("")  # splitlines says nothing of the line end that ends the text
    return "\n".join(lines)


def tidy_lines(text: str) -> list[str]:
    """The lines without white space at their ends; one that shows nothing is empty. NUL characters are taken out.

    Inside a line nothing changes: no-break spaces stay, nothing is composed or decomposed, so that a citation is
    what the source says.
    """
    lines = normalise_line_ends(text.replace("\0", "")).split("\n")
    return ["" if is_blank(line) else line.rstrip() for line in lines]


def collapse_gaps(lines: list[str]) -> str:
    """The text of some lines, with at most one blank line between two others and none at either end."""
    return _GAP.sub("\n\n", "\n".join(lines)).strip()


def word_count(line: str) -> int:
    """Words with a letter in them; in scripts without spaces, two letters count as a word."""
    words = _WORD.findall(line)
    unspaced = sum(1 for w in words if _UNSPACED.match(w))
    return sum(1 for w in words if _LETTER.search(w)) - unspaced + unspaced // _LETTERS_PER_UNSPACED_WORD


def ends_with_stop(line: str) -> bool:
    """True where the line ends as a sentence does, closing quotes and brackets aside."""
    return _STOP.search(line[-_LOOK_BACK:]) is not None
