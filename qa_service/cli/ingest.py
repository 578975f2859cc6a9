"""`qa-service ingest`: files and folders, or a BEIR corpus, into a collection, with progress and a closing summary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_service.cli import options
from qa_service.cli.progress import Progress

if TYPE_CHECKING:
    from qa_service.records import IngestReport

__all__ = ["ingest"]

SHOWN_REASONS = 20
CORPUS = "corpus.jsonl"


@click.command()
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, path_type=Path),
    help="Files, or folders with files.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["files", "beir"]),
    default="files",
    show_default=True,
    help=f"Kind of PATH: files and folders of articles, or one BEIR folder, whose {CORPUS} is read.",
)
@options.collection
@options.index
@options.as_json
@click.pass_context
def ingest(
    ctx: click.Context,
    paths: tuple[Path, ...],
    kind: str,
    collection: str,
    index: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Ingest files and folders into a collection. From a folder it reads .txt, .text and .md files.

    Ingesting an unchanged file again changes nothing. A changed file replaces its articles. The exit code is 1 if a
    file that you name cannot be read, or if no file can. A skipped file inside a folder is reported.

    A BEIR document gives the article id (`_id`) and, in `metadata`, the outlet (`source`), the date (`published_at` or
    `date`), the language (`lang`), `author` and `url`. Its text is stored unchanged. If a line is wrong, the command
    names it and stores nothing.
    """
    beir, noun = kind == "beir", "document" if kind == "beir" else "file"
    if beir and (len(paths) > 1 or not paths[0].is_dir()):
        raise click.UsageError(f"--format beir takes one PATH, the folder that holds {CORPUS}.")
    with options.open_service(config, index=index) as service, Progress(noun) as progress:
        if beir:
            report = service.ingest_beir(paths[0], collection, progress)
        else:
            report = service.ingest(list(paths), collection, progress)
    if as_json:
        options.echo_json(report)
    else:
        _show(report, noun)
    skipped = [result.file for result in report.files if result.outcome == "skipped"]
    if len(skipped) == len(report.files) and not beir:
        _hint_at_beir(paths)
    named = {path.name for path in paths if path.is_file()}
    if len(skipped) == len(report.files) or any(Path(file).name in named for file in skipped):
        ctx.exit(1)


def _hint_at_beir(paths: tuple[Path, ...]) -> None:
    for path in paths:
        if (path / CORPUS).is_file():
            click.echo(f"{path} looks like a BEIR folder; --format beir takes its {CORPUS}.", err=True)


def _show(report: IngestReport, noun: str) -> None:
    counts = [(outcome, report.count(outcome)) for outcome in ("added", "replaced", "unchanged", "skipped")]
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in counts if number) or "there was nothing to read"
    rate = f", {report.passages / report.seconds:.1f} passages/s" if report.passages and report.seconds > 0 else ""
    click.echo(f"{options.counted(len(report.files), noun)}: {outcomes}")
    several = sum(len(result.articles) > 1 for result in report.files if result.outcome in ("added", "replaced"))
    # Otherwise a reader who counts files and articles takes the difference for a mistake.
    why = f" ({options.counted(several, noun)} {'holds' if several == 1 else 'hold'} more than one)" if several else ""
    stored = f"{options.counted(report.articles, 'article')}{why}, {options.counted(report.passages, 'passage')}"
    click.echo(
        f"{stored} in {report.seconds:.1f} s{rate}; "
        f"collection {report.collection!r} is at generation {report.generation}"
    )
    skipped = [result for result in report.files if result.outcome == "skipped"]
    for result in skipped[:SHOWN_REASONS]:
        # Most reasons begin with the file's name already.
        reason = (result.reason or "no reason given").removeprefix(f"{result.file}: ")
        click.echo(f"skipped {result.file}: {reason}")
    if len(skipped) > SHOWN_REASONS:
        click.echo(f"and {len(skipped) - SHOWN_REASONS} more; --json lists them all")
