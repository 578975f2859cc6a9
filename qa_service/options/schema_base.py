"""Base classes of requests and responses."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

__all__ = ["DescribedOnce", "Request", "RequestModel", "ResponseModel", "request_named"]

_REQUESTS: dict[str, type[BaseModel]] = {}
"""By name: pydantic's errors name a class, and a refusal needs its fields."""


class Request(BaseModel):
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


class DescribedOnce(BaseModel):
    """Caches its JSON schema: at a server's start each route asks for the schema of every error, a hundred times."""

    @classmethod
    def model_json_schema(cls, *arguments: Any, **named: Any) -> dict[str, Any]:
        return deepcopy(cls._described(*arguments, **named))

    @classmethod
    @cache
    def _described(cls, *arguments: Any, **named: Any) -> dict[str, Any]:
        return super().model_json_schema(*arguments, **named)


class ResponseModel(DescribedOnce):
    """Base of responses. Fields are read from a record by name, or by alias where the contract renames them."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True, validate_by_name=True)

    @classmethod
    def of(cls, record: Any) -> Self:
        return cls.model_validate(record)
