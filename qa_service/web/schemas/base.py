"""What every response shares."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

__all__ = ["DescribedOnce", "ResponseModel"]


class DescribedOnce(BaseModel):
    """Its JSON schema is made once: each route asks for that of every error it may answer with, a hundred times when a
    server starts."""

    @classmethod
    def model_json_schema(cls, *arguments: Any, **named: Any) -> dict[str, Any]:
        return deepcopy(cls._described(*arguments, **named))

    @classmethod
    @cache
    def _described(cls, *arguments: Any, **named: Any) -> dict[str, Any]:
        return super().model_json_schema(*arguments, **named)


class ResponseModel(DescribedOnce):
    """Base of every response. Fields are read from a record by name, by alias where the contract renames them."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True, validate_by_name=True)

    @classmethod
    def of(cls, record: Any) -> Self:
        return cls.model_validate(record)
