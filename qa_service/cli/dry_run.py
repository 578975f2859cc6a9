"""`qa-service ingest --dry-run` and `--explain`: what would be stored, and what happens to each line."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import options
from qa_service.cli.ingest_report import show_unreadable
from qa_service.cli.progress import Progress
from qa_service.cli.show import printable

if TYPE_CHECKING:
    from qa_service.records import ArticleMeta, ArticlePreview, FilePreview
    from qa_service.service import Service

__all__ = ["explain_files", "show_dry_run"]

SHOWN_ARTICLES = 20
"""Articles of one file that are listed."""
MARKS: Mapping[str, str] = {"kept": "+", "changed": "~", "dropped": "-"}
NARROWEST = 40


def show_dry_run(
    service: Service, paths: Sequence[Path], columns: Mapping[str, str], *, as_json: bool
) -> tuple[int, int]:
    """Print what would be stored. Returns the number of files that cannot be read, and of all files."""
    with Progress() as progress:
        files = service.preview(list(paths), progress, columns=columns)
    unreadable = [one for one in files if one.reason is not None]
    articles = sum(len(one.articles) for one in files)
    if as_json:
        shown = [_file_json(one) for one in files]
        options.echo_json({"files": shown, "articles": articles, "unreadable": len(unreadable)})
        return len(unreadable), len(files)
    for one in files:
        if one.reason is None:
            _show_file(one)
            for warning in one.warnings:
                click.echo(f"    {click.style('warning', fg='yellow')} {printable(warning)}")
    readable = options.counted(len(files) - len(unreadable), "file")
    click.echo(f"{readable} would give {options.counted(articles, 'article')}; nothing was stored")
    show_unreadable(unreadable, "file")
    return len(unreadable), len(files)


def explain_files(service: Service, paths: Sequence[Path], columns: Mapping[str, str], *, as_json: bool) -> None:
    """Print the lines of each file with what happens to them."""
    for path in paths:
        if path.is_dir():
            raise click.UsageError(f"--explain takes files, and {path} is a folder.")
    if as_json:
        found = [
            {"file": str(path), "lines": [dataclasses.asdict(line) for line in service.explain(path, columns=columns)]}
            for path in paths
        ]
        options.echo_json({"files": found})
        return
    for path in paths:
        if len(paths) > 1:
            click.secho(printable(str(path)), bold=True)
        _explain(service, path, columns)


def _explain(service: Service, path: Path, columns: Mapping[str, str]) -> None:
    width = max(shutil.get_terminal_size().columns, NARROWEST) if sys.stdout.isatty() else None
    counts = dict.fromkeys(MARKS, 0)
    article = 0
    for line in service.explain(path, columns=columns):
        if line.article not in (0, article):
            article = line.article
            click.secho(printable(f"article {article}" + (f": {line.title}" if line.title else "")), bold=True)
        if line.meta is not None:
            _show_known(line.meta)
        counts[line.fate] = counts.get(line.fate, 0) + 1
        mark, rule = MARKS.get(line.fate, "?"), f"  [{line.rule}]" if line.rule and line.fate != "kept" else ""
        text = _cut(printable(line.text.expandtabs()), width and width - 2 - len(rule))
        click.echo(click.style(f"{mark} {text}", dim=line.fate == "dropped") + click.style(rule, fg="yellow"))
        if line.became is not None and line.became != line.text:
            click.echo(f"  = {_cut(printable(line.became.expandtabs()), width and width - 4)}")
    click.echo(", ".join(f"{number} {fate}" for fate, number in counts.items()) + " lines; nothing was stored")


def _show_known(meta: ArticleMeta) -> None:
    """Each field of an article; what is not known is a hyphen."""
    for name in ("title", "outlet", "author", "published", "updated", "language", "url", "tags"):
        value = getattr(meta, name)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value or "")
        click.echo(f"  {name + ':':<10} {printable(shown) or '-'}")


def _cut(text: str, width: int | None) -> str:
    """The text in at most `width` columns; at least some of it is shown. None: the output is no terminal."""
    if width is None:
        return text
    width = max(width, 20)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _show_file(one: FilePreview) -> None:
    click.echo(f"{printable(one.file)}  {one.kind or 'unknown format'}")
    for article in one.articles[:SHOWN_ARTICLES]:
        click.echo(f"    {_article(article)}")
    if len(one.articles) > SHOWN_ARTICLES:
        click.echo(f"    and {options.counted(len(one.articles) - SHOWN_ARTICLES, 'more article')}")


def _article(article: ArticlePreview) -> str:
    """`2024-02-29 | AFP | en | 3204 characters | The ferry is back`; what is not known is a hyphen."""
    meta = article.meta
    pages = "" if article.pages is None else f", {options.counted(article.pages, 'page')}"
    title = meta.title or f"no title: {' '.join(article.opening.split())[:40]}…"
    more = [*([f"by {meta.author}"] if meta.author else []), *([", ".join(meta.tags)] if meta.tags else [])]
    more += [meta.url] if meta.url else []
    known = [meta.published.isoformat() if meta.published else "-", meta.outlet or "-", meta.language or "-"]
    return printable(" | ".join([*known, f"{article.characters} characters{pages}", title, *more]))


def _file_json(one: FilePreview) -> dict[str, Any]:
    """The file with the fields of its articles beside each other, named as over HTTP."""
    articles = []
    for article in one.articles:
        meta = {name: value for name, value in dataclasses.asdict(article.meta).items() if name != "source"}
        articles.append(meta | {"characters": article.characters, "pages": article.pages})
    return dataclasses.asdict(one) | {"articles": articles}
