"""Fits the confidence model that ships in `qa_service/resources/confidence.json`, and measures it.

    python -m benchmarks.fit_confidence FOLDER [FOLDER …] [--index DIR] [--write]

Each FOLDER is a BEIR set (corpus.jsonl, queries.jsonl, qrels/test.tsv). The fit uses a train split if there is one.
`benchmarks/confidence_questions.py` has the conditions under which questions are asked. There are two models: for
questions that the embedding model reads, and for other questions. Most of a folder's questions decide its model.

The tables measure the model on questions that the fit did not see: other questions of the same sets, and each set under
a model that was fitted on the other sets. `--write` writes the model, and the tables into their page under docs/.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.confidence_model import Fitted, fit
from benchmarks.confidence_questions import LabelledQuestion, LabelledSet, SignalRow, read_set, rows_of, strangers_of
from benchmarks.confidence_tables import tables
from benchmarks.shared import ROOT, folder_name, index_folder, write_section
from qa_service.parsing import read_beir
from qa_service.service import Service
from qa_service.settings import Settings

TARGET = ROOT / "qa_service" / "resources" / "confidence.json"
FOR_FIT, FOR_SMALL, STRANGERS, UNSEEN = 500, 250, 200, 1500
"""Questions of each set: for the fit (at most half of them), for small collections, from other sets, for measuring."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="BEIR folders")
    parser.add_argument("--index", type=Path, help="keep the collections here, and use those that are there already")
    written = f"write {TARGET.name}, and the tables into their page under docs/"
    parser.add_argument("--write", action="store_true", help=written)
    options = parser.parse_args()
    with index_folder(options.index) as index:
        service = Service.open(Settings(index=index))
        known, unseen = ask(service, options.folders)
        service.close()
    models: dict[str, Fitted] = {}
    for name, read in (("tokens", True), ("words", False)):
        own = {s: rows for s, rows in known.items() if mostly_read(rows) is read}
        if own:
            models[name] = fit(own)
    text = tables(models, known, unseen)
    print(text)
    if options.write:
        command = f"python -m benchmarks.fit_confidence {' '.join(folder_name(f) for f in options.folders)} --write"
        TARGET.write_text(as_json(models, command), encoding="utf-8")
        write_section("fit_confidence", text)


def ask(service: Service, folders: Sequence[Path]) -> tuple[dict[str, list[SignalRow]], dict[str, list[SignalRow]]]:
    """The rows of each set for the fit, and those for measuring."""
    there = {info.name for info in service.collections()}
    test = {folder: read_set(folder, folder_name(folder)) for folder in folders}
    known: dict[str, list[SignalRow]] = {}
    unseen: dict[str, list[SignalRow]] = {}
    for folder, own in test.items():
        if own.name not in there:
            service.ingest_drafts(read_beir(folder), own.name)
        half = min(FOR_FIT, len(own.questions) // 2)
        for_fit, rest = own.questions[:half], own.questions[half : half + UNSEEN]
        if (folder / "queries_train.jsonl").exists():
            for_fit, rest = read_set(folder, own.name, split="train").questions[:FOR_FIT], own.questions[:UNSEEN]
        known[own.name] = [
            *rows_of(service, own, own.name, for_fit),
            *rows_of(service, own, own.name, for_fit[:FOR_SMALL], small=True),
            *strangers_of(service, own, own.name, strangers(own, test.values(), 0)),
        ]
        unseen[own.name] = [
            *rows_of(service, own, own.name, rest),
            *strangers_of(service, own, own.name, strangers(own, test.values(), 1)),
        ]
    return known, unseen


def strangers(own: LabelledSet, sets: Iterable[LabelledSet], lot: int) -> list[LabelledQuestion]:
    """Questions of the other sets, the same number of each. Each `lot` has different questions."""
    others = [s for s in sets if s.name != own.name]
    each = STRANGERS // max(1, len(others))
    return [question for s in others for question in s.questions[::-1][lot * each : (lot + 1) * each]]


def mostly_read(rows: Sequence[SignalRow]) -> bool:
    answerable = [row.read for row in rows if row.condition == "answerable"]
    return 2 * sum(answerable) >= len(answerable)


def as_json(models: Mapping[str, Fitted], command: str) -> str:
    shipped = {
        name: {
            "intercept": round(model.intercept, 4),
            "coefficients": {feature: round(value, 4) for feature, value in model.coefficients.items()},
            "origin": {"command": command, "sets": dict(model.questions)},
        }
        for name, model in models.items()
    }
    return json.dumps({"models": {"default": shipped}}, indent=2) + "\n"


if __name__ == "__main__":
    main()
