"""Whether a sentence is about the names, days and ordinals that the question names.

A reader scores the likeness of question and sentence. So it takes the prize of another year, or the mayor of another
town, for the answer. These signals say what the question names and the text does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import regex

from qa_service.records import ArticleMeta, Passage
from qa_service.text.basic.words import word_spans
from qa_service.text.claims.name_matching import Name, name_phrases, name_places
from qa_service.text.claims.partial_dates import find_partial_dates
from qa_service.text.lexicon.date_words import WEEKDAYS
from qa_service.text.question.times import YEAR, Days, days_of, meet, whole_year

__all__ = ["BINDINGS", "AskedFor"]

BINDINGS = ("absent", "apart", "year", "undated", "ordinal")
"""For each sentence:

- `absent`: share of the question's names that neither the passage nor its title nor its outlet has.
- `apart`: share of the names whose words these texts have, but never together.
- `year`: whether the sentence names only other days.
- `undated`: whether sentence, title and day of publication miss the days asked for; half if the passage has them.
- `ordinal`: whether the sentence names only other ordinals.
"""
_ORDINAL = regex.compile(r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)\b", regex.I)
_TOGETHER = regex.compile(r"[\s\p{Pd}\p{Po}--,;:!?]*(?:\p{L}[\p{L}.]*[\s\p{Pd}])?", regex.V1)
"""What may stand between two words of a name: another word."""
Span = tuple[int, int]


class AskedFor:
    """The names, days and ordinals of one question."""

    def __init__(self, question: str) -> None:
        self._question = question
        self._ordinals = _ordinals(question)

    @cached_property
    def _names(self) -> list[tuple[Name, ...]]:
        """The names, and the numbers that are no dates."""
        dates = [(one.start, one.end) for one in find_partial_dates(self._question)]
        digits = [
            (Name(start, self._question[start:end], False),)
            for start, end in word_spans(self._question)
            if self._question[start].isdigit() and not YEAR.fullmatch(self._question, start, end)
        ]
        return [
            phrase
            for phrase in (*name_phrases(self._question), *digits)
            if not any(start <= phrase[0].start < end for start, end in dates)
            and phrase[0].word.casefold() not in WEEKDAYS
        ]

    @cached_property
    def _words(self) -> list[Name]:
        return [word for name in self._names for word in name]

    def of(self, passage: Passage, meta: ArticleMeta, numbers: Sequence[int]) -> Iterator[dict[str, float]]:
        """The values of `BINDINGS` for some sentences of a passage, by their `numbers`."""
        title, published = meta.title or "", meta.published
        found = [(text, name_places(self._words, text)) for text in (passage.text, title, meta.outlet or "")]
        absent, apart = self._absent(found)
        texts = passage.sentence_texts()
        asked = days_of(self._question, published)
        inside = [days_of(text, published) for text in texts] if asked else [() for _ in texts]
        context = [*days_of(title, published), *([whole_year(published.year)] if published else [])]
        undated = 0.0 if not asked or meet(asked, context) else 0.5 if meet(asked, _closed(*inside)) else 1.0
        for number in numbers:
            ordinals = _ordinals(texts[number]) if self._ordinals else frozenset()
            yield {
                "absent": absent,
                "apart": apart,
                "year": float(bool(inside[number]) and not meet(asked, inside[number])),
                "undated": 0.0 if meet(asked, _closed(inside[number])) else undated,
                "ordinal": float(bool(ordinals) and not ordinals & self._ordinals),
            }

    def _absent(self, found: Sequence[tuple[str, list[list[Span]]]]) -> tuple[float, float]:
        """Share of the names of which the texts lack a word, and of those whose words never stand together. `found` has
        each text with the places of each word."""
        missing, apart, at = [], [], 0
        for name in self._names:
            own = [(text, places[at : at + len(name)]) for text, places in found]
            at += len(name)
            held = all(any(places[word] for _, places in own) for word in range(len(name)))
            missing.append(not held)
            apart.append(held and not any(_together(text, places) for text, places in own))
        return _share(missing), _share(apart)


def _closed(*found: Iterable[Days]) -> list[Days]:
    """The spans with a first and a last day: "since 1974" dates nothing."""
    return [one for days in found for one in days if one.first is not None and one.last is not None]


def _together(text: str, places: Sequence[Sequence[Span]]) -> bool:
    """Whether the words of a name follow each other somewhere in a text."""
    ends = {end for _, end in places[0]}
    for words in places[1:]:
        ends = {end for start, end in words if any(_TOGETHER.fullmatch(text, e, start) for e in ends if e <= start)}
    return bool(ends)


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0


def _ordinals(text: str) -> frozenset[str]:
    return frozenset(match[0].casefold() for match in _ORDINAL.finditer(text))
