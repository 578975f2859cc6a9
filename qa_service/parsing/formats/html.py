"""Reads web pages: HTML and XHTML as they are served or saved, and MHTML as Chromium saves a page in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import BinaryIO

from lxml import etree

from qa_service.errors import UnreadableSource
from qa_service.parsing.cleaning.lines import tidy_lines
from qa_service.parsing.cleaning.removing import clean_lines
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.charset import decode_markup
from qa_service.parsing.markup.markup import parse_markup
from qa_service.parsing.markup.markup_blocks import join_blocks, read_blocks
from qa_service.parsing.web.body import PROSE_WORDS, has_prose, page_text, part_text
from qa_service.parsing.web.facts import page_facts, story_facts
from qa_service.parsing.web.stories import stories
from qa_service.records import ArticleDraft, Cleaning

__all__ = ["read", "whole_text"]

MOST_BYTES = 64 * 1024 * 1024
MOST_CHARACTERS = 20_000_000
"""Size of the largest page, without the pictures that are saved inside it."""

SHORT_WORDS = 5
"""Words of the shortest sentence that is an article, on a page that says that it is one."""

_HEADER = re.compile(rb"\A\s*(?:From|MIME-Version|Content-Type|Snapshot-Content-Location|Subject|Date):", re.IGNORECASE)
_PICTURE = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/=\s%]{64,}")
_WHOLE = re.compile(r"<(?:html|head|body|title|meta|link|script|nav|header|footer|form|main|article)\b", re.IGNORECASE)
"""What a whole page holds. A fragment, as an editor's program exports it, is the article alone."""
_PASSWORD = re.compile(r"<input[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the article of a page, or each article of a page that holds several whole ones."""
    tree, markup, location = _tree(file, source)
    is_whole = _WHOLE.search(markup) is not None
    drafts = list(_stories(tree, location)) or list(_article(tree, location, is_whole=is_whole))
    if not drafts:
        if _PASSWORD.search(markup):
            raise _unreadable(source, "asks for a login and holds no article. Save the page while you are logged in")
        raise _unreadable(
            source, "holds no article, only navigation or a program. Save the page of one article after it is shown"
        )
    yield from drafts


def whole_text(file: BinaryIO, source: SourceInfo) -> str:
    """The text of the whole page, with menus, notices and comments."""
    return join_blocks(read_blocks(_tree(file, source)[0], whole_page=True))


def _tree(file: BinaryIO, source: SourceInfo) -> tuple[etree._Element, str, str | None]:
    """The page, its markup, and the address that it was saved from."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise _unreadable(source, f"is larger than {MOST_BYTES >> 20} MB, too large for a web page. Split it")
    raw, location = _page(raw, source) if _HEADER.match(raw[:2000]) else (raw, None)
    markup = _PICTURE.sub("", decode_markup(raw, source.name))
    if len(markup) > MOST_CHARACTERS:
        raise _unreadable(source, f"has more than {MOST_CHARACTERS:,} characters, too many for a web page. Split it")
    tree = parse_markup(markup)
    if tree is None:
        raise _unreadable(source, "holds no text")
    return tree, markup, location


def _article(tree: etree._Element, location: str | None, *, is_whole: bool) -> Iterator[ArticleDraft]:
    """The article of a page. Of a fragment, every block counts: nothing stands around the article."""
    text = _without_boilerplate(page_text(tree) if is_whole else part_text(tree))
    fewest = (SHORT_WORDS if _says_article(tree) else PROSE_WORDS) if is_whole else 1
    if has_prose(text, fewest):
        yield ArticleDraft(text, meta=page_facts(tree, text, location), cleaning=Cleaning.DOCUMENT)


def _says_article(tree: etree._Element) -> bool:
    """Whether the page says that it is an article: then a single short sentence may be one."""
    kinds = (one.get("content") or "" for one in tree.iter("meta") if one.get("property") == "og:type")
    return next(tree.iter("article"), None) is not None or "article" in kinds


def _stories(tree: etree._Element, location: str | None) -> Iterator[ArticleDraft]:
    found = stories(tree)
    if not found:
        return
    page = page_facts(tree, "", location)
    for story in found:
        text = _without_boilerplate(part_text(story))
        if has_prose(text):
            yield ArticleDraft(text, meta=story_facts(story, page, text), cleaning=Cleaning.DOCUMENT)


def _without_boilerplate(text: str) -> str:
    """The text without lines that say "Advertisement" and the like. The article stays one: no splitting."""
    return "\n".join(clean_lines(tidy_lines(text)))


def _page(raw: bytes, source: SourceInfo) -> tuple[bytes, str | None]:
    """The page in an MHTML file, and the address that it was saved from."""
    message = BytesParser().parsebytes(raw)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and body.strip():
                location = part.get("Content-Location") or message.get("Snapshot-Content-Location")
                return _declared(body, part), str(location).strip() if location else None
    raise _unreadable(source, "is a saved page (MHTML) without an HTML part. Save the page again")


def _declared(body: bytes, part: Message) -> bytes:
    """The page as UTF-8, if the header of its part says another encoding."""
    charset = part.get_content_charset()
    if charset is None or charset in ("utf-8", "us-ascii"):
        return body
    try:
        return "\ufeff".encode() + body.decode(charset).encode()
    except (UnicodeDecodeError, LookupError):
        return body


def _unreadable(source: SourceInfo, reason: str) -> UnreadableSource:
    return UnreadableSource(f"{source.name}: {reason}.", param=source.name)
