"""What all processes of a server share: modules and read-only tables, loaded once before the fork."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from qa_service.embedding import import_runtime
from qa_service.settings import Settings
from qa_service.text.basic.language import detect_language
from qa_service.text.basic.tokens import count_tokens

__all__ = ["import_models", "loading_tables"]


def import_models(settings: Settings) -> None:
    """Import the modules that run the model. It loads no model, which each process does for itself."""
    import_runtime(settings.model, settings.runtime)


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
