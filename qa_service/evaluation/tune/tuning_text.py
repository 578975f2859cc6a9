"""The result of `tune` as text: the table on the terminal, and the reasons that `winner.toml` also gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_service.evaluation.tune.threshold import NEAR

__all__ = ["difference", "threshold_line", "tuning_lines", "verdict_line"]


def tuning_lines(outcome: Mapping[str, Any]) -> Iterator[str]:
    """The lines that `qa-service tune` prints."""
    measure, against = outcome["measure"], outcome["against_default"]
    questions, groups = outcome["questions_with_gold"], outcome["groups"]
    yield f"{outcome['question_set']['name']} on {outcome['collection']['name']}, by {outcome['relevance']}: {measure}"
    yield (
        f"{len(outcome['candidates'])} candidates, {questions} questions with gold in {len(outcome['folds'])} folds "
        f"({groups['count']} groups that share articles, the largest of {groups['largest']})"
    )
    if groups["folds_by"] == "question":
        yield (
            "Most questions share the articles that answer them, so folds divide single questions: a gain may hold "
            "for these articles only."
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
    yield f"over-fitting   {outcome['train_mean'] - outcome['held_out_mean']:+.4f} (train minus held out)"
    yield f"held out       {difference(outcome)}"
    yield f"questions      {against['wins']} better, {against['losses']} worse, {against['ties']} equal"
    yield f"best of all    {_differing(outcome, outcome['winner']['candidate']) or 'the defaults'}"
    yield f"threshold      {threshold_line(outcome['threshold'])}"
    yield ""
    yield f"verdict        {verdict_line(outcome)}"


def verdict_line(outcome: Mapping[str, Any]) -> str:
    """The verdict with its reason, for the settings and for the threshold; each is judged separately."""
    threshold = outcome["threshold"]
    stays = f"the threshold stays {threshold['now']:g}"
    changed = f"the threshold becomes {threshold['threshold']:g}"
    if outcome["winner"]["better"]:
        why = f"its settings; {changed if threshold['better'] else stays}"
        return f"{outcome['verdict']}, for {why}"
    if outcome["winner"]["candidate"] == 0:
        reason = "no candidate is better"
    elif outcome["against_default"]["difference"] <= 0:
        reason = "on held-out questions the chosen candidates are no better"
    else:
        reason = "the gain of the candidates on held-out questions may be chance"
    if threshold["better"]:
        return f"{outcome['verdict']}, for its threshold alone: {changed}; {reason}"
    return f"{outcome['verdict']}: {reason}; {stays}"


def threshold_line(told: Mapping[str, Any]) -> str:
    """The chosen threshold and the reason for it."""
    now, best = f"{told['now']:g}", f"{told['threshold']:g}"
    if told["held_out_f1"] is None:
        why = "no other was tried" if told["unanswerable"] else "the set has no unanswerable question"
        return f"{now} stays: {why}"
    gain = told["difference"]
    if told["better"]:
        chosen = f"{best} instead of {now}"
    elif best == now:
        chosen = f"{now} stays: it is the best of the {told['as_good']['of']} tried"
    elif gain["mean"] <= 0:
        chosen = f"{now} stays: {best} is best on all questions, but the choice is no better on held-out ones"
    else:
        chosen = f"{now} stays: {best} is best on all questions, but on held-out ones the gain may be chance"
    return (
        f"{chosen}. F1 of answered and right, held out: {told['held_out_f1']:.3f} against {told['now_f1']:.3f} "
        f"({gain['mean']:+.3f}, 95 % interval {gain['low']:+.3f} to {gain['high']:+.3f}){_flat(told['as_good'])}"
    )


def difference(outcome: Mapping[str, Any]) -> str:
    against = outcome["against_default"]
    return (
        f"{against['difference']:+.4f} against the defaults (95 % interval {against['low']:+.4f} to "
        f"{against['high']:+.4f}, p {against['p']:.4f})"
    )


def _flat(as_good: Mapping[str, Any]) -> str:
    """A note where many thresholds are about equally good; else empty."""
    if as_good["count"] < 3:
        return ""
    flat = "F1 is nearly flat: " if 2 * as_good["count"] >= as_good["of"] else ""
    return (
        f". {flat}{as_good['count']} of the {as_good['of']} thresholds tried, {as_good['low']:g} to "
        f"{as_good['high']:g}, are within {NEAR:g} of the best"
    )


def _differing(outcome: Mapping[str, Any], candidate: int) -> str:
    """The settings of a candidate that differ from the defaults."""
    own, default = (outcome["candidates"][number]["settings"] for number in (candidate, 0))
    return ", ".join(f"{name} {value}" for name, value in own.items() if value != default[name])
