"""Disagreements: pairs of evidence sentences of different outlets that an NLI model judges to be contradictions.

NLI is natural language inference. Without such a model there are no disagreements. The model is slow, so it reads only
the few pairs that share the largest part of their words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from qa_service.answering.perspectives import outlet_of
from qa_service.records import Disagreement, Evidence, RankedPassage, Statement
from qa_service.text.basic.terms import word_terms

__all__ = ["Contradicts", "find_disagreements"]

MAX_PASSAGES = 20
"""Lower-ranked passages are not compared."""
MAX_PAIRS = 8
"""Pairs that the model reads for one answer."""
_LANGUAGES = frozenset({"en", None})

Contradicts = Callable[[str, str], float]
"""Returns the probability, from 0 to 1, that two sentences contradict each other."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """An evidence sentence of an outlet; `terms` are its stems without stop words."""

    passage: RankedPassage
    outlet: tuple[str, str]
    evidence: Evidence
    terms: frozenset[str]

    def statement(self) -> Statement:
        citation, own = self.passage.citation, self.evidence
        sentence = Evidence(own.start, own.end, own.text)
        return Statement(
            citation.meta.outlet, citation.article_id, citation.number, own.start, own.end, own.text, sentence
        )


def find_disagreements(
    passages: Sequence[RankedPassage], contradicts: Contradicts | None = None, threshold: float = 0.9
) -> tuple[Disagreement, ...]:
    """Pairs that `contradicts` gives at least `threshold`, those with the most words in common first.

    Empty without `contradicts`. The same two texts are returned once, also where several outlets print them.
    """
    if contradicts is None:
        return ()
    found: dict[tuple[str, ...], Disagreement] = {}
    for a, b in _similar_pairs(list(_sentences(passages))):
        if contradicts(a.evidence.text, b.evidence.text) >= threshold:
            texts = sorted(" ".join(one.evidence.text.split()).casefold() for one in (a, b))
            found.setdefault(tuple(texts), Disagreement("contradiction", a.statement(), b.statement()))
    return tuple(found.values())


def _sentences(passages: Sequence[RankedPassage]) -> Iterator[_Sentence]:
    """The evidence of the passages in English or an unknown language, in order.

    Passages overlap: a sentence comes once, from the best passage that holds it.
    """
    seen: set[tuple[str, int, int]] = set()
    for ranked in passages[:MAX_PASSAGES]:
        if ranked.citation.meta.language not in _LANGUAGES:
            continue
        for evidence in ranked.evidence:
            place = ranked.citation.article_id, evidence.start, evidence.end
            if place not in seen:
                seen.add(place)
                terms = frozenset(term for _, _, own in word_terms(evidence.text, ("en",)) for term in own)
                yield _Sentence(ranked, outlet_of(ranked), evidence, terms)


def _similar_pairs(sentences: Sequence[_Sentence]) -> list[tuple[_Sentence, _Sentence]]:
    """At most `MAX_PAIRS` pairs of different outlets and texts, by their Jaccard similarity; equals in order."""
    pairs = [
        (len(a.terms & b.terms) / len(a.terms | b.terms), a, b)
        for a, b in combinations(sentences, 2)
        if a.outlet != b.outlet and a.evidence.text != b.evidence.text and a.terms & b.terms
    ]
    pairs.sort(key=lambda pair: -pair[0])
    return [(a, b) for _, a, b in pairs[:MAX_PAIRS]]
