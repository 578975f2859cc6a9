"""Writes the reference tables of docs/: settings, options of a question, commands. `make docs` runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from qa_service.cli.app import qa_service
from qa_service.options.limits import MOST
from qa_service.options.question import FILTER_OPTIONS, QUESTION_OPTIONS, Option

__all__ = ["cli_page", "main", "option_rows", "options_table", "settings_page", "settings_table"]

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
    """The settings as a Markdown table."""
    from qa_service.settings import ENV_PREFIX, Settings

    lines = ["| setting | environment | default | what it does |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _shown(field.get_default())
        lines.append(f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | `{default}` | {field.description} |")
    return "\n".join(lines) + "\n"


def option_rows() -> Iterator[tuple[str, str, str, str]]:
    """Name, values, default and help line of each option of a question; a filter's name begins with `filters.`."""
    for option in QUESTION_OPTIONS:
        yield _option_row(option, option.name)
        if option.name == "filters":
            yield from (_option_row(inner, f"filters.{inner.name}") for inner in FILTER_OPTIONS)


def options_table() -> str:
    """The options of a question as a Markdown table."""
    lines = ["| option | values | default | what it does |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {values} | {default} | {text} |" for name, values, default, text in option_rows()]
    return "\n".join(lines) + "\n"


def _option_row(option: Option, name: str) -> tuple[str, str, str, str]:
    default = "required" if option.default is ... else "none" if option.nested else f"`{_shown(option.default)}`"
    return name, _values(option), default, option.description


def _values(option: Option) -> str:
    """What an option may be, in words."""
    if option.choices:
        return ", ".join(f"`{choice}`" for choice in option.choices)
    words = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`", date: "date"}
    kind = words.get(option.type, "object")
    if option.many:
        return f"list of {kind}s, at most {option.most}"
    bounds = (
        "" if option.least is None else f" from {option.least}" + ("" if option.most == MOST else f" to {option.most}")
    )
    return kind + bounds


def _shown(default: object) -> str:
    if default is None or default == ():
        return "unset"
    return str(default).lower() if isinstance(default, bool) else str(default)


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
    for name, page in (("settings.md", settings_page()), ("cli.md", cli_page())):
        (folder / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
