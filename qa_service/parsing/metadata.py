"""Checks metadata that people write. Each check returns the value, or raises ValueError with what it expects."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import urlsplit

__all__ = ["as_date", "as_language", "as_text", "as_url"]

_LANGUAGE = re.compile(r"[a-z]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")


def as_text(value: object) -> str:
    """The string without surrounding white space. Refuses an empty one."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    if _SURROGATE.search(value):
        raise ValueError("holds half of a surrogate pair, which is not a character")
    return value.strip()


def as_date(value: object) -> date:
    """The date of a date, a datetime or a text in ISO 8601. The day of a datetime stays as written."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = as_text(value)
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise ValueError("must be a date such as 2025-06-07") from None


def as_language(value: object) -> str:
    """The two-letter ISO 639-1 code, without a region: "en-GB" gives "en"."""
    language = re.split("[-_]", as_text(value))[0].lower()
    if not _LANGUAGE.fullmatch(language):
        raise ValueError("must be a two-letter language code such as en")
    return language


def as_url(value: object) -> str:
    """An http or https address. Citations link to it, so other schemes are refused."""
    url = as_text(value)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in url):
        raise ValueError("must be an address that begins with http:// or https://")
    return url
