"""Tells statements from questions, headings and fragments, and answers from echoes of the question.

No tagger is needed: a sentence with a full stop and a finite verb is a statement. The verb is recognised by closed word
classes and endings (Quirk et al., "A Comprehensive Grammar of the English Language", 1985, sections 3.1 to 3.9). In
other languages punctuation and place decide alone. In doubt a sentence is a statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from qa_service.text.basic.terms import terms
from qa_service.text.basic.words import normalise_word, word_spans
from qa_service.text.claims.table_rows import row_cells
from qa_service.text.lexicon.claim_words import NEGATORS
from qa_service.text.lexicon.followup_words import QUESTION_WORDS
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS
from qa_service.text.lexicon.verb_words import AUXILIARIES, IRREGULAR_PASTS, NOUN_LEADS, SUBJECT_PRONOUNS

__all__ = ["Kind", "Standing", "echoes", "standing", "standings"]

Kind = Literal["statement", "question", "heading", "fragment"]

GRADES: dict[Kind, float] = {"statement": 1.0, "heading": 0.5, "fragment": 0.4, "question": 0.2}
DOUBTFUL = 0.8
"""Grade of a statement without a recognised verb: it has a full stop, and more small words than capitals."""
MOST_HEADING_WORDS = 16
MOST_FRAGMENT_WORDS = 25
MOST_STOPPED_WORDS = 14
"""A longer sentence is a statement, even if no verb is recognised. A full stop lowers the limit."""
_TAIL = 16
"""Characters at the end that decide how a sentence ends."""

_QUOTE = r"[\"'“”„«»‘’‹›「」]"
_QUESTION = regex.compile(rf"[?؟？;](?<=[?؟？]|\p{{Greek}};)[!?)\s]*(?P<closed>{_QUOTE}?)\s*$")
_OPENS_QUOTE = regex.compile(rf"\s*{_QUOTE}")
_STOP = regex.compile(rf"[.!?;,…؟۔।॥。！？．；，、،][\p{{Pe}}\s]*{_QUOTE}*[\p{{Pe}}\s]*(?:\[\d+\])*$")
_CONTRACTED = regex.compile(
    r"(?:n['’]t|\b(?:i|you|he|she|it|we|they|there|that|who|what|here|where|this)['’](?:s|m|re|ve|ll|d))\b",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How well a sentence can stand as an answer: `grade` is 1 for a statement, and lower for the other kinds."""

    kind: Kind
    grade: float


def standings(
    text: str, spans: Sequence[tuple[int, int]], headings: Sequence[bool] = (), language: str | None = "en"
) -> list[Standing]:
    """The standing of each sentence of a passage, whose text begins where `spans[0]` begins."""
    found = []
    for i, (start, end) in enumerate(spans):
        start, end = start - spans[0][0], end - spans[0][0]
        after = spans[i + 1][0] - spans[0][0] if i + 1 < len(spans) else len(text)
        before = spans[i - 1][1] - spans[0][0] if i else 0
        alone = (not i or "\n" in text[before:start]) and (i + 1 == len(spans) or "\n" in text[end:after])
        if i < len(headings) and headings[i]:
            found.append(Standing("heading", GRADES["heading"]))
        else:
            found.append(standing(text[start:end], alone=alone, language=language))
    return found


def standing(sentence: str, *, alone: bool = False, language: str | None = "en") -> Standing:
    """The kind of a sentence, and its grade. `alone`: no other sentence stands on its line."""
    kind = _kind(sentence, alone, language)
    if kind == "fragment" and _STOP.search(sentence[-_TAIL:]):
        firsts = [sentence[start] for start, _ in word_spans(sentence)]
        if 2 * sum(letter.islower() for letter in firsts) > len(firsts) > 3:
            return Standing("statement", DOUBTFUL)
    return Standing(kind, GRADES[kind])


def _kind(sentence: str, alone: bool, language: str | None) -> Kind:
    asked = _QUESTION.search(sentence[-_TAIL:])
    if asked and (not asked["closed"] or _OPENS_QUOTE.match(sentence)):
        return "question"
    if row_cells(sentence):
        return "statement"  # a row says what its header and cells say together
    spans = word_spans(sentence)
    stopped = _STOP.search(sentence[-_TAIL:]) is not None
    if not (language or "").lower().startswith("en"):
        return "heading" if alone and not stopped and len(spans) <= MOST_HEADING_WORDS else "statement"
    if _has_finite_verb(sentence, spans):
        return "heading" if alone and not stopped and len(spans) <= MOST_HEADING_WORDS else "statement"
    return "fragment" if len(spans) <= (MOST_STOPPED_WORDS if stopped else MOST_FRAGMENT_WORDS) else "statement"


def _has_finite_verb(sentence: str, spans: Sequence[tuple[int, int]]) -> bool:
    if _CONTRACTED.search(sentence):
        return True
    written = [sentence[start:end] for start, end in spans]
    normal = [normalise_word(word) for word in written]
    for i, word in enumerate(normal):
        if i and not written[i][0].islower():  # a name, or the month of May
            continue
        if word in AUXILIARIES or word in IRREGULAR_PASTS or (i and _may_be_verb(sentence, spans, normal, i)):
            return True
    return False


def _may_be_verb(sentence: str, spans: Sequence[tuple[int, int]], normal: Sequence[str], i: int) -> bool:
    """Whether word `i` may be a finite verb: by its ending and its neighbours."""
    word, before = normal[i], normal[i - 1]
    if word in ENGLISH_STOP_WORDS or word in NOUN_LEADS or len(word) < 3:
        return False
    if before in SUBJECT_PRONOUNS or (before in ("this", "that") and word.endswith(("s", "ed"))):
        return True
    last = i + 1 == len(normal)
    after = "" if last else normal[i + 1]
    if before in NOUN_LEADS:
        return False
    if word.endswith("ed"):
        return after != "by"
    goes_on = not last and sentence[spans[i][1] : spans[i + 1][0]].isspace()
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return goes_on
    plural = before.endswith("s") and not before.endswith(("ss", "us", "is"))
    return plural and not word.endswith(("ing", "ly", "er", "ers"))


def echoes(question: str, sentence: str, language: str | None = "en") -> bool:
    """Whether the sentence adds no content word to a question with a question word: it repeats, but does not answer.

    Words count by their stem. A negation or a number is a content word. A yes-no question is answered by its own words,
    so no sentence echoes it. In a language other than English, only a sentence that is itself a question echoes.
    """
    asked, said = terms(question, language), terms(sentence, language)
    new = set(said) - set(asked)
    words = {normalise_word(sentence[start:end]) for start, end in word_spans(sentence)}
    own = {normalise_word(question[start:end]) for start, end in word_spans(question)}
    if new or (words & NEGATORS) - own:
        return False
    return bool(own & QUESTION_WORDS) or _QUESTION.search(sentence[-_TAIL:]) is not None
