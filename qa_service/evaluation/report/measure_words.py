"""Names and meanings of the figures, as the pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

FAMILIES = {
    "nDCG": "how near the top the relevant results are, compared with the best possible order: 1 is that order",
    "RR": "1 divided by the rank of the first relevant result: 1 for the first rank, 0.5 for the second, 0 if "
    "no result among the first {k} is relevant",
    "AP": "precision at the rank of each relevant result, averaged over all relevant results; a result that was not "
    "returned counts as 0",
    "Success": "share of questions with a relevant result among the first {k}",
    "P": "share of the first {k} results that are relevant",
    "R": "share of all relevant results that are among the first {k}",
    "Judged": "share of the first {k} results that the question set has judged",
    "evidence_hit": "share of questions where a sentence marked as evidence overlaps the gold evidence",
    "evidence_F1": "overlap of the marked sentences with the gold evidence in characters, 1 if they are the same; "
    "the best pair of passage and gold span counts",
    "answer_recall": "share of questions with a gold answer in the sentences of the answer",
    "first_sentence_recall": "share of questions with a gold answer in the first sentence of the answer",
    "answer_found": "share of questions with a gold answer in the first {k} passages",
    "answer_recall_of_found": "answer_recall of the questions with a gold answer in the first {k} passages",
    "first_sentence_recall_of_found": "first_sentence_recall of the questions with a gold answer in the first {k} "
    "passages",
    "span_EM": "share of questions whose span is a gold answer, word for word (exact match of SQuAD)",
    "span_F1": "overlap of the words of the span with the best gold answer, 1 if they are the same (F1 of SQuAD)",
    "answer_hit": "share of questions with an answer that quotes gold evidence",
    "answer_characters": "length of the given answers in characters. More is not better in itself",
    "answer_in_passages": "share of the gold answers that occur in a returned passage",
    "answer_in_evidence": "share of the gold answers that occur in the sentences marked as evidence",
    "answered": "share of the answerable questions that were answered, not declined",
    "declined": "share of the unanswerable questions that were declined",
    "answer_precision": "share of the given answers that are right: they hold a gold answer or quote gold evidence",
    "distinct_outlets": "number of outlets among the first {k} passages; an article without an outlet counts as one. "
    "More is not better in itself",
}
"""Meaning of each measure by its name before "@", in display order."""

RELEVANCE = {
    "article": "A passage is relevant when the question set names its article. Each article counts once, "
    "at the rank of its best passage.",
    "passage": "A passage is relevant when the question set names it.",
    "evidence": "A passage is relevant when it covers {overlap} of the characters of a gold evidence span.",
    "answer": "A passage is relevant when it contains a gold answer in whole words (without case, accents, punctuation "
    "and a/an/the; dates and numbers in any usual form). The number of relevant passages in the collection is unknown, "
    "so nDCG, AP and R are left out.",
    "none": "All questions of the set are unanswerable, so only declining is measured.",
}

INTERVAL = (
    "The interval shows how much the mean depends on the choice of questions. Of many samples drawn from these "
    "questions with repetition, 95 % have their mean in it (percentile bootstrap)."
)
NO_INTERVAL = (
    "no interval: with less than ten questions, or with equal scores, it would say nothing about other questions."
)
DECLINING = {
    "precision_at_threshold": ("Right, of the answered", "share of the answered questions that are right"),
    "coverage_at_threshold": ("Answered, of all judged", "share of the judged questions that were answered"),
    "declined_answerable": ("Declined, of the answerable", "share of the answerable questions declined"),
    "declined_unanswerable": ("Declined, of the unanswerable", "share of the unanswerable questions declined"),
    "auroc_right": (
        "AUROC, right against wrong",
        "chance that a right question has more confidence than a wrong question: 0.5 is chance, 1 is perfect",
    ),
    "auroc_answerable": (
        "AUROC, answerable against not",
        "chance that an answerable question has more confidence than an unanswerable one: 0.5 is chance, 1 is perfect",
    ),
    "brier": ("Brier score", "mean squared distance of the confidence from 1 (right) or 0 (wrong): 0 is perfect"),
    "ece": (
        "Calibration error (ECE)",
        "distance of confidence from the share of right questions, averaged over ten equal groups: 0 is perfect",
    ),
    "aurc": (
        "Area under risk-coverage",
        "share of wrong answers, averaged over all thresholds of confidence: 0 is perfect",
    ),
}
"""Name and meaning of each figure about declining, in display order."""
ANSWERS = {
    "precision": (
        "Right, of the answers given",
        "share of the given answers that hold a gold answer or quote gold evidence",
    ),
    "median_characters": ("Characters", "length of a given answer, median"),
    "auroc_right": (
        "AUROC, right against wrong",
        "chance that a right answer has more confidence than a wrong answer: 0.5 is chance, 1 is perfect",
    ),
    "brier": DECLINING["brier"],
    "ece": (
        "Calibration error (ECE)",
        "distance of confidence from the share of right answers, averaged over ten equal groups: 0 is perfect",
    ),
}
"""Name and meaning of each figure about the answers given, in display order."""
SHARES = frozenset(
    ("precision", "precision_at_threshold", "coverage_at_threshold", "declined_answerable", "declined_unanswerable")
)

NONE = "\N{EN DASH}"


def meaning(measure: str) -> str:
    """The meaning of a measure; "" for an unknown measure."""
    depth = re.search(r"@(\d+)$", measure)
    text = FAMILIES.get(_family(measure), "")
    if depth is None:
        return text.replace("the first {k}", "the returned")
    if depth[1] == "1":
        text = text.replace("with a relevant result among the first {k}", "whose first result is relevant")
    return text.replace("{k}", depth[1])


def declining_figures(declining: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, value and meaning of each figure about declining; a dash for a missing value."""
    yield from _worded(DECLINING, declining)


