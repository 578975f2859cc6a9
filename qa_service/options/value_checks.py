"""Checks of single values, shared by all interfaces. Each raises ValueError; its message continues `name: …`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa_service.options.limits import LONGEST_COLLECTION, LONGEST_QUESTION, LONGEST_WORD

__all__ = [
    "COLLECTION",
    "LANGUAGE",
    "QUESTION",
    "WORD",
    "Text",
    "day",
    "flag",
    "language_code",
    "not_before",
    "not_blank",
    "number",
    "whole_number",
]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2}")


def not_blank(text: str) -> str:
    """`text` unchanged, if it is not all white space."""
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def language_code(text: str) -> str:
    """A two-letter code in lower case."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("must be a two-letter ISO 639-1 code such as en")
    return text.lower()


def day(value: Any) -> date:
    """The date that a text such as `2025-11-21` names."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise ValueError("must be a date such as 2025-11-21")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a day of the calendar") from None


def not_before(end: date | None, start: date | None) -> date | None:
    """`end` unchanged, if it is not before `start`."""
    if end is not None and start is not None and end < start:
        raise ValueError(f"{end} is before published_from, {start}")
    return end


def flag(value: Any) -> Any:
    """The bool that a text names; other values unchanged."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value.lower() not in known:
        raise ValueError("must be true or false")
    return known[value.lower()] if isinstance(value, str) else value


def whole_number(value: Any) -> Any:
    """The int that a text names; other values unchanged."""
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            raise ValueError("must be a whole number")
        return int(value)
    return value


def number(value: Any) -> Any:
    """The float that a text names; other values unchanged."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise ValueError("must be a number") from None
    return value


@dataclass(frozen=True, slots=True)
class Text:
    """A kind of text: its limits in characters, and a further check that may also change the text."""

    least: int | None = 1
    most: int | None = LONGEST_WORD
    check: Callable[[str], str] | None = None
    pattern: str | None = None
    """Regular expression for the JSON schema."""
    about: str | None = None
    """Description of an item in a list, for the JSON schema."""

    def parse(self, text: str) -> str:
        """`text`, checked."""
        if self.most is not None and len(text) > self.most:
            raise ValueError(f"must have at most {self.most} characters, not {len(text)}")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError("must be UTF-8") from None
        if self.check is not None:
            return self.check(text)
        if self.least is not None and len(text) < self.least:
            raise ValueError(f"must have at least {self.least} character{'' if self.least == 1 else 's'}")
        return text


COLLECTION = Text(most=LONGEST_COLLECTION)
LANGUAGE = Text(least=None, most=None, check=language_code, pattern=_LANGUAGE.pattern, about="ISO 639-1.")
QUESTION = Text(most=LONGEST_QUESTION, check=not_blank)
WORD = Text()
