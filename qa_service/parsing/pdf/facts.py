"""What a PDF says of its article: title, author, date, language, tags, address."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import regex

from qa_service.parsing.cleaning.headlines import is_byline
from qa_service.parsing.cleaning.lines import ends_with_stop
from qa_service.parsing.facts.metadata import as_language, as_tags, as_url, find_date
from qa_service.parsing.pdf.blocks import Block
from qa_service.parsing.pdf.running import Dropped
from qa_service.records import ArticleMeta

__all__ = ["DocumentFacts", "article_meta", "document_facts"]

HEAD_BLOCKS = 12
"""Blocks at the beginning of an article that may be its headline, byline and date."""
_LONGEST_TITLE = 300
_MOST_WORDS_WITH_DATE = 16
_LARGER = 1.1
_NO_TITLE = regex.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\s*-.*|untitled.*|unbenannt.*|document\s?\d*|dokument\s?\d*|print"
    r"|(?:new|neues) document|about:blank|[^\s]+\.\w{2,5}|.*\.(?:docx?|odt|rtf|pdf|indd|qxd|tex|dvi|html?|txt|pages)"
    r"|[\w]*[_\d][\w]*|(?:file|https?)://.*)",
    regex.IGNORECASE,
)
_BARE_WORD = regex.compile(r"\p{Latin}+")
"""A title such as "scan", which a program or a hurried person gave. The headline on the page says more."""
_NO_AUTHOR = regex.compile(
    r"(?:\p{Ll}[\p{Ll}\d._-]*|(?i:user|admin(?:istrator)?|owner|root|unknown|anonymous|author|guest"
    r"|microsoft(?: office user)?|office|windows user)|.*@.*|.*\d.*|\W*)"
)
_BY = regex.compile(
    r"(?:by|par|von|por|di|door|av|af|przez|автор(?: текста)?:?|текст:?|بقلم|كتب|كتبت|作者[:：]?|记者|文[:：／/])\s*",
    regex.IGNORECASE,
)
_PART = regex.compile(r"\s+[|·•–—]\s+|\s*\|\s*")
_UPDATED = regex.compile(
    r"(?:last )?(?:updated|modified|revised)|aktualisiert|mise? à jour|modifié|actualizado|aggiornato"
    r"|обновлено|آخر تحديث",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the file itself states, apart from its pages."""

    title: str | None = None
    author: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()


def document_facts(document: pdfium.PdfDocument) -> DocumentFacts:
    """The usable fields of the document information.

    The creation date is left out. It is the day of printing or saving: a fact about the file, not about the article.
    """
    info = {name: _information(document, name) for name in ("Title", "Author", "Keywords")}
    title, author = info.get("Title", ""), info.get("Author", "")
    author = author.strip("'\"[]() ")
    return DocumentFacts(
        title=title if title and len(title) <= _LONGEST_TITLE and not _NO_TITLE.fullmatch(title) else None,
        author=author if author and len(author) < 200 and not _NO_AUTHOR.fullmatch(author) else None,
        language=_language(document),
        tags=as_tags(info.get("Keywords", "")) if info.get("Keywords", "") else (),
    )


def _information(document: pdfium.PdfDocument, name: str) -> str:
    """A value of the document information on one line; empty if it is missing or damaged."""
    try:
        return " ".join(document.get_metadata_value(name).replace("\0", " ").split())
    except UnicodeDecodeError:
        return ""


def article_meta(
    facts: DocumentFacts, head: Sequence[Block], dropped: Dropped, title: str | None = None
) -> ArticleMeta:
    """The metadata of an article, from the file and from the first blocks of its text.

    `title` is that of the article within the document, where the document has several. What is printed at the head of
    the article comes before what the file states of its author and date.
    """
    headline = _headline(head)
    outlet = None
    stated = title or facts.title
    if stated is None or (headline is not None and title is None and _BARE_WORD.fullmatch(stated)):
        stated = headline.text if headline else None
    elif headline is not None:
        stated, outlet = _without_outlet(stated, headline.text)
        if _plain(stated) != _plain(headline.text) and any(_plain(stated) in _plain(line) for line in dropped.lines):
            stated, outlet = headline.text, stated  # the name of a newspaper, which stands on each page
    author, published, updated = _printed(head, headline)
    if published is None and not dropped.printed:
        days = [found for line in dropped.lines if (found := find_date(line)) is not None]
        published = days[0] if days and len(set(days)) == 1 else None
    return ArticleMeta(
        title=stated,
        outlet=outlet,
        author=author or facts.author,
        published=published,
        updated=updated,
        language=facts.language,
        url=_address(dropped.address),
        tags=facts.tags,
    )


def _headline(head: Sequence[Block]) -> Block | None:
    """The largest of the first blocks, if it is larger than the text."""
    text = [block.size for block in head if block.lines > 2] or [block.size for block in head]
    headings = [block for block in head if block.kind == "heading"]
    large = [block for block in headings if len(block.text) <= _LONGEST_TITLE and block.lines < 7]
    if not large:
        return None
    largest = max(large, key=lambda block: block.size)
    if largest.size < _LARGER * min(text) and not (largest is head[0] and largest.bold):
        return None
    return largest if regex.search(r"\p{L}{2}", largest.text) else None


def _without_outlet(title: str, headline: str) -> tuple[str, str | None]:
    """Title and outlet of a title such as "Harbour reopens - The Bay Times", whose first part is the headline."""
    found = regex.fullmatch(r"(.+?)\s+[|\-–—·:]\s+([^|–—·]{2,60})", title)
    if found and _plain(found[1]) == _plain(headline):
        return found[1], found[2]
    return title, None


def _plain(text: str) -> str:
    return regex.sub(r"[\s\p{P}]+", "", text).casefold()


def _printed(head: Sequence[Block], headline: Block | None) -> tuple[str | None, date | None, date | None]:
    """Author, day of publication and of the last change, from short lines between headline and text."""
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    for block in head:
        if block is headline:
            continue
        if block.kind == "table" or block.lines > 2 or len(block.text.split()) > _MOST_WORDS_WITH_DATE:
            if author or published or (headline is not None and block.lines > 3):
                break
            continue
        for part in _PART.split(block.text):
            if author is None and is_byline(part):
                author = _name(part)
            day = find_date(part) if regex.search(r"\d", part) and not ends_with_stop(part.rstrip(".")) else None
            if day is not None and _UPDATED.search(part):
                updated = updated or day
            elif day is not None:
                published = published or day
    return author, published, updated


def _name(byline: str) -> str | None:
    name = _BY.sub("", byline, count=1).split(",")[0].strip()
    return name if name and not regex.search(r"\d", name) else None


def _language(document: pdfium.PdfDocument) -> str | None:
    length = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < length < 100:
        return None
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    try:
        return as_language(buffer.raw.decode("utf-16-le", "replace").rstrip("\0"))
    except ValueError:
        return None


def _address(address: str | None) -> str | None:
    try:
        return as_url(address) if address else None
    except ValueError:
        return None
