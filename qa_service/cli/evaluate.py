"""`qa-service evaluate`: asks a question set of a collection, measures the answers and writes the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from qa_service.cli import evaluation_options, options
from qa_service.cli.gate import fail_unless_passed, hold, show_gates
from qa_service.cli.progress import ProgressDisplay, Step
from qa_service.options.limits import MOST_PASSAGES
from qa_service.options.question import Retriever

if TYPE_CHECKING:
    from qa_service.evaluation.compare.summary_gate import GateResult
    from qa_service.evaluation.run.evaluation_run import EvaluationProgress
    from qa_service.evaluation.sets import QuestionSet
    from qa_service.service import Service

__all__ = ["EvaluationDisplay", "describe", "evaluate"]


def _overrides(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in value:
        name, equals, setting = (part.strip() for part in pair.partition("="))
        if not (name and equals and setting):
            raise click.BadParameter(f"{pair!r} is not of the form key=value, such as depth=500.")
        if name in given:
            raise click.BadParameter(f"{name} is given twice.")
        given[name] = setting
    return given


@click.command()
@evaluation_options.question_set("Questions: JSON Lines, CSV, Excel (XLSX), a BEIR folder, TREC topics or SQuAD JSON.")
@options.collection
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", callback=_overrides, help="A setting; may be repeated."
)
@evaluation_options.relevance
@click.option(
    "--max-per-article",
    type=click.IntRange(0, MOST_PASSAGES),
    metavar="N",
    help="Most passages of one article; 0: any number.  [default: 1 for relevance by article, else 0]",
)
@click.option(
    "--retriever",
    type=click.Choice(get_args(Retriever)),
    default="hybrid",
    show_default=True,
    help="Find passages by meaning and words, by meaning, or by words.",
)
@evaluation_options.workers
@evaluation_options.folder(
    "Folder for the results: new, or of an interrupted run.", "Discard the content of DIR and begin again."
)
@evaluation_options.gates
@options.index
@options.as_json
@click.pass_context
def evaluate(
    ctx: click.Context,
    /,
    questions: Path,
    format: str | None,
    qrels: Path | None,
    overrides: Mapping[str, str],
    out: Path,
    gate: tuple[str, ...],
    no_worse_than: Path | None,
    index: Path | None,
    config: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Ask every question of SET, measure the answers, and write the results into a folder.

    After an interruption the same command continues. The command fails if a gate fails.
    """
    from qa_service.evaluation.run.evaluation_run import evaluate as run
    from qa_service.evaluation.sets import open_questions

    if index is not None and "index" in overrides:
        raise click.BadParameter("is given as --set index=… too.", param_hint="--index")
    with (
        options.open_service(config, **{"index": index, **_parted(overrides)}) as service,
        EvaluationDisplay() as progress,
    ):
        question_set = open_questions(questions, format=format, qrels=qrels)
        _refuse_bad_gates(service, question_set, asked, gate, no_worse_than)
        summary = run(
            service,
            question_set,
            out,
            overrides=tuple(overrides),
            progress=progress,
            tell=lambda note: click.secho(f"NOTE: {note}", fg="yellow", err=True),
            **asked,
        )
    gates = hold(summary, out, gate, no_worse_than)
    if as_json:
        options.echo_json(summary | ({"gates": [result.as_dict() for result in gates]} if gates else {}))
    else:
        _show(summary, out, gates)
    fail_unless_passed(ctx, gates)


def _parted(overrides: Mapping[str, str]) -> dict[str, Any]:
    """The overrides with lists split at commas, as in the environment."""
    from qa_service.settings import Settings

    lists = {name for name, field in Settings.model_fields.items() if "tuple" in str(field.annotation)}
    return {
        name: [part.strip() for part in value.split(",") if part.strip()] if name in lists else value
        for name, value in overrides.items()
    }


def _refuse_bad_gates(
    service: Service,
    questions: QuestionSet,
    asked: Mapping[str, Any],
    conditions: Sequence[str],
    baseline: Path | None,
) -> None:
    """Refuse a gate that could never pass, before hours are spent on asking."""
    if not conditions and baseline is None:
        return
    from qa_service.evaluation.compare.regression_gate import GateBasis, refuse_unlike
    from qa_service.evaluation.compare.summary_gate import refuse_unknown_figures
    from qa_service.evaluation.grade.planned_summary import planned_summary
    from qa_service.evaluation.sets.gold_kinds import choose_kind

    kind, top_k = choose_kind(questions.gold, asked["relevance"]), asked["top_k"]
    if conditions:
        outlets = bool(service.status(asked["collection"]).outlets)
        reader = service.settings.chosen_reader != "none"
        planned = planned_summary(questions, kind, top_k, outlets=outlets, reader=reader)
        refuse_unknown_figures(conditions, planned)
    if baseline is not None:
        now = GateBasis.planned(questions, kind, asked["overlap"], top_k, asked["max_per_article"])
        refuse_unlike(baseline, now)


def _show(summary: Mapping[str, Any], out: Path, gates: Sequence[GateResult]) -> None:
    from qa_service.evaluation.report.summary_table import summary_lines

    for line in summary_lines(summary):
        click.echo(line)
    click.echo(f"\nEach question, the misses first, and slices: {out / 'report.html'}")
    show_gates(gates)


class EvaluationDisplay(ProgressDisplay["EvaluationProgress"]):
    def step(self, told: EvaluationProgress) -> Step:
        return Step("evaluate", "question", told.done, told.total, describe(told), resumed=told.resumed)


def describe(progress: EvaluationProgress) -> str:
    """`320 of 600 questions, 45.2 questions/s, about 6 s left`."""
    asked = progress.done - progress.resumed
    line = f"{progress.done} of {progress.total} questions"
    if asked and progress.seconds > 0:
        left = progress.seconds / asked * (progress.total - progress.done)
        line += f", {asked / progress.seconds:.1f} questions/s, about {left:.0f} s left"
    return line
