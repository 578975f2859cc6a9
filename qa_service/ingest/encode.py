"""Cuts articles into passages and encodes them on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from qa_service.chunking import chunk, chunk_whole
from qa_service.embedding.protocol import Embedder
from qa_service.records import Article, Passage
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.writes import EncodedArticle
from qa_service.text.basic.prefix import cut_title, embedded_text, title_limit

__all__ = ["Chunking", "Encoder", "open_encoder"]


@dataclass(frozen=True, slots=True)
class Chunking:
    """Limits of passages. `max_pieces` counts title and passage together.

    `whole` makes one passage per article and ignores the limits. The embedder then reads only its beginning.
    """

    max_pieces: int
    max_tokens: int
    overlap_sentences: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Encoder:
    """Cuts articles and encodes each passage alone: vectors do not depend on batches or threads."""

    embedder: Embedder
    chunking: Chunking
    pool: ThreadPoolExecutor

    def encode(self, articles: Sequence[Article]) -> list[EncodedArticle]:
        """The articles with their passages and encodings, in order."""
        cut = [tuple(self._cut(article)) for article in articles]
        work = [(article, passage) for article, passages in zip(articles, cut, strict=True) for passage in passages]
        encodings = iter(list(self.pool.map(self._encode, work)))
        return [
            EncodedArticle(article, passages, tuple(next(encodings) for _ in passages))
            for article, passages in zip(articles, cut, strict=True)
        ]

    def _cut(self, article: Article) -> list[Passage]:
        if self.chunking.whole:
            return chunk_whole(article)
        return chunk(
            article,
            count_pieces=self.embedder.count_pieces,
            max_pieces=self._max_pieces,
            max_tokens=self.chunking.max_tokens,
            overlap_sentences=self.chunking.overlap_sentences,
        )

    def _encode(self, item: tuple[Article, Passage]) -> PassageEncoding:
        article, passage = item
        title = cut_title(article.meta.title, self.embedder.count_pieces, title_limit(self._max_pieces))
        return self.embedder.encode_passage(*embedded_text(title, passage.text))

    @property
    def _max_pieces(self) -> int:
        most = self.embedder.max_pieces
        return most if self.chunking.whole else min(self.chunking.max_pieces, most)


@contextmanager
def open_encoder(embedder: Embedder, chunking: Chunking) -> Iterator[Encoder]:
    """Yields an encoder with one thread per core. On exit it stops the threads."""
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="encode") as pool:
        yield Encoder(embedder, chunking, pool)
