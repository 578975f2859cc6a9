"""`sources.toml`: metadata of the files beside it.

    ["name of the file.txt"]
    title = "…"
    outlet = "…"
    author = "…"
    published = 2025-06-07
    language = "en"
    url = "https://…"

All keys are optional. The file describes its folder only. Of a file with several articles it describes the first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.parsing.metadata import as_date, as_language, as_text, as_url
from qa_service.records import ArticleMeta

__all__ = ["SIDECAR", "read_sidecar"]

SIDECAR = "sources.toml"

_CHECKS: Mapping[str, Callable[[object], Any]] = {
    **dict.fromkeys(("title", "outlet", "author"), as_text),
    "published": as_date,
    "language": as_language,
    "url": as_url,
}


def read_sidecar(folder: Path) -> dict[str, ArticleMeta]:
    """Metadata by file name. Empty where the folder has no such file.

    Raises:
        InvalidInput: the file is not TOML, or a name, key or value in it is wrong. The message names it.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as TOML: {error}.", param=SIDECAR) from None
    for name in tables:
        if Path(name).name != name or not (folder / name).is_file():
            raise InvalidInput(
                f'{path}: there is no file {name!r} beside it. Put the exact name in quotes: ["article.txt"].',
                param=name,
            )
    return {name: _metadata(path, name, table) for name, table in tables.items()}


def _metadata(path: Path, name: str, table: object) -> ArticleMeta:
    if not isinstance(table, dict):
        raise InvalidInput(f"{path}: {name!r} must be a table with keys such as title.", param=name)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _CHECKS:
            raise InvalidInput(
                f"{path}: {name!r} has the unknown key {key!r}. Known keys are {', '.join(_CHECKS)}.",
                param=f"{name}.{key}",
            )
        try:
            values[key] = _CHECKS[key](value)
        except ValueError as error:
            raise InvalidInput(f"{path}: {key!r} of {name!r} {error} (got {value!r}).", param=f"{name}.{key}") from None
    return ArticleMeta(**values)
