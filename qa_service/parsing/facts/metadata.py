"""Checks metadata that people write. Each check returns the value, or raises ValueError with what it expects."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit

from babel import Locale
from babel.core import get_global
from babel.localedata import exists

from qa_service.parsing.facts.dates import date_of_number, find_date, is_day_first

__all__ = ["as_author", "as_date", "as_language", "as_tags", "as_text", "as_url", "find_date", "is_day_first"]

_LANGUAGE = re.compile(r"[a-z]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMED_IN = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "sv", "da", "tr", "cs")
"""Languages in which a file may name its language, beside that language itself."""
_BY = re.compile(r"by:?\s+(?=\S)", re.IGNORECASE)
_LIST = re.compile(r"\[.*\]", re.DOTALL)
MOST_TAG_CHARACTERS = 100


def as_text(value: object) -> str:
    """The string without surrounding white space. Refuses an empty one."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    if _SURROGATE.search(value):
        raise ValueError("holds half of a surrogate pair, which is not a character")
    return value.strip()


def as_date(value: object, day_first: bool | None = None) -> date:
    """The date of a date, a datetime, a text that `find_date` reads, or a number of seconds or milliseconds since 1970.

    The day of a datetime stays as written. `day_first` reads `03/07/2023`.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, dict) and len(value) == 1:
        value = value.get("$date")  # MongoDB's export
    number = isinstance(value, int | float) and not isinstance(value, bool)
    found = date_of_number(value) if number else find_date(as_text(value), day_first)  # type: ignore[arg-type]
    if found is None:
        if not number and day_first is None and find_date(as_text(value), True) is not None:
            raise ValueError("is ambiguous: day or month first? It must be a date such as 2025-06-07")
        raise ValueError("must be a date such as 2025-06-07")
    return found


def as_language(value: object) -> str:
    """The two-letter ISO 639-1 code of a code or a name, without a region: "en-GB", "eng", "Englisch" give "en"."""
    text = re.sub(r"\(.*\)", "", as_text(value)).strip().casefold()
    code = re.split("[-_]", text)[0]
    if not _LANGUAGE.fullmatch(code):
        code = get_global("language_aliases").get(code) or _languages_by_name().get(text, "")
    if not _LANGUAGE.fullmatch(code):
        raise ValueError("must be a two-letter language code such as en")
    return code


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


def as_author(value: object) -> str:
    """The names in a text, or in a list of names or of objects with a name, separated by commas. Without "By"."""
    names = [_BY.sub("", name, count=1) if _BY.match(name) else name for name in _names(value)]
    return as_text(", ".join(dict.fromkeys(names)))


def as_tags(value: object) -> tuple[str, ...]:
    """The labels in a list, or in a text that separates them by `;`, `|` or `,`. Sorted, each once."""
    try:
        names = _names(value)
    except ValueError:
        raise ValueError("must be a text or a list: each tag must be a text") from None
    if isinstance(value, str) and len(names) == 1:
        separator = next((mark for mark in ";|\n" if mark in names[0]), ",")
        names = names[0].split(separator)
    tags = {" ".join(name.split()).removeprefix("#") for name in names} - {""}
    if any(len(tag) > MOST_TAG_CHARACTERS for tag in tags):
        raise ValueError(f"must be labels of at most {MOST_TAG_CHARACTERS} characters")
    return tuple(sorted(tags))


def _names(value: object) -> list[str]:
    """The texts in a text, an object with a name, or a list of these. A text may hold a list as JSON or Python does."""
    if isinstance(value, str) and _LIST.fullmatch(value.strip()):
        value = _parsed(value.strip())
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "term", "label", "value", "title") if value.get(key)), value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return [name for item in value if item not in (None, "", [], {}) for name in _names(item)]
    return [as_text(value)]


def _parsed(text: str) -> object:
    """The list that a text holds, else the text."""
    for parse in (json.loads, literal_eval):
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return parse(text)
    return text


@cache
def _languages_by_name() -> dict[str, str]:
    """Two-letter codes by name of the language: in the languages of `_NAMED_IN`, and in the language itself."""
    found: dict[str, str] = {}
    codes = sorted(str(code) for code in Locale.parse("en").languages if _LANGUAGE.fullmatch(str(code)))
    for spoken in (*_NAMED_IN, *filter(exists, codes)):
        names = Locale.parse(spoken).languages
        for code in codes if spoken in _NAMED_IN else (spoken,):
            if code in names:
                found.setdefault(str(names[code]).casefold(), code)
    return found
