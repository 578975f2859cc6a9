"""Reads mailboxes in the mbox format (RFC 4155): an article a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.mail.mail_messages import message_drafts
from qa_service.records import ArticleDraft

__all__ = ["read"]

LARGEST_MESSAGE = 64 << 20
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_SENDER = re.compile(rb"From \S*.*\d{4}\s*$|From -\s*$|From \S+@\S+")
"""A line between messages: a sender and a date. Mozilla writes `From - ` and a date, others no date."""


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the messages in order, one at a time in memory. Those without text are skipped with a warning."""
    number = read_messages = 0
    empty: list[int] = []
    for number, raw in enumerate(_messages(file), 1):
        message = message_from_bytes(raw, policy=policy.default)
        drafts = list(message_drafts(message, source))
        if not drafts:
            empty.append(number)
        read_messages += bool(drafts)
        yield from drafts
    if empty:
        shown = ", ".join(map(str, empty[:5])) + (f", and {len(empty) - 5} more" if len(empty) > 5 else "")
        one = len(empty) == 1
        ends = "has no text and was skipped" if one else "have no text and were skipped"
        source.warn(f"message{'' if one else 's'} {shown} {ends}.")
    if not read_messages:
        raise UnreadableSource(f"{source.name}: none of its {number} messages has a text.", param=source.name)


def _messages(file: BinaryIO) -> Iterator[bytes]:
    """The messages without the lines between them. A line `>From ` of a message is `From ` again."""
    lines: list[bytes] = []
    size = 0
    blank = True
    for line in _lines(file):
        if blank and line.startswith(b"From ") and _SENDER.match(line):
            if lines:
                yield _unquoted(lines)
            lines, size = [], 0
        elif size < LARGEST_MESSAGE:  # the rest of a larger message is not read
            lines.append(line)
            size += len(line)
        blank = not line.strip()
    if lines:
        yield _unquoted(lines)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(1 << 20):
        yield line


def _unquoted(lines: list[bytes]) -> bytes:
    return _QUOTED.sub(b"", b"".join(lines))
