"""Reads the first passages of a ranking, and gives each sentence the probability that it answers.

A logistic regression over the reader's scores and the ranking gives the probability. `training/reader/fit.py` fits it;
`resources/confidence.json` has the coefficients.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import regex

from qa_service.answering.bindings import BINDINGS, AskedFor
from qa_service.answering.confidence import ConfidenceModel
from qa_service.answering.excerpts import choose_excerpts
from qa_service.reader import Excerpt, Reader, Reading
from qa_service.records import ArticleMeta, Passage
from qa_service.text.claims.sentence_kinds import echoes, standings

__all__ = ["ANSWER_FEATURES", "SENTENCE_FEATURES", "YEAR", "HeadReading", "ReadPassage", "ReadSentence", "read_head"]

SENTENCE_FEATURES = ("sentence", "span", "answers", "rank", "late", "covered", "grade", "echo", *BINDINGS)
"""What the regression for a sentence reads: the reader's logits of the sentence, of its best span and of the passage;
ln of the passage's rank; late interaction of the sentence; the share of the question's words that the passage or its
title has; how well the sentence stands alone; whether it only repeats the question; whether it is about what the
question names."""
ANSWER_FEATURES = ("best", "second", "best_span", "most", "agree", *BINDINGS)
"""What the regression for the answer reads, beside the signals of the ranking."""
LEAST_LOGIT = -20.0
YEAR = regex.compile(r"(?<![\p{N}.,])(?:1[5-9]|20)\d\d(?![\p{N}]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence that the reader has read."""

    number: int
    """In the passage, from 0."""
    probability: float
    """That the sentence answers the question."""
    span: tuple[int, int] | None
    """The words that answer, as offsets into the article."""
    features: Mapping[str, float]
    """A value for each of `SENTENCE_FEATURES`."""


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage of the head with the sentences that were read, in the order of the text."""

    passage: int
    """The engine's key."""
    sentences: tuple[ReadSentence, ...]
    answers: float
    """The reader's logit that the passage answers."""


@dataclass(frozen=True)
class HeadReading:
    """The first passages of a ranking as the reader sees them, best first."""

    passages: tuple[ReadPassage, ...]

    @cached_property
    def best(self) -> tuple[int, ReadSentence] | None:
        """The engine's key of a passage, and its sentence with the highest probability; None without a sentence."""
        all_ = ((one.passage, sentence) for one in self.passages for sentence in one.sentences)
        return max(all_, key=lambda found: found[1].probability, default=None)

    def rescored(self, model: ConfidenceModel) -> HeadReading:
        """The same reading with probabilities by another regression."""
        return HeadReading(
            tuple(
                replace(
                    one, sentences=tuple(replace(s, probability=model.probability(s.features)) for s in one.sentences)
                )
                for one in self.passages
            )
        )

    def signals(self) -> dict[str, float]:
        """The values of `ANSWER_FEATURES`: the best sentence's logit, the second's, the best sentence's span, the
        highest logit of a passage, the sum of the probabilities of the other passages' best sentences, and whether the
        best sentence is about what the question names."""
        if self.best is None:
            return dict.fromkeys(ANSWER_FEATURES, LEAST_LOGIT) | dict.fromkeys(BINDINGS, 0.0)
        key, best = self.best
        others = [s.probability for one in self.passages for s in one.sentences if s is not best]
        elsewhere = [
            max(s.probability for s in one.sentences) for one in self.passages if one.passage != key and one.sentences
        ]
        return {
            "best": _logit(best.probability),
            "second": _logit(max(others, default=0.0)),
            "best_span": best.features["span"],
            "most": max(one.answers for one in self.passages),
            "agree": math.fsum(elsewhere),
            **{name: best.features[name] for name in BINDINGS},
        }


def read_head(
    reader: Reader,
    model: ConfidenceModel,
    question: str,
    keys: Sequence[int],
    passages: Sequence[Passage],
    metas: Sequence[ArticleMeta],
    matches: Sequence[Sequence[float]],
    covered: Sequence[float],
    tokens: int,
    known: dict[Excerpt, Reading],
) -> HeadReading:
    """Read the passages, which have these engine's `keys`, within `tokens`. `model` is the regression for a sentence.

    `matches` has the late interaction of each sentence of each passage. `covered` has the share of the question's words
    that each passage or its title has. `known` keeps what was read, so that no excerpt is read twice.
    """
    asked = AskedFor(question)
    chosen = choose_excerpts(passages, [meta.title for meta in metas], matches, tokens)
    found = []
    each = zip(keys, passages, metas, chosen, matches, strict=True)
    for rank, (key, passage, meta, one, late) in enumerate(each, start=1):
        if one.excerpt not in known:
            known[one.excerpt] = reader.read(question, one.excerpt)
        reading = known[one.excerpt]
        begin = passage.sentences[one.first][0] if passage.sentences else passage.start
        own = {"answers": reading.answers, "rank": math.log(rank), "covered": covered[rank - 1]}
        kinds = standings(passage.text, passage.sentences, passage.headings)
        texts = passage.sentence_texts()
        sentences = []
        numbers = range(one.first, one.first + len(reading.spans))
        bound = asked.of(passage, meta, numbers)
        for at, (number, span, about) in enumerate(zip(numbers, reading.spans, bound, strict=True)):
            features = (
                own
                | about
                | {
                    "sentence": reading.sentences[at] - reading.nothing,
                    "span": span.score if span is not None else LEAST_LOGIT,
                    "late": late[number],
                    "grade": kinds[number].grade,
                    "echo": float(echoes(question, texts[number])),
                }
            )
            place = None if span is None else _whole_words(passage, begin + span.start, begin + span.end)
            sentences.append(ReadSentence(number, model.probability(features), place, features))
        found.append(ReadPassage(key, tuple(sentences), reading.answers))
    return HeadReading(tuple(found))


def _whole_words(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The span `start` to `end` of the article, widened to whole words."""
    text, first, last = passage.text, start - passage.start, end - passage.start
    while first > 0 and text[first - 1].isalnum() and text[first].isalnum():
        first -= 1
    while last < len(text) and text[last - 1].isalnum() and text[last].isalnum():
        last += 1
    return first + passage.start, last + passage.start


def _logit(probability: float) -> float:
    kept = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(kept / (1 - kept))
