"""The files of a `multipart/form-data` request."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from flask import request
from werkzeug.datastructures import FileStorage

from qa_service.errors import InvalidInput

__all__ = ["plain_name", "uploaded_files"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def uploaded_files() -> list[tuple[str, bytes]]:
    """Name and content of every file in the request, in any field. Names lose their folders.

    Raises:
        InvalidInput: there is no file, two files share a name, or a name is invalid.
    """
    sent = [file for _, file in request.files.items(multi=True) if file.filename]
    if not sent:
        raise InvalidInput("files: send at least one file, as `-F files=@article.txt` does with curl.", param="files")
    names = [plain_name(file) for file in sent]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"files: {name} is sent {names.count(name)} times.", param="files")
    return [(name, file.read()) for name, file in zip(names, sent, strict=True)]


def plain_name(file: FileStorage, field: str = "files") -> str:
    """The name of a file in `field`, without folders.

    Raises:
        InvalidInput: the name is invalid.
    """
    given = file.filename or ""
    name = PurePosixPath(given).name
    if not name or name in (".", "..") or _CONTROL.search(name) or len(name) > 255:
        shown = given[:80].encode("ascii", "backslashreplace").decode()
        raise InvalidInput(f"{field}: {shown!r} cannot be the name of a file.", param=field)
    return name
