"""`sources.toml`: metadata of the files beside it and below it.

    ["name of the file.txt"]
    title = "…"
    outlet = "…"
    author = "…"
    published = 2025-06-07
    updated = "8 June 2025"
    language = "en"
    url = "https://…"
    tags = ["budget", "ferry"]

    ["2024/index.md"]
    outlet = "…"

All keys are optional. Of a file with several articles it describes the first. Where several `sources.toml` describe a
file, the nearest one wins, field by field. What is wrong in an entry is a warning: the other fields count.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_text, as_url
from qa_service.records import ArticleMeta

__all__ = ["SIDECAR", "Entries", "absent_files", "metadata_of", "read_sidecar", "read_sidecar_text"]

SIDECAR = "sources.toml"

Entries = Mapping[str, ArticleMeta]
"""Metadata by the path of a file, relative to the folder of the `sources.toml`, with forward slashes."""

_QUOTED = 'Put the exact name in quotes: ["article.txt"].'
_NO_PATTERNS = "Patterns are not supported. Write an entry for each file."


_CHECKS: Mapping[str, Callable[[object], Any]] = {
    **dict.fromkeys(("title", "outlet"), as_text),
    "author": as_author,
    **dict.fromkeys(("published", "updated"), as_date),
    "language": as_language,
    "url": as_url,
    "tags": as_tags,
}


def read_sidecar(folder: Path) -> tuple[Entries, list[str]]:
    """The entries of the `sources.toml` in a folder, and a warning for each entry that is wrong or names no file.

    Both are empty where the folder has no such file.

    Raises:
        InvalidInput: the file is not TOML. The message names it.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return {}, []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _not_toml(str(path), error) from None
    entries, warnings = read_sidecar_text(text, str(path))
    return entries, [*warnings, *absent_files(entries, _Below(folder), str(path))]


def read_sidecar_text(text: str, origin: str) -> tuple[Entries, list[str]]:
    """As `read_sidecar`, for a `sources.toml` from an archive or an upload. `origin` names it in messages.

    It does not know which files exist: see `absent_files`.

    Raises:
        InvalidInput: the text is not TOML.
    """
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _not_toml(origin, error) from None
    entries: dict[str, ArticleMeta] = {}
    warnings: list[str] = []
    for name, table in tables.items():
        path = PurePosixPath(name.replace("\\", "/"))
        if not isinstance(table, dict) or any(isinstance(value, dict) for value in table.values()):
            warnings.append(f"{origin}: {name!r} is ignored, because it is no table with keys such as title. {_QUOTED}")
        elif path.is_absolute() or ".." in path.parts or not path.parts:
            warnings.append(f"{origin}: {name!r} is ignored, because it is no file in this folder or below it.")
        else:
            meta, wrong = _metadata(table, f"{origin}: {name!r}")
            entries[_key(path.as_posix())] = meta
            warnings += wrong
    return entries, warnings


def absent_files(entries: Entries, names: Container[str], origin: str) -> list[str]:
    """A warning for each entry whose file is not among `names`, which are relative to the folder of `origin`."""
    return [
        f"{origin}: there is no file {name!r}. {_NO_PATTERNS if set(name) & set('*?[') else _QUOTED}"
        for name in entries
        if name not in names
    ]


def metadata_of(name: str, entries_in: Callable[[str], Entries]) -> ArticleMeta | None:
    """What the `sources.toml` of the folder of file `name`, and of each folder above it, say of the file.

    `name` is a path with forward slashes. `entries_in` gives the entries in a folder of that tree; "." is its root.
    None if no entry describes the file.
    """
    path, found = PurePosixPath(name), None
    for folder in path.parents:
        entry = entries_in(folder.as_posix()).get(_key(path.relative_to(folder).as_posix()))
        if entry is not None:
            found = entry if found is None else _filled(found, entry)
    return found


class _Below:
    """The names of the files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, name: object) -> bool:
        # a file system may spell the accents of a name in another form
        forms = (unicodedata.normalize(form, str(name)) for form in ("NFC", "NFD"))
        return any((self._folder / form).is_file() for form in forms)


def _key(name: str) -> str:
    """The path in the form in which two spellings of the same letters are equal."""
    return unicodedata.normalize("NFC", name)


def _filled(near: ArticleMeta, far: ArticleMeta) -> ArticleMeta:
    """`near`, with the fields of `far` that it does not state."""
    missing = [field.name for field in fields(near) if getattr(near, field.name) in (None, ())]
    return replace(near, **{name: getattr(far, name) for name in missing})


def _metadata(table: Mapping[str, object], entry: str) -> tuple[ArticleMeta, list[str]]:
    values: dict[str, Any] = {}
    warnings: list[str] = []

    for key, value in table.items():
        if key not in _CHECKS:
            known = ", ".join(_CHECKS)
            warnings.append(f"{entry} has the unknown key {key!r}{did_you_mean(key, _CHECKS)} Known keys are {known}.")
            continue
        try:
            values[key] = _CHECKS[key](value)
        except ValueError as error:
            warnings.append(f"{entry}: {key!r} {error} (got {value!r:.80}). The field is left out.")
    return ArticleMeta(**values), warnings


def _not_toml(origin: str, error: Exception) -> InvalidInput:
    return InvalidInput(f"{origin}: cannot be read as TOML: {error}.", param=SIDECAR)
