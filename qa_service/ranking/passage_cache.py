"""A cache of the texts and token embeddings of a question: it reads each from storage once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.records import ArticleSummary, Passage
from qa_service.records.encodings import BinaryTokens
from qa_service.storage.port import Ids, PassageGone, Snapshot

__all__ = ["PassageCache"]

T = TypeVar("T")


class PassageCache:
    """The cache for one question over a snapshot.

    Raises (as does every method):
        PassageGone: a passage was deleted; ask again with the next snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._tokens: dict[int, BinaryTokens] = {}
        self._passages: dict[int, tuple[Passage, ArticleSummary]] = {}
        self._texts: dict[str, str] = {}
        """The texts of articles, by SHA-256."""

    def tokens(self, ids: Iterable[int]) -> list[BinaryTokens]:
        """Binary token embeddings, in the order of `ids`. They take some 10 KB a passage: read them only for few."""
        return _cached(self._tokens, list(ids), self._read_tokens)

    def token_spans(self, passage: int) -> npt.NDArray[np.int32]:
        """The spans of a passage's tokens, int32 (t, 2)."""
        return self._snapshot.token_spans(np.array([passage], np.int64))[0]

    def passages(self, ids: Iterable[int]) -> list[tuple[Passage, ArticleSummary]]:
        """The passages, each with its article, in the order of `ids`."""
        return _cached(self._passages, list(ids), self._snapshot.passages)

    def passage(self, passage: int) -> Passage:
        """One passage."""
        return self.passages([passage])[0][0]

    def article_text(self, article: ArticleSummary) -> str:
        """The text of a passage's article. It has the SHA-256 that the passage's citation gives."""
        sha256 = article.article_sha256
        if sha256 not in self._texts:
            try:
                found = self._snapshot.article(article.article_id)
            except ArticleNotFound:
                raise PassageGone from None
            if found.sha256 != sha256:  # replaced meanwhile
                raise PassageGone
            self._texts[sha256] = found.text
        return self._texts[sha256]

    def _read_tokens(self, ids: Ids) -> list[BinaryTokens]:
        read = self._snapshot.tokens(ids)
        return [read.passage(at) for at in range(len(read))]


def _cached(known: dict[int, T], ids: list[int], read: Callable[[Ids], list[T]]) -> list[T]:
    if missing := [key for key in dict.fromkeys(ids) if key not in known]:
        known |= zip(missing, read(np.array(missing, np.int64)), strict=True)
    return [known[key] for key in ids]
