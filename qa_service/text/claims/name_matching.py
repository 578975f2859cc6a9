"""Whether a text has the names of a sentence: capitalised words, acronyms, countries and their peoples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from qa_service.text.basic.words import normalise_word, word_spans
from qa_service.text.lexicon import words
from qa_service.text.lexicon.claim_words import CLASSES, OPENERS, SAYS
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS

__all__ = ["Name", "NamedText", "name_phrases", "name_places", "names_of"]

_CONJOINED = regex.compile(r"[ \-–]")
_BREAK = regex.compile(r"[^\s.\-–’']")
_ACRONYM = regex.compile(r"(?:\p{Lu}\.?){2,6}")
_REST = r"[\p{L}\p{N}\p{M}]*+(?:[.,'’][\p{L}\p{N}\p{M}]++)*+"
"""The end of a word, as in `U.S`, `2,400` and `Mali’s`."""
_ENDINGS = ("ian", "ese", "ish", "an", "n", "i", "s")
_PEOPLES = (
    "france french frenchman", "britain british uk", "us usa american america", "netherlands dutch", "spain spanish",
    "germany german", "china chinese", "niger nigerien", "nigeria nigerian", "turkey turkish", "greece greek",
    "denmark danish", "wales welsh", "ireland irish", "switzerland swiss", "poland polish", "sweden swedish",
    "norway norwegian", "thailand thai", "ivory ivorian", "burkina burkinabe", "senegal senegalese", "europe european",
    "west western", "islam islamic islamist", "jihad jihadist",
)  # fmt: skip
_ONE_PEOPLE = {word: line.split()[0] for line in _PEOPLES for word in line.split()}
_OPENING = (
    ENGLISH_STOP_WORDS
    | OPENERS
    | SAYS
    | CLASSES.keys()
    | words("""
according analysts attacks authorities both civilians critics data diplomats during efforts evidence experts fighters
fighting figures forces government groups human human leaders local locals media members negotiations observers
officers official officials overall people protesters rebels reporters reports representatives researchers residents
rights several similarly soldiers sources talks there therefore together troops two until violence witnesses women
workers yes no thus finally instead specifically additionally furthermore consequently notably previously subsequently
violent military political economic
""")
)
"""Common words: a capital at the start of a sentence does not make one of them a name."""
_PARTICLES = words("al ag bin ibn da de del der di du el la le van von")
_FURTHEST = 4
"""Largest distance, in words, of two parts of one name: a middle name may stand between."""


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised word at `start`. `runs_on`: the word before belongs to the same name."""

    start: int
    word: str
    runs_on: bool


class NamedText:
    """An index of the words of texts, to look up names."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._places: dict[str, list[int]] = {}
        self._initials: set[str] = set()
        self._small: set[str] = set()
        self._joins: list[bool] = []
        """Whether the word at each place may be part of a name. Commas and ends of texts have places too."""
        for text in texts:
            run, end_before = "", 0
            for start, end in word_spans(text):
                written = text[start:end]
                if not start or _BREAK.search(text, end_before, start):
                    self._joins.append(False)
                self._places.setdefault(_key(written), []).append(len(self._joins))
                self._joins.append(written[0].isupper() or written in _PARTICLES)
                if written[0].islower():
                    self._small.add(normalise_word(written))
                if written[0].isupper():
                    run += written[0]
                    self._initials.update(run[-n:].lower() for n in range(2, len(run) + 1))
                elif written not in ("of", "the", "and", "for"):
                    run = ""
                end_before = end
            self._joins.append(False)

    def has(self, names: Iterable[Name]) -> bool:
        """Whether the texts have every name, its parts near each other and in order."""
        before: Name | None = None
        for name in names:
            if not self._has_word(name):
                return False
            if name.runs_on and before is not None and not self._follow(before, name):
                return False
            before = name
        return True

    def _has_word(self, name: Name) -> bool:
        return (_key(name.word) in self._places or normalise_word(name.word) in self._small) or (
            _ACRONYM.fullmatch(name.word) is not None and name.word.replace(".", "").lower() in self._initials
        )

    def _follow(self, first: Name, second: Name) -> bool:
        """Whether the second word follows the first. Titles and peoples are exempt: they precede many names."""
        own, other = _key(first.word), _key(second.word)
        common = {normalise_word(first.word), normalise_word(second.word)} & self._small
        if common or {own, other} & set(_ONE_PEOPLE.values()) or own not in self._places:
            return True
        return any(
            0 < b - a <= _FURTHEST and all(self._joins[a + 1 : b])
            for a in self._places[own]
            for b in self._places.get(other, ())
        )


@lru_cache(maxsize=1 << 10)
def names_of(sentence: str) -> tuple[Name, ...]:
    """The words with a capital letter, without a common word at the start of the sentence."""
    found: list[Name] = []
    end_before = -1
    opens = True
    for start, end in word_spans(sentence):
        word = sentence[start:end]
        large = any(sign.isupper() for sign in word)
        owed = opens and word[1:].islower() and normalise_word(word) in _OPENING
        stop = word.lower() in ENGLISH_STOP_WORDS
        if large and not owed and not (stop and word[1:].islower()) and word != "I":
            runs = end_before >= 0 and _CONJOINED.fullmatch(sentence, end_before, start) is not None
            found.append(Name(start, word, runs))
            end_before = -1 if word.endswith(("'s", "’s")) else end
        else:
            end_before = -1
        opens = False
    return tuple(found)


@lru_cache(maxsize=1 << 10)
def name_phrases(sentence: str) -> tuple[tuple[Name, ...], ...]:
    """The names of a sentence, each with all its words. "Bank of Varn" gives two names."""
    phrases: list[list[Name]] = []
    for name in names_of(sentence):
        if name.runs_on and phrases:
            phrases[-1].append(name)
        else:
            phrases.append([name])
    return tuple(map(tuple, phrases))


def name_places(names: Iterable[Name], text: str) -> list[list[tuple[int, int]]]:
    """For each name, start and end of the words of the text that are the name, in any case, or a people of it."""
    keys = [frozenset((_key(name.word), normalise_word(name.word))) for name in names]
    places: list[list[tuple[int, int]]] = [[] for _ in keys]
    if keys:
        for match in _beginnings(frozenset().union(*keys)).finditer(text):
            own = {_key(match[0]), normalise_word(match[0])}
            for at, wanted in enumerate(keys):
                if not wanted.isdisjoint(own):
                    places[at].append(match.span())
    return places


@lru_cache(maxsize=1 << 10)
def _beginnings(keys: frozenset[str]) -> regex.Pattern[str]:
    """A pattern of all words that may have one of the keys. It costs less than to look at each word of a text."""
    like = keys | {word for word, people in _ONE_PEOPLE.items() if people in keys}
    begin = "|".join(sorted({"[.,]?".join(map(regex.escape, key[:3])) for key in like if key}))
    return regex.compile(rf"(?<![\p{{L}}\p{{N}}])(?:{begin}){_REST}", regex.IGNORECASE)


@lru_cache(maxsize=1 << 14)
def _key(written: str) -> str:
    """A key that a country and its people share. Niger and Nigeria have different keys."""
    word = normalise_word(written)
    if word in _ONE_PEOPLE or not written[:1].isupper():
        return _ONE_PEOPLE.get(word, word)
    stem = next((word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) >= len(end) + 4), word)
    bare = stem.rstrip("aeio")
    return bare if len(bare) >= 3 else stem
