"""Reads the elements of a list in a JSON document, each with its line for our errors. ijson does not tell the line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.set_lines import whole_text

__all__ = ["broken", "elements_of"]

_MARK = re.compile(r"[^ \t\r\n]")


def elements_of(path: Path, name: str) -> Iterator[tuple[FilePlace, Any]]:
    """Yield the elements of the list `name` of the top-level object, each with the place of its first line.

    Raises:
        InvalidInput: the file is not JSON, does not hold an object, or has no such list.
    """
    document = _Document(path)
    document.expect("{")
    found = False
    while document.peek() != "}":
        key = document.value()
        if not isinstance(key, str):
            raise document.here().wrong(None, f"is not JSON: a name must stand in quotes (got {key!r:.80})")
        document.expect(":")
        if key != name:
            document.value()
        elif document.peek() != "[":
            raise document.here().wrong(name, "must be a list")
        else:
            found = True
            document.expect("[")
            while document.peek() != "]":
                place = document.here()
                yield place, document.value()
                document.comma("]")
            document.expect("]")
        document.comma("}")
    document.expect("}")
    if document.peek():
        raise document.here().wrong(None, f"is not JSON: {document.peek()!r} stands after the end of the document")
    if not found:
        raise FilePlace(path).wrong(
            name, f"the document has no list {name!r}. JSON Lines have each object whole on one line"
        )


def broken(error: Exception, said: str | None = None) -> str:
    """The reason why JSON was refused: it ends too early, else the message of the parser (`said`)."""
    if isinstance(error, json.JSONDecodeError):
        if error.msg.startswith("Unterminated string"):
            return "is not complete JSON (ends in the middle of a string)"
        if error.pos >= len(error.doc.rstrip()):
            return "is not complete JSON (ends before it is closed)"
    return f"is not JSON: {said or error}"


class _Document:
    """A document that is read from start to end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = whole_text(path)
        self._position = 0
        self._line = 1

    def here(self) -> FilePlace:
        return FilePlace(self._path, self._line)

    def peek(self) -> str:
        """The next character that is not white space; empty at the end of the file."""
        match = _MARK.search(self._text, self._position)
        self._skip_to(match.start() if match else len(self._text))
        return match[0] if match else ""

    def expect(self, mark: str) -> None:
        if (found := self.peek()) != mark:
            raise self.here().wrong(None, f"is not JSON: {mark!r} expected (got {found or 'the end of the file'!r})")
        self._skip_to(self._position + 1)

    def comma(self, end: str) -> None:
        """Skip the comma between two elements; before `end` there is no comma."""
        if self.peek() == end:
            return
        self.expect(",")
        if self.peek() == end:
            raise self.here().wrong(None, f"is not JSON: a comma stands before {end!r}")

    def value(self) -> Any:
        """The whole JSON value that begins here."""
        self.peek()
        try:
            value, end = json.JSONDecoder().raw_decode(self._text, self._position)
        except json.JSONDecodeError as error:
            self._skip_to(error.pos)
            raise self.here().wrong(None, broken(error, error.msg)) from None
        except (ValueError, RecursionError) as error:
            raise self.here().wrong(None, f"is not JSON: {error}") from None
        self._skip_to(end)
        return value

    def _skip_to(self, position: int) -> None:
        self._line += self._text.count("\n", self._position, position)
        self._position = position
