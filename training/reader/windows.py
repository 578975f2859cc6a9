"""Turns examples into word pieces with the targets of training."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from training.reader.examples import Example

__all__ = ["Window", "window_of"]

LONGEST = 232
"""Word pieces of a training window, question and title included."""
LONGEST_QUESTION, LONGEST_TITLE = 48, 24
TITLE_SHARE = 0.75
"""Share of the windows that begin with their article's title."""


@dataclass(frozen=True, slots=True)
class Window:
    """`ids` (n,) word pieces; `sentence` (n,) number of the sentence of each piece, or -1."""

    ids: np.ndarray
    types: np.ndarray
    sentence: np.ndarray
    right: np.ndarray
    """(s,) whether each sentence answers."""
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    """First and last piece of each exact answer; empty without one."""
    exact: bool
    answerable: bool


def window_of(example: Example, tokenizer: Tokenizer, chance: random.Random) -> Window:
    """The word pieces of an example: `[CLS] question [SEP] title : passage [SEP]`, cut at sentences if it is long."""
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[:LONGEST_QUESTION]
    title: list[int] = []
    if example.title and chance.random() < TITLE_SHARE:
        title = tokenizer.encode(f"{example.title} :", add_special_tokens=False).ids[-LONGEST_TITLE:]
    encoded = tokenizer.encode(example.passage, add_special_tokens=False)
    room = LONGEST - len(question) - len(title) - 3
    owners = _owners(example.sentences, encoded.offsets)
    first, last = _cut(example, owners, room, chance)
    kept = [at for at, owner in enumerate(owners) if first <= owner <= last][:room]
    offset = 2 + len(question) + len(title)
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    ids = [cls, *question, sep, *title, *(encoded.ids[at] for at in kept), sep]
    types = [0] * (2 + len(question)) + [1] * (len(ids) - 2 - len(question))
    sentence = [-1] * offset + [owners[at] - first for at in kept] + [-1]
    count = max(sentence) + 1
    right = np.array(example.labels[first : first + count], bool)
    starts, ends = [], []
    for a, b in example.spans:
        inside = [i for i, at in enumerate(kept) if encoded.offsets[at][0] < b and a < encoded.offsets[at][1]]
        if inside:
            starts.append(offset + inside[0])
            ends.append(offset + inside[-1])
    return Window(
        np.array(ids, np.int64),
        np.array(types, np.int64),
        np.array(sentence, np.int64),
        right,
        tuple(starts),
        tuple(ends),
        example.exact,
        bool(right.any()),
    )


def _owners(sentences: tuple[tuple[int, int], ...], offsets: list[tuple[int, int]]) -> list[int]:
    """The number of the sentence that each piece lies in."""
    ends = np.array([end for _, end in sentences])
    begins = np.array([start for start, _ in offsets] or [0])
    owners: list[int] = np.minimum(np.searchsorted(ends, begins, side="right"), len(ends) - 1).tolist()
    return owners[: len(offsets)]


def _cut(example: Example, owners: list[int], room: int, chance: random.Random) -> tuple[int, int]:
    """First and last sentence of a random run that has room and, if it can, an answering sentence."""
    sizes = np.bincount(owners, minlength=len(example.sentences)) if owners else np.zeros(len(example.sentences), int)
    if sizes.sum() <= room:
        return 0, len(sizes) - 1
    right = [at for at, own in enumerate(example.labels) if own]
    centre = chance.choice(right) if right else chance.randrange(len(sizes))
    first = last = centre
    used = int(sizes[centre])
    while True:
        ways = [at for at in (first - 1, last + 1) if 0 <= at < len(sizes) and used + sizes[at] <= room]
        if not ways:
            return first, last
        at = chance.choice(ways)
        used += int(sizes[at])
        first, last = min(first, at), max(last, at)
