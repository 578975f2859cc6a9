"""The files of a search: `winner.toml`, `tuning.json`, `trials.csv`; and whether a folder may take them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa_service.errors import Conflict
from qa_service.evaluation.run.whole_files import WRITING, replace_file
from qa_service.evaluation.tune.candidates import CHEAP, COSTLY, THRESHOLD, Changes
from qa_service.evaluation.tune.tuning_words import difference, threshold_line, verdict_line
from qa_service.service import Service

__all__ = ["check_folder", "write_tuning"]

FILES = ("winner.toml", "tuning.json", "trials.csv")
ANSWERING = ("model", "model_languages", "reranker", "chunking", *COSTLY, *CHEAP, THRESHOLD)
"""Settings that change answers: with these in it, `winner.toml` stands by itself."""


def check_folder(out: Path, *, restart: bool) -> None:
    """Refuse a folder that a search must not write into, as `evaluate` does.

    Raises:
        Conflict: it holds an earlier search that is not to be replaced, or files of something else.
    """
    if out.exists() and not out.is_dir():
        raise Conflict(f"{out} is a file. Give a folder that is empty or not there yet with --out.", param="out")
    present = sorted(path.name for path in out.iterdir()) if out.exists() else []
    if foreign := [name for name in present if name.removesuffix(WRITING) not in FILES]:
        raise Conflict(f"{out} holds other files ({foreign[0]}). Give a folder of its own with --out.", param="out")
    if present and not restart:
        raise Conflict(f"{out} holds a finished search. Give another --out, or --restart to replace it.", param="out")


def write_tuning(out: Path, outcome: Mapping[str, Any], service: Service, changes: Sequence[Changes]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    replace_file(out / "trials.csv", [_trials(outcome)])
    replace_file(out / "tuning.json", [json.dumps(outcome, ensure_ascii=False, sort_keys=True, indent=1) + "\n"])
    replace_file(out / "winner.toml", (line + "\n" for line in _winner(outcome, service, changes)))


def _winner(outcome: Mapping[str, Any], service: Service, changes: Sequence[Changes]) -> Iterator[str]:
    settings, fields = service.settings, type(service.settings).model_fields
    winner, threshold = outcome["winner"], outcome["threshold"]
    found = dict(changes[winner["trial"]]) if winner["better"] else {}
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
        yield "# Folds by question, as most share their articles: a gain may hold for these articles only."
    for warning in outcome["warnings"]:
        yield f"# {warning}"
    own = {name: found.get(name, getattr(settings, name)) for name in ANSWERING}
    differing = {name: value for name, value in own.items() if value != fields[name].default}
    again = [name for name in COSTLY if name in differing]
    if again:
        yield f"# {', '.join(again)}: the collection must be ingested anew with these settings."
    for name, value in differing.items():
        if name != THRESHOLD:
            yield f"{name} = {json.dumps(value)}"
    if not winner["better"] and winner["trial"]:
        yield "# The best that was found, not shown to be better than chance:"
        for name, value in changes[winner["trial"]].items():
            if value != getattr(settings, name):
                yield f"# {name} = {json.dumps(value)}"
    yield f"# {THRESHOLD}: {threshold_line(threshold)}."
    if THRESHOLD in differing:
        yield f"{THRESHOLD} = {json.dumps(differing[THRESHOLD])}"


def _trials(outcome: Mapping[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(outcome["trials"][0]["settings"])
    writer.writerow(["trial", "origin", *names, outcome["measure"], "won"])
    for number, trial in enumerate(outcome["trials"]):
        values = [json.dumps(trial["settings"][name]) for name in names]
        writer.writerow([number, trial["origin"], *values, f"{trial['mean']:.6f}", trial["won"]])
    return text.getvalue()
