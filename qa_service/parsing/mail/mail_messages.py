"""Turns a mail message into articles: its text without signature and quoted replies, and what is attached to it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TypeVar, cast

from qa_service.errors import UnreadableSource
from qa_service.parsing.cleaning.decoding import decode
from qa_service.parsing.facts.metadata import as_date, as_language, as_url, find_date
from qa_service.parsing.facts.stated import stated_in, take_stated
from qa_service.parsing.formats import PLAIN, SourceInfo
from qa_service.parsing.mail.forwarding import forwarded
from qa_service.parsing.mail.mail_text import without_flow, without_footer, without_wrapping
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["message_drafts", "whole_body"]

T = TypeVar("T")

MOST_ATTACHED = 50
DEEPEST = 4
"""Messages in messages that are read."""
FEWEST_OF_HTML = 0.6
"""The part in HTML is read if its text has at least this share of the characters of the plain part."""
_PREFIX = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw|odp)(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_FORWARD = re.compile(r"(?:re:\s*)?(?:fwd?|wg|tr|rv|i|doorst|enc|pd)(?:\[\d+\])?:", re.IGNORECASE)
_ADDRESS = re.compile(r"[<\[(][^<>\[\]()]*@[^<>\[\]()]*[>\])]|\S+@\S+")
_TABLES = frozenset({"csv_rows", "spreadsheet", "json_articles", "json_lines"})
"""Formats whose articles come from many authors."""
MOST_NOTE_WORDS = 40
"""Words of a person's note beside an attachment. A longer text, or a newsletter, is an article."""
_ROLE = re.compile(
    r"(?:no-?reply|news|newsletter|info|press|presse|editor|redaktion|redaction|hello|briefing|digest|alerts?|mailing"
    r"|updates?|service|contact|kontakt|bounce|notifications?)\b",
    re.IGNORECASE,
)
"""The first part of an address that belongs to no person."""


def message_drafts(message: EmailMessage, source: SourceInfo, deep: int = 0) -> Iterator[ArticleDraft]:
    """Yields the article of a message if it has a text, then those of attached messages and documents."""
    text, original = _body(message, source)
    meta = _original_meta(_meta(message), original)
    attached = _attachments(message, meta, source, deep)
    first = next(attached, None)
    is_note = first is not None and meta.outlet is None and len(text.split()) <= MOST_NOTE_WORDS
    if text and not is_note:
        yield _with_sender(ArticleDraft(text, meta=replace(meta, author=None), cleaning=Cleaning.DOCUMENT), meta)
    if first is not None:
        yield first
        yield from attached


def _attachments(message: EmailMessage, meta: ArticleMeta, source: SourceInfo, deep: int) -> Iterator[ArticleDraft]:
    """The articles of attached messages and documents. `meta` is that of the message."""
    if deep >= DEEPEST:
        source.warn("messages inside messages are nested too deeply; the innermost are not read.")
        return
    for number, part in enumerate(_attached(message), 1):
        if number > MOST_ATTACHED:
            source.warn(f"only the first {MOST_ATTACHED} attachments are read.")
            return
        if part.get_content_type() == "message/rfc822":
            for inner in part.iter_parts() if part.is_multipart() else ():
                yield from message_drafts(cast(EmailMessage, inner), source, deep + 1)
        else:
            yield from _document(part, meta, source)


def whole_body(message: EmailMessage, source: SourceInfo) -> str:
    """The text of the part that `message_drafts` reads, with what it leaves out."""
    plain = without_wrapping(_plain(message.get_body(("plain",)), source))
    markup = message.get_body(("html",))
    if markup is None:
        return plain
    from qa_service.parsing.markup.markup import fragment_text

    html = fragment_text(_decoded(cast(EmailMessage, markup), source))
    return html if len(html) >= FEWEST_OF_HTML * len(plain) else plain


def _body(message: EmailMessage, source: SourceInfo) -> tuple[str, Mapping[str, str]]:
    """The text of the part that reads better: the one in HTML, unless it says much less than the plain one.

    With the headers of the message that it forwards.
    """
    is_forward = bool(_FORWARD.match(_header(message, "Subject")))
    plain, headers = _original(_plain(message.get_body(("plain",)), source), is_forward)
    plain = without_wrapping(without_footer(plain))
    markup = message.get_body(("html",))
    if markup is None:
        return plain, headers
    from qa_service.parsing.markup.markup import fragment_text

    html, html_headers = _original(fragment_text(_decoded(cast(EmailMessage, markup), source)), is_forward)
    html = without_footer(html)
    return (html, html_headers or headers) if len(html) >= FEWEST_OF_HTML * len(plain) else (plain, headers)


