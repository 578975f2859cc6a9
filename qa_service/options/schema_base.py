"""Base classes of requests and responses."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from types import SimpleNamespace
from typing import Any, Self

import orjson
from pydantic import BaseModel, ConfigDict

__all__ = ["DescribedOnce", "Request", "RequestModel", "ResponseModel", "request_named"]

_REQUESTS: dict[str, type[BaseModel]] = {}
"""By name: pydantic's errors name a class, and a refusal needs its fields."""


class DescribedOnce(BaseModel):
    """Caches its JSON schema. flask-openapi3 asks for the same schemas for each route and at each GET request."""

    @classmethod
    def model_json_schema(cls, *arguments: Any, **named: Any) -> dict[str, Any]:
        schema: dict[str, Any] = orjson.loads(cls._described(*arguments, **named))
        return schema  # a new dict for each caller, because some change it

    @classmethod
    @cache
    def _described(cls, *arguments: Any, **named: Any) -> bytes:
        return orjson.dumps(super().model_json_schema(*arguments, **named))


class Request(DescribedOnce):
    """Base of all requests."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        _REQUESTS[cls.__name__] = cls


class RequestModel(Request):
    """Base of requests in our own contract: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


def request_named(name: str) -> type[BaseModel] | None:
    """The request class of that name, if there is one."""
    return _REQUESTS.get(name)


class ResponseModel(DescribedOnce):
    """Base of responses. Fields are read from a record by name, or by alias where the contract renames them."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True, validate_by_name=True)

    @classmethod
    def of(cls, record: Any, **more: Any) -> Self:
        """The response for a record. `more` gives the fields that the record lacks."""
        if more:
            record = SimpleNamespace(**{field.name: getattr(record, field.name) for field in fields(record)}, **more)
        return cls.model_validate(record)
