"""Articles, their passages, and what a collection says of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property

__all__ = [
    "Article",
    "ArticleDraft",
    "ArticleMeta",
    "ArticlePage",
    "ArticleSummary",
    "CollectionInfo",
    "Passage",
    "outlet_key",
    "passage_id_of",
]


@dataclass(frozen=True, slots=True)
class ArticleMeta:
    """What is known about an article beside its id and text. Unknown is None, never a guess."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    """ISO 639-1."""
    url: str | None = None
    source: str | None = None
    """Name of the file that the article was read from, relative to the ingested folder."""
    source_sha256: str | None = None
    """SHA-256 of the original bytes, before decoding and cleaning. The parser sets it."""


@dataclass(frozen=True)
class Article:
    """A source text, cleaned."""

    article_id: str
    text: str
    meta: ArticleMeta = ArticleMeta()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the UTF-8 bytes of `text`. A citation is checked against it."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A text as a caller or a file gives it, with its metadata. Without an id, the parser derives one."""

    text: str
    article_id: str | None = None
    meta: ArticleMeta = ArticleMeta()


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article in a listing: everything but its text."""

    article_id: str
    meta: ArticleMeta
    article_sha256: str
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of a listing, in order of article id. `next_after` is None on the last page."""

    articles: tuple[ArticleSummary, ...]
    total: int
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article: `article.text[start:end] == text`."""

    passage_id: str
    article_id: str
    start: int
    end: int
    text: str
    token_count: int
    """tiktoken tokens."""
    sentences: tuple[tuple[int, int], ...] = ()
    """(start, end) of each sentence, in the article."""
    headings: tuple[bool, ...] = ()
    """Parallel to `sentences`: True where it is a heading or the headline, which is never evidence."""

    def sentence_texts(self) -> list[str]:
        """The sentences, as they stand in the passage."""
        return [self.text[start - self.start : end - self.start] for start, end in self.sentences]


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """What is in a collection. `fingerprint` depends on the content alone, never on its history."""

    name: str
    generation: int
    fingerprint: str
    articles: int
    passages: int
    outlets: tuple[str, ...]
    authors: tuple[str, ...]
    """Bylines, as the articles give them."""
    languages: tuple[str, ...]
    first_date: date | None
    last_date: date | None
    chunking: str = "sentences"
    """`sentences`, or `whole`: a passage is a whole article, of which the embedder read the beginning alone."""
    unread_languages: tuple[str, ...] = ()
    """Those of `languages` that the service's model does not read: questions in them are ranked by their words. Only
    the service knows; a snapshot leaves it empty."""


def outlet_key(outlet: str) -> str:
    """Equal for all ways to write one outlet: neither case nor white space tells two apart. Caps, the balance over
    outlets, perspectives, disagreements and measures go by it; filters take an outlet as it is written."""
    return " ".join(outlet.split()).casefold()


def passage_id_of(article_id: str, start: int, end: int) -> str:
    """Id of a passage: the first 64 bits of SHA-256 over article id and offsets, as 16 hex digits."""
    return hashlib.sha256(f"{article_id}\0{start}\0{end}".encode()).hexdigest()[:16]
