"""Refusals of a request's fields, in the same words on every interface."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NoReturn, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.options.schema_base import request_named

__all__ = ["encodable", "refuse_fields"]

KIND_MESSAGES = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_unicode": "contains a lone surrogate, which no text can",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}

Location = Sequence[int | str]


def refuse_fields(error: ValidationError) -> NoReturn:
    """Refuse a request for the first of its errors.

    Raises:
        InvalidInput: always; `param` is the field, with dots for nesting.
    """
    first = error.errors(include_url=False, include_context=True)[0]
    location = first["loc"]
    param = ".".join(encodable(str(part)) for part in location) or None
    holder = _holder(request_named(error.title), location)
    said = _sentence(first, holder.model_fields if holder else {})
    raise InvalidInput(f"{param or 'The request'}: {said}", param=param) from None


def _sentence(first: Any, fields: dict[str, FieldInfo]) -> str:
    """What is wrong; `fields` are those beside the one at fault."""
    kind, name = first["type"], str(first["loc"][-1]) if first["loc"] else ""
    if kind == "extra_forbidden":
        return f"there is no such field{did_you_mean(name, fields)}"
    if first["input"] is None and kind in KIND_MESSAGES and kind != "missing":
        return f"{KIND_MESSAGES[kind]}, not null{_instead(fields.get(name))}."
    if kind == "value_error":
        return f"{first['msg'].removeprefix('Value error, ')}."
    if kind == "literal_error":
        return f"must be {first['ctx']['expected']}."
    if kind == "too_short" and not first["ctx"]["actual_length"]:
        least = first["ctx"]["min_length"]
        return f"must have at least {least} item{'' if least == 1 else 's'}, but is empty."
    said = re.sub("^(Input|String|List) should", "must", first["msg"]).replace(" after validation", "")
    return f"{KIND_MESSAGES.get(kind) or said}."


def encodable(value: str) -> str:
    """`value` without lone surrogates, which UTF-8 cannot carry: a client may send one in a field's name."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _instead(field: FieldInfo | None) -> str:
    """What to send in place of null."""
    if field is None or field.is_required():
        return ""
    bounds = {kind: getattr(one, kind) for one in field.metadata for kind in ("ge", "le") if hasattr(one, kind)}
    return ": leave it out" + (f" or give {bounds['ge']} to {bounds['le']}" if len(bounds) == 2 else "")


def _holder(model: type[BaseModel] | None, location: Location) -> type[BaseModel] | None:
    """The model that holds the field at `location`; None if it is not known."""
    for part in location[:-1]:
        if model is not None and isinstance(part, str):
            field = model.model_fields.get(part)
            if field is not None:  # else a key of a dict of models
                model = _model_in(field.annotation)
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as `list[Model] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
