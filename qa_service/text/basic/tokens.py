"""Counts tokens with tiktoken's cl100k_base, offline. `max_context_tokens` uses this unit."""

from __future__ import annotations

from functools import cache

import regex
import tiktoken

from qa_service.errors import ModelUnavailable

__all__ = ["ENCODING_NAME", "count_tokens", "encode"]

ENCODING_NAME = "qa_service_cl100k"

_LONGEST_RUN = 10_000
_LONG_RUN = regex.compile(rf"\s{{{_LONGEST_RUN}}}(?=\s)")


def count_tokens(text: str) -> int:
    """Number of cl100k_base tokens in `text`. Special tokens count as ordinary text.

    Raises:
        ModelUnavailable: the vocabulary is missing or differs from the published one.
    """
    return len(encode(text))


def encode(text: str) -> list[int]:
    """Token ids of `text`. A lone surrogate counts as U+FFFD.

    tiktoken overflows its stack on runs of about 10^5 white space characters, so this function encodes them in blocks.
    """
    encoding = _encoding()
    if len(text) <= _LONGEST_RUN:
        return encoding.encode_ordinary(text)
    tokens: list[int] = []
    start = 0
    for run in _LONG_RUN.finditer(text):
        tokens += encoding.encode_ordinary(text[start : run.end()])
        start = run.end()
    return tokens + encoding.encode_ordinary(text[start:])


@cache
def _encoding() -> tiktoken.Encoding:
    try:
        return tiktoken.get_encoding(ENCODING_NAME)
    except ValueError as error:  # the plug-in is missing, or another plug-in breaks the registry of tiktoken
        raise ModelUnavailable(
            f"tiktoken doesn't know the encoding {ENCODING_NAME} ({error}). Install qa-service again; "
            "its wheel carries the plug-in tiktoken_ext/qa_service_encodings.py.",
            param=ENCODING_NAME,
        ) from error
