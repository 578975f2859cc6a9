"""The place in a file that an error names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import InvalidInput

__all__ = ["FilePlace"]


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A place in a file. `line` counts from 1, in units of `unit`; `inside` is the path within a JSON document."""

    path: Path
    line: int | None = None
    inside: str = ""
    unit: str = "line"

    @property
    def within(self) -> str:
        """The path within the document, else the line."""
        return self.inside or f"{self.unit} {self.line}"

    def wrong(self, field: str | None, what: str) -> InvalidInput:
        """The error `{path}, line {line}, {field}: {what}.`, to be raised; its `param` is the field."""
        line = "" if self.line is None else f", {self.unit} {self.line}"
        named = ".".join(part for part in (self.inside, field) if part)
        return InvalidInput(f"{self.path}{line}{', ' if named else ''}{named}: {what}.", param=field or "questions")
