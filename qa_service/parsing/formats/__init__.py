"""The registry of file formats. A new format is one module in this folder, and one entry in `FORMATS`.

Each module has `read(file, source)`, see `Reader`. It is imported when the first file of its format is read, because
the libraries behind some formats take long to import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, cast

from qa_service.records import ArticleDraft

__all__ = ["FORMATS", "PLAIN", "FileFormat", "Reader", "SourceInfo", "WholeText", "format_of_suffix"]


def _ignore(warning: str) -> None:
    """Drops a warning."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a reader knows about the file that it reads."""

    name: str
    """Name for messages and for `source`: the path relative to the ingested folder, with forward slashes."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """For tables and JSON: the column that holds each field, by the field's name, as `--map` gives them."""
    warn: Callable[[str], None] = _ignore
    """Takes a sentence about something wrong that does not stop the file, without the file's name."""

    @property
    def suffix(self) -> str:
        """The last suffix of the name in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()


Reader = Callable[[BinaryIO, SourceInfo], Iterator[ArticleDraft]]
"""Reads an open file, from its beginning, to drafts: raw texts with the metadata that the file states.

It yields one draft at a time, so that a large file needs little memory. `ArticleDraft.cleaning` says how much of the
text may change afterwards. The caller sets `source` and `source_sha256`.

Raises:
    UnreadableSource: the file does not have this format, is damaged, encrypted or empty. The message begins with
        `source.name`, says what is wrong, and what to do.
"""

WholeText = Callable[[BinaryIO, SourceInfo], str]
"""All text of a file that a person sees, with what its reader leaves out. Only for the explanation of a file."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format: its name for people, the suffixes it usually has, and the module that reads it."""

    name: str
    suffixes: tuple[str, ...]
    module: str

    @property
    def read(self) -> Reader:
        return cast(Reader, import_module(f"qa_service.parsing.formats.{self.module}").read)

    @property
    def whole_text(self) -> WholeText | None:
        """The module's `whole_text`, if its reader chooses what of a file is an article."""
        found = getattr(import_module(f"qa_service.parsing.formats.{self.module}"), "whole_text", None)
        return cast("WholeText | None", found)


PLAIN = FileFormat("plain text", (".txt", ".text", ".log"), "plain")

FORMATS: tuple[FileFormat, ...] = (
    PLAIN,
    FileFormat("Markdown", (".md", ".markdown"), "markdown"),
    FileFormat("HTML", (".html", ".htm", ".xhtml", ".mhtml"), "html"),
    FileFormat("PDF", (".pdf",), "pdf"),
    FileFormat("Word", (".docx",), "docx"),
    FileFormat("OpenDocument text", (".odt", ".fodt"), "odt"),
    FileFormat("RTF", (".rtf",), "rtf"),
    FileFormat("PowerPoint", (".pptx",), "pptx"),
    FileFormat("EPUB", (".epub",), "epub"),
    FileFormat("RSS or Atom", (".rss", ".atom", ".xml", ".rdf"), "feed"),
    FileFormat("mail", (".eml",), "mail"),
    FileFormat("mailbox", (".mbox",), "mailbox"),
    FileFormat("subtitles", (".vtt", ".srt"), "subtitles"),
    FileFormat("JSON", (".json",), "json_articles"),
    FileFormat("JSON Lines", (".jsonl", ".ndjson"), "json_lines"),
    FileFormat("CSV", (".csv", ".tsv"), "csv_rows"),
    FileFormat("spreadsheet", (".xlsx", ".xls", ".ods"), "spreadsheet"),
)
"""All formats that hold articles. Archives hold files of these formats, see `parsing.archives`."""


def format_of_suffix(suffix: str) -> FileFormat | None:
    """The format that usually has this suffix, in any case; None for an unknown suffix."""
    return next((one for one in FORMATS if suffix.lower() in one.suffixes), None)
