"""`status`, `verify`, `rebuild` and `delete`: what is in a collection, whether its promises hold, and upkeep."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_service.cli import options

if TYPE_CHECKING:
    from qa_service.records import CollectionInfo

__all__ = ["delete", "rebuild", "status", "verify"]

TAGS_SHOWN = 20
"""Tags that `status` shows, those of most articles first."""


@click.command()
@options.index
@options.as_json
@click.option("--collection", metavar="NAME", help="Only this one.  [default: all]")
def status(collection: str | None, index: Path | None, config: Path | None, as_json: bool) -> None:
    """Say what is in the collections, and how many of their articles state each field of their metadata."""
    with options.open_service(config, index=index) as service:
        infos = service.collections() if collection is None else [service.status(collection)]
        directory, reranker = service.settings.index, service.settings.reranker
    if not infos and not directory.is_dir():
        made = options.ingest_command(index)
        raise click.ClickException(f"The directory {directory} does not exist. `{made}` makes it.")
    if as_json:
        options.echo_json({"collections": [_as_over_http(info) for info in infos], "reranker": reranker})
        return
    if not infos:
        click.echo(f"{directory} holds no collection yet; `{options.ingest_command(index)}` makes one.")
    for info in infos:
        _show(info)
    if reranker is not None:
        click.echo(f"reranker: {reranker}")


@click.command()
@options.collection
@options.index
@options.as_json
@click.pass_context
def verify(ctx: click.Context, collection: str, index: Path | None, config: Path | None, as_json: bool) -> None:
    """Check every promise that a collection makes: offsets, hashes, and that the indexes match the catalogue."""
    with options.open_service(config, index=index) as service:
        report = service.verify(collection)
    if as_json:
        options.echo_json(report)
    else:
        for problem in report.problems:
            click.echo(f"problem: {problem}")
        outcome = options.counted(len(report.problems), "problem") if report.problems else "every promise holds"
        click.echo(
            f"{report.collection}: {options.counted(report.articles, 'article')}, "
            f"{options.counted(report.passages, 'passage')}, {options.counted(len(report.checks), 'check')}: {outcome}"
        )
    if report.problems:
        ctx.exit(1)


@click.command()
@options.collection
@options.index
@options.as_json
def rebuild(collection: str, index: Path | None, config: Path | None, as_json: bool) -> None:
    """Derive a collection's indexes anew from its catalogue."""
    with options.open_service(config, index=index) as service:
        info = service.rebuild(collection)
    if as_json:
        options.echo_json(_as_over_http(info))
    else:
        _show(info)


@click.command()
@click.argument("article_id", help="As a citation or `GET /v1/articles` gives it.")
@options.collection
@options.index
@options.as_json
def delete(article_id: str, collection: str, index: Path | None, config: Path | None, as_json: bool) -> None:
    """Delete the article ARTICLE_ID from a collection, its passages and vectors with it."""
    with options.open_service(config, index=index) as service:
        generation = service.delete_article(article_id, collection)
    if as_json:
        options.echo_json({"article_id": article_id, "generation": generation})
    else:
        click.echo(f"deleted {article_id} from collection {collection!r}")


def _as_over_http(info: CollectionInfo) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(info).items() if name != "authors"}


def _show(info: CollectionInfo) -> None:
    click.echo(
        f"{info.name}: {options.counted(info.articles, 'article')}, {options.counted(info.passages, 'passage')}, "
        f"generation {info.generation}"
    )
    if info.outlets:
        click.echo(f"  outlets: {', '.join(info.outlets)}")
    if info.tags:
        more = ", …" if len(info.tags) > TAGS_SHOWN else ""
        click.echo(f"  tags: {', '.join(info.tags[:TAGS_SHOWN])}{more}")
    if info.languages:
        click.echo(f"  languages: {', '.join(info.languages)}")
    if info.unread_languages:
        unread = ", ".join(info.unread_languages)
        click.echo(f"  not read by the model: {unread}; questions in these are ranked by their words")
    if info.first_date and info.last_date:
        click.echo(f"  published: {info.first_date} to {info.last_date}")
    if info.chunking == "whole":
        click.echo("  chunking: whole, one passage an article; of a long one the model read the beginning alone")
    if not info.exact:
        click.echo("  dense search: approximate, because the collection is large")
    if info.articles:
        click.echo("  metadata:")
        for name, count in dataclasses.asdict(info.completeness).items():
            click.echo(f"    {name} {count} of {info.articles} ({round(100 * count / info.articles)} %)")
    click.echo(f"  vectors: {info.runtime}")
    click.echo(f"  fingerprint: {info.fingerprint}")
