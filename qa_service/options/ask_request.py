"""Requests that ask a question, made from the tables of options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, Strict, ValidationInfo, create_model, field_validator

from qa_service.options.field_types import BODY, QUERY, Limited, QuestionText
from qa_service.options.limits import LONGEST_ANSWER
from qa_service.options.question import FILTER_OPTIONS, FLAT_OPTIONS, QUESTION_OPTIONS, Option, to_filters, to_question
from qa_service.options.schema_base import RequestModel
from qa_service.options.value_checks import not_before
from qa_service.records import Filters, Question, Turn

__all__ = ["AskBody", "AskQuery", "FiltersBody", "QuestionModel", "TurnBody", "with_options"]

M = TypeVar("M", bound=RequestModel)


def with_options(options: Iterable[Option], *, from_text: bool = False) -> Callable[[type[M]], type[M]]:
    """A class decorator that adds a field for each option. `from_text`: numbers and flags arrive as text."""

    def add(model: type[M]) -> type[M]:
        fields: dict[str, Any] = {option.name: _field(option, QUERY if from_text else BODY) for option in options}
        return create_model(
            model.__name__, __base__=model, __doc__=model.__doc__, __module__=model.__module__, **fields
        )

    return add


def _field(option: Option, types: dict[Any, Any]) -> tuple[Any, Any]:
    """Annotation and field of an option, as pydantic's `create_model` takes them."""
    if option.choices:
        annotation: Any = Literal[option.choices]
    elif option.type is str:
        annotation = Annotated[str, Limited(option.text)]
    else:
        annotation = types[option.type]
    annotation = list[annotation] if option.many else annotation
    annotation = annotation | None if option.nullable else annotation
    longest, largest = (option.most, None) if option.many else (None, option.most)
    return annotation, Field(
        _default(option), description=option.description, max_length=longest, ge=option.least, le=largest
    )


def _default(option: Option) -> Any:
    if option.nested:
        return [] if option.many else FiltersBody()
    return list(option.default) if option.many else option.default


class _DaysInOrder(RequestModel):
    @field_validator("published_to", check_fields=False)
    @classmethod
    def _in_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        return not_before(value, info.data.get("published_from"))


class QuestionModel(_DaysInOrder):
    """Base of requests whose fields are options of a question."""

    def record(self, **given: Any) -> Question:
        """The question that is asked; `given` adds options that stand elsewhere in the request."""
        return to_question({name: _plain(getattr(self, name)) for name in self.model_fields_set} | given)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.record() if isinstance(value, (FiltersBody, TurnBody)) else value


@with_options(FILTER_OPTIONS)
class FiltersBody(_DaysInOrder):
    """The articles that may answer. A list admits any of its values; an article without a field matches no filter on
    that field."""

    def __deepcopy__(self, memo: Any = None) -> Self:
        return self  # pydantic copies the default of `filters` for each question, and filters never change

    def record(self) -> Filters:
        return to_filters({name: getattr(self, name) for name in self.model_fields_set})


class TurnBody(RequestModel):
    """An earlier question, and the text that answered it."""

    question: QuestionText = Field(description=next(o.help for o in QUESTION_OPTIONS if o.name == "question"))
    answer: Annotated[str, Strict(), Field(max_length=LONGEST_ANSWER)] | None = None

    def record(self) -> Turn:
        return Turn(self.question, self.answer or None)


BODY |= {Filters: FiltersBody, Turn: TurnBody}


@with_options(QUESTION_OPTIONS)
class AskBody(QuestionModel):
    """A question. Only `question` is required."""


@with_options(FLAT_OPTIONS, from_text=True)
class AskQuery(QuestionModel):
    """A question in a query string. Filters that are lists may be repeated."""
