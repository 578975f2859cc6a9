"""The files of a search: `winner.toml`, `tuning.json`, `trials.csv`, and the table on the terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa_service.evaluation.resume import replace_file
from qa_service.evaluation.tuning.space import CHEAP, COSTLY, THRESHOLD, Changes
from qa_service.service import Service

__all__ = ["FILES", "tuning_lines", "write_tuning"]

FILES = ("winner.toml", "tuning.json", "trials.csv")
ANSWERING = ("model", "chunking", *COSTLY, *CHEAP, THRESHOLD)
"""Settings that change answers: with these in it, `winner.toml` stands by itself."""


def write_tuning(out: Path, outcome: Mapping[str, Any], service: Service, changes: Sequence[Changes]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    replace_file(out / "trials.csv", [_trials(outcome)])
    replace_file(out / "tuning.json", [json.dumps(outcome, ensure_ascii=False, sort_keys=True, indent=1) + "\n"])
    replace_file(out / "winner.toml", (line + "\n" for line in _winner(outcome, service, changes)))


def tuning_lines(outcome: Mapping[str, Any]) -> Iterator[str]:
    """What a person wants to see first."""
    measure, against = outcome["measure"], outcome["against_default"]
    questions, groups = outcome["questions_with_gold"], outcome["groups"]
    yield f"{outcome['question_set']['name']} on {outcome['collection']['name']}, by {outcome['relevance']}: {measure}"
    yield (
        f"{len(outcome['trials'])} settings, {questions} questions with gold in {len(outcome['folds'])} folds "
        f"({groups['count']} groups that share articles, the largest of {groups['largest']})"
    )
    if groups["folds_by"] == "question":
        yield (
            "Most questions hang together by the articles that answer them, so folds part single questions: a gain "
            "may hold for these articles only."
        )
    yield ""
    yield f"{'fold':>4}  {'questions':>9}  {'train':>6}  {'held out':>8}  {'defaults':>8}  chosen"
    for number, fold in enumerate(outcome["folds"], 1):
        chosen = _differing(outcome, fold["chosen"])
        yield (
            f"{number:4}  {fold['test']:9}  {fold['trained']:6.4f}  {fold['held_out']:8.4f}  "
            f"{fold['default_held_out']:8.4f}  {chosen or 'the defaults'}"
        )
    yield (
        f"{'all':>4}  {questions:9}  {outcome['train_mean']:6.4f}  {outcome['held_out_mean']:8.4f}  "
        f"{outcome['default_mean']:8.4f}"
    )
    yield ""
    yield f"over-fitting   {outcome['train_mean'] - outcome['held_out_mean']:+.4f} (train less held out)"
    yield f"held out       {_difference(outcome)}"
    yield f"questions      {against['wins']} better, {against['losses']} worse, {against['ties']} alike"
    yield f"best of all    {_differing(outcome, outcome['winner']['trial']) or 'the defaults'}"
    for name, counts in outcome["chosen"].items():
        if len(counts) > 1 or name in _differing(outcome, outcome["winner"]["trial"]):
            yield f"  {name}: {', '.join(f'{value} in {_counted(n)}' for value, n in counts.items())}"
    yield f"threshold      {_threshold(outcome['threshold'])}"
    yield ""
    yield f"verdict        {outcome['verdict']}{_why(outcome)}"


def _winner(outcome: Mapping[str, Any], service: Service, changes: Sequence[Changes]) -> Iterator[str]:
    settings, fields = service.settings, type(service.settings).model_fields
    winner, threshold = outcome["winner"], outcome["threshold"]
    found = dict(changes[winner["trial"]]) if winner["better"] else {}
    if threshold["better"]:
        found[THRESHOLD] = threshold["threshold"]
    for line in [
        f"qa-service tune: {outcome['verdict']}{_why(outcome)}.",
        f"{outcome['measure']} by {outcome['relevance']}, {outcome['questions_with_gold']} questions of "
        f"{outcome['question_set']['name']}, collection {outcome['collection']['name']}.",
        f"Train {outcome['train_mean']:.4f}, held out {outcome['held_out_mean']:.4f}, "
        f"defaults {outcome['default_mean']:.4f}: {_difference(outcome)}.",
        f"Threshold: {_threshold(threshold)}.",
    ]:
        yield f"# {line}"
    if outcome["groups"]["folds_by"] == "question":
        yield "# Folds by question, as most share their articles: a gain may hold for these articles only."
    own = {name: found.get(name, getattr(settings, name)) for name in ANSWERING}
    differing = {name: value for name, value in own.items() if value != fields[name].default}
    again = [name for name in COSTLY if name in differing]
    if again:
        yield f"# {', '.join(again)}: the collection must be ingested anew with these settings."
    for name, value in differing.items():
        yield f"{name} = {json.dumps(value)}"
    if not winner["better"] and winner["trial"]:
        yield "# The best that was found, not shown to be better than chance:"
        for name, value in changes[winner["trial"]].items():
            if value != getattr(settings, name):
                yield f"# {name} = {json.dumps(value)}"


def _trials(outcome: Mapping[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(outcome["trials"][0]["settings"])
    writer.writerow(["trial", "origin", *names, outcome["measure"], "won"])
    for number, trial in enumerate(outcome["trials"]):
        values = [json.dumps(trial["settings"][name]) for name in names]
        writer.writerow([number, trial["origin"], *values, f"{trial['mean']:.6f}", trial["won"]])
    return text.getvalue()


def _differing(outcome: Mapping[str, Any], trial: int) -> str:
    """A trial's settings that are not the default's."""
    own, default = (outcome["trials"][number]["settings"] for number in (trial, 0))
    return ", ".join(f"{name} {value}" for name, value in own.items() if value != default[name])


def _difference(outcome: Mapping[str, Any]) -> str:
    against = outcome["against_default"]
    return (
        f"{against['difference']:+.4f} against the defaults (95 % interval {against['low']:+.4f} to "
        f"{against['high']:+.4f}, p {against['p']:.4f})"
    )


def _threshold(told: Mapping[str, Any]) -> str:
    if told["held_out_f1"] is None:
        why = "it was not tuned" if told["unanswerable"] else "the set has no question that nothing answers"
        return f"{told['now']:g} stays: {why}"
    gain = told["difference"]
    figures = (
        f"F1 of answered and right, held out, {told['held_out_f1']:.3f} against {told['now_f1']:.3f} "
        f"({gain['mean']:+.3f}, 95 % interval {gain['low']:+.3f} to {gain['high']:+.3f})"
    )
    kept = "" if told["better"] else f"{told['now']:g} stays; "
    return f"{kept}best {told['threshold']:g}, now {told['now']:g}: {figures}"


def _why(outcome: Mapping[str, Any]) -> str:
    if outcome["winner"]["better"]:
        return ""
    if outcome["threshold"]["better"]:
        return " for its threshold alone"
    if outcome["winner"]["trial"] == 0:
        return ": nothing that was tried is better"
    if outcome["against_default"]["difference"] <= 0:
        return ": on held-out questions what was found is no better"
    return ": the gain on held-out questions may be chance"


def _counted(number: int) -> str:
    return f"{number} fold{'' if number == 1 else 's'}"
