"""Turns files and drafts into articles: splits, cleans, adds title, language and id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import PurePath

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing.cleaning import clean_lines
from qa_service.parsing.formats import parser_for
from qa_service.parsing.headlines import title_of
from qa_service.parsing.lines import collapse_gaps, normalise_line_ends, tidy_lines
from qa_service.parsing.splitting import split_lines
from qa_service.records import Article, ArticleDraft, ArticleMeta
from qa_service.text.basic.language import detect_language
from qa_service.text.basic.spaces import is_blank

__all__ = ["clean_texts", "read_draft", "read_source"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_source(raw: bytes, name: str, metadata: ArticleMeta | None = None) -> tuple[Article, ...]:
    """The articles of one file, in order: at least one.

    `name` becomes their `source`. Its suffix selects the parser.
    `metadata` describes the first article and overrides what the file says, except for `source`.

    Raises:
        UnreadableSource: the file is binary, empty or of unknown encoding, or holds no article.
        InvalidInput: the metadata hold a lone surrogate.
    """
    drafts = [
        replace(draft, meta=replace(draft.meta, source=name)) for draft in parser_for(PurePath(name).suffix)(raw, name)
    ]
    if drafts and metadata is not None:
        drafts[0] = replace(drafts[0], meta=_override(drafts[0].meta, metadata))
    checksum = hashlib.sha256(raw).hexdigest()
    articles = _distinct(a for d in drafts for a in _articles(d, checksum, clean_texts(d.text)))
    if not articles:
        raise UnreadableSource(f"{name}: it contains only boilerplate and blank lines.", param=name)
    return articles


def read_draft(draft: ArticleDraft, *, clean: bool = True) -> tuple[Article, ...]:
    """The articles of a draft: at least one.

    `source_sha256` is that of the given text in UTF-8. With `clean=False` only line ends change, and the text is one
    article: for corpora that must not change.

    Raises:
        InvalidInput: a field holds a lone surrogate, or nothing is left of the text.
    """
    for name, value in {"text": draft.text, "article_id": draft.article_id, **asdict(draft.meta)}.items():
        _refuse_surrogates(name, value)
    checksum = hashlib.sha256(draft.text.encode("utf-8")).hexdigest()
    texts = clean_texts(draft.text) if clean else [normalise_line_ends(draft.text).replace("\0", "")]
    articles = _distinct(_articles(draft, checksum, [t for t in texts if not is_blank(t)]))
    if not articles:
        raise InvalidInput(
            "text: it contains only boilerplate and blank lines. Send the text of an article.", param="text"
        )
    return articles


def clean_texts(text: str) -> list[str]:
    """The cleaned text of each article in a text. Cleaning one again changes nothing.

    To reach that, each is cleaned until it no longer changes: nearly always twice.
    """
    done: list[str] = []
    waiting = [text]
    while waiting:
        current = waiting.pop()
        pieces = [piece for lines in split_lines(tidy_lines(current)) if (piece := collapse_gaps(clean_lines(lines)))]
        if pieces == [current]:
            done.append(current)
        else:
            waiting.extend(reversed(pieces))
    return done


def _articles(draft: ArticleDraft, checksum: str, texts: list[str]) -> list[Article]:
    """An article for each text. The first gets the draft's metadata, the others only its source."""
    split_off = ArticleMeta(source=draft.meta.source)
    articles = []
    for number, text in enumerate(texts):
        own = replace(draft, text=text) if number == 0 else ArticleDraft(text, meta=split_off)
        meta = replace(
            own.meta,
            title=own.meta.title or title_of(text, begins_article=number > 0),
            language=own.meta.language or detect_language(text),
            source_sha256=checksum,
        )
        articles.append(Article(own.article_id or _derived_id(own), text, meta))
    return articles


def _distinct(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The articles without duplicates. Of equal ids the first stays: it has the metadata."""
    found: dict[str, Article] = {}
    for article in articles:
        found.setdefault(article.article_id, article)
    return tuple(found.values())


def _derived_id(draft: ArticleDraft) -> str:
    origin = draft.meta.source or draft.meta.url or ""
    return hashlib.sha256(f"{origin}\0{draft.text}".encode()).hexdigest()[:16]


def _override(meta: ArticleMeta, given: ArticleMeta) -> ArticleMeta:
    """`meta` with every field that `given` knows, except the source."""
    known = {name: value for name, value in asdict(given).items() if name != "source" and value is not None}
    for name, value in known.items():
        _refuse_surrogates(name, value)
    return replace(meta, **known)


def _refuse_surrogates(name: str, value: object) -> None:
    if isinstance(value, str) and _SURROGATE.search(value):
        raise InvalidInput(f"{name}: holds half of a surrogate pair, which is not a character. Remove it.", param=name)
