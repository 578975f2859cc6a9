"""The group of commands, and the place where errors become a line and an exit code.

Exit code 2: the command line is invalid: an unknown option, an invalid value or setting. Exit code 1: any other error,
also in a file or folder that the command line names.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from qa_service import __version__
from qa_service.cli.ask import ask
from qa_service.cli.collection import delete, rebuild, status, verify
from qa_service.cli.compare import compare
from qa_service.cli.evaluate import evaluate
from qa_service.cli.gate import gate
from qa_service.cli.ingest import ingest
from qa_service.cli.jobs import jobs
from qa_service.cli.mcp import mcp
from qa_service.cli.serve import serve
from qa_service.cli.tune import tune
from qa_service.errors import InvalidInput, QAServiceError, SettingsError

__all__ = ["main", "qa_service"]

FAILED, USAGE, INTERRUPTED = 1, 2, 130
MORE = "…"
"""Begins the line that counts the mistakes without a line."""


class Refused(click.ClickException):
    """The command line is invalid."""

    exit_code = USAGE


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            if _was_typed(error, self.commands.get(ctx.invoked_subcommand or "")):
                raise Refused(error.message) from error
            raise


def _was_typed(error: InvalidInput, command: click.Command | None) -> bool:
    """Whether the error is in a value of the command line, and not in a file that it names."""
    if isinstance(error, SettingsError):
        return True
    values = [] if command is None else [p for p in command.params if not isinstance(p.type, click.Path)]
    fields = (error.param or "").split(".")
    return any(value.name in fields for value in values)


@click.group(
    name="qa-service", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with settings (docs/reference/settings.md lists them); QA_CONFIG does the same.",
)
@click.pass_context
def qa_service(ctx: click.Context, config: Path | None) -> None:
    """Ask a collection of articles; get ranked passages, each with a citation that anyone can check."""
    ctx.obj = config


for _command in (ingest, jobs, ask, evaluate, gate, compare, tune, serve, mcp, status, verify, rebuild, delete):
    qa_service.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default the process's, and return its exit code."""
    try:
        code = qa_service.main(arguments, prog_name="qa-service", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.UsageError as error:
        # The whole usage text would hide the sentence that matters, so only a hint to `--help` follows it.
        where = error.ctx.command_path if error.ctx is not None else "qa-service"
        return _fail(f"{error.format_message()} See '{where} --help'.", USAGE)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except QAServiceError as error:
        return _fail_each(error.message.splitlines())
    except OSError as error:
        # For example a full disk: the system's message names the file.
        return _fail(str(error), FAILED)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return code


def _fail_each(mistakes: Sequence[str]) -> int:
    """Print a line for each mistake in a file, below a line that names the file."""
    if len(mistakes) < 2 or not all(", line " in mistake or mistake.startswith(MORE) for mistake in mistakes):
        return _fail(" ".join(mistakes), FAILED)
    path = mistakes[0].partition(", line ")[0]
    same = all(mistake.startswith((f"{path}, line ", MORE)) for mistake in mistakes)
    click.echo(f"error: {path if same else 'several mistakes'}:", err=True)
    for mistake in mistakes:
        click.echo(f"  {' '.join(mistake.removeprefix(f'{path}, ' if same else '').split())}", err=True)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
