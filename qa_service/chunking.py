"""Article -> Passages: whole sentences, exact offsets, never more than the encoder reads.

How the boundaries are chosen, in this order:

1. A passage holds as many sentences as fit: at most `max_tokens` tiktoken tokens in its text, and at most `max_pieces`
   word pieces of the encoder in title and text together. A sentence that is too long by itself is cut at words.
2. Where a paragraph ends inside such a passage when it is at least 60 % full, the passage ends there, at the last such
   place.
3. A heading never ends a passage: it goes with what follows, except where the two don't fit together or the article
   ends.
4. A passage begins with the last `overlap_sentences` sentences of the one before, as many of them as take at most
   half of the room and leave some for what is new.

`chunk_whole` makes one passage of an article instead, however long: for benchmarks whose published figures were
measured so. The encoder then reads the beginning alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from qa_service.errors import InvalidInput
from qa_service.records import Article, Passage, passage_id_of
from qa_service.text.basic.cutting import cut
from qa_service.text.basic.headings import heading_flags
from qa_service.text.basic.prefix import cut_title, embedded_text, title_limit
from qa_service.text.basic.sentences import paragraphs, split_sentences
from qa_service.text.basic.tokens import count_tokens

__all__ = ["SMALLEST_LIMIT", "chunk", "chunk_whole"]

SMALLEST_LIMIT = 16
FULL_ENOUGH = 0.6
MOST_OVERLAP = 0.5
_COUNTED_WHOLE = 64
"""Code points per token; a sentence longer than that many times the limit is cut without being counted first."""


def chunk(
    article: Article,
    *,
    count_pieces: Callable[[str], int],
    max_pieces: int,
    max_tokens: int,
    overlap_sentences: int,
) -> list[Passage]:
    """Passages of an article, in order; none where nothing in it shows.

    `count_pieces` counts the encoder's word pieces without its special tokens. Every passage satisfies
    `text == article.text[start:end]`; together they cover every character but white space. The title counts as it is
    embedded: cut to `title_limit(max_pieces)` pieces. Time is linear in the text.

    Raises:
        InvalidInput: a limit is below 16 or the overlap below 0.
    """
    for name, value, least in (
        ("max_pieces", max_pieces, SMALLEST_LIMIT),
        ("max_tokens", max_tokens, SMALLEST_LIMIT),
        ("overlap_sentences", overlap_sentences, 0),
    ):
        if value < least:
            raise InvalidInput(f"{name} must be at least {least}, not {value}.", param=name)
    title = cut_title(article.meta.title, count_pieces, title_limit(max_pieces))
    room = _Room(article.text, title, count_pieces, max_pieces, max_tokens)
    packing = _Packing(room, _units(article, room), overlap_sentences)
    cut_at = (packing.units[start:end] for start, end in packing.passages())
    return [_passage(article, [(u.start, u.end) for u in own], [u.heading for u in own]) for own in cut_at]


def chunk_whole(article: Article) -> list[Passage]:
    """One passage from the first character that is no white space to the last, with all its sentences; none where
    nothing in the article shows."""
    found = list(_sentences(article))
    return [_passage(article, [s for s, _, _ in found], [heading for _, _, heading in found])] if found else []


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a part of one that is too long. `pieces` and `tokens` count the white space before it too."""

    start: int
    end: int
    paragraph: int
    heading: bool
    pieces: int
    tokens: int


class _Room:
    """What fits into one passage of a text."""

    def __init__(
        self, text: str, title: str | None, count_pieces: Callable[[str], int], max_pieces: int, max_tokens: int
    ) -> None:
        self.text = text
        self.max_pieces, self.max_tokens = max_pieces, max_tokens
        self._title, self._count_pieces = title, count_pieces
        self.title_pieces = count_pieces(embedded_text(title, "")[0]) if title else 0

    def fits(self, start: int, end: int) -> bool:
        """Exact, on the very strings that are stored and embedded."""
        text = self.text[start:end]
        return (
            count_tokens(text) <= self.max_tokens
            and self._count_pieces(embedded_text(self._title, text)[0]) <= self.max_pieces
        )

    def load(self, start: int, end: int) -> tuple[int, int]:
        """(word pieces, tokens) of a part: nearly additive, which is enough to guess with."""
        text = self.text[start:end]
        return self._count_pieces(text), count_tokens(text)

    def share(self, pieces: int, tokens: int) -> float:
        """How much of a passage that takes, from 0 to 1."""
        return max(pieces / max(1, self.max_pieces - self.title_pieces), tokens / self.max_tokens)


