"""Frozen records that travel between the rooms. Every offset counts Unicode code points, 0-based, end exclusive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

__all__ = [
    "AddedArticle",
    "Annotation",
    "Answer",
    "AnswerText",
    "Article",
    "ArticleDraft",
    "ArticlePage",
    "ArticleSummary",
    "Citation",
    "CollectionInfo",
    "Evidence",
    "FileResult",
    "Filters",
    "Hit",
    "IngestProgress",
    "IngestReport",
    "Job",
    "Passage",
    "Question",
    "RankedPassage",
    "VerifyReport",
    "passage_id_of",
]


@dataclass(frozen=True)
class Article:
    """A source text, cleaned. Unknown metadata is None, never a guess."""

    article_id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    """ISO 639-1."""
    url: str | None = None
    source: str | None = None
    """The name of the file the article was read from, relative to what was ingested."""
    source_sha256: str | None = None
    """SHA-256 of the original bytes, before decoding and cleaning."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the UTF-8 bytes of `text`: what a citation is checked against."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """What a listing says of an article: everything but its text."""

    article_id: str
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    language: str | None
    url: str | None
    source: str | None
    source_sha256: str | None
    article_sha256: str
    characters: int
    passages: int


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


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of a ranking. `dense` or `lexical` is None where that retriever was not asked."""

    passage_id: str
    rank: int
    score: float
    dense: float | None = None
    lexical: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers, at its place in the article."""

    start: int
    end: int
    text: str
    score: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """Who says it, when, and exactly where: enough for anyone to check the passage."""

    number: int
    article_id: str
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    language: str | None
    url: str | None
    source: str | None
    start: int
    end: int
    article_sha256: str
    source_sha256: str | None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A hit with its passage, evidence and citation."""

    rank: int
    passage: Passage
    score: float
    dense: float | None
    lexical: float | None
    evidence: tuple[Evidence, ...]
    citation: Citation
    also_in: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """`answer.text[start:end]` is the quoted sentence, without its `[n]`."""

    start: int
    end: int
    citation: int


@dataclass(frozen=True, slots=True)
class AnswerText:
    text: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """What is in a collection. `fingerprint` depends on the content alone, never on its history."""

    name: str
    generation: int
    fingerprint: str
    articles: int
    passages: int
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    first_date: date | None
    last_date: date | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty tuples and None mean: no filter. An article without a field matches no filter on it."""

    outlet: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    article_id: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None

    def __bool__(self) -> bool:
        return bool(self.outlet or self.language or self.article_id or self.published_from or self.published_to)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with everything that shapes its answer."""

    question: str
    top_k: int = 5
    collection: str = "default"
    filters: Filters = Filters()
    retriever: str = "hybrid"
    """`hybrid`, `dense` or `lexical`."""
    max_per_article: int | None = None
    max_per_outlet: int | None = None
    max_context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer` is None exactly when `answerable` is False."""

    question: str
    answerable: bool
    confidence: float
    answer: AnswerText | None
    passages: tuple[RankedPassage, ...]
    collection: CollectionInfo


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """Metadata that a caller gives with a text; None where nothing is known."""

    text: str
    article_id: str | None = None
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    url: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of a listing, in order of article id. `next_after` is None on the last page."""

    articles: tuple[ArticleSummary, ...]
    total: int
    next_after: str | None


@dataclass(frozen=True, slots=True)
class AddedArticle:
    article_id: str
    passages: int


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file: `added`, `replaced`, `unchanged` or `skipped`, with the reason for the last."""

    file: str
    outcome: str
    articles: tuple[AddedArticle, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far an ingest is. `total_files` is known from the start; passages are those committed so far."""

    done_files: int
    total_files: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `generation` is the collection's after it."""

    collection: str
    generation: int
    files: tuple[FileResult, ...]
    articles: int
    passages: int
    seconds: float

    def count(self, outcome: str) -> int:
        return sum(1 for f in self.files if f.outcome == outcome)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that goes on after the response. `state` is `queued`, `running`, `done` or `failed`."""

    job_id: str
    kind: str
    collection: str
    state: str
    done: int
    total: int
    files: tuple[FileResult, ...] = ()
    generation: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What `verify` checked and what it found wrong; `problems` is empty when every promise holds."""

    collection: str
    articles: int
    passages: int
    checks: tuple[str, ...]
    problems: tuple[str, ...]


def passage_id_of(article_id: str, start: int, end: int) -> str:
    """Id of a passage: the first 64 bits of SHA-256 over article id and offsets, as 16 hex digits."""
    return hashlib.sha256(f"{article_id}\0{start}\0{end}".encode()).hexdigest()[:16]
