"""`qa-service evaluate`: a question set asked of a collection, measured, and written into a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import evaluation_options, options
from qa_service.cli.evaluation_progress import EvaluationProgress
from qa_service.cli.gate import fail_unless_passed, hold, show_gates

if TYPE_CHECKING:
    from qa_service.evaluation.compare.summary_gate import GateResult
    from qa_service.evaluation.sets import QuestionSet
    from qa_service.service import Service

__all__ = ["evaluate"]


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
    type=click.IntRange(0, 100),
    metavar="N",
    help="Most passages of one article; 0: any number.  [default: 1 for relevance by article, else 0]",
)
@click.option(
    "--retriever",
    type=click.Choice(["hybrid", "dense", "lexical"]),
    default="hybrid",
    show_default=True,
    help="How passages are found: by meaning and words, by meaning, by words.",
)
@evaluation_options.workers
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="A folder for the results, new or of the interrupted run.",
)
@click.option("--restart", is_flag=True, help="Give up what DIR has and begin anew.")
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
    """Ask every question of SET, measure the answers, and write what came of it into a folder.

    Interrupted, the same command goes on where it stopped. Fails when a gate does.
    """
    from qa_service.evaluation.run.evaluation_run import evaluate as run
    from qa_service.evaluation.sets import open_questions

    kind = None if relevance == "auto" else relevance
    if index is not None and "index" in overrides:
        raise click.BadParameter("is given as --set index=… too.", param_hint="--index")
    with (
        options.open_service(config, **{"index": index, **_parted(overrides)}) as service,
        EvaluationProgress() as progress,
    ):
        question_set = open_questions(questions, format=format, qrels=qrels)
        _refuse_hopeless(service, collection, question_set, kind, overlap, top_k, max_per_article, gate, no_worse_than)
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
    """Lists are given with commas, as in the environment."""
    from qa_service.settings import Settings

    lists = {name for name, field in Settings.model_fields.items() if "tuple" in str(field.annotation)}
    return {
        name: [part.strip() for part in value.split(",") if part.strip()] if name in lists else value
        for name, value in overrides.items()
    }


def _refuse_hopeless(
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
    """A gate that could never be held is said before hours are spent on asking."""
    if not conditions and baseline is None:
        return
    from qa_service.evaluation.compare.regression_gate import Basis, refuse_unlike
    from qa_service.evaluation.compare.summary_gate import refuse_unknown_figures
    from qa_service.evaluation.grade.planned_summary import planned_summary
    from qa_service.evaluation.sets.gold_kinds import choose_kind

    kind = choose_kind(questions.gold, relevance)
    if conditions:
        refuse_unknown_figures(
            conditions, planned_summary(questions, kind, top_k, outlets=bool(service.status(collection).outlets))
        )
    if baseline is not None:
        refuse_unlike(baseline, Basis.planned(questions, kind, overlap, top_k, max_per_article))


def _show(summary: Mapping[str, Any], out: Path, gates: Sequence[GateResult]) -> None:
    from qa_service.evaluation.report.summary_table import summary_lines

    for line in summary_lines(summary):
        click.echo(line)
    click.echo(f"\nEach question, the misses first, and slices: {out / 'report.html'}")
    show_gates(gates)
