"""How often words occur, from the frequency lists of pyspellchecker (MIT), for 12 languages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["word_frequencies"]


@cache
def word_frequencies(language: str | None) -> Mapping[str, float]:
    """Occurrences per million of each lower-case word of a language (ISO 639-1). Empty without a list."""
    path = files("spellchecker") / "resources" / f"{language}.json.gz"
    if language is None or not language.isalpha() or not path.is_file():
        return {}
    counts: dict[str, int] = json.loads(gzip.decompress(path.read_bytes()))
    total = sum(counts.values())
    return {word: 1e6 * count / total for word, count in counts.items()}
