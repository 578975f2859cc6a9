"""Makes large collections of real sentences without encoding them: articles that `benchmarks.scale` stores.

Each passage joins sentences of a real collection. Their token bits and spans come with them, so texts, offsets and bits
fit together. `FLIPPED` of the bits are flipped, and the vector is the mean of the vectors of the sentences' passages
with noise, so that no two passages are alike. Each article adds two words that no other article has, so the vocabulary
grows as in real collections.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.records import Article, ArticleMeta, Filters, Passage, passage_id_of
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.port import Store
from qa_service.storage.writes import EncodedArticle

__all__ = ["OUTLETS", "Sentences", "recombine"]

FLIPPED = 0.05
NOISE = 0.6
"""Length of the noise that is added to a passage's vector before it is scaled to unit length."""
SHORTEST = 600
"""Characters that a passage has at least, without its last sentence."""
MOST_SENTENCES = 24
FEWEST_TOKENS = 5
PASSAGES = (1, 1, 2, 3, 4)
"""Numbers of passages of an article, equally frequent."""
OUTLETS, AUTHORS, DAYS = 40, 200, 700


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """Sentences of a real collection: `texts`, the `vectors` (n, d) of their passages, their tiktoken tokens `counts`
    (n,). The tokens of sentence i are the rows `offsets[i]` to `offsets[i + 1]` of `bits` and `spans`; spans are
    offsets in the sentence."""

    texts: list[str]
    vectors: npt.NDArray[np.float32]
    counts: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    bits: npt.NDArray[np.uint8]
    spans: npt.NDArray[np.int32]

    @classmethod
    def read(cls, store: Store) -> Sentences:
        """All sentences of a collection with at least `FEWEST_TOKENS` tokens, headings left out."""
        snapshot, dimension = store.snapshot(), store.origin.dimension
        anywhere = np.full(dimension, dimension**-0.5, np.float32)
        ids = snapshot.nearest(anywhere, snapshot.info.passages, Filters()).ids
        tokens = snapshot.tokens(ids)
        texts: list[str] = []
        rows, counts, bits, spans = [], [], [], []
        for at, ((passage, _), span) in enumerate(zip(snapshot.passages(ids), snapshot.token_spans(ids), strict=True)):
            held = tokens.passage(at)
            for number, (text, heading) in enumerate(zip(passage.sentence_texts(), passage.headings, strict=True)):
                own = held.sentence == number
                if heading or np.count_nonzero(own) < FEWEST_TOKENS:
                    continue
                texts.append(text)
                rows.append(at)
                counts.append(max(1, passage.token_count * len(text) // len(passage.text)))
                bits.append(held.bits[own])
                spans.append(span[own] - (passage.sentences[number][0] - passage.start))
        offsets = np.cumsum([0, *map(len, bits)], dtype=np.int64)
        vectors = snapshot.vectors(ids)[np.array(rows, np.int64)]
        return cls(texts, vectors, np.array(counts, np.int64), offsets, np.concatenate(bits), np.concatenate(spans))


def recombine(sentences: Sentences, passages: int, articles: int) -> Iterator[list[EncodedArticle]]:
    """Lists of `articles` articles each (the last one shorter), with this many passages together. Equal arguments give
    equal articles."""
    rng, rnd = np.random.default_rng(passages), random.Random(passages)
    width = sentences.bits.shape[1]
    flips = np.packbits(rng.random((400_000, 8 * width), np.float32) < FLIPPED, axis=1)
    number = made = 0
    while made < passages:
        sizes: list[int] = []
        while len(sizes) < articles and made < passages:
            sizes.append(min(rnd.choice(PASSAGES), passages - made))
            made += sizes[-1]
        lot = _Lot(sentences, sum(sizes), rng, flips)
        begins = accumulate(sizes, initial=0)
        yield [
            _article(lot, range(b, b + n), number + i, rnd) for i, (b, n) in enumerate(zip(begins, sizes, strict=False))
        ]
        number += len(sizes)


class _Lot:
    """Passages, drawn together because NumPy is fast only with many of them."""

    def __init__(self, sentences: Sentences, size: int, rng: np.random.Generator, flips: npt.NDArray[np.uint8]) -> None:
        self.sentences = sentences
        lengths = np.array([len(text) + 1 for text in sentences.texts])
        drawn = rng.integers(len(lengths), size=(size, MOST_SENTENCES))
        taken = np.cumsum(lengths[drawn], axis=1) - lengths[drawn] < SHORTEST
        self.of_passage = np.concatenate([[0], np.cumsum(taken.sum(axis=1))])
        self.chosen = drawn[taken]
        means = np.add.reduceat(sentences.vectors[self.chosen], self.of_passage[:-1], axis=0)
        means /= np.diff(self.of_passage)[:, None]
        dimension = means.shape[1]
        means += rng.standard_normal(means.shape, np.float32) * np.float32(NOISE / dimension**0.5)
        self.vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        begin = sentences.offsets[self.chosen]
        held = sentences.offsets[self.chosen + 1] - begin
        self.tokens = np.concatenate([[0], np.cumsum(held)])
        at = np.arange(self.tokens[-1]) + np.repeat(begin - self.tokens[:-1], held)
        self.bits = sentences.bits[at] ^ flips[rng.integers(len(flips), size=len(at))]
        ends = np.cumsum(lengths[self.chosen])
        starts = ends - lengths[self.chosen]
        starts -= np.repeat(starts[self.of_passage[:-1]], np.diff(self.of_passage))
        self.starts = starts
        self.spans = sentences.spans[at] + np.repeat(starts, held)[:, None].astype(np.int32)

    def passage(self, at: int, last: str) -> tuple[str, list[tuple[int, int]], int, PassageEncoding]:
        """Text of the passage `at` with the sentence `last`, the places of its sentences, its tokens, its encoding."""
        own = slice(int(self.of_passage[at]), int(self.of_passage[at + 1]))
        chosen = self.chosen[own].tolist()
        texts = [*(self.sentences.texts[i] for i in chosen), last]
        starts = [*self.starts[own].tolist(), sum(len(text) + 1 for text in texts[:-1])]
        places = [(start, start + len(text)) for start, text in zip(starts, texts, strict=True)]
        tokens = slice(int(self.tokens[own.start]), int(self.tokens[own.stop]))
        encoding = PassageEncoding(self.vectors[at], self.bits[tokens], self.spans[tokens])
        return " ".join(texts), places, int(self.sentences.counts[chosen].sum()) + 5, encoding


def _article(lot: _Lot, passages: Sequence[int], number: int, rnd: random.Random) -> EncodedArticle:
    article_id = f"s{number}"
    words = [f"{rnd.choice('bcdfgklmnprstvz')}{rnd.choice('aeiou')}{rnd.randrange(16**5):x}ov" for _ in range(2)]
    text = ""
    cut: list[Passage] = []
    encodings: list[PassageEncoding] = []
    for i, at in enumerate(passages):
        own, places, tokens, encoding = lot.passage(at, f"{words[i % 2].capitalize()} said so.")
        begin, end = len(text), len(text) + len(own)
        moved = tuple((begin + s, begin + e) for s, e in places)
        name = passage_id_of(article_id, begin, end)
        cut.append(Passage(name, article_id, begin, end, own, tokens, moved, (False,) * len(moved)))
        encodings.append(encoding)
        text += own + "\n\n"
    known: dict[str, Any] = {
        "title": f"About {words[0].capitalize()} and number {number}",
        "outlet": f"Outlet {number % OUTLETS}",
        "author": f"Author {number % AUTHORS}",
        "published": date(2024, 1, 1) + timedelta(days=number % DAYS),
        "language": "en",
    }
    return EncodedArticle(Article(article_id, text.rstrip(), ArticleMeta(**known)), tuple(cut), tuple(encodings))
