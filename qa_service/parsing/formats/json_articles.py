"""Reads JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.records import ArticleDraft

__all__ = ["read"]


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    raise UnreadableSource(f"{source.name}: this format is not read yet.", param=source.name)
    yield
