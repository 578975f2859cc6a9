"""The bytes of a passage's tokens: their binary embeddings, then their places.

A record begins with the bits, uint8 (t, w). In a compact record, a *mark* of one byte for each token follows:

    bit 7     1 for the first token of a sentence
    bits 5-6  gap: code points between the end of the token before and the start of this one
    bits 0-4  length in code points; the mark of a title's token is 0

A record that marks cannot express is *wide*: int32 (t, 3) follows instead, with start, end and sentence of each token.
Word pieces that share a character need it, and gaps of more than 3 code points. Of the 17 653 passages of nine data
sets, 15 are wide.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["pack_places", "place_bytes", "sentences_of_marks", "spans_of_marks", "unpack_wide"]

_SENTENCE, _GAP = 7, 5
_LONGEST_GAP, _LONGEST = 3, 31
_WIDE = np.dtype("<i4")


def place_bytes(wide: bool) -> int:
    """Number of bytes for the place of a token."""
    return 3 * _WIDE.itemsize if wide else 1


def pack_places(spans: npt.NDArray[np.int32], sentence: npt.NDArray[np.int64]) -> tuple[bytes, bool]:
    """The places of a passage's tokens, and whether they are wide.

    `spans` is int32 (t, 2), see `PassageEncoding`. `sentence` is int64 (t,), see `BinaryTokens`.
    """
    real = spans[:, 1] > spans[:, 0]
    starts, ends = spans[real].astype(np.int64).T
    gaps, lengths = starts - np.concatenate([[0], ends])[:-1], ends - starts
    steps = np.diff(sentence[real], prepend=-1)
    marks = np.zeros(len(spans), np.int64)
    marks[real] = (steps << _SENTENCE) | (gaps << _GAP) | lengths
    expressed = (gaps >= 0) & (gaps <= _LONGEST_GAP) & (lengths <= _LONGEST) & (steps >= 0) & (steps <= 1)
    if expressed.all() and not spans[~real].any():
        return marks.astype(np.uint8).tobytes(), False
    return np.column_stack([spans, sentence]).astype(_WIDE).tobytes(), True


def sentences_of_marks(marks: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The sentence of each token of n passages, int64 (t,). Their marks follow one another, see `TokenColumns`."""
    begun = np.concatenate([[0], np.cumsum(marks >> _SENTENCE, dtype=np.int64)])
    sentence: npt.NDArray[np.int64] = begun[1:] - np.repeat(begun[offsets[:-1]] + 1, np.diff(offsets))
    sentence[(marks & _LONGEST) == 0] = -1
    return sentence


def spans_of_marks(marks: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """The spans of a passage's tokens, int32 (t, 2)."""
    lengths = (marks & _LONGEST).astype(np.int32)
    ends = np.cumsum(((marks >> _GAP) & _LONGEST_GAP) + lengths, dtype=np.int32)
    spans: npt.NDArray[np.int32] = np.column_stack([ends - lengths, ends])
    spans[lengths == 0] = 0
    return spans


def unpack_wide(places: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Start, end and sentence of a passage's tokens, int32 (t, 3)."""
    return np.frombuffer(places.tobytes(), _WIDE).reshape(-1, 3)
