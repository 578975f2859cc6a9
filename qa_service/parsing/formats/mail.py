"""Reads mail: newsletters, press releases, forwarded articles."""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.mail.mail_messages import message_drafts, whole_body
from qa_service.records import ArticleDraft

__all__ = ["read", "whole_text"]


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """Yields the message, then the messages and documents that are attached to it."""
    message = BytesParser(policy=policy.default).parse(file)
    found = False
    for draft in message_drafts(message, source):
        found = True
        yield draft
    if not found:
        outlook = any(part.get_content_type() == "application/ms-tnef" for part in message.walk())
        what = "its text is in Outlook's winmail.dat. Save it as HTML or plain text" if outlook else "it has no text"
        raise UnreadableSource(f"{source.name}: {what}.", param=source.name)


def whole_text(file: BinaryIO, source: SourceInfo) -> str:
    """The text of the message, with quotes, signature and footer."""
    return whole_body(BytesParser(policy=policy.default).parse(file), source)
