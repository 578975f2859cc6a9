"""`qa-service evaluate`: a question set asked of a collection, measured, and written into a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import evaluation_options, options
from qa_service.cli.evaluation_progress import EvaluationProgress

if TYPE_CHECKING:
    from qa_service.evaluation.gate import GateResult

__all__ = ["evaluate"]

FAILED = 1


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


def _conditions(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """What cannot be read is refused before hours are spent on asking."""
    if value:
        from qa_service.evaluation.gate import CONDITION

        for part in ",".join(value).split(","):
            if CONDITION.fullmatch(part) is None:
                raise click.BadParameter(f"{part.strip()!r} is no condition such as nDCG@10>=0.72.")
    return value


def _finished(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and not (value / "summary.json").is_file():
        raise click.BadParameter(f"{value} is no folder of a finished evaluation: it has no summary.json.")
    return value


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
@click.option(
    "--gate",
    multiple=True,
    metavar="EXPR",
    callback=_conditions,
    help="Fail unless it holds, such as 'nDCG@10>=0.72'; may be repeated.",
)
@click.option(
    "--no-worse-than",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_finished,
    metavar="DIR",
    help="Fail where a measure is significantly lower than in this evaluation.",
)
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
    from qa_service.evaluation.reading import open_questions
    from qa_service.evaluation.run import evaluate as run

    if index is not None and "index" in overrides:
        raise click.BadParameter("is given as --set index=… too.", param_hint="--index")
    with (
        options.open_service(config, **{"index": index, **_parted(overrides)}) as service,
        EvaluationProgress() as progress,
    ):
        summary = run(
            service,
            open_questions(questions, format=format, qrels=qrels),
            out,
            collection=collection,
            top_k=top_k,
            relevance=None if relevance == "auto" else relevance,
            overlap=overlap,
            retriever=retriever,
            workers=workers,
            overrides=tuple(overrides),
            restart=restart,
            progress=progress,
        )
    gates = _gates(summary, out, gate, no_worse_than)
    if as_json:
        options.echo_json(summary | ({"gates": [result.as_dict() for result in gates]} if gates else {}))
    else:
        _show(summary, out, gates)
    if not all(result.passed for result in gates):
        ctx.exit(FAILED)


def _parted(overrides: Mapping[str, str]) -> dict[str, Any]:
    """Lists are given with commas, as in the environment."""
    from qa_service.settings import Settings

    lists = {name for name, field in Settings.model_fields.items() if "tuple" in str(field.annotation)}
    return {
        name: [part.strip() for part in value.split(",") if part.strip()] if name in lists else value
        for name, value in overrides.items()
    }


def _gates(summary: Mapping[str, Any], out: Path, conditions: Sequence[str], baseline: Path | None) -> list[GateResult]:
    from qa_service.evaluation.gate import check_gate, no_worse_than

    results = [check_gate(expression, summary) for expression in conditions]
    return results + ([] if baseline is None else [no_worse_than(baseline, out)])


def _show(summary: Mapping[str, Any], out: Path, gates: Sequence[GateResult]) -> None:
    from qa_service.evaluation.table import summary_lines

    for line in summary_lines(summary):
        click.echo(line)
    click.echo(f"\nEach question, the misses first, and slices: {out / 'report.html'}")
    for result in gates:
        for warning in result.warnings:
            click.secho(f"WARNING: {warning}", fg="yellow", err=True)
        for line in result.lines():
            click.echo(line)