def _original(text: str, is_forward: bool) -> tuple[str, Mapping[str, str]]:
    found = forwarded(text, is_forward=is_forward)
    return (found.text, found.headers) if found is not None else (text, {})


def _plain(part: object, source: SourceInfo) -> str:
    if part is None:
        return ""
    part = cast(EmailMessage, part)
    text = _decoded(part, source).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = without_flow(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _decoded(part: EmailMessage, source: SourceInfo) -> str:
    """The text of a part. A charset that does not exist or is wrong is found by the content."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes) or not raw.strip():
        return ""
    with suppress(LookupError, UnicodeDecodeError):
        charset = part.get_content_charset()
        if charset is not None:
            return raw.decode("cp1252" if charset in ("iso-8859-1", "us-ascii") else charset)
    try:
        return decode(raw, source.name)
    except UnreadableSource:
        return ""


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that are no part of the body: attachments, and messages that are forwarded."""
    if not message.is_multipart():
        return
    for part in message.iter_attachments() if message.get_content_maintype() == "multipart" else ():
        if part.get_content_maintype() == "multipart":
            yield from _attached(part)
        else:
            yield part


def _document(part: EmailMessage, meta: ArticleMeta, source: SourceInfo) -> Iterator[ArticleDraft]:
    """The articles of an attached document of a known format. Pictures and other files are left out.

    The sender and the day of the mail are those of a document that states none. Rows of a table are by others.
    """
    from qa_service.parsing.detect import detect_format

    name = part.get_filename()
    raw = part.get_payload(decode=True)
    if not name or not isinstance(raw, bytes) or part.get_content_maintype() in ("image", "audio", "video", "font"):
        return
    about = replace(source, name=f"{source.name}/{name}")
    file = io.BytesIO(raw)
    try:
        kind = detect_format(file, about)
        if kind is PLAIN and (part.get_content_type() == "text/calendar" or b"\0" in raw):
            return
        for draft in kind.read(file, about):
            yield draft if kind.module in _TABLES else _with_sender(draft, meta)
    except UnreadableSource as error:
        source.warn(f"attachment {name!r} is not read: {error.message.removeprefix(about.name).lstrip(': ')}")


def _with_sender(draft: ArticleDraft, sent: ArticleMeta) -> ArticleDraft:
    """The draft with the author and day of the mail, where neither it nor its text states them."""
    stated = stated_in(draft.text).or_else(take_stated(draft.text.split("\n"))[0])
    meta = draft.meta
    author = meta.author or (None if stated.author else sent.author)
    published = meta.published or (None if stated.published else sent.published)
    return replace(draft, meta=replace(meta, author=author, published=published))


def _original_meta(meta: ArticleMeta, headers: Mapping[str, str]) -> ArticleMeta:
    """The metadata of a message that forwards another: those of the other, by its headers."""
    if not headers:
        return meta
    name = _ADDRESS.sub("", headers.get("from", "")).strip(" \"',;") or None
    title = _PREFIX.sub("", headers.get("subject", ""), count=1).strip() or meta.title
    day = find_date(headers.get("date", ""))
    return replace(meta, title=title, author=name, outlet=None, published=day or meta.published)


def _meta(message: EmailMessage) -> ArticleMeta:
    """The subject as title, the day of sending, and the sender: a person as author, a newsletter as outlet."""
    name, address = _sender(message)
    is_list = any(message.get(header) for header in ("List-Id", "List-Unsubscribe", "X-Campaign", "Feedback-ID"))
    is_outlet = is_list or bool(_ROLE.match(address))
    return ArticleMeta(
        title=_PREFIX.sub("", _header(message, "Subject"), count=1) or None,
        outlet=name if name and is_outlet else None,
        author=name if name and not is_outlet else None,
        published=_checked(as_date, _header(message, "Date")),
        language=_checked(as_language, _header(message, "Content-Language").partition(",")[0]),
        url=_checked(as_url, _header(message, "Archived-At").strip("<>")),
    )


def _sender(message: EmailMessage) -> tuple[str | None, str]:
    name, address = parseaddr(_header(message, "From"))
    return " ".join(name.split()).strip("\"'") or None, address


def _header(message: EmailMessage, name: str) -> str:
    """A header's text; empty if it is missing or malformed."""
    try:
        value = str(message.get(name) or "")
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):  # the parser of malformed headers
        return ""
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").split())


def _checked(check: Callable[[object], T], value: str) -> T | None:
    try:
        return check(value)
    except ValueError:
        return None
