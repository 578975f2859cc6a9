"""Figures within a page that a command writes."""

from __future__ import annotations

from pathlib import Path

__all__ = ["replace_between"]

END = "<!-- Here ends what was written. -->"


def replace_between(page: Path, command: str, text: str) -> None:
    """Put `text` between the line that says that `command` writes it and the end of what it wrote.

    Raises:
        ValueError: the page has no such place, or has it twice.
    """
    begin = f"<!-- Written by `{command}`. -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, end, after = rest.partition(END)
    if not found or not end or begin in after:
        raise ValueError(f"{page} has no place, or two, between {begin} and {END}")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{END}{after}", encoding="utf-8")
