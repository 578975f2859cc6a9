"""Metadata that office programs write into documents. They also fill fields by themselves, which say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from qa_service.parsing.metadata import as_author, as_date, as_language, as_tags, as_url
from qa_service.records import ArticleMeta

__all__ = ["document_meta", "stated_title"]

_FILLED_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans titre|sin t[ií]tulo|senza titolo|document|dokument|microsoft word|powerpoint[ -]pr[äe]sentation|"
    r"presentation|präsentation|présentation powerpoint|title|titel|unknown|template|normal)[\s\d-]*(?:- .*)?"
    r"|.*\.(?:docx?|odt|rtf|pptx?|txt|dotx?|indd|qxd|pdf)",
    re.IGNORECASE,
)
"""Titles that programs fill in: the name of the file or of the template."""
_FILLED_AUTHOR = re.compile(
    r"(?:python-(?:docx|pptx)|microsoft office.*|(?:windows )?(?:user|benutzer|utilisateur|usuario)|admin|administrator|author|"
    r"autor|unknown|unbekannt|owner|root|libreoffice.*|openoffice.*|apache poi|calibre.*|.*@.*)",
    re.IGNORECASE,
)

_Value = TypeVar("_Value")


def document_meta(
    *,
    title: str | None = None,
    author: str | None = None,
    published: str | None = None,
    language: str | None = None,
    tags: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
) -> ArticleMeta:
    """The metadata that say something. A value that can't be read is left out, since a program wrote it."""
    names = " ".join((author or "").split())
    return ArticleMeta(
        title=stated_title(title),
        author=_read(as_author, names) if names and not _FILLED_AUTHOR.fullmatch(names) else None,
        published=_read(as_date, published),
        language=_read(as_language, language),
        tags=_read(as_tags, tags) or (),
        outlet=" ".join((outlet or "").split()) or None,
        url=_read(as_url, url),
    )


def stated_title(title: str | None) -> str | None:
    """The title on one line; None if a program filled it in."""
    shown = " ".join((title or "").split())
    return None if not shown or _FILLED_TITLE.fullmatch(shown) else shown


def _read(read: Callable[[str], _Value], value: str | None) -> _Value | None:
    if value and value.strip():
        with suppress(ValueError):
            return read(value)
    return None
