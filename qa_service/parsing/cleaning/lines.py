"""Lines of a text: one kind of line end, trailing white space, and properties of a single line."""

from __future__ import annotations

import regex

from qa_service.text.basic.spaces import is_blank

__all__ = ["ends_with_stop", "normalise_line_ends", "tidy_line", "tidy_lines", "word_count"]

_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{M}\p{N}’'\-]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LETTER = regex.compile(r"\p{L}")
_STOP = regex.compile(r"[.!?…؟۔।॥。！？።။។][\s\p{Pe}\p{Pf}\p{Pi}\"'*]*$")
_LOOK_BACK = 32
_LETTERS_PER_UNSPACED_WORD = 2


def normalise_line_ends(text: str) -> str:
    """The text with LF for each line end that `str.splitlines` knows (CRLF, CR, form feed, U+2028…)."""
    lines = text.splitlines()
    if text and text[-1:].splitlines() == [""]:
        lines.append("")  # splitlines drops the last line end
    return "\n".join(lines)


def tidy_line(line: str) -> str:
    """The line without trailing white space. A line without a visible character becomes empty."""
    return "" if is_blank(line) else line.rstrip()


def tidy_lines(text: str) -> list[str]:
    """The tidy lines of a text."""
    return [tidy_line(line) for line in normalise_line_ends(text).split("\n")]


def word_count(line: str) -> int:
    """Number of words that contain a letter. In scripts without spaces, two letters count as one word."""
    words = _WORD.findall(line)
    unspaced = sum(1 for w in words if _UNSPACED.match(w)) if _UNSPACED.search(line) else 0
    return sum(1 for w in words if w.isalpha() or _LETTER.search(w)) - unspaced + unspaced // _LETTERS_PER_UNSPACED_WORD


def ends_with_stop(line: str) -> bool:
    """Whether the line ends a sentence, ignoring closing quotes and brackets."""
    return _STOP.search(line[-_LOOK_BACK:]) is not None
