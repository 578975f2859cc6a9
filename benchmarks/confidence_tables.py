"""What `fit_confidence` measured, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.confidence_model import Fitted, auroc, calibration_error, fit
from benchmarks.confidence_questions import CONDITIONS, SignalRow
from qa_service.settings import Settings

__all__ = ["tables"]

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
POPULATION = ("answerable", "article removed", "unanswerable", "off topic")
"""Conditions on which calibration is measured."""


def tables(
    models: Mapping[str, Fitted], known: Mapping[str, Sequence[SignalRow]], unseen: Mapping[str, Sequence[SignalRow]]
) -> str:
    """The tables of every model as Markdown."""
    return "\n".join(_lines(models, known, unseen)) + "\n"


def _lines(
    models: Mapping[str, Fitted], known: Mapping[str, Sequence[SignalRow]], unseen: Mapping[str, Sequence[SignalRow]]
) -> Iterator[str]:
    for name, model in models.items():
        title = "the embedding model reads" if name == "tokens" else "the embedding model does not read"
        yield f"## Questions that {title}\n"
        own = {s: unseen[s] for s in model.questions}
        yield from _sets("Other questions of the sets that it was fitted on", {s: (model, own[s]) for s in own})
        if len(own) > 2:
            without = {s: fit({o: known[o] for o in own if o != s}) for s in own}
            yield from _sets(
                "Each set by a model that was fitted on the other sets alone",
                {s: (without[s], [*known_without_small(known[s]), *own[s]]) for s in own},
            )
        yield from _thresholds(model, [row for rows in own.values() for row in rows])


def known_without_small(rows: Sequence[SignalRow]) -> list[SignalRow]:
    return [row for row in rows if not row.small]


def _sets(title: str, measured: Mapping[str, tuple[Fitted, Sequence[SignalRow]]]) -> Iterator[str]:
    """A table with a line a set. AUROC compares answerable questions with each other condition."""
    others = [condition for condition in CONDITIONS if condition != "answerable"]
    yield f"{title}:\n"
    yield "| set | questions | AUROC, " + " | AUROC, ".join(others) + " | ECE | Brier |"
    yield "|---|---|" + "---|" * (len(others) + 2)
    everything: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]] = []
    for name, (model, rows) in measured.items():
        by = {c: model.probabilities(own) if (own := _of(rows, c)) else np.empty(0) for c in CONDITIONS}
        figures = [_shown(auroc(by["answerable"], by[condition])) for condition in others]
        p, right = _population(model, rows)
        everything.append((p, right))
        figures += [f"{calibration_error(p, right):.3f}", f"{_brier(p, right):.3f}"]
        yield f"| {name} | {len({row.question_id for row in rows})} | {' | '.join(figures)} |"
    p, right = (np.concatenate(column) for column in zip(*everything, strict=True))
    total = sum(len({row.question_id for row in rows}) for _, rows in measured.values())
    yield (
        f"| together | {total} |{' |' * len(others)} **{calibration_error(p, right):.3f}** | {_brier(p, right):.3f} |\n"
    )
    yield f"ECE and Brier score are of {len(p)} askings ({', '.join(POPULATION)}). In ten bins of equal mass:\n"
    parts = np.array_split(np.argsort(p, kind="stable"), 10)
    yield "| confidence | " + " | ".join(f"{p[part].mean():.2f}" for part in parts) + " |"
    yield "|---|" + "---|" * len(parts)
    yield "| right | " + " | ".join(f"{right[part].mean():.2f}" for part in parts) + " |\n"


def _thresholds(model: Fitted, rows: Sequence[SignalRow]) -> Iterator[str]:
    p, right = _population(model, rows)
    answerable = model.probabilities(_of(rows, "answerable"))
    nothing = {c: model.probabilities(own) for c in CONDITIONS if c != "answerable" and (own := _of(rows, c))}
    yield "What a threshold does (`answerable_threshold`), over the sets together:\n"
    yield (
        "| threshold | right, of what is answered | answerable declined | declined: "
        + " | declined: ".join(nothing)
        + " |"
    )
    yield "|---|---|---|" + "---|" * len(nothing)
    for threshold in THRESHOLDS:
        answered = p >= threshold
        mark = " (default)" if threshold == Settings().answerable_threshold else ""
        precision = f"{right[answered].mean():.3f}" if answered.any() else "-"
        rest = " | ".join(f"{(own < threshold).mean():.2f}" for own in nothing.values())
        yield f"| {threshold}{mark} | {precision} | {(answerable < threshold).mean():.2f} | {rest} |"
    yield ""


def _population(model: Fitted, rows: Sequence[SignalRow]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    own = [row for row in rows if row.condition in POPULATION and not row.small]
    return model.probabilities(own), np.array([row.right for row in own])


def _of(rows: Sequence[SignalRow], condition: str) -> list[SignalRow]:
    return [row for row in rows if row.condition == condition and not row.small]


def _brier(p: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    return float(np.square(p - right).mean())


def _shown(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"
