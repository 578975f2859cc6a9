"""A question set checked whole, against the collection too, before an evaluation of it is promised.

`check_beside` does it in a process of its own: 10 000 questions take the interpreter half a second, in which a server
that checked them itself would answer half as fast; and a set that somebody made to be slow to check ends that process,
not the server.
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
from qa_service.evaluation.run.beside import launch, stand_back

__all__ = ["Checked", "Unchecked", "check_beside"]

MOST_SECONDS = 60
"""Of processor time: a busy machine makes no set too large. Waiting ends after as many minutes."""
MOST_MEMORY = 4 << 30
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A set at `place`, and what it is to be asked of. `settings` are those of a service that has the collection;
    `most_memory` is in bytes."""

    place: Path
    format: str | None
    qrels: Path | None
    collection: str
    settings: Any
    most_seconds: int = MOST_SECONDS
    most_memory: int = MOST_MEMORY


@dataclass(frozen=True, slots=True)
class Checked:
    """What the set turned out to be: its format, its number of questions, and how many have which kinds of gold
    (`relevance.kinds_of`)."""

    format: str
    total: int
    gold: Mapping[frozenset[str], int]


def check_beside(unchecked: Unchecked) -> Checked:
    """Check the set in a process of its own, of bounded time and memory.

    Raises:
        InvalidInput: something is wrong with the set, or its evidence stands nowhere in the collection; or it takes too
            long to check. The message names file, line and field.
    """
    process = launch(__name__, stdout=subprocess.PIPE)
    said, _ = process.communicate(pickle.dumps(unchecked))
    if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise _too_much(unchecked, f"{unchecked.most_seconds} seconds")
    if process.returncode < 0:  # as code in C is that gets no memory, and what the machine's memory has no room for
        raise _too_much(unchecked, "there is memory")
    if process.returncode:
        raise RuntimeError(f"The process that checks question sets has ended (exit code {process.returncode}).")
    found = pickle.loads(said)
    if isinstance(found, QAServiceError):
        raise found
    return Checked(*found)


def main() -> None:
    unchecked: Unchecked = pickle.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_CPU, (unchecked.most_seconds, unchecked.most_seconds + 1))
    signal.alarm(60 * unchecked.most_seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (unchecked.most_memory, unchecked.most_memory))
    stand_back()
    found: (
        tuple[str, int, Mapping[frozenset[str], int]] | QAServiceError
    )  # plain: as a program this module is another one than as a part
    try:
        checked = _check(unchecked)
        found = (checked.format, checked.total, checked.gold)
    except QAServiceError as error:
        found = error
    except MemoryError:
        found = _too_much(unchecked, f"{unchecked.most_memory >> 20} MiB of memory")
    sys.stdout.buffer.write(pickle.dumps(found))


def _check(unchecked: Unchecked) -> Checked:
    from qa_service.evaluation.sets import open_questions

    questions = open_questions(unchecked.place, format=unchecked.format, qrels=unchecked.qrels)
    if "evidence" in questions.kinds:
        from qa_service.evaluation.grade.gold_spans import GoldPlaces
        from qa_service.service import Service  # half a second, which other sets need not wait for

        service = Service.open(unchecked.settings)
        GoldPlaces(service.contents(unchecked.collection)).check(questions)
        service.close()
    return Checked(questions.format, questions.total, questions.gold)


def _too_much(unchecked: Unchecked, most: str) -> InvalidInput:
    return InvalidInput(f"{unchecked.place}: needs more than {most} to check. Send it in parts.", param="file")


if __name__ == "__main__":
    main()
