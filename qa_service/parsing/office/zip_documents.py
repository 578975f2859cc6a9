"""Opens documents that are ZIP files of XML parts: Word, OpenDocument, EPUB, PowerPoint.

A part is read up to a limit and its XML is parsed without entities, so that a small file can't fill the memory.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from lxml import etree

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo

__all__ = ["LARGEST_PART", "ZipDocument", "open_document", "parse_xml"]

LARGEST_PART = 48 << 20
"""Bytes of an unpacked XML part. A book of 3 000 pages has 20 MB; its tree takes up to ten times as much."""
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCRYPTED = 0x1


class ZipDocument:
    """An open document. Its messages name the file."""

    def __init__(self, archive: zipfile.ZipFile, source: SourceInfo, kind: str) -> None:
        self._archive, self._source, self._kind = archive, source, kind
        self._parts = {info.filename: info for info in archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    @property
    def parts(self) -> list[str]:
        return list(self._parts)

    def refuse(self, reason: str) -> UnreadableSource:
        """The error for this file, to be raised."""
        return UnreadableSource(f"{self._source.name}: {reason}", param=self._source.name)

    def damaged(self, detail: str) -> UnreadableSource:
        return self.refuse(f"is a damaged {self._kind} file ({detail}). Open it in its program and save it again.")

    def check_size(self, part: str) -> None:
        """Refuses a part that is too large. Reading never goes beyond the size that the file declares."""
        if (info := self._parts.get(part)) is not None and info.file_size > LARGEST_PART:
            raise self.refuse(
                f"its part {part} has {info.file_size >> 20} MB, more than the {LARGEST_PART >> 20} MB that are read. "
                "Split the document."
            )

    def read(self, part: str) -> bytes:
        """The bytes of a part.

        Raises:
            UnreadableSource: the part is missing, encrypted, damaged or too large.
        """
        info = self._parts.get(part)
        if info is None:
            raise self.damaged(f"its part {part} is missing")
        if info.flag_bits & _ENCRYPTED:
            raise self.refuse("is encrypted. Save it without password.")
        self.check_size(part)
        try:
            with self._archive.open(info) as file:
                return file.read(LARGEST_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise self.damaged(f"its part {part} can't be unpacked") from error

    def xml(self, part: str) -> etree._Element:
        """The root element of an XML part."""
        try:
            return parse_xml(self.read(part))
        except ValueError as error:
            raise self.damaged(f"{part}: {error}") from error

    def optional_xml(self, part: str) -> etree._Element | None:
        """The root element of a part, or None if it is missing or damaged. For parts that a text does not need."""
        try:
            return self.xml(part) if part in self else None
        except UnreadableSource:
            return None

    def refuse_entities(self, part: str) -> None:
        """Refuses a part with a document type. For parsers that expand entities: no office program writes one."""
        if part in self and _DOCTYPE.search(self.read(part)):
            raise self.damaged(f"{part} declares entities")


@contextmanager
def open_document(file: BinaryIO, source: SourceInfo, kind: str) -> Iterator[ZipDocument]:
    """
    Raises:
        UnreadableSource: the file is no ZIP file or cut off.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise UnreadableSource(
            f"{source.name}: is a damaged or incomplete {kind} file. Copy it again, or open and save it.",
            param=source.name,
        ) from error
    with archive:
        yield ZipDocument(archive, source, kind)


def parse_xml(raw: bytes) -> etree._Element:
    """The root element. Entities stay unexpanded, and nothing outside is loaded.

    Raises:
        ValueError: the XML is not well-formed, or nested too deeply.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
