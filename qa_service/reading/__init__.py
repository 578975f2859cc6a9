"""Bytes to articles: finding files, decoding, cleaning, splitting joined articles, metadata."""

from __future__ import annotations

from qa_service.reading.articles import read_draft, read_source
from qa_service.reading.beir import count_beir, read_beir
from qa_service.reading.formats import FORMATS
from qa_service.reading.sources import SourceFile, find_sources

__all__ = ["FORMATS", "SourceFile", "count_beir", "find_sources", "read_beir", "read_draft", "read_source"]
