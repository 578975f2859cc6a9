"""Which words of a sentence match which of the question's, for a client to highlight.

Late interaction counts, of each token of the question, the token that is most like it (Khattab & Zaharia, "ColBERT",
SIGIR 2020); here are those tokens, of the question's content words and within one sentence, as whole words on both
sides. Where the model does not read the question, words are compared by their trigrams, as evidence is.
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
"""A span of the question, one of the sentence, and how alike they are."""


def match_tokens(
    passage: Passage,
    sentence: Span,
    question: QueryEncoding,
    content: Sequence[Span],
    bits: npt.NDArray[np.uint8],
    spans: npt.NDArray[np.int32],
) -> tuple[Match, ...]:
    """`sentence` is where it stands in the article, `content` where the question's content words stand; `bits` and
    `spans` are of the passage's tokens.

    Each token of a content word has the token that is most like it; several of one word that point to one word, or to
    neighbouring ones, are one match, whose similarity is their mean.
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
    """The same by the similarity of words; one that has no trigram in common with the sentence matches nothing."""
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
    """`words` counts the sentence's words, last exclusive."""

    question: Span
    words: Span
    similarities: list[float] = field(default_factory=list)


def _joined(pairs: Iterable[Pair], words: Sequence[Span], begin: int) -> tuple[Match, ...]:
    """Pairs widened to whole words of the sentence, which begins at `begin` of its article; those of one word of the
    question, or of overlapping ones (pairs of letters), are one where their words overlap or are neighbours."""
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
    """Which words a span touches, the last exclusive; empty where none."""
    found = [i for i, (start, end) in enumerate(words) if start < span[1] and span[0] < end]
    return (found[0], found[-1] + 1) if found else ()
