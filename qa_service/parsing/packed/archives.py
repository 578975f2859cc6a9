"""Unpacks the files in an archive to temporary files, one at a time, with the metadata of their `sources.toml`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing.facts.sidecar import SIDECAR, Entries, absent_files, metadata_of, read_sidecar_text
from qa_service.parsing.packed.archive_entries import (
    DAMAGED,
    MOST_MEMBERS,
    Budget,
    TooLarge,
    archive_kind,
    entries,
)
from qa_service.parsing.sources import asset_folders, is_hidden, is_left_out
from qa_service.records import ArticleMeta

__all__ = ["Member", "archive_kind", "members"]

DEEPEST = 3
"""Archives within archives."""
BLOCK = 1024 * 1024
LARGEST_SIDECAR = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, unpacked to `path`, or the reason to skip it. The caller deletes `path`."""

    name: str
    """Name of the archive, `/`, and the path in the archive."""
    path: Path | None = None
    metadata: ArticleMeta | None = None
    skip_reason: str | None = None
    warnings: tuple[str, ...] = ()
    """What is wrong in the `sources.toml` of the archive; the first member has it."""


def members(path: Path, name: str, folder: Path, stopped: Callable[[], bool] = lambda: False) -> Iterator[Member]:
    """Yields the files in an archive, each unpacked in `folder`. Archives in it are unpacked too.

    Hidden files, READMEs and `sources.toml` are left out, as in a folder. Links and devices are skipped.

    Raises:
        UnreadableSource: the archive is damaged or too large; the members before were yielded.
    """
    budget = Budget(path.stat().st_size, stopped=stopped)
    yield from _members(path, name, folder, budget, 1)


def _members(path: Path, name: str, folder: Path, budget: Budget, depth: int) -> Iterator[Member]:
    kind = archive_kind(path)
    try:
        listed = _listed(path, kind, name, budget)
        sidecars, warnings = _sidecars(listed, name)
        assets = asset_folders(listed)
        seen: set[str] = set()
        for entry in entries(path, kind, name, budget):
            budget.count()
            member = f"{name}/{entry.path}"
            inner = PurePosixPath(entry.path)
            if any(is_hidden(part) for part in inner.parts) or is_left_out(inner.name):
                continue
            if not assets.isdisjoint(str(above) for above in inner.parents):
                continue
            if entry.path in seen:
                yield Member(member, skip_reason=f"{member}: the archive has another file of this name before it.")
                continue
            seen.add(entry.path)
            if entry.open is None or entry.refused is not None:
                yield Member(member, skip_reason=f"{member}: {entry.refused}.")
                continue
            try:
                found = _unpack(entry.open, folder, inner.suffix, budget)
            except (*DAMAGED, RuntimeError) as error:
                if kind != "ZIP":
                    raise  # what follows cannot be read either
                yield Member(member, skip_reason=f"{member}: cannot be unpacked: {_said(error)}.")
                continue
            if archive_kind(found) is None:
                yield Member(member, found, metadata_of(entry.path, lambda at: sidecars.get(at, {})), warnings=warnings)
                warnings = ()
                continue
            try:
                if depth >= DEEPEST:
                    yield Member(member, skip_reason=f"{member}: archives are read {DEEPEST} deep. Unpack it yourself.")
                else:
                    yield from _nested(found, member, folder, budget, depth)
            finally:
                found.unlink(missing_ok=True)
    except TooLarge as error:
        raise UnreadableSource(f"{name}: {error}.", param=name) from None
    except DAMAGED as error:
        raise UnreadableSource(f"{name}: is damaged or cut off: {_said(error)}.", param=name) from None


def _nested(path: Path, name: str, folder: Path, budget: Budget, depth: int) -> Iterator[Member]:
    try:
        yield from _members(path, name, folder, budget, depth + 1)
    except UnreadableSource as error:
        yield Member(name, skip_reason=error.message)


def _unpack(open_member: Callable[[], IO[bytes]], folder: Path, suffix: str, budget: Budget) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=suffix[:16], delete=False) as target:
        path = Path(target.name)
        try:
            with open_member() as member:
                while block := member.read(BLOCK):
                    budget.take(len(block))
                    target.write(block)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _listed(path: Path, kind: str | None, name: str, budget: Budget) -> dict[str, bytes | None]:
    """The paths of all files in an archive, with the content of each `sources.toml`."""
    found: dict[str, bytes | None] = {}
    if kind not in ("ZIP", "TAR"):
        return found
    for number, entry in enumerate(entries(path, kind, name, budget)):
        if number >= MOST_MEMBERS:
            break  # `_members` says so
        found[entry.path] = None
        if PurePosixPath(entry.path).name == SIDECAR and entry.refused is None and entry.open is not None:
            with entry.open() as member:
                found[entry.path] = member.read(LARGEST_SIDECAR)
    return found


def _sidecars(listed: Mapping[str, bytes | None], name: str) -> tuple[Mapping[str, Entries], tuple[str, ...]]:
    """The entries of each `sources.toml`, by its folder in the archive, and a sentence for all that is wrong."""
    found: dict[str, Entries] = {}
    wrong: list[str] = []
    for path, content in listed.items():
        if content is None:
            continue
        parent, origin = PurePosixPath(path).parent, f"{name}/{path}"
        below = {str(p.relative_to(parent)) for p in map(PurePosixPath, listed) if p.is_relative_to(parent)}
        try:
            found[str(parent)], warnings = read_sidecar_text(content.decode("utf-8-sig"), origin)
            wrong += [*warnings, *absent_files(found[str(parent)], below, origin)]
        except UnicodeDecodeError:
            wrong.append(f"{origin}: is not UTF-8, so it is ignored.")
        except InvalidInput as error:
            wrong.append(error.message)
    return found, tuple(wrong)


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
