"""Reads the first passages of a ranking, and gives each sentence the probability that it answers.

A logistic regression over the reader's scores and the ranking gives the probability. `training/reader/fit.py` fits it;
`resources/confidence.json` has the coefficients.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from qa_service.answering.asked_rows import LOOKUP, asked_rows
from qa_service.answering.bindings import BINDINGS, AskedFor
from qa_service.answering.confidence import ConfidenceModel
from qa_service.answering.excerpts import choose_excerpts
from qa_service.reader import Excerpt, Reader, Reading
from qa_service.records import ArticleMeta, Passage
from qa_service.text.claims.sentence_kinds import echoes, standings

__all__ = [
    "ANSWER_FEATURES",
    "ENOUGH",
    "LEAST_QUOTED",
    "SENTENCE_FEATURES",
    "HeadReading",
    "ReadPassage",
    "ReadSentence",
    "read_head",
]

SENTENCE_FEATURES = ("sentence", "span", "answers", "rank", "late", "covered", "echo", *BINDINGS)
"""What the regression for a sentence reads: the reader's logits of the sentence, of its best span and of the passage;
ln of the passage's rank; late interaction of the sentence; the share of the question's words that the passage or its
title has; whether the sentence only repeats the question; whether it is about what the question names (`BINDINGS`).
"""
MOST_SENTENCES = 3
MOST_OF_A_PASSAGE = 2
ENOUGH = 0.5
"""Sentences are quoted until the probability that one of them answers reaches this value."""
LEAST_QUOTED = 0.05
"""Smallest probability of a second or third quoted sentence."""
ANSWER_FEATURES = ("best", "second", "best_span", "most", *BINDINGS)
"""What the regression for the answer reads, beside the signals of the ranking."""
LEAST_LOGIT = -20.0
ECHO = 0.1
"""Factor on the grade of a sentence that only repeats the question. The texts of the fit have too few to learn it."""


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence that the reader has read."""

    number: int
    """In the passage, from 0."""
    probability: float
    """That the sentence answers the question: by the regression, times `grade`."""
    grade: float
    """How well the sentence stands as an answer, from 0 to 1: a statement better than a heading, fragment or question.
    The regression cannot learn it, since its texts have few fragments."""
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
                    one,
                    sentences=tuple(
                        replace(s, probability=_probability(model, s.features, s.grade)) for s in one.sentences
                    ),
                )
                for one in self.passages
            )
        )

    def quoted(self, shown: Collection[int] | None = None) -> list[ReadSentence]:
        """The sentences that an answer quotes, most probable first; at most `MOST_SENTENCES`.

        `shown` are the engine's keys of the passages to quote from; None stands for all.
        """
        found: list[ReadSentence] = []
        for one in self.passages:
            if shown is None or one.passage in shown:
                found += sorted(one.sentences, key=lambda s: -s.probability)[:MOST_OF_A_PASSAGE]
        found.sort(key=lambda s: -s.probability)
        chosen, nothing = found[:1], math.prod(1 - s.probability for s in found[:1])
        for sentence in found[1:MOST_SENTENCES]:
            if nothing <= 1 - ENOUGH or sentence.probability < LEAST_QUOTED:
                break
            chosen.append(sentence)
            nothing *= 1 - sentence.probability
        return chosen

    def signals(self) -> dict[str, float]:
        """The values of `ANSWER_FEATURES`: the best sentence's logit, the second's, the best sentence's span, the
        highest logit of a passage, and whether the best sentence is about what the question names."""
        if self.best is None:
            return dict.fromkeys(ANSWER_FEATURES, LEAST_LOGIT) | dict.fromkeys(BINDINGS, 0.0)
        _, best = self.best
        others = [s.probability for one in self.passages for s in one.sentences if s is not best]
        return {
            "best": _logit(best.probability),
            "second": _logit(max(others, default=0.0)),
            "best_span": best.features["span"],
            "most": max(one.answers for one in self.passages),
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
    rows = [asked_rows(question, *one) for one in zip(passages, covered, strict=True)]
    kept = [
        [match + (row is not None) for match, row in zip(*one, strict=True)] for one in zip(matches, rows, strict=True)
    ]
    chosen = choose_excerpts(passages, [meta.title for meta in metas], kept, tokens)
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
        each_about = asked.of(passage, meta, numbers)
        for at, (number, span, about) in enumerate(zip(numbers, reading.spans, each_about, strict=True)):
            if passage.headings and passage.headings[number]:
                continue  # it is context for the reader, and never an answer
            features = {
                **own,
                **about,
                "sentence": reading.sentences[at] - reading.nothing,
                "span": span.score if span is not None else LEAST_LOGIT,
                "late": late[number],
                "echo": float(echoes(question, texts[number])),
            }
            place = None if span is None else _whole_words(passage, begin + span.start, begin + span.end)
            grade = kinds[number].grade * (ECHO if features["echo"] else 1.0)
            asked_row = rows[rank - 1][number]
            if asked_row is not None and not (about["absent"] or about["year"] or about["undated"] == 1):
                features, place = {**features, LOOKUP: asked_row.least}, asked_row.cell or place
            sentences.append(ReadSentence(number, _probability(model, features, grade), grade, place, features))
        found.append(ReadPassage(key, tuple(sentences), reading.answers))
    return HeadReading(tuple(found))


def _probability(model: ConfidenceModel, features: Mapping[str, float], grade: float) -> float:
    """That a sentence answers: by the regression, or because it is the row and the column that the question names."""
    probability = grade * model.probability(features)
    return max(probability, features.get(LOOKUP, 0.0))


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
