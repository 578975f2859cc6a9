"""Passages and articles that one question reads, each once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.ranking.token_signs import PassageGone, TokenSignReader
from qa_service.records import ArticleSummary, Passage
from qa_service.storage.catalogue import Catalogue

__all__ = ["PassageReader"]


class PassageReader:
    """For one question over one snapshot."""

    def __init__(self, catalogue: Catalogue, signs: TokenSignReader) -> None:
        """`signs` reads passages too: what ranking has read is not read again."""
        self._catalogue, self._signs = catalogue, signs
        self._texts: dict[str, str] = {}

    def read(self, rows: npt.NDArray[np.int64]) -> list[tuple[Passage, ArticleSummary]]:
        """In the order of `rows`, with their articles.

        Raises:
            PassageGone: one of them was deleted.
        """
        return self._signs.read_passages(rows)

    def article_text(self, passage: Passage) -> str:
        """The text of the passage's article.

        Raises:
            PassageGone: it was deleted or replaced.
        """
        article_id = passage.article_id
        if article_id not in self._texts:
            try:
                text = self._catalogue.article(article_id).text
            except ArticleNotFound:
                raise PassageGone from None
            if text[passage.start : passage.end] != passage.text:
                raise PassageGone
            self._texts[article_id] = text
        return self._texts[article_id]
