"""Questions of the Python API, checked by the table of options as requests over HTTP are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.options.question import FILTER_OPTIONS, QUESTION_OPTIONS, Option, to_question
from qa_service.options.value_checks import day, not_before
from qa_service.records import Filters, Question

__all__ = ["checked_question"]

KINDS: dict[Any, tuple[Any, str]] = {
    str: (str, "a text"),
    bool: (bool, "True or False"),
    int: (int, "a whole number"),
    float: ((int, float), "a number"),
}


def checked_question(question: Question | str, options: Mapping[str, Any]) -> Question:
    """The question with these options; an option replaces the same option of a `Question`.

    Raises:
        InvalidInput: an option does not exist or has a wrong value. `param` names it.
    """
    if not isinstance(question, Question):
        return to_question(_checked({"question": question, **options}, _QUESTION, ""))
    given = _set_fields(question, _QUESTION)
    checked = _checked({**given, **options}, _QUESTION, "")
    return question if checked == given else to_question(checked)


_QUESTION = {option.name: option for option in QUESTION_OPTIONS}
_FILTERS = {option.name: option for option in FILTER_OPTIONS}


def _set_fields(record: Question | Filters, options: Mapping[str, Option]) -> dict[str, Any]:
    """The fields of a record that differ from their defaults. Defaults need no check."""
    return {name: value for name, option in options.items() if (value := getattr(record, name)) is not option.default}


def _checked(values: Mapping[str, Any], known: Mapping[str, Option], inside: str) -> dict[str, Any]:
    for name in values:
        if name not in known:
            raise InvalidInput(f"There is no option {inside}{name}{did_you_mean(name, known)}", param=f"{inside}{name}")
    checked = {}
    for name, value in values.items():
        try:
            checked[name] = _value(known[name], value)
        except ValueError as error:
            raise InvalidInput(f"{inside}{name}: {error}.", param=f"{inside}{name}") from None
    return checked


def _value(option: Option, value: Any) -> Any:
    if value is None and option.nullable:
        return None
    if option.type is Filters:
        return _filters(value)
    if not option.many:
        return _one(option, value)
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list or a tuple, not {value!r:.80}")
    if option.most is not None and len(value) > option.most:
        raise ValueError(f"must have at most {option.most} values, not {len(value)}")
    return tuple(_one(option, one) for one in value)


def _filters(value: Any) -> Filters:
    given = _set_fields(value, _FILTERS) if isinstance(value, Filters) else value
    if not isinstance(given, Mapping):
        raise ValueError(f"must be a Filters, not {value!r:.80}")
    checked = _checked(given, _FILTERS, "filters.")
    try:
        not_before(checked.get("published_to"), checked.get("published_from"))
    except ValueError as error:
        raise InvalidInput(f"filters.published_to: {error}.", param="filters.published_to") from None
    return Filters(**checked)


def _one(option: Option, value: Any) -> Any:
    if option.type is date:
        return value if isinstance(value, date) and not isinstance(value, datetime) else day(value)
    kind, called = KINDS.get(option.type, (option.type, f"a {getattr(option.type, '__name__', option.type)}"))
    if not isinstance(value, kind) or (isinstance(value, bool) and option.type is not bool):
        raise ValueError(f"must be {called}, not {value!r:.80}")
    if option.choices:
        if value not in option.choices:
            raise ValueError(f"must be {', '.join(option.choices[:-1])} or {option.choices[-1]}, not {value!r:.80}")
        return value
    if option.type is str:
        return option.text.parse(value)
    if option.type in (int, float):
        return _within(option, value)
    return value


def _within(option: Option, value: float) -> float:
    low, high = option.least, option.most
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        raise ValueError(f"must be from {low} to {high}, not {value}")
    return value
