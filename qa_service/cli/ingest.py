"""`qa-service ingest`: files and folders, or a BEIR corpus, into a collection, with progress and a closing summary."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import options
from qa_service.cli.dry_run import explain_files, show_dry_run
from qa_service.cli.ingest_report import show_report, show_unreadable
from qa_service.cli.progress import Progress
from qa_service.errors import InvalidInput
from qa_service.options.column_map import MAP_FIELDS, column_map

if TYPE_CHECKING:
    from qa_service.records import IngestReport
    from qa_service.service import Service

__all__ = ["ingest"]

CORPUS = "corpus.jsonl"
INTERRUPTED = 130
FORMATS = "FORMATS"


class _WithFormats(click.Command):
    """A command whose help lists the formats. It finds them when the help is shown."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._help: str | None = None
        super().__init__(*arguments, **named)

    @property
    def help(self) -> str | None:
        if self._help is None or FORMATS not in self._help:
            return self._help
        from qa_service.service.previews import formats_in_words

        return self._help.replace(FORMATS, formats_in_words())

    @help.setter
    def help(self, text: str | None) -> None:
        self._help = text


def _columns(ctx: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    try:
        return column_map(pairs)
    except InvalidInput as error:
        raise click.BadParameter(error.message.removeprefix("map: ")) from None


@click.command(cls=_WithFormats, short_help="Ingest files and folders into a collection.")
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
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="FIELD=COLUMN",
    help="For tables and JSON: the column that holds a field, such as text=Body. Repeat it for several fields: "
    f"{', '.join(MAP_FIELDS)}. Usual names are found without it; `-` is no column.",
)
@click.option(
    "--skip-unreadable", is_flag=True, help="Exit with 0 although some files cannot be read. Without it: with 1."
)
@click.option("--dry-run", is_flag=True, help="Read all files and print what would be stored. Store nothing.")
@click.option(
    "--explain",
    is_flag=True,
    help="Print the lines of each PATH, which must be a file: + kept, ~ changed, - dropped, and by which rule. "
    "Store nothing.",
)
@options.collection
@options.index
@options.as_json
@click.pass_context
def ingest(
    ctx: click.Context,
    paths: tuple[Path, ...],
    kind: str,
    columns: dict[str, str],
    skip_unreadable: bool,
    dry_run: bool,
    explain: bool,
    collection: str,
    index: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Ingest files and folders into a collection.

    It reads FORMATS. The content of a file decides, whatever its name. In a folder it ignores hidden files and READMEs.

    Ingesting an unchanged file again changes nothing. A changed file replaces its articles. At the end, a summary
    counts the files that could not be read, by kind. The exit code is then 1, except with --skip-unreadable. After
    Ctrl-C, what is stored stays, and the same command continues.

    A BEIR document gives the article id (`_id`) and, in `metadata`, the outlet (`source`), the date (`published_at` or
    `date`), the language (`lang`), `author` and `url`. Its text is stored unchanged. A wrong value is left empty, a
    line that is no document is skipped, and the report names the lines.
    """
    beir = kind == "beir"
    if beir and (len(paths) > 1 or not paths[0].is_dir()):
        raise click.UsageError(f"--format beir takes one PATH, the folder that holds {CORPUS}.")
    if beir and (columns or dry_run or explain):
        raise click.UsageError("--format beir takes no --map, --dry-run or --explain.")
    broken = 0
    with options.open_service(config, index=index) as service:
        if explain:
            explain_files(service, paths, columns, as_json=as_json)
            return
        if dry_run:
            unreadable, total = show_dry_run(service, paths, columns, as_json=as_json)
        else:
            report, interrupted, given = _ingested(service, paths, collection, columns, beir=beir)
            _show(report, "document" if beir else "file", given, as_json=as_json)
            if interrupted:
                click.echo("interrupted; what is stored stays, and the same command continues", err=True)
                ctx.exit(INTERRUPTED)
            unreadable, total = report.count("skipped"), len(report.files)
            if beir:  # a document without text is no mistake, a line that is no document is one
                broken = sum(one.file == CORPUS for one in report.files)
    if unreadable == total and not beir:
        _hint_at_beir(paths)
    if unreadable == total or ((broken if beir else unreadable) and not skip_unreadable):
        ctx.exit(1)


def _ingested(
    service: Service, paths: tuple[Path, ...], collection: str, columns: dict[str, str], *, beir: bool
) -> tuple[IngestReport, bool, int | None]:
    """The report, whether Ctrl-C ended the ingest, and the number of files that were given."""
    with Progress("document" if beir else "file") as progress:
        if beir:
            return service.ingest_beir(paths[0], collection, progress), False, None
        with _ctrl_c() as pressed:
            report = service.ingest(list(paths), collection, progress, pressed, columns=columns)
            return report, pressed(), progress.total


@contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, so that the ingest stops in order. Pressed twice, it interrupts at once."""
    count = 0

    def pressed(number: int, frame: object) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt
        click.echo("stopping; press Ctrl-C again to stop at once", err=True)

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield lambda: count > 0
    finally:
        signal.signal(signal.SIGINT, before)


def _show(report: IngestReport, noun: str, given: int | None, *, as_json: bool) -> None:
    if as_json:
        options.echo_json(report)
        show_unreadable([r for r in report.files if r.outcome == "skipped"], noun, err=True)
    else:
        show_report(report, noun, given)


def _hint_at_beir(paths: tuple[Path, ...]) -> None:
    for path in paths:
        if (path / CORPUS).is_file():
            click.echo(f"{path} looks like a BEIR folder; --format beir takes its {CORPUS}.", err=True)
