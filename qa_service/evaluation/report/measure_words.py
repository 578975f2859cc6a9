"""What figures are called and what they mean, in the words of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = [
    "INTERVAL",
    "NONE",
    "NO_INTERVAL",
    "declining_figures",
    "in_order",
    "meaning",
    "number",
    "percent",
    "primary_of",
    "relevance_meaning",
]

FAMILIES = {
    "nDCG": "how near the top the relevant results stand, against the best order there could be: 1 is that order",
    "RR": "1 divided by the rank of the first relevant result: 1 where it is the first, 0.5 where the second, 0 where "
    "none is among the first {k}",
    "AP": "precision at the rank of each relevant result, averaged over all that are relevant; one that was not "
    "returned counts 0",
    "Success": "share of questions with a relevant result among the first {k}",
    "P": "share of the first {k} results that are relevant",
    "R": "share of all that is relevant that is among the first {k}",
    "Judged": "share of the first {k} results that the question set has a judgement of",
    "evidence_hit": "share of questions where a sentence that the service marked as evidence touches the gold evidence",
    "evidence_F1": "overlap of the marked sentences with the gold evidence in characters, 1 where they are the same; "
    "the best pair of passage and gold span counts",
    "answer_recall": "share of the gold answers that stand in a returned passage",
    "answer_in_evidence": "share of the gold answers that stand in the sentences marked as evidence",
    "answered": "share of the questions that have an answer which were answered, and not declined",
    "declined": "share of the questions that nothing answers which were declined",
    "distinct_outlets": "how many outlets the first {k} passages come from; an article without one counts as one. A "
    "number, not a share, and more is not better in itself",
}
"""Measures by the part of their name before "@", in the order they are shown."""

RELEVANCE = {
    "article": "A passage is relevant when its article is one that the question set names. Each article counts once, "
    "at the rank of its best passage.",
    "passage": "A passage is relevant when the question set names it.",
    "evidence": "A passage is relevant when it covers {overlap} of the characters of a gold evidence span.",
    "answer": "A passage is relevant when it contains a gold answer word for word (lower case, no punctuation, no "
    "a/an/the). What else in the collection would be relevant is unknown, so nDCG, AP and R are left out.",
    "none": "No question of the set has an answer, so declining alone is measured.",
}

INTERVAL = (
    "The interval says how far the mean could be off by the choice of questions: were as many drawn again from these, "
    "with repetition, 95 % of the means would lie in it (percentile bootstrap)."
)
NO_INTERVAL = (
    "no interval: of less than ten questions, or where all score alike, it would say nothing of what other questions "
    "would have given."
)
DECLINING = {
    "precision_at_threshold": ("Right, of those answered", "share of the answered questions that are right"),
    "coverage_at_threshold": ("Answered, of all judged", "share of the questions with a verdict that were answered"),
    "declined_answerable": ("Declined, of the answerable", "share declined although the collection answers them"),
    "declined_unanswerable": ("Declined, of the unanswerable", "share declined of those that nothing answers"),
    "auroc_right": (
        "AUROC, right against wrong",
        "chance that a right question has more confidence than a wrong one: 0.5 is guessing, 1 is perfect",
    ),
    "auroc_answerable": (
        "AUROC, answerable against not",
        "chance that an answerable question has more confidence than one that is not: 0.5 is guessing, 1 is perfect",
    ),
    "brier": ("Brier score", "mean squared distance of the confidence from 1 (right) or 0 (wrong): 0 is perfect"),
    "ece": (
        "Calibration error (ECE)",
        "how far confidence is from the share that is right, on average over ten groups of equal size: 0 is perfect",
    ),
    "aurc": (
        "Area under risk-coverage",
        "share that is wrong, averaged over all ways to answer only the most confident: 0 is perfect",
    ),
}
"""Name and meaning of each figure about declining, in the order they are shown."""
SHARES = frozenset(("precision_at_threshold", "coverage_at_threshold", "declined_answerable", "declined_unanswerable"))

NONE = "\N{EN DASH}"


def meaning(measure: str) -> str:
    """One line on a measure; "" for one that is not known here."""
    depth = re.search(r"@(\d+)$", measure)
    text = FAMILIES.get(_family(measure), "")
    if depth is None:
        return text.replace("the first {k}", "the returned")
    if depth[1] == "1":
        text = text.replace("with a relevant result among the first {k}", "whose first result is relevant")
    return text.replace("{k}", depth[1])


def declining_figures(declining: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, value and meaning of each figure about declining; a dash where the set cannot tell."""
    for key, (name, what) in DECLINING.items():
        value = declining.get(key)
        yield name, percent(value) if key in SHARES else number(value), what


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
