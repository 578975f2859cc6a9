"""The way from the text of a draft to the clean texts of its articles: repaired, split, cleaned, what it states taken.

`articles` builds articles from the result, and `explain` shows the fates of the lines. Both call `refine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_service.parsing.cleaning.lines import normalise_line_ends, tidy_line
from qa_service.parsing.cleaning.page import read_page
from qa_service.parsing.cleaning.removing import dropped_lines
from qa_service.parsing.cleaning.repair import repair_lines
from qa_service.parsing.cleaning.splitting import article_spans, rules_at_end
from qa_service.parsing.cleaning.traced import Fate, Lines
from qa_service.parsing.facts.stated import NOTHING, Stated, take_stated
from qa_service.parsing.page_marks import remove_page_marks
from qa_service.records import Cleaning
from qa_service.text.basic.spaces import is_blank

__all__ = ["Refined", "refine"]


LONGEST_GAP = 40
"""Blank lines."""


@dataclass(frozen=True, slots=True)
class Refined:
    """The text of an article, with its page marks."""

    lines: Lines
    stated: Stated = NOTHING
    """What the removed lines at its head say of the article."""

    @property
    def text(self) -> str:
        return self.lines.text


def refine(text: str, cleaning: Cleaning) -> tuple[list[Refined], Mapping[int, Fate]]:
    """The articles in a draft's text, and what became of its lines that changed or dropped, by index.

    The lines of the text are those of `normalise_line_ends`. Refining the text of an article again changes nothing.
    Blank articles are left out.
    """
    if cleaning is Cleaning.NONE:
        lines = Lines.of(normalise_line_ends(text).replace("\0", "").split("\n"))
    elif cleaning is Cleaning.DOCUMENT:
        lines = _without_gaps(repair_lines(_lines(text), columns=False))
    else:
        found = _scraped(_lines(text), is_one=cleaning is Cleaning.ROW)
        # A row that is all boilerplate, such as the article "Advertisement", stays as it is.
        return found if found[0] or cleaning is Cleaning.SCRAPED else refine(text, Cleaning.DOCUMENT)
    return [] if is_blank(remove_page_marks(lines.text)) else [Refined(lines)], lines.fates


def _lines(text: str) -> Lines:
    """The lines of a text. A longer gap than `LONGEST_GAP` says no more, and costs time."""
    texts = normalise_line_ends(text).split("\n")
    if "\n" * LONGEST_GAP not in text:
        return Lines.of(texts)
    kept: list[int] = []
    gap = 0
    for i, line in enumerate(texts):
        gap = 0 if line else gap + 1
        if gap <= LONGEST_GAP:
            kept.append(i)
    return Lines([texts[i] for i in kept], kept)


def _scraped(lines: Lines, *, is_one: bool) -> tuple[list[Refined], Mapping[int, Fate]]:
    """Each article is refined until it no longer changes: nearly always twice."""
    fates: dict[int, Fate] = {}
    done: list[Refined] = []
    waiting = [Refined(lines)]
    while waiting:
        current = waiting.pop()
        pieces = _once(current, fates, is_one=is_one)
        if [piece.text for piece in pieces] == [current.text]:
            done.append(current)
        else:
            waiting.extend(reversed(pieces))
    return done, fates


def _once(current: Refined, fates: dict[int, Fate], *, is_one: bool) -> list[Refined]:
    repaired = _tidy(repair_lines(current.lines, columns=not is_one))
    found = [repaired]
    pieces: list[Refined] = []
    page = read_page(repaired.texts)
    spans = [(0, len(page.lines))] if is_one else article_spans(page)
    for start, end in spans:
        part = repaired.part(start, end)
        dropped = dict(dropped_lines(page if len(spans) == 1 else read_page(part.texts)))
        clean = part.without(dropped if end == len(repaired.texts) else dropped | rules_at_end(part.texts))
        stated, removed = (NOTHING, {}) if is_one else take_stated(clean.texts)
        rest = _without_gaps(clean.without(removed))
        found.append(rest)
        before = current.stated if not pieces else NOTHING
        if rest.texts and not is_blank(remove_page_marks(rest.text)):
            pieces.append(Refined(Lines(rest.texts, rest.origins), before.or_else(stated)))
    for lines in found:
        for i, fate in lines.fates.items():
            if fate.what == "dropped" or i not in fates:
                fates[i] = fate
    return pieces


def _tidy(lines: Lines) -> Lines:
    return Lines([tidy_line(line) for line in lines.texts], lines.origins, lines.fates)


def _without_gaps(lines: Lines) -> Lines:
    """The tidy lines with at most one blank line in a row and none at either end. This is no change to speak of."""
    texts: list[str] = []
    origins: list[int] = []
    for line, origin in zip(_tidy(lines).texts, lines.origins, strict=True):
        if line or (texts and texts[-1]):
            texts.append(line)
            origins.append(origin)
    if texts and not texts[-1]:
        texts.pop()
        origins.pop()
    if texts:
        texts[0] = texts[0].lstrip()
    return Lines(texts, origins, lines.fates)
