"""Options that the commands about question sets share."""

from __future__ import annotations

from pathlib import Path

import click

from qa_service.cli.options import F
from qa_service.options.limits import MOST_PASSAGES

__all__ = ["gates", "question_format", "relevance", "workers"]


def gates(function: F) -> F:
    """The gates: `--gate`, `--no-worse-than`."""
    function = click.option(
        "--no-worse-than",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Fail if a measure is significantly lower than in this evaluation.",
    )(function)
    function = click.option(
        "--gate",
        multiple=True,
        metavar="EXPR",
        help="Fail unless this holds, such as 'nDCG@10>=0.72'; may be repeated.",
    )(function)
    return function


def question_format(function: F) -> F:
    """The format of the set: `--format`, `--qrels`."""
    function = click.option(
        "--qrels",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Judgements, for BEIR and TREC.",
    )(function)
    function = click.option(
        "--format", metavar="NAME", help="jsonl, csv, beir, trec or squad.  [default: detected from the file]"
    )(function)
    return function


def relevance(function: F) -> F:
    """The list and its relevance: `--top-k`, `--relevance`, `--overlap`."""
    function = click.option(
        "--overlap",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="SHARE",
        default=1.0,
        show_default=True,
        help="Share of a gold span that a passage must cover, for relevance by evidence.",
    )(function)
    function = click.option(
        "--relevance",
        type=click.Choice(["auto", "article", "passage", "evidence", "answer"]),
        default="auto",
        show_default=True,
        help="What makes a passage relevant. auto: the kind that most questions have gold for.",
    )(function)
    function = click.option(
        "--top-k",
        type=click.IntRange(1, MOST_PASSAGES),
        metavar="N",
        default=10,
        show_default=True,
        help="Passages per list.",
    )(function)
    return function


def workers(function: F) -> F:
    """`--workers`."""
    function = click.option(
        "--workers",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Processes that ask.  [default: one per core; 1 for fewer than 300 questions]",
    )(function)
    return function
