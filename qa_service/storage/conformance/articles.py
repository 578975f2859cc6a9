"""Articles with random content, what a collection with a history holds of them, and filters of every kind."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from qa_service.records import Article, ArticleMeta, Filters, Passage, passage_id_of
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.feature_rows import LexicalAnalysis
from qa_service.storage.port import NO_FILTERS, Snapshot
from qa_service.storage.writes import EncodedArticle, Origin, chunking_json

__all__ = [
    "CONTENT",
    "DIMENSION",
    "EVERYTHING",
    "FILTERS",
    "FIRST_DAY",
    "ORIGIN",
    "PASSAGES",
    "WORDS",
    "admits",
    "all_ids",
    "encoded_article",
    "passage_ids",
    "some_articles",
    "terms_of",
]

DIMENSION = 16
ORIGIN = Origin("fake@1", DIMENSION, chunking_json(pieces=64, tokens=64, overlap=0), 1, "fake 1 fp32")
EVERYTHING = 1_000_000
WORDS = [f"w{letter}{digit}" for letter in "bcdfgkm" for digit in "23456789"]
FIRST_DAY = date(2025, 1, 1)


def encoded_article(number: int, version: int = 0, passages: int | None = None) -> EncodedArticle:
    """An article with random text, metadata and vectors, the same ones for the same arguments."""
    rng = np.random.default_rng([number, version])
    sentences: list[tuple[str, tuple[int, int]]] = []
    text = ""
    for _ in range(2 * (1 + number % 4 if passages is None else passages)):
        sentence = " ".join(rng.choice(WORDS, size=int(rng.integers(3, 12)))) + "."
        sentences.append((sentence, (len(text), len(text) + len(sentence))))
        text += sentence + " "
    article = Article(
        article_id=f"article/{number}",
        text=text.strip(),
        meta=ArticleMeta(
            title=f"Title {WORDS[number % 50]}" if number % 3 else None,
            outlet=[None, "AFP", "Afp", "DW", "Kayes Écho"][number % 5],
            author=[None, "Ann Bo", "Cy Du"][number % 3],
            published=FIRST_DAY + timedelta(days=number) if number % 4 else None,
            language=["en", "fr", None][number % 3],
            url=f"https://example.org/{number}",
            source=f"file-{number // 2}.txt",
            source_sha256=hashlib.sha256(text.encode()).hexdigest(),
            updated=FIRST_DAY + timedelta(days=number + version) if number % 6 == 1 else None,
            tags=[(), ("budget",), (), ("budget", "Écho"), ("Budget",)][number % 7 % 5],
        ),
        pages=tuple((start, page) for page, (_, (start, _)) in enumerate(sentences[::3], 1)) if number % 4 == 2 else (),
    )
    cut = [tuple(span for _, span in sentences[at : at + 2]) for at in range(0, len(sentences), 2)]
    slices = tuple(
        Passage(
            passage_id_of(article.article_id, spans[0][0], spans[-1][1]),
            article.article_id,
            spans[0][0],
            spans[-1][1],
            article.text[spans[0][0] : spans[-1][1]],
            7 + at,
            spans,
            (at == 0, False),
        )
        for at, spans in enumerate(cut)
    )
    return EncodedArticle(article, slices, tuple(_encoding(rng, passage, number) for passage in slices))


def _encoding(rng: np.random.Generator, passage: Passage, number: int) -> PassageEncoding:
    """Every tenth article has the same vector as all such articles, so that scores are equal."""
    vector = np.ones(DIMENSION) if number % 10 == 0 else rng.normal(size=DIMENSION)
    words = [0, *(at + 1 for at, character in enumerate(passage.text) if character == " ")]
    spans = [(0, 0), *((start, start + 2) for start in words)]
    bits = rng.integers(0, 256, size=(len(spans), DIMENSION // 8), dtype=np.uint8)
    return PassageEncoding((vector / np.linalg.norm(vector)).astype(np.float32), bits, np.array(spans, np.int32))


def some_articles(count: int = 60) -> list[EncodedArticle]:
    """The first `count` articles."""
    return [encoded_article(number) for number in range(count)]


FILTERS = [
    NO_FILTERS,
    Filters(outlet=("AFP",)),
    Filters(outlet=("DW", "Kayes Écho"), language=("fr",)),
    Filters(author=("Ann Bo",)),
    Filters(language=("en",)),
    Filters(article_id=("article/7",)),
    Filters(article_id=("article/7", "article/40", "nowhere")),
    Filters(published_from=FIRST_DAY + timedelta(days=30)),
    Filters(published_to=FIRST_DAY + timedelta(days=9)),
    Filters(published_from=FIRST_DAY + timedelta(days=7), published_to=FIRST_DAY + timedelta(days=7)),
    Filters(outlet=("nobody",)),
    Filters(tags=("budget",)),
    Filters(tags=("Budget", "Écho"), outlet=("DW",)),
    Filters(tags=("Budge",)),
]

CONTENT = [encoded_article(20, 1) if n == 20 else encoded_article(n) for n in range(60) if n not in (11, 13)]
"""What `filled` holds."""
PASSAGES = {passage.passage_id: (one, at) for one in CONTENT for at, passage in enumerate(one.passages)}


def all_ids(snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """The keys of all passages, in the order of passage ids."""
    found = snapshot.nearest(np.ones(DIMENSION, np.float32), EVERYTHING, NO_FILTERS)
    return snapshot.features(found.ids).ids


def admits(filters: Filters, article: Article) -> bool:
    """Whether the filters admit an article, by the definition in `Filters`."""
    meta = article.meta
    for name in ("outlet", "author", "language"):
        if (wanted := getattr(filters, name)) and getattr(meta, name) not in wanted:
            return False
    if filters.tags and not set(filters.tags) & set(meta.tags):
        return False
    if filters.article_id and article.article_id not in filters.article_id:
        return False
    if (filters.published_from or filters.published_to) and meta.published is None:
        return False
    day = meta.published or FIRST_DAY
    return (filters.published_from or day) <= day <= (filters.published_to or day)


def terms_of(one: EncodedArticle, at: int) -> dict[str, int]:
    """The lexical terms of a passage, with how often each occurs."""
    return dict(LexicalAnalysis(ORIGIN.title_weight).count(one.passages[at].text, one.article.meta))


def passage_ids(snapshot: Snapshot, ids: npt.NDArray[np.int64]) -> Sequence[str]:
    """The ids of passages, by the engine's keys."""
    return [passage.passage_id for passage, _ in snapshot.passages(ids)]
