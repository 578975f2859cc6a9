"""What a question set names and the collection does not hold: gold that nobody can find, filters that admit nothing.

A collection may lack a document that a set has gold for, so nothing of it is refused; but it is said before the first
question is asked, as it is oftener a wrong collection or a mistyped name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.gold_kinds import unmeasured
from qa_service.records import Filters
from qa_service.service import Service

__all__ = ["lacking", "notes_on"]

TOGETHER = 200
"""Questions whose ids are looked up at once."""
IDS_AT_ONCE = 500
MOST_FILTERS = 1000
"""Different ones that are tried: each is held against every passage, 5 ms of a million."""
SHOWN = 3

Absent = Callable[[Sequence[str]], set[str]]


def notes_on(service: Service, collection: str, questions: QuestionSet, kind: str) -> list[str]:
    """What the figures of an evaluation will leave out, a sentence each."""
    notes = unmeasured(questions.gold, kind)
    if questions.not_asked:
        there = questions.total + questions.not_asked
        notes.append(f"Not asked, as they have no judgement: {questions.not_asked} of {there} questions.")
    return notes + lacking(service, collection, questions, kind)


def lacking(service: Service, collection: str, questions: Iterable[EvaluationQuestion], kind: str) -> list[str]:
    """A sentence on the questions whose gold of this kind is not all there, and one on those whose filters admit
    nothing; each names the first few with file and line.

    Gold by evidence is looked for elsewhere (`spans`), where it is refused.
    """
    absent = {"article": _absent_articles, "passage": _absent_passages}.get(kind, _nothing)(service, collection)
    snapshot = service.collection(collection).snapshot

    admitted: dict[Filters, bool] = {}

    def admits(filters: Filters) -> bool:
        if filters not in admitted:
            if len(admitted) == MOST_FILTERS:
                return True
            admitted[filters] = any(bool(part.any()) for part in snapshot.admitted(filters))
        return admitted[filters]

    gold = _Told(
        f"with gold {kind}s that collection {collection!r} does not hold", "; what is not there counts as not found"
    )
    filtered = _Told(f"with filters that nothing in collection {collection!r} passes", "")
    waiting = iter(questions)
    while lot := list(islice(waiting, TOGETHER)):
        wanted = [_gold(question, kind) for question in lot]
        gone = absent(sorted({identity for ids in wanted for identity in ids}))
        for question, ids in zip(lot, wanted, strict=True):
            if missing := [identity for identity in ids if identity in gone]:
                gold.add(question, repr(missing[0]))
            if question.filters and not admits(question.filters):
                filtered.add(question, _words(question.filters))
    return [*gold.lines(), *filtered.lines()]


class _Told:
    """Counts questions, and keeps the first few."""

    def __init__(self, what: str, so: str) -> None:
        self._what, self._so = what, so
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
            yield f"There {counted} {self._what}: {', '.join(self._first)}{more}{self._so}."


def _gold(question: EvaluationQuestion, kind: str) -> list[str]:
    grades: Mapping[str, int] = {"article": question.articles, "passage": question.passages}.get(kind, {})
    return [identity for identity, grade in grades.items() if grade > 0]


def _absent_articles(service: Service, collection: str) -> Absent:
    catalogue = service.collection(collection).catalogue

    def absent(ids: Sequence[str]) -> set[str]:
        lots = (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))
        return set(ids).difference(*map(catalogue.passage_counts, lots))

    return absent


def _absent_passages(service: Service, collection: str) -> Absent:
    snapshot = service.collection(collection).snapshot
    held = np.sort(np.concatenate([snapshot.base.segment.key[snapshot.base_live], snapshot.tail.key]))

    def absent(ids: Sequence[str]) -> set[str]:
        keys = {identity: _key(identity) for identity in ids}
        known = [identity for identity, key in keys.items() if key is not None]
        there = np.isin(np.array([keys[identity] for identity in known], np.uint64), held)
        return set(ids).difference(identity for identity, found in zip(known, there.tolist(), strict=True) if found)

    return absent


def _nothing(service: Service, collection: str) -> Absent:
    return lambda ids: set()


def _key(passage_id: str) -> int | None:
    """A passage id is 16 hex digits, lower case."""
    try:
        key = int(passage_id, 16)
    except ValueError:
        return None
    return key if f"{key:016x}" == passage_id else None


def _words(filters: Filters) -> str:
    """Such as `outlet 'AFPP'`."""
    given = {name: getattr(filters, name) for name in Filters.__dataclass_fields__ if getattr(filters, name)}
    return ", ".join(
        f"{name} {' or '.join(map(repr, value)) if isinstance(value, tuple) else value}"
        for name, value in given.items()
    )
