"""Finds the files to read, and what is known of each before it is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa_service.errors import InvalidInput
from qa_service.parsing.formats import FORMATS
from qa_service.parsing.sidecar import SIDECAR, read_sidecar
from qa_service.records import ArticleMeta

__all__ = ["SourceFile", "find_sources"]


Sidecars = Callable[[Path], Mapping[str, ArticleMeta]]
"""What is known of the files of a folder, by name."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, or why it is not to be read."""

    path: Path
    name: str
    """Relative to the folder that was given, with forward slashes; the file's own name where it was given itself."""
    metadata: ArticleMeta | None = None
    """From the `sources.toml` beside it. None where nothing is known."""
    skip_reason: str | None = None


def find_sources(paths: Sequence[Path]) -> list[SourceFile]:
    """The files at some paths, folders searched to the bottom, sorted by name.

    In a folder, hidden files and folders, READMEs and `sources.toml` count as not there, and a file whose suffix no
    format has is an entry with its `skip_reason`; so is what cannot be read. A file named by itself is always read.
    Links to folders are not followed. A file that is found twice under one name is there once.

    Raises:
        InvalidInput: a path does not exist, two files have the same name (one would replace the other), or a
            `sources.toml` is wrong.
    """
    found: dict[str, SourceFile] = {}
    skipped: dict[Path, SourceFile] = {}
    known = cache(read_sidecar)  # once a folder, however many of its files are named
    for path in paths:
        for file in _at(path, known):
            if file.skip_reason is not None:
                skipped.setdefault(file.path, file)
                continue
            other = found.setdefault(file.name, file)
            if not other.path.samefile(file.path):
                raise InvalidInput(
                    f"{other.path} and {file.path} would both be known as {file.name!r}, and one replace the other. "
                    "Ingest a folder that holds both, or rename one.",
                    param="paths",
                )
    return sorted([*found.values(), *skipped.values()], key=lambda file: (file.name, str(file.path)))


def _at(path: Path, known: Sidecars) -> Iterable[SourceFile]:
    if path.is_dir():
        return _below(path, known)
    if not path.is_file():
        what = "is neither a file nor a folder" if path.exists() else "there is no such file or folder"
        raise InvalidInput(f"{path}: {what}.", param="paths")
    if path.name == SIDECAR:
        return [_skipped(path, path.name, "it describes the files beside it and is no article")]
    return [_source(path, path.name, known(path.parent).get(path.name))]


def _below(root: Path, known: Sidecars) -> Iterable[SourceFile]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        metadata = known(Path(folder))
        for name in names:
            path = Path(folder) / name
            if name.startswith(".") or name == SIDECAR or name.casefold().partition(".")[0] == "readme":
                continue
            yield _checked(path, path.relative_to(root).as_posix(), metadata.get(name))
    for error in unreadable:
        path = Path(error.filename)
        yield _skipped(path, path.relative_to(root).as_posix(), f"cannot be searched: {error.strerror}")


def _checked(path: Path, name: str, metadata: ArticleMeta | None) -> SourceFile:
    if path.suffix.lower() not in FORMATS:
        what = f"files in {path.suffix}" if path.suffix else "files without a suffix"
        return _skipped(path, name, f"{what} are not read from a folder; {', '.join(FORMATS)} are")
    if not path.is_file():
        return _skipped(path, name, "it is a link to nothing, or no regular file")
    return _source(path, name, metadata)


def _source(path: Path, name: str, metadata: ArticleMeta | None) -> SourceFile:
    if not name.isascii():
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            return _skipped(path, name, "its name is not UTF-8; rename it")
    return SourceFile(path, name, metadata)


def _skipped(path: Path, name: str, reason: str) -> SourceFile:
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return SourceFile(path, shown, skip_reason=f"{shown}: {reason}.")
