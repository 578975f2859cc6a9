"""Cuts articles into passages and encodes them on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from qa_service.chunking import chunk, chunk_whole
from qa_service.embedding.protocol import Embedder, EncodeMany
from qa_service.machine import cores
from qa_service.records import Article, Passage
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.writes import EncodedArticle
from qa_service.text.basic.prefix import cut_title, embedded_text, title_limit

__all__ = ["Chunking", "CutArticle", "Encoder", "open_encoder"]


PASSAGES_AT_ONCE = 64
"""Passages that are encoded between two checks. The vectors do not depend on it."""


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
class CutArticle:
    """An article with its passages, and for each the arguments of `Embedder.encode_passage`."""

    article: Article
    passages: tuple[Passage, ...]
    inputs: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Encoder:
    """Cuts articles and encodes each passage alone: vectors do not depend on batches or threads."""

    embedder: Embedder
    chunking: Chunking
    encode_many: EncodeMany

    def cut(self, articles: Sequence[Article]) -> list[CutArticle]:
        """The articles with their passages, in order."""
        return [self._cut(article) for article in articles]

    def encode(self, articles: Sequence[CutArticle], check: Callable[[], None] | None = None) -> list[EncodedArticle]:
        """The articles with the encodings of their passages, in order. `check` is called about every second."""
        inputs = [given for article in articles for given in article.inputs]
        found: list[PassageEncoding] = []
        for at in range(0, len(inputs), PASSAGES_AT_ONCE):
            if check is not None:
                check()
            found += self.encode_many(inputs[at : at + PASSAGES_AT_ONCE])
        encodings = iter(found)
        return [EncodedArticle(a.article, a.passages, tuple(next(encodings) for _ in a.passages)) for a in articles]

    def _cut(self, article: Article) -> CutArticle:
        count = self.embedder.count_pieces
        most = self.embedder.max_pieces
        if self.chunking.whole:
            passages = chunk_whole(article)
        else:
            most = min(self.chunking.max_pieces, most)
            passages = chunk(
                article,
                count_pieces=count,
                max_pieces=most,
                max_tokens=self.chunking.max_tokens,
                overlap_sentences=self.chunking.overlap_sentences,
            )
        title = cut_title(article.meta.title, count, title_limit(most))
        return CutArticle(article, tuple(passages), tuple(embedded_text(title, p.text) for p in passages))


@contextmanager
def open_encoder(embedder: Embedder, chunking: Chunking) -> Iterator[Encoder]:
    """Yields an encoder that uses all cores. On exit it stops its threads."""
    with embedder.bulk(cores()) as encode_many:
        yield Encoder(embedder, chunking, encode_many)
