"""An answer for a person at a terminal: the answer, then each passage with who, when, where, its evidence marked."""

from __future__ import annotations

import textwrap
import unicodedata

import click

from qa_service.options.confidence_words import DECLINED, confidence_in_percent, doubt
from qa_service.records import Answer, Citation, Question, RankedPassage, Statement

__all__ = ["cite", "mark_evidence", "place", "printable", "show_answer", "understood"]

WIDTH = 100
BEGIN, END = ">>", "<<"
"""Stand around evidence. Not guillemets: French articles are full of them."""


def show_answer(answer: Answer, asked: Question) -> None:
    if answer.answer is not None:
        if (unsure := doubt(answer)) is not None:
            click.echo(unsure)
        click.echo(_wrap(answer.answer.text))
        if answer.answer.note is not None:
            click.echo(_wrap(answer.answer.note))
        if unsure is None:
            click.echo(_confidence(answer))
    elif answer.answerable:
        click.echo(_confidence(answer))
    elif answer.declined is not None and not answer.passages:
        click.echo(_wrap(answer.declined.message))
    elif answer.passages:
        click.echo(f"{DECLINED} {_confidence(answer)}")
        if answer.declined is not None:
            click.echo(_wrap(answer.declined.message))
        click.echo("The closest passages:")
    elif asked.max_context_tokens is not None and answer.confidence > 0:
        # Confidence is computed before the limit, so it says nothing about what is left: here, nothing.
        click.echo(f"No passage fits into {asked.max_context_tokens} tokens; raise --max-context-tokens.")
    elif asked.filters:
        click.echo("No passage matches the filters.")
    else:
        click.echo(f"{DECLINED} {_confidence(answer)}")
    if answer.interpretation:
        click.echo(f"Understood: {printable('; '.join(understood(answer)))}.")
    for one in answer.disagreements:
        click.echo(printable(f"Outlets differ ({one.kind}): {_said(one.a)} / {_said(one.b)}."))
    for passage in answer.passages:
        click.echo()
        _show_passage(passage)


def _confidence(answer: Answer) -> str:
    return f"Confidence: {confidence_in_percent(answer)}"


def _said(statement: Statement) -> str:
    return f"“{' '.join(statement.text.split())}” [{statement.citation}]"


def _show_passage(ranked: RankedPassage) -> None:
    click.secho(f"[{ranked.citation.number}] {cite(ranked.citation)}", bold=True)
    click.echo(f"    {place(ranked.citation)}  score {ranked.score:.3f}")
    if tags := ranked.citation.meta.tags:
        click.echo(f"    tags: {printable(', '.join(tags))}")
    for other in ranked.also_in:
        click.echo(f"    also in {', '.join(part for part in (cite(other), other.pages_of()) if part)}")
    click.echo(textwrap.indent(_wrap(mark_evidence(ranked)), "    "))


def understood(answer: Answer) -> list[str]:
    """What of the question was taken for a source, a date, an abbreviation or a part."""
    names = [" or ".join(m.outlets + m.authors) for m in answer.interpretation.sources]
    found = [f"articles of {name} are preferred" for name in dict.fromkeys(names)]
    for span in answer.interpretation.dates:
        first, last = (day.isoformat() if day else "…" for day in (span.first, span.last))
        found.append(f"articles of {first}" + ("" if first == last else f" to {last}") + " are preferred")
    if answer.interpretation.abbreviation:
        found.append(f"what {answer.interpretation.abbreviation} stands for")
    if parts := answer.interpretation.parts:
        found.append(" and ".join(f"“{part.name or part.text.strip()}”" for part in parts) + ", each asked by itself")
    return found


def cite(citation: Citation) -> str:
    """Outlet, date and title, as far as they are known. The label of an untitled article has what is known."""
    meta = citation.meta
    day = meta.published.isoformat() if meta.published else None
    published = (meta.outlet, day) if meta.title or not meta.outlet else ()
    return printable(", ".join(part for part in (*published, citation.label) if part))


def place(citation: Citation) -> str:
    """Article and code points of its text, exactly as the citation gives them. The file is only where the article came
    from: its text is cleaned, and one file may hold several."""
    page = f", {pages}" if (pages := citation.pages_of()) else ""
    source = f", from {citation.meta.source}" if citation.meta.source else ""
    return printable(f"article {citation.article_id}, characters {citation.start}-{citation.end}{page}{source}")


def mark_evidence(ranked: RankedPassage) -> str:
    """The passage's text with its evidence between marks; offsets are the article's, so they are moved first."""
    text, base = ranked.passage.text, ranked.passage.start
    pieces, position = [], 0
    for evidence in sorted(ranked.evidence, key=lambda e: e.start):
        start, end = evidence.start - base, evidence.end - base
        pieces += [text[position:start], BEGIN, text[start:end], END]
        position = end
    return "".join([*pieces, text[position:]])


def _wrap(text: str) -> str:
    """Lines of at most `WIDTH` characters; the text's own line breaks stay."""
    lines = printable(text).splitlines()
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines if line.strip()
    )


def printable(text: str) -> str:
    """Articles are other people's bytes: a control sequence in one must not reach the terminal."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else "\N{REPLACEMENT CHARACTER}" for c in text)
