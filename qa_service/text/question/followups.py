"""Completes a follow-up question from the earlier turns, so that it can be searched alone.

Rules complete an ellipsis ("And in 2025?", "What about Niger?", "Why?") and pronouns ("When did he die?"). Antecedents
are names in the completed previous question and in its answer, chosen by their prepositions and order. This is the
salience of Lappin & Leass, "An Algorithm for Pronominal Anaphora Resolution", Computational Linguistics 20(4), 1994,
without its parser.

No rule sees that "And who is the partner?" depends on the question before. So each question that is not completed by
replacement also has a form with the words of the question before. `service/follow_up.py` chooses by what they find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import regex

from qa_service.records import LONGEST_QUESTION, Turn
from qa_service.text.lexicon import followup_words as lexicon
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS
from qa_service.text.question.abbreviations import abbreviation_alone, asked_abbreviation, small_abbreviation
from qa_service.text.question.antecedents import find_antecedent, name_spans
from qa_service.text.question.dates import find_dates

__all__ = ["FollowUp", "follow_up"]

LONGEST_THAT_LEANS = 400
"""Maximum characters of a follow-up. A longer question counts as complete."""
FRAGMENT_WORDS = 6
MOST_PRONOUNS = 4
"""Maximum pronouns to resolve in a question."""
SHORT = 2
"""Maximum words of a short question, without stop words."""
FEWEST_TOPIC_WORDS = 4
"""A question with fewer words and without a name ("And who is the partner?") shares the topic of those before it."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’.-]*(?<![.-])")
_END = " \t\n?!.…"
_YEAR = regex.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PREPOSITION = regex.compile(r"(?:in|on|at|for|by|from|to|near|with|of|during|since|until|after|before)\s+", regex.I)
_DATE_BEGINS = regex.compile(
    r"\b(?:in|on|since|from|during|after|before|until|by|for)(?:\s+the\s+(?:start|beginning|middle|end)\s+of)?$",
    regex.I,
)
_NEVER_SHORT = lexicon.SENTENCE_WORDS | lexicon.NOT_NAMES | lexicon.PRONOUNS | lexicon.ANAPHORS
_SOURCE = regex.compile(r"\baccording\s+to\s+", regex.I)
_JOINS_NAMES = regex.compile(r",?\s+(?:and|or)\s+(?:the\s+)?|,\s+", regex.I)
_LATEST = date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The forms in which a question after others can be searched."""

    own: str
    """Its own words, without "and" before them."""
    completed: str
    """Completed by rules; the question itself if no rule applies."""
    with_topic: str | None = None
    """Its own words with those of the question before. None if `completed` is the only form."""
    leans: bool = False
    """Whether it says little by itself: it is short and has no name, or has a pronoun without an antecedent."""


def follow_up(question: str, turns: Sequence[Turn]) -> FollowUp:
    """The forms of the question after `turns` (oldest first)."""
    before, answer, topic = "", None, ""
    for turn in turns:
        before = _forms(turn.question, before, answer, topic).completed
        answer, topic = turn.answer, _topic(before, topic)
    return _forms(question, before, answer, topic)


def _forms(question: str, before: str, answer: str | None, topic: str) -> FollowUp:
    """A form that is too long is left out, at each turn: else questions of pronouns grow without bound."""
    text = question.strip()
    if not before or len(question) > LONGEST_THAT_LEANS or lexicon.THANKS.fullmatch(text.strip(_END)):
        return FollowUp(question, question)
    lead = lexicon.LEAD_IN.match(text)
    own = text[lead.end() :].strip() if lead else text
    leads, about = bool(lead and lead.end()), bool(lead and lead["about"])
    if (replaced := _replaced(own, before, leads=leads, about=about)) is not None:
        return FollowUp(question, replaced if len(replaced) <= LONGEST_QUESTION else question)
    own = own if leads else question
    completed = _with_pronouns(own, before, answer) if _is_english(own) else own
    completed = completed if len(completed) <= LONGEST_QUESTION else own
    with_topic = f"{own.rstrip(_END)} ({topic})?"
    return FollowUp(
        own, completed, with_topic if topic and len(with_topic) <= LONGEST_QUESTION else None, _leans(completed)
    )


def _leans(text: str) -> bool:
    words = _words(text)
    short = sum(word not in ENGLISH_STOP_WORDS for word in words) <= SHORT and not name_spans(text)
    return short or not (lexicon.ANAPHORS | lexicon.DEMONSTRATIVES).isdisjoint(words)


def _topic(before: str, earlier: str) -> str:
    """The words of a question without question words and auxiliaries; after the earlier topic if they are few."""
    words = [word for word in _WORD.findall(before) if word.casefold() not in lexicon.SENTENCE_WORDS | lexicon.ARTICLES]
    few = len(words) < FEWEST_TOPIC_WORDS and not name_spans(before)
    return " ".join([earlier, *words] if few and earlier else words)[-LONGEST_THAT_LEANS:]


def _replaced(own: str, before: str, *, leads: bool, about: bool) -> str | None:
    """The previous question with the follow-up in the place of a part of it. None if the follow-up is no such part."""
    bare, before = own.strip(_END), before[-LONGEST_QUESTION:]
    if not bare or lexicon.BARE.fullmatch(bare) or lexicon.MORE.fullmatch(bare):
        return _asked_again(bare, before)
    if taking_its_place := _with_abbreviation(bare, before, leads=leads) or _with_source(bare, before):
        return taking_its_place
    words = set(_words(bare))
    fragment = about or (len(words) <= FRAGMENT_WORDS and words.isdisjoint(lexicon.SENTENCE_WORDS))
    return _with_fragment(bare, before) if fragment and words.isdisjoint(lexicon.ANAPHORS) else None


def _asked_again(bare: str, before: str) -> str | None:
    """`Why?` after `When did Wagner leave Mali?`: replaces the question word if a verb follows it, else None."""
    words = _words(before)
    if not bare or lexicon.MORE.fullmatch(bare):
        return f"{bare}: {before}" if bare else before
    if words and words[0] in lexicon.VERBAL:
        return f"{bare} {before[0].lower()}{before[1:]}"
    if len(words) > 2 and words[0] in {"when", "where", "why", "how"} and words[1] in lexicon.VERBAL:
        return f"{bare} {before.split(None, 1)[1]}"
    return None


def _with_abbreviation(fragment: str, before: str, *, leads: bool) -> str | None:
    """The previous question about an abbreviation, with the one that the fragment names; None if it names none."""
    asked, short = asked_abbreviation(before) or small_abbreviation(before), abbreviation_alone(fragment)
    if asked and leads and not short and not _date_spans(fragment):
        own = regex.sub(r"^the\s+", "", fragment, flags=regex.I)
        if regex.fullmatch(r"\p{L}[\p{L}\p{N}-]{1,9}", own) and own.casefold() not in _NEVER_SHORT:
            short = own
    return f"{before[: asked[0]]}{short}{before[asked[1] :]}" if asked and short else None


def _with_source(fragment: str, before: str) -> str | None:
    """The previous question with the source that the fragment names: `according to SouthFront`. None if it names
    none."""
    new, old = _SOURCE.match(fragment), _SOURCE.search(before)
    names = name_spans(fragment, first=True)
    if not (new and _only(fragment[new.end() :], [(a - new.end(), b - new.end()) for a, b in names])):
        return None
    if old is None:
        return f"{before.rstrip(_END)}, {fragment}?"
    end = old.end()
    for a, b in name_spans(before):
        between = before[end:a].casefold()
        if a >= end and ((end == old.end() and between in {"", "the "}) or _JOINS_NAMES.fullmatch(between)):
            end = b
    return before[: old.end()] + fragment[new.end() :] + before[end:] if end > old.end() else None


def _with_fragment(fragment: str, before: str) -> str | None:
    """The previous question with its date or name replaced by the fragment: `in 2025`, `Niger`. None if it is
    neither."""
    if _only(fragment, _date_spans(fragment)):
        old = _date_spans(before)
        if old:
            taken, rest = before[: old[0][0]].rstrip(), before[old[0][1] :].strip()
            cut = _DATE_BEGINS.search(taken)
            head = taken[: cut.start()].rstrip() if cut and _PREPOSITION.match(fragment) else taken
            return f"{head} {fragment}{'' if rest[:1] in _END else ' '}{rest}".strip()
        return f"{before.rstrip(_END)} {fragment}?"
    names, own = name_spans(before), name_spans(fragment, first=True)
    if not _only(fragment, own):
        return None
    if len(names) == 1:
        (start, end), (a, b) = names[0], (own[0][0], own[-1][1])
        return before[:start] + fragment[a:b] + before[end:]
    if preposition := _PREPOSITION.match(fragment):
        ending = f" {preposition.group().strip().casefold()}"
        same = [n for n in names if before[: n[0]].rstrip().casefold().endswith(ending)]
        if len(same) == 1:
            return before[: same[0][0]] + fragment[preposition.end() :] + before[same[0][1] :]
    return f"{before.rstrip(_END)}, {fragment}?"


def _only(fragment: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the fragment holds only these spans and words before names, such as `in the`."""
    left, at = "", 0
    for start, end in spans:
        left, at = left + fragment[at:start], end
    return bool(spans) and lexicon.BEFORE_NAMES.issuperset(_words(left + fragment[at:]))