def answer_figures(answers: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, value and meaning of each figure about the answers given."""
    yield from _worded(ANSWERS, answers)


def _worded(words: Mapping[str, tuple[str, str]], figures: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, (name, what) in words.items():
        value, digits = figures.get(key), 0 if key == "median_characters" else 3
        yield name, percent(value) if key in SHARES else number(value, digits), what


def in_order(measures: Iterable[str]) -> list[str]:
    """Measures in display order: the most informative family first, shallow before deep, unknown measures last."""
    known = list(FAMILIES)

    def place(name: str) -> tuple[int, int, str]:
        depth = re.search(r"@(\d+)$", name)
        family = _family(name)
        return known.index(family) if family in known else len(known), int(depth[1]) if depth else 0, name

    return sorted(measures, key=place)


def primary_of(measures: Iterable[str]) -> str | None:
    """nDCG@10 if present, else the first measure in display order."""
    ordered = in_order(measures)
    return "nDCG@10" if "nDCG@10" in ordered else next(iter(ordered), None)


def relevance_meaning(kind: str | None, overlap: float | None) -> str:
    """A sentence that says when a passage is relevant."""
    part = "all" if overlap is None or overlap >= 1 else f"at least {percent(overlap)}"
    return RELEVANCE.get(kind or "", "").format(overlap=part)


def number(value: Any, digits: int = 3) -> str:
    """A figure with `digits` decimals, a count with narrow spaces between thousands, a dash for None."""
    if value is None:
        return NONE
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage. A share below 1 never shows as 100 %."""
    if share is None:
        return NONE
    text = f"{100 * share:.{digits}f}"
    if share < 1 and float(text) >= 100:
        text = f"{100 - 10**-digits:.{digits}f}"
    return text.removesuffix(f".{'0' * digits}") + "\N{NARROW NO-BREAK SPACE}%"


def _family(measure: str) -> str:
    return re.split(r"[@(]", measure, maxsplit=1)[0]
