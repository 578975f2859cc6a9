"""The summary of an ingest for a person: counts, what could not be read and why, and warnings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import click

from qa_service.cli import options
from qa_service.cli.show import printable

if TYPE_CHECKING:
    from qa_service.records import IngestReport

__all__ = ["show_report", "show_unreadable", "show_warnings"]

SHOWN_REASONS = 20
SHOWN_WARNINGS = 10
SHOWN_KINDS_OF_REASONS = 3
_FIRST_CLAUSE = re.compile(r"[.;:(](?=\s|$)|[,(]")
"""Where the first clause of a reason ends: what follows says what to do, or tells details."""

_NOUN = re.compile(r"(?:it )?is (?:an? (.+)|(empty|damaged))")


class _File(Protocol):
    """A file with what came of it."""

    @property
    def file(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


def show_report(report: IngestReport, noun: str, given: int | None = None) -> None:
    """`given` is the number of files that were given, of which an archive is one."""
    counts = [(o, report.count(o)) for o in ("added", "replaced", "unchanged", "skipped", "cancelled")]
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in counts if number) or "there was nothing to read"
    rate = f", {report.passages / report.seconds:.1f} passages/s" if report.passages and report.seconds > 0 else ""
    total = options.counted(len(report.files), noun)
    if given is not None and given < len(report.files):
        total = f"{options.counted(given, noun)}, {len(report.files)} with those in archives"
    click.echo(f"{total}: {outcomes}")
    several = sum(len(result.articles) > 1 for result in report.files if result.outcome in ("added", "replaced"))
    # Otherwise a reader who counts files and articles takes the difference for a mistake.
    why = f" ({options.counted(several, noun)} {'holds' if several == 1 else 'hold'} more than one)" if several else ""
    stored = f"{options.counted(report.articles, 'article')}{why}, {options.counted(report.passages, 'passage')}"
    click.echo(
        f"{stored} in {report.seconds:.1f} s{rate}; "
        f"collection {report.collection!r} is at generation {report.generation}"
    )
    show_warnings(report.files)
    show_unreadable([result for result in report.files if result.outcome == "skipped"], noun)


def show_warnings(files: Iterable[_File]) -> None:
    """The first warnings, and the number of the others."""
    found = [(one.file, warning) for one in files for warning in one.warnings]
    for file, warning in found[:SHOWN_WARNINGS]:
        click.echo(f"warning {printable(file)}: {printable(warning.removeprefix(f'{file}: '))}")
    if len(found) > SHOWN_WARNINGS:
        click.echo(f"and {options.counted(len(found) - SHOWN_WARNINGS, 'more warning')}; --json lists them all")


def show_unreadable(files: Sequence[_File], noun: str, *, err: bool = False) -> None:
    """The first reasons, and at the end a line that counts the files by kind and reason."""
    if not files:
        return
    if not err:
        for one in files[:SHOWN_REASONS]:
            click.echo(f"skipped {printable(one.file)}: {printable(_reason(one))}")
        if len(files) > SHOWN_REASONS:
            click.echo(f"and {len(files) - SHOWN_REASONS} more; --json lists them all")
    things = [one for one in files if one.kind is None or _names_kind(one)]
    known = [one for one in files if one not in things]
    kinds = Counter(str(one.kind) for one in known)
    parts = [_kind(kind, count, [one for one in known if one.kind == kind]) for kind, count in _most(kinds)]
    parts += [_thing(what, count) for what, count in _most(Counter(map(_what, things)))]
    click.echo(f"{options.counted(len(files), noun)} could not be read: {', '.join(parts)}", err=err)


def _kind(kind: str, count: int, files: Sequence[_File]) -> str:
    """`2 PDF (1 is encrypted, 1 has no text)`."""
    reasons = Counter(map(_what, files))
    shown = _most(reasons)[:SHOWN_KINDS_OF_REASONS]
    others = count - sum(number for _, number in shown)
    words = [reason if count == 1 else f"{number} {reason}" for reason, number in shown]
    words += [f"{others} for other reasons"] if others else []
    return f"{count} {kind} ({', '.join(map(printable, words))})"


def _thing(what: str, count: int) -> str:
    """`2 pictures`, of `is a picture`. What is no noun stands in brackets."""
    thing = _NOUN.fullmatch(what)
    if thing is None or (count > 1 and " with " in what):
        return f"{count} of no known format ({printable(what)})"
    return options.counted(count, printable(thing[1] or f"{thing[2]} file"))


def _names_kind(one: _File) -> bool:
    """Whether the reason names the kind, as `is a damaged or truncated PDF` does."""
    thing = _NOUN.fullmatch(_what(one))
    return thing is not None and str(one.kind) in str(thing[1])


def _what(one: _File) -> str:
    """The first clause of the reason."""
    return _FIRST_CLAUSE.split(_reason(one), maxsplit=1)[0].strip()


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; equal ones in order of their names."""
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _reason(one: _File) -> str:
    """The reason without the file's name, with which most begin."""
    return (one.reason or "no reason given").removeprefix(f"{one.file}: ")
