"""Passages and articles that one question reads, each once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.ranking.token_signs import PassageGone, TokenSignReader
from qa_service.records import ArticleSummary, Passage
from qa_service.storage.local.catalogue import Catalogue

__all__ = ["PassageReader"]


class PassageReader:
    """For one question over one snapshot."""

    def __init__(self, catalogue: Catalogue, signs: TokenSignReader) -> None:
        """`signs` reads passages too: what ranking has read is not read again."""
        self._catalogue, self._signs = catalogue, signs
        self._texts: dict[str, str] = {}
        """Of articles, by their SHA-256."""

    def read(self, rows: npt.NDArray[np.int64]) -> list[tuple[Passage, ArticleSummary]]:
        """In the order of `rows`, with their articles.

        Raises:
            PassageGone: one of them was deleted.
        """
        return self._signs.read_passages(rows)

    def article_text(self, article: ArticleSummary) -> str:
        """The text of the article of a passage that was read: the one that citations of it give the SHA-256 of.

        Raises:
            PassageGone: it was deleted or replaced.
        """
        sha256 = article.article_sha256
        if sha256 not in self._texts:
            try:
                found = self._catalogue.article(article.article_id)
            except ArticleNotFound:
                raise PassageGone from None
            if found.sha256 != sha256:
                raise PassageGone
            self._texts[sha256] = found.text
        return self._texts[sha256]
