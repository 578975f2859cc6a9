"""Articles, their metadata, their passages, and the description of a collection."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property


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
    updated: date | None = None
    """The day of the last correction, if the publisher states it."""
    tags: tuple[str, ...] = ()
    """Labels that the owner of the collection gives, and keywords that the publisher states. Sorted, each once."""


MOST_TAGS = 200
"""Tags that the description of a collection lists, at most."""
OPENING = 200
"""Characters at the beginning of a text that a label can quote."""
_LABEL = 60
"""Most characters of a label that quotes the text."""


def label_of(meta: ArticleMeta, opening: str) -> str:
    """What people see as the title: the title, else outlet and date, else the first words of the text.

    `opening` is the beginning of the text. A file name is never a label.
    """
    if meta.title:
        return meta.title
    if meta.outlet:
        return f"{meta.outlet}, {meta.published.day} {meta.published:%B %Y}" if meta.published else meta.outlet
    line = " ".join(opening.split())
    if len(line) > _LABEL:
        line = f"{line[: _LABEL + 1].rpartition(' ')[0] or line[:_LABEL]}…"
    return line or "Untitled article"


@dataclass(frozen=True)
class Article:
    """A source text, cleaned."""

    article_id: str
    text: str
    meta: ArticleMeta = ArticleMeta()
    pages: tuple[tuple[int, int], ...] = ()
    """(offset, 1-based page number): from this offset on, `text` stands on this page. Offsets ascend. Numbers may go
    back: a footnote stands behind its paragraph, which can end on the next page. Empty if the source has no pages."""
    derived_id: bool = field(default=False, compare=False)
    """Whether the parser derived the id. An ingest may then give a corrected text the id of the stored one."""

    @property
    def label(self) -> str:
        return label_of(self.meta, self.text[:OPENING])

    def page_of(self, offset: int) -> int | None:
        """1-based page of the character at `offset`; None if the source has no pages."""
        return page_at(self.pages, offset)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the UTF-8 bytes of `text`. A citation is checked against it."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


class Cleaning(Enum):
    """How much the parser may change a text. Each step includes the steps below it."""

    SCRAPED = "scraped text: remove boilerplate lines, and split articles that were joined"
    ROW = "scraped text of a table, a JSON file or a feed: remove boilerplate lines, one article"
    DOCUMENT = "text of a structured format: repair characters and words, keep every line, one article"
    NONE = "a corpus that must not change: line ends only, one article"


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A text as a caller or a file gives it, with its metadata. Without an id, the parser derives one.

    The text may hold page marks, see `parsing.page_marks`.
    """

    text: str
    article_id: str | None = None
    meta: ArticleMeta = ArticleMeta()
    cleaning: Cleaning = Cleaning.SCRAPED


def page_at(pages: Sequence[tuple[int, int]], offset: int) -> int | None:
    """1-based page of the character at `offset`; None if there are no pages. `pages` as in `Article`."""
    begun = bisect_right(pages, offset, key=lambda page: page[0])
    return pages[begun - 1][1] if begun else None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article in a listing: everything but its text."""

    article_id: str
    meta: ArticleMeta
    article_sha256: str
    characters: int
    passages: int
    opening: str = ""
    """The first `OPENING` characters of the text."""
    pages: tuple[tuple[int, int], ...] = ()
    """As in `Article`."""

    @property
    def label(self) -> str:
        return label_of(self.meta, self.opening)


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of a listing, sorted by article id. `next_after` is None on the last page."""

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
    """Parallel to `sentences`: True for a headline or heading, which is never evidence."""

    def sentence_texts(self) -> list[str]:
        """The text of each sentence."""
        return [self.text[start - self.start : end - self.start] for start, end in self.sentences]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many articles of a collection have each field of their metadata."""

    title: int = 0
    outlet: int = 0
    author: int = 0
    published: int = 0
    updated: int = 0
    language: int = 0
    url: int = 0
    tags: int = 0


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """Summary of a collection. `fingerprint` depends on the content alone, never on its history."""

    name: str
    generation: int
    fingerprint: str
    articles: int
    passages: int
    outlets: tuple[str, ...]
    authors: tuple[str, ...]
    """Bylines as the articles give them."""
    languages: tuple[str, ...]
    first_date: date | None
    last_date: date | None
    chunking: str = "sentences"
    """`sentences`, or `whole`: each passage is a whole article, and the embedder reads only its beginning."""
    unread_languages: tuple[str, ...] = ()
    """Languages that the embedder does not read. Questions in them use lexical ranking. Only the service sets this."""
    runtime: str = ""
    """The library that made the first vectors of the collection, its version and its precision."""
    exact: bool = True
    """False if the first stage is approximate, because the collection is large."""
    tags: tuple[str, ...] = ()
    """The `MOST_TAGS` most frequent tags, those of most articles first, then by name."""
    completeness: Completeness = Completeness()


def outlet_key(outlet: str) -> str:
    """The outlet's name without differences of case and white space: two spellings of one outlet are equal.

    Caps, balance, perspectives, disagreements and measures use this key. Filters take the outlet as written.
    """
    return " ".join(outlet.split()).casefold()


def passage_id_of(article_id: str, start: int, end: int) -> str:
    """Id of a passage: the first 64 bits of SHA-256 over article id and offsets, as 16 hex digits."""
    return hashlib.sha256(f"{article_id}\0{start}\0{end}".encode()).hexdigest()[:16]
