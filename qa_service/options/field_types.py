"""Types of request fields. A body is read strictly; a query string holds text alone, so its numbers are parsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, Strict
from pydantic.config import JsonDict
from pydantic_core import CoreSchema

from qa_service.options.value_checks import COLLECTION, LANGUAGE, QUESTION, WORD, Text, day, flag, number, whole_number

__all__ = [
    "BODY",
    "QUERY",
    "BodyFloat",
    "BodyInt",
    "CollectionName",
    "Day",
    "FilterText",
    "Language",
    "Limited",
    "QueryFloat",
    "QueryInt",
    "QuestionText",
]


@dataclass(frozen=True, slots=True)
class Limited:
    """Annotation of a str: it must be a `text`."""

    text: Text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = self.text
        extra: JsonDict | None = None if text.pattern is None else {"pattern": text.pattern}
        limits = Field(min_length=text.least, max_length=text.most, description=text.about, json_schema_extra=extra)
        checks = () if text.check is None else (AfterValidator(text.check),)
        return handler.generate_schema(Annotated[(str, Strict(), limits, *checks)])


BodyFloat = Annotated[float, Strict()]
BodyInt = Annotated[int, Strict()]
QueryFloat = Annotated[float, BeforeValidator(number, json_schema_input_type=float)]
QueryInt = Annotated[int, BeforeValidator(whole_number, json_schema_input_type=int)]
Day = Annotated[date, BeforeValidator(day, json_schema_input_type=date)]
BODY: dict[Any, Any] = {int: BodyInt, float: BodyFloat, bool: Annotated[bool, Strict()], date: Day}
"""The annotation of each type in a body."""
QUERY: dict[Any, Any] = {
    int: QueryInt,
    float: QueryFloat,
    bool: Annotated[bool, BeforeValidator(flag, json_schema_input_type=bool)],
    date: Day,
}
"""The annotation of each type in a query string."""

CollectionName = Annotated[str, Limited(COLLECTION)]
FilterText = Annotated[str, Limited(WORD)]
Language = Annotated[str, Limited(LANGUAGE)]
QuestionText = Annotated[str, Limited(QUESTION)]
