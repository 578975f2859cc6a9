"""What `fit_confidence` measured, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.confidence_model import Fitted, auroc, calibration_error, fit
from benchmarks.confidence_questions import CONDITIONS, SignalRow
from benchmarks.shared import markdown
from qa_service.settings import Settings

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
POPULATION = ("answerable", "article removed", "unanswerable", "off topic")
"""Conditions on which calibration is measured."""


def tables(
    models: Mapping[str, Fitted], known: Mapping[str, Sequence[SignalRow]], unseen: Mapping[str, Sequence[SignalRow]]
) -> str:
    """The tables of every model as Markdown."""
    lines: list[str] = []
    for name, model in models.items():
        title = "the embedding model reads" if name == "tokens" else "the embedding model does not read"
        lines.append(f"## Questions that {title}\n")
        own = {s: unseen[s] for s in model.questions}
        lines += _sets("Other questions of the sets that it was fitted on", {s: (model, own[s]) for s in own})
        if len(own) > 2:
            without = {s: fit({o: known[o] for o in own if o != s}) for s in own}
            whole = {s: [row for row in known[s] if not row.small] + [*own[s]] for s in own}
            title = "Each set by a model that was fitted on the other sets alone"
            lines += _sets(title, {s: (without[s], whole[s]) for s in own})
        lines += _thresholds(model, [row for rows in own.values() for row in rows])
    return "\n".join(lines) + "\n"


def _sets(title: str, measured: Mapping[str, tuple[Fitted, Sequence[SignalRow]]]) -> Iterator[str]:
    """A table with a line a set. AUROC compares answerable questions with each other condition."""
    others = [condition for condition in CONDITIONS if condition != "answerable"]
    yield f"{title}:\n"
    lines: list[tuple[object, ...]] = []
    everything: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]] = []
    for name, (model, rows) in measured.items():
        by = {c: model.probabilities(own) if (own := _of(rows, c)) else np.empty(0) for c in CONDITIONS}
        areas = [auroc(by["answerable"], by[condition]) for condition in others]
        figures = ["" if area is None else f"{area:.3f}" for area in areas]
        p, right = _population(model, rows)
        everything.append((p, right))
        figures += [f"{calibration_error(p, right):.3f}", f"{np.square(p - right).mean():.3f}"]
        lines.append((name, len({row.question_id for row in rows}), *figures))
    yield from markdown(("set", "questions", *(f"AUROC, {one}" for one in others), "ECE", "Brier"), lines)
    p, right = (np.concatenate(column) for column in zip(*everything, strict=True))
    total = sum(len({row.question_id for row in rows}) for _, rows in measured.values())
    ece, brier = f"{calibration_error(p, right):.3f}", f"{np.square(p - right).mean():.3f}"
    yield f"| together | {total} |{' |' * len(others)} **{ece}** | {brier} |\n"
    yield f"ECE and Brier score are of {len(p)} askings ({', '.join(POPULATION)}). In ten bins of equal mass:\n"
    parts = np.array_split(np.argsort(p, kind="stable"), 10)
    shares = [[f"{values[part].mean():.2f}" for part in parts] for values in (p, right)]
    yield from markdown(("confidence", *shares[0]), [("right", *shares[1])])
    yield ""


def _thresholds(model: Fitted, rows: Sequence[SignalRow]) -> Iterator[str]:
    p, right = _population(model, rows)
    answerable = model.probabilities(_of(rows, "answerable"))
    nothing = {c: model.probabilities(own) for c in CONDITIONS if c != "answerable" and (own := _of(rows, c))}
    yield "What a threshold does (`answerable_threshold`), over the sets together:\n"
    head = ("threshold", "right, of what is answered", "answerable declined", *(f"declined: {c}" for c in nothing))
    lines = []
    for threshold in THRESHOLDS:
        answered = p >= threshold
        mark = " (default)" if threshold == Settings().answerable_threshold else ""
        precision = f"{right[answered].mean():.3f}" if answered.any() else "-"
        declined = [f"{(own < threshold).mean():.2f}" for own in (answerable, *nothing.values())]
        lines.append((f"{threshold}{mark}", precision, *declined))
    yield from markdown(head, lines)
    yield ""


def _population(model: Fitted, rows: Sequence[SignalRow]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    own = [row for row in rows if row.condition in POPULATION and not row.small]
    return model.probabilities(own), np.array([row.right for row in own])


def _of(rows: Sequence[SignalRow], condition: str) -> list[SignalRow]:
    return [row for row in rows if row.condition == condition and not row.small]
