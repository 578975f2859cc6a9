"""Collects all errors of a question set, so that a user can correct them in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import ParamSpec, TypeVar

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion

__all__ = ["MOST_TOLD", "Mistakes", "id_of", "naming", "tried"]

MOST_TOLD = 20
"""Errors whose messages are kept; further errors are only counted."""

P = ParamSpec("P")
T = TypeVar("T")


def tried(make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | InvalidInput:
    """The result of `make`, or the InvalidInput that it raises, so that reading can continue."""
    try:
        return make(*args, **kwargs)
    except InvalidInput as error:
        return error.with_traceback(None)  # its frames would hold the text of the line


class _QuestionError(InvalidInput):
    """An error in a question whose id is known."""

    question_id: str


@contextmanager
def naming(question_id: object) -> Iterator[None]:
    """Errors raised inside carry the question's id, so that a duplicate of this id is still found."""
    try:
        yield
    except InvalidInput as error:
        if isinstance(question_id, str):
            named = _QuestionError(error.message, param=error.param)
            named.question_id = question_id
            raise named from None
        raise


def id_of(question: EvaluationQuestion | InvalidInput) -> str | None:
    """The id of a question, or of the question that has the error; None if unknown."""
    if isinstance(question, InvalidInput):
        return question.question_id if isinstance(question, _QuestionError) else None
    return question.id


class Mistakes:
    """Errors in the order in which they are found."""

    def __init__(self) -> None:
        self._told: list[InvalidInput] = []
        self.count = 0

    @property
    def full(self) -> bool:
        """Whether a further error is only counted."""
        return self.count >= MOST_TOLD

    def add(self, mistake: InvalidInput) -> None:
        if not self.full:
            self._told.append(mistake)
        self.count += 1

    def add_all(self, mistakes: Iterator[InvalidInput], count: int) -> None:
        """Add `count` errors; only those whose messages are kept are taken from the iterator."""
        for mistake in islice(mistakes, min(count, MOST_TOLD - len(self._told))):
            self._told.append(mistake)
        self.count += count

    def refuse(self) -> None:
        """Raise InvalidInput if there are errors: one line for each, with the `param` of the first. A single error is
        raised as it is."""
        if self.count == 1:
            raise self._told[0] from None
        if self.count:
            more = self.count - len(self._told)
            lines = [mistake.message for mistake in self._told] + ([f"… and {more} more."] if more else [])
            raise InvalidInput("\n".join(lines), param=self._told[0].param)
