"""The group that holds the commands, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from qa_service import __version__
from qa_service.cli.ask import ask
from qa_service.cli.collection import delete, rebuild, status, verify
from qa_service.cli.compare import compare
from qa_service.cli.evaluate import evaluate
from qa_service.cli.ingest import ingest
from qa_service.cli.serve import serve
from qa_service.cli.tune import tune
from qa_service.errors import InvalidInput, QAServiceError, UnreadableSource

__all__ = ["main", "qa_service"]

FAILED, USAGE, INTERRUPTED = 1, 2, 130


@click.group(name="qa-service", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with settings (docs/settings.md lists them); QA_CONFIG does the same.",
)
@click.pass_context
def qa_service(ctx: click.Context, config: Path | None) -> None:
    """Ask a collection of articles; get ranked passages, each with a citation that anyone can check."""
    ctx.obj = config


for _command in (ingest, ask, evaluate, compare, tune, serve, status, verify, rebuild, delete):
    qa_service.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line (default: the process's own) and returns its exit code; never raises on purpose."""
    try:
        code = qa_service.main(arguments, prog_name="qa-service", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.UsageError as error:
        # The command's own help is one step away; the whole usage text would bury the sentence that matters.
        where = error.ctx.command_path if error.ctx is not None else "qa-service"
        return _fail(f"{error.format_message()} See '{where} --help'.", USAGE)
    except click.ClickException as error:
        return _fail(error.format_message(), FAILED)
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except QAServiceError as error:
        # A refused field is the command line's fault; a file that cannot be read is not.
        asked_wrongly = isinstance(error, InvalidInput) and not isinstance(error, UnreadableSource)
        return _fail(error.message, USAGE if asked_wrongly else FAILED)
    except OSError as error:
        # A full disk, a folder without permission: the system's own words name the file.
        return _fail(str(error), FAILED)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
