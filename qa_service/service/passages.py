"""Passages and articles that one question reads, each once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.ranking.token_signs import PassageGone
from qa_service.records import ArticleSummary, Passage
from qa_service.storage.catalogue import Catalogue
from qa_service.storage.snapshot import Snapshot

__all__ = ["PassageReader"]


class PassageReader:
    """For one question over one snapshot."""

    def __init__(self, catalogue: Catalogue, snapshot: Snapshot) -> None:
        self._catalogue, self._snapshot = catalogue, snapshot
        self._known: dict[int, tuple[Passage, ArticleSummary]] = {}
        self._texts: dict[str, str] = {}

    def read(self, rows: npt.NDArray[np.int64]) -> list[tuple[Passage, ArticleSummary]]:
        """In the order of `rows`, with their articles.

        Raises:
            PassageGone: one of them was deleted.
        """
        seqs = self._snapshot.column("seq", rows).tolist()
        missing = [seq for seq in dict.fromkeys(seqs) if seq not in self._known]
        if missing:
            self._known |= self._catalogue.passages_with_articles(missing)
        if any(seq not in self._known for seq in missing):
            raise PassageGone
        return [self._known[seq] for seq in seqs]

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
