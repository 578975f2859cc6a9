"""Whether passages support a sentence that a model wrote. Rules decide, not a model.

Precision comes first: a sentence without plain support is dropped. If no sentence remains, the articles are quoted.

A passage supports a sentence if it supports each clause by one sentence, or by two sentences in a row. These have all
numbers, dates, names and events of the clause and most of its other words. Neither denies what the other affirms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import regex

from qa_service.chat.written import Written
from qa_service.records import Answer, RankedPassage
from qa_service.text.basic.sentences import split_sentences
from qa_service.text.claims.agreement import agreeing_stems, claimed_stems
from qa_service.text.claims.clauses import Clause, clauses_of, stems_of
from qa_service.text.claims.figures import figures_of
from qa_service.text.claims.name_matching import Name, NamedText, names_of

__all__ = ["CheckedSentence", "Fault", "Passages"]

LONGEST = 600
"""Characters; a longer sentence is dropped."""
LEAST_OF_CLAUSE, LEAST_OF_SENTENCE = 0.5, 0.7
"""Shares of the words of a clause, and of a whole sentence, that the passage must have."""
_ORDERS = regex.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|rule|previous|above|prior|earlier)"
    r"|\byou are (?:now )?(?:an?|the|my)\b|\bsystem prompt\b|\bas an ai\b|\b(?:language model|chatbot|assistant)s?\b"
    r"|\b(?:instead|only|must|please|always|now)[,:]? (?:say|answer|reply|respond|output|write|print|tell|state)\b"
    r"|^\W*(?:say|answer|reply|respond|output|print|repeat)\b(?! to\b)|<\|?(?:im_|system|assistant|user)|\[/?INST\]",
    regex.IGNORECASE,
)
_AND = regex.compile(r"(?<=\w,?) (?:and|while|but) ")
AFTER_ORDERS = 2
"""Sentences of a passage that are ignored after a sentence with orders to a model: they may be the text to repeat."""


class Fault(Enum):
    """The reason why a sentence is dropped."""

    UNCITED = "no citation"
    ACTIVE = "a link, an image or HTML"
    UNSUPPORTED = "not supported"


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """`citations` are the passages that support `text`. `repointed`: the model cited other passages."""

    text: str
    citations: tuple[int, ...]
    repointed: bool = False


@dataclass(frozen=True, slots=True)
class _Window:
    """One sentence of a passage, or two in a row; `near` has the names in them, around them and in the metadata."""

    sentences: tuple[str, ...]
    near: NamedText


@dataclass(frozen=True, slots=True)
class _Source:
    """A passage in lower case, and its windows."""

    text: str
    units: tuple[_Window, ...]


class Passages:
    """The passages of one answer, to check sentences against."""

    def __init__(self, answer: Answer) -> None:
        asked = answer.interpretation.searched or answer.question
        self._sources = {p.citation.number: _read(p, asked) for p in answer.passages}

    def check(self, written: Written) -> CheckedSentence | Fault:
        """The sentence with the citations that support it, or the reason to drop it.

        Cited passages that support it alone come first, then all cited passages together, then any other passage.
        """
        if not written.citations:
            return Fault.UNCITED
        if written.active:
            return Fault.ACTIVE
        if len(written.text) > LONGEST or not any(sign.isalpha() for sign in written.text):
            return Fault.UNSUPPORTED
        cited = [number for number in written.citations if number in self._sources]
        alone = tuple(number for number in cited if self._supports([number], written))
        if alone:
            return CheckedSentence(written.text, alone)
        if len(cited) > 1 and self._supports(cited, written):
            return CheckedSentence(written.text, tuple(cited))
        others = (number for number in self._sources if number not in cited)
        found = next((number for number in others if self._supports([number], written)), None)
        return Fault.UNSUPPORTED if found is None else CheckedSentence(written.text, (found,), repointed=True)

    def _supports(self, numbers: Sequence[int], written: Written) -> bool:
        """Whether the passages together support the sentence, and each of them is needed for it."""
        sources = [self._sources[number] for number in numbers]
        if not all(any(host in source.text for source in sources) for host in written.hosts):
            return False
        own = claimed_stems(stems_of(clauses_of(written.text)))
        if not own:
            return False
        needed = set[int]()
        covered = frozenset[str]()
        for part in _parts(written.text, several=len(sources) > 1):
            shares = [(_part_support(source, written.text, part), i) for i, source in enumerate(sources)]
            found = [(shared, i) for shared, i in shares if shared is not None]
            if not found:
                return False
            best, place = max(found, key=lambda one: len(one[0]))
            covered |= best
            needed.add(place)
        return len(needed) == len(sources) and len(covered & own) >= LEAST_OF_SENTENCE * len(own)


def _read(ranked: RankedPassage, asked: str) -> _Source:
    citation = ranked.citation
    head = [part for part in (citation.meta.title, citation.meta.outlet, citation.meta.author, asked) if part]
    text = ranked.passage.text
    sentences = [text[start:end] for start, end in split_sentences(text)]
    ordered = {j for i, s in enumerate(sentences) if _ORDERS.search(s) for j in range(i, i + AFTER_ORDERS + 1)}
    units = tuple(
        _Window(tuple(sentences[i:j]), NamedText([*sentences[max(0, i - 1) : j + 1], *head]))
        for i, j in [(i, i + size) for size in (1, 2) for i in range(len(sentences) - size + 1)]
        if ordered.isdisjoint(range(i, j))
    )
    return _Source(text.lower(), units)


@dataclass(frozen=True, slots=True)
class _ClausePart:
    """A clause with the text up to the next clause, so that all text is checked.

    `subject` are names that the support must have too, because the clause leaves out its subject.
    """

    clause: Clause
    start: int
    end: int
    subject: tuple[Name, ...] = ()


def _parts(text: str, *, several: bool) -> Iterator[_ClausePart]:
    """The clauses of a sentence. If `several` passages are cited, each side of an "and" is a part: each passage may
    support one."""
    clauses = clauses_of(text)
    for i, clause in enumerate(clauses):
        start, end = clause.start if i else 0, clauses[i + 1].start if i + 1 < len(clauses) else len(text)
        cut = _AND.search(text, start, end) if several else None
        if cut is None:
            yield _ClausePart(clause, start, end)
            continue
        subject = tuple(name for name in names_of(text) if start <= name.start < cut.start())[:1]
        for a, b, about in ((start, cut.start(), ()), (cut.start(), end, subject)):
            said = clauses_of(text[a:b])
            if said:
                yield _ClausePart(replace(said[0], start=a, end=b), a, b, about)


def _part_support(source: _Source, text: str, part: _ClausePart) -> frozenset[str] | None:
    """The stems that the clause shares with the best window; None if no window supports it."""
    dated = figures_of(text).dated
    names = [
        name
        for name in names_of(text)
        if part.start <= name.start < part.end and not any(a <= name.start < b for a, b in dated)
    ]
    figures = figures_of(text).within(part.start, part.end)
    own = claimed_stems(part.clause.stems)
    shares = (
        agreeing_stems(text, part.clause, own, unit.sentences)
        for unit in source.units
        if unit.near.has(names)
        and unit.near.has(part.subject)
        and any(figures.stand_in(figures_of(s)) for s in unit.sentences)
    )
    enough = (shared for shared in shares if shared is not None and len(shared) >= LEAST_OF_CLAUSE * len(own))
    return max(enough, key=len, default=None)
