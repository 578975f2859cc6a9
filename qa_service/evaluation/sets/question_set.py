"""A checked question set: its name, its gold, and its questions, which are read again for each pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.set_lines import Found

__all__ = ["FileState", "QuestionSet", "Read", "state_of"]

Read = Callable[[], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class FileState:
    """A file with its size and time of change, which show whether it has changed."""

    path: Path
    size: int
    changed_ns: int


@dataclass(frozen=True)
class QuestionSet:
    """Iterate it as often as needed. Each pass reads the files again, so memory does not grow with their length.

    `sha256` covers the bytes of all files in order: questions, then qrels. `gold` counts questions by their kinds of
    gold (`gold_kinds.kinds_of`). `total` equals `len`. `not_asked` counts BEIR and TREC questions without judgements.
    `unread` names columns of a table that mean nothing here.
    """

    name: str
    path: Path
    format: str
    sha256: str
    total: int
    gold: Mapping[frozenset[str], int]
    files: tuple[FileState, ...] = field(repr=False)
    read: Read = field(repr=False, compare=False)
    not_asked: int = 0
    unread: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that any question has gold for; `none` if no question has gold, but some are unanswerable."""
        found = frozenset().union(*self.gold)
        return found - {"none"} or found

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[EvaluationQuestion]:
        """
        Raises:
            InvalidInput: a file has changed since it was checked.
        """
        for state in self.files:
            if state_of(state.path) != state:
                raise InvalidInput(f"{state.path}: was changed since it was checked. Start again.", param="questions")
        for _, question in self.read():
            if isinstance(question, InvalidInput):
                raise question
            if question is not None:
                yield question


def state_of(path: Path) -> FileState:
    try:
        stat = path.stat()
    except OSError as error:
        raise FilePlace(path).wrong(None, f"cannot be read: {error.strerror}") from None
    return FileState(path, stat.st_size, stat.st_mtime_ns)
