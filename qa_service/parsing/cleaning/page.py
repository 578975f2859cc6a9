"""A page as lines, with the kind of each line and whether it is prose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from qa_service.parsing.cleaning.boilerplate import BOILERPLATE, Kind, classify, supported_name
from qa_service.parsing.cleaning.lines import ends_with_stop, word_count
from qa_service.text.basic.paragraphs import paragraphs

__all__ = ["Page", "read_page"]

HEAD_LINES = 3
PROSE_WORDS = 12
LONG_PROSE_WORDS = 25
"""Minimum words of a prose paragraph with a full stop at its end, and without one."""


@dataclass(frozen=True)
class Page:
    """Lines, and a parallel tuple for each property. No line ends with white space."""

    lines: tuple[str, ...]
    kinds: tuple[Kind, ...]
    prose: tuple[bool, ...]
    """True for a line in a prose paragraph."""
    wrapped: tuple[bool, ...]
    """True for a line of a hard-wrapped paragraph: its text alone does not tell its kind."""

    @cached_property
    def first_prose(self) -> int:
        """Index of the first prose line, or the number of lines if there is none."""
        return next((i for i, prose in enumerate(self.prose) if prose), len(self.lines))

    @cached_property
    def head_end(self) -> int:
        """Index after the first content lines, which include the headline."""
        content = (i for i, kind in enumerate(self.kinds) if kind is Kind.CONTENT)
        return max(islice(content, HEAD_LINES), default=-1) + 1

    @property
    def has_prose(self) -> bool:
        """Whether any line is prose."""
        return self.first_prose < len(self.lines)

    @cached_property
    def is_listed(self) -> tuple[bool, ...]:
        """True for a line whose nearest content above ends with a colon: the line belongs to its list."""
        found = []
        announced = False
        for line, kind in zip(self.lines, self.kinds, strict=True):
            found.append(announced)
            if kind is Kind.CONTENT:
                announced = line.endswith((":", "："))
        return tuple(found)

    def stands_apart(self, i: int) -> bool:
        """Whether neither neighbour is a short content line, as in a list or table."""
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(self.lines)]
        return all(self.kinds[j] is not Kind.CONTENT or word_count(self.lines[j]) >= 4 for j in beside)

    def runs(self) -> list[range]:
        """Index ranges of consecutive lines without content. Each holds at least one line that is not blank."""
        found: list[range] = []
        start = 0
        for i, kind in enumerate((*self.kinds, Kind.CONTENT)):
            if kind is Kind.CONTENT:
                if any(k is not Kind.BLANK for k in self.kinds[start:i]):
                    found.append(range(start, i))
                start = i + 1
        return found


def read_page(lines: Sequence[str]) -> Page:
    """The page of these lines, which have no trailing white space."""
    prose = [False] * len(lines)
    wrapped = [False] * len(lines)
    text = "\n".join(lines)
    line, line_end = 0, len(lines[0]) if lines else 0
    for start, end in paragraphs(text):
        while line_end < start:
            line += 1
            line_end += 1 + len(lines[line])
        first = line
        while line_end < end:
            line += 1
            line_end += 1 + len(lines[line])
        paragraph = text[start:end]
        words = word_count(paragraph)
        is_prose = words >= LONG_PROSE_WORDS or (words >= PROSE_WORDS and ends_with_stop(paragraph))
        for i in range(first, line + 1):
            prose[i] = is_prose
            wrapped[i] = line > first
    kinds = [_kind(line, p, w) for line, p, w in zip(lines, prose, wrapped, strict=True)]
    # If a page says "Support NAME", that name alone on a line is boilerplate.
    names = {supported_name(line) for line in lines} - {None}
    kinds = [Kind.CRUMB if line.strip() in names else kind for line, kind in zip(lines, kinds, strict=True)]
    return Page(tuple(lines), tuple(kinds), tuple(prose), tuple(wrapped))


def _kind(line: str, is_prose: bool, is_wrapped: bool) -> Kind:
    kind = classify(line)
    if is_wrapped and kind is not Kind.BLANK:
        return Kind.CONTENT
    if is_prose and kind not in BOILERPLATE:
        return Kind.CONTENT
    return kind
