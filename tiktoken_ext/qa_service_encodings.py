"""tiktoken plug-in: cl100k_base from this package's own copy of the vocabulary, so that nothing is downloaded.

`tiktoken_ext` is tiktoken's plug-in namespace package and must have no `__init__.py`. The encoding has a name of its
own, because tiktoken refuses a second `cl100k_base`; pattern, ranks and special tokens are those of tiktoken's.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import Any

from qa_service.errors import ModelUnavailable

__all__ = ["ENCODING_CONSTRUCTORS"]

_FILE = "cl100k_base.tiktoken"
_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
_PATTERN = "|".join(
    (
        r"'(?i:[sdmt]|ll|ve|re)",
        r"[^\r\n\p{L}\p{N}]?+\p{L}++",
        r"\p{N}{1,3}+",
        r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
        r"\s++$",
        r"\s*[\r\n]",
        r"\s+(?!\S)",
        r"\s",
    )
)
_SPECIAL_TOKENS = {
    "<|endoftext|>": 100257,
    "<|fim_prefix|>": 100258,
    "<|fim_middle|>": 100259,
    "<|fim_suffix|>": 100260,
    "<|endofprompt|>": 100276,
}


def qa_service_cl100k() -> dict[str, Any]:
    """Arguments of `tiktoken.Encoding`.

    Raises:
        ModelUnavailable: the vocabulary is missing from the installed package, or its bytes are not the published ones.
    """
    try:
        vocabulary = files("qa_service.resources").joinpath(_FILE).read_bytes()
    except OSError as error:
        raise ModelUnavailable(
            f"The token vocabulary {_FILE} is missing from the installed package ({error}). Install qa-service again.",
            param=_FILE,
        ) from error
    if hashlib.sha256(vocabulary).hexdigest() != _SHA256:
        raise ModelUnavailable(
            f"The token vocabulary {_FILE} is not the published one: its SHA-256 should be {_SHA256}. "
            "Install qa-service again.",
            param=_FILE,
        )
    lines = (line.split() for line in vocabulary.splitlines())
    return {
        "name": "qa_service_cl100k",
        "pat_str": _PATTERN,
        "mergeable_ranks": {base64.b64decode(token): int(rank) for token, rank in lines},
        "special_tokens": _SPECIAL_TOKENS,
    }


ENCODING_CONSTRUCTORS = {"qa_service_cl100k": qa_service_cl100k}
