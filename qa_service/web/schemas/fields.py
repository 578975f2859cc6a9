"""The kinds of field that requests are made of. Bodies are read strictly; a query string has only text to offer, so its
numbers are parsed."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

__all__ = [
    "ArticleId",
    "BodyFloat",
    "BodyInt",
    "CollectionName",
    "IsoDate",
    "Language",
    "OptionalText",
    "QueryFlag",
    "QueryFloat",
    "QueryInt",
    "QuestionText",
    "RequestModel",
    "WebAddress",
    "blank_is_unknown",
    "not_before",
    "not_blank",
]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0]")


class RequestModel(BaseModel):
    """Base of every request: a field that does not exist is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def not_blank(text: str) -> str:
    """`text`, unless it is all white space (ValueError)."""
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _parse_flag(value: Any) -> Any:
    """`true` or `false` of a query string."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value.lower() not in known:
        raise ValueError("must be true or false")
    return known[value.lower()] if isinstance(value, str) else value


def _parse_integer(value: Any) -> Any:
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            raise ValueError("must be a whole number")
        return int(value)
    return value


def _parse_number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise ValueError("must be a number") from None
    return value


def _parse_date(value: Any) -> Any:
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise ValueError("must be a date such as 2025-11-21")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a day of the calendar") from None


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("must be a two-letter ISO 639-1 code such as en")
    return value.lower()


def _no_control_characters(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("must not contain control characters")
    return value


def _web_address(value: str) -> str:
    refused = ValueError("must be an http or https address, with no spaces or control characters in it")
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        raise refused from None
    if parts.scheme not in ("http", "https") or not host or _CONTROL_OR_SPACE.search(value):
        raise refused
    return value


def blank_is_unknown(value: Any) -> Any:
    """Scraped records say "" where nothing is known."""
    return None if isinstance(value, str) and not value.strip() else value


def not_before(end: date | None, start: date | None) -> date | None:
    """`end`, unless it lies before `start` (ValueError)."""
    if end is not None and start is not None and end < start:
        raise ValueError(f"{end} is before published_from, {start}")
    return end


QuestionText = Annotated[
    str,
    Strict(),
    Field(min_length=1, max_length=2000, description="1 to 2000 characters, not all blank."),
    AfterValidator(not_blank),
]
CollectionName = Annotated[str, Strict(), Field(min_length=1, max_length=128)]
ArticleId = Annotated[str, Strict(), Field(min_length=1, max_length=512), AfterValidator(_no_control_characters)]
BodyFloat = Annotated[float, Strict()]
BodyInt = Annotated[int, Strict()]
QueryFlag = Annotated[bool, BeforeValidator(_parse_flag, json_schema_input_type=bool)]
QueryFloat = Annotated[float, BeforeValidator(_parse_number, json_schema_input_type=float)]
QueryInt = Annotated[int, BeforeValidator(_parse_integer, json_schema_input_type=int)]
IsoDate = Annotated[date, BeforeValidator(_parse_date, json_schema_input_type=date)]
Language = Annotated[
    str,
    Strict(),
    Field(description="ISO 639-1.", json_schema_extra={"pattern": _LANGUAGE.pattern}),
    AfterValidator(_language),
]
WebAddress = Annotated[
    str, Strict(), Field(max_length=2048, json_schema_extra={"format": "uri"}), AfterValidator(_web_address)
]
OptionalText = Annotated[
    Annotated[str, Strict(), Field(max_length=2000)] | None,
    BeforeValidator(blank_is_unknown, json_schema_input_type=str | None),
]
