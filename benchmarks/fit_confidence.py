"""Fits the confidence model that ships in `qa_service/resources/confidence.json`.

    python -m benchmarks.fit_confidence FOLDER [FOLDER …] [--write]

Each FOLDER is a BEIR set (corpus.jsonl, queries.jsonl, qrels/test.tsv). The fit asks every question of its own
collection, and as many again, a fifth, of other sets, which nobody can answer from it. Its label is whether one of the
first passages belongs to a gold article; a question whose metadata says `unanswerable` is never answered.

Reports, for each set, figures of a model fitted on the other sets alone, also with every question asked once more with
its gold articles taken out of the ranking (the hardest case); then fits on all and prints or writes the result.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from qa_service.ranking.pipeline import Ranker
from qa_service.ranking.query import prepare_query
from qa_service.ranking.signals import SIGNAL_DEPTH, read_signals
from qa_service.ranking.token_signs import TokenSignReader
from qa_service.reading import read_beir
from qa_service.records import Filters
from qa_service.service import Service
from qa_service.service.asking import parameters_of
from qa_service.settings import Settings
from qa_service.storage.collection import Collection

Rows = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]
"""Signals (n, s) and labels (n,)."""

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
    parser.add_argument("--index", type=Path, help="keep the collections here, and use those that are there already")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    options = parser.parse_args()
    rows: dict[str, Rows] = {}
    removed: dict[str, Rows] = {}
    questions = {folder.name: questions_of(folder) for folder in options.folders}
    with tempfile.TemporaryDirectory() as temporary:
        service = Service.open(Settings(index=options.index or Path(temporary)))
        there = {info.name for info in service.collections()}
        names: list[str] = []
        for folder in options.folders:
            if folder.name not in there:
                service.ingest_drafts(read_beir(folder), folder.name)
            strangers = [q for name, asked in questions.items() if name != folder.name for q in asked]
            own = questions[folder.name]
            chosen = random.Random(2).sample(strangers, min(len(strangers), len(own) // 5))
            found = [*signals_of(service, folder.name, own), *signals_of(service, folder.name, chosen)]
            names = list(found[0][0])
            rows[folder.name] = columns(found)
            removed[folder.name] = columns(signals_of(service, folder.name, own, without_gold=True))
        service.close()
    for held_out, own_rows in rows.items():
        others = [r for name, r in rows.items() if name != held_out]
        if others:
            model = fit(others)
            both = [np.concatenate(pair) for pair in zip(own_rows, removed[held_out], strict=True)]
            report(held_out, model, *own_rows)
            report(f"{held_out}, and gold removed", model, *both)
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
    service: Service, collection: str, questions: list[Asked], *, without_gold: bool = False
) -> Iterator[tuple[dict[str, float], bool]]:
    """(signals, whether a gold article is among the first passages) of every asking."""
    opened = service.collection(collection)
    snapshot, catalogue = opened.snapshot, opened.catalogue
    for asked in questions:
        query = prepare_query(asked.text, snapshot, service.embedder)
        parameters = parameters_of(service.settings)
        signs = TokenSignReader(catalogue, snapshot)
        ranker = Ranker(query, snapshot, signs, retriever="hybrid", filters=Filters())
        rows = ranker.rank(parameters).rows[:100]
        gold = np.array([owner in asked.gold for owner in owners_of(opened, rows)], bool)
        if without_gold:
            rows, gold = rows[~gold], gold[~gold]
        signals = read_signals(query, snapshot, ranker, rows)
        if signals is not None:
            yield asdict(signals), bool(gold[:SIGNAL_DEPTH].any())


def columns(found: Iterable[tuple[dict[str, float], bool]]) -> Rows:
    rows = list(found)
    return np.array([list(signals.values()) for signals, _ in rows]), np.array([answered for _, answered in rows])


def owners_of(opened: Collection, rows: npt.NDArray[np.int64]) -> list[str]:
    """The article ids of the passages in these rows."""
    seqs = opened.snapshot.column("seq", rows).tolist()
    stored = opened.catalogue.passages_with_articles(seqs)
    return [stored[seq][0].article_id for seq in seqs]


def fit(parts: list[Rows]) -> LogisticRegression:
    """Every set weighs the same, however many questions it has."""
    x, y = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    weights = np.concatenate([np.full(len(p[1]), 1 / len(p[1])) for p in parts])
    return LogisticRegression(C=1e4, max_iter=1000).fit(x, y, sample_weight=weights * len(y) / weights.sum())


def report(name: str, model: LogisticRegression, x: npt.NDArray[np.float64], y: npt.NDArray[np.bool_]) -> None:
    """One line: AUROC, expected calibration error in ten bins of equal mass, Brier score, share wrongly declined."""
    p = model.predict_proba(x)[:, 1]
    bins = np.array_split(np.argsort(p, kind="stable"), 10)
    ece = sum(len(b) / len(p) * abs(p[b].mean() - y[b].mean()) for b in bins)
    declined = (p[y] < Settings().answerable_threshold).mean()
    print(
        f"{name:40} n={len(y):5} answered={y.mean():.2f} AUROC={roc_auc_score(y, p):.3f} ECE={ece:.3f} "
        f"Brier={brier_score_loss(y, p):.3f} wrongly declined={declined:.2f}"
    )


if __name__ == "__main__":
    main()
