"""The files of a `multipart/form-data` request."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from flask import request
from werkzeug.datastructures import FileStorage

from qa_service.errors import InvalidInput

__all__ = ["uploaded_files"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def uploaded_files() -> list[tuple[str, bytes]]:
    """(name, content) of every file sent, whatever its field is called. A name loses the folders it came with.

    Raises:
        InvalidInput: there is no file, two have one name, or a name cannot be that of a file.
    """
    sent = [file for _, file in request.files.items(multi=True) if file.filename]
    if not sent:
        raise InvalidInput("files: send at least one file, as `-F files=@article.txt` does with curl.", param="files")
    names = [_plain_name(file) for file in sent]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"files: {name} is sent {names.count(name)} times.", param="files")
    return [(name, file.read()) for name, file in zip(names, sent, strict=True)]


def _plain_name(file: FileStorage) -> str:
    given = file.filename or ""
    name = PurePosixPath(given).name
    if not name or name in (".", "..") or _CONTROL.search(name) or len(name) > 255:
        shown = given[:80].encode("ascii", "backslashreplace").decode()
        raise InvalidInput(f"files: {shown!r} cannot be the name of a file.", param="files")
    return name
