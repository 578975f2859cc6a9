"""Options that the commands about question sets share."""

from __future__ import annotations

from pathlib import Path

import click

from qa_service.cli.options import F
from qa_service.options.limits import MOST_PASSAGES

__all__ = ["gates", "question_format", "relevance", "workers"]


def gates(function: F) -> F:
    """What must hold: `--gate`, `--no-worse-than`."""
    function = click.option(
        "--no-worse-than",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Fail where a measure is significantly lower than in this evaluation.",
    )(function)
    function = click.option(
        "--gate",
        multiple=True,
        metavar="EXPR",
        help="Fail unless it holds, such as 'nDCG@10>=0.72'; may be repeated.",
    )(function)
    return function


def question_format(function: F) -> F:
    """How the set is read: `--format`, `--qrels`."""
    function = click.option(
        "--qrels",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Judgements, for BEIR and TREC.",
    )(function)
    function = click.option(
        "--format", metavar="NAME", help="jsonl, csv, beir, trec or squad.  [default: told from the file]"
    )(function)
    return function


def relevance(function: F) -> F:
    """What is returned and what of it is right: `--top-k`, `--relevance`, `--overlap`."""
    function = click.option(
        "--overlap",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="SHARE",
        default=1.0,
        show_default=True,
        help="How much of a gold span a passage must cover, for relevance by evidence.",
    )(function)
    function = click.option(
        "--relevance",
        type=click.Choice(["auto", "article", "passage", "evidence", "answer"]),
        default="auto",
        show_default=True,
        help="What makes a passage relevant. auto: what the most questions have gold for.",
    )(function)
    function = click.option(
        "--top-k",
        type=click.IntRange(1, MOST_PASSAGES),
        metavar="N",
        default=10,
        show_default=True,
        help="Passages a question.",
    )(function)
    return function


def workers(function: F) -> F:
    """`--workers`."""
    function = click.option(
        "--workers",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Processes that ask.  [default: one a core; 1 for less than 300 questions]",
    )(function)
    return function