def _date_spans(text: str) -> list[tuple[int, int]]:
    return [(d.start, d.end) for d in find_dates(text, _LATEST)] or [m.span() for m in _YEAR.finditer(text)]


def _with_pronouns(text: str, before: str, answer: str | None) -> str:
    """The question with the antecedents of its pronouns; a pronoun without an antecedent stays."""
    out, at, left = "", 0, MOST_PRONOUNS
    words = list(_WORD.finditer(text))
    skipped = [m.span() for m in lexicon.EXPLETIVE.finditer(text)]
    for i, word in enumerate(words):
        own = word.group().casefold()
        acronym = len(own) > 1 and word.group().isupper() and not text.isupper()
        if acronym or not (own in lexicon.ANAPHORS or (own == "there" and i)):
            continue
        following = words[i + 1].group().casefold() if i + 1 < len(words) else ""
        inside = any(a <= word.start() < b for a, b in skipped)
        if inside or not left or _names_itself(text, word.start(), own, following):
            continue
        left -= 1
        found = find_antecedent(own, before, answer)
        if found is None:
            continue
        if own == "there" and words[i - 1].group().casefold() not in lexicon.PLACE_BEFORE:
            found = f"in {found}"
        possessive = own in lexicon.POSSESSIVES and following and following not in lexicon.NOT_NAMES
        out, at = out + text[at : word.start()] + found + ("'s" if possessive else ""), word.end()
    return out + text[at:]


def _names_itself(text: str, at: int, word: str, following: str) -> bool:
    """Whether the question itself contains the antecedent.

    It does if a name precedes a possessive or a subject ("Wagner say it helped"), not an object ("Mali break off
    relations with it").
    """
    before = [text[:start].split() for start, _ in name_spans(text[:at])]
    only_places = all(b and b[-1].casefold() in lexicon.PLACE_BEFORE for b in before)
    if only_places or word == "there":
        return False
    follows = following in lexicon.VERBAL or (following != "" and following not in lexicon.NOT_NAMES)
    return follows or word in lexicon.POSSESSIVES


def _words(text: str) -> list[str]:
    return [word.group().casefold() for word in _WORD.finditer(text)]


def _is_english(text: str) -> bool:
    """Whether the text has an English verb or question word: `he` is also a verb in Spanish."""
    return not lexicon.SENTENCE_WORDS.isdisjoint(_words(text))
