"""From what a reader or a caller gives to articles: tidied, split, cleaned, identified."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import PurePath

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing.cleaning import clean_lines
from qa_service.parsing.formats import reader_for
from qa_service.parsing.headlines import title_of
from qa_service.parsing.lines import collapse_gaps, normalise_line_ends, tidy_lines
from qa_service.parsing.splitting import split_lines
from qa_service.records import Article, ArticleDraft
from qa_service.text.basic.language import detect_language
from qa_service.text.basic.spaces import is_blank

__all__ = ["clean_texts", "read_draft", "read_source"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_source(raw: bytes, name: str, metadata: ArticleDraft | None = None) -> tuple[Article, ...]:
    """The articles of one file, in the order they stand in it: at least one.

    `name` becomes their `source`, and its suffix says how the bytes are read (as plain text where it says nothing).
    `metadata` is of the first article, and goes before what the file says; its `text` is not looked at.

    Raises:
        UnreadableSource: the file is binary or empty, its encoding cannot be told, or nothing in it is an article.
        InvalidInput: the metadata hold a character that no file can.
    """
    drafts = [replace(draft, source=name) for draft in reader_for(PurePath(name).suffix)(raw, name)]
    if drafts and metadata is not None:
        drafts[0] = _override(drafts[0], metadata)
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
    for field in fields(draft):
        _refuse_surrogates(field.name, getattr(draft, field.name))
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
    articles = []
    for number, text in enumerate(texts):
        own = replace(draft, text=text) if number == 0 else ArticleDraft(text, source=draft.source)
        articles.append(
            Article(
                article_id=own.article_id or _derived_id(own),
                text=text,
                title=own.title or title_of(text, begins_article=number > 0),
                outlet=own.outlet,
                author=own.author,
                published=own.published,
                language=own.language or detect_language(text),
                url=own.url,
                source=own.source,
                source_sha256=checksum,
            )
        )
    return articles


def _distinct(articles: Iterable[Article]) -> tuple[Article, ...]:
    """An article that a file holds twice is one article: the first, which has the metadata."""
    found: dict[str, Article] = {}
    for article in articles:
        found.setdefault(article.article_id, article)
    return tuple(found.values())


def _derived_id(draft: ArticleDraft) -> str:
    return hashlib.sha256(f"{draft.source or draft.url or ''}\0{draft.text}".encode()).hexdigest()[:16]


def _override(draft: ArticleDraft, metadata: ArticleDraft) -> ArticleDraft:
    """The draft with every field that the metadata know, but text and source."""
    known = {f.name: getattr(metadata, f.name) for f in fields(metadata) if f.name not in ("text", "source")}
    for name, value in known.items():
        _refuse_surrogates(name, value)
    return replace(draft, **{name: value for name, value in known.items() if value is not None})


def _refuse_surrogates(name: str, value: object) -> None:
    if isinstance(value, str) and _SURROGATE.search(value):
        raise InvalidInput(f"{name}: holds half of a surrogate pair, which is no character. Take it out.", param=name)
