"""Fits the confidence model that ships in `qa_service/resources/confidence.json`.

    python -m benchmarks.fit_confidence FOLDER [FOLDER …] [--write]

Each FOLDER is a BEIR set (corpus.jsonl, queries.jsonl, qrels/test.tsv). Every question is asked of its own collection,
of that collection with its gold articles taken out of the ranking, and (a tenth of them) of another set's collection, where
nobody can answer it. A row is one such asking; its label is whether one of the first passages belongs to a gold
article. A question whose metadata says `unanswerable`, or that has no gold article, is never answered.

Reports, for each set, figures of a model fitted on the other sets alone, then fits on all and prints or writes it.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from qa_service.ranking.pipeline import rank
from qa_service.ranking.query import prepare_query
from qa_service.ranking.signals import SIGNAL_DEPTH, read_signals
from qa_service.reading import read_beir
from qa_service.records import Filters
from qa_service.service import Service
from qa_service.service.asking import parameters_of
from qa_service.settings import Settings

TARGET = Path(__file__).parents[1] / "qa_service" / "resources" / "confidence.json"
MOST_QUESTIONS = 500


@dataclass(frozen=True)
class Asked:
    """A question of a set and the ids of its gold articles; none where it cannot be answered."""

    text: str
    gold: frozenset[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="BEIR folders")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    options = parser.parse_args()
    rows: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]] = {}
    questions = {folder.name: questions_of(folder) for folder in options.folders}
    with tempfile.TemporaryDirectory() as index:
        service = Service.open(Settings(index=Path(index)))
        names: list[str] = []
        for folder in options.folders:
            service.ingest_drafts(read_beir(folder), folder.name)
            strangers = [q for name, asked in questions.items() if name != folder.name for q in asked]
            found = list(signals_of(service, folder.name, questions[folder.name], strangers))
            names = list(found[0][0])
            rows[folder.name] = (
                np.array([[s[n] for n in names] for s, _ in found]),
                np.array([answered for _, answered in found]),
            )
        service.close()
    for held_out, (x, y) in rows.items():
        others = [r for name, r in rows.items() if name != held_out]
        if others:
            report(held_out, fit(others).predict_proba(x)[:, 1], y)
    model = fit(list(rows.values()))
    shipped = {
        "intercept": round(float(model.intercept_[0]), 4),
        "coefficients": {n: round(float(c), 4) for n, c in zip(names, model.coef_[0], strict=True)},
        "origin": {
            "command": f"python -m benchmarks.fit_confidence {' '.join(f.name for f in options.folders)} --write",
            "rows": {name: {"asked": len(y), "answered": int(y.sum())} for name, (_, y) in rows.items()},
        },
    }
    text = json.dumps({"models": {"default": shipped}}, indent=2) + "\n"
    if options.write:
        TARGET.write_text(text, encoding="utf-8")
    print(text)


def questions_of(folder: Path) -> list[Asked]:
    gold: dict[str, set[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, article, relevance = line.split("\t")
        if int(relevance) > 0:
            gold.setdefault(query, set()).add(article)
    found = []
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        unanswerable = (query.get("metadata") or {}).get("unanswerable", False)
        if query["_id"] in gold or unanswerable or not (query.get("metadata") or {}).get("answers", True):
            found.append(Asked(query["text"], frozenset() if unanswerable else frozenset(gold.get(query["_id"], ()))))
    random.Random(1).shuffle(found)
    return found[:MOST_QUESTIONS]


def signals_of(
    service: Service, collection: str, own: list[Asked], strangers: list[Asked]
) -> Iterator[tuple[dict[str, float], bool]]:
    """(signals, whether a gold article is among the first passages) of every asking."""
    opened = service._collections.get(collection)
    snapshot, catalogue = opened.snapshot, opened.catalogue
    chosen = random.Random(2).sample(strangers, min(len(strangers), len(own) // 10))
    for asked, removed in [*((q, False) for q in own), *((q, True) for q in own), *((q, True) for q in chosen)]:
        query = prepare_query(asked.text, snapshot, service.embedder)
        parameters = parameters_of(service.settings)
        rows = rank(query, snapshot, catalogue, parameters, retriever="hybrid", filters=Filters()).rows[:100]
        owners = [a.article_id for _, a in _articles(opened, rows)]
        if removed:
            keep = np.array([owner not in asked.gold for owner in owners], bool)
            rows, owners = rows[keep], [o for o in owners if o not in asked.gold]
        signals = read_signals(query, snapshot, catalogue, rows)
        if signals is not None:
            yield asdict(signals), not removed and any(o in asked.gold for o in owners[:SIGNAL_DEPTH])


def _articles(opened: object, rows: npt.NDArray[np.int64]) -> list[object]:
    seqs = opened.snapshot.column("seq", rows).tolist()
    stored = opened.catalogue.passages_with_articles(seqs)
    return [stored[seq] for seq in seqs]


def fit(parts: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]]) -> LogisticRegression:
    """Every set weighs the same, however many questions it has."""
    x, y = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    weights = np.concatenate([np.full(len(p[1]), 1 / len(p[1])) for p in parts])
    return LogisticRegression(C=1e4, max_iter=1000).fit(x, y, sample_weight=weights * len(y) / weights.sum())


def report(name: str, p: npt.NDArray[np.float64], y: npt.NDArray[np.bool_]) -> None:
    order = np.array_split(np.argsort(p, kind="stable"), 10)
    ece = sum(len(b) / len(p) * abs(p[b].mean() - y[b].mean()) for b in order)
    auroc = roc_auc_score(y, p) if 0 < y.sum() < len(y) else float("nan")
    print(
        f"{name:28} n={len(y):5} answered={y.mean():.2f} AUROC={auroc:.3f} ECE={ece:.3f} "
        f"Brier={brier_score_loss(y, p):.3f} (fitted without it)"
    )


if __name__ == "__main__":
    main()
