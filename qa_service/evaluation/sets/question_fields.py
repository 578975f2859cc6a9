"""Checks of the fields of a question in any format. Each error names the place and says what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from qa_service.errors import did_you_mean
from qa_service.evaluation.sets.answer_strings import has_words
from qa_service.evaluation.sets.evaluation_question import NO_GRADES, EvaluationQuestion, GoldSpan
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.options.limits import LONGEST_QUESTION
from qa_service.options.question import FILTER_OPTIONS, Option
from qa_service.options.value_checks import LANGUAGE, not_before
from qa_service.records import Filters

MOST_GRADE = 1000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")


def question_of(
    place: FilePlace,
    names: tuple[str, str] = ("id", "question"),
    *,
    id: object,
    question: object,
    answers: tuple[str, ...] = (),
    evidence: tuple[GoldSpan, ...] = (),
    articles: Mapping[str, int] = NO_GRADES,
    passages: Mapping[str, int] = NO_GRADES,
    answerable: bool | None = None,
    filters: Filters | None = None,
    tags: tuple[str, ...] = (),
    language: str | None = None,
) -> EvaluationQuestion:
    """A question from checked parts. `id` and `question` are checked here, under the `names` of the format.

    Raises:
        InvalidInput: one of the two is wrong, an unanswerable question has gold, or no answer has a word.
    """
    known_id, text = as_id(id, place, names[0]), as_text(question, place, names[1])
    if len(text) > LONGEST_QUESTION:
        what = f"has {len(text)} characters, the service takes {LONGEST_QUESTION}. Shorten the question"
        raise place.wrong(names[1], what)
    if answerable is False:
        relevant = [[g for g in grades.values() if g > 0] for grades in (articles, passages)]
        gold = zip(("answers", "evidence", "articles", "passages"), (answers, evidence, *relevant), strict=True)
        for name, given in gold:
            if given:
                raise place.wrong("answerable", f"is false, but {name} are given. Take out one of the two")
    if answers and not any(map(has_words, answers)):
        what = f"{answers[0]!r:.80} has no word to look for: punctuation and the articles a, an, the do not count"
        raise place.wrong("answers", f"{what}. Give the answer in words, or take it out")
    return EvaluationQuestion(
        known_id, text, answers, evidence, articles, passages, answerable, filters or Filters(), tags, language, place
    )


def refuse_unknown(found: Iterable[str], known: Sequence[str], place: FilePlace, inside: str = "") -> None:
    for name in found:
        if name not in known:
            field = f"{inside}.{name}" if inside else name
            meant = did_you_mean(name, known)
            raise place.wrong(field, f"there is no such field{meant} Known are {', '.join(known)}")


def as_text(value: object, place: FilePlace, field: str) -> str:
    """The text, unchanged; it must not be blank."""
    if value is None:
        raise place.wrong(field, "is missing. Give a text")
    if not isinstance(value, str):
        how = "Put it in quotes" if isinstance(value, int | float) else "Give one text"
        raise place.wrong(field, f"must be a text (got {value!r:.80}). {how}")
    if not value.strip():
        raise place.wrong(field, "must not be blank")
    if _SURROGATE.search(value):
        raise place.wrong(field, "holds half of a surrogate pair, which is no character. Take it out")
    return value


def as_id(value: object, place: FilePlace, field: str) -> str:
    text = as_text(value, place, field)
    if _CONTROL.search(text):
        raise place.wrong(field, f"must not hold control characters (got {text!r:.80})")
    return text


def as_texts(value: object, place: FilePlace, field: str, *, distinct: bool = False) -> tuple[str, ...]:
    """The list of texts; null and an absent field are an empty list."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise place.wrong(field, f'must be a list of texts such as ["one", "two"] (got {value!r:.80})')
    texts = tuple(as_text(item, place, f"{field}[{at}]") for at, item in enumerate(value))
    if distinct and len(set(texts)) < len(texts):
        twice = Counter(texts).most_common(1)[0][0]
        raise place.wrong(field, f"{twice!r} stands there twice. Take one out")
    return texts


def as_answerable(value: object, place: FilePlace, field: str = "answerable") -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise place.wrong(field, f"must be true, false or null (got {value!r:.80})")
    return value


def as_language(value: object, place: FilePlace, field: str = "language") -> str | None:
    """Two letters of ISO 639-1 in lower case; None if not given."""
    if value is None or value == "":
        return None
    text = as_text(value, place, field)
    if not _LANGUAGE.fullmatch(text):
        raise place.wrong(field, f"must be a language by its two letters, such as en (got {text!r:.80})")
    return text.lower()


def as_grades(value: object, place: FilePlace, field: str) -> Mapping[str, int]:
    """Grades by id, from an object of whole numbers or from a list of ids with grade 1 each."""
    if value is None:
        return NO_GRADES
    if isinstance(value, list):
        return dict.fromkeys((as_id(item, place, f"{field}[{at}]") for at, item in enumerate(value)), 1) or NO_GRADES
    if not isinstance(value, dict):
        raise place.wrong(field, f'must be ids with grades such as {{"a1": 1}}, or a list of ids (got {value!r:.80})')
    for name, grade in value.items():
        as_id(name, place, field)
        if isinstance(grade, bool) or not isinstance(grade, int) or not 0 <= grade <= MOST_GRADE:
            raise place.wrong(f"{field}.{name}", f"must be a whole number from 0 to {MOST_GRADE} (got {grade!r:.80})")
    return value or NO_GRADES


def as_filters(value: object, place: FilePlace, field: str = "filters") -> Filters:
    if value is None:
        return Filters()
    if not isinstance(value, dict):
        raise place.wrong(field, f'must be an object such as {{"outlet": ["AFP"]}} (got {value!r:.80})')
    refuse_unknown(value, [option.name for option in FILTER_OPTIONS], place, field)
    given = {o.name: _filter(o, value.get(o.name), place, f"{field}.{o.name}") for o in FILTER_OPTIONS}
    try:
        not_before(given["published_to"], given["published_from"])
    except ValueError as error:
        raise place.wrong(f"{field}.published_to", str(error)) from None
    return Filters(**given)


def _filter(option: Option, value: object, place: FilePlace, field: str) -> Any:
    if not option.many:
        return None if value is None else _date(as_text(value, place, field), place, field)
    texts = as_texts(value, place, field)
    return tuple(str(as_language(code, place, field)) for code in texts) if option.text is LANGUAGE else texts


def _date(text: str, place: FilePlace, field: str) -> date:
    with suppress(ValueError):
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    raise place.wrong(field, f"must be a date such as 2025-11-21 (got {text!r:.80})")
