"""Ingest a folder of stories in real file formats and ask it: `python -m benchmarks.newsroom [FOLDER] [--write]`.

FOLDER holds `files/` and `manifest.json`: for each story its file, sentences that its article must hold, metadata that
the file states, and questions with the words that answer. `tests/newsroom` is the default. `--write` writes the table
into its page under docs/.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.shared import markdown, note, write_section
from qa_service.parsing.detect import detect_format
from qa_service.parsing.formats import SourceInfo
from qa_service.records import Article, IngestReport, Question
from qa_service.service import Service
from qa_service.settings import Settings

FOLDER = Path(__file__).parent.parent / "tests" / "newsroom"
MARKUP = re.compile(
    r"</?[a-z]+[^>]*>|&[a-z]+;|&#\d+;|=\r?\n|=C3=|\]\(http|\*\*|^---$|-->|\\(?:u[0-9a-f]{4}|par)|^\|", re.MULTILINE
)
_QUOTES = str.maketrans("“”‘’", "\"\"''")
ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Story:
    """What came of a story. `articles` are those of its file that hold all its sentences."""

    file: str
    kind: str
    articles: tuple[Article, ...]
    is_table: bool
    wrong: tuple[tuple[str, str, str], ...]
    """(field, stated value, found value) of the metadata that are not right."""
    stated: int
    missed: tuple[tuple[str, str, str | None], ...]
    """(question, gold words, answer) of the questions whose answer does not hold the gold words."""
    asked: int


def ingest(service: Service, folder: Path = FOLDER) -> tuple[IngestReport, list[Article]]:
    """Store the files. Returns the report and all articles."""
    report = service.ingest([folder / "files"])
    articles: list[Article] = []
    after: str | None = None
    while True:
        page = service.articles("default", limit=200, after=after)
        articles += [service.article(one.article_id) for one in page.articles]
        if (after := page.next_after) is None:
            return report, articles


def stories(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The manifest of a folder."""
    found: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def judge(service: Service, told: dict[str, Any], articles: Sequence[Article], folder: Path = FOLDER) -> Story:
    """Look for a story among the articles, compare its metadata, and ask its questions."""
    own = [article for article in articles if (article.meta.source or "").startswith(told["file"])]
    holding = tuple(a for a in own if all(plain(s) in plain(a.text) for s in told["sentences"]))
    found = (*holding, None)[0]
    fields = [
        (name, str(value), str(getattr(found and found.meta, name, None))) for name, value in told["stated"].items()
    ]
    missed = []
    for question, gold in told["questions"]:
        answer = service.ask(Question(question)).answer
        text = answer.text if answer is not None else None
        if text is None or plain(gold) not in plain(text):
            missed.append((question, gold, text))
    return Story(
        told["file"],
        kind_of(folder / "files" / told["file"]),
        holding,
        not told["sentences"],
        tuple(one for one in fields if one[1] != one[2]),
        len(fields),
        tuple(missed),
        len(told["questions"]),
    )


def kind_of(path: Path) -> str:
    """The name of a file's format."""
    if path.parent.name == "archives":
        return ARCHIVE
    with path.open("rb") as file:
        return detect_format(file, SourceInfo(path.name)).name


def plain(text: str) -> str:
    """The text with single spaces and straight quotation marks."""
    return " ".join(text.translate(_QUOTES).split())


def table(judged: Sequence[Story]) -> str:
    """What the files of each format yield."""
    rows: list[tuple[object, ...]] = []
    for kind in [*sorted({one.kind for one in judged}), None]:
        own = [one for one in judged if kind in (one.kind, None)]
        told = [one for one in own if not one.is_table]
        right = sum(one.stated - len(one.wrong) for one in own)
        answered = sum(one.asked - len(one.missed) for one in own)
        rows.append(
            (
                kind or "all",
                len({one.file for one in own}),
                f"{sum(len(one.articles) == 1 for one in told)} of {len(told)}",
                f"{right} of {sum(one.stated for one in own)}",
                f"{answered} of {sum(one.asked for one in own)}",
            )
        )
    return "\n".join(markdown(("format", "files", "stories found", "stated metadata right", "answers right"), rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as index, Service(Settings(index=Path(index))) as service:
        report, articles = ingest(service, given.folder)
        for file in report.files:
            if file.outcome != "added" or file.warnings:
                note(f"{file.outcome} {file.file}: {file.reason or ''} {' '.join(file.warnings)}")
        judged = [judge(service, told, articles, given.folder) for told in stories(given.folder)]
        problems = service.verify("default").problems
    for one in judged:
        if len(one.articles) != 1 and not one.is_table:
            note(f"{one.file}: {len(one.articles)} articles hold the story")
        for field, stated, found in one.wrong:
            note(f"{one.file}: {field} is {found}, not {stated}")
        for question, gold, answer in one.missed:
            note(f"{one.file}: {question} {gold} | {answer}")
    with_markup = [a.meta.source for a in articles if MARKUP.search(a.text)]
    note(f"articles with markup: {with_markup}; verify: {problems}")
    text = table(judged)
    print(text)
    if given.write:
        note(f"written to {write_section('newsroom', text)}")


if __name__ == "__main__":
    main()
