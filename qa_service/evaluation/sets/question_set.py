"""A question set that was checked: what it is called, what gold it has, and its questions, read anew for each pass."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.set_lines import Found, Place

__all__ = ["FileState", "QuestionSet", "Read", "sha256_of", "state_of"]

Read = Callable[[], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class FileState:
    """A file, and what tells whether it is still the one that was checked."""

    path: Path
    size: int
    changed_ns: int


@dataclass(frozen=True)
class QuestionSet:
    """Iterate it as often as needed: each pass reads the files again, so that memory does not grow with their length.

    `sha256` is over the bytes of all files, one after another: of BEIR and TREC the questions, then the qrels. `gold`
    counts the questions by the kinds of gold that they have (`relevance.kinds_of`). `total` is also `len`; `not_asked`
    are the questions of BEIR and TREC that stand in the file and have no judgements.
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

    @property
    def kinds(self) -> frozenset[str]:
        """Those of `passage`, `evidence`, `article` and `answer` for which a question has gold; `none` where no
        question has any, but some are said to have no answer."""
        found = frozenset().union(*self.gold)
        return found - {"none"} or found

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[EvaluationQuestion]:
        """
        Raises:
            InvalidInput: a file is not what it was when it was checked.
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
        raise Place(path).wrong(None, f"cannot be read: {error.strerror}") from None
    return FileState(path, stat.st_size, stat.st_mtime_ns)


def sha256_of(paths: tuple[Path, ...]) -> str:
    """SHA-256 over the bytes of the files, as `cat A B | sha256sum` prints it."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            raise Place(path).wrong(None, f"cannot be read: {error.strerror}") from None
    return digest.hexdigest()
