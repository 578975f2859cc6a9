"""Blocks of all pages to one text: paragraphs that go on over columns and pages are joined, page marks are set."""

from __future__ import annotations

from collections.abc import Iterable

from qa_service.parsing.page_marks import page_mark
from qa_service.parsing.pdf.blocks import Block
from qa_service.parsing.pdf.paragraphs import join_text

__all__ = ["Flow"]

MOST_HELD = 12
"""Blocks outside the flow that wait for the end of a paragraph."""

_LEAST_FLOWING = 40
"""Characters of a single line from which it may be the first line of a paragraph, not an entry such as "Total: 9"."""


class Flow:
    """Takes blocks in reading order and builds the text. Holds the text, and a paragraph that may go on."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._last_kind = ""
        self._page = 0
        self._open: Block | None = None
        self._held: list[Block] = []

    @property
    def begun(self) -> bool:
        """Whether there is text."""
        return bool(self._pieces) or self._open is not None

    def add(self, blocks: Iterable[Block]) -> None:
        """Adds the blocks of a page."""
        for block in blocks:
            if not block.text.strip():
                continue
            if self._open is None:
                self._take(block)
            elif block.kind in ("table", "aside") and self._open.kind != block.kind:
                self._held.append(block)
                if len(self._held) > MOST_HELD:
                    self._close()
            elif _goes_on(self._open, block, any(one.kind == "table" for one in self._held)):
                self._open.parts.append((block.page, block.text))
                self._open.open_end, self._open.room = block.open_end, block.room
                if not block.open_end:
                    self._close()
            else:
                self._close()
                self._take(block)

    def text(self) -> str:
        """The text of the blocks so far. The next block begins another text."""
        self._close()
        text = "".join(self._pieces).strip()
        self.__init__()  # type: ignore[misc]
        return text

    def _take(self, block: Block) -> None:
        block.parts = [(block.page, block.text)]
        self._open = block
        if not block.open_end:
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._write(self._open)
        held, self._open, self._held = self._held, None, []
        for block in held:
            block.parts = [(block.page, block.text)]
            self._write(block)

    def _write(self, block: Block) -> None:
        if self._pieces:
            self._pieces.append("\n" if block.kind == "item" == self._last_kind else "\n\n")
        self._last_kind = block.kind
        text = ""
        for page, part in block.parts:
            mark = page_mark(page) if page != self._page else ""
            self._page = page
            text = join_text(text, mark + part)
        self._pieces.append(text)


def _goes_on(before: Block, after: Block, over_table: bool) -> bool:
    """Whether a block is the rest of a paragraph from the column or page before."""
    if after.kind == "heading" or (after.kind == "item" and before.kind != "item"):
        return False
    if (before.kind == "aside") != (after.kind == "aside"):
        return False
    if after.kind == "item" or before.bold != after.bold or abs(before.size - after.size) > 0.08 * before.size:
        return False
    lower = after.text.lstrip("“”\"'‘’«»(")[:1].islower()
    # A table mostly stands after its introduction, not within a sentence.
    flows = not over_table and (before.lines > 1 or len(before.text) >= _LEAST_FLOWING)
    return lower or (flows and not after.indented and after.first_width > before.room)
