"""The files of a `multipart/form-data` request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.records import Upload
from qa_service.web.schemas.requests import FileMetadata

__all__ = ["form_fields", "plain_name", "uploaded_files"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST_NAME = 255
LONGEST_PATH = 1024
REPEATABLE = frozenset({"map"})


def uploaded_files(metadata: Mapping[str, FileMetadata]) -> list[Upload]:
    """Every file in the request, in any field. A name keeps its folders: `2024/index.md`.

    Args:
        metadata: what is known about the files, by name.

    Raises:
        InvalidInput: there is no file, two files share a name, a name is invalid, or `metadata` names another file.
    """
    sent = [file for _, file in request.files.items(multi=True) if file.filename]
    if not sent:
        raise InvalidInput("files: send at least one file, as `-F files=@article.txt` does with curl.", param="files")
    found: dict[str, Upload] = {}
    for file in sent:
        name = path_of(file)
        if name in found:
            raise InvalidInput(f"files: {name} is sent twice. Give each file another path.", param="files")
        known = metadata.get(name)
        found[name] = Upload(name, cast(BinaryIO, file.stream), None if known is None else known.meta())
    for name in metadata:
        if name not in found:
            raise InvalidInput(
                f"metadata: there is no file {name!r} in this upload{did_you_mean(name, found)}",
                param=f"metadata.{name}",
            )
    return list(found.values())


def form_fields() -> dict[str, Any]:
    """The fields of the form beside its files; a list for those that may be repeated.

    Raises:
        InvalidInput: another field is given twice.
    """
    fields: dict[str, Any] = {}
    for name, values in request.form.lists():
        if len(values) > 1 and name not in REPEATABLE:
            raise InvalidInput(f"{name}: is given {len(values)} times; give it once.", param=name)
        fields[name] = values if name in REPEATABLE else values[0]
    return fields


def path_of(file: FileStorage, field: str = "files") -> str:
    """The path of a file relative to the folder that was uploaded.

    Raises:
        InvalidInput: it leads out of the folder, or is no path.
    """
    given = re.sub(r"\A(?:\./)+", "", file.filename or "")  # as `find .` writes it
    parts = given.split("/")
    wrong = None
    if _CONTROL.search(given):
        wrong = "it has a control character"
    elif "\\" in given:
        wrong = "separate folders with /"
    elif given.startswith("/") or re.match("[A-Za-z]:/", given):
        wrong = "the path must be relative"
    elif any(part in (".", "..") for part in parts):
        wrong = "it leads to another folder"
    elif not all(part.strip() for part in parts):
        wrong = "a part of the path is empty"
    elif len(given) > LONGEST_PATH or any(len(part) > LONGEST_NAME for part in parts):
        wrong = f"it is longer than {LONGEST_PATH} characters, or a part of it is longer than {LONGEST_NAME}"
    if wrong is not None:
        raise InvalidInput(f"{field}: {_shown(given)} cannot be the name of a file: {wrong}.", param=field)
    return given


def plain_name(file: FileStorage, field: str = "files") -> str:
    """The name of a file in `field`, without folders.

    Raises:
        InvalidInput: the name is invalid.
    """
    given = file.filename or ""
    name = PurePosixPath(given).name
    if not name or name in (".", "..") or _CONTROL.search(name) or len(name) > LONGEST_NAME:
        raise InvalidInput(f"{field}: {_shown(given)} cannot be the name of a file.", param=field)
    return name


def _shown(name: str) -> str:
    return repr(name[:80].encode("ascii", "backslashreplace").decode())
