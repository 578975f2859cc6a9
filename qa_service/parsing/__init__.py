"""Parses files and drafts to articles: finds files, decodes, cleans, splits joined articles, adds metadata."""

from __future__ import annotations

from qa_service.parsing.articles import read_draft, read_source
from qa_service.parsing.beir import count_beir, read_beir
from qa_service.parsing.explain import ExplainedLine, explain_source
from qa_service.parsing.formats import FORMATS, SourceInfo
from qa_service.parsing.sources import SourceFile, find_sources

__all__ = [
    "FORMATS",
    "ExplainedLine",
    "SourceFile",
    "SourceInfo",
    "count_beir",
    "explain_source",
    "find_sources",
    "read_beir",
    "read_draft",
    "read_source",
]