def _sentences(article: Article) -> Iterator[tuple[tuple[int, int], int, bool]]:
    """(start, end) of each sentence, its paragraph, and whether that is a heading."""
    blocks = paragraphs(article.text)
    flags = heading_flags(article.text, blocks, article.meta.title)
    starts = [start for start, _ in blocks]
    for start, end in split_sentences(article.text):
        paragraph = bisect_right(starts, start) - 1
        yield (start, end), paragraph, flags[paragraph]


def _units(article: Article, room: _Room) -> list[_Unit]:
    units: list[_Unit] = []
    for sentence, paragraph, heading in _sentences(article):
        for a, b in _whole_or_cut(*sentence, room):
            before = units[-1].end if units else a
            units.append(_Unit(a, b, paragraph, heading, *room.load(before, b)))
    return units


def _whole_or_cut(start: int, end: int, room: _Room) -> list[tuple[int, int]]:
    if end - start <= _COUNTED_WHOLE * room.max_tokens and room.fits(start, end):
        return [(start, end)]
    return cut(room.text, start, end, room.fits)


class _Packing:
    """Units into passages: spans of indices into `units`."""

    def __init__(self, room: _Room, units: list[_Unit], overlap: int) -> None:
        self.units = units
        self._room, self._overlap = room, overlap
        self._pieces = list(accumulate((u.pieces for u in units), initial=0))
        self._tokens = list(accumulate((u.tokens for u in units), initial=0))

    def passages(self) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        end = 0
        while end < len(self.units):
            start, least = self._begin(spans[-1][0] if spans else -1, end)
            end = self._end(start, least)
            spans.append((start, end))
        return spans

    def _begin(self, previous_start: int, new: int) -> tuple[int, int]:
        """(start, least end) of the passage that brings the unit `new`: with the overlap where there is room for it,
        and with what follows where `new` is a heading. The units between them were seen to fit."""
        needed = new + 1
        while needed < len(self.units) and self.units[needed - 1].heading:
            needed += 1
        for start in range(max(previous_start + 1, new - self._overlap), new):
            if self._share(start, new) <= MOST_OVERLAP and self._fits(start, needed):
                return start, needed
        return new, needed if self._fits(new, needed) else new + 1

    def _end(self, start: int, least: int) -> int:
        """Where it ends: at `least` or after it."""
        furthest = least
        while furthest < len(self.units) and self._share(start, furthest + 1) <= 1:
            furthest += 1
        while furthest > least and not self._fits(start, furthest):
            furthest -= 1
        if furthest == len(self.units):
            return furthest
        for end in range(furthest, least - 1, -1):
            if self._share(start, end) < FULL_ENOUGH:
                break
            if self.units[end].paragraph != self.units[end - 1].paragraph and not self.units[end - 1].heading:
                return end
        end = furthest
        while end > least and self.units[end - 1].heading:
            end -= 1
        return furthest if self.units[end - 1].heading else end

    def _fits(self, start: int, end: int) -> bool:
        return self._share(start, end) <= 1 and self._room.fits(self.units[start].start, self.units[end - 1].end)

    def _share(self, start: int, end: int) -> float:
        # The white space before the first unit is not part of the passage, so this may be a little too much.
        return self._room.share(self._pieces[end] - self._pieces[start], self._tokens[end] - self._tokens[start])


def _passage(article: Article, sentences: Sequence[tuple[int, int]], headings: Sequence[bool]) -> Passage:
    start, end = sentences[0][0], sentences[-1][1]
    text = article.text[start:end]
    return Passage(
        passage_id=passage_id_of(article.article_id, start, end),
        article_id=article.article_id,
        start=start,
        end=end,
        text=text,
        token_count=count_tokens(text),
        sentences=tuple(sentences),
        headings=tuple(headings),
    )
