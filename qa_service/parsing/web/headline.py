"""The headline of a web page, without the site's name that many pages put before or after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa_service.parsing.web.matching import letters

__all__ = ["headline_of", "site_of_title"]

_SEPARATOR = re.compile(r"\s+[-–—|·•»«:/>]+\s+|\s*[|»]\s*")
FEWEST_LETTERS = 4
LONGEST = 300


def headline_of(stated: Sequence[str], headings: Sequence[str], site_names: Iterable[str]) -> str | None:
    """The headline. `stated` are titles in the page's head, the most trusted first; `headings` are those on the page.

    A heading that a stated title contains is the headline as readers see it. Without such a heading it is the first
    stated title, without the name of the site.
    """
    titles = [title for one in stated if (title := _one_line(one))]
    seen = [heading for one in headings if len(letters(one)) >= FEWEST_LETTERS and (heading := _one_line(one))]
    sites = {letters(name) for name in site_names if name} - {""}
    for title in titles:
        key = letters(title)
        inside = [one for one in seen if letters(one) in key and letters(one) not in sites]
        best = max(inside, key=lambda one: len(letters(one)), default=None)
        if best is not None and (len(letters(best)) * 2 >= len(key) or _is_part(best, title)):
            return best
    if titles:
        return _without_site(titles[0], sites)
    return seen[0] if seen else None


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
