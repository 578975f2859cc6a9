"""Cuts an article into passages: whole sentences, exact offsets, never more than the embedder reads.

It chooses the boundaries by these rules, in this order:

1. A passage holds as many sentences as fit: at most `max_tokens` tiktoken tokens in its text, and at most `max_pieces`
   word pieces of the embedder in title and text together. A sentence that does not fit is cut at its clauses, and a
   clause that does not fit at words.
2. If the passage is at least 60 % full at the end of a paragraph, it ends at the last such place.
3. A heading never ends a passage: it goes with the text that follows, unless both do not fit or the article ends.
4. A passage begins with up to `overlap_sentences` last sentences of the passage before. They take at most half of
   the passage and leave space for a new sentence.

A passage lists its sentences. A sentence above 400 code points is listed in parts, since nobody quotes it whole. That
does not move the boundaries of passages.

`chunk_whole` makes one passage of the whole article instead, as some benchmarks do. The embedder then reads only its
beginning.
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
from qa_service.text.basic.long_sentences import sentence_parts
from qa_service.text.basic.prefix import cut_title, embedded_text, title_limit
from qa_service.text.basic.sentences import paragraphs, split_sentences
from qa_service.text.basic.tokens import count_tokens

__all__ = ["SMALLEST_LIMIT", "chunk", "chunk_whole"]

SMALLEST_LIMIT = 16
MIN_FILL = 0.6
MAX_OVERLAP = 0.5
_MAX_CHARS_PER_TOKEN = 64
"""Code points per token. A text longer than this many times `max_tokens` does not fit: nobody counts its tokens."""


def chunk(
    article: Article, *, count_pieces: Callable[[str], int], max_pieces: int, max_tokens: int, overlap_sentences: int
) -> list[Passage]:
    """The passages of an article, in order. Empty if the article has no visible character.

    `count_pieces` counts the embedder's word pieces without special tokens. Every passage satisfies
    `text == article.text[start:end]`; together they cover all characters but white space. The title counts up to
    `title_limit(max_pieces)` pieces, as the embedder reads it. Time is linear in the text.

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
    limits = _Limits(article.text, title, count_pieces, max_pieces, max_tokens)
    packing = _Packing(limits, _units(article, limits), overlap_sentences)
    cut_at = (packing.units[start:end] for start, end in packing.passages())
    return [_passage(article, [(u.start, u.end) for u in own], [u.heading for u in own]) for own in cut_at]


def chunk_whole(article: Article) -> list[Passage]:
    """One passage with all sentences of the article. Empty if the article has no visible character."""
    found = list(_sentences(article))
    return [_passage(article, [s for s, _, _ in found], [heading for _, _, heading in found])] if found else []


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a part of one that does not fit. `pieces` and `tokens` include the white space before it."""

    start: int
    end: int
    paragraph: int
    heading: bool
    pieces: int
    tokens: int


class _Limits:
    """The limits of a passage, for one text."""

    def __init__(
        self, text: str, title: str | None, count_pieces: Callable[[str], int], max_pieces: int, max_tokens: int
    ) -> None:
        self.text = text
        self.max_pieces, self.max_tokens = max_pieces, max_tokens
        self._title, self._count_pieces = title, count_pieces
        self.title_pieces = count_pieces(embedded_text(title, "")[0]) if title else 0

    def fits(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` fits into a passage. Counts the exact strings that are stored and embedded."""
        if end - start > _MAX_CHARS_PER_TOKEN * self.max_tokens:
            return False
        text = self.text[start:end]
        return (
            # a token is at least one byte: most sentences fit without counting
            (len(text.encode("utf-8", "surrogatepass")) <= self.max_tokens or count_tokens(text) <= self.max_tokens)
            and self._count_pieces(embedded_text(self._title, text)[0]) <= self.max_pieces
        )

    def load(self, start: int, end: int) -> tuple[int, int]:
        """Word pieces and tokens of `text[start:end]`. Sums over parts are approximate."""
        text = self.text[start:end]
        return self._count_pieces(text), count_tokens(text)

    def share(self, pieces: int, tokens: int) -> float:
        """Share of a passage that these counts take; above 1 they do not fit."""
        return max(pieces / max(1, self.max_pieces - self.title_pieces), tokens / self.max_tokens)


