"""Fits the two regressions over the reader's scores, and measures them.

    python -m training.reader.fit FOLDER [FOLDER …] --index DIR [--questions 300] [--write]

Each FOLDER is a BEIR set. `sentence` gives each sentence the probability that it answers, and `answer` gives the
confidence of the answer shown. `--write` writes them to `qa_service/resources/confidence.json`, and the tables into
their page under docs/. Every figure is of questions that the fit did not see.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.confidence_model import auroc
from benchmarks.shared import ROOT, folder_name, markdown, write_section
from qa_service.answering.bindings import BINDINGS
from qa_service.answering.confidence import ConfidenceModel
from qa_service.answering.reading import ANSWER_FEATURES, SENTENCE_FEATURES
from qa_service.parsing import read_beir
from qa_service.service import Service
from qa_service.settings import Settings
from training.reader.asked import CONDITIONS, Asked, ask_all, ask_renamed, ask_strangers, read_questions

TARGET = ROOT / "qa_service" / "resources" / "confidence.json"
SHARES = {
    "answerable": 0.5, "answer removed": 0.15, "article removed": 0.05, "unanswerable": 0.15, "name replaced": 0.1,
    "off topic": 0.05,
}  # fmt: skip
"""Weights of the conditions, in the fit of the confidence and in its calibration error."""
FROM_RANKING = ("cosine", "typed", "uncovered")
"""Signals of the ranking that the confidence reads. The others depend on how many passages the collection has."""
STRANGERS, RENAMED = 120, 80
"""Questions of other sets, and questions with another name, for each set."""
REGULARISATION = 0.3
"""Inverse strength of the L2 penalty, on standardised features."""
Sets = Mapping[str, Sequence[Asked]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="BEIR folders")
    parser.add_argument("--index", type=Path, required=True, help="keep the collections here, or use those there")
    parser.add_argument("--reader", default="packaged", help="the setting `reader`")
    parser.add_argument("--questions", type=int, default=300, help="questions of each set for the fit; as many measure")
    parser.add_argument("--rows", type=Path, help="keep what was read here, and use it if it is there")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name} and the page under docs/")
    options = parser.parse_args()
    if options.rows is not None and options.rows.exists():
        known, unseen = pickle.loads(options.rows.read_bytes())
    else:
        known, unseen = read_sets(options.folders, options.index, options.reader, options.questions)
        if options.rows is not None:
            options.rows.write_bytes(pickle.dumps((known, unseen)))
    sentence, answer = fit_both(known)
    text = tables(known, unseen, sentence, answer)
    print(text)
    if options.write:
        names = " ".join(folder_name(folder) for folder in options.folders)
        command = f"python -m training.reader.fit {names} --questions {options.questions} --write"
        write(sentence, answer, command)
        write_section("training.reader.fit", text)


def read_sets(
    folders: Sequence[Path], index: Path, reader: str, count: int
) -> tuple[dict[str, list[Asked]], dict[str, list[Asked]]]:
    """The questions of each set for the fit, and those for measuring."""
    sets = {folder: read_questions(folder, folder_name(folder)) for folder in folders}
    known: dict[str, list[Asked]] = {}
    unseen: dict[str, list[Asked]] = {}
    with Service.open(Settings(index=index, reader=reader)) as service:
        there = {info.name for info in service.collections()}
        for folder, own in sets.items():
            name = own.own.name
            if name not in there:
                service.ingest_drafts(read_beir(folder), name)
            half = min(count, len(own.own.questions) // 2)
            strangers = [one.own.questions[::-1][:STRANGERS] for one in sets.values() if one is not own]
            others = [question for some in strangers for question in some]
            few = others[:: max(1, len(others) // STRANGERS)]
            first = own.own.questions[:half]
            known[name] = [
                *ask_all(service, own, first),
                *ask_renamed(service, name, first[:RENAMED]),
                *ask_strangers(service, name, few[::2]),
            ]
            rest = own.own.questions[half : half + count]
            unseen[name] = [
                *ask_all(service, own, rest),
                *ask_renamed(service, name, rest[:RENAMED]),
                *ask_strangers(service, name, few[1::2]),
            ]
            print(f"{name}: {len(known[name])} and {len(unseen[name])} askings", flush=True)
    return known, unseen


def fit_both(sets: Sets) -> tuple[ConfidenceModel, ConfidenceModel]:
    """The regressions for a sentence and for the answer."""
    features, right, weights = [], [], []
    for own in sets.values():
        judged = [one for one in own if one.judged or one.condition in ("off topic", "unanswerable", "name replaced")]
        if not any(one.judged for one in judged):
            continue
        for one in judged:
            for passage, hits in zip(one.reading.passages, one.right, strict=True):
                for found, hit in zip(passage.sentences, hits, strict=True):
                    features.append([found.features[name] for name in SENTENCE_FEATURES])
                    right.append(hit)
                    weights.append(1 / len(judged))
    sentence = fit(SENTENCE_FEATURES, np.array(features), np.array(right), np.array(weights))
    rows = [(one.rescored(sentence), weight) for own in sets.values() for one, weight in weighted(own)]
    names = (*FROM_RANKING, *ANSWER_FEATURES)
    answer = fit(
        names,
        np.array([_row(one, names) for one, _ in rows]),
        np.array([one.answered_right() for one, _ in rows]),
        np.array([weight for _, weight in rows]),
    )
    return sentence, answer


def weighted(own: Sequence[Asked]) -> list[tuple[Asked, float]]:
    """The askings of a set with their weights, which sum to 1."""
    count = Counter(one.condition for one in own)
    total = sum(SHARES[condition] for condition in count)
    return [(one, SHARES[one.condition] / total / count[one.condition]) for one in own]


def fit(
    names: Sequence[str], x: npt.NDArray[np.float64], y: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64]
) -> ConfidenceModel:
    """A logistic regression over standardised features; its coefficients are for the features as they are.

    What the question names and the text does not (`BINDINGS`), and an echo, can only lower the probability: these sets
    have few such questions, and chance would decide the sign.
    """
    mean, deviation = np.average(x, axis=0, weights=weights), x.std(axis=0) + 1e-6
    z = np.column_stack([(x - mean) / deviation, np.ones(len(x))])
    signs, own = np.where(y, 1.0, -1.0), weights * len(y) / weights.sum()

    def loss(at: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        margins = signs * (z @ at)
        penalty = at * np.append(np.ones(len(names)), 0.0) / REGULARISATION
        gradient = -(own * signs / (1 + np.exp(margins))) @ z + penalty
        return float(own @ np.logaddexp(0, -margins) + at @ penalty / 2), gradient

    bounds = [(None, 0.0) if name in (*BINDINGS, "echo") else (None, None) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    coefficients = found.x[:-1] / deviation
    intercept = float(found.x[-1] - coefficients @ mean)
    return ConfidenceModel(intercept, dict(zip(names, coefficients.tolist(), strict=True)))


def _row(asked: Asked, names: Sequence[str]) -> list[float]:
    values = {**asked.signals, **asked.reading.signals()}
    return [values[name] for name in names]


def tables(known: Sets, unseen: Sets, sentence: ConfidenceModel, answer: ConfidenceModel) -> str:
    """What was measured, as Markdown."""
    lines = ["Other questions of the sets that the fit used:\n", *_table(unseen, lambda _: (sentence, answer))]
    if len(known) > 2:
        lines.append("Each set by regressions that were fitted on the other sets alone:\n")
        without = {name: fit_both({other: rows for other, rows in known.items() if other != name}) for name in known}
        lines += _table({name: [*known[name], *unseen[name]] for name in known}, without.__getitem__)
    return "\n".join(lines) + "\n"


def _table(sets: Sets, models: Callable[[str], tuple[ConfidenceModel, ConfidenceModel]]) -> list[str]:
    others = CONDITIONS[1:]
    lines: list[tuple[object, ...]] = []
    everything: list[tuple[float, bool, float]] = []
    for name, rows in sets.items():
        sentence, answer = models(name)
        scored = [(one.rescored(sentence), weight) for one, weight in weighted(rows)]
        weights = [weight for _, weight in scored]
        pairs = [(one, answer.probability({**one.signals, **one.reading.signals()})) for one, _ in scored]
        by = {c: np.array([p for one, p in pairs if one.condition == c]) for c in CONDITIONS}
        normal = [(one.answered_right(), p) for one, p in pairs if one.condition == "answerable"]
        right, wrong = (np.array([p for own, p in normal if own is value]) for value in (True, False))
        found = [one for one, _ in scored if one.condition == "answerable" and one.answerable]
        shares = [np.mean([one.answered_right(most) for one in found]) for most in (1, None)]
        judged = [(p, one.answered_right(), weight) for (one, p), weight in zip(pairs, weights, strict=True)]
        everything += judged
        areas = [auroc(right, wrong), *(auroc(by["answerable"], by[c]) for c in others)]
        ece = calibration_error(judged)
        lines.append(
            (
                name,
                len(rows),
                *(f"{share:.3f}" for share in shares),
                *("" if a is None else f"{a:.3f}" for a in areas),
                f"{ece:.3f}",
            )
        )
    head = ("set", "askings", "first sentence", "answer", "AUROC right, wrong", *(f"AUROC, {c}" for c in others), "ECE")
    ece = calibration_error(everything)
    return [*markdown(head, lines), f"\nECE of all {len(everything)} askings together: **{ece:.3f}**.\n"]


def calibration_error(judged: Sequence[tuple[float, bool, float]], bins: int = 10) -> float:
    """Expected calibration error of (probability, right, weight), over bins of equal weight.

    Naeini, Cooper & Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015."""
    p, right, weights = (np.array(column, float) for column in zip(*sorted(judged), strict=True))
    place = np.minimum((np.cumsum(weights) / weights.sum() * bins - 1e-9).astype(int), bins - 1)
    errors = []
    for at in range(bins):
        own = place == at
        if own.any():
            gap = np.average(p[own], weights=weights[own]) - np.average(right[own], weights=weights[own])
            errors.append(weights[own].sum() / weights.sum() * abs(gap))
    return float(sum(errors))


def write(sentence: ConfidenceModel, answer: ConfidenceModel, command: str) -> None:
    """Write the regressions, and leave the others as they are."""
    shipped = json.loads(TARGET.read_text(encoding="utf-8"))
    for name, model in (("answer", answer), ("sentence", sentence)):
        shipped["models"]["default"][name] = {
            "intercept": round(model.intercept, 4),
            "coefficients": {feature: round(value, 4) for feature, value in model.coefficients.items()},
            "origin": {"command": command},
        }
    TARGET.write_text(json.dumps(shipped, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
