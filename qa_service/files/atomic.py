"""Atomic writes: after a crash, a file or folder is there complete or not at all.

Each function writes under another name, flushes, calls fsync, renames, and calls fsync on the folder. Without fsync a
rename may reach the disk before the bytes of the file (Pillai et al., "All File Systems Are Not Created Equal", OSDI
2014).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

__all__ = ["WRITING", "publish", "replacing", "sync", "sync_names", "write_file"]

WRITING = ".writing"
"""Suffix of a file that is not complete yet."""


@contextmanager
def replacing(path: Path, *, errors: str = "strict") -> Iterator[TextIOWrapper]:
    """Open a UTF-8 text file that takes the place of `path` when the block ends.

    If the block raises an exception, `path` stays as it was.

    Args:
        errors: how to encode a lone surrogate, as for `open`.
    """
    unfinished = path.with_name(path.name + WRITING)
    try:
        with unfinished.open("w", encoding="utf-8", errors=errors, newline="\n") as file:
            yield file
        publish(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_file(path: Path, content: bytes | str | Iterable[str], *, errors: str = "strict") -> Path:
    """Replace the file `path`, and return `path`. Text is written as UTF-8, piece by piece.

    Args:
        errors: how to encode a lone surrogate, as for `open`.
    """
    with replacing(path, errors=errors) as file:
        if isinstance(content, bytes):
            file.buffer.write(content)
        else:
            file.writelines([content] if isinstance(content, str) else content)
    return path


def publish(unfinished: Path, path: Path) -> None:
    """Rename a file or folder to `path`, in the same file system; first bring all that is in it to disk."""
    sync(unfinished)
    unfinished.replace(path)
    sync_names(path.parent)


def sync(path: Path) -> None:
    """Bring a file, or a folder with all that is in it, to disk."""
    for part in path.rglob("*") if path.is_dir() else ():
        _sync(part)
    _sync(path)


def sync_names(folder: Path) -> None:
    """Bring the list of names in a folder to disk. `sync` also brings the content of its files."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
