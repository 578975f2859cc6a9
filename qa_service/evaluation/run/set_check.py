"""Checks a question set completely, also against the collection, before its evaluation is accepted.

`check_beside` uses a separate process. To check 10 000 questions takes half a second of Python, in which a server would
answer half as fast. A set that is made to be slow ends that process, not the server.
"""

from __future__ import annotations

import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput, QAServiceError
from qa_service.evaluation.run.child_process import launch, stand_back

__all__ = ["CheckedSet", "SetToCheck", "check_beside"]

MOST_SECONDS = 60
"""Limit of processor time, which a busy machine does not shorten. Waiting ends after as many minutes."""
MOST_MEMORY = 4 << 30
"""Limit of memory in bytes."""


@dataclass(frozen=True, slots=True)
class SetToCheck:
    """A set at `place` and the collection that it will be asked of. `settings` are those of the service; `most_memory`
    is in bytes."""

    place: Path
    format: str | None
    qrels: Path | None
    collection: str
    settings: Any
    most_seconds: int = MOST_SECONDS
    most_memory: int = MOST_MEMORY


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """The format of the set, its number of questions, and their number by kinds of gold (`gold_kinds.kinds_of`)."""

    format: str
    total: int
    gold: Mapping[frozenset[str], int]


def check_beside(unchecked: SetToCheck) -> CheckedSet:
    """Check the set in a separate process with limited time and memory.

    Raises:
        InvalidInput: the set is wrong, its evidence is not in the collection, or the check takes too long. The message
            names file, line and field.
    """
    process = launch(__name__, stdout=subprocess.PIPE)
    said, _ = process.communicate(pickle.dumps(unchecked))
    if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise _too_much(unchecked, f"{unchecked.most_seconds} seconds")
    if process.returncode < 0:  # so end C code without memory, and a process that the system kills for its memory
        raise _too_much(unchecked, "there is memory")
    if process.returncode:
        raise RuntimeError(f"The process that checks question sets has ended (exit code {process.returncode}).")
    found = pickle.loads(said)
    if isinstance(found, QAServiceError):
        raise found
    return CheckedSet(*found)


def main() -> None:
    unchecked: SetToCheck = pickle.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_CPU, (unchecked.most_seconds, unchecked.most_seconds + 1))
    signal.alarm(60 * unchecked.most_seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (unchecked.most_memory, unchecked.most_memory))
    stand_back()
    found: (
        tuple[str, int, Mapping[frozenset[str], int]] | QAServiceError
    )  # a plain tuple: run as a program, this module has another name, and so has its class
    try:
        checked = _check(unchecked)
        found = (checked.format, checked.total, checked.gold)
    except QAServiceError as error:
        found = error
    except MemoryError:
        found = _too_much(unchecked, f"{unchecked.most_memory >> 20} MiB of memory")
    sys.stdout.buffer.write(pickle.dumps(found))


def _check(unchecked: SetToCheck) -> CheckedSet:
    from qa_service.evaluation.sets import open_questions

    questions = open_questions(unchecked.place, format=unchecked.format, qrels=unchecked.qrels)
    if "evidence" in questions.kinds:
        from qa_service.evaluation.grade.gold_spans import GoldPlaces
        from qa_service.service import Service  # half a second, which other sets need not pay

        service = Service.open(unchecked.settings)
        GoldPlaces(service.contents(unchecked.collection)).check(questions)
        service.close()
    return CheckedSet(questions.format, questions.total, questions.gold)


def _too_much(unchecked: SetToCheck, most: str) -> InvalidInput:
    return InvalidInput(f"{unchecked.place}: needs more than {most} to check. Send it in parts.", param="file")


if __name__ == "__main__":
    main()
