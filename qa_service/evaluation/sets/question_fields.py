"""Checks of the fields of a question, whatever the format they stand in. Each names the place and says what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from qa_service.errors import nearest_name
from qa_service.evaluation.sets.evaluation_question import NO_GRADES, EvaluationQuestion, GoldSpan
from qa_service.evaluation.sets.set_lines import Place
from qa_service.records import Filters

__all__ = [
    "MOST_CHARACTERS",
    "as_answerable",
    "as_filters",
    "as_grades",
    "as_id",
    "as_language",
    "as_text",
    "as_texts",
    "question_of",
    "refuse_unknown",
]

MOST_CHARACTERS = 2000
"""As in `POST /v1/ask`: what is evaluated is what is served."""
MOST_GRADE = 1000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FILTERS = ("outlet", "author", "language", "article_id", "published_from", "published_to")


def question_of(
    place: Place,
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
    id_field: str = "id",
    question_field: str = "question",
) -> EvaluationQuestion:
    """A question of checked parts; `id` and `question` are checked here, under the names that the format gives them.

    Raises:
        InvalidInput: one of the two is wrong, or gold is given for what `answerable` says has no answer.
    """
    known_id = as_id(id, place, id_field)
    text = as_text(question, place, question_field)
    if len(text) > MOST_CHARACTERS:
        what = f"has {len(text)} characters, the service takes {MOST_CHARACTERS}. Shorten the question"
        raise place.wrong(question_field, what)
    if answerable is False:
        gold = {
            "answers": answers,
            "evidence": evidence,
            "articles": _positive(articles),
            "passages": _positive(passages),
        }
        given = [name for name, values in gold.items() if values]
        if given:
            raise place.wrong("answerable", f"is false, but {given[0]} are given. Take out one of the two")
    return EvaluationQuestion(
        known_id, text, answers, evidence, articles, passages, answerable, filters or Filters(), tags, language, place
    )


def refuse_unknown(found: Iterable[str], known: Sequence[str], place: Place, inside: str = "") -> None:
    for name in found:
        if name not in known:
            field = f"{inside}.{name}" if inside else name
            near = nearest_name(name, known)
            meant = f"Is {near} meant? " if near else ""
            raise place.wrong(field, f"there is no such field. {meant}Known are {', '.join(known)}")


def as_text(value: object, place: Place, field: str) -> str:
    """A text that shows something, unchanged."""
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


def as_id(value: object, place: Place, field: str) -> str:
    text = as_text(value, place, field)
    if _CONTROL.search(text):
        raise place.wrong(field, f"must not hold control characters (got {text!r:.80})")
    return text


def as_texts(value: object, place: Place, field: str, *, distinct: bool = False) -> tuple[str, ...]:
    """A list of texts; null and an absent field are an empty one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise place.wrong(field, f'must be a list of texts such as ["one", "two"] (got {value!r:.80})')
    texts = tuple(as_text(item, place, f"{field}[{at}]") for at, item in enumerate(value))
    if distinct and len(set(texts)) < len(texts):
        twice = Counter(texts).most_common(1)[0][0]
        raise place.wrong(field, f"{twice!r} stands there twice. Take one out")
    return texts


def as_answerable(value: object, place: Place, field: str = "answerable") -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise place.wrong(field, f"must be true, false or null (got {value!r:.80})")
    return value


def as_language(value: object, place: Place, field: str = "language") -> str | None:
    """Two letters of ISO 639-1 in lower case; None where nothing is given."""
    if value is None or value == "":
        return None
    text = as_text(value, place, field)
    if not _LANGUAGE.fullmatch(text):
        raise place.wrong(field, f"must be a language by its two letters, such as en (got {text!r:.80})")
    return text.lower()


def as_grades(value: object, place: Place, field: str) -> Mapping[str, int]:
    """Grades by id, from an object of whole numbers, or from a list of ids, each of which then has grade 1."""
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


def as_filters(value: object, place: Place, field: str = "filters") -> Filters:
    if value is None:
        return Filters()
    if not isinstance(value, dict):
        raise place.wrong(field, f'must be an object such as {{"outlet": ["AFP"]}} (got {value!r:.80})')
    refuse_unknown(value, _FILTERS, place, field)
    lists = {n: as_texts(value.get(n), place, f"{field}.{n}") for n in ("outlet", "author", "language", "article_id")}
    lists["language"] = tuple(str(as_language(code, place, f"{field}.language")) for code in lists["language"])
    first, last = (_date(value.get(n), place, f"{field}.{n}") for n in ("published_from", "published_to"))
    if first is not None and last is not None and last < first:
        raise place.wrong(f"{field}.published_to", f"{last} is before published_from, {first}")
    return Filters(published_from=first, published_to=last, **lists)


def _positive(grades: Mapping[str, int]) -> list[str]:
    return [name for name, grade in grades.items() if grade > 0]


def _date(value: object, place: Place, field: str) -> date | None:
    if value is None:
        return None
    text = as_text(value, place, field)
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise place.wrong(field, f"must be a date such as 2025-11-21 (got {text!r:.80})")
