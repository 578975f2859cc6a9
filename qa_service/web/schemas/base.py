"""What every response shares."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

__all__ = ["ResponseModel"]


class ResponseModel(BaseModel):
    """Base of every response. Fields are read from a record by name, by alias where the contract renames them."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True, validate_by_name=True)

    @classmethod
    def of(cls, record: Any) -> Self:
        return cls.model_validate(record)
