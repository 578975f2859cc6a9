"""A part of a page of `docs/` that a benchmark writes, between two markers."""

from __future__ import annotations

from pathlib import Path

__all__ = ["insert", "section", "write"]

DOCS = Path(__file__).parents[1] / "docs"


def insert(page: str, name: str, text: str) -> str:
    """The page with `text` in the part of the benchmark `name`.

    Raises:
        ValueError: it does not have its two markers once each, in order.
    """
    begin, end = f"<!-- Written by `python -m benchmarks.{name}`. -->", f"<!-- Until here: {name}. -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page must have {begin} and, after it, {end}, once each")
    return f"{page[: page.index(begin)]}{begin}\n\n{text.strip()}\n\n{page[page.index(end) :]}"


def section(page: str, heading: str) -> str:
    """From the line `heading` to the page's end, an empty line before it; nothing where there is none."""
    _, found, rest = page.partition(f"\n{heading}\n")
    return found + rest


def write(name: str, text: str, page: Path = DOCS / "reference" / "measured.md") -> None:
    page.write_text(insert(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")
