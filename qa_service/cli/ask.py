"""`qa-service ask`: one question, answered for a person or, with `--json`, exactly as over HTTP."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import click

from qa_service.cli import options
from qa_service.cli.question_options import question_options
from qa_service.cli.show import show_answer
from qa_service.options.answer_body import answer_body
from qa_service.options.links import page_base
from qa_service.options.question import to_question

__all__ = ["ask"]


@click.command()
@question_options
@options.index
@options.as_json
def ask(index: Path | None, config: Path | None, as_json: bool, **asked: Any) -> None:
    """Answer QUESTION with ranked passages and their citations."""
    question = to_question(asked)
    first, last = question.filters.published_from, question.filters.published_to
    if first and last and last < first:
        raise click.BadParameter("lies before --published-from.", param_hint="--published-to")
    with options.open_service(config, index=index) as service:
        started = time.perf_counter()
        answer = service.ask(question)
        took_ms = (time.perf_counter() - started) * 1000
    if as_json:
        base, took_ms = page_base(service.settings), round(took_ms, 3)
        options.echo_json(answer_body(answer, base=base, request_id=uuid.uuid4().hex, took_ms=took_ms))
    else:
        show_answer(answer, question)
