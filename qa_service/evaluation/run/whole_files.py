"""Files that are there whole or as they were, whenever the process ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["WRITING", "replace_file"]

WRITING = ".writing"
"""At the end of the name of a file that is not whole yet."""


def replace_file(path: Path, pieces: Iterable[str], *, errors: str = "strict") -> Path:
    """Writes the pieces one by one beside `path`, as UTF-8, and moves them there when all are written.

    Args:
        errors: what becomes of a lone surrogate, as `open` takes it.
    """
    building = path.with_name(path.name + WRITING)
    with building.open("w", encoding="utf-8", errors=errors, newline="\n") as file:
        file.writelines(pieces)
    return building.replace(path)
