"""Splits a text that arrives in pieces into sentences. The sentences do not depend on how the text was cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_service.chat.written import MARKER
from qa_service.text.basic.sentences import split_sentences

__all__ = ["SentenceStream", "StreamedSentence"]

LOOKED_AT = 300
"""Characters before a full stop that decide whether a sentence ends there."""
AHEAD = 32
"""Characters after a full stop to wait for. They decide whether a sentence ends there, and contain its `[1]`."""
_STOP = re.compile(r"[.!?…。！？؟।][.!?…\"'”’»)\]*_]*")  # noqa: RUF001
_MARKERS = re.compile(rf"(?:[ \t]*(?:{MARKER.pattern}))*[.,;]?[\"'”’»)*_]*(?=\s|$|[^\W\d])")  # noqa: RUF001
_THINKING, _THOUGHT = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class StreamedSentence:
    """`line` is the number of the line: sentences of one line belong to one paragraph."""

    text: str
    line: int


class SentenceStream:
    """`feed` takes a piece and yields complete sentences; `finish` yields the rest.

    A line break ends a sentence. Text between `<think>` and `</think>` at the start is left out.
    """

    def __init__(self) -> None:
        self._text = ""
        self._line = 0
        self._at = 0
        self._thinking: bool | None = None

    def feed(self, piece: str) -> Iterator[StreamedSentence]:
        self._text += piece.replace("\r\n", "\n").replace("\r", "\n")
        if self._answers():
            yield from self._take(last=False)

    def finish(self) -> Iterator[StreamedSentence]:
        if not self._thinking:
            yield from self._take(last=True)

    def _answers(self) -> bool:
        if self._thinking is None:
            begins = self._text.lstrip()
            if len(begins) < len(_THINKING) and _THINKING.startswith(begins):
                return False
            self._thinking = begins.startswith(_THINKING)
        if self._thinking:
            _, ended, after = self._text.partition(_THOUGHT)
            self._text = after if ended else self._text
            self._thinking = not ended
        return not self._thinking

    def _take(self, last: bool) -> Iterator[StreamedSentence]:
        while True:
            line, ended, after = self._text.partition("\n")
            yield from self._cut(line, whole=bool(ended) or last)
            if not ended:
                return
            self._text, self._at = after, 0
            self._line += 1

    def _cut(self, line: str, *, whole: bool) -> Iterator[StreamedSentence]:
        """The sentences of a line. The search for a full stop goes on at `_at`, so that each is judged once."""
        start = 0
        while (stop := _STOP.search(line, max(start, self._at))) is not None:
            if not whole and len(line) < stop.end() + AHEAD:
                break
            window = line[start : stop.end() + AHEAD]
            markers = _MARKERS.match(window, stop.end() - start)
            end = markers.end() if markers else stop.end() - start
            self._at = start + end
            if _is_boundary(window, stop.end() - start, end):
                yield from self._sentence(window[:end])
                start += end
        if whole:
            yield from self._sentence(line[start:])
            self._text, self._at = self._text[len(line) :], 0
        elif start:
            self._text, self._at = self._text[start:], self._at - start

    def _sentence(self, text: str) -> Iterator[StreamedSentence]:
        if text.strip():
            yield StreamedSentence(text.strip(), self._line)


def _is_boundary(window: str, stop: int, end: int) -> bool:
    """Whether a sentence ends at `end`, its markers included.

    The sentence splitter does not see the markers: it takes a bracket after a full stop for the next sentence.
    """
    rest = window[end:]
    if not rest.strip():
        return True
    if not rest[0].isspace() and not window[stop:end].strip():
        return False
    before = MARKER.sub("", window[max(0, stop - LOOKED_AT) : stop])
    marked = bool(window[stop:end].strip())
    joined = f"{before} {rest.lstrip()}"
    spans = split_sentences(joined)
    return any(begin == len(before) + 1 for begin, _ in spans) or marked
