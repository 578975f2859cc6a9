"""`qa-service tune`: settings searched for a question set, with what the gain is on questions not searched on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_service.cli import evaluation_options, options
from qa_service.cli.progress import Shown, Step

if TYPE_CHECKING:
    from qa_service.evaluation.tune import TuneProgress

__all__ = ["tune"]


@click.command()
@click.argument(
    "questions",
    metavar="SET",
    type=click.Path(exists=True, path_type=Path),
    help="Questions with gold: JSON Lines, CSV, a BEIR folder, TREC topics or SQuAD JSON.",
)
@evaluation_options.question_format
@options.collection
@click.option("--measure", metavar="NAME", help="What is to be high.  [default: nDCG@10; RR@10 by answer]")
@click.option(
    "--space",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="TOML: the values to try, by setting.  [default: the weights of ranking and the threshold]",
)
@click.option(
    "--folds", type=click.IntRange(2, 100), metavar="N", default=5, show_default=True, help="Of the questions."
)
@click.option(
    "--trials",
    type=click.IntRange(2, 10_000),
    metavar="N",
    default=50,
    show_default=True,
    help="Settings measured on each collection.",
)
@click.option("--seed", type=click.IntRange(0), metavar="N", default=0, show_default=True, help="Of what is drawn.")
@evaluation_options.relevance
@evaluation_options.workers
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="A folder for the results, empty or not there yet.",
)
@click.option("--restart", is_flag=True, help="Replace what an earlier search left in DIR.")
@options.index
@options.as_json
def tune(
    questions: Path,
    format: str | None,
    qrels: Path | None,
    collection: str,
    measure: str | None,
    space: Path | None,
    folds: int,
    trials: int,
    seed: int,
    top_k: int,
    relevance: str,
    overlap: float,
    workers: int | None,
    out: Path,
    restart: bool,
    index: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Search settings that answer SET better, and tell whether the gain holds on questions not searched on.

    The collection is only read. Settings that need another chunking are tried on copies of it.
    """
    from qa_service.evaluation.sets import open_questions
    from qa_service.evaluation.tune import tune as run
    from qa_service.evaluation.tune.tuning_words import tuning_lines

    with options.open_service(config, index=index) as service, _Progress() as progress:
        outcome = run(
            service,
            open_questions(questions, format=format, qrels=qrels),
            out,
            collection=collection,
            measure=measure,
            space=space,
            folds=folds,
            trials=trials,
            seed=seed,
            restart=restart,
            top_k=top_k,
            relevance=None if relevance == "auto" else relevance,
            overlap=overlap,
            workers=workers,
            progress=progress,
        )
    for warning in outcome["warnings"]:
        click.secho(f"WARNING: {warning}", fg="yellow", err=True)
    if as_json:
        options.echo_json(outcome)
        return
    for line in tuning_lines(outcome):
        click.echo(line)
    click.echo(f"\nSettings for --config: {out / 'winner.toml'}; every trial: {out / 'trials.csv'}")


class _Progress(Shown["TuneProgress"]):
    """A bar for each stage."""

    def step(self, told: TuneProgress) -> Step:
        line = f"{told.stage}: {told.done} of {told.total} {told.noun}"
        return Step(told.stage, told.noun.removesuffix("s"), told.done, told.total, line)
