"""Detects the format of a file by its content. The name decides only where the content leaves a choice."""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import FORMATS, PLAIN, FileFormat, SourceInfo, format_of_suffix

__all__ = ["detect_format"]

HEAD = 8192
"""Bytes that are read to detect a format."""

_BY_NAME = {one.name: one for one in FORMATS}
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "is a picture. Only a document with text can be read"),
    (b"\xff\xd8\xff", "is a picture. Only a document with text can be read"),
    (b"GIF8", "is a picture. Only a document with text can be read"),
    (b"7z\xbc\xaf", "is a 7z archive. Unpack it, or make a ZIP of it"),
    (b"Rar!", "is a RAR archive. Unpack it, or make a ZIP of it"),
)
_ZIP_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"application/epub+zip", "EPUB"),
    (b"application/vnd.oasis.opendocument.text", "OpenDocument text"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"),
)
_OFFICE_FOLDERS = (("word/", "Word"), ("xl/", "spreadsheet"), ("ppt/", "PowerPoint"))
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<(?:head|body|article|meta|script|title)[\s>]", re.IGNORECASE)
_PAGE = re.compile(
    rb"(?:\s|<\?[^>]*>|<!--.*?-->|<!doctype\s+(?!html)[^\[>]*(?:\[[^\]]*\]\s*)?>)*(?:<!doctype\s+html|<html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"</(?:p|div|span|h[1-6]|li|a|figure|article|section|td)>", re.IGNORECASE)
_ANY_TAG = re.compile(rb"</?[A-Za-z][A-Za-z0-9]{0,20}(?:\s[^<>]{0,2000})?/?>")
_BLOCK = re.compile(
    rb"<(p|div|h[1-6]|ul|ol|dl|table|article|section|main|blockquote|figure|header|nav)\b[^<>]{0,500}>.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_INLINE = re.compile(rb"<(a|b|i|em|strong|span|font|u)\b[^<>]{0,500}>[^<>]{0,500}</\1\s*>|<br\s*/?>", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_CUE = re.compile(rb"\A(?:\d+\s*\r?\n)?\d{1,2}:\d{2}:\d{2}[,.]\d{3}\s*-->")
_MAIL_HEADERS = re.compile(
    rb"^(?:From|To|Subject|Date|Message-ID|Received|MIME-Version|Return-Path|Content-Type|Delivered-To|Reply-To):",
    re.IGNORECASE | re.MULTILINE,
)
_BY_SUFFIX = ("csv_rows", "json_articles", "json_lines", "mail", "mailbox")
"""Formats that a text has by its suffix, if nothing in it speaks for another. Their readers say what is wrong."""
FEWEST_HEADERS = 3
FEWEST_TAGS = 3
MARKED_UP = 0.6
"""Minimum share of a text in HTML that stands inside paragraphs and other blocks. Below it, HTML is the topic."""
INLINE = 0.15
"""The same for links, emphasis and line breaks with their texts."""


def detect_format(file: BinaryIO, source: SourceInfo) -> FileFormat:
    """The format of an open file, which is at its beginning before and after.

    Raises:
        UnreadableSource: the file is empty, or has a format that holds no text.
    """
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise UnreadableSource(f"{source.name}: is empty.", param=source.name)
    for signature, reason in _REFUSED:
        if head.startswith(signature):
            raise UnreadableSource(f"{source.name}: {reason}.", param=source.name)
    return _binary(head, file, source) or _text(head, source)


def _binary(head: bytes, file: BinaryIO, source: SourceInfo) -> FileFormat | None:
    if b"%PDF-" in head[:1024]:
        return _BY_NAME["PDF"]
    if head.startswith(b"{\\rtf"):
        return _BY_NAME["RTF"]
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(head, file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if source.suffix == ".xls":
            return _BY_NAME["spreadsheet"]
        if source.suffix == ".msg":
            raise UnreadableSource(f"{source.name}: is an Outlook message. Save it as .eml.", param=source.name)
        raise UnreadableSource(
            f"{source.name}: is an old or encrypted Office document. Save it as .docx, .odt or .pdf without password.",
            param=source.name,
        )
    return None


def _in_zip(head: bytes, file: BinaryIO) -> FileFormat | None:
    """The format of a document that is a ZIP file; None for an archive."""
    for mimetype, name in _ZIP_TYPES:
        if mimetype in head[:200]:
            return _BY_NAME[name]
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        members = []
    finally:
        file.seek(0)
    if "[Content_Types].xml" in members:
        for folder, name in _OFFICE_FOLDERS:
            if any(member.startswith(folder) for member in members):
                return _BY_NAME[name]
    return None


def _text(head: bytes, source: SourceInfo) -> FileFormat:
    head = _as_utf8(head)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    named = format_of_suffix(source.suffix)
    if start.startswith(b"WEBVTT") or _CUE.match(start):
        return _BY_NAME["subtitles"]
    if b"<office:document" in start[:2000] and b"opendocument.text" in start:
        return _BY_NAME["OpenDocument text"]
    if start.startswith(b"<") and _FEED.search(start[:2000]):
        return _BY_NAME["RSS or Atom"]
    if named is not None and named.module == "markdown" and not _PAGE.match(start):
        return named  # it may begin with an HTML element, or with front matter in JSON
    is_xml = start.startswith(b"<?xml") or (start.startswith(b"<") and source.suffix == ".xml")
    if is_xml and not _PAGE.match(start):
        return _BY_NAME["RSS or Atom"]  # its reader says what other XML is
    if start.startswith(b"<") and (_HTML.search(start) or len(_TAG.findall(start)) >= FEWEST_TAGS):
        return _BY_NAME["HTML"]
    if start.startswith(b"From ") and len(_MAIL_HEADERS.findall(start)) >= FEWEST_HEADERS:
        return _BY_NAME["mailbox"]
    headers = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    if re.match(rb"[A-Za-z-]+:", start) and len(_MAIL_HEADERS.findall(headers)) >= FEWEST_HEADERS:
        saved_page = source.suffix in (".mhtml", ".mht") or b"Blink" in headers
        return _BY_NAME["HTML" if saved_page else "mail"]
    if start.startswith(b"{"):
        lines = [line for line in start.splitlines() if line.strip()]
        several = len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[1].lstrip().startswith(b"{")
        return _BY_NAME["JSON Lines" if several or source.suffix in (".jsonl", ".ndjson") else "JSON"]
    if start.startswith(b"[") and source.suffix in (".json", ""):
        return _BY_NAME["JSON"]
    if named is not None and named.module in _BY_SUFFIX:
        return named
    if named is not None and named.module == "html" and _ANY_TAG.search(start):
        return named
    return _BY_NAME["HTML"] if _is_marked_up(start) else PLAIN


def _is_marked_up(text: bytes) -> bool:
    """Whether most of a text that does not begin with a tag is HTML, as where only the middle of a page was copied."""
    if b"<" not in text:
        return False
    for pattern, share in ((_BLOCK, MARKED_UP), (_INLINE, INLINE)):
        lengths = [m.end() - m.start() for m in pattern.finditer(text)]
        if len(lengths) >= FEWEST_TAGS and sum(lengths) >= share * len(text):
            return True
    return False


def _as_utf8(head: bytes) -> bytes:
    """The beginning of a UTF-16 text in UTF-8. Other bytes are returned as they are."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return io.BytesIO(head[: len(head) // 2 * 2]).read().decode("utf-16", "replace").encode("utf-8")
    return head
