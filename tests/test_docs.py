"""What the documentation promises: generated pages are current, links lead somewhere, every command runs."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from docs_commands import EXCUSED, Sandbox, blocks_in, excuse, statements_in

from benchmarks.readme_example import example_in, real_example
from qa_service.cli.app import qa_service
from qa_service.cli.reference import pages

ROOT = Path(__file__).parent.parent
PAGES = sorted([
    *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "index" / "README.md", ROOT / "tests" / "sets" / "README.md",
])  # fmt: skip
TUTORIAL = [
    ROOT / "docs" / "tutorial" / f"{name}.md" for name in ("first-collection", "chat-client", "first-evaluation")
]
PACKAGED = {ROOT / "docs" / "how-to" / "evaluate.md"}
"""Pages whose gates need the real model. The others run with the fake one."""
COMMAND = re.compile(
    r"^(?: {4}|\t)(?:\w+=\S* )*(?:qa-service|make|curl|python3?|git|docker|pip|npx?|npm|export)\b", re.MULTILINE
)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE_COMMAND = re.compile(r"`((?:make|qa-service) [a-z][a-z-]* [^`]+|make [a-z-]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:qa_service|tests|benchmarks|docs|seeds)/[\w./-]*)`")


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return pages(ROOT / "docs" / "reference")


@pytest.mark.parametrize("file", ["settings.md", "command-line.md", "http-fields.md", "python.md"])
def test_generated_pages_are_current(file: str, generated: dict[str, str]) -> None:
    assert (ROOT / "docs" / "reference" / file).read_text(encoding="utf-8") == generated[file], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_file_named_exists(page: Path) -> None:
    named = FILE.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


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


def shell_statements(page: Path) -> list[str]:
    return [s for block in blocks_in(page) if block.language == "sh" for s in statements_in(block.text)]


def commands_in(page: Path) -> list[str]:
    """The commands of a page that are not run: `make` in blocks, and those within a sentence."""
    make = [s for s in shell_statements(page) if s.startswith("make ")]
    return [*make, *INLINE_COMMAND.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "command-line.md" and commands_in(p)], ids=names)
def test_every_command_named_exists(page: Path) -> None:
    for line in commands_in(page):
        assert complaint(line) is None, line


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_benchmark_named_exists(page: Path) -> None:
    named = re.findall(r"python\s-m\sbenchmarks((?:\.\w+)+)", page.read_text(encoding="utf-8"))
    assert [name for name in named if importlib.util.find_spec(f"benchmarks{name}") is None] == []


def test_readme_names_commands() -> None:
    assert {"make serve", "make test"} <= set(commands_in(ROOT / "README.md")) | set(
        commands_in(ROOT / "CONTRIBUTING.md")
    )


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
    without_figures = re.compile(r"(?<=score |ence: )[\d.]+")
    assert without_figures.sub("", shown) == without_figures.sub("", real_example()), "run `make docs`"


def test_python_in_the_pages_is_python() -> None:
    found = [block.text for page in PAGES for block in blocks_in(page) if block.language == "python"]
    assert found
    for text in found:
        ast.parse(text)


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "command-line.md"], ids=names)
def test_commands_stand_in_fenced_blocks(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for body in (match[0] for match in FENCED.finditer(text)):
        text = text.replace(body, "")
    assert COMMAND.findall(text) == []
    unnamed = [block.text for block in blocks_in(page) if block.language == ""]
    assert unnamed == [], "name the block's language"


def test_every_excuse_is_used() -> None:
    used = {why for page in PAGES for s in shell_statements(page) if (why := excuse(s)) is not None}
    assert used == set(EXCUSED.values())


def pages_to_run() -> Iterator[Path]:
    for page in PAGES:
        python = any(block.language == "python" for block in blocks_in(page))
        if page not in TUTORIAL and (python or any(excuse(s) is None for s in shell_statements(page))):
            yield page


@pytest.fixture
def needs_curl() -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")


@pytest.mark.slow
@pytest.mark.usefixtures("needs_curl")
@pytest.mark.parametrize("page", list(pages_to_run()), ids=names)
def test_every_command_runs(page: Path, tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, "packaged" if page in PACKAGED else "fake")
    try:
        sandbox.run_page(page)
    finally:
        sandbox.close()


@pytest.mark.slow
@pytest.mark.usefixtures("needs_curl")
def test_the_tutorial_runs_from_the_first_page_to_the_last(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, "packaged", own_articles=False, every=1)
    try:
        for page in TUTORIAL:
            sandbox.run_page(page)
    finally:
        sandbox.close()


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("a\nb", ["a", "b"]),
        ("a \\\n  -b\nc", ["a \\\n  -b", "c"]),
        ("cat <<'END'\nqa-service ask\nEND\nb", ["cat <<'END'\nqa-service ask\nEND", "b"]),
        ("until a; do\n  b\ndone", ["until a; do\n  b\ndone"]),
        ("curl -d '{\n  1}'", ["curl -d '{\n  1}'"]),
    ],
)
def test_a_script_is_cut_into_whole_statements(script: str, statements: list[str]) -> None:
    assert list(statements_in(script)) == statements


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"), "fake")
    yield sandbox
    sandbox.close()


@pytest.mark.slow
@pytest.mark.usefixtures("needs_curl")
@pytest.mark.parametrize(
    "text",
    [
        "```sh\nqa-service ask\n```\n",
        "```sh\ncurl -s http://127.0.0.1:8000/v1/nowhere\n```\n",
        "```sh\nfalse | cat\n```\n",
        "```python\nassert False\n```\n",
        "```yaml\n- run: qa-service serve --nowhere\n```\n",
    ],
)
def test_a_command_that_fails_is_found(text: str, sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        sandbox.run_page(tmp_path / "page.md")
