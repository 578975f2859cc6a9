"""What all processes of a server share: modules and read-only tables, loaded once before the fork."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from qa_service.embedding import import_runtime
from qa_service.reader import import_reader
from qa_service.settings import Settings
from qa_service.text.basic.language import detect_language
from qa_service.text.basic.tokens import count_tokens

__all__ = ["import_models", "loading_tables", "warm_up"]

logger = logging.getLogger(__name__)

WARM_UP = "Who said on Monday that the first of 12 mines was opened, and when?"


def import_models(settings: Settings) -> None:
    """Import the modules that run the model. It loads no model, which each process does for itself."""
    import_runtime(settings.model, settings.runtime)
    import_reader(settings.chosen_reader)


@contextmanager
def loading_tables() -> Iterator[None]:
    """Load the model of language detection and the tokens' vocabulary in a thread, while the block runs.

    Both are loaded and the thread has ended when the block ends. Without this, the first question waits for them.

    Raises:
        ModelUnavailable: the vocabulary is missing.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="preload") as pool:
        languages = pool.submit(detect_language, "Long enough for the detection to look at its model.")
        vocabulary = pool.submit(count_tokens, "loaded")
        yield
        languages.result()
        vocabulary.result()


def warm_up(ask: Callable[[str], object]) -> None:
    """Ask a question. A first question of a client would wait for what is set up once.

    A failure is logged alone: a damaged collection must not keep the service from answering about the others.
    """
    try:
        ask(WARM_UP)
    except Exception:
        logger.exception("the question that warms up has failed")
