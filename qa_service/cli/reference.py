"""Writes the generated pages of docs/reference/: settings, command line, HTTP, names. `make docs` runs it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

import qa_service as qa
from qa_service.cli.app import qa_service
from qa_service.cli.reference_http import http_page
from qa_service.options.limits import MOST
from qa_service.options.question import FILTER_OPTIONS, QUESTION_OPTIONS, Option

__all__ = ["cli_page", "main", "option_rows", "options_table", "pages", "python_page", "settings_page"]

GENERATED = "<!-- Written by `make docs`; edit the code's own help texts instead. -->\n"

BEGIN, END = "<!-- Written by `make docs`. -->\n", "<!-- Until here. -->\n"

SETTINGS_HEAD = """\
# Settings

Every setting has a default, so you need none to start. A value comes from the first of these that has it: the command
line, the environment variable, the TOML file (`qa-service --config FILE`, or `QA_CONFIG`), the default.

```toml
index = "/srv/articles"
port = 8080
allowed_origins = ["https://example.org"]
```

In an environment variable, put commas between several values. An unknown name in the file is an error.

"""

CLI_HEAD = """\
# Command line

| exit code | meaning |
|---|---|
| 0 | it worked |
| 1 | it failed, or a gate was not reached: a named file or folder has an error |
| 2 | the command line is invalid: a command, an option, a value, a setting or a figure |
| 130 | Ctrl-C; `serve` finishes its requests and exits with 0 |

An error is one line on standard error that begins with `error:`. If a file has several mistakes, each has a line below.
Progress goes to standard error too, so standard output holds the result alone. `--json` prints the result for programs;
that of `ask` is the body of `POST /v1/ask`.
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
        context = click.Context(command, info_name=name, parent=root)
        sections.append(_section(command, context))
        if isinstance(command, click.Group):
            for inner_name, inner in command.commands.items():
                sections.append(_section(inner, click.Context(inner, info_name=inner_name, parent=context)))
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


def python_page(page: str) -> str:
    """`page` with the table of the public names between its two marks."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{_names_table()}\n{END}{rest.split(END)[1]}"


def _names_table() -> str:
    lines = ["| name | what it is |", "|---|---|"]
    for name in sorted(set(qa.__all__) - {"__version__"}, key=str.casefold):
        first = (inspect.getdoc(getattr(qa, name)) or "").split("\n\n")[0]
        lines.append(f"| `{name}` | {_cell(first)} |")
    return "\n".join(lines) + "\n"


def pages(folder: Path) -> dict[str, str]:
    """Each generated page of `docs/reference/` by its file name."""
    return {
        "settings.md": settings_page(),
        "command-line.md": cli_page(),
        "http-fields.md": http_page(GENERATED, options_table()),
        "python.md": python_page((folder / "python.md").read_text(encoding="utf-8")),
    }


def main(folder: Path) -> None:
    for name, page in pages(folder).items():
        (folder / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
