"""Finds the sentences that belong together because a quotation spans them, with the words that say who spoke."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from qa_service.text.lexicon.claim_words import SAYS

__all__ = ["quotation_unit"]

MOST_SENTENCES = 3
MOST_CHARACTERS = 400
MOST_WORDS_BEHIND = 8
"""Maximum words of a sentence that follows a quotation only to name its speaker."""

_CLOSERS = {
    "“": "”“", "„": "“”‟", "‟": "”", "«": "»", "»": "«", "‹": "›", "›": "‹", "‘": "’", "‚": "‘’", '"': '"',
    "「": "」", "『": "』",
}  # fmt: skip
"""The closing marks of each opening mark. German closes with “ or «, Swedish opens with ”."""
_MARK = regex.compile(r"[“”„‟«»‹›‘’‚\"「」『』]")
_BEGINS = regex.compile(r"\s?[\p{L}\p{N}¿¡(\[…$€£'“‘«‹]")
_BEFORE_SINGLE = regex.compile(r"[.,!?…;:\u2013\u2014]")
_BLANK_LINE = regex.compile(r"\n\s*\n")
_WORD = regex.compile(r"\p{L}+")


def quotation_unit(text: str, spans: Sequence[tuple[int, int]], at: int) -> tuple[int, int]:
    """First and last index of the sentences that belong to sentence `at`: its whole quotation, and who said it.

    `text` begins where `spans[0]` begins; the spans may count from the beginning of the article. The result is
    `(at, at)` if no quotation crosses the sentence's ends, or if the quotation never closes or spans a blank line. The
    unit has at most 3 sentences and 400 code points. Of a longer quotation it holds `at` and what leads to the sentence
    that names the speaker, or `at` alone.
    """
    origin = spans[0][0]
    quoted = _quotations(text)
    inside = [[(a, b) for a, b in quoted if a < e - origin and s - origin < b] for s, e in spans]
    bare = [_words_outside(text, s - origin, e - origin, inside[i]) for i, (s, e) in enumerate(spans)]
    first = last = at
    while first and _joined(quoted, spans[first - 1][1] - origin, spans[first][0] - origin):
        first -= 1
    while last + 1 < len(spans) and _joined(quoted, spans[last][1] - origin, spans[last + 1][0] - origin):
        last += 1
    if inside[at] and not any(bare[first : last + 1]):
        first, last = _with_speaker(text, spans, inside, bare, first, last)
    speakers = [i for i in range(first, last + 1) if bare[i]] if inside[at] else []
    towards = sorted((min(i, at), max(i, at)) for i in speakers)
    units = [(first, last), *sorted(towards, key=lambda unit: (unit[1] - unit[0], -unit[1]))]
    return next((unit for unit in units if _fits(spans, *unit)), (at, at))


def _fits(spans: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    return last - first < MOST_SENTENCES and (first == last or spans[last][1] - spans[first][0] <= MOST_CHARACTERS)


def _joined(quoted: Sequence[tuple[int, int]], end: int, start: int) -> bool:
    """Whether a quotation is open between two sentences, the first of which ends at `end`."""
    return any(a < end and start < b for a, b in quoted)


def _words_outside(text: str, start: int, end: int, inside: Sequence[tuple[int, int]]) -> list[str]:
    return [m[0] for m in _WORD.finditer(text, start, end) if not any(a <= m.start() < b for a, b in inside)]


def _with_speaker(
    text: str,
    spans: Sequence[tuple[int, int]],
    inside: Sequence[Sequence[tuple[int, int]]],
    bare: Sequence[Sequence[str]],
    first: int,
    last: int,
) -> tuple[int, int]:
    """The unit with the neighbour that names the speaker: `X said.` behind it, or `“…,” said X.` before it."""
    origin = spans[0][0]
    after, before = last + 1, first - 1
    if after < len(spans) and not inside[after] and len(bare[after]) <= MOST_WORDS_BEHIND:
        between = text[spans[last][1] - origin : spans[after][0] - origin]
        if not _BLANK_LINE.search(between) and any(word.casefold() in SAYS for word in bare[after]):
            return first, after
    if before >= 0 and inside[before] and bare[before]:
        between = text[spans[before][1] - origin : spans[first][0] - origin]
        if not _BLANK_LINE.search(between):
            return before, last
    return first, last


def _quotations(text: str) -> list[tuple[int, int]]:
    """Start and end of each quotation, with its marks. Quotations inside another are part of it."""
    found: list[tuple[int, int]] = []
    start, closers = -1, ""
    for m in _MARK.finditer(text):
        mark, at = m[0], m.start()
        if closers and mark in closers and _closes(text, at):
            found.append((start, at + 1))
            closers = ""
        elif mark in _CLOSERS and _opens(text, at) and (not closers or _BLANK_LINE.search(text, start, at)):
            start, closers = at, _CLOSERS[mark]
    return [(a, b) for a, b in found if not _BLANK_LINE.search(text, a, b)]


def _opens(text: str, at: int) -> bool:
    return (at == 0 or not text[at - 1].isalnum()) and _BEGINS.match(text, at + 1) is not None


def _closes(text: str, at: int) -> bool:
    """A closing mark follows a letter or sign. An apostrophe is a closing mark only behind a full stop or comma."""
    if text[at] in "’‘" and not _BEFORE_SINGLE.match(text, at - 1):
        return False
    return not (text[at] in '"“' and text[at - 1].isspace() and text[at + 1 : at + 2].isalnum())
