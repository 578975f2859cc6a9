"""Writes the reference tables of docs/: settings from their class, commands from click. `make docs` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qa_service.cli.app import qa_service

__all__ = ["cli_page", "main", "settings_page"]

GENERATED = "<!-- Written by `make docs`; edit the code's own help texts instead. -->\n"

SETTINGS_HEAD = """\
# Settings

Every setting has a default; none is needed to start. A value is taken from the command line, else from the environment
variable, else from a TOML file (`qa-service --config FILE`, or `QA_CONFIG`), else from the default:

    index = "/srv/articles"
    port = 8080
    allowed_origins = ["https://example.org"]

In an environment variable several values stand with commas between them. An unknown name in the file is an error.

"""

CLI_HEAD = """\
# Command line

Exit codes: 0 where it worked; 1 where it failed, a gate that was not reached included; 2 for a wrong command line; 130
after Ctrl-C, where `serve` answers what it was asked and then exits with 0. What was typed makes the difference between
1 and 2: an option, a value, a setting or a figure that cannot be is 2; what is wrong in a file or folder that was named
is 1. An error is one line on standard error that begins with `error:`; where a file has several mistakes it names the
file, and each mistake has a line of its own below. Progress goes there too, so standard output holds the result alone.
`--json` prints the result for programs; that of `ask` is the body of `POST /v1/ask`.
"""


def settings_page() -> str:
    return f"{SETTINGS_HEAD}{GENERATED}\n{settings_table()}"


def settings_table() -> str:
    """The reference table of `docs/reference/settings.md`, in Markdown."""
    from qa_service.settings import ENV_PREFIX, Settings

    lines = ["| setting | environment | default | what it does |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = (
            "unset"
            if default is None or default == ()
            else str(default).lower()
            if isinstance(default, bool)
            else default
        )
        lines.append(f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | `{shown}` | {field.description} |")
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    root = click.Context(qa_service, info_name="qa-service")
    sections = [_section(qa_service, root)]
    for name, command in qa_service.commands.items():
        sections.append(_section(command, click.Context(command, info_name=name, parent=root)))
    return "\n".join([CLI_HEAD, GENERATED, *sections])


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    lines = [f"## `{context.command_path}`", "", f"    {usage}", "", _paragraphs(command.help or ""), ""]
    rows = [record for p in command.params if (record := p.get_help_record(context)) is not None]
    lines += ["| option | what it does |", "|---|---|"]
    lines += [f"| `{_cell(option)}` | {_cell(text)} |" for option, text in rows]
    return "\n".join([*lines, ""])


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(folder: Path) -> None:
    for name, page in (("settings.md", settings_page()), ("command-line.md", cli_page())):
        (folder / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
