"""Decodes web pages and feeds, which declare their encoding, and often the wrong one."""

from __future__ import annotations

import codecs
import re

from qa_service.parsing.cleaning.decoding import decode

__all__ = ["decode_markup"]

PRESCAN = 4096
"""Bytes in which the declaration stands. Browsers look at 1 024; saved pages have comments above it."""
WELL_FORMED_PER_DAMAGED = 4
"""Minimum multi-byte UTF-8 sequences per damaged byte of a page that is UTF-8 whatever it declares."""

_XML = re.compile(rb"\A\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_BROWSERS = {
    # What the name means on the web (https://encoding.spec.whatwg.org), by Python's name of the codec.
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}


def decode_markup(raw: bytes, name: str = "the page") -> str:
    """The text of an HTML or XML document.

    A byte order mark decides, then well-formed UTF-8, then the declared encoding if the bytes fit it. Otherwise the
    encoding is detected.

    Raises:
        UnreadableSource: the bytes are empty or binary, or no encoding fits.
    """
    declared = None if raw.startswith(_BOMS) else _declared(raw)
    if declared is not None and not _is_utf8(raw, declared):
        try:
            text = raw.decode(declared)
        except (UnicodeDecodeError, LookupError):
            text = raw.decode(declared, "replace") if _barely_damaged(raw, declared) else ""
        if text and "\0" not in text:
            return text
    return decode(raw, name)


def _declared(raw: bytes) -> str | None:
    """Python's name of the declared encoding; None for UTF-8 and for unknown names."""
    head = raw[:PRESCAN]
    found = _XML.match(head) or _META.search(head)
    if found is None:
        return None
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return None
    if not getattr(codec, "_is_text_encoding", True):
        return None
    codec_name = _AS_BROWSERS.get(codec.name, codec.name)
    # A declaration in ASCII letters cannot be in UTF-16.
    return None if codec_name.startswith(("utf", "idna", "punycode", "unicode", "raw")) else codec_name


def _is_utf8(raw: bytes, declared: str) -> bool:
    """Whether the bytes beyond ASCII are UTF-8, with hardly any damage, whatever the page declares."""
    if declared.startswith(("iso2022", "hz")):
        return False  # these need ASCII bytes only
    high = len(_HIGH.findall(raw))
    if not high:
        return False
    sequences = _MULTIBYTE.findall(raw)
    damaged = high - sum(map(len, sequences))
    return len(sequences) >= WELL_FORMED_PER_DAMAGED * damaged


def _barely_damaged(raw: bytes, declared: str) -> bool:
    """Whether a few bytes alone do not fit the declared encoding of several bytes a character."""
    try:
        text = raw.decode(declared, "replace")
    except LookupError:
        return False
    return text.count("\ufffd") * 50 <= len(_HIGH.findall(raw))
