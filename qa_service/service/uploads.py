"""Uploads with the metadata that a `sources.toml` among them states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import PurePosixPath

from qa_service.errors import InvalidInput
from qa_service.parsing.facts.sidecar import SIDECAR, Entries, absent_files, metadata_of, read_sidecar_text
from qa_service.records import ArticleMeta, Upload

__all__ = ["described"]


def described(uploads: Sequence[Upload]) -> tuple[list[Upload], list[str]]:
    """The uploads without their `sources.toml` files, with the metadata that these state, and what is wrong in them.

    Metadata that came with an upload wins, field by field.

    Raises:
        InvalidInput: a `sources.toml` is no TOML, or there is no other file.
    """
    sidecars = [upload for upload in uploads if PurePosixPath(upload.name).name == SIDECAR]
    files = [upload for upload in uploads if PurePosixPath(upload.name).name != SIDECAR]
    if not files:
        what = f"{SIDECAR} describes other files. Send them with it." if sidecars else "send at least one file."
        raise InvalidInput(f"files: {what}", param="files")
    entries: dict[str, Entries] = {}
    warnings: list[str] = []
    for sidecar in sidecars:
        folder = PurePosixPath(sidecar.name).parent
        entries[folder.as_posix()], wrong = read_sidecar_text(_text(sidecar), sidecar.name)
        below = {name for file in files if (name := _below(file.name, folder)) is not None}
        warnings += [*wrong, *absent_files(entries[folder.as_posix()], below, sidecar.name)]
    if not entries:
        return files, warnings
    return [
        replace(file, metadata=_filled(file.metadata, metadata_of(file.name, lambda one: entries.get(one, {}))))
        for file in files
    ], warnings


def _text(sidecar: Upload) -> str:
    content = sidecar.content if isinstance(sidecar.content, bytes) else sidecar.content.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{sidecar.name}: is not UTF-8. Save it as UTF-8.", param="files") from None


def _below(name: str, folder: PurePosixPath) -> str | None:
    path = PurePosixPath(name)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else None


def _filled(given: ArticleMeta | None, found: ArticleMeta | None) -> ArticleMeta | None:
    if given is None or found is None:
        return given if found is None else found
    missing = [field.name for field in fields(given) if getattr(given, field.name) in (None, ())]
    return replace(given, **{name: getattr(found, name) for name in missing})
