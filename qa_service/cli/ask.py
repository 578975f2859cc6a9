"""`qa-service ask`: one question, answered for a person or, with `--json`, exactly as over HTTP."""

from __future__ import annotations

import time
import uuid
from datetime import date, datetime
from pathlib import Path

import click

from qa_service.cli import options
from qa_service.cli.show import show_answer
from qa_service.records import Filters, Question

__all__ = ["ask"]

MAX_CHARACTERS = 2000


def _question(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """The contract's bounds, refused before the model is loaded."""
    if not value.strip():
        raise click.BadParameter("must not be blank.")
    if len(value) > MAX_CHARACTERS:
        raise click.BadParameter(f"must have at most {MAX_CHARACTERS} characters, not {len(value)}.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise click.BadParameter("must be UTF-8.") from None
    return value


def _languages(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for code in value:
        if not (len(code) == 2 and code.isascii() and code.isalpha()):
            raise click.BadParameter(f"{code!r} is not a two-letter ISO 639-1 code such as en.")
    return tuple(code.lower() for code in value)


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day such as 2025-06-01.") from None


@click.command()
@click.argument("question", callback=_question, help="1 to 2000 characters.")
@click.option(
    "--top-k", type=click.IntRange(1, 100), metavar="N", default=5, show_default=True, help="How many passages."
)
@click.option(
    "--retriever",
    type=click.Choice(["hybrid", "dense", "lexical"]),
    default="hybrid",
    show_default=True,
    help="How passages are found: by meaning and words, by meaning, by words.",
)
@click.option("--outlet", multiple=True, metavar="NAME", help="Only from this outlet; may be repeated.")
@click.option(
    "--language",
    multiple=True,
    metavar="CODE",
    callback=_languages,
    help="Only in this language (ISO 639-1, such as en); may be repeated.",
)
@click.option("--article-id", multiple=True, metavar="ID", help="Only from this article; may be repeated.")
@click.option(
    "--published-from", callback=_day, metavar="DATE", help="Only published on or after this day, such as 2025-06-01."
)
@click.option("--published-to", callback=_day, metavar="DATE", help="Only published on or before this day.")
@click.option("--max-per-article", type=click.IntRange(1), metavar="N", help="At most so many passages of one article.")
@click.option("--max-per-outlet", type=click.IntRange(1), metavar="N", help="At most so many passages of one outlet.")
@click.option(
    "--max-context-tokens", type=click.IntRange(1), metavar="N", help="The best passages that fit into so many tokens."
)
@click.option(
    "--interpret/--no-interpret",
    default=True,
    show_default=True,
    help="Whether outlets and dates that the question names are preferred, and its parts asked by themselves.",
)
@click.option(
    "--collapse-duplicates/--no-collapse-duplicates",
    default=True,
    show_default=True,
    help="Whether what several articles print is shown once.",
)
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="From 0 to 1: how much passages unlike those above them come first; the setting's if left out.",
)
@options.collection
@options.index
@options.as_json
def ask(
    question: str,
    top_k: int,
    retriever: str,
    outlet: tuple[str, ...],
    language: tuple[str, ...],
    article_id: tuple[str, ...],
    published_from: date | None,
    published_to: date | None,
    max_per_article: int | None,
    max_per_outlet: int | None,
    max_context_tokens: int | None,
    interpret: bool,
    collapse_duplicates: bool,
    diversity: float | None,
    collection: str,
    index: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Answer QUESTION with ranked passages and their citations."""
    if published_from and published_to and published_to < published_from:
        raise click.BadParameter("lies before --published-from.", param_hint="--published-to")
    filters = Filters(outlet, language, article_id, published_from, published_to)
    asked = Question(
        question=question,
        top_k=top_k,
        collection=collection,
        filters=filters,
        retriever=retriever,
        max_per_article=max_per_article,
        max_per_outlet=max_per_outlet,
        max_context_tokens=max_context_tokens,
        interpret=interpret,
        collapse_duplicates=collapse_duplicates,
        diversity=diversity,
    )
    with options.open_service(config, index=index) as service:
        started = time.perf_counter()
        answer = service.ask(asked)
        took_ms = (time.perf_counter() - started) * 1000
    if as_json:
        from qa_service.web.schemas.answers import AskResponse

        body = AskResponse.build(answer, request_id=uuid.uuid4().hex, took_ms=round(took_ms, 3))
        options.echo_json(body.model_dump(mode="json"))
    else:
        show_answer(answer, asked)
