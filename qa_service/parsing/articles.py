"""Turns files and drafts into articles: splits, cleans, adds title, language and id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing.cleaning.headlines import title_of
from qa_service.parsing.cleaning.refining import Refined, refine
from qa_service.parsing.cleaning.traced import Fate
from qa_service.parsing.detect import detect_format
from qa_service.parsing.facts.stated import stated_in
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.page_marks import remove_page_marks, take_page_marks
from qa_service.records import Article, ArticleDraft, ArticleMeta, Cleaning
from qa_service.text.basic.language import detect_language

__all__ = ["Read", "articles_of", "clean_texts", "earlier_id", "read_draft", "read_refined", "read_source"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_source(file: BinaryIO, source: SourceInfo, metadata: ArticleMeta | None = None) -> Iterator[Article]:
    """Yields the articles of an open file, in order: at least one, each once.

    The content selects the format. `metadata` describes the first article and overrides what the file says, except for
    `source`, which is `source.name`.

    Raises:
        UnreadableSource: the file is binary, empty, damaged or of unknown encoding, or holds no article. Articles that
            were yielded before are no reason to store the file.
        InvalidInput: the metadata hold a lone surrogate.
    """
    seen: dict[str, int] = {}
    count = 0
    for read in read_refined(file, source, metadata):
        for article in read.articles:
            text = hash(article.text)
            if seen.setdefault(article.article_id, text) != text:
                source.warn(f"Two articles have the id {article.article_id!r}. The second is left out.")
            elif len(seen) > count:
                count = len(seen)
                yield article
    if not seen:
        raise UnreadableSource(f"{source.name}: it contains only boilerplate and blank lines.", param=source.name)


@dataclass(frozen=True, slots=True)
class Read:
    """A draft of a file, its articles, and what became of its lines."""

    draft: ArticleDraft
    articles: Sequence[Article]
    refined: Sequence[Refined]
    """Parallel to `articles`."""
    fates: Mapping[int, Fate]


def read_refined(file: BinaryIO, source: SourceInfo, metadata: ArticleMeta | None = None) -> Iterator[Read]:
    """Yields the drafts of an open file with their articles. A repeated article is there each time."""
    checksum = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    given = metadata
    for draft in detect_format(file, source).read(file, source):
        draft = replace(draft, meta=replace(draft.meta, source=source.name))
        stated = draft.meta
        if given is not None:
            draft, given = replace(draft, meta=_override(draft.meta, given)), None
        refined, fates = refine(draft.text, draft.cleaning)
        yield Read(draft, articles_of(draft, checksum, refined, stated), refined, fates)


def read_draft(draft: ArticleDraft) -> tuple[Article, ...]:
    """The articles of a draft: at least one.

    `source_sha256` is that of the given text in UTF-8. `draft.cleaning` says how much of the text may change.

    Raises:
        InvalidInput: a field holds a lone surrogate, or nothing is left of the text.
    """
    for name, value in {"text": draft.text, "article_id": draft.article_id, **asdict(draft.meta)}.items():
        _refuse_surrogates(name, value)
    checksum = hashlib.sha256(draft.text.encode("utf-8")).hexdigest()
    draft = replace(draft, text=remove_page_marks(draft.text))
    articles = _distinct(articles_of(draft, checksum, refine(draft.text, draft.cleaning)[0]))
    if not articles:
        raise InvalidInput(
            "text: it contains only boilerplate and blank lines. Send the text of an article.", param="text"
        )
    return articles


def clean_texts(text: str) -> list[str]:
    """The cleaned text of each article in a scraped text. Cleaning one again changes nothing."""
    return [one.text for one in refine(text, Cleaning.SCRAPED)[0]]


def articles_of(
    draft: ArticleDraft, checksum: str, refined: Sequence[Refined], origin: ArticleMeta | None = None
) -> list[Article]:
    """An article for each text, in parallel. The first gets the draft's metadata, the others only its source.
    For a text that stands twice, as where a page was joined to itself, the same article is there twice.

    What a text states of itself fills what is unknown, except in a corpus that must not change. `origin` is what the
    file itself says; None means the draft's metadata. Ids depend on it and not on the sidecar, which people edit.
    """
    split_off = ArticleMeta(source=draft.meta.source)
    articles: list[Article] = []
    known: dict[str, Article] = {}
    for number, one in enumerate(refined):
        if one.text in known:
            articles.append(known[one.text])
            continue
        text, pages = take_page_marks(one.text)
        own = replace(draft, text=text) if number == 0 else ArticleDraft(text, meta=split_off)
        meta = own.meta
        if draft.cleaning is not Cleaning.NONE:
            meta = one.stated.or_else(stated_in(text)).complete(meta)
        meta = replace(
            meta,
            title=meta.title or title_of(text, begins_article=number > 0),
            language=meta.language or detect_language(text),
            source_sha256=checksum,
        )
        derived = own.article_id or _derived_id(text, (origin or draft.meta) if number == 0 else split_off)
        known[one.text] = Article(derived, text, meta, pages, derived_id=own.article_id is None)
        articles.append(known[one.text])
    return articles


def _distinct(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The articles without duplicates. Of equal texts the first stays: it has the metadata."""
    found: dict[str, Article] = {}
    for article in articles:
        found.setdefault(article.text, article)
    return tuple(found.values())


def earlier_id(article: Article) -> str | None:
    """The id that an earlier version of this program derived for the article, if it is another."""
    before = _hash(article.meta.source or article.meta.url or "", article.text)
    return before if article.derived_id and before != article.article_id else None


def _derived_id(text: str, meta: ArticleMeta) -> str:
    """The id of a text and where it comes from: equal texts of two outlets are two articles."""
    if meta.outlet is None and (meta.source is None or meta.url is None):
        return _hash(meta.source or meta.url or "", text)
    return _hash("\0".join((meta.source or "", meta.outlet or "", meta.url or "")), text)


def _hash(origin: str, text: str) -> str:
    return hashlib.sha256(f"{origin}\0{text}".encode()).hexdigest()[:16]


def _override(meta: ArticleMeta, given: ArticleMeta) -> ArticleMeta:
    """`meta` with every field that `given` knows, except the source."""
    known = {name: value for name, value in asdict(given).items() if name != "source" and value not in (None, ())}
    for name, value in known.items():
        _refuse_surrogates(name, value)
    return replace(meta, **known)


def _refuse_surrogates(name: str, value: object) -> None:
    if isinstance(value, str) and _SURROGATE.search(value):
        raise InvalidInput(f"{name}: holds half of a surrogate pair, which is not a character. Remove it.", param=name)
