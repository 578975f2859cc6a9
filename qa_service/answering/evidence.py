"""Evidence: one or two whole sentences of a passage that answer the question, in the order of the text.

A sentence's score is the mean of two numbers: late interaction over its tokens (Khattab & Zaharia, "ColBERT", SIGIR
2020), and the cosine of the question with the mean of its tokens. The best sentence is evidence. A second sentence is
added only if it matches words of the question that the first one does not match. If the question names a year and a
good sentence names it too, sentences that name only other years are not evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa_service.answering.reading import ReadPassage
from qa_service.embedding.sentence_matches import SentenceMatches
from qa_service.records import Evidence, Passage
from qa_service.text.basic.word_similarity import WordMatcher
from qa_service.text.claims.quotations import quotation_unit
from qa_service.text.question.abbreviations import defining_sentence
from qa_service.text.question.times import YEAR

__all__ = ["defining_sentences", "find_evidence", "find_read_evidence", "find_word_evidence", "possible_evidence"]

LEAST_GAIN = 0.06
"""Smallest gain in the weighted match of the question's tokens for which a second sentence is added."""
MOST_SENTENCES = 2
NEAR_ENOUGH = 0.7
"""Share of the best score that a sentence with the year of the question needs, to exclude other years."""


def defining_sentences(passage: Passage, short: str | None) -> tuple[Evidence, ...]:
    """The first sentence that spells out the abbreviation `short`; empty if there is no such sentence."""
    at = defining_sentence(passage, short)
    return () if at is None else (Evidence(*passage.sentences[at], passage.sentence_texts()[at], 1.0),)


def possible_evidence(passage: Passage, found: SentenceMatches, least: float) -> list[int]:
    """Positions in `found` of the sentences that may be evidence.

    `found` are the matches of the passage's sentences. Headings are left out, and sentences with late interaction below
    `least`.
    """
    sentences = zip(found.sentence.tolist(), found.late.tolist(), strict=True)
    return [at for at, (i, late) in enumerate(sentences) if late >= least and not passage.headings[i]]


def find_evidence(
    passage: Passage,
    found: SentenceMatches,
    unit: float,
    weights: npt.NDArray[np.float64],
    body: Sequence[int],
    cosines: npt.NDArray[np.float64] | None,
    asked: str = "",
) -> tuple[Evidence, ...]:
    """The evidence sentences of a passage, chosen by its token embeddings. The result may be empty.

    `found` are the matches of the passage's sentences, in units of the cosine `unit`. `weights` (q,) are the weights of
    the question's tokens. `body` is the result of `possible_evidence`. `cosines` compare the question with each
    sentence of `body`; None if the question's vector and token vectors differ in dimension. `asked` is its text.
    """
    if not len(weights) or not body:
        return ()
    numbers, late = found.sentence[body].tolist(), found.late[body]
    scores = late if cosines is None else (late + cosines) / 2
    kept = _of_asked_year(passage, numbers, scores, range(len(body)), asked)
    return _fewest(passage, numbers, found.matches[body] * unit, weights, scores, kept)


def find_word_evidence(passage: Passage, words: WordMatcher, least: float = 0.0) -> tuple[Evidence, ...]:
    """The evidence of a passage, by the similarity of words, for questions that the model does not read."""
    matches = words.matches(passage.sentence_texts())
    scores = words.scores(matches)
    body = [i for i, heading in enumerate(passage.headings) if not heading and 0 < scores[i] >= least]
    return _fewest(passage, range(len(scores)), matches, words.weights, scores, body)


def find_read_evidence(passage: Passage, read: ReadPassage, least: float) -> tuple[Evidence, ...]:
    """What in a passage answers with at least the probability `least`, in the order of the text.

    That is at most `MOST_SENTENCES` sentences. If a sentence belongs to a quotation of several sentences, all of them
    and the words that say who spoke are one piece of evidence.
    """
    likely = [sentence for sentence in read.sentences if sentence.probability >= least]
    found: dict[tuple[int, int], Evidence] = {}
    for one in sorted(likely, key=lambda own: (-own.probability, own.number)):
        unit = quotation_unit(passage.text, passage.sentences, one.number)
        if len(found) == MOST_SENTENCES or any(unit[0] <= last and first <= unit[1] for first, last in found):
            continue
        start, end = passage.sentences[unit[0]][0], passage.sentences[unit[1]][1]
        text = passage.text[start - passage.start : end - passage.start]
        found[unit] = Evidence(start, end, text, one.probability, read=True, span=one.span)
    return tuple(sorted(found.values(), key=lambda own: own.start))


def _of_asked_year(
    passage: Passage, sentences: Sequence[int], scores: npt.NDArray[np.floating], body: Sequence[int], asked: str
) -> Sequence[int]:
    """`body` without sentences that name only other years, if another good sentence names a year of the question."""
    years = set(YEAR.findall(asked))
    if not years or not body:
        return body
    texts = passage.sentence_texts()
    named = {at: set(YEAR.findall(texts[sentences[at]])) for at in body}
    best = max(scores[at] for at in body)
    if not any(named[at] & years and scores[at] >= NEAR_ENOUGH * best for at in body):
        return body
    return [at for at in body if not named[at] or named[at] & years]


def _fewest(
    passage: Passage,
    sentences: Sequence[int],
    matches: npt.NDArray[np.floating],
    weights: npt.NDArray[np.float64],
    scores: npt.NDArray[np.floating],
    body: Sequence[int],
) -> tuple[Evidence, ...]:
    """The best of s sentences, and a second sentence if it adds enough to the matches.

    `sentences` are their numbers in the passage. `body` lists the sentences to choose from. `matches` (s, q) has the
    match of each token or word of the question, and `weights` (q,) has their weights.
    """
    if not body:
        return ()
    chosen = [max(body, key=lambda at: (scores[at], -at))]
    while len(chosen) < min(MOST_SENTENCES, len(body)):
        covered = matches[chosen].max(axis=0)
        gains = ((np.maximum(matches, covered) - covered) * weights).sum(axis=1)
        best = max(body, key=lambda at: (gains[at], -at))
        if gains[best] < LEAST_GAIN:
            break
        chosen.append(best)
    texts = passage.sentence_texts()
    numbered = [(sentences[at], float(scores[at])) for at in sorted(chosen)]
    return tuple(Evidence(*passage.sentences[i], texts[i], score) for i, score in numbered)
