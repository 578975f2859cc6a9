"""`qa-service tune`: candidate settings measured on a question set by cross-validation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import evaluation_options, options
from qa_service.cli.progress import ProgressDisplay, Step

if TYPE_CHECKING:
    from qa_service.evaluation.tune import TuneProgress

__all__ = ["tune"]


def _removed(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise click.UsageError(
            f"{param.opts[0]} was removed: tune no longer searches. Name the candidates with --try NAME=V1,V2 or "
            "--candidates FILE.",
            ctx,
        )


@click.command()
@evaluation_options.question_set(
    "Questions with gold: JSON Lines, CSV, Excel (XLSX), a BEIR folder, TREC topics or SQuAD JSON."
)
@options.collection
@click.option(
    "--try",
    "tries",
    multiple=True,
    metavar="NAME=V1,V2",
    help="Values of a setting; each value is a candidate. May be repeated. answerable_threshold=0.1,0.2 tries these "
    "thresholds.",
)
@click.option(
    "--candidates",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="TOML: a table [[candidate]] for each candidate that changes several settings.",
)
@click.option("--space", hidden=True, expose_value=False, callback=_removed)
@click.option("--trials", hidden=True, expose_value=False, callback=_removed)
@click.option(
    "--measure", metavar="NAME", help="The measure to compare by.  [default: nDCG@10; RR@10 with --relevance answer]"
)
@click.option(
    "--folds", type=click.IntRange(2, 100), metavar="N", default=5, show_default=True, help="Folds of the questions."
)
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", default=0, show_default=True, help="Seed of folds and intervals."
)
@evaluation_options.relevance
@evaluation_options.workers
@evaluation_options.folder("A folder for the results, empty or not there yet.", "Replace an earlier result in DIR.")
@options.index
@options.as_json
def tune(
    questions: Path,
    format: str | None,
    qrels: Path | None,
    out: Path,
    index: Path | None,
    config: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Compare candidate settings on SET by cross-validation, and choose the threshold for declining.

    Each fold's training questions choose a candidate; its held-out questions measure it. The collection is only read.
    Without candidates only the threshold is tuned.
    """
    from qa_service.evaluation.sets import open_questions
    from qa_service.evaluation.tune import tune as run
    from qa_service.evaluation.tune.tuning_text import tuning_lines

    with options.open_service(config, index=index) as service, _TuneDisplay() as progress:
        question_set = open_questions(questions, format=format, qrels=qrels)
        outcome = run(service, question_set, out, progress=progress, **asked)
    for warning in outcome["warnings"]:
        click.secho(f"WARNING: {warning}", fg="yellow", err=True)
    if as_json:
        options.echo_json(outcome)
        return
    for line in tuning_lines(outcome):
        click.echo(line)
    click.echo(f"\nSettings for --config: {out / 'winner.toml'}; every candidate: {out / 'candidates.csv'}")


class _TuneDisplay(ProgressDisplay["TuneProgress"]):
    def step(self, told: TuneProgress) -> Step:
        return Step("tune", "question", told.done, told.total, f"{told.done} of {told.total} questions")
