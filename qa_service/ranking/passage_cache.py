"""A cache of the texts, tokens and terms that a question reads: it reads each from storage once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.ranking.term_bits import TermBits
from qa_service.records import ArticleSummary, Passage
from qa_service.records.encodings import BinaryTokens, TokenColumns
from qa_service.storage.port import PassageGone, Snapshot

__all__ = ["PassageCache"]


class PassageCache:
    """The cache for one question over a snapshot.

    Raises (as does every method):
        PassageGone: a passage was deleted; ask again with the next snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.term_bits = TermBits(snapshot)
        self._tokens: dict[int, tuple[TokenColumns, int]] = {}
        """The columns that hold a passage's tokens, and its place in them."""
        self._passages: dict[int, tuple[Passage, ArticleSummary]] = {}
        self._texts: dict[str, str] = {}
        """The texts of articles, by SHA-256."""

    def tokens(self, ids: Sequence[int]) -> TokenColumns:
        """Binary token embeddings of distinct passages, in the order of `ids`. A passage
        takes about 10 KB, so read tokens only for a few passages."""
        if missing := [key for key in ids if key not in self._tokens]:
            read = self._snapshot.tokens(np.array(missing, np.int64))
            self._tokens |= {key: (read, at) for at, key in enumerate(missing)}
            if len(missing) == len(ids):
                return read
        return TokenColumns.of([columns.passage(at) for columns, at in (self._tokens[key] for key in ids)])

    def tokens_of(self, passage: int) -> BinaryTokens:
        """The binary token embeddings of one passage, as views."""
        if passage not in self._tokens:
            self.tokens([passage])
        columns, at = self._tokens[passage]
        return columns.passage(at)

    def token_spans(self, passage: int) -> npt.NDArray[np.int32]:
        """The spans of a passage's tokens, int32 (t, 2)."""
        return self._snapshot.token_spans(np.array([passage], np.int64))[0]

    def passages(self, ids: Sequence[int]) -> list[tuple[Passage, ArticleSummary]]:
        """The passages, each with its article, in the order of `ids`."""
        if missing := [key for key in dict.fromkeys(ids) if key not in self._passages]:
            self._passages |= zip(missing, self._snapshot.passages(np.array(missing, np.int64)), strict=True)
        return [self._passages[key] for key in ids]

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
