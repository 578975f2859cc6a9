"""Which words of a sentence match which words of the question, for clients that highlight them.

Late interaction pairs each token of the question with the most similar token (Khattab & Zaharia, "ColBERT", SIGIR
2020). A match is such a pair within one sentence, widened to whole words, for content words of the question. Where the
model does not read the question, words are compared by their trigrams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from qa_service.embedding.binary_tokens import similarities
from qa_service.records import Match, Passage
from qa_service.records.encodings import QueryEncoding
from qa_service.text.basic.terms import normal_words
from qa_service.text.basic.word_similarity import WordMatcher
from qa_service.text.basic.words import word_spans

__all__ = ["match_tokens", "match_words"]

Span = tuple[int, int]
Pair = tuple[Span, Span, float]
"""A span of the question, a span of the sentence, and their similarity."""


def match_tokens(
    passage: Passage,
    sentence: Span,
    question: QueryEncoding,
    content: Sequence[Span],
    bits: npt.NDArray[np.uint8],
    spans: npt.NDArray[np.int32],
) -> tuple[Match, ...]:
    """The matches of one sentence, by token embeddings.

    `sentence` is its span in the article. `content` are the spans of the question's content words. `bits` and `spans`
    are those of the passage's tokens. Pairs of one question word with the same or neighbouring words of the sentence
    are one match with their mean similarity.
    """
    start, end = sentence[0] - passage.start, sentence[1] - passage.start
    text = passage.text[start:end]
    words = word_spans(text)
    at = [
        i
        for i, (first, last) in enumerate(spans.tolist())
        if start < last and first < min(end, last) and _overlapping(words, (first - start, last - start))
    ]
    if not at:
        return ()
    matrix = similarities(question.token_vectors, bits[at])
    best = matrix.argmax(axis=1)
    pairs = [
        (word, (int(spans[at[best[i]], 0]) - start, int(spans[at[best[i]], 1]) - start), float(matrix[i, best[i]]))
        for word in content
        for i, token in enumerate(question.token_spans.tolist())
        if word[0] < token[1] and token[0] < word[1]
    ]
    return _joined(pairs, words, sentence[0])


def match_words(passage: Passage, sentence: Span, question: str, words: WordMatcher) -> tuple[Match, ...]:
    """The matches of one sentence, by trigrams; a word without a common trigram has no match."""
    text = passage.text[sentence[0] - passage.start : sentence[1] - passage.start]
    best = dict(zip(words.words, words.best_words(text), strict=True))
    pairs = [
        ((start, end), (found[0], found[1]), found[2])
        for start, end, word in normal_words(question)
        if (found := best.get(word)) is not None
    ]
    return _joined(pairs, word_spans(text), sentence[0])


@dataclass(slots=True)
class _Run:
    """`words` is a range of word numbers in the sentence, end exclusive."""

    question: Span
    words: Span
    similarities: list[float] = field(default_factory=list)


def _joined(pairs: Iterable[Pair], words: Sequence[Span], begin: int) -> tuple[Match, ...]:
    """Matches of whole words, from pairs of spans; the sentence begins at `begin` of its article.

    Pairs of the same question word, or of overlapping letter pairs, become one match if their words in the sentence
    overlap or are neighbours.
    """
    runs: list[_Run] = []
    widened = [(asked, _overlapping(words, own), similarity) for asked, own, similarity in pairs if similarity > 0]
    for asked, own, similarity in sorted((asked, own, similarity) for asked, own, similarity in widened if own):
        run = next((run for run in runs if _meet(run, asked, own)), None)
        if run is None:
            runs.append(run := _Run(asked, own))
        run.question = min(run.question[0], asked[0]), max(run.question[1], asked[1])
        run.words = min(run.words[0], own[0]), max(run.words[1], own[1])
        run.similarities.append(similarity)
    return tuple(
        Match(
            begin + words[run.words[0]][0],
            begin + words[run.words[1] - 1][1],
            *run.question,
            float(np.mean(run.similarities)),
        )
        for run in runs
    )


def _meet(run: _Run, asked: Span, own: Span) -> bool:
    same = run.question[0] < asked[1] and asked[0] < run.question[1]
    return same and run.words[0] <= own[1] and own[0] <= run.words[1]


def _overlapping(words: Sequence[Span], span: Span) -> Span | tuple[()]:
    """The range of words that a span touches, end exclusive; empty if it touches none."""
    found = [i for i, (start, end) in enumerate(words) if start < span[1] and span[0] < end]
    return (found[0], found[-1] + 1) if found else ()
