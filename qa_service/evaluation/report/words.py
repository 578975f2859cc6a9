"""What figures are called and what they mean, in the words of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = ["in_order", "meaning", "number", "percent", "primary_of", "relevance_meaning"]

FAMILIES = {
    "nDCG": "how near the top the relevant ones stand, against the best possible order",
    "RR": "1 divided by the rank of the first relevant one",
    "AP": "precision at each relevant one, averaged",
    "Success": "share of questions with a relevant one that high",
    "P": "share of what is returned that is relevant",
    "R": "share of what is relevant that is returned",
    "Judged": "share of what is returned that someone has judged",
    "evidence_hit": "share of questions where a marked sentence touches the gold evidence",
    "evidence_F1": "overlap of the marked sentences with the gold evidence, in characters, best passage",
    "answer_recall": "share of the gold answer strings found in what is returned",
    "answer_in_evidence": "share of the gold answer strings found in marked sentences",
    "distinct_outlets": "how many outlets are among the first",
}
"""Measures by the part of their name before "@", in the order they are shown."""

RELEVANCE = {
    "article": "A passage is relevant when its article is one that the question set names. Each article counts once, "
    "at the rank of its best passage.",
    "passage": "A passage is relevant when the question set names it.",
    "evidence": "A passage is relevant when it covers {overlap} of the characters of a gold evidence span.",
    "answer": "A passage is relevant when it contains a gold answer word for word (lower case, no punctuation, no "
    "a/an/the). What else in the collection would be relevant is unknown, so nDCG, AP and R are left out.",
}


NONE = "\N{EN DASH}"


def meaning(measure: str) -> str:
    """One line on a measure; "" for one that is not known here."""
    return FAMILIES.get(_family(measure), "")


def in_order(measures: Iterable[str]) -> list[str]:
    """Measures as they are shown: the most telling family first, shallow before deep, unknown ones last."""
    known = list(FAMILIES)

    def place(name: str) -> tuple[int, int, str]:
        depth = re.search(r"@(\d+)$", name)
        family = _family(name)
        return known.index(family) if family in known else len(known), int(depth[1]) if depth else 0, name

    return sorted(measures, key=place)


def primary_of(measures: Iterable[str]) -> str | None:
    """nDCG@10 where there is one, else the first in order."""
    ordered = in_order(measures)
    return "nDCG@10" if "nDCG@10" in ordered else next(iter(ordered), None)


def relevance_meaning(kind: str | None, overlap: float | None) -> str:
    """What makes a passage relevant."""
    part = "all" if overlap is None or overlap >= 1 else f"at least {percent(overlap)}"
    return RELEVANCE.get(kind or "", "").format(overlap=part)


def number(value: Any, digits: int = 3) -> str:
    """A figure to so many decimals, a count with thin spaces between thousands, a dash where there is none."""
    if value is None:
        return NONE
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage. What is not the whole never rounds up to it."""
    if share is None:
        return NONE
    text = f"{100 * share:.{digits}f}"
    if share < 1 and float(text) >= 100:
        text = f"{100 - 10**-digits:.{digits}f}"
    return text.removesuffix(f".{'0' * digits}") + "\N{NARROW NO-BREAK SPACE}%"


def _family(measure: str) -> str:
    return re.split(r"[@(]", measure, maxsplit=1)[0]
