"""Finds the files to ingest, with the metadata of their `sources.toml`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from qa_service.errors import InvalidInput
from qa_service.parsing.facts.sidecar import SIDECAR, Entries, metadata_of, read_sidecar
from qa_service.records import ArticleMeta

__all__ = ["SourceFile", "asset_folders", "find_sources", "is_hidden", "is_left_out"]

logger = logging.getLogger(__name__)

Sidecars = Callable[[Path], Entries]
"""Returns the entries of the `sources.toml` in a folder."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to ingest, or the reason to skip it."""

    path: Path
    name: str
    """Path relative to the given folder, with forward slashes. For a file given by itself, its name."""
    metadata: ArticleMeta | None = None
    """From the `sources.toml` beside the file and in the folders above it, up to the given folder; for a file given by
    itself, in a few folders above it. None if none of them has an entry."""
    skip_reason: str | None = None
    bare: bool = False
    """Whether the file was given by itself, so that its name says nothing about its folder."""


MOST_LEVELS = 9
"""The folder of a file that is given by itself, and folders above it, in which its `sources.toml` is looked for."""
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
_ASSETS = "_files"
"""A browser that saves `X.html` puts pictures, scripts and styles into the folder `X_files`."""
_LEFT_OUT = frozenset({SIDECAR, "thumbs.db", "desktop.ini"})


def asset_folders(names: Iterable[str]) -> set[str]:
    """The folders with the pictures, scripts and styles of the saved pages among these paths."""
    pages = (PurePosixPath(name) for name in names if name.lower().endswith(_PAGE_SUFFIXES))
    return {str(page.with_suffix("")) + _ASSETS for page in pages}


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is left out: a hidden one, or what macOS adds to archives."""
    return (name.startswith(".") and name != "..") or name == "__MACOSX"


def is_left_out(name: str) -> bool:
    """Whether a file of this name in a folder is left out without a word: it is about the other files."""
    return is_hidden(name) or name.casefold() in _LEFT_OUT or name.casefold().partition(".")[0] == "readme"


def find_sources(paths: Sequence[Path], warn: Callable[[str], None] = logger.warning) -> list[SourceFile]:
    """The files at these paths and in all folders below, sorted by name, each once.

    In a folder, the search ignores hidden files and folders, READMEs, `sources.toml`, links to folders, and the
    pictures, scripts and styles of a saved page. What is not a regular file is an entry with a `skip_reason`. The
    content selects the format, so that names do not matter.

    `warn` is told what is wrong in an entry of a `sources.toml`.

    Raises:
        InvalidInput: a path does not exist, two files have the same name, or a `sources.toml` is not TOML.
    """
    found: dict[str, SourceFile] = {}
    skipped: dict[Path, SourceFile] = {}

    @cache  # read once per folder
    def known(folder: Path) -> Entries:
        entries, warnings = read_sidecar(folder)
        for warning in warnings:
            warn(warning)
        return entries

    for path in paths:
        for file in _at(path, known):
            if file.skip_reason is not None:
                skipped.setdefault(file.path, file)
                continue
            other = found.setdefault(file.name, file)
            if not other.path.samefile(file.path):
                raise InvalidInput(
                    f"{other.path} and {file.path} would both have the name {file.name!r}, so one would replace "
                    "the other. Ingest a folder that holds both, or rename one.",
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
        return [_skipped(path, path.name, "it describes the files beside it and is not an article")]
    return [replace(_source(path, path.name, _from_above(path, known)), bare=True)]


def _from_above(path: Path, known: Sidecars) -> ArticleMeta | None:
    """What the `sources.toml` of the file's folder, and of the folders above it, say of the file."""
    parts = Path(os.path.abspath(path)).parts  # noqa: PTH100 - a link keeps the name that the user gave
    levels = min(len(parts) - 1, MOST_LEVELS)
    root, inner = Path(*parts[:-levels]), Path(*parts[-levels:])

    def entries(folder: str) -> Entries:
        if root / folder == root / inner.parent:
            return known(path.parent)
        return known(root / folder) if (root / folder / SIDECAR).is_file() else {}

    return metadata_of(inner.as_posix(), entries)


def _below(root: Path, known: Sidecars) -> Iterable[SourceFile]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        assets = asset_folders(names)
        folders[:] = [name for name in folders if not is_hidden(name) and name not in assets]
        known(Path(folder))  # also of a folder without other files, for its warnings
        for name in names:
            path = Path(folder) / name
            if is_left_out(name):
                continue
            name = path.relative_to(root).as_posix()
            yield _checked(path, name, metadata_of(name, lambda inner: known(root / inner)))
    for error in unreadable:
        path = Path(error.filename)
        yield _skipped(path, path.relative_to(root).as_posix(), f"cannot be searched: {error.strerror}")


def _checked(path: Path, name: str, metadata: ArticleMeta | None) -> SourceFile:
    if not path.is_file():
        return _skipped(path, name, "it is a broken link, or not a regular file")
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
