"""The headline of a web page, without the site's name that many pages put before or after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa_service.parsing.cleaning.headlines import is_headline
from qa_service.parsing.cleaning.lines import word_count
from qa_service.parsing.web.matching import letters

__all__ = ["headline_of", "site_of_title"]

_SEPARATOR = re.compile(r"\s+[-–—|·•»«:/>]+\s+|\s*[|»]\s*")
FEWEST_LETTERS = 4
MOST_WORDS_OF_SECTION, LONGEST_SECTION = 2, 20
"""Words and letters of a title that can be a section's name."""
LONGEST = 300


def headline_of(
    stated: Sequence[str], lines: Sequence[str], headings: Sequence[str], main: Sequence[str], site_names: Iterable[str]
) -> str | None:
    """The headline. `stated` are titles in the page's head, the most trusted first.

    `lines` are the first of the text, `headings` those of the page, `main` its headings of level 1. A line or heading
    that a stated title contains is the headline as readers see it. Without one it is the first stated title, without
    the name of the site. A title that only names the site or a section gives way to a main heading.
    """
    titles = [title for one in stated if (title := _one_line(one))]
    seen = [
        heading for one in (*lines, *headings) if len(letters(one)) >= FEWEST_LETTERS and (heading := _one_line(one))
    ]
    sites = {letters(name) for name in site_names if name} - {""}
    shown = _shown_headline(lines, main, sites)
    if shown is not None:
        titles = [title for title in titles if not _is_general(title, sites, main)]
    for title in titles:
        key = letters(title)
        inside = [one for one in seen if letters(one) in key and letters(one) not in sites]
        best = max(inside, key=lambda one: len(letters(one)), default=None)
        if best is not None and (len(letters(best)) * 2 >= len(key) or _is_part(best, title)):
            return best
    return _without_site(titles[0], sites) if titles else shown


def _shown_headline(lines: Sequence[str], main: Sequence[str], sites: set[str]) -> str | None:
    """The first main heading, else the first line if it looks like a headline."""
    proper = [one for one in map(_one_line, main) if len(letters(one)) >= FEWEST_LETTERS and letters(one) not in sites]
    first = _one_line(lines[0]) if lines else ""
    return next((one for one in proper if word_count(one) > MOST_WORDS_OF_SECTION), None) or (
        first if is_headline(first) else next(iter(proper), None)
    )


def _is_general(title: str, sites: set[str], main: Sequence[str]) -> bool:
    """Whether a title names the site or a section of it, such as "News", and no heading says the same."""
    proper = _without_site(title, sites)
    key = letters(proper)
    return key in sites or (
        word_count(proper) <= MOST_WORDS_OF_SECTION and len(key) < LONGEST_SECTION and key not in map(letters, main)
    )


def site_of_title(title: str, host: str) -> str | None:
    """The part of a page's title that names the site: its letters are those of the address."""
    domain = letters(host.removeprefix("www.").rpartition(".")[0])
    parts = [part.strip() for part in _SEPARATOR.split(_one_line(title)) if part.strip()]
    if len(parts) < 2 or not domain:
        return None
    return next((part for part in (parts[-1], parts[0]) if len(key := letters(part)) > 2 and key == domain), None)


def _is_part(heading: str, title: str) -> bool:
    return letters(heading) in {letters(part) for part in _SEPARATOR.split(title)}


def _without_site(title: str, sites: set[str]) -> str:
    for match in (*reversed(list(_SEPARATOR.finditer(title))), *_SEPARATOR.finditer(title)):
        before, after = title[: match.start()].strip(), title[match.end() :].strip()
        if letters(after) in sites and letters(before):
            return before
        if letters(before) in sites and letters(after):
            return after
    return title


def _one_line(text: str) -> str:
    text = " ".join(text.split()).removeprefix("- ")
    return text if len(text) <= LONGEST else ""
