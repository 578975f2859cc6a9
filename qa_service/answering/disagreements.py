"""Disagreements: where two outlets among the passages differ on the same thing, both cited.

What is compared is every sentence of the passages that hold evidence, headings left out, across outlets. A pair is
looked at closely only where one gives a number, date, negation or cause that the other could contradict (`traits`).
Rules find them (`differences`); a model for natural language inference, where there is one, must confirm each and may
add others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from qa_service.answering.differences import far_apart, find_differences
from qa_service.answering.perspectives import outlet_of
from qa_service.answering.sameness import one_subject
from qa_service.answering.traits import traits_of
from qa_service.records import Disagreement, Evidence, RankedPassage, Statement
from qa_service.text.claims.frames import frame_of

__all__ = ["Contradicts", "find_disagreements"]

MOST_PASSAGES = 20
"""Passages that are compared: further ones say little of the question."""
MOST_JUDGED = 8
"""Pairs of evidence sentences that a model reads beside those that the rules name."""
ADDED = 0.9
"""What a model must be sure of to add a pair that no rule names; and never less than what it must be to confirm one."""
_LANGUAGES = frozenset({"en", None})

Contradicts = Callable[[str, str], float]
"""How likely two sentences contradict each other, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence of a passage and who says it."""

    passage: RankedPassage
    outlet: tuple[str, str]
    start: int
    end: int
    text: str
    evidence: bool

    def statement(self, start: int, end: int) -> Statement:
        """That of `text[start:end]`."""
        citation = self.passage.citation
        span = self.start + start, self.start + end, self.text[start:end]
        sentence = Evidence(self.start, self.end, self.text)
        return Statement(citation.meta.outlet, citation.article_id, citation.number, *span, sentence)


def find_disagreements(
    passages: Sequence[RankedPassage], contradicts: Contradicts | None = None, sure: float = 0.7
) -> tuple[Disagreement, ...]:
    """Those between evidence first, then those that evidence is one side of, then those beside it; among equals in the
    order of the passages and of the text. What two pairs of outlets say in the same words is told once.

    `contradicts` must be at least `sure` of a pair for it to stay.
    """
    sentences = _sentences(passages)
    found: dict[tuple[str, ...], tuple[int, Disagreement]] = {}
    judged: set[tuple[str, str]] = set()
    for one, other in _pairs(sentences):
        far = far_apart(one.passage.citation.meta.published, other.passage.citation.meta.published)
        differences = find_differences(one.text, other.text, far)
        if differences:
            judged.add((one.text, other.text))
        if contradicts is not None and differences and contradicts(one.text, other.text) < sure:
            continue
        for difference in differences:
            a = one.statement(difference.a_start, difference.a_end)
            b = other.statement(difference.b_start, difference.b_end)
            _add(found, one.evidence + other.evidence, Disagreement(difference.kind, a, b))
    if contradicts is not None:
        for one, other in _likely(sentences, judged):
            if contradicts(one.text, other.text) >= max(sure, ADDED):
                a, b = one.statement(0, len(one.text)), other.statement(0, len(other.text))
                _add(found, 2, Disagreement("contradiction", a, b))
    return tuple(one for _, one in sorted(found.values(), key=lambda each: -each[0]))


def _sentences(passages: Sequence[RankedPassage]) -> list[_Said]:
    """Sentences that may disagree, each once although passages overlap."""
    found: list[_Said] = []
    seen: set[tuple[str, int, int]] = set()
    for ranked in passages[:MOST_PASSAGES]:
        if not ranked.evidence or ranked.citation.meta.language not in _LANGUAGES:
            continue
        passage, outlet = ranked.passage, outlet_of(ranked)
        evidence = {(sentence.start, sentence.end) for sentence in ranked.evidence}
        texts = passage.sentence_texts()
        headings = passage.headings or (False,) * len(texts)
        for span, text, heading in zip(passage.sentences, texts, headings, strict=True):
            if not heading and (passage.article_id, *span) not in seen:
                seen.add((passage.article_id, *span))
                found.append(_Said(ranked, outlet, *span, text, span in evidence))
    return found


def _pairs(sentences: Sequence[_Said]) -> Iterator[tuple[_Said, _Said]]:
    """Those of different outlets that may differ, in order."""
    known = [(said, said.outlet, traits_of(said.text)) for said in sentences]
    for (one, its_outlet, its_traits), (other, outlet, traits) in combinations(known, 2):
        if its_outlet != outlet and its_traits.may_differ(traits) and one.text != other.text:
            yield one, other


def _likely(sentences: Sequence[_Said], judged: set[tuple[str, str]]) -> list[tuple[_Said, _Said]]:
    """Pairs of evidence about one subject that a model has not read, those most alike first."""
    alike: list[tuple[float, int, _Said, _Said]] = []
    told = [said for said in sentences if said.evidence]
    for number, (one, other) in enumerate(combinations(told, 2)):
        if one.outlet == other.outlet or one.text == other.text or (one.text, other.text) in judged:
            continue
        share = one_subject(frame_of(one.text), frame_of(other.text))
        if share:
            alike.append((-share, number, one, other))
    return [(one, other) for _, _, one, other in sorted(alike, key=lambda each: each[:2])[:MOST_JUDGED]]


def _add(found: dict[tuple[str, ...], tuple[int, Disagreement]], evidence: int, new: Disagreement) -> None:
    """`evidence` is how many of its sides are."""
    said = sorted(" ".join(side.text.split()).casefold() for side in (new.a, new.b))
    found.setdefault((new.kind, *said), (evidence, new))
