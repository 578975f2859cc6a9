"""From what a reader or a caller gives to articles: tidied, split, cleaned, identified."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import PurePath

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing.cleaning import clean_lines
from qa_service.parsing.formats import reader_for
from qa_service.parsing.headlines import title_of
from qa_service.parsing.lines import collapse_gaps, normalise_line_ends, tidy_lines
from qa_service.parsing.splitting import split_lines
from qa_service.records import Article, ArticleDraft, ArticleMeta
from qa_service.text.basic.language import detect_language
from qa_service.text.basic.spaces import is_blank

__all__ = ["clean_texts", "read_draft", "read_source"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_source(raw: bytes, name: str, metadata: ArticleMeta | None = None) -> tuple[Article, ...]:
    """The articles of one file, in the order they stand in it: at least one.

    `name` becomes their `source`, and its suffix says how the bytes are read (as plain text where it says nothing).
    `metadata` describes the first article and overrides what the file says, except for `source`.

    Raises:
        UnreadableSource: the file is binary or empty, its encoding cannot be told, or nothing in it is an article.
        InvalidInput: the metadata hold a character that no file can.
    """
    drafts = [
        replace(draft, meta=replace(draft.meta, source=name)) for draft in reader_for(PurePath(name).suffix)(raw, name)
    ]
    if drafts and metadata is not None:
        drafts[0] = replace(drafts[0], meta=_override(drafts[0].meta, metadata))
    checksum = hashlib.sha256(raw).hexdigest()
    articles = _distinct(a for d in drafts for a in _articles(d, checksum, clean_texts(d.text)))
    if not articles:
        raise UnreadableSource(f"{name}: nothing is left of it but page furniture and blank lines.", param=name)
    return articles


def read_draft(draft: ArticleDraft, *, clean: bool = True) -> tuple[Article, ...]:
    """The articles of a text that came with its metadata: at least one.

    `source_sha256` is of the UTF-8 bytes of the text as given. With `clean=False` the text stays as it is but for its
    line ends, and is one article: for corpora that are clean, whose text must not change.

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
            "text: nothing is left of it but page furniture and blank lines. Send the text of an article.", param="text"
        )
    return articles


def clean_texts(text: str) -> list[str]:
    """The texts of the articles in a text, each cleaned. Reading one of them again changes nothing.

    That is reached by reading them again until nothing changes, which the second time is nearly always so.
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
    """The first text gets what is known of the draft; the others only where they come from and what they say."""
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
    """An article that a file holds twice is one article: the first, which has the metadata."""
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
        raise InvalidInput(f"{name}: holds half of a surrogate pair, which is no character. Take it out.", param=name)
