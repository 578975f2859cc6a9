"""Finds proper names, and the antecedent of a pronoun in the previous question (`before`) and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from qa_service.text.basic.sentences import split_sentences
from qa_service.text.lexicon.date_words import MONTH_NAMES, WEEKDAYS
from qa_service.text.lexicon.followup_words import (
    NOT_NAMES,
    OBLIQUE,
    PERSONS,
    PLACE_BEFORE,
    PRONOUNS,
    VERBAL,
)
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS

__all__ = ["find_antecedent", "name_spans"]

_NAME = regex.compile(
    r"\b\p{Lu}[\p{L}\p{M}\p{N}'’.-]*(?<![.'’])(?:(?:\s+(?:of|the|for|al|de|du|ag|bin|el|d'|la|le|van|von)){0,2}\s+\p{Lu}[\p{L}\p{M}\p{N}"
    r"'’.-]*(?<![.'’])){0,7}+"
)
_POSSESSIVE = regex.compile(r"['’]s?$")
_CALENDAR = frozenset((*MONTH_NAMES, *WEEKDAYS))
_MARKER = regex.compile(r"\s*\[\d+\]")
_ARTICLE = regex.compile(r"\b(?:the|an?)\s+(?=\p{L})", regex.IGNORECASE)
_IN_PHRASE = regex.compile(r"\s*([\p{L}\p{N}][\p{L}\p{N}-]*)")
_AFTER_PHRASE = ENGLISH_STOP_WORDS | NOT_NAMES | VERBAL | PRONOUNS | {"among", "per", "every"}
"""Words that end a noun phrase."""
LONGEST_PHRASE = 5
"""Maximum words of a noun phrase after its article."""
_ASKS_WHO = regex.compile(
    r"\b(?:who|whom|which\s+(?:\w+\s+){0,2}(?:official|leader|president|minister|analyst|person|man))\b", regex.I
)
_ADJECTIVE = regex.compile(
    r"\p{L}+(?:ian|ean|ish|ese|ern|ani|can)|French|Dutch|Greek|Swiss|Iraqi|Israeli|Saudi|Emirati|Kuwaiti|Yemeni"
)
"""Adjectives of nations and regions: "Malian official" is no antecedent."""
_ATTRIBUTED = regex.compile(r"\baccording\s+to\s+(?:the\s+)?$", regex.IGNORECASE)
_WHO_IS = regex.compile(r"who\s+(?:is|was|are|were)\s+(?=\p{Lu})", regex.IGNORECASE)
_BEFORE_SUBJECT = regex.compile(
    r"\b(?:did|does|do|will|would|can|could|shall|should|may|might|must|has|have|had)\s+$", regex.IGNORECASE
)
"""An auxiliary before its subject: the verb follows the subject."""
_ORGANISATION = regex.compile(
    r"\b(?:Group|Corps|Union|Ministry|Army|Forces?|Front|Movement|Party|Institute|Index|Watch|Foundation|Center|Centre|Agency|"
    r"Network|State|Nations?|Council|Press|Initiative|Company)\b|^[\p{Lu}\p{N}]{2,}$"
)


def name_spans(text: str, *, first: bool = False) -> list[tuple[int, int]]:
    """Spans of proper names, without a possessive 's. Months and weekdays are no names.

    The first word of the text counts only with an inner capital, before another capitalised word, or with `first`.
    """
    found = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        words = [(m.start() + start, m.group()) for m in regex.finditer(r"\S+", match.group())]
        while words and words[0][1].casefold() in NOT_NAMES | PRONOUNS | _CALENDAR:
            words.pop(0)
        if not words:
            continue
        start = words[0][0]
        if suffix := _POSSESSIVE.search(text, start, end):
            end = suffix.start()
        if start == 0 and not first and " " not in text[start:end] and text[start + 1 : end].islower():
            after = text[end:].lstrip()
            if not after[:1].isupper() and after:
                continue
        if end > start:
            found.append((start, end))
    return found


def find_antecedent(pronoun: str, before: str, answer: str | None) -> str | None:
    """The antecedent of a pronoun in the previous question and its answer; None if there is none."""
    if pronoun in PERSONS:
        return person_antecedent(before, answer)
    return place_antecedent(before, answer) if pronoun == "there" else thing_antecedent(before)


@lru_cache(maxsize=64)
def person_antecedent(before: str, answer: str | None) -> str | None:
    """The antecedent of `he` or `she`. If the previous question asks for a person, its answer names the antecedent."""
    asked = _names(before)
    if (about := _WHO_IS.match(before)) and (found := [n for n in asked if before.find(n) >= about.end()]):
        return found[0]
    told = [name for name in _names(_first(answer)) if not any(name in other or other in name for other in asked)]
    people = [name for name in told if _is_person(name)]
    if _ASKS_WHO.search(before):  # a name in the question is not its answer
        return next(iter(people or told), None)
    elsewhere = [before[a:b] for a, b in _name_spans(before) if _preposition(before, a) not in PLACE_BEFORE]
    persons = [name for name in _attributed(before) + elsewhere if not _ORGANISATION.search(name)]
    return next(iter(persons or people or told), None)


@lru_cache(maxsize=64)
def thing_antecedent(before: str) -> str | None:
    """The antecedent of `it` or `they`: a thing or group.

    The first name in the previous question that is neither a person nor a place, else a noun with an article.
    """
    if attributed := [name for name in _attributed(before) if not _is_person(name)]:
        return attributed[0]
    free = [
        (a, b)
        for a, b in _name_spans(before)
        if _preposition(before, a) not in PLACE_BEFORE | OBLIQUE and not _is_person(before[a:b])
    ]
    spoken = next((p for p in _phrases(before) if not any(a < p[1] and p[0] < b for a, b in free)), None)
    if free and (spoken is None or free[0][0] < spoken[0]):
        return before[slice(*free[0])]
    if spoken is None:
        return None
    of = regex.compile(r"\s+of\s+(?:the\s+)?").match(before, spoken[1])
    named = next((n for n in name_spans(before) if of and n[0] == of.end()), None)
    return f"the {before[slice(*spoken)]}" + (f" of {before[slice(*named)]}" if named else "")


@lru_cache(maxsize=64)
def place_antecedent(before: str, answer: str | None) -> str | None:
    """The antecedent of `there`: the last name after a preposition of place."""
    for text in (before, _first(answer)):
        places = [text[a:b] for a, b in _name_spans(text) if _preposition(text, a) in PLACE_BEFORE]
        if places:
            return places[-1]
    return None


def _first(answer: str | None) -> str:
    text = _MARKER.sub("", answer or "")
    spans = split_sentences(text)
    return text[spans[0][0] : spans[0][1]] if spans else text


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    """Spans of noun phrases, each without its article: "fuel blockade" in "When did the fuel blockade start?"."""
    for article in _ARTICLE.finditer(text):
        words: list[regex.Match[str]] = []
        while (word := _IN_PHRASE.match(text, words[-1].end() if words else article.end())) is not None:
            named = words and word[1][0].isupper() and words[-1][1][0].islower()
            if word[1].casefold() in _AFTER_PHRASE or len(words) == LONGEST_PHRASE or named:
                break
            words.append(word)
        of = text[words[-1].end() :].split()[:1] == ["of"] if words else False
        # the subject's verb: "will the refinery process"; "made the army leave Mali"
        if len(words) > 1 and not of and (_BEFORE_SUBJECT.search(text, 0, article.start()) or (word and named)):
            words.pop()
        if words and words[-1][1][0].islower():
            yield words[0].start(1), words[-1].end()


def _name_spans(text: str) -> list[tuple[int, int]]:
    return [(a, b) for a, b in name_spans(text) if not _ADJECTIVE.fullmatch(text[a:b])]


def _names(text: str) -> list[str]:
    return [text[a:b] for a, b in _name_spans(text)]


def _attributed(text: str) -> list[str]:
    return [text[a:b] for a, b in _name_spans(text) if _ATTRIBUTED.search(text[:a])]


def _is_person(name: str) -> bool:
    return " " in name and not _ORGANISATION.search(name)


def _preposition(text: str, at: int) -> str:
    words = text[:at].split()
    if words and words[-1].casefold() in {"the", "a", "an"}:
        words.pop()
    return words[-1].casefold() if words else ""
