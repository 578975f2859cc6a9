"""Options that the commands about question sets share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from qa_service.cli.options import F, together
from qa_service.options.limits import MOST_PASSAGES

__all__ = ["folder", "gates", "question_set", "relevance", "workers"]


def question_set(help: str) -> Callable[[F], F]:
    """The argument SET and its format: `--format`, `--qrels`."""
    return together(
        click.argument("questions", metavar="SET", type=click.Path(exists=True, path_type=Path), help=help),
        click.option(
            "--format", metavar="NAME", help="jsonl, csv, beir, trec or squad.  [default: detected from the file]"
        ),
        click.option(
            "--qrels",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Judgements, for BEIR and TREC.",
        ),
    )


def folder(help: str, restart: str) -> Callable[[F], F]:
    """The folder of results: `--out`, `--restart`."""
    path = click.Path(file_okay=False, path_type=Path)
    return together(
        click.option("--out", type=path, required=True, metavar="DIR", help=help),
        click.option("--restart", is_flag=True, help=restart),
    )


gates = together(
    click.option(
        "--gate",
        multiple=True,
        metavar="EXPR",
        help="Fail unless this holds, such as 'nDCG@10>=0.72'; may be repeated.",
    ),
    click.option(
        "--no-worse-than",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Fail if a measure is significantly lower than in this evaluation.",
    ),
)
relevance = together(
    click.option(
        "--top-k",
        type=click.IntRange(1, MOST_PASSAGES),
        metavar="N",
        default=10,
        show_default=True,
        help="Passages per list.",
    ),
    click.option(
        "--relevance",
        type=click.Choice(["auto", "article", "passage", "evidence", "answer"]),
        default="auto",
        show_default=True,
        callback=lambda ctx, param, value: None if value == "auto" else value,
        help="What makes a passage relevant. auto: the kind that most questions have gold for.",
    ),
    click.option(
        "--overlap",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="SHARE",
        default=1.0,
        show_default=True,
        help="Share of a gold span that a passage must cover, for relevance by evidence.",
    ),
)
workers = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes that ask.  [default: one per core; 1 for fewer than 300 questions]",
)
