"""Whether a passage says what a model's sentence says that it says. Rules and no model, and precision first: what is
not plainly said is dropped, since the articles are quoted where nothing remains.

A sentence is supported by a passage where each of its clauses is by a sentence of it, or by two that follow each other:
they give all its numbers and dates, its names, most of its other words and every event it tells of, and neither denies
what the other affirms. `docs/explanation/checked-prose.md` says what that does not find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import regex

from qa_service.chat.clauses_agree import clauses_agree, told_stems
from qa_service.chat.figures import figures_of
from qa_service.chat.naming import Name, NamedText, names_of
from qa_service.chat.written import Written
from qa_service.records import Answer, RankedPassage
from qa_service.text.basic.sentences import split_sentences
from qa_service.text.claims.frames import Clause, frame_of

__all__ = ["Checked", "Fault", "Passages"]

LONGEST = 600
"""Characters of the longest sentence that is checked."""
LEAST_OF_CLAUSE, LEAST_OF_SENTENCE = 0.5, 0.7
"""Shares of the words of a clause, and of the sentence, that the passage must have."""
_ORDERS = regex.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|rule|previous|above|prior|earlier)"
    r"|\byou are (?:now )?(?:an?|the|my)\b|\bsystem prompt\b|\bas an ai\b|\b(?:language model|chatbot|assistant)s?\b"
    r"|\b(?:instead|only|must|please|always|now)[,:]? (?:say|answer|reply|respond|output|write|print|tell|state)\b"
    r"|^\W*(?:say|answer|reply|respond|output|print|repeat)\b(?! to\b)|<\|?(?:im_|system|assistant|user)|\[/?INST\]",
    regex.IGNORECASE,
)
_AND = regex.compile(r"(?<=\w,?) (?:and|while|but) ")
AFTER_ORDERS = 2
"""Sentences after one that gives orders to a model: they are what it is told to say."""


class Fault(Enum):
    """Why a sentence is dropped."""

    UNCITED = "no citation"
    ACTIVE = "a link, an image or HTML"
    UNSUPPORTED = "not supported"


@dataclass(frozen=True, slots=True)
class Checked:
    """`citations` are the passages that support `text`; `repointed`: they are none of those that it cited."""

    text: str
    citations: tuple[int, ...]
    repointed: bool = False


@dataclass(frozen=True, slots=True)
class _Unit:
    """One sentence of a passage or two that follow each other; `near` has the names in and around them."""

    sentences: tuple[str, ...]
    near: NamedText


@dataclass(frozen=True, slots=True)
class _Source:
    passage: RankedPassage
    units: tuple[_Unit, ...]


class Passages:
    """The passages of one answer, read once for all the sentences that are checked against them."""

    def __init__(self, answer: Answer) -> None:
        asked = answer.interpretation.searched or answer.question
        self._sources = {p.citation.number: _read(p, asked) for p in answer.passages}

    def check(self, written: Written) -> Checked | Fault:
        if not written.citations:
            return Fault.UNCITED
        if written.active:
            return Fault.ACTIVE
        if len(written.text) > LONGEST or not any(sign.isalpha() for sign in written.text):
            return Fault.UNSUPPORTED
        cited = [number for number in written.citations if number in self._sources]
        alone = tuple(number for number in cited if self._supports([number], written))
        if alone:
            return Checked(written.text, alone)
        if len(cited) > 1 and self._supports(cited, written):
            return Checked(written.text, tuple(cited))
        others = (number for number in self._sources if number not in cited)
        found = next((number for number in others if self._supports([number], written)), None)
        return Fault.UNSUPPORTED if found is None else Checked(written.text, (found,), repointed=True)

    def _supports(self, numbers: Sequence[int], written: Written) -> bool:
        """Whether the passages together do, and none of them without being needed."""
        sources = [self._sources[number] for number in numbers]
        if not all(any(host in s.passage.passage.text.lower() for s in sources) for host in written.hosts):
            return False
        own = told_stems(frame_of(written.text).stems)
        if not own:
            return False
        needed = set[int]()
        covered = frozenset[str]()
        for part in _parts(written.text, several=len(sources) > 1):
            shares = [(_part_support(source, written.text, part), -i) for i, source in enumerate(sources)]
            best, place = max(
                ((shared, i) for shared, i in shares if shared is not None),
                key=lambda one: (len(one[0]), one[1]),
                default=(None, 0),
            )
            if best is None:
                return False
            covered |= best
            needed.add(-place)
        return len(needed) == len(sources) and len(covered & own) >= LEAST_OF_SENTENCE * len(own)


def _read(ranked: RankedPassage, asked: str) -> _Source:
    citation = ranked.citation
    head = [part for part in (citation.meta.title, citation.meta.outlet, citation.meta.author, asked) if part]
    text = ranked.passage.text
    sentences = [text[start:end] for start, end in split_sentences(text)]
    ordered = {j for i, s in enumerate(sentences) if _ORDERS.search(s) for j in range(i, i + AFTER_ORDERS + 1)}
    units = tuple(
        _Unit(tuple(sentences[i:j]), NamedText([*sentences[max(0, i - 1) : j + 1], *head]))
        for i, j in _runs(len(sentences))
        if ordered.isdisjoint(range(i, j))
    )
    return _Source(ranked, units)


def _runs(count: int) -> Iterator[tuple[int, int]]:
    for size in (1, 2):
        yield from ((i, i + size) for i in range(count - size + 1))


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause with the text up to the next one, so that nothing between two goes unchecked; `subject`: names that the
    unit must be about too, where the clause leaves out its own."""

    clause: Clause
    start: int
    end: int
    subject: tuple[Name, ...] = ()


def _parts(text: str, *, several: bool) -> Iterator[_Part]:
    """The clauses; where `several` passages are cited each side of "and" by itself, since each may have its own."""
    clauses = frame_of(text).clauses
    for i, clause in enumerate(clauses):
        start, end = clause.start if i else 0, clauses[i + 1].start if i + 1 < len(clauses) else len(text)
        cut = _AND.search(text, start, end) if several else None
        if cut is None:
            yield _Part(clause, start, end)
            continue
        subject = tuple(name for name in names_of(text) if start <= name.start < cut.start())[:1]
        for a, b, about in ((start, cut.start(), ()), (cut.start(), end, subject)):
            said = frame_of(text[a:b]).clauses
            if said:
                yield _Part(replace(said[0], start=a, end=b), a, b, about)


def _part_support(source: _Source, text: str, part: _Part) -> frozenset[str] | None:
    """The stems of the clause that the best unit has; None where no unit supports it."""
    dated = figures_of(text).dated
    names = [
        name
        for name in names_of(text)
        if part.start <= name.start < part.end and not any(a <= name.start < b for a, b in dated)
    ]
    figures = figures_of(text).within(part.start, part.end)
    own = told_stems(part.clause.stems)
    best: frozenset[str] | None = None
    for unit in source.units:
        if not (unit.near.has(names) and unit.near.has(part.subject)):
            continue
        if not any(figures.stand_in(figures_of(s)) for s in unit.sentences):
            continue
        shared = clauses_agree(text, part.clause, own, unit.sentences)
        if shared is None or len(shared) < LEAST_OF_CLAUSE * len(own):
            continue
        if best is None or len(shared) > len(best):
            best = shared
    return best
