"""A process that parses files: `python -m qa_service.ingest.parse_process FD MEGABYTES`.

A damaged or hostile file can take hours or all memory, or crash a library. In a process of its own it does not harm
the ingest, which ends the process and goes on. It reads `ParseRequest`s from the connection FD and answers each with
messages, the last of them `Ended`. It imports no model.
"""

from __future__ import annotations

import ctypes
import re
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from qa_service.errors import QAServiceError
from qa_service.ingest.parse_messages import Ended, Message, Opened, ParseRequest, Read, Ready, Warned
from qa_service.parsing import SourceInfo, read_source
from qa_service.parsing.detect import detect_format
from qa_service.records import Article

__all__ = ["messages_of"]

ARTICLES_PER_MESSAGE = 64
CHARACTERS_PER_MESSAGE = 200_000
LONGEST_TEXT = 20_000_000
"""Characters of an article. Its passages and their encodings must fit in memory together."""
MOST_WARNINGS = 20
MEGABYTE = 1024 * 1024
PR_SET_PDEATHSIG = 1
_NO_MEMORY = re.compile(
    r"bad_?alloc|out of memory|not enough memory|cannot allocate memory|(?:failed|unable|could not) to allocate",
    re.IGNORECASE,
)


def messages_of(request: ParseRequest, megabytes: int) -> Iterator[Message]:
    """Parses a file. The last message is `Ended`."""
    waiting: list[str] = []
    try:
        yield from _read(request, waiting)
        yield Ended()
    except QAServiceError as error:
        yield Ended(error.message)
    except MemoryError:
        yield _too_large(request, megabytes)
    except RecursionError:
        yield Ended(f"{request.name}: is nested too deeply.", broken=True)
    except _Changed:
        yield Ended(f"{request.name}: changed while it was read. Ingest it again.", retryable=True)
    except OSError as error:
        yield Ended(f"{request.name}: cannot be read: {error.strerror or error}.", retryable=True)
    except Exception as error:  # libraries raise any type on a damaged file
        if _is_of_memory(error):
            yield _too_large(request, megabytes)
            return
        said = " ".join(str(error).split())[:200]
        yield Ended(
            f"{request.name}: is damaged, or uses what is not supported ({type(error).__name__}: {said}).",
            broken=True,
            details=traceback.format_exc(),
        )


def _too_large(request: ParseRequest, megabytes: int) -> Ended:
    return Ended(
        f"{request.name}: needs more than {megabytes} MB of memory to be read. Split it into smaller files, or "
        "raise the setting parse_megabytes.",
        retryable=True,
        broken=True,
    )


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether a library in another language had too little memory. It says so in its own words."""
    while error is not None:
        if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Changed(Exception):
    """The file changed while it was read."""


def _read(request: ParseRequest, waiting: list[str]) -> Iterator[Message]:
    source = SourceInfo(request.name, request.columns, waiting.append)
    before = _state(request.path)
    batch: list[Article] = []
    size = warned = 0
    with request.path.open("rb") as file:
        yield Opened(detect_format(file, source).name)
        try:
            for article in read_source(file, source, request.metadata):
                if len(article.text) > LONGEST_TEXT:
                    waiting.append(
                        f"An article of {len(article.text):,} characters is left out. The most is {LONGEST_TEXT:,}. "
                        "Split it into several files."
                    )
                    continue
                batch.append(article)
                size += len(article.text)
                if len(batch) >= ARTICLES_PER_MESSAGE or size >= CHARACTERS_PER_MESSAGE:
                    yield Read(tuple(batch))
                    batch, size = [], 0
        finally:
            changed = _state(request.path) != before
    if changed:
        raise _Changed
    if batch:
        yield Read(tuple(batch))
    for text in waiting[:MOST_WARNINGS]:
        yield Warned(text)
    warned = len(waiting) - MOST_WARNINGS
    if warned > 0:
        yield Warned(f"There are {warned} more warnings.")


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _limit(megabytes: int) -> None:
    """Limit the memory of this process, and end it with the thread that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the ingest ends this process
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Answer requests until the other end closes the connection."""
    megabytes = int(sys.argv[2])
    _limit(megabytes)
    with Connection(int(sys.argv[1])) as connection, suppress(EOFError, OSError):
        connection.send(Ready())
        while True:
            for message in messages_of(connection.recv(), megabytes):
                connection.send(message)
            if isinstance(message, Ended) and message.broken:
                return


if __name__ == "__main__":
    main()
