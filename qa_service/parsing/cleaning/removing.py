"""Removes boilerplate from a text. It removes whole lines and never changes a line.

Each rule is a pure function from a page to the line indices that it removes. The place of a line decides more than its
words: "Follow" goes only above or below the prose or beside other interface text, never from an interview or a list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from qa_service.parsing.cleaning.boilerplate import BOILERPLATE, Kind
from qa_service.parsing.cleaning.lines import ends_with_stop, word_count
from qa_service.parsing.cleaning.page import Page, read_page
from qa_service.text.basic.paragraphs import LIST_ITEM

__all__ = ["RULES", "clean_lines", "dropped_lines"]

Rule = Callable[[Page], set[int]]

HEADLINE_WORDS = 4
CAPTION_WORDS = 8
SENTENCE_WORDS = 12
"""Minimum words of a repeated line that is a headline, a caption or a paragraph pasted twice."""
ENOUGH = 3
"""This many different interface lines in a row need no further evidence."""
_PLACED = frozenset({Kind.WEAK, Kind.TAIL, Kind.AGO})
"""Kinds that are boilerplate in some places only."""


def clean_lines(lines: Sequence[str]) -> list[str]:
    """The lines without boilerplate, in order and unchanged."""
    dropped = dropped_lines(read_page(lines))
    return [line for i, line in enumerate(lines) if i not in dropped]


def dropped_lines(page: Page) -> dict[int, str]:
    """The indexes of the boilerplate lines, each with the first line of the rule's docstring."""
    dropped: dict[int, str] = {}
    for rule in RULES:
        for i in rule(page):
            dropped.setdefault(i, (rule.__doc__ or "").partition("\n")[0])
    return dropped


def unmistakable(page: Page) -> set[int]:
    """Removes interface text that no article contains, such as "View all comments"."""
    return {i for i, kind in enumerate(page.kinds) if kind in (Kind.STRONG, Kind.FRESH)}


def above_the_headline(page: Page) -> set[int]:
    """Removes buttons above the first content, and counters if there are several."""
    run = next(iter(page.runs()), range(0))
    if run.start != 0 or Kind.STAMP in _kinds(page, run):
        return set()
    counters = [i for i in run if page.kinds[i] is Kind.COUNTER]
    signs = [i for i in run if page.kinds[i] in BOILERPLATE] + (counters if len(counters) > 1 else [])
    several = len(_texts(page, signs)) > 1
    if not signs or not _is_sure(page, signs) or not (several or _has_headline(page)):
        return set()
    return {i for i in range(max(signs) + 1) if several or page.kinds[i] is not Kind.CRUMB}


def between_headline_and_prose(page: Page) -> set[int]:
    """Removes buttons in the head of an article, such as "Follow" below a headline."""
    if not page.has_prose or not _has_headline(page):
        return set()
    weak = [i for i in range(page.first_prose) if page.kinds[i] in (Kind.WEAK, Kind.AGO)]
    return {i for i in weak if page.stands_apart(i) and not page.is_listed[i]}


def below_the_prose(page: Page) -> set[int]:
    """Removes the lines after the last content, and the same lines where they stand apart elsewhere.

    It removes a count or a letter only below certain boilerplate: the last figures of a table stand above it.
    """
    run = next(reversed(page.runs()), range(0))
    if run.stop != len(page.lines):
        return set()
    stamps = [i for i in run if page.kinds[i] is Kind.STAMP]
    run = range(stamps[-1] + 1 if stamps else run.start, run.stop)
    signs = [i for i in run if page.kinds[i] in BOILERPLATE]
    several = len(_texts(page, signs)) > 1
    if not signs or page.is_listed[signs[0]]:
        return set()
    if not (_is_sure(page, signs) if several else page.has_prose and page.stands_apart(signs[0])):
        return set()
    dropped = {i for i in run if i >= signs[0] and (several or page.kinds[i] is not Kind.CRUMB)}
    again = {page.lines[i] for i in signs if page.kinds[i] in _PLACED}
    if page.has_prose:
        echoes = [i for i, line in enumerate(page.lines) if line in again]
        dropped |= {i for i in echoes if page.stands_apart(i) and not page.is_listed[i]}
    return dropped


def in_company(page: Page) -> set[int]:
    """Removes buttons beside certain boilerplate, and runs of different buttons with the lines between them."""
    dropped: set[int] = set()
    for run in page.runs():
        signs = [i for i in run if page.kinds[i] in BOILERPLATE or page.kinds[i] is Kind.STAMP]
        if not signs or page.is_listed[signs[0]]:
            continue
        among = range(signs[0], signs[-1] + 1)
        kinds = _kinds(page, signs)
        if len(_texts(page, signs)) >= ENOUGH and _is_sure(page, signs):
            dropped |= {i for i in among if page.kinds[i] not in (Kind.STAMP, Kind.COUNTER)}
        elif kinds & {Kind.STRONG, Kind.FRESH, Kind.STAMP}:
            dropped |= {i for i in among if page.kinds[i] in (Kind.WEAK, Kind.AGO)}
    return dropped


def repeated(page: Page) -> set[int]:
    """Removes repeated headlines and captions, except the first occurrence.

    A repeated sentence further below stays: an article may repeat itself.
    """
    if not page.has_prose:
        return set()
    dropped: set[int] = set()
    first: dict[str, int] = {}
    above: int | None = None
    for i, line in enumerate(page.lines):
        if page.kinds[i] is Kind.BLANK:
            continue
        seen = first.setdefault(line, i)
        if seen != i and not page.wrapped[i] and _is_repetition(page, i, seen, is_next=above == seen):
            dropped.add(i)
        else:
            above = i
    return dropped


def _is_repetition(page: Page, i: int, seen: int, *, is_next: bool) -> bool:
    line = page.lines[i]
    words = word_count(line)
    if is_next and words >= SENTENCE_WORDS:
        return True
    if words < HEADLINE_WORDS or not _is_block(page, i) or LIST_ITEM.match(line.lstrip()):
        return False
    is_headline = seen < page.head_end
    if is_headline and i < page.first_prose:
        return True
    return (is_headline or is_next or words >= CAPTION_WORDS) and not ends_with_stop(line)


def _is_block(page: Page, i: int) -> bool:
    """Whether no other content stands directly above or below. The same line does not count."""
    beside = [j for j in (i - 1, i + 1) if 0 <= j < len(page.lines)]
    return all(page.kinds[j] is not Kind.CONTENT or page.lines[j] == page.lines[i] for j in beside)


def _has_headline(page: Page) -> bool:
    return any(kind is Kind.CONTENT for kind in page.kinds[: page.first_prose])


def _is_sure(page: Page, signs: Collection[int]) -> bool:
    """Whether these lines are certainly boilerplate. On a page without prose, a list may hold a button's word."""
    return page.has_prose or bool(_kinds(page, signs) & {Kind.STRONG, Kind.FRESH})


def _kinds(page: Page, indexes: Collection[int]) -> set[Kind]:
    return {page.kinds[i] for i in indexes}


def _texts(page: Page, indexes: Collection[int]) -> set[str]:
    return {page.lines[i].strip() for i in indexes}


RULES: tuple[Rule, ...] = (
    unmistakable,
    above_the_headline,
    between_headline_and_prose,
    below_the_prose,
    in_company,
    repeated,
)
