"""`summary.json`: all figures of an evaluation, computed from `per_question.jsonl` and the times alone. So anyone with
that file can compute them again."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from qa_service.evaluation.grade.bootstrap import bootstrap_intervals
from qa_service.evaluation.grade.decline_measures import RIGHT_DEPTH, summarise_answers, summarise_declining
from qa_service.evaluation.grade.slices import Slices

__all__ = ["rounded", "summarise", "times_of"]

DECIMALS = 6


def rounded(value: Any) -> Any:
    """The value with all floats rounded to six decimals; -0.0 becomes 0.0."""
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, Mapping):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return value


def summarise(
    records: Iterable[Mapping[str, Any]],
    took_ms: Iterable[float],
    manifest: Mapping[str, Any],
    *,
    name: str,
    threshold: float,
    seconds: float,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The summary, ready for JSON, floats rounded. Memory grows by some bytes per question and measure.

    Args:
        notes: a sentence for each group of questions that the figures leave out.
    """
    columns: dict[str, array[float]] = {}
    confidences = array("d")
    answerable: list[bool | None] = []
    right: list[bool | None] = []
    declined: list[bool] = []
    given, answer_right, characters = array("d"), list[bool | None](), array("q")
    slices = Slices()
    with_gold = checked = valid = 0
    for record in records:
        with_gold += bool(record["measures"])
        for measure, value in record["measures"].items():
            columns.setdefault(measure, array("d")).append(value)
        confidences.append(record["confidence"])
        answerable.append(record["answerable"])
        right.append(_is_right(record))
        declined.append(record["declined"])
        if record["answer"] is not None:
            given.append(record["confidence"])
            answer_right.append(record["answer_right"])
            characters.append(len(record["answer"]))
        checked += record["citations"]["checked"]
        valid += record["citations"]["valid"]
        slices.add(record)
    means = bootstrap_intervals(columns) if columns else {}
    return rounded(  # type: ignore[no-any-return]
        {
            "name": name,
            "collection": manifest["collection"]["name"],
            "questions": len(confidences),
            "with_gold": with_gold,
            "notes": list(notes),
            "relevance": manifest["relevance"],
            "top_k": manifest["top_k"],
            "overlap": manifest["overlap"],
            "measures": {measure: _row(*found, len(columns[measure])) for measure, found in means.items()},
            "declining": summarise_declining(confidences, answerable, right, threshold, declined),
            "answers": summarise_answers(given, answer_right, characters),
            "citations": {"checked": checked, "valid": valid, "share": valid / checked if checked else None},
            "slices": slices.means(),
            "times": times_of(took_ms, seconds, manifest["workers"]),
        }
    )


def _row(mean: float, low: float, high: float, n: int) -> dict[str, float | None]:
    """A measure with its interval; a single question has no interval."""
    return {"mean": mean, "low": low if n > 1 else None, "high": high if n > 1 else None, "n": n}


def times_of(took_ms: Iterable[float], seconds: float, workers: int) -> dict[str, Any]:
    """Times of all questions; `seconds` is the total. Percentiles are measured values (nearest rank)."""
    took = np.sort(np.fromiter(took_ms, np.float64))
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    percentiles = {n: float(took[max(math.ceil(share * len(took)), 1) - 1]) for n, share in shares.items()}
    return {**percentiles, "per_second": len(took) / seconds, "seconds": seconds, "workers": workers}


def _is_right(record: Mapping[str, Any]) -> bool | None:
    if record["answerable"] is False:
        return False
    if not record["measures"]:
        return None
    return record["first_relevant"] is not None and record["first_relevant"] <= RIGHT_DEPTH
