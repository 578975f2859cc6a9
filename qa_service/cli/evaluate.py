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
@click.argument(
    "questions",
    metavar="SET",
    type=click.Path(exists=True, path_type=Path),
    help="Questions: JSON Lines, CSV, a BEIR folder, TREC topics or SQuAD JSON.",
)
@evaluation_options.question_format
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
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for the results: new, or of an interrupted run.",
)
@click.option("--restart", is_flag=True, help="Discard the content of DIR and begin again.")
@evaluation_options.gates
@options.index
@options.as_json
@click.pass_context
def evaluate(
    ctx: click.Context,
    questions: Path,
    format: str | None,
    qrels: Path | None,
    collection: str,
    overrides: Mapping[str, str],
    top_k: int,
    relevance: str,
    overlap: float,
    max_per_article: int | None,
    retriever: str,
    workers: int | None,
    out: Path,
    restart: bool,
    gate: tuple[str, ...],
    no_worse_than: Path | None,
    index: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Ask every question of SET, measure the answers, and write the results into a folder.

    After an interruption the same command continues. The command fails if a gate fails.
    """
    from qa_service.evaluation.run.evaluation_run import evaluate as run
    from qa_service.evaluation.sets import open_questions

    kind = None if relevance == "auto" else relevance
    if index is not None and "index" in overrides:
        raise click.BadParameter("is given as --set index=… too.", param_hint="--index")
    with (
        options.open_service(config, **{"index": index, **_parted(overrides)}) as service,
        EvaluationDisplay() as progress,
    ):
        question_set = open_questions(questions, format=format, qrels=qrels)
        _refuse_bad_gates(service, collection, question_set, kind, overlap, top_k, max_per_article, gate, no_worse_than)
        summary = run(
            service,
            question_set,
            out,
            collection=collection,
            top_k=top_k,
            relevance=kind,
            overlap=overlap,
            max_per_article=max_per_article,
            retriever=retriever,
            workers=workers,
            overrides=tuple(overrides),
            restart=restart,
            progress=progress,
            tell=lambda note: click.secho(f"NOTE: {note}", fg="yellow", err=True),
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
    collection: str,
    questions: QuestionSet,
    relevance: str | None,
    overlap: float,
    top_k: int,
    max_per_article: int | None,
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

    kind = choose_kind(questions.gold, relevance)
    if conditions:
        refuse_unknown_figures(
            conditions, planned_summary(questions, kind, top_k, outlets=bool(service.status(collection).outlets))
        )
    if baseline is not None:
        refuse_unlike(baseline, GateBasis.planned(questions, kind, overlap, top_k, max_per_article))


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
