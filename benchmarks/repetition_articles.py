"""Articles that repeat each other, made of those of a folder in BEIR's layout: each of its texts under four outlets.

`first` prints it as it is; `cut` without a paragraph and with a dateline; `edited` with another word in 15 % of the
sentences and three sentences of its own; `changed` with one number changed in each paragraph that has one. Of each
sentence it is known where it comes from, so that what a copy is need not be judged by what looks for copies.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_service.text.basic.sentences import split_sentences

__all__ = ["OUTLETS", "Made", "Origin", "change_number", "make", "texts_of"]

OUTLETS = ("first", "cut", "edited", "changed")
SEED = 0
EDITED = 0.15
OWN = 3
MOST_PARAGRAPHS = 8
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\b[a-z]{5,}\b")

Origin = tuple[int, int, int, bool]
"""Text, paragraph and sentence that it comes from, and whether a number was changed; an outlet's own sentences have a
text below 0."""


@dataclass(frozen=True, slots=True)
class Made:
    """An article; `sentences` are (start, end, origin) in its text."""

    article_id: str
    title: str
    outlet: str
    text: str
    sentences: tuple[tuple[int, int, Origin], ...]


def texts_of(folder: Path, most: int) -> list[tuple[str, dict[str, str]]]:
    """Title and paragraphs by id: the first documents of one title are paragraphs of one text. At most so many texts,
    those of several paragraphs alone."""
    found: dict[str, dict[str, str]] = {}
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found.setdefault(row.get("title") or row["_id"], {})[row["_id"]] = " ".join(row["text"].split())
    whole = [
        (title, dict(list(paragraphs.items())[:MOST_PARAGRAPHS]))
        for title, paragraphs in found.items()
        if len(paragraphs) > 1
    ]
    return whole[:most]


def make(texts: Sequence[tuple[str, Sequence[str]]]) -> list[Made]:
    """Four articles of each text."""
    rng = random.Random(SEED)
    split = [[[p[a:b] for a, b in split_sentences(p)] for p in paragraphs if p] for _, paragraphs in texts]
    vocabulary = sorted({word for text in split for own in text for one in own for word in _WORD.findall(one)})
    made: list[Made] = []
    for number, ((title, _), paragraphs) in enumerate(zip(texts, split, strict=True)):
        plain = [[(one, (number, p, s, False)) for s, one in enumerate(own)] for p, own in enumerate(paragraphs)]
        gone = rng.randrange(len(plain))
        cut = [own for p, own in enumerate(plain) if p != gone]
        (first, origin), *rest = cut[0]
        cut[0] = [(f"PORT VALE, June 3 - {first}", origin), *rest]
        edited = [[(_edit(one, vocabulary, rng), origin) for one, origin in own] for own in plain]
        for at in range(OWN):
            own = rng.choice(edited)
            own.insert(rng.randrange(len(own) + 1), (_own_sentence(vocabulary, rng), (-1 - number, 0, at, False)))
        for outlet, shape in zip(OUTLETS, (plain, cut, edited, [_change(own) for own in plain]), strict=True):
            made.append(_lay_out(f"{outlet}-{number}", title, outlet, shape))
    return made


def change_number(sentence: str) -> str | None:
    """Its first number one higher; None where it has none."""
    found = _NUMBER.search(sentence)
    if found is None:
        return None
    return f"{sentence[: found.start()]}{int(found[0]) + 1}{sentence[found.end() :]}"


def _change(paragraph: Sequence[tuple[str, Origin]]) -> list[tuple[str, Origin]]:
    shape = list(paragraph)
    for at, (one, (number, p, s, _)) in enumerate(shape):
        if (changed := change_number(one)) is not None:
            shape[at] = changed, (number, p, s, True)
            break
    return shape


def _edit(sentence: str, vocabulary: Sequence[str], rng: random.Random) -> str:
    words = list(_WORD.finditer(sentence))
    if rng.random() >= EDITED or not words:
        return sentence
    word = rng.choice(words)
    return f"{sentence[: word.start()]}{rng.choice(vocabulary)}{sentence[word.end() :]}"


def _own_sentence(vocabulary: Sequence[str], rng: random.Random) -> str:
    return " ".join(rng.choices(vocabulary, k=12)).capitalize() + "."


def _lay_out(article_id: str, title: str, outlet: str, shape: Sequence[Sequence[tuple[str, Origin]]]) -> Made:
    text, sentences = "", []
    for paragraph in shape:
        text += "\n\n" if text else ""
        for at, (one, origin) in enumerate(paragraph):
            text += " " if at else ""
            sentences.append((len(text), len(text) + len(one), origin))
            text += one
    return Made(article_id, title, outlet, text, tuple(sentences))
