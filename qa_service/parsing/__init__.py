"""Parses files and drafts to articles: finds files, decodes, cleans, splits joined articles, adds metadata."""

from __future__ import annotations

from qa_service.parsing.articles import read_draft, read_source
from qa_service.parsing.beir import count_beir, read_beir
from qa_service.parsing.formats import FORMATS, SourceInfo
from qa_service.parsing.sources import SourceFile, find_sources

__all__ = [
    "FORMATS",
    "SourceFile",
    "SourceInfo",
    "count_beir",
    "find_sources",
    "read_beir",
    "read_draft",
    "read_source",
]
