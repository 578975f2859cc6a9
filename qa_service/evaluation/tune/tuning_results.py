"""The files of `tune`: `winner.toml`, `tuning.json`, `candidates.csv`; and whether a folder may take them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa_service.errors import Conflict
from qa_service.evaluation.run.setting_stages import INDEXING, RANKING
from qa_service.evaluation.tune.candidates import THRESHOLD
from qa_service.evaluation.tune.tuning_text import difference, threshold_line, verdict_line
from qa_service.files.atomic import WRITING, write_file
from qa_service.service import Service

__all__ = ["check_folder", "write_tuning"]

FILES = ("winner.toml", "tuning.json", "candidates.csv")
ANSWERING = ("model", "model_languages", "reranker", "reader", "chunking", *INDEXING, *RANKING, THRESHOLD)
"""Settings that change answers. `winner.toml` holds all of them, so it needs no other file."""


def check_folder(out: Path, *, restart: bool) -> None:
    """Refuse a folder that `tune` must not write into, as `evaluate` does.

    Raises:
        Conflict: it holds an earlier result that is not to be replaced, or other files.
    """
    if out.exists() and not out.is_dir():
        raise Conflict(f"{out} is a file. Give a folder that is empty or does not exist yet with --out.", param="out")
    present = sorted(path.name for path in out.iterdir()) if out.exists() else []
    if foreign := [name for name in present if name.removesuffix(WRITING) not in FILES]:
        raise Conflict(f"{out} holds other files ({foreign[0]}). Give another folder with --out.", param="out")
    if present and not restart:
        raise Conflict(f"{out} holds a finished result. Give another --out, or --restart to replace it.", param="out")


def write_tuning(out: Path, outcome: Mapping[str, Any], service: Service) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_file(out / "candidates.csv", [_candidates(outcome)])
    write_file(out / "tuning.json", [json.dumps(outcome, ensure_ascii=False, sort_keys=True, indent=1) + "\n"])
    write_file(out / "winner.toml", (line + "\n" for line in _winner(outcome, service)))


def _winner(outcome: Mapping[str, Any], service: Service) -> Iterator[str]:
    settings, fields = service.settings, type(service.settings).model_fields
    winner, threshold = outcome["winner"], outcome["threshold"]
    best = outcome["candidates"][winner["candidate"]]["settings"]
    found = dict(best) if winner["better"] else {}
    if threshold["better"]:
        found[THRESHOLD] = threshold["threshold"]
    yield f"# qa-service tune: {verdict_line(outcome)}."
    yield (
        f"# {outcome['measure']} by {outcome['relevance']}, {outcome['questions_with_gold']} questions of "
        f"{outcome['question_set']['name']}, collection {outcome['collection']['name']}."
    )
    yield (
        f"# Train {outcome['train_mean']:.4f}, held out {outcome['held_out_mean']:.4f}, "
        f"defaults {outcome['default_mean']:.4f}: {difference(outcome)}."
    )
    if outcome["groups"]["folds_by"] == "question":
        yield "# Most questions share articles, so folds divide single questions. A gain may hold for these alone."
    for warning in outcome["warnings"]:
        yield f"# {warning}"
    values = {name: found.get(name, getattr(settings, name)) for name in ANSWERING}
    differing = {name: value for name, value in values.items() if value != fields[name].default}
    if again := [name for name in INDEXING if name in differing]:
        yield f"# {', '.join(again)}: ingest the collection again with these settings."
    for name, value in differing.items():
        if name != THRESHOLD:
            yield f"{name} = {json.dumps(value)}"
    if not winner["better"] and winner["candidate"]:
        yield "# The best candidate on all questions; its gain may be chance:"
        for name, value in best.items():
            if value != getattr(settings, name):
                yield f"# {name} = {json.dumps(value)}"
    yield f"# {THRESHOLD}: {threshold_line(threshold)}."
    if THRESHOLD in differing:
        yield f"{THRESHOLD} = {json.dumps(differing[THRESHOLD])}"


def _candidates(outcome: Mapping[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(outcome["candidates"][0]["settings"])
    writer.writerow(["candidate", *names, outcome["measure"], "won"])
    for number, candidate in enumerate(outcome["candidates"]):
        values = [json.dumps(candidate["settings"][name]) for name in names]
        writer.writerow([number, *values, f"{candidate['mean']:.6f}", candidate["won"]])
    return text.getvalue()