def _sentences(article: Article) -> Iterator[tuple[tuple[int, int], int, bool]]:
    """Each sentence as a span, with the index of its paragraph and whether that is a heading."""
    blocks = paragraphs(article.text)
    flags = heading_flags(article.text, blocks, article.meta.title)
    starts = [start for start, _ in blocks]
    for start, end in split_sentences(article.text):
        paragraph = bisect_right(starts, start) - 1
        yield (start, end), paragraph, flags[paragraph]


def _units(article: Article, limits: _Limits) -> list[_Unit]:
    units: list[_Unit] = []
    for sentence, paragraph, heading in _sentences(article):
        for a, b in _whole_or_cut(*sentence, limits):
            before = units[-1].end if units else a
            units.append(_Unit(a, b, paragraph, heading, *limits.load(before, b)))
    return units


def _whole_or_cut(start: int, end: int, limits: _Limits) -> list[tuple[int, int]]:
    if limits.fits(start, end):
        return [(start, end)]
    parts = sentence_parts(limits.text, start, end)
    if len(parts) == 1:
        return cut(limits.text, start, end, limits.fits)
    return [span for part in parts for span in _whole_or_cut(*part, limits)]


class _Packing:
    """Groups units into passages."""

    def __init__(self, limits: _Limits, units: list[_Unit], overlap: int) -> None:
        self.units = units
        self._limits, self._overlap = limits, overlap
        self._pieces = list(accumulate((u.pieces for u in units), initial=0))
        self._tokens = list(accumulate((u.tokens for u in units), initial=0))

    def passages(self) -> list[tuple[int, int]]:
        """Start and end index into `units` of each passage, in order."""
        spans: list[tuple[int, int]] = []
        end = 0
        while end < len(self.units):
            start, least = self._begin(spans[-1][0] if spans else -1, end)
            end = self._end(start, least)
            spans.append((start, end))
        return spans

    def _begin(self, previous_start: int, new: int) -> tuple[int, int]:
        """Start and least end of the passage with the unit `new`. These units fit.

        It starts with the overlap if that fits. If `new` is a heading, it includes the unit after it if that fits.
        """
        needed = new + 1
        while needed < len(self.units) and self.units[needed - 1].heading:
            needed += 1
        for start in range(max(previous_start + 1, new - self._overlap), new):
            if self._share(start, new) <= MAX_OVERLAP and self._fits(start, needed):
                return start, needed
        return new, needed if self._fits(new, needed) else new + 1

    def _end(self, start: int, least: int) -> int:
        """End of the passage, at `least` or later."""
        furthest = least
        while furthest < len(self.units) and self._share(start, furthest + 1) <= 1:
            furthest += 1
        while furthest > least and not self._fits(start, furthest):
            furthest -= 1
        if furthest == len(self.units):
            return furthest
        for end in range(furthest, least - 1, -1):
            if self._share(start, end) < MIN_FILL:
                break
            if self.units[end].paragraph != self.units[end - 1].paragraph and not self.units[end - 1].heading:
                return end
        end = furthest
        while end > least and self.units[end - 1].heading:
            end -= 1
        return furthest if self.units[end - 1].heading else end

    def _fits(self, start: int, end: int) -> bool:
        return self._share(start, end) <= 1 and self._limits.fits(self.units[start].start, self.units[end - 1].end)

    def _share(self, start: int, end: int) -> float:
        # Slightly too large: it includes the white space before the first unit.
        return self._limits.share(self._pieces[end] - self._pieces[start], self._tokens[end] - self._tokens[start])


def _passage(article: Article, sentences: Sequence[tuple[int, int]], headings: Sequence[bool]) -> Passage:
    start, end = sentences[0][0], sentences[-1][1]
    text = article.text[start:end]
    parts = [sentence_parts(article.text, *sentence) for sentence in sentences]
    return Passage(
        passage_id=passage_id_of(article.article_id, start, end),
        article_id=article.article_id,
        start=start,
        end=end,
        text=text,
        token_count=count_tokens(text),
        sentences=tuple(part for own in parts for part in own),
        headings=tuple(heading for own, heading in zip(parts, headings, strict=True) for _ in own),
    )
