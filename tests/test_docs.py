"""What the documents promise: reference tables are current, named commands exist, links lead somewhere."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from benchmarks.readme_example import example_in, real_example
from qa_service.cli.app import qa_service
from qa_service.cli.reference import cli_page, settings_page

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "index" / "README.md"])
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)
INLINE_COMMAND = re.compile(r"`((?:make|qa-service) [^`]+)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize(("file", "page"), [("settings.md", settings_page), ("command-line.md", cli_page)])
def test_reference_tables_are_current(file: str, page: object) -> None:
    assert callable(page)
    assert (ROOT / "docs" / "reference" / file).read_text(encoding="utf-8") == page(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    (tmp_path / "there.md").write_text("# A `title` of its own\n")
    page.write_text(
        "[a](there.md) [b](gone.md) [c](there.md#a-title-of-its-own) [d](there.md#gone) [e](https://example.org/x)"
    )
    assert broken_links(page) == ["gone.md", "there.md#gone"]


def broken_links(page: Path) -> list[str]:
    broken = []
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


def anchors(page: Path) -> set[str]:
    """A heading's anchor is its text in lower case, spaces as hyphens, everything else but letters and digits gone."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_in(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(
        [*(body for _, body in FENCED.findall(text)), *INDENTED.findall(text), *INLINE_COMMAND.findall(text)]
    )
    return [line.strip() for line in blocks.splitlines() if re.match(r"\s*(make|qa-service) [a-z]", line)]


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "command-line.md" and commands_in(p)], ids=names)
def test_every_command_named_exists(page: Path) -> None:
    for line in commands_in(page):
        assert complaint(line) is None, line


def test_readme_names_commands() -> None:
    assert {"make serve", "make test"} <= set(commands_in(ROOT / "README.md"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("make serve", None),
        ("make check test PORT=8001", None),
        ("make coffee", "no target coffee"),
        ('qa-service ask "What?" --top-k 3   # three', None),
        ("qa-service find x", "no command find"),
        ("qa-service ask x --colection y", "No such option"),
        ("qa-service delete", "Missing argument"),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, expected: str | None) -> None:
    found = complaint(line)
    assert (found is None) if expected is None else (found is not None and expected in found)


def complaint(line: str) -> str | None:
    """What is wrong with a `make` or `qa-service` line; None if it could be typed as it stands."""
    program, first, *rest = shlex.split(line, comments=True)
    if program == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        unknown = [word for word in (first, *rest) if "=" not in word and word not in targets]
        return f"no target {unknown[0]}" if unknown else None
    command = qa_service.commands.get(first)
    if command is None:
        return f"no command {first}"
    try:
        # Paths in the documents need not exist here.
        arguments = [str(ROOT) if word.endswith("/") else word for word in rest]
        command.make_context(first, arguments)
    except click.UsageError as error:
        return error.format_message()
    return None


@pytest.mark.slow
def test_the_readme_shows_a_real_answer() -> None:
    shown = example_in((ROOT / "README.md").read_text(encoding="utf-8"))
    # Another machine's last digits may round otherwise.
    without_figures = re.compile(r"(?<=score |dence )[\d.]+")
    assert without_figures.sub("", shown) == without_figures.sub("", real_example()), "run `make docs`"


def test_python_in_the_readme_is_python() -> None:
    blocks = [
        body
        for language, body in FENCED.findall((ROOT / "README.md").read_text(encoding="utf-8"))
        if language == "python"
    ]
    assert blocks
    for block in blocks:
        ast.parse(block)
