"""Notes on gold and filters that match nothing in the collection, and on gold answers without a word.

Such a question counts as missed. More often its set belongs to another collection, or a name is misspelt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.answer_strings import has_words
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import unmeasured
from qa_service.records import Filters
from qa_service.service import Service
from qa_service.service.contents import Contents

__all__ = ["notes_on"]

TOGETHER = 200
"""Questions whose ids are looked up at once."""
IDS_AT_ONCE = 500
MOST_FILTERS = 1000
"""Different filters that are tried: each is compared with every passage, 5 ms in a collection of a million."""
SHOWN = 3


def notes_on(service: Service, collection: str, questions: QuestionSet, kind: str) -> list[str]:
    """A sentence for each reason why the figures of an evaluation leave questions out or count them as missed."""
    notes = unmeasured(questions.gold, kind)
    if questions.not_asked:
        there = questions.total + questions.not_asked
        notes.append(f"Not asked, as they have no judgement: {questions.not_asked} of {there} questions.")
    if questions.unread:
        notes.append(f"Columns that are not read: {', '.join(questions.unread)}.")
    return notes + _missing(service.contents(collection), collection, questions, kind)


def _missing(contents: Contents, collection: str, questions: Iterable[EvaluationQuestion], kind: str) -> list[str]:
    """A sentence on questions with absent gold of this kind, one on answers without a word, and one on questions whose
    filters admit nothing.

    Gold by evidence is checked elsewhere (`gold_spans`), where an absent span is an error.
    """
    known = {"article": contents.known_articles, "passage": contents.known_passages}.get(kind, set)
    admitted: dict[Filters, bool] = {}

    def admits(filters: Filters) -> bool:
        if filters not in admitted:
            if len(admitted) == MOST_FILTERS:
                return True
            admitted[filters] = contents.count(filters) > 0
        return admitted[filters]

    gold = _Counted(
        f"with gold {kind}s that collection {collection!r} does not hold", "; what is not there counts as not found"
    )
    wordless = _Counted("with a gold answer that has no word", "; only their other answers are looked for")
    filtered = _Counted(f"with filters that nothing in collection {collection!r} passes", "")
    waiting = iter(questions)
    while lot := list(islice(waiting, TOGETHER)):
        wanted = [_gold(question, kind) for question in lot]
        named = sorted({identity for ids in wanted for identity in ids})
        portions = (named[start : start + IDS_AT_ONCE] for start in range(0, len(named), IDS_AT_ONCE))
        gone = set(named).difference(*map(known, portions))
        for question, ids in zip(lot, wanted, strict=True):
            if missing := [identity for identity in ids if identity in gone]:
                gold.add(question, repr(missing[0]))
            if empty := [answer for answer in question.answers if not has_words(answer)]:
                wordless.add(question, repr(empty[0]))
            if question.filters and not admits(question.filters):
                filtered.add(question, _text_of(question.filters))
    return [*gold.lines(), *wordless.lines(), *filtered.lines()]


class _Counted:
    """Counts questions and keeps the first few."""

    def __init__(self, what: str, consequence: str) -> None:
        self._what, self._consequence = what, consequence
        self._count = 0
        self._first: list[str] = []

    def add(self, question: EvaluationQuestion, named: str) -> None:
        self._count += 1
        if self._count <= SHOWN:
            place = question.place
            path = f"{place.path}, " if place is not None and not self._first else ""
            where = f"question {question.id!r}" if place is None else place.within
            self._first.append(f"{path}{where} ({named})")

    def lines(self) -> Iterator[str]:
        if self._count:
            more = f", and {self._count - SHOWN} more" if self._count > SHOWN else ""
            counted = "is 1 question" if self._count == 1 else f"are {self._count} questions"
            yield f"There {counted} {self._what}: {', '.join(self._first)}{more}{self._consequence}."


def _gold(question: EvaluationQuestion, kind: str) -> list[str]:
    grades: Mapping[str, int] = {"article": question.articles, "passage": question.passages}.get(kind, {})
    return [identity for identity, grade in grades.items() if grade > 0]


def _text_of(filters: Filters) -> str:
    """Such as `outlet 'AFPP'`."""
    given = {name: getattr(filters, name) for name in Filters.__dataclass_fields__ if getattr(filters, name)}
    return ", ".join(
        f"{name} {' or '.join(map(repr, value)) if isinstance(value, tuple) else value}"
        for name, value in given.items()
    )
