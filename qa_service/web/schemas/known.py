"""What a request could have said in the place of what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

__all__ = ["field_at", "known_fields"]

Place = Sequence[int | str]


def known_fields(model: type[BaseModel] | None, place: Place) -> list[str]:
    """The fields that there are beside the one at `place`, as pydantic tells it; none where that is not known."""
    holder = _holder(model, place)
    return list(holder.model_fields) if holder else []


def field_at(model: type[BaseModel] | None, place: Place) -> FieldInfo | None:
    """The field itself; None where it is an item of a list, or is not known."""
    holder = _holder(model, place)
    return holder.model_fields.get(str(place[-1])) if holder and place else None


def _holder(model: type[BaseModel] | None, place: Place) -> type[BaseModel] | None:
    for part in place[:-1]:
        if model is not None and isinstance(part, str):
            field = model.model_fields.get(part)
            model = None if field is None else _model_in(field.annotation)
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as `list[Model] | None` is of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
