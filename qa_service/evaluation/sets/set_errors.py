"""Everything that is wrong with a set, told at once: who mends a file does not want to be told line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import ParamSpec, TypeVar

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion

__all__ = ["MOST_TOLD", "Mistakes", "id_of", "naming", "tried"]

MOST_TOLD = 20
"""Mistakes whose messages are kept; of the rest only the number is."""

P = ParamSpec("P")
T = TypeVar("T")


def tried(make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | InvalidInput:
    """What `make` returns, or the mistake that it raises, so that whoever reads can go on with what follows."""
    try:
        return make(*args, **kwargs)
    except InvalidInput as error:
        return error.with_traceback(None)  # whose frames would hold the text of the line


class _Named(InvalidInput):
    """A mistake in a question whose id is known."""

    question_id: str


@contextmanager
def naming(question_id: object) -> Iterator[None]:
    """What is raised within is of the question of that id, so that another of the same id is found all the same."""
    try:
        yield
    except InvalidInput as error:
        if isinstance(question_id, str):
            named = _Named(error.message, param=error.param)
            named.question_id = question_id
            raise named from None
        raise


def id_of(question: EvaluationQuestion | InvalidInput) -> str | None:
    """The id of a question, or of the one that a mistake is in, where that is known."""
    if isinstance(question, InvalidInput):
        return question.question_id if isinstance(question, _Named) else None
    return question.id


class Mistakes:
    """Collects them in the order in which they are found."""

    def __init__(self) -> None:
        self._told: list[InvalidInput] = []
        self.count = 0

    @property
    def full(self) -> bool:
        """Whether a further one is only counted."""
        return self.count >= MOST_TOLD

    def add(self, mistake: InvalidInput) -> None:
        if not self.full:
            self._told.append(mistake)
        self.count += 1

    def add_all(self, mistakes: Iterator[InvalidInput], count: int) -> None:
        """Add so many, of which those that are not told are not made either."""
        for mistake in islice(mistakes, min(count, MOST_TOLD - len(self._told))):
            self._told.append(mistake)
        self.count += count

    def refuse(self) -> None:
        """Raise InvalidInput where there is any: a line for each, `param` that of the first. One alone is raised as it
        is."""
        if self.count == 1:
            raise self._told[0] from None
        if self.count:
            more = self.count - len(self._told)
            lines = [mistake.message for mistake in self._told] + ([f"… and {more} more."] if more else [])
            raise InvalidInput("\n".join(lines), param=self._told[0].param)
