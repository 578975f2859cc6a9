"""Decodes bytes of any encoding to text. Refuses binary files."""

from __future__ import annotations

import codecs
import unicodedata

import regex

from qa_service.errors import UnreadableSource
from qa_service.parsing.cleaning.encodings import decode_legacy

__all__ = ["decode"]

_BOMS: tuple[tuple[bytes, str], ...] = (
    # UTF-32 first: its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "a PDF": (b"%PDF-",),
    "a picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    "an archive or an office document": (b"PK\x03\x04",),
    "an office document": (b"\xd0\xcf\x11\xe0",),
    "an RTF document": (b"{\\rtf",),
    "a compressed file": (b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
    "an archive": (b"7z\xbc\xaf", b"Rar!"),
}
"""First bytes of binary formats, which may hold no NUL byte."""

MOST_ASCII = 0.75
"""Bytes with a larger share of ASCII are neither UTF-16 nor UTF-32."""
MOST_CONTROLS = 1 / 200
"""A text with a larger share of control characters is binary, unless it has only one."""
WELL_FORMED_PER_DAMAGED = 4
"""Minimum multi-byte UTF-8 sequences per damaged byte of damaged UTF-8."""

_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SEPARATOR = regex.compile(r"[\s.,،。、，]")


def decode(raw: bytes, name: str) -> str:
    """The text of a file, without its byte order mark.

    It tries UTF-8 first, then the encodings of `decode_legacy`. Damaged bytes of UTF-8 become U+FFFD. Few NUL bytes are
    left out.

    Raises:
        UnreadableSource: the file is empty or binary, or no encoding fits.
    """
    if not raw:
        raise UnreadableSource(f"{name}: is empty.", param=name)
    kind = next((kind for kind, signatures in _SIGNATURES.items() if raw.startswith(signatures)), None)
    if kind is not None:
        raise UnreadableSource(f"{name}: is {kind}, not text. Save it as plain text.", param=name)
    text = _decode(raw)
    if text is None and b"\0" not in raw:
        raise UnreadableSource(f"{name}: its encoding is unknown. Save it as UTF-8.", param=name)
    if text is None or len(_CONTROL.findall(text)) > max(1, MOST_CONTROLS * len(text)):
        raise UnreadableSource(f"{name}: is binary, not text.", param=name)
    return text


def _decode(raw: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if raw.startswith(mark) and (text := _strictly(raw[len(mark) :], encoding)) is not None:
            return text
    if b"\0" in raw:
        wide = _wide(raw)
        is_stray = raw.count(b"\0") <= MOST_CONTROLS * len(raw)
        return _decode(raw.replace(b"\0", b"")) if wide is None and is_stray else wide
    is_iso_2022 = b"\x1b" in raw and raw.isascii()  # writes other scripts as ASCII with escapes
    if not is_iso_2022 and (text := _strictly(raw, "utf-8")) is not None:
        return text
    return _damaged_utf8(raw) or decode_legacy(raw)


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(raw: bytes) -> str | None:
    """Text of UTF-32 or UTF-16 without a mark: all characters are assigned, and it has words like a text. Else None."""
    if sum(0x20 <= byte < 0x7F for byte in raw) > MOST_ASCII * len(raw):
        return None
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = _strictly(raw, encoding)
        if text and _is_plausible(text):
            return text
    return None


def _is_plausible(text: str) -> bool:
    head = text[:10_000]
    if any(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and not c.isspace() for c in head):
        return False
    ascii_share = sum(c.isascii() for c in head) / len(head)
    return ascii_share > 0.5 or len(_SEPARATOR.findall(head)) > len(head) / 50


def _damaged_utf8(raw: bytes) -> str | None:
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    damaged = text.count("\ufffd")
    well_formed = sum(not c.isascii() for c in text) - damaged
    is_cut_off = damaged == 1 and text.endswith("\ufffd")
    needed = 1 if is_cut_off else WELL_FORMED_PER_DAMAGED * damaged
    return text if damaged and well_formed >= needed else None
